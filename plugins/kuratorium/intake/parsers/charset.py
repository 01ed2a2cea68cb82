"""The character encoding of feeds and pages: bytes -> text, never mojibake.

One order for all documents: byte order mark, valid UTF-8, the encoding that is stated, the letters themselves.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from ...errors import SourceError

_BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What labels mean on the web (https://encoding.spec.whatwg.org/#names-and-labels): Python's name for the label -> the
# codec. Encodings that are not in this table are not read.
_WEB_CODECS = {
    **{name: name for name in ("utf-8", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256")},
    **{name: name for name in ("cp1257", "cp1258", "cp874", "cp866", "koi8-r", "koi8-u", "mac-roman", "iso8859-2")},
    **{name: name for name in ("iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8")},
    **{name: name for name in ("iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "iso2022_jp")},
    **{name: name for name in ("gb18030", "euc_jp", "cp949", "cp932", "big5hkscs")},
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "hz"), "gb18030"),
    **dict.fromkeys(("iso8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("euc_kr", "johab"), "cp949"),
    **dict.fromkeys(("big5", "cp950"), "big5hkscs"),
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
}
_EBCDIC_XML_START = b"\x4c\x6f\xa7\x94"  # "<?xm" in EBCDIC (XML 1.0, appendix F)
_HEAD_BYTES = 4096  # of a document, in which it may state its encoding; HTML asks for the first 1024
# By how much of a document its encoding is recognised: the time is bounded, and a few letters prove nothing.
_MAX_SAMPLES, _TEXT_BYTES, _MIN_HIGH_BYTES = 50, 200, 24
_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_ESCAPE_SEQUENCE = re.compile(rb"\x1b[$(]")  # of ISO-2022, whose bytes are ASCII
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]"
    rb"|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}"
)
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_TEXT_ENDS = (b"<", b">", b"\n", b'"')  # none of them is part of a character in any encoding
# What is recognised by its letters. Those of Latin alphabets stand alone between ASCII ones, and so do many bytes of
# Chinese, Japanese and Korean; words of the other scripts are whole runs of them.
_LATIN = ("cp1252", "iso8859-15", "mac-roman", "cp1250", "iso8859-2", "cp1254", "cp1257")
_LATIN_CODECS = frozenset(codecs.lookup(name).name for name in _LATIN)
_EAST_ASIAN = ("cp932", "euc-jp", "cp949", "gb18030", "big5hkscs")
_OTHER_SCRIPTS = ("cp1251", "koi8-r", "iso8859-7", "cp1253", "cp1255", "cp1256")
# How much likelier than Western another encoding must be. Measured on sentences of sixteen languages: with 24 letters
# beyond ASCII and more, none of 605 Western texts was taken for another, and 2 of 355 others for Western.
_MIN_LEAD, _MIN_LEAD_OF_FEW_LETTERS = 0.03, 0.07
# Where the language is stated, it says more than the letters do.
_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([a-z]{2})\b|\blang\s*=\s*[\"']([a-z]{2})\b", re.I)
_CODECS_BY_LANGUAGE = {
    **dict.fromkeys(("pl", "cs", "sk", "sl", "hr", "hu", "ro"), "cp1250"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "tr": "cp1254",
    "he": "cp1255",
}
# Bytes of letters that the two encodings of Central Europe have in different places: in Windows-1250 and ISO-8859-2.
_CENTRAL_EUROPEAN = (
    re.compile(rb"[\x8a-\x8f\x9a-\x9f]"),
    re.compile(rb"[\xa1\xa6\xa9\xab\xac\xae\xb1\xb6\xb9\xbb\xbc\xbe]"),
)
_POLISH = re.compile(rb"[\x8c\x8f\x9c\x9f\xa5\xb9]"), re.compile(rb"[\xa1\xa6\xac\xb1\xb6\xbc]")
_PUNCTUATION = frozenset("„“”‚‘’»«…–—•·§°€\xa0")
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")  # letters and signs there, which ISO-8859 has nothing for
# Signs that stand within no Western word: letters of another encoding look so.
_SIGN_IN_WORD = re.compile(r"[¢£¤¥¦¬±¹²³¼½¾][^\W\d_A-Z]|[^\W\d_][¡¿¢£¤¥¦¬±¼½¾]")
_MAX_ERROR_SHARE = 0.05  # of characters that are broken, in a document whose encoding is stated


def decode(data: bytes, content_type: str = "") -> str:
    """Return the text of a document; `content_type` is its server's Content-Type, or empty.

    Valid UTF-8 is UTF-8 whatever is stated, and a few broken bytes in it spoil no other. Of what is stated, an XML
    declaration comes before the header, which is often a server's default, and the header before an HTML page's own.
    Raises SourceError with the reason `broken` if the encoding is not stated and cannot be recognised.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if data.startswith(_EBCDIC_XML_START):
        return data.decode("cp037")
    if wide := _find_wide_encoding(data):
        return data.decode(wide, "replace")
    if not (data.isascii() and _ESCAPE_SEQUENCE.search(data)):
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
        if _is_mostly_utf8(data):
            return data.decode("utf-8", _BROKEN_BYTES)
    texts = (_try_encoding(data, label) for label in _list_stated_labels(data, content_type))
    return next((text for text in texts if text is not None), None) or _decode_by_letters(data)


def convert_to_utf8(data: bytes, content_type: str = "") -> bytes:
    """Return a document in UTF-8 and without a byte order mark. Raises SourceError as `decode` does.

    An XML declaration stays as it is: it may name another encoding, and must not be believed.
    """
    return decode(data, content_type).encode("utf-8", "replace")


def _find_wide_encoding(data: bytes) -> str:
    """Return the name of UTF-16 or UTF-32 without a byte order mark, by the zero bytes of ASCII characters."""
    head = data[:256]
    if head.count(0) < len(head) // 4 or not head:
        return ""
    zeros = [head[start::4].count(0) > len(head) // 10 for start in range(4)]
    return {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }.get((zeros[0], zeros[1], zeros[2], zeros[3]), "")


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether at least two thirds of the bytes beyond ASCII form characters of UTF-8."""
    # Of a text in Chinese, Japanese or Korean up to a third of the bytes do so by chance.
    covered = sum(map(len, _UTF8_CHARACTER.findall(data)))
    return 3 * covered >= 2 * sum(map(len, _HIGH_BYTES.findall(data)))


def _list_stated_labels(data: bytes, content_type: str) -> Iterator[str]:
    """Yield the encodings that a document and its server state, the most trustworthy first."""
    head = data[:_HEAD_BYTES]
    if declaration := _XML_DECLARATION.match(head):
        yield declaration[1].decode("ascii", "replace")
    if parameter := _CHARSET_PARAMETER.search(content_type):
        yield parameter[1]
    if meta := _META_CHARSET.search(head):
        yield meta[1].decode("ascii", "replace")


def _try_encoding(data: bytes, label: str) -> str | None:
    """Return the text of a document in the encoding of a label; None if it is unknown, or if the text is not in it."""
    try:
        name = _WEB_CODECS[codecs.lookup(label.lower().removeprefix("x-")).name]
    except (LookupError, ValueError):
        return None
    if name == "utf-8":  # it would have been recognised before
        return None
    text = data.decode(name, "replace")
    if name.startswith(("cp125", "iso8859", "koi8", "cp874", "cp866", "mac")):  # they leave a few bytes undefined
        return text
    broken, letters = text.count("\ufffd"), sum(not character.isascii() for character in text)
    return text if broken <= _MAX_ERROR_SHARE * letters else None


def _decode_by_letters(data: bytes) -> str:
    """Return the text of a document whose encoding is not stated. Raises SourceError if it is not recognised."""
    if data.isascii():
        return data.decode("iso2022_jp", "replace")
    if codec := _find_codec_of_language(data):
        text = data.decode(codec, "replace")
        if "\ufffd" not in text:
            return text
    sample = b"\n".join(islice(_list_texts(data), _MAX_SAMPLES))
    runs = [len(run) for run in _HIGH_BYTES.findall(sample)]
    is_spread = sum(length < 3 for length in runs) * 2 > len(runs)
    codec = _guess_codec(sample, sum(runs), is_spread=is_spread)
    if codec != "cp1252":
        text, is_latin = data.decode(codec, "replace"), codec in _LATIN_CODECS
        # A few letters of another script prove nothing.
        is_enough = is_latin or sum(runs) >= _MIN_HIGH_BYTES
        if is_enough and text.count("\ufffd") <= _MAX_ERROR_SHARE * sum(runs):
            return text
    elif _is_western(sample, is_spread=is_spread):
        # The sign of the euro is the only one of its few differences that texts on the web hold.
        is_latin_9 = b"\xa4" in data and not _WINDOWS_ONLY.search(data)
        return data.decode("iso8859-15" if is_latin_9 else "cp1252", "replace")
    hint = "its server should state it as charset in Content-Type"
    raise SourceError("broken", f"the encoding of its characters is not stated and cannot be recognised; {hint}")


def _guess_codec(sample: bytes, high_bytes: int, *, is_spread: bool) -> str:
    """Return the codec that fits `sample` best; it is Western if none of the others is clearly likelier."""
    from chardet import detect_all  # noqa: PLC0415 - few documents need it

    candidates = (*_LATIN, *_EAST_ASIAN, *(() if is_spread else _OTHER_SCRIPTS))
    found = detect_all(sample, ignore_threshold=True, include_encodings=candidates)
    confidences = {codecs.lookup(guess["encoding"]).name: guess["confidence"] for guess in found if guess["encoding"]}
    if not confidences:
        return "cp1252"
    best = max(confidences, key=lambda codec: confidences[codec])
    lead = _MIN_LEAD if high_bytes >= _MIN_HIGH_BYTES else _MIN_LEAD_OF_FEW_LETTERS
    return best if confidences[best] - confidences.get("cp1252", 0) > lead else "cp1252"


def _is_western(sample: bytes, *, is_spread: bool) -> bool:
    """Return whether a sample reads as a text of Western letters."""
    text = sample.decode("cp1252", "replace")
    if "\ufffd" in text or _SIGN_IN_WORD.search(text):
        return False
    return is_spread or all(letter.isascii() or letter.isalpha() or letter in _PUNCTUATION for letter in text)


def _find_codec_of_language(data: bytes) -> str:
    """Return the codec of the language that a document states; empty if its letters are told by themselves."""
    match = _LANGUAGE.search(data[:_HEAD_BYTES])
    language = (match[1] or match[2]).decode("ascii").lower() if match else ""
    codec = _CODECS_BY_LANGUAGE.get(language, "")
    if codec != "cp1250":
        return codec
    windows, latin_2 = _POLISH if language == "pl" else _CENTRAL_EUROPEAN
    return codec if len(windows.findall(data)) >= len(latin_2.findall(data)) else "iso8859-2"


def _list_texts(data: bytes) -> Iterator[bytes]:
    """Yield the texts of a document that have letters beyond ASCII: between tags, of bounded size."""
    end = 0
    while run := _HIGH_BYTES.search(data, end):
        before = max(end, run.start() - _TEXT_BYTES)
        start = max(data.rfind(mark, before, run.start()) for mark in _TEXT_ENDS)
        stops = (data.find(mark, run.end(), run.end() + _TEXT_BYTES) for mark in _TEXT_ENDS)
        end = min((stop for stop in stops if stop >= 0), default=run.end() + _TEXT_BYTES)
        yield data[start + 1 if start >= 0 else run.start() : min(end, run.start() + 8 * _TEXT_BYTES)]


def _replace_broken_bytes(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement of bytes that are not UTF-8: a letter of Windows' code page 1252, else U+FFFD."""
    # In documents put together of several, some texts are in another encoding than the rest.
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - the type of handlers does not say that we only decode
    broken = error.object[error.start : error.end]
    is_letter = len(broken) == 1 and broken != b"\xff"  # of several bytes, the character was cut off
    return broken.decode("cp1252", "replace") if is_letter else "\ufffd", error.end


_BROKEN_BYTES = "kuratorium-broken-bytes"
codecs.register_error(_BROKEN_BYTES, _replace_broken_bytes)
