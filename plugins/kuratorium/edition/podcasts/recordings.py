"""Size, type and length of recordings, read from the audio files themselves."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ...text.timecodes import format_timecode, parse_timecode
from ..fields import Violation
from ..model import PostFile, StandalonePage
from ..paths import is_confined, resolve_content_path
from .model import Audio

# Mutagen's name of a format -> its media types: the first is the one that we write, the others mean the same.
AUDIO_TYPES = {
    "MP3": ("audio/mpeg", "audio/mp3"),
    "MP4": ("audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac"),
    "OggOpus": ("audio/ogg", "audio/opus"),
    "OggVorbis": ("audio/ogg",),
    "OggFLAC": ("audio/ogg",),
    "FLAC": ("audio/flac", "audio/x-flac"),
    "WAVE": ("audio/wav", "audio/x-wav", "audio/wave"),
    "AAC": ("audio/aac", "audio/x-aac"),
}
_TOLERANCE = 1  # second: programs round the length up or down
_HINT = "Name a recording that browsers play: MP3, M4A, Opus, Ogg, FLAC or WAV. Play it to see that it is whole."


class Recording(Struct, frozen=True, kw_only=True):
    """What an audio file says of itself: bytes, media types (all mean the same, the first is ours), seconds.

    `missing` is the number of bytes that its head announces and that are not there: it was cut off.
    """

    size: int
    types: tuple[str, ...]
    seconds: int
    missing: int = 0


def complete_recording(
    root: Path, content_file: PostFile | StandalonePage
) -> tuple[PostFile | StandalonePage, list[Violation]]:
    """Return a post with size, type and length of its audio file, and where what is written of these is wrong.

    A post without an audio file of the edition is returned as it is; `rules.media` reports one that is missing, or
    named beside an address.
    """
    media = content_file.meta.media if isinstance(content_file, PostFile) else None
    audio = media.audio if media else None
    if not isinstance(content_file, PostFile) or not media or not audio or not audio.file or audio.url:
        return content_file, []
    file = resolve_content_path(audio.file)
    if not file or not (root / file).is_file() or not is_confined(str(root), file, "content"):
        return content_file, []
    recording = read_recording(root / file)
    if recording is None:
        return content_file, [Violation(("media", "audio", "file"), f"{file} is no audio that can be read", _HINT)]
    if recording.missing:
        message = f"{file} is cut off: {recording.missing} bytes are missing at its end"
        return content_file, [Violation(("media", "audio", "file"), message, "Copy the whole recording again.")]
    violations = [violation.prefix_path("media", "audio") for violation in _compare(audio, recording)]
    audio = replace(audio, bytes=recording.size, type=recording.types[0], duration=format_timecode(recording.seconds))
    meta = replace(content_file.meta, media=replace(media, audio=audio))
    return replace(content_file, meta=meta), violations


def read_recording(path: Path) -> Recording | None:
    """Return what the audio file at `path` says of itself; None if it is none, or one that no browser plays."""
    import mutagen  # noqa: PLC0415 - most texts have no recording, and a build that finds nothing changed needs none

    try:
        audio = mutagen.File(path)
    # Mutagen reports what it expects of a damaged file; other bytes break its parsers in these ways.
    except (mutagen.MutagenError, struct.error, ValueError, ArithmeticError, LookupError, EOFError, OSError, TypeError):
        return None
    length = getattr(audio.info, "length", 0) if audio is not None else 0
    if audio is None or type(audio).__name__ not in AUDIO_TYPES or not length > 0:
        return None
    types = AUDIO_TYPES[type(audio).__name__]
    size = path.stat().st_size
    find_end = _END_FINDERS.get(type(audio).__name__)
    end = find_end(path, getattr(audio.info, "frame_offset", 0)) if find_end else 0
    return Recording(size=size, types=types, seconds=max(1, round(length)), missing=max(0, end - size))


def _find_mp3_end(path: Path, start: int) -> int:
    """Return where an MP3 ends at least by the number of bytes in its Xing header; 0 if it has none.

    The header is within the first frame, at `start`; the number counts from there, or from the next frame.
    """
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(_XING_PLACE)
    place = max(head.find(b"Xing"), head.find(b"Info"))
    if place < 0 or len(head) < place + 16:
        return 0
    flags, *numbers = struct.unpack_from(">III", head, place + 4)
    numbers = numbers if flags & _HAS_FRAMES else [0, *numbers]
    return start + numbers[1] if flags & _HAS_BYTES else 0


def _find_mp4_end(path: Path, _: int) -> int:
    """Return where the outermost boxes of an MP4 file end (ISO/IEC 14496-12, section 4.2)."""
    size, place = path.stat().st_size, 0
    with path.open("rb") as file:
        while place < size:
            file.seek(place)
            head = file.read(16).ljust(16, b"\0")
            length = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4])
            if length < 8:  # 0: to the end of the file; anything else is no box
                return 0
            place += length
    return place


_XING_PLACE = 200  # bytes within which the header is, behind 4 to 36 bytes
_HAS_FRAMES, _HAS_BYTES = 1, 2
_END_FINDERS: dict[str, Callable[[Path, int], int]] = {"MP3": _find_mp3_end, "MP4": _find_mp4_end}


def _compare(audio: Audio, recording: Recording) -> Iterator[Violation]:
    """Yield a violation for each value that is written in front matter, and differs from the file's."""
    hint = "Correct it, or leave it out: it is read from the file."
    if audio.bytes and audio.bytes != recording.size:
        yield Violation(("bytes",), f"the file has {recording.size} bytes, not {audio.bytes}", hint)
    if audio.type and audio.type.lower() not in recording.types:
        yield Violation(("type",), f'the file is {recording.types[0]}, not "{audio.type}"', hint)
    if audio.duration and abs(parse_timecode(audio.duration) - recording.seconds) > _TOLERANCE:
        length = format_timecode(recording.seconds)
        yield Violation(("duration",), f"the recording lasts {length}, not {audio.duration}", hint)
