"""The records of recordings: audio, video, chapters, as in front matter."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..fields import MaybeTimeCode, MaybeUrl, NonBlankText, Record, TimeCode


class Audio(Record, frozen=True):
    """A recording: either a `file` below content/ or a `url`.

    Of a file, all else is read from it (edition/podcasts/recordings.py); of an address, it is what podcast apps need.
    `bytes`: size of the file, which the `<enclosure>` of a feed requires.
    `type`: MIME type.
    `duration`: h:mm:ss.
    """

    file: str = ""
    url: MaybeUrl = ""
    bytes: Annotated[int, Meta(ge=0)] = 0
    type: str = ""
    duration: MaybeTimeCode = ""


class Video(Record, frozen=True):
    """A video: either `id` at a `provider` (edition/embeds.py), or a `file` below content/.

    `poster`: picture below content/ that is shown before it plays.
    `duration`: h:mm:ss.
    """

    provider: str = ""  # checked by rules.media, which knows the providers and proposes the nearest
    id: str = ""
    file: str = ""
    poster: str = ""
    duration: MaybeTimeCode = ""


class Chapter(Record, frozen=True):
    """A chapter of a recording, with the time code (mm:ss or h:mm:ss) at which it begins.

    `soundbite`: podcast apps may play it as a sample of the recording.
    """

    start: TimeCode
    title: NonBlankText
    soundbite: bool = False


class Media(Record, frozen=True):
    """The recordings of a conversation. `transcript`: a WebVTT file below content/."""

    audio: Audio | None = None
    video: Video | None = None
    transcript: str = ""
    chapters: tuple[Chapter, ...] = ()
