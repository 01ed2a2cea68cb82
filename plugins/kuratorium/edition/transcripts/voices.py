"""Who says what in a caption: the tags and names of its lines, and the people of the conversation.

Programs mark a speaker as `<v Name>` or by a label, `Name: `. A label of a person of the conversation is a voice in
every file, whatever its case. For others there is a rule, because "Beschluss: wir kaufen nicht" has such a colon, too:

- A file marks speakers by labels if a line of it begins with a name of the conversation, or if it has no `<v>` and two
  of its captions begin with labels that can only be those of speakers.
- In such a file, these labels are unknown voices at a caption's beginning: those of devices and roles (Gast iPad,
  Speaker 1, Publikum), misspelt names, two to five words as in names (Heiner von Bering), and two or three words in
  lower case (heiner bering) that are none of _PROSE_WORDS, if names have lower case in this file or a sentence ended
  before. If every caption begins with a label, as in meetings, one capitalised word (Heiner) is enough.
- What else may be a label (Beschluss, Heiner) is a part of the words, and only doubtful; so are all these in a caption
  without `<v>` of a file that does not mark speakers by labels. Below `<v Name>`, words before a colon are words.

Words before the first `<v>` of a caption have no voice (https://www.w3.org/TR/webvtt1/#webvtt-caption-or-subtitle-cue-components).
They are the speaker's before if the file has captions without a voice, too, or if that speaker's sentence goes on.
"""

from __future__ import annotations

import difflib
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
# Without a blank behind the colon, words begin with a capital: "Leser:innen", "12:30" and "https://" are no labels.
_NAME = re.compile(r"\A(?P<name>[^:<>]{2,60}?)[ \t]*:(?:[ \t]+|\Z|(?=[A-ZÄÖÜ„“\"»])(?!In(?:nen)?\b))")
_BRACKETED = re.compile(r"\A[\[(]([^\[\]()]+)[\])]\Z")  # [Ruth Feldkamp]: …
_NAME_SUFFIX = re.compile(r"\s*\([^()]*\)\s*\Z")  # as meetings add it: "Ruth Feldkamp (guest)"
_NAME_PARTICLES = {"de", "der", "den", "van", "von", "vom", "zu", "zur"}
# What programs call a voice that they do not know: [SPEAKER_00], Speaker 1.
_NUMBERED_VOICE = re.compile(r"\A\[?(?:speaker|sprecher(?:in)?)[ _-]?[0-9]+\]?\Z", re.I)
# A label that no sentence begins with: of a telephone, a device, a user, or with an office behind the name.
_DEVICE = re.compile(r"\+[0-9]{2}|(?:.*\s)?i[A-Z]|\S*_|\S+ \S+ / \S")
_ROLE_WORDS = frozenset(
    {"anrufer", "anruferin", "besucher", "besucherin", "caller", "gast", "guest", "interviewer", "interviewerin"}
    | {"moderator", "moderatorin", "participant", "publikum", "speaker", "sprecher", "sprecherin", "teilnehmer"}
    | {"teilnehmerin", "unbekannt", "unknown", "zuhörer", "zuhörerin", "zuschauer", "zuschauerin"}
)
# These name a speaker with another word only: Raum 3.07.
_PLACE_WORDS = frozenset({"android", "galaxy", "handy", "laptop", "phone", "raum", "room", "saal", "tablet", "zoom"})
_QUESTION_WORDS = frozenset({"answer", "antwort", "frage", "question"})
_MAX_LABEL_WORDS = 5
_MAX_WORDS_OF_NAME = 3
_SENTENCE_END = re.compile(r"[.!?…][\"'“”»«‘’)\]]*\Z")
_MIN_LABELS_THROUGHOUT = 8
_MAX_LISTED_LABELS = 5
_SIMILARITY_OF_MISSPELT = 0.85
# Words that begin a sentence or lead up to what follows the colon, in German and English.
_PROSE_WORDS = frozenset(
    {"aber", "achtung", "also", "beispiel", "beispielsweise", "das", "denn", "der", "die", "dies", "drittens", "ein"}
    | {"eine", "einfach", "er", "erstens", "es", "fazit", "genau", "genauer", "heißt", "ich", "ihr", "im", "in", "ja"}
    | {"klar", "konkret", "kurz", "kurzum", "man", "mein", "meine", "mit", "nein", "nochmal", "nun", "nur", "problem"}
    | {"sie", "so", "sprich", "stichwort", "übrigens", "um", "und", "unser", "unsere", "viertens", "wichtig", "wie"}
    | {"wir", "zitat", "zum", "zur", "zweitens", "and", "but", "first", "for", "however", "i", "it", "my", "no", "now"}
    | {"okay", "or", "our", "second", "the", "they", "third", "this", "that", "we", "well", "yes", "you", "ok", "oder"}
    | {"anders", "auch", "besser", "da", "dann", "dazu", "dritte", "dritter", "drittes", "du", "ergebnis"}
    | {"erste", "erster", "erstes", "fragt", "fragte", "für", "ganz", "gesagt", "große", "gute", "hier"}
    | {"immer", "jetzt", "kleine", "letzte", "letzter", "letztes", "mal", "meint", "meinte", "nicht", "noch", "nächste"}
    | {"nächster", "nächstes", "offene", "sagen", "sagt", "sagte", "sagten", "von", "was", "wichtige", "wichtiger"}
    | {"beste", "bester", "bestes", "eigene", "einzige", "großer", "großes", "guter", "gutes", "kleiner", "kleines"}
    | {"konkrete", "kurze", "kurzer", "kurzes", "mögliche", "neue", "neuer", "neues", "weitere", "weiterer", "weiteres"}
    | {"wichtigste", "wichtigster", "wichtigstes"}
    | {"worden", "wurde", "zwei", "zweite", "zweiter", "zweites", "said", "says"}
)
# A caption of sounds only, such as [Musik], (lacht) or ♪. At most three words: a longer bracket may contain speech.
_SOUNDS = re.compile(r"\A(?: ?(?:\[[^\s\[\]]+(?: [^\s\[\]]+){0,2}\]|\([^\s()]+(?: [^\s()]+){0,2}\)|[♪♫]))+\Z")


class _Passage(Struct, frozen=True):
    """A part of a caption that one person says; `voice` is empty if it names none."""

    voice: str
    text: str
    changes_speaker: bool = False
    label: str = ""


class _Marking(Struct, frozen=True):
    """How a file marks its speakers.

    `ids`: as index_names has them. `has_labels`: by labels. `is_throughout`: by a label in every caption. `is_lower`:
    names in labels are in lower case. `continues`: captions without a voice go on with the voice before.
    """

    ids: Mapping[str, str]
    has_labels: bool
    is_throughout: bool
    is_lower: bool
    continues: bool


def split_by_voice(captions: Sequence[Caption], people: Mapping[str, str]) -> Iterator[Cue]:
    """Yield the cues of captions, one for each voice in a caption, which share its time by their length.

    `people`: names by id. Sounds without a voice are left out.
    """
    marking = _find_marking(captions, index_names(people))
    previous = ""
    for caption in captions:
        passages = [
            passage
            for passage in _join_lines(_split_caption(caption.lines, marking, previous))
            if passage.text and (passage.voice or not _SOUNDS.match(passage.text))
        ]
        if len(passages) > 1 and not passages[0].voice and not marking.continues and _ends_sentence(previous):
            passages[0] = replace(passages[0], changes_speaker=True)
        previous = passages[-1].text if passages else previous
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
            hint = suggest_nearest(cue.voice, people.values())
            if cue.label:
                hint += " Or add them to guests or hosts; if these are words of a speaker, write <v Name> before them."
            yield Violation((), message, hint, cue.line)
        elif not person_id and (cue.changes_speaker or not has_voice):
            hint = 'Begin it with <v Name>; "kuratorium transcript … --voice ID" gives all such cues to one person.'
            yield Violation((), "this cue does not name its speaker", hint, cue.line)
        else:
            yield replace(cue, voice=person_id)
        has_voice = has_voice or bool(cue.voice)


def report_doubtful_labels(cues: Iterable[Cue]) -> Violation | None:
    """Return a violation that lists what may be labels of speakers nobody knows; None if there is nothing such."""
    lines: dict[str, int] = {}
    for cue in cues:
        if cue.label and not cue.voice:
            lines.setdefault(cue.label, cue.line)
    if not lines:
        return None
    labels = [f'"{label}:" (line {line})' for label, line in lines.items()]
    more = f" and {len(labels) - _MAX_LISTED_LABELS} more" if labels[_MAX_LISTED_LABELS:] else ""
    message = f"words before a colon may name other speakers: {', '.join(labels[:_MAX_LISTED_LABELS])}{more}"
    hint = "If so, begin these cues with <v Name>; now they are words of another speaker."
    return Violation((), message, hint, next(iter(lines.values())))


def index_names(people: Mapping[str, str]) -> dict[str, str]:
    """Return ids by the keys of all that people are called: id, name, "Last, First", and a name that only one has."""
    words = {person_id: name.split() for person_id, name in people.items()}
    counts = Counter(_build_key(word) for parts in words.values() for word in {*parts[:1], *parts[-1:]})
    ids: dict[str, str] = {}
    for person_id, parts in words.items():
        ids |= {_build_key(part): person_id for part in (*parts[:1], *parts[-1:]) if counts[_build_key(part)] == 1}
    for person_id, parts in words.items():
        ids[_build_key(" ".join([*parts[-1:], *parts[:-1]]))] = person_id
    ids |= {_build_key(name): person_id for person_id, name in people.items()}
    return ids | {person_id: person_id for person_id in people}


def _find_id(name: str, ids: Mapping[str, str]) -> str:
    return ids.get(_build_key(name)) or ids.get(_build_key(_NAME_SUFFIX.sub("", name))) or ""


def _build_key(name: str) -> str:
    """Return what names have in common that differ by case and marks; names in other scripts have no slug."""
    return slugify(name) or " ".join(name.casefold().split())


def _find_marking(captions: Sequence[Caption], ids: Mapping[str, str]) -> _Marking:
    """Return how a file marks its speakers."""
    labels = [label for caption in captions for line in caption.lines if (label := _find_label(line))]
    known = [label for label in labels if _find_id(label, ids)]
    first_lines = [line for caption in captions for line in caption.lines[:1] if not _SOUNDS.match(_strip_tags(line))]
    first_labels = [label for line in first_lines if (label := _find_label(line))]
    has_tags = any(_VOICE_TAG.search(line) for caption in captions for line in caption.lines)
    has_strangers = not has_tags and sum(map(_looks_like_speaker, first_labels)) > 1
    return _Marking(
        ids,
        has_labels=bool(known) or has_strangers,
        is_throughout=len(known) >= _MIN_LABELS_THROUGHOUT and all(map(_find_label, first_lines)),
        is_lower=any(label.islower() for label in known),
        continues=any(_has_no_voice(caption, ids) for caption in captions),
    )


def _has_no_voice(caption: Caption, ids: Mapping[str, str]) -> bool:
    """Return whether a caption has words, and nothing says whose they are."""
    words = " ".join(map(_strip_tags, caption.lines)).strip()
    if not words or _SOUNDS.match(words):
        return False
    return not any(_VOICE_TAG.search(line) or _find_id(_find_label(line), ids) for line in caption.lines)


def _find_label(line: str) -> str:
    """Return what stands before a colon at the beginning of a line without a voice tag; empty if there is none."""
    match = _NAME.match(_strip_marks(line)) if ":" in line and not _VOICE_TAG.match(line) else None
    return _BRACKETED.sub(r"\1", match["name"]).strip() if match else ""


def _split_caption(lines: Sequence[str], marking: _Marking, previous: str) -> Iterator[_Passage]:
    """Yield the passages of a caption's lines; `previous` are the words before it."""
    dashes = [number for number, line in enumerate(lines) if _DASH.match(_strip_tags(line))]
    is_dialogue = any(dashes)  # a dash further down than the first line marks another speaker
    for number, line in enumerate(lines):
        before, *tagged = _VOICE_TAG.split(line)
        if not tagged or before.strip():
            yield _parse_line(before, marking, previous, is_first=not number, has_dash=is_dialogue and number in dashes)
        for voice, text in zip(tagged[::2], tagged[1::2], strict=True):
            yield _Passage(" ".join(html.unescape(voice).split()), _strip_tags(text))


def _parse_line(line: str, marking: _Marking, previous: str, *, is_first: bool, has_dash: bool) -> _Passage:
    """Return a line without a voice tag as a passage; it may begin with a label or with the mark of another speaker."""
    text, plain = _strip_tags(line), _strip_marks(line)
    changes_speaker = has_dash or bool(_CHANGE_MARK.match(text))
    match = _NAME.match(plain)
    label = _BRACKETED.sub(r"\1", match["name"]).strip() if match else ""
    if match and (_find_id(label, marking.ids) or _is_stranger(label, marking, previous, is_first=is_first)):
        return _Passage(label, plain[match.end() :], changes_speaker, label)
    words = plain if changes_speaker else text
    is_doubtful = label and is_first and not _is_prose(label, ends_sentence=_ends_sentence(previous))
    return _Passage("", words, changes_speaker, label if is_doubtful else "")


def _is_stranger(label: str, marking: _Marking, previous: str, *, is_first: bool) -> bool:
    """Return whether a label is the voice of somebody whom the conversation does not name."""
    if _NUMBERED_VOICE.match(label):
        return True
    if not marking.has_labels:
        return False
    if _looks_like_speaker(label) or (is_first and _is_misspelt(label, marking.ids)):
        return True
    if not is_first:
        return False
    words = label.split()
    if marking.is_throughout and len(words) == 1 and label[0].isupper():
        return words[0].casefold() not in _PROSE_WORDS | _QUESTION_WORDS
    return (
        1 < len(words) <= _MAX_WORDS_OF_NAME
        and _is_lower_case_name(label)
        and (marking.is_lower or _ends_sentence(previous))
    )


def _looks_like_speaker(text: str) -> bool:
    """Return whether a text before a colon can only be the label of a speaker."""
    words = text.split()
    if len(words) > _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS:
        return False
    roles = _ROLE_WORDS | _PLACE_WORDS if len(words) > 1 else _ROLE_WORDS
    has_role = text[0].isupper() and any(word.strip("()[]").casefold() in roles for word in words)
    return has_role or _looks_like_name(text) or bool(_NUMBERED_VOICE.match(text) or _DEVICE.match(text))


def _looks_like_name(text: str) -> bool:
    """Return whether a text is probably the name of a speaker."""
    words = _NAME_SUFFIX.sub("", text).split()
    if not 2 <= len(words) <= _MAX_LABEL_WORDS or words[0].casefold() in _PROSE_WORDS | _QUESTION_WORDS:
        return False
    if words[1] == "der" or words[-1].casefold() in _QUESTION_WORDS:  # "Stand der Dinge", "Letzte Frage"
        return False
    return all(word[0].isupper() or word in _NAME_PARTICLES for word in words)


def _is_lower_case_name(text: str) -> bool:
    words = text.replace("-", "x").split()
    return all(len(word) > 1 and word.isalpha() and word.islower() and word not in _PROSE_WORDS for word in words)


def _is_misspelt(label: str, ids: Mapping[str, str]) -> bool:
    """Return whether a label is nearly a name of the conversation."""
    return len(label.split()) <= _MAX_LABEL_WORDS and bool(
        difflib.get_close_matches(_build_key(label), ids, n=1, cutoff=_SIMILARITY_OF_MISSPELT)
    )


def _is_prose(label: str, *, ends_sentence: bool) -> bool:
    """Return whether words before a colon are certainly no label."""
    words = label.split()
    if words[0].casefold() in _PROSE_WORDS or words[-1].casefold() in _QUESTION_WORDS:
        return True
    if len(words) > _MAX_LABEL_WORDS or not words[-1][0].isalnum():
        return True
    if label[0].isupper():
        is_short = len(words) <= _MAX_WORDS_OF_NAME
        return not (is_short or words[-1][0].isupper() or words[-1][0].isdigit() or _DEVICE.match(label))
    is_name = len(words) <= _MAX_WORDS_OF_NAME and _is_lower_case_name(label)
    return not (_DEVICE.match(label) or (is_name and (ends_sentence or len(words) > 1)))


def _ends_sentence(text: str) -> bool:
    return not text or bool(_SENTENCE_END.search(text))


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
    for number, passage in enumerate(passages):
        characters_before += len(passage.text)
        end = caption.start + (caption.end - caption.start) * characters_before // characters
        begins_turn = caption.begins_turn and not number
        yield Cue(
            start, end, passage.text, passage.voice, caption.line, passage.changes_speaker, passage.label, begins_turn
        )
        start = end
