"""The character encoding of feeds and pages: bytes -> text, never mojibake.

One order for all documents: byte order mark, valid UTF-8, the encoding that is stated, the letters themselves.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from ...errors import SourceError
from .mojibake import spells_letters_in_ascii

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
_DEFAULT_CODEC = "cp1252"
_EBCDIC_XML_START = b"\x4c\x6f\xa7\x94"  # "<?xm" in EBCDIC (XML 1.0, appendix F)
_WIDE_START = re.compile(rb"(?P<le>(?:[ \t\r\n]\0)*<\0[!?A-Za-z]\0)|(?:\0[ \t\r\n])*\0<\0[!?A-Za-z]")
_HEAD_BYTES = 4096  # of a document, in which it may state its encoding; HTML asks for the first 1024
# By how much of a document its encoding is recognised: the time is bounded, and a few letters prove nothing.
_MAX_SAMPLES, _TEXT_BYTES = 200, 200
_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_XML_DECLARATION = re.compile(rb"\A\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_ESCAPE_SEQUENCE = re.compile(rb"\x1b[$(]")  # of ISO-2022, whose bytes are ASCII
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]"
    rb"|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}"
)
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z0-9]")
_C1_BYTES = re.compile(rb"[\x80-\x9f]")
_UNDEFINED_BYTES = b"\x81\x8d\x8f\x90\x9d"  # in Windows' code page 1252
# Control characters (Windows' punctuation, where a text is said to be in ISO-8859), and what wrong readings leave.
_BROKEN_CHARACTER = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")
_WINDOWS_PUNCTUATION = frozenset("\x80\x82\x84\x85\x86\x87\x89\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b")
_PUNCTUATION = "€‚„…†‡‰‹‘’“”•–—™›\xa0§\xad°·".encode("cp1252")  # the same in all Windows code pages
_TEXT_ENDS = (b"<", b">", b"\n", b'"')  # none of them is part of a character in any encoding
_WORD_ENDS = (*_TEXT_ENDS, b" ")
# What is recognised by its letters, by scripts: our codec -> its name in chardet.
_WESTERN = ("cp1252", "iso8859-15", "mac-roman")  # the likeliest first
_OTHER_LATIN = ("cp1250", "iso8859-2", "cp1254", "cp1257", "iso8859-13", "cp1258")
_OTHER_ALPHABETS = ("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp1253", "iso8859-7", "cp1255", "cp1256", "cp874")
_MULTI_BYTE = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
_RECOGNISABLE = {
    **{name: name for name in (*_WESTERN, *_OTHER_LATIN, *_OTHER_ALPHABETS, *_MULTI_BYTE)},
    "euc_jp": "euc_jis_2004",
}
# Bytes beyond ASCII -> by which share of its score an encoding must surpass those of Western Europe to be right, and to
# make them doubtful. Measured on translations of two programs: as other ones, Western texts read better by 0.29 with
# three such bytes and by 0.13 with five, and worse with 24.
_MIN_LEADS = ((24, 0.05, 0.05), (5, 0.25, 0.2), (3, 0.5, 0.4), (0, 1.0, 0.75))
_MIN_MULTI_BYTES = 24
_MIN_LATIN_LETTERS, _MIN_OTHER_LETTERS = 2, 5  # different ones; one that comes again and again proves nothing
_MIN_RIVAL_LEAD = 0.1  # over another alphabet
_MIN_MAC_SHARE = 0.9  # of the best score: Mac Roman is rare, and has a letter in almost every place
# A language that is stated makes one of its encodings right if that has such a share of the best score.
_MIN_STATED_SHARES = ((24, 0.95), (8, 0.75), (0, 0.5))
_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([a-z]{2})\b|\blang\s*=\s*[\"']([a-z]{2})\b", re.I)
_CODECS_BY_LANGUAGE = {
    **dict.fromkeys(("pl", "cs", "sk", "sl", "hr", "hu", "ro"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("lt", "lv", "et"), ("cp1257", "iso8859-13")),
    **dict.fromkeys(("ru", "uk", "bg", "be"), ("cp1251", "koi8-r", "koi8-u", "iso8859-5")),
    "tr": ("cp1254",),
    "el": ("cp1253", "iso8859-7"),
    "he": ("cp1255",),
    "ar": ("cp1256",),
    "ja": ("cp932", "euc_jp"),
    "zh": ("gb18030", "big5hkscs"),
    "ko": ("cp949",),
}
# What no Western text holds, if it is decoded rightly: control characters and the sign ¤, capitals within a word, signs
# within or before one, words without an ASCII letter, two signs or a sign and an accented letter side by side.
_SIGN = r"[¢£¥¦¨¯±\xb4¶\xb8¹²³¼½¾¬÷×ƒ†‡‰\u02c6ˇ\u02d8-\u02dd\u2044∞∂∑∏π∫Ω√≈∆◊≠≤≥ıﬁﬂ]"
_NONSENSE = re.compile(
    r"[\x80-\x9f\ufffd\uf8ff¤]|(?<=[a-zß-ÿ])[ŠŽŸŒÀ-ÖØ-Þ]|[ŠŽŸŒšžœÀ-ÖØ-öø-ÿ]{5,}|Ÿ(?=[a-zß-ÿ])"
    r"|(?<=[^\W\d_])[¡¢£¥¦§¨¯±µ¶\xb8¹²³º¼½¾¿ª\u02c6\u02dc†‡‰ƒ„€«»](?=[^\W\d_])"
    r"|(?<=[a-zß-ÿ])[¢£¥¦¨¯±µ\xb8¼½¾¿\u02c6\u02dc‡ƒ]|[¢£¥¦¨¯±¶\xb8¹²³¼½¾\u02c6\u02dc‡‰ƒ](?=[a-zß-ÿ])"
    rf"|{_SIGN}(?:{_SIGN}|[À-ÖØ-öø-ÿŠŽŸŒšžœ])|[À-ÖØ-öø-ÿŠŽŸŒšžœ]{_SIGN}|(?<![^\W\d_])[A-Z][À-ÖØ-Þ](?=[a-z]{{2}})"
    r"|(?<![^\W\d_])[ŠŽŸŒšžœ](?![^\W\d_])"
)
# The same for other Latin letters: accents that stand alone, and signs, in or beside a word.
_LONE_SIGN = re.compile(
    r"[ˇ˘\u02db˙˝¨\xb8¯¦¶±¤](?=[^\W\d_])|(?<=[^\W\d_])[ˇ˘\u02db˙˝¨\xb8¯¦¶±¤]|(?<=[^\W\d_])[«»©®¬](?=[^\W\d_])"
)
_MIXED_LETTERS = re.compile(r"(?<=[A-Za-z])[^\W\d_A-Za-z]|[^\W\d_A-Za-z](?=[A-Za-z])")  # of two alphabets in one word
# What no text in another alphabet holds: a letter three times, signs and frames of tables before letters, a final
# letter of Hebrew within a word, a capital after a small Cyrillic letter, the signs that end Thai poems.
_FOREIGN_NONSENSE = re.compile(
    r"([^\W\d_])\1\1|[\u2500-\u25ff€₪¤¼½¾×÷·µ¶§¬¦†‡‰](?=[^\W\d_])|[ךםןףץ][\u200e\u200f]?(?=[א-ת])"
    r"|(?<=[\u0430-\u045f])[\u0400-\u042f]|[\u0e5a\u0e5b]"
)
_THAI_VOWELS = re.compile(r"[\u0e30-\u0e3a\u0e40-\u0e44]")
_MIN_VOWEL_SHARE = 0.15  # of Thai letters; in real texts it is more than 0.3
_MAX_MIXED_SHARE = 0.2  # of the letters beyond ASCII
_MAX_ERROR_SHARE = 0.05  # of characters that are broken, in a document whose encoding is stated


def decode(data: bytes, content_type: str = "", lang: str = "") -> str:
    """Return the text of a document; `content_type` is its server's Content-Type, or empty.

    `lang` is the language in which it should be written, if that is known; else it counts which one it states.
    Valid UTF-8 is UTF-8 whatever is stated, and a few broken bytes in it spoil no other. Of what is stated, the header
    comes before the document's own (RFC 7303, 3.2), unless it only says what servers say by default. What gives control
    characters or broken ones is not believed. Raises SourceError with the reason `broken` if the encoding is not stated
    and cannot be recognised.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if data.startswith(_EBCDIC_XML_START):
        return data.decode("cp037")
    if wide := _find_wide_encoding(data):
        return data.decode(wide, "replace")
    stated = [codec for label in _list_stated_labels(data, content_type) if (codec := _find_codec(label))]
    text = _decode_as_utf8(data, stated)
    if text is None:
        text = _decode_as_stated(data, [_WEB_CODECS[codec] for codec in stated if codec in _WEB_CODECS])
        return _decode_by_letters(data, lang, text) if text is None or "\ufffd" in text else text
    return text


def convert_to_utf8(data: bytes, content_type: str = "", lang: str = "") -> bytes:
    """Return a document in UTF-8 and without a byte order mark. Raises SourceError as `decode` does.

    An XML declaration stays as it is: it may name another encoding, and must not be believed.
    """
    return decode(data, content_type, lang).encode("utf-8", "replace")


def _decode_as_utf8(data: bytes, stated: list[str]) -> str | None:
    """Return the text of a document in UTF-8 or ASCII; None if it is in neither.

    Raises SourceError if its ASCII stands for letters in a way that browsers do not read.
    """
    if data.isascii() and spells_letters_in_ascii(data, stated):
        raise SourceError("broken", "its encoding is one that no browser reads; its server should send UTF-8")
    if data.isascii() and _ESCAPE_SEQUENCE.search(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", _BROKEN_BYTES) if _is_mostly_utf8(data) else None


def decode_head(data: bytes) -> bytes:
    """Return the beginning of a document in ASCII, also of one in UTF-16 or UTF-32, to look for its first tags."""
    wide = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "") or _find_wide_encoding(data)
    return data.decode(wide, "ignore").encode("ascii", "replace") if wide.startswith(("utf-16", "utf-32")) else data


def _find_wide_encoding(data: bytes) -> str:
    """Return the name of UTF-16 or UTF-32 without a byte order mark, by the zero bytes of ASCII characters."""
    head = data[:256]
    if start := _WIDE_START.match(head):  # as XML asks (appendix F): enough for a page of Chinese letters
        return "utf-16-le" if start["le"] else "utf-16-be"
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
    if parameter := _CHARSET_PARAMETER.search(content_type):
        yield parameter[1]
    if declaration := _XML_DECLARATION.match(head):
        yield declaration[1].decode("ascii", "replace")
    if meta := _META_CHARSET.search(head):
        yield meta[1].decode("ascii", "replace")


def _find_codec(label: str) -> str:
    """Return Python's name for the encoding of a label; empty if it knows none."""
    try:
        return codecs.lookup(label.lower().removeprefix("x-")).name
    except (LookupError, ValueError):
        return ""


def _decode_as_stated(data: bytes, stated: list[str]) -> str | None:
    """Return the text of a document in the first of the stated encodings that it may be in; None if it is in none."""
    candidates = [codec for codec in dict.fromkeys(stated) if codec != "utf-8"]  # it would have been recognised before
    # The default of servers and programs, in which all bytes are letters, says less than any other name.
    candidates.sort(key=lambda codec: codec == _DEFAULT_CODEC)
    texts = {codec: data.decode(codec, "replace") for codec in candidates if _fits_escapes(codec, data)}
    whole = [text for text in texts.values() if not _BROKEN_CHARACTER.search(text)]
    return next((text for text in (*whole, *texts.values()) if _is_mostly_whole(text)), None)


def _fits_escapes(codec: str, data: bytes) -> bool:
    """Return whether a document in ASCII that switches its letters by escape sequences may be in an encoding."""
    return codec == "iso2022_jp" or not (data.isascii() and _ESCAPE_SEQUENCE.search(data))


def _is_mostly_whole(text: str) -> bool:
    """Return whether a few characters of a text at most are broken; punctuation of Windows is not."""
    broken = sum(character not in _WINDOWS_PUNCTUATION for character in _BROKEN_CHARACTER.findall(text))
    return broken <= _MAX_ERROR_SHARE * sum(not character.isascii() for character in text)


def _decode_by_letters(data: bytes, lang: str, stated_text: str | None) -> str:
    """Return the text of a document whose encoding is not stated, or doubtful: then `stated_text` is the text in it.

    Raises SourceError if the encoding is neither stated nor recognised.
    """
    if data.isascii() and b"\x1b$)" not in data:  # which begins the letters of Korea and China
        return data.decode("iso2022_jp", "replace")
    # Words of ASCII letters alone weigh in a score, but say nothing of letters in another script.
    words, texts = (b"\n".join(islice(_list_texts(data, ends), _MAX_SAMPLES)) for ends in (_WORD_ENDS, _TEXT_ENDS))
    letters = b"".join(_HIGH_BYTES.findall(texts))
    word_scores, scores = _score_encodings(words), _score_encodings(texts)
    codec = (
        _choose_stated_language(data, lang, letters, _drop_other_latin(word_scores))
        or _choose_stated_language(data, lang, letters, scores)
        or _choose_by_lead(words, letters, _drop_other_latin(word_scores))
        or _choose_by_lead(texts, letters, scores)
        or _choose_western(texts, letters, scores if _are_western_words(words) else word_scores)
    )
    text = data.decode(codec, "replace") if codec else ""
    if codec and _is_mostly_whole(text):
        return text
    if stated_text is not None:
        return stated_text
    hint = "its server should state it as charset in Content-Type"
    raise SourceError("broken", f"the encoding of its characters is not stated and cannot be recognised; {hint}")


def _are_western_words(words: bytes) -> bool:
    """Return whether most words with letters beyond ASCII have one of ASCII, or a digit, too."""
    with_letters = [word for word in words.translate(None, _PUNCTUATION).split(b"\n") if not word.isascii()]
    return 2 * sum(bool(_ASCII_LETTER.search(word)) for word in with_letters) > len(with_letters)


def _drop_other_latin(scores: dict[str, float]) -> dict[str, float]:
    """Return the scores without the encodings that are told from Western ones by ASCII letters, too."""
    return {codec: score for codec, score in scores.items() if codec not in _OTHER_LATIN}


def _score_encodings(sample: bytes) -> dict[str, float]:
    """Return how well a text reads in each encoding that it may be in, from 0 to 1, the best first."""
    scores = _ask_chardet(sample)
    if "cp1252" not in scores:  # a stray byte that it does not define makes no Western text a Polish one
        scores["cp1252"] = _ask_chardet(sample.translate(None, _UNDEFINED_BYTES)).get("cp1252", 0.0)
    if _C1_BYTES.search(sample):  # printed characters in Windows' code pages alone
        scores = {codec: score for codec, score in scores.items() if not codec.startswith("iso8859")}
    texts = {codec: sample.decode(codec, "replace") for codec in scores}
    same = [codec for codec, text in texts.items() if text == texts["cp1252"]]  # ä and é are where they are in others
    scores["cp1252"] = max(scores[codec] for codec in same)
    ranking = sorted(scores, key=scores.__getitem__, reverse=True)
    return {codec: scores[codec] for codec in ranking if codec in _WESTERN or _may_be(codec, texts, same)}


def _may_be(codec: str, texts: dict[str, str], same: list[str]) -> bool:
    """Return whether a text may be in an encoding beyond Western Europe: it reads otherwise, and makes sense."""
    if codec in same or codec in _MULTI_BYTE:
        return codec not in same
    text = texts[codec]
    letters = sum(not character.isascii() for character in text)
    return not _LONE_SIGN.search(text) and (codec not in _OTHER_ALPHABETS or _is_in_alphabet(codec, text, letters))


def _is_in_alphabet(codec: str, text: str, letters: int) -> bool:
    """Return whether a text reads like one in another alphabet; `letters` is how many are beyond ASCII."""
    if len(_MIXED_LETTERS.findall(text)) > _MAX_MIXED_SHARE * letters:
        return False
    if codec == "cp874" and len(_THAI_VOWELS.findall(text)) < _MIN_VOWEL_SHARE * letters:
        return False
    return sum(1 for _ in _FOREIGN_NONSENSE.finditer(text)) <= _MAX_ERROR_SHARE * letters


def _ask_chardet(sample: bytes) -> dict[str, float]:
    """Return the scores that chardet gives to the encodings that we recognise, as far as a text can be in them."""
    from chardet import detect_all  # noqa: PLC0415 - few documents need it

    names = {name: codec for codec, name in _RECOGNISABLE.items()}
    ranking = detect_all(
        sample,
        ignore_threshold=True,
        include_encodings=names,
        compat_names=False,
        no_match_encoding="cp1252",
        empty_input_encoding="cp1252",
    )
    return {names[result["encoding"] or "cp1252"]: result["confidence"] for result in ranking}


def _choose_stated_language(data: bytes, lang: str, letters: bytes, scores: dict[str, float]) -> str:
    """Return the encoding of the language that is stated; empty if none is, or if the text is not in it."""
    match = _LANGUAGE.search(data[:_HEAD_BYTES])
    stated = (match[1] or match[2]).decode("ascii").lower() if match else ""
    share = next(share for count, share in _MIN_STATED_SHARES if len(letters) >= count)
    for language in (lang.lower().partition("-")[0], stated):
        own = next((codec for codec in scores if codec in _CODECS_BY_LANGUAGE.get(language, ())), "")
        if own and scores[own] >= share * max(scores.values()):
            return own
    return ""


def _choose_by_lead(sample: bytes, letters: bytes, scores: dict[str, float]) -> str:
    """Return the encoding in which a text reads so much better than as a Western one that it is in it; else empty."""
    (best, score), *rivals = [(codec, score) for codec, score in scores.items() if codec not in _WESTERN] or [("", 0.0)]
    lead = score - max(scores.get(codec, 0.0) for codec in _WESTERN)
    if lead <= _find_leads(letters)[0] * score:
        return ""
    if best in _MULTI_BYTE:
        return best if len(letters) >= _MIN_MULTI_BYTES else ""
    if best in _OTHER_LATIN:
        return best
    text = sample.decode(best, "replace")
    rival = next((score for codec, score in rivals if sample.decode(codec, "replace") != text), 0.0)
    is_alone = len(letters) >= _MIN_LEADS[0][0] or score - rival >= _MIN_RIVAL_LEAD * score
    return best if is_alone and len({*letters}) >= _MIN_OTHER_LETTERS else ""


def _choose_western(sample: bytes, letters: bytes, scores: dict[str, float]) -> str:
    """Return the Western encoding in which a text makes most sense; empty if it makes little in all."""
    least = (1 - _find_leads(letters)[1]) * max(scores.values())
    texts = {codec: sample.decode(codec, "replace") for codec in _WESTERN if scores.get(codec, -1.0) >= least}
    if scores.get("mac-roman", 0.0) < _MIN_MAC_SHARE * max(scores.values()):
        texts.pop("mac-roman", None)
    nonsense = {codec: sum(map(len, _NONSENSE.findall(text))) for codec, text in texts.items()}
    best = min(texts, key=nonsense.__getitem__, default="")
    return best if nonsense.get(best, 0) <= _MAX_ERROR_SHARE * len(letters) else ""


def _find_leads(letters: bytes) -> tuple[float, float]:
    """Return the shares of _MIN_LEADS that are right for a text by its bytes beyond ASCII."""
    letters = letters.translate(None, _PUNCTUATION)
    counted = len(letters) if len({*letters}) >= _MIN_LATIN_LETTERS else 0
    return next((proof, doubt) for count, proof, doubt in _MIN_LEADS if counted >= count)


def _list_texts(data: bytes, ends: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield the parts of a document with letters beyond ASCII, of bounded size: texts or words, by their `ends`."""
    end = 0
    while run := _HIGH_BYTES.search(data, end):
        before = max(end, run.start() - _TEXT_BYTES)
        start = max(data.rfind(mark, before, run.start()) for mark in ends)
        limit = run.end() + 5 * _TEXT_BYTES  # East Asian texts have no blanks, and must not be cut within a character
        stops = (data.find(mark, run.end(), limit) for mark in ends)
        end = min((stop for stop in stops if stop >= 0), default=limit)
        yield data[start + 1 if start >= 0 else before : min(end, run.start() + 8 * _TEXT_BYTES)]


def _replace_broken_bytes(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement of bytes that are not UTF-8: a letter of Windows' code page 1252, else U+FFFD."""
    # In documents put together of several, some texts are in another encoding than the rest.
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - the type of handlers does not say that we only decode
    broken = error.object[error.start : error.end]
    is_letter = len(broken) == 1 and broken != b"\xff"  # of several bytes, the character was cut off
    return broken.decode("cp1252", "replace") if is_letter else "\ufffd", error.end


_BROKEN_BYTES = "kuratorium-broken-bytes"
codecs.register_error(_BROKEN_BYTES, _replace_broken_bytes)
