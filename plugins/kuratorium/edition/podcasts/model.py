"""The records of recordings: audio, video, chapters, as in front matter."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..fields import MaybeTimeCode, MaybeUrl, NonBlankText, Record, TimeCode


class Audio(Record, frozen=True):
    """A recording: either a `file` below content/ or a `url`.

    Of a file, all else is read from it (edition/podcasts/recordings.py); of an address, it is what podcast apps need.

    `file`: a file below content/: MP3, M4A, Opus, Ogg, FLAC or WAV.
    `url`: its address at another host.
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

    `provider`: one of those that `embeds` in policy.yaml allows.
    `id`: by which the provider knows the video.
    `file`: a file below content/.
    `poster`: picture below content/ that is shown before it plays.
    `duration`: h:mm:ss.
    """

    provider: str = ""  # checked by rules.media, which knows the providers and proposes the nearest
    id: str = ""
    file: str = ""
    poster: str = ""
    duration: MaybeTimeCode = ""


class Chapter(Record, frozen=True):
    """A chapter of a recording.

    `start`: time code (mm:ss or h:mm:ss) at which it begins.
    `title`: as players show it.
    `soundbite`: podcast apps may play it as a sample of the recording.
    """

    start: TimeCode
    title: NonBlankText
    soundbite: bool = False


class Media(Record, frozen=True):
    """The recordings of a conversation.

    `audio`: the recording to hear. `video`: the recording to see.
    `transcript`: a WebVTT file below content/.
    `chapters`: where its parts begin; readers jump to them.
    """

    audio: Audio | None = None
    video: Video | None = None
    transcript: str = ""
    chapters: tuple[Chapter, ...] = ()
