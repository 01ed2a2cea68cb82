"""The text of a caption's lines: tags, whose words they hold, marks of another speaker, and sounds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

# <v.loud Ruth Feldkamp>: a voice may have classes. A dash before it marks what its name says already. Programs write
# <V>, too, though WebVTT has lower case only.
_VOICE_TAG = re.compile(
    r"(?:\A[ \t]*[-–—][ \t]*)?<v(?:\.[^\s<>]*)?(?:[ \t](?P<name>[^<>]*))?>|(?P<end></v[ \t]*>)", re.I
)
# A mistyped voice: its name would be words of the speaker before.
_ODD_VOICE_TAG = re.compile(
    r"<\s{0,3}/?\s{0,3}v(?:oice)?[\s.:=>][^<>]{0,60}|</?v\Z|<(?-i:v(?![a-zäöüß]))[^<>]{2,60}>", re.I
)
_ELEMENTS = "c|i|b|u|s|ruby|rt|lang|font"
# Times within a text: YouTube's automatic captions have them, word by word.
TIME_TAG = re.compile(r"<[0-9:.]+>")
# The tags of WebVTT, <font> of SubRip, and the positions ({\an8}) of SubStation Alpha.
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:[.\s][^<>]*)?>|{TIME_TAG.pattern}|\{{\\[^{{}}]*\}}", re.I)
# A line may end within a tag (https://www.w3.org/TR/webvtt1/#webvtt-tag-state).
_TAG_IN_LINES = re.compile(rf"</?(?:v|{_ELEMENTS})(?:[.\s][^<>]*)?>", re.I)
_DASH = re.compile(r"\A[-\u2010–—―](?:[ \t]+|(?=[^\W\d_]|[„“\"'\[(]))")
# In captions for the deaf, somebody else speaks behind these signs, also within a line.
_CHANGE_MARK = re.compile(r"\A>>+[ \t]*")
_MARK = re.compile(r"\A>+[ \t]*")
_CHANGE_MARK_WITHIN = re.compile(r"[ \t]+(?=>>+[ \t])")
# Brackets and colons of Asian keyboards, and the sign of a ratio.
_WIDE_MARKS = "\u3010\u3011\u3014\u3015\uff3b\uff3d\uff5b\uff5d\uff08\uff09\uff1c\uff1e\uff1a\ufe55\u2236"
_NARROW_MARKS = str.maketrans(_WIDE_MARKS, "[][][]{}()<>:::")
_WIDE_MARK = re.compile(f"[{_WIDE_MARKS}]")
_SOUND = re.compile(
    r"\[(?P<square>[^\[\]]+)\]|\{(?P<curly>[^{}]+)\}|<(?P<angle>[^<>]+)>|\((?P<round>[^()]+)\)"
    r"|\*(?P<stars>[^\s*.!?,](?:[^*.!?,]*[^\s*.!?,])?)\*"
    r"|[♪♫♬♩🎵🎶¶](?:[^♪♫♬♩🎵🎶¶]*[♪♫♬♩🎵🎶¶])*|\#(?P<hash> [^#]+ )\#"
)
_MUSIC_AT_BEGINNING = re.compile(r"\A[♪♫♬♩🎵🎶¶]\ufe0f?[ ]*(?P<words>[^♪♫♬♩🎵🎶¶]*)\Z")
_BEFORE_SOUNDS = re.compile(r"\A(?:[-–—][ ]?|>>+[ ]*)")
_BEGINNING_OF_SPEECH = re.compile(
    r"\s*(?:ich|wir|du|ihr|mir|mich|uns|ja|nein|aber|und|dass?|es|i|i'm|we|you|my|yes|no|but|and|that|it)\b", re.I
)
_END_OF_SPEECH = re.compile(r"[.!?…,]\s*\Z")
_MAX_WORDS_OF_MUSIC = 2  # behind a single sign of it
_MAX_WORDS_OF_SOUND = 3  # in round brackets or between stars; more may be speech
_MAX_WORDS_OF_NOTE = 6  # in other brackets, which hold notes only, unless they read as a sentence does


class Span(Struct, frozen=True):
    """A part of a caption's line.

    `line`: number of the line in the caption, from 0. `text`: with all tags but those of voices. `voice`: the name in
    the tag that holds it, empty if that has none; None if the part goes on as the one before. `begins_line`: whether
    it is at the beginning of its line, without a tag.
    """

    line: int
    text: str
    voice: str | None = None
    begins_line: bool = False


def split_spans(lines: Sequence[str]) -> Iterator[Span]:
    """Yield the parts of a caption's lines at the tags of voices.

    Behind an inner voice, the words are those of the outer one; where tags are missing that end voices, they have a
    voice without a name.
    """
    tags = [match for line in lines for match in _VOICE_TAG.finditer(line)]
    is_nested = 2 * sum(bool(match["end"]) for match in tags) == len(tags)
    outer: list[str] = []
    current: str | None = None
    for number, line in enumerate(lines):
        position, is_opened = 0, False
        for match in (*_VOICE_TAG.finditer(line), None):
            text = line[position : match.start() if match else len(line)]
            voice = None
            if is_opened:
                voice = outer[-1]
            elif outer and outer[-1] != current:
                voice = outer[-1] if is_nested else ""
            if text.strip() or is_opened:
                yield Span(number, text, voice, begins_line=not position)
                current = current if voice is None else voice
            if match:
                is_opened, position = not match["end"], match.end()
                if is_opened:
                    outer.append(" ".join(html.unescape(match["name"] or "").split()))
                elif outer:
                    outer.pop()


def join_tags(lines: Sequence[str]) -> list[str]:
    """Return a caption's lines with each tag on the line on which it begins."""
    text = "\n".join(lines)
    return _TAG_IN_LINES.sub(lambda match: match[0].replace("\n", " "), text).split("\n") if "<" in text else [*lines]


def find_voice(line: str) -> str:
    """Return the first tag of a voice in a line; empty if there is none."""
    match = next((match for match in _VOICE_TAG.finditer(line) if not match["end"]), None)
    return match[0] if match else ""


def begins_with_voice(line: str) -> bool:
    """Return whether a line begins with the tag of a voice."""
    match = _VOICE_TAG.match(line)
    return bool(match and not match["end"])


def find_odd_voice(lines: Sequence[str]) -> str:
    """Return what is probably the tag of a voice and has a mistake; empty if there is none."""
    text = "\n".join(map(strip_voices, lines))
    match = _ODD_VOICE_TAG.search(text) if "<" in text else None
    return " ".join(match[0].split()) if match else ""


def strip_voices(line: str) -> str:
    """Return a line without the tags of voices."""
    return _VOICE_TAG.sub("", line) if "<" in line else line


def strip_tags(line: str) -> str:
    """Return a line as plain text."""
    text = _TAG.sub("", strip_voices(line)) if "<" in line or "{" in line else line
    return " ".join(html.unescape(text).split())


def narrow_marks(text: str) -> str:
    """Return a text with the brackets and colons of ASCII for those of Asian keyboards, each at its place."""
    return text.translate(_NARROW_MARKS) if _WIDE_MARK.search(text) else text


def strip_marks(text: str) -> str:
    """Return a plain text without the dash or the >> that begins it."""
    return _MARK.sub("", _DASH.sub("", text))


def has_dash(text: str) -> bool:
    """Return whether a plain text begins with a dash."""
    return bool(_DASH.match(text))


def has_change_mark(text: str) -> bool:
    """Return whether a plain text begins with the >> of another speaker."""
    return bool(_CHANGE_MARK.match(text))


def split_at_change_marks(text: str) -> list[str]:
    """Return the parts of a plain text, each but the first with the >> of another speaker."""
    return _CHANGE_MARK_WITHIN.split(text)


def is_sound(text: str) -> bool:
    """Return whether a plain text is nobody's words, but sounds: [Musik], (lacht), *Applaus*, ♪ la la ♪."""
    if text[:1].isalnum():
        return False
    sounds = _BEFORE_SOUNDS.sub("", narrow_marks(text)).rstrip(" .!…")
    if not sounds:
        return False
    if music := _MUSIC_AT_BEGINNING.match(sounds):
        return len(music["words"].split()) <= _MAX_WORDS_OF_MUSIC and not _END_OF_SPEECH.search(text)
    position = 0
    while position < len(sounds):
        sound = _SOUND.match(sounds, position)
        if not sound or not _is_short(sound):
            return False
        position = sound.end()
        while position < len(sounds) and sounds[position] in " \ufe0f":
            position += 1
    return True


def _is_short(sound: re.Match[str]) -> bool:
    """Return whether brackets or stars hold no speech."""
    if not sound.lastgroup or sound.lastgroup == "hash":
        return True
    words = sound[sound.lastgroup]
    count = len(words.split())
    if ":" in words and _END_OF_SPEECH.search(words):  # [Ruth Feldkamp: Ja.]
        return False
    if sound.lastgroup in ("round", "stars"):
        return 0 < count <= _MAX_WORDS_OF_SOUND
    is_speech = _END_OF_SPEECH.search(words) or _BEGINNING_OF_SPEECH.match(words)
    return 0 < count <= (_MAX_WORDS_OF_SOUND if is_speech else _MAX_WORDS_OF_NOTE)
