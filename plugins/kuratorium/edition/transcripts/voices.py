"""Who says what in a caption: the tags and names of its lines, and the people of the conversation."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...slugs import slugify
from ..fields import Violation, suggest_nearest
from .captions import Caption
from .cues import Cue

# <v.loud Ruth Feldkamp>: a voice may have classes. A dash before it marks what its name says already.
_VOICE_TAG = re.compile(r"(?:\A[ \t]*[-–—][ \t]*)?<v(?:\.[^\s<>]*)?[ \t]([^<>]+)>")
# The tags of WebVTT, <font> of SubRip, times within the text, and the positions ({\an8}) of SubStation Alpha.
_TAG = re.compile(r"</?(?:c|i|b|u|v|s|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<[0-9:.]+>|\{\\[^{}]*\}")
_DASH = re.compile(r"\A[-–—][ \t]+")
_CHANGE_MARK = re.compile(r"\A>>+[ \t]*")  # in captions for the deaf: somebody else speaks
_NAME = re.compile(r"\A(?P<name>[^:<>]{2,60}?)[ \t]*:(?:[ \t]+|\Z)")
_NAME_SUFFIX = re.compile(r"\s*\([^()]*\)\s*\Z")  # as meetings add it: "Ruth Feldkamp (guest)"
_NAME_PARTICLES = {"de", "der", "den", "van", "von", "vom", "zu", "zur"}
# What programs call a voice that they do not know: [SPEAKER_00], Speaker 1.
_NUMBERED_VOICE = re.compile(r"\A\[?(?:speaker|sprecher(?:in)?)[ _-]?[0-9]+\]?\Z", re.I)
# A label that no sentence begins with: of a telephone, a device, a room, or with an office behind the name.
_DEVICE = re.compile(r"\+[0-9]|i[A-Z]|.*[_/0-9]")
_MAX_LABEL_WORDS = 5
# Words that begin a sentence or lead up to what follows the colon, in German and English.
_PROSE_WORDS = frozenset(
    {"aber", "achtung", "also", "beispiel", "beispielsweise", "das", "denn", "der", "die", "dies", "drittens", "ein"}
    | {"eine", "einfach", "er", "erstens", "es", "fazit", "genau", "genauer", "heißt", "ich", "ihr", "im", "in", "ja"}
    | {"klar", "konkret", "kurz", "kurzum", "man", "mein", "meine", "mit", "nein", "nochmal", "nun", "nur", "problem"}
    | {"sie", "so", "sprich", "stichwort", "übrigens", "um", "und", "unser", "unsere", "viertens", "wichtig", "wie"}
    | {"wir", "zitat", "zum", "zur", "zweitens", "and", "but", "first", "for", "however", "i", "it", "my", "no", "now"}
    | {"okay", "or", "our", "second", "the", "they", "third", "this", "that", "we", "well", "yes", "you", "ok", "oder"}
)
# A caption of sounds only, such as [Musik], (lacht) or ♪. At most three words: a longer bracket may contain speech.
_SOUNDS = re.compile(r"\A(?: ?(?:\[[^\s\[\]]+(?: [^\s\[\]]+){0,2}\]|\([^\s()]+(?: [^\s()]+){0,2}\)|[♪♫]))+\Z")


_NO_VOICE_HINT = "Name somebody of the conversation; before words that are no name, put the name of their speaker."


class _Passage(Struct, frozen=True):
    """A part of a caption that one person says; `voice` is empty if it names none."""

    voice: str
    text: str
    changes_speaker: bool = False


def split_by_voice(captions: Sequence[Caption], people: Mapping[str, str]) -> Iterator[Cue]:
    """Yield the cues of captions, one for each voice in a caption, which share its time by their length.

    `people`: names by id; "Name: " is a voice in a file whose lines begin with names of theirs. Sounds without a voice
    are left out.
    """
    ids = index_names(people)
    has_names = any(_begins_with_name(line, ids) for caption in captions for line in caption.lines)
    repeated = _find_repeated_labels(captions) if has_names else frozenset[str]()
    for caption in captions:
        passages = [
            passage
            for passage in _join_lines(_split_caption(caption.lines, ids, has_names, repeated))
            if passage.text and (passage.voice or not _SOUNDS.match(passage.text))
        ]
        yield from _share_time(caption, passages)


def identify_speakers(cues: Iterable[Cue], people: Mapping[str, str], default: str = "") -> Iterator[Cue | Violation]:
    """Yield each cue with the speaker's id as its voice, or a violation at its line if the voice is unknown.

    `people` are names by id; a voice is either. A cue without a voice belongs to `default`, an id; if that is empty, to
    the speaker before.
    """
    ids = index_names(people)
    has_voice = False
    for cue in cues:
        person_id = _find_id(cue.voice, ids) if cue.voice else default
        if cue.voice and not person_id:
            message = f'the voice "{cue.voice}" is neither guest, host nor author of this conversation'
            hint = suggest_nearest(cue.voice, people.values()) or _NO_VOICE_HINT
            yield Violation((), message, hint, cue.line)
        elif not person_id and (cue.changes_speaker or not has_voice):
            hint = 'Begin it with <v Name>; "kuratorium transcript … --voice ID" gives all such cues to one person.'
            yield Violation((), "this cue does not name its speaker", hint, cue.line)
        else:
            yield replace(cue, voice=person_id)
        has_voice = has_voice or bool(cue.voice)


def index_names(people: Mapping[str, str]) -> dict[str, str]:
    """Return ids by the slugs of all that people are called: id, name, "Last, First", and a name that only one has."""
    words = {person_id: name.split() for person_id, name in people.items()}
    counts = Counter(slugify(word) for parts in words.values() for word in {*parts[:1], *parts[-1:]})
    ids: dict[str, str] = {}
    for person_id, parts in words.items():
        ids |= {slugify(part): person_id for part in (*parts[:1], *parts[-1:]) if counts[slugify(part)] == 1}
    for person_id, parts in words.items():
        ids[slugify(" ".join([*parts[-1:], *parts[:-1]]))] = person_id
    ids |= {slugify(name): person_id for person_id, name in people.items()}
    return ids | {person_id: person_id for person_id in people}


def _find_id(name: str, ids: Mapping[str, str]) -> str:
    return ids.get(slugify(name)) or ids.get(slugify(_NAME_SUFFIX.sub("", name))) or ""


def _find_repeated_labels(captions: Iterable[Caption]) -> frozenset[str]:
    """Return the slugs of labels that begin several cues: nobody begins sentences so again and again."""
    lines = (_strip_marks(caption.lines[0]) for caption in captions if caption.lines)
    labels = Counter(slugify(match["name"]) for line in lines if (match := _NAME.match(line)))
    return frozenset(label for label, count in labels.items() if count > 1)


def _split_caption(
    lines: Sequence[str], ids: Mapping[str, str], has_names: bool, repeated: Collection[str]
) -> Iterator[_Passage]:
    """Yield the passages of a caption's lines; `repeated` are the slugs of labels that begin several cues."""

    def is_label(text: str) -> bool:
        return _is_label(text, repeated)

    dashes = [number for number, line in enumerate(lines) if _DASH.match(_strip_tags(line))]
    is_dialogue = any(dashes)  # a dash further down than the first line marks another speaker
    for number, line in enumerate(lines):
        before, *tagged = _VOICE_TAG.split(line)
        if not tagged or before.strip():
            finds_label = is_label if has_names and not number else _looks_like_name if has_names else _is_numbered
            yield _parse_line(before, ids, finds_label, is_dialogue and number in dashes)
        for voice, text in zip(tagged[::2], tagged[1::2], strict=True):
            yield _Passage(" ".join(html.unescape(voice).split()), _strip_tags(text))


def _parse_line(line: str, ids: Mapping[str, str], finds_label: Callable[[str], bool], has_dash: bool) -> _Passage:
    """Return a line without a voice tag as a passage; it may begin with a name or with the mark of another speaker.

    `finds_label` returns whether a text before a colon is a voice although nobody of `ids` is called so.
    """
    text, plain = _strip_tags(line), _strip_marks(line)
    changes_speaker = has_dash or bool(_CHANGE_MARK.match(text))
    match = _NAME.match(plain)
    if match and (_find_id(match["name"], ids) or finds_label(match["name"])):
        return _Passage(match["name"], plain[match.end() :], changes_speaker)
    return _Passage("", plain if changes_speaker else text, changes_speaker)


def _begins_with_name(line: str, ids: Mapping[str, str]) -> bool:
    """Return whether a line begins with a name of `ids`, as in "Ruth Feldkamp: …"."""
    match = _NAME.match(_strip_marks(line))
    return bool(match and _find_id(match["name"], ids))


def _looks_like_name(text: str) -> bool:
    """Return whether a text is probably the name of a speaker."""
    words = _NAME_SUFFIX.sub("", text).split()
    if not 2 <= len(words) <= _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS:
        return False
    return all(word[0].isupper() or word in _NAME_PARTICLES for word in words)


def _is_numbered(text: str) -> bool:
    """Return whether a text is what a program calls a voice that it does not know."""
    return bool(_NUMBERED_VOICE.match(text))


def _is_label(text: str, repeated: Collection[str]) -> bool:
    """Return whether a text at a cue's beginning, in a file that names speakers so, may be another speaker's label."""
    words = text.split()
    if _looks_like_name(text) or _is_numbered(text):
        return True
    if len(words) > _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS:
        return False
    if any(map(_DEVICE.match, words)) or slugify(text) in repeated:
        return True
    return text[:1].isupper() and words[-1][:1].isupper()


def _strip_marks(line: str) -> str:
    """Return a line as plain text without the dash or the >> that begins it."""
    return _CHANGE_MARK.sub("", _DASH.sub("", _strip_tags(line)))


def _strip_tags(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _join_lines(passages: Iterable[_Passage]) -> list[_Passage]:
    """Return passages with each that continues the one before joined to it."""
    groups: list[list[_Passage]] = []
    for passage in passages:
        if groups and not passage.voice and not passage.changes_speaker:
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return [replace(group[0], text=" ".join(passage.text for passage in group if passage.text)) for group in groups]


def _share_time(caption: Caption, passages: Sequence[_Passage]) -> Iterator[Cue]:
    """Yield a caption's passages as cues; each gets time in proportion to its length."""
    characters = sum(len(passage.text) for passage in passages)
    start, characters_before = caption.start, 0
    for passage in passages:
        characters_before += len(passage.text)
        end = caption.start + (caption.end - caption.start) * characters_before // characters
        yield Cue(start, end, passage.text, passage.voice, caption.line, passage.changes_speaker)
        start = end
