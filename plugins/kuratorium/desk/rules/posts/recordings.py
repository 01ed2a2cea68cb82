"""Rules on recordings: captions for those who do not hear, and sound that the largest directory plays."""

from __future__ import annotations

from collections.abc import Iterator

from ....edition import prose
from ....edition.fields import Violation
from ....edition.model import PostFile
from ....edition.podcasts.directories import is_episode
from ....edition.podcasts.recordings import AUDIO_TYPES
from ....edition.registry import Registry

_APPLE_TYPES = (*AUDIO_TYPES["MP3"], *AUDIO_TYPES["MP4"])


def check_captions(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find recordings of our own without captions or a transcript (WCAG 2.2, success criteria 1.2.1 and 1.2.2)."""
    recording = post.meta.media
    # Recordings at other providers are theirs to caption.
    is_ours = recording and ((recording.audio and recording.audio.file) or (recording.video and recording.video.file))
    # What is wrong with a named transcript is an error already.
    if (
        is_ours
        and recording
        and not recording.transcript
        and not any(turn.time for turn in prose.find_turns(post.body))
    ):
        hint = "Write what is said as turns with time codes, or name a WebVTT file: transcript: media/….vtt."
        yield Violation(("media",), "this recording has neither captions nor a transcript", hint)


def check_audio_type(post: PostFile, registry: Registry) -> Iterator[Violation]:
    """Find episodes of podcasts that Apple Podcasts does not play."""
    if not registry.policy or not registry.policy.podcast or not is_episode(post):
        return
    audio = post.meta.media.audio if post.meta.media else None
    if audio and audio.type and audio.type.lower() not in _APPLE_TYPES:
        hint = "Convert it to MP3 or M4A; or leave it, if your listeners use other apps."
        yield Violation(("media", "audio"), f"Apple Podcasts does not play {audio.type}", hint)
