import io
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.ogg import OggPage

from kuratorium.desk.check import run_checks
from kuratorium.edition.podcasts.recordings import read_recording
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition
from tests.sounds import sound


def wav(seconds: int) -> bytes:
    """Return a WAV file of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1000)
        file.writeframes(bytes(seconds * 1000))
    return buffer.getvalue()


def flac(seconds: int) -> bytes:
    """Return the head of a FLAC file: mono, 16 bits, 8 kHz."""
    numbers = 8000 << 44 | 15 << 36 | seconds * 8000
    return b"fLaC\x80\0\0\x22" + struct.pack(">HH", 4096, 4096) + bytes(6) + numbers.to_bytes(8, "big") + bytes(16)


def opus(seconds: int) -> bytes:
    """Return an Ogg file with the heads of Opus, and a page that says at which sample it ends (48 kHz)."""
    packets = (b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0), b"OpusTags" + struct.pack("<II", 0, 0), b"")
    pages = []
    for number, packet in enumerate(packets):
        page = OggPage()
        page.serial, page.sequence, page.packets = 1, number, [packet]
        page.first, page.last, page.position = number == 0, number == 2, seconds * 48_000 * (number == 2)
        pages.append(page.write())
    return b"".join(pages)


def m4a(seconds: int) -> bytes:
    """Return the atoms of an MP4 file with one track of sound."""

    def atom(name: bytes, *parts: bytes) -> bytes:
        data = b"".join(parts)
        return struct.pack(">I", len(data) + 8) + name + data

    clock = atom(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 1000, seconds * 1000, 0))
    track = atom(b"trak", atom(b"mdia", clock, atom(b"hdlr", bytes(8) + b"soun" + bytes(13))))
    return atom(b"ftyp", b"M4A " + bytes(4)) + atom(b"moov", track)


@pytest.mark.parametrize(
    ("name", "write", "media_type"),
    [
        ("ton.mp3", sound, "audio/mpeg"),
        ("ton.m4a", m4a, "audio/mp4"),
        ("ton.opus", opus, "audio/ogg"),
        ("ton.flac", flac, "audio/flac"),
        ("ton.wav", wav, "audio/wav"),
    ],
)
def test_a_file_says_itself_what_it_is(
    tmp_path: Path, name: str, write: Callable[[int], bytes], media_type: str
) -> None:
    """Size, type and length are read from every format that browsers play."""
    path = tmp_path / name
    path.write_bytes(write(75))
    recording = read_recording(path)
    assert recording
    assert (recording.size, recording.types[0], recording.seconds) == (path.stat().st_size, media_type, 75)


FORMATS = {"ton.mp3": sound, "ton.m4a": m4a, "ton.opus": opus, "ton.flac": flac, "ton.wav": wav}


@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 200), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: int, junk: bytes
) -> None:
    """A damaged file is no audio, or one of some length: no error of a library comes through."""
    data = FORMATS[name](1)
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data[:place] + junk + data[place + len(junk) :])
    recording = read_recording(path)
    assert recording is None or recording.seconds > 0
    path.write_bytes(junk)
    assert read_recording(path) is None


def check(tiny: TinyEdition, **audio: object) -> list[tuple[int, str, str]]:
    """Return line, field and message of the errors of a talk with this recording."""
    tiny.talk("abend", body="@anna-berg (00:01): Warum?", media={"audio": {"file": "media/ton.mp3", **audio}})
    return [(problem.line, problem.field, problem.message) for problem in run_checks(tiny.root).errors]


def test_what_is_typed_must_be_what_the_file_says(tiny: TinyEdition) -> None:
    """Nothing need be typed; what is, and differs from the file, is an error with its line. A build refuses it, too."""
    tiny.write("content/media/ton.mp3", sound(61))
    assert check(tiny) == []
    assert check(tiny, bytes=417, type="audio/mp3", duration="01:02") == []
    assert check(tiny, bytes=418, type="audio/ogg", duration="1:01:00") == [
        (15, "media.audio.bytes", "the file has 417 bytes, not 418"),
        (16, "media.audio.type", 'the file is audio/mpeg, not "audio/ogg"'),
        (17, "media.audio.duration", "the recording lasts 01:01, not 1:01:00"),
    ]
    with pytest.raises(EditionError, match="the file has 417 bytes, not 418"):
        build_site(tiny.root)


def frames(count: int, *, flags: int = 3) -> bytes:
    """Return an MP3 of `count` frames behind one whose Xing header says how many bytes all of them have."""
    size = 417
    numbers = [number for bit, number in ((1, count), (2, size * (count + 1))) if flags & bit]
    head = b"\xff\xfb\x90\xc0".ljust(21, b"\0") + b"Xing" + struct.pack(f">I{len(numbers)}I", flags, *numbers)
    return head.ljust(size, b"\0") + b"\xff\xfb\x90\xc0".ljust(size, b"\0") * count


TAG = b"ID3\x04\0\0\0\0\0\x0aTIT2" + bytes(6)


@pytest.mark.parametrize("before", [b"", TAG], ids=["plain", "tagged"])
@pytest.mark.parametrize("flags", [2, 3])
def test_an_mp3_that_was_cut_off_is_an_error(tiny: TinyEdition, before: bytes, flags: int) -> None:
    """Its head still says how long it was to be, and apps would play half a talk."""
    whole = before + frames(100, flags=flags)
    tiny.write("content/media/ton.mp3", whole)
    assert check(tiny) == []
    tiny.write("content/media/ton.mp3", whole + b"TAG".ljust(128, b"\0"))
    assert check(tiny) == []
    tiny.write("content/media/ton.mp3", whole[:20_000])
    message = f"content/media/ton.mp3 is cut off: {len(whole) - 20_000} bytes are missing at its end"
    assert check(tiny) == [(14, "media.audio.file", message)]


def test_an_m4a_that_was_cut_off_is_an_error(tiny: TinyEdition) -> None:
    """Programs write the list of samples first, so that what is left looks whole."""
    whole = m4a(75) + struct.pack(">I", 5008) + b"mdat" + bytes(5000)
    for data, errors in ((whole, 0), (whole[:-4000], 1), (m4a(75) + struct.pack(">I", 0) + b"mdat" + bytes(50), 0)):
        tiny.write("content/media/ton.m4a", data)
        tiny.talk("abend", body="@anna-berg (00:01): Warum?", media={"audio": {"file": "media/ton.m4a"}})
        found = [problem.message for problem in run_checks(tiny.root).errors]
        assert found == ["content/media/ton.m4a is cut off: 4000 bytes are missing at its end"] * errors


@pytest.mark.parametrize("data", [b"", b"ID3", b"# Kein Ton\n", b"\x89PNG\r\n"])
def test_a_file_that_is_no_audio_is_an_error(tiny: TinyEdition, data: bytes) -> None:
    """Its name alone makes no recording of it."""
    tiny.write("content/media/ton.mp3", data)
    assert check(tiny) == [(14, "media.audio.file", "content/media/ton.mp3 is no audio that can be read")]


def test_chapters_are_compared_with_the_length_of_the_file(tiny: TinyEdition) -> None:
    """A chapter behind the end is found although nobody typed how long the recording lasts."""
    tiny.write("content/media/ton.mp3", sound(60))
    chapters = [{"start": "00:00", "title": "Anfang"}, {"start": "01:10", "title": "Schluss"}]
    tiny.talk("abend", media={"audio": {"file": "media/ton.mp3"}, "chapters": chapters}, body="@anna-berg: Warum?")
    (problem,) = run_checks(tiny.root).errors
    assert problem.message == "the chapter begins at 01:10, and the recording ends at 01:00"


def test_a_page_shows_the_length_of_a_new_recording(tiny: TinyEdition) -> None:
    """A file that takes the place of another changes the pages that say how long it lasts."""
    page = tiny.root / "output/gespraeche/abend.html"
    event = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
    tiny.talk("abend", event=event, media={"audio": {"file": "media/ton.mp3"}}, body="@anna-berg (00:01): Warum?")
    for seconds, length in ((60, "(01:00)"), (3700, "(1:01:40)")):
        tiny.write("content/media/ton.mp3", sound(seconds))
        build_site(tiny.root)
        assert length in page.read_text()
