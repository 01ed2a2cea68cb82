"""Text in UTF-8 that a program took for another encoding before it reached us -> the text as it was meant. Pure.

A letter such as "Ä" then is two or three: "Ã„" if it was read as Windows-1252, "Ã" and a control if as ISO-8859-1.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

# Encodings in ASCII bytes that no browser reads, and how their letters begin.
_SHIFTS = {
    "utf-7": re.compile(rb"\+[A-Za-z0-9+/]{2,}"),
    "hz": re.compile(rb"~\{"),
    "iso2022_kr": re.compile(rb"\x1b\$\)C"),
}
# A run of UTF-7 as programs write it, and how many that are letters make a document be in it without saying so.
_UTF7_RUN = re.compile(rb"\+[A-Za-z0-9/]{3,80}-")
_MIN_UTF7_RUNS = 2
_MAX_ROUNDS = 4  # a text may have gone through several such programs
_MIN_WEAK_SEQUENCES = 3  # that prove what one of them does not
_C1_CONTROLS = re.compile("[\x80-\x9f]")


def _decode_byte(byte: int) -> str:
    """Return the character of a byte in Windows-1252, and in ISO-8859-1 where the former leaves it undefined."""
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


# What stands for the second and the other bytes of a letter.
_FOLLOWING = "".join({re.escape(text): "" for byte in range(0x80, 0xC0) for text in (_decode_byte(byte), chr(byte))})
_PAIRS = "ÂÃÄÅÎÏÐÑ×ØÙ"  # begin a letter of two bytes; in "Spaß…" and "café…»" ß and é are meant
_SEQUENCE = re.compile(
    rf"[{_PAIRS}à-ð](?:(?<=[{_PAIRS}])[{_FOLLOWING}]|(?<=[à-ï])[{_FOLLOWING}]{{2}}|(?<=ð)[{_FOLLOWING}]{{3}})"
)
# Of letters of Western Europe, of punctuation and emoji. Others mean what they are in many a text: "Å…", "ê»¿".
_STRONG_STARTS = ("Â", "Ã", "â", "ð", "ï»¿", "ï¿½")
# The end of a word in capitals and a quotation mark: "AMANHÃ”" is Portuguese, "GRÃ–SSE" is not.
_QUOTED_CAPITALS = re.compile("[A-ZÀ-Þ][ÂÃÄÅÑØ][«»‘’‚“”„‹›…–—](?![^\\W\\d_])")
_PUNCTUATION = re.compile(rf"â€[{_FOLLOWING}]")  # dashes and quotation marks, which no word holds
_ABOUT_MOJIBAKE = re.compile(
    r"mojibake|unicode|utf-?8|latin-?1\b|windows-?1252|charset|encoding|kodierung|zeichensatz", re.I
)


def undo_mojibake(text: str) -> str:
    """Return a text as it was meant if its UTF-8 was decoded as Windows-1252 or ISO-8859-1, once or several times.

    Where some of it was not, only what cannot be meant is repaired, and only punctuation beside letters that are right.
    """
    for _ in range(_MAX_ROUNDS):
        if text.isascii() or not _may_be_mojibake(text):
            break
        repaired = _decode_whole(text)
        if repaired is None:
            repaired = _decode_sequences(text)
        if repaired == text:
            break
        text = repaired
    return text if text.isascii() else _C1_CONTROLS.sub(_decode_control, text)


def undo_latin1_mojibake(text: str) -> str:
    """Return a text as feedparser repairs it: UTF-8 that was decoded as ISO-8859-1, and C1 controls."""
    # `_FeedParserMixin.pop`: whoever reads a feed in its place must do the same.
    if text.isascii():
        return text
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode()
    return _C1_CONTROLS.sub(_decode_control, text)


def _may_be_mojibake(text: str) -> bool:
    sequences = list(islice(_SEQUENCE.finditer(text), _MIN_WEAK_SEQUENCES))
    if len(sequences) == _MIN_WEAK_SEQUENCES:
        return True
    return any(sequence[0].startswith(_STRONG_STARTS) for sequence in sequences) and not _QUOTED_CAPITALS.search(text)


def _decode_whole(text: str) -> str | None:
    """Return a text that was decoded wrongly as a whole; None if it was not."""
    try:
        return text.encode("cp1252", _UNDEFINED_BYTES).decode()
    except UnicodeError:
        return None


def _decode_sequences(text: str) -> str:
    """Return a text that was put together of others, some of which were decoded wrongly."""
    if not any(match[0].startswith(_STRONG_STARTS) for match in _SEQUENCE.finditer(text)):
        return text
    rest = {character for character in {*_SEQUENCE.sub("", text)} if not character.isascii()}
    # A text that has the right letters, too, may speak of mojibake.
    sequence = _PUNCTUATION if any(map(str.isalpha, rest)) else _SEQUENCE
    return text if _ABOUT_MOJIBAKE.search(text) else sequence.sub(_decode_sequence, text)


def _decode_sequence(sequence: re.Match[str]) -> str:
    return _decode_whole(sequence[0]) or sequence[0]


def _decode_control(control: re.Match[str]) -> str:
    """Return the character that a C1 control's byte stands for in Windows-1252."""
    return _decode_byte(ord(control[0]))


def _encode_undefined(error: UnicodeError) -> tuple[bytes, int]:
    """Return the bytes of characters that only ISO-8859-1 has; raises `error` for all that it lacks, too."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - the type of handlers does not say that we only encode
    try:
        return error.object[error.start : error.end].encode("iso-8859-1"), error.end
    except UnicodeEncodeError:
        raise error from None


_UNDEFINED_BYTES = "kuratorium-undefined-bytes"
codecs.register_error(_UNDEFINED_BYTES, _encode_undefined)


def spells_letters_in_ascii(data: bytes, stated: Iterable[str]) -> bool:
    """Return whether a document in ASCII has letters in an encoding that no browser reads.

    `stated` are Python's names of the encodings that are stated for it. UTF-7 and ISO-2022-KR count unstated, too.
    """
    if any(codec in _SHIFTS and _SHIFTS[codec].search(data) for codec in (*stated, "iso2022_kr")):
        return True
    runs = (run[0] for run in _UTF7_RUN.finditer(data))
    return sum(1 for _ in islice(filter(_is_latin_in_utf7, runs), _MIN_UTF7_RUNS)) == _MIN_UTF7_RUNS


def _is_latin_in_utf7(run: bytes) -> bool:
    """Return whether a run of Base64 is letters of a Latin alphabet, or punctuation, in UTF-7."""
    try:
        letters = run.decode("utf-7")
    except UnicodeDecodeError:
        return False
    return all("\xa0" <= letter <= "\u024f" or "\u2010" <= letter <= "\u20ac" for letter in letters)
