"""Who says what in a caption: the tags and names of its lines, and the people of the conversation.

Programs mark a speaker as `<v Name>` or by a label, `Name: `. A label of a person of the conversation is a voice in
every file, whatever its case. For others there is a rule, because "Beschluss: wir kaufen nicht" has such a colon, too:

- A file marks speakers by labels if a line of it begins with a name of the conversation, or if it has no `<v>` and two
  of its captions begin with labels that can only be those of speakers.
- In such a file, these labels are unknown voices at a caption's beginning: those of devices and roles (Gast iPad,
  Speaker 1, Publikum), misspelt names, two to five words as in names (Heiner von Bering), and two or three words in
  lower case (heiner bering) that are none of _PROSE_WORDS, if names have lower case in this file or a sentence ended
  before. If every caption begins with a label, as in meetings, one capitalised word (Heiner) is enough. Within a line,
  the whole name of a person of the conversation is a label behind the end of a sentence.
- What else may be a label (Beschluss, Heiner) is a part of the words, and only doubtful; so are all these in a caption
  without `<v>` of a file that does not mark speakers by labels, and whole names without a colon. Below `<v Name>`,
  words before a colon are words; doubtful are whole names and roles, at the beginning of a line or sentence.

Words before the first `<v>` of a caption have no voice (https://www.w3.org/TR/webvtt1/#webvtt-caption-or-subtitle-cue-components).
They are the speaker's before if the file has captions without a voice, too, or if that speaker's sentence goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ..fields import Violation, suggest_nearest
from . import speakers, tags
from .captions import Caption
from .cues import Cue

# Without a blank behind the colon, words begin with a capital: "Leser:innen", "12:30" and "https://" are no labels.
_NAME = re.compile(r"\A(?P<name>[^:<>]{2,60}?)[ \t]*:[*_)\]]{0,3}(?:[ \t]+|\Z|(?=[A-ZÄÖÜ„“\"»])(?!In(?:nen)?\b))")
# With a name of the conversation nothing needs to follow the colon: "Ruth Feldkamp:ja", "“Ruth Feldkamp:” Ja".
_NAME_WITHOUT_BLANK = re.compile(
    r"\A(?P<quote>[\"'“„»«‘])?(?P<name>[^:<>]{2,60}?)[ \t]*:(?!//)(?(quote)[\"'“”»«‘’]?)[*_)\]]{0,3}[ \t]*"
)
# "Richter:innen" is a word, also if a guest is called Richter; "Richter:in der Tat" may be either.
_GENDERED = re.compile(r"\A(?P<name>[^\W\d_]+):in(?P<plural>nen)?\b", re.I)
_GENDER_ENDING = re.compile(r"in(?:nen)?\b", re.I)
# A label behind the end of a sentence, perhaps with the sign of another speaker: before a colon, or in brackets.
_LABEL_WITHIN = re.compile(
    r"(?<=[.!?…\"'“”»«‘’)\]])[ ]+(?:[-–—][ ]|>>+[ ]?)?"
    r"(?:[\[(]?(?P<name>@?[^\W\d_][^.:!?…<>\[\]()]{1,59})[\])]?[ ]?:|[\[<](?P<bracketed>[^.:!?…<>\[\]()]{2,60})[\]>])"
    r"(?P<blank>[ ]|\Z)?"
)
_BRACKETED = re.compile(r"\A[\[(]([^\[\]()]+)[\])]\Z")  # [Ruth Feldkamp]: …
_BRACKETED_NAME = re.compile(
    r"\A(?:\[(?P<square>[^\[\]:]{2,60})\]|\((?P<round>[^():]{2,60})\))(?:[ ]+|\Z)"
    r"|\A<(?:(?:v|speaker)[ ])?(?P<angle>[^<>:]{2,60})>[ ]*"
)
_IN_BRACKETS = re.compile(r"\A(?:\[[^\[\]]*\]|\([^()]*\))\Z")
_TIME_BEFORE_LABEL = re.compile(r"\A[\[(]?[0-9]{1,3}(?:[:.][0-9]{2}){1,2}[\])]?[ ]+(?=\D)")
_NUMBERS_AROUND_NAME = re.compile(r"\A[\W\d_]+|[\W\d_]+\Z")
_MAX_WORDS_OF_NAME = 3
_MIN_LABELS_THROUGHOUT = 8
_MAX_LISTED_LABELS = 5


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

    `people`: names by id. Sounds without a voice are left out. A name without words is the voice of the next caption.
    """
    marking = _find_marking(captions, speakers.index_names(people))
    previous, announced = "", None
    for caption in captions:
        passages = [
            passage
            for passage in _join_lines(_split_caption(caption.lines, marking, previous))
            if passage.voice or ((passage.text or passage.changes_speaker) and not tags.is_sound(passage.text))
        ]
        announced = _find_voice_of_identifier(caption, marking) or announced
        if announced and passages and not passages[0].voice and not passages[0].changes_speaker:
            passages[0] = replace(announced, text=passages[0].text)
        if passages:
            announced = None if passages[-1].text else passages[-1]
        passages = [passage for passage in passages if passage.text]
        if len(passages) > 1 and not passages[0].voice and not marking.continues and speakers.ends_sentence(previous):
            passages[0] = replace(passages[0], changes_speaker=True)
        previous = passages[-1].text if passages else previous
        yield from _share_time(caption, passages)


def identify_speakers(cues: Iterable[Cue], people: Mapping[str, str], default: str = "") -> Iterator[Cue | Violation]:
    """Yield each cue with the speaker's id as its voice, or a violation at its line if the voice is unknown.

    `people` are names by id; a voice is either. A cue without a voice belongs to `default`, an id; if that is empty, to
    the speaker before.
    """
    ids = speakers.index_names(people)
    has_voice = False
    for cue in cues:
        person_id = speakers.find_id(cue.voice, ids) if cue.voice else default
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
        if cue.label and cue.label != cue.voice:
            lines.setdefault(cue.label, cue.line)
    if not lines:
        return None
    labels = [f'"{label}:" (line {line})' for label, line in lines.items()]
    more = f" and {len(labels) - _MAX_LISTED_LABELS} more" if labels[_MAX_LISTED_LABELS:] else ""
    message = f"words before a colon may name other speakers: {', '.join(labels[:_MAX_LISTED_LABELS])}{more}"
    hint = "If so, begin these cues with <v Name>; now they are words of another speaker."
    return Violation((), message, hint, next(iter(lines.values())))


def _find_marking(captions: Sequence[Caption], ids: Mapping[str, str]) -> _Marking:
    """Return how a file marks its speakers."""
    labels = [label for caption in captions for line in caption.lines if (label := _find_label(line, ids))]
    known = [label for label in labels if speakers.find_id(label, ids)]
    first_lines = [
        line for caption in captions for line in caption.lines[:1] if not tags.is_sound(tags.strip_tags(line))
    ]
    first_labels = [label for line in first_lines if (label := _find_label(line, ids))]
    has_tags = any(tags.find_voice(line) for caption in captions for line in caption.lines)
    has_strangers = not has_tags and sum(map(speakers.looks_like_speaker, first_labels)) > 1
    return _Marking(
        ids,
        has_labels=bool(known) or has_strangers,
        is_throughout=len(known) >= _MIN_LABELS_THROUGHOUT and all(_find_label(line, ids) for line in first_lines),
        is_lower=any(label.islower() for label in known),
        continues=any(_has_no_voice(caption, ids) for caption in captions),
    )


def _has_no_voice(caption: Caption, ids: Mapping[str, str]) -> bool:
    """Return whether a caption has words, and nothing says whose they are."""
    words = " ".join(map(tags.strip_tags, caption.lines)).strip()
    if not words or tags.is_sound(words):
        return False
    return not any(tags.find_voice(line) or speakers.find_id(_find_label(line, ids), ids) for line in caption.lines)


def _find_voice_of_identifier(caption: Caption, marking: _Marking) -> _Passage | None:
    """Return the voice that the line above a caption's timing names, as some programs write it."""
    name = _NUMBERS_AROUND_NAME.sub("", caption.identifier)
    return _Passage(name, "", False, name) if " " in name and speakers.find_id(name, marking.ids) else None


def _find_label(line: str, ids: Mapping[str, str]) -> str:
    """Return the label at the beginning of a line without a voice tag; empty if there is none."""
    return "" if tags.begins_with_voice(line) else _read_label(tags.strip_marks(tags.strip_tags(line)), ids)[0]


def _read_label(text: str, ids: Mapping[str, str]) -> tuple[str, str]:
    """Return what names, or may name, a speaker at the beginning of a plain text, and the words behind it.

    The label is empty if there is none.
    """
    if time := _TIME_BEFORE_LABEL.match(text):
        label, words = _read_name(text[time.end() :], ids)
        if speakers.find_id(label, ids):
            return label, words
    return _read_name(text, ids)


def _read_name(text: str, ids: Mapping[str, str]) -> tuple[str, str]:
    """Return the name at the beginning of a text, before a colon or in brackets, and the words behind it."""
    plain = tags.narrow_marks(text)
    if _IN_BRACKETS.match(plain) and not tags.is_sound(text):  # [Ruth Feldkamp: Das sehe ich anders.]
        text, plain = text[1:-1], plain[1:-1]
    match = _match_name(plain, ids)
    if match and not tags.is_sound(text) and match[0].count("[") == match[0].count("]"):
        return _BRACKETED.sub(r"\1", match["name"]).strip(), text[match.end() :]
    match = _BRACKETED_NAME.match(plain)
    name = match[match.lastgroup].strip() if match and match.lastgroup else ""
    is_name = match and speakers.find_id(name, ids) and (match["square"] or " " in name)
    return (name, text[match.end() :]) if match and is_name else ("", text)


def _match_name(plain: str, ids: Mapping[str, str]) -> re.Match[str] | None:
    """Return the match of a name and a colon at the beginning of a text, with all before the words."""
    match = None if _GENDERED.match(plain) else _NAME_WITHOUT_BLANK.match(plain)
    if match and speakers.find_id(match["name"], ids):
        return match
    spaced = _NAME.match(plain)
    if spaced or not match or not _is_word(plain[match.end() :]):
        return spaced
    is_name = speakers.looks_like_speaker(match["name"]) or speakers.is_misspelt(match["name"], ids)
    return match if is_name else None


def _is_word(text: str) -> bool:
    """Return whether a text begins with a word, and not with an ending: "Besucher:innen"."""
    return text[:1].isalpha() and not _GENDER_ENDING.match(text)


def _find_gendered_name(plain: str, ids: Mapping[str, str]) -> str:
    """Return the single name of a person if a text begins with it and ":in"; empty if it does not."""
    match = _GENDERED.match(plain)
    return match["name"] if match and not match["plural"] and speakers.find_id(match["name"], ids) else ""


def _split_caption(lines: Sequence[str], marking: _Marking, previous: str) -> Iterator[_Passage]:
    """Yield the passages of a caption's lines; `previous` are the words before it."""
    texts = [tags.strip_tags(line) for line in lines]
    joined = " ".join(texts)
    is_bracket = _IN_BRACKETS.match(tags.narrow_marks(joined)) and not any(map(tags.find_voice, lines))
    if is_bracket and len(lines) > 1:
        lines = texts = [joined]
    dashes = [number for number, text in enumerate(texts) if tags.has_dash(text)]
    is_dialogue = any(dashes)  # a dash further down than the first line marks another speaker
    for span in tags.split_spans(lines):
        text = tags.strip_tags(span.text)
        if span.voice is not None:
            # What our own captions write as &gt;&gt; are words of a speaker who is named.
            first, *others = map(tags.strip_tags, tags.split_at_change_marks(span.text))
            label = _find_name_of_another(first, span.voice, marking.ids)
            yield from _split_labels(_Passage(span.voice, first, not span.voice, label), marking, is_tagged=True)
            yield from (_parse_line(part, marking, first, is_first=False, has_dash=False) for part in others)
        elif span.begins_line:
            has_dash = is_dialogue and span.line in dashes
            for number, part in enumerate(tags.split_at_change_marks(text)):
                passage = _parse_line(
                    part, marking, previous, is_first=not span.line and not number, has_dash=has_dash and not number
                )
                yield from _split_labels(passage, marking, is_tagged=False)
        else:
            yield _Passage("", text)


def _find_name_of_another(text: str, voice: str, ids: Mapping[str, str]) -> str:
    """Return the whole name of another person at the beginning of what a voice says; empty if there is none."""
    label = _read_label(text, ids)[0]
    person_id = speakers.find_id(label, ids) if label else ""
    is_another = person_id and person_id != speakers.find_id(voice, ids)
    return label if is_another and speakers.is_whole_name(label, ids) else ""


def _split_labels(passage: _Passage, marking: _Marking, *, is_tagged: bool) -> Iterator[_Passage]:
    """Yield a passage in parts at labels within it; where the file has no labels, these are only doubtful."""
    start, text = 0, passage.text
    for match in _LABEL_WITHIN.finditer(tags.narrow_marks(text)):
        name = (match["name"] or match["bracketed"]).strip()
        is_known = bool(speakers.find_id(name, marking.ids))
        is_whole = is_known and speakers.is_whole_name(name, marking.ids)
        if match["blank"] is None and not is_whole:  # "Ja. Leser:innen und …"
            continue
        # A first name alone may also be an address: "Danke. Petra: wie ist das?"
        if is_whole and marking.has_labels and not is_tagged:
            yield replace(passage, text=text[start : match.start()])
            start = match.end()
            passage = _Passage(name, "", False, name)
        elif is_known or (match["name"] and speakers.looks_like_person(name)):
            passage = passage if passage.label not in ("", passage.voice) else replace(passage, label=name)
    yield replace(passage, text=text[start:])


def _parse_line(line: str, marking: _Marking, previous: str, *, is_first: bool, has_dash: bool) -> _Passage:
    """Return a plain line without a voice tag as a passage; a label or the mark of another speaker may begin it."""
    plain = tags.strip_marks(line)
    changes_speaker = has_dash or tags.has_change_mark(line)
    label, words = _read_label(plain, marking.ids)
    if label and (speakers.find_id(label, marking.ids) or _is_stranger(label, marking, previous, is_first=is_first)):
        return _Passage(label, words, changes_speaker, label)
    if is_first and not label and speakers.ends_sentence(previous):
        label = speakers.find_name_at_beginning(line, marking.ids) or _find_gendered_name(plain, marking.ids)
    if is_first:
        is_doubtful = label and not speakers.is_prose(label, is_beginning=speakers.ends_sentence(previous))
    else:
        is_doubtful = label and speakers.looks_like_person(label)
    return _Passage("", plain if changes_speaker else line, changes_speaker, label if is_doubtful else "")


def _is_stranger(label: str, marking: _Marking, previous: str, *, is_first: bool) -> bool:
    """Return whether a label is the voice of somebody whom the conversation does not name."""
    if speakers.is_numbered_voice(label):
        return True
    if not marking.has_labels:
        return False
    if speakers.looks_like_speaker(label) or (is_first and speakers.is_misspelt(label, marking.ids)):
        return True
    if not is_first:
        return False
    words = label.split()
    if marking.is_throughout and len(words) == 1 and label[0].isupper():
        return not speakers.begins_as_prose(label)
    return (
        1 < len(words) <= _MAX_WORDS_OF_NAME
        and speakers.is_lower_case_name(label)
        and (marking.is_lower or speakers.ends_sentence(previous))
    )


def _join_lines(passages: Iterable[_Passage]) -> list[_Passage]:
    """Return passages with each that continues the one before joined to it."""
    groups: list[list[_Passage]] = []
    for passage in passages:
        if groups and not passage.voice and not passage.changes_speaker:
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return [_join_group(group) for group in groups]


def _join_group(group: Sequence[_Passage]) -> _Passage:
    voice = group[0].voice
    doubtful = [passage.label for passage in group if passage.label not in ("", voice)]
    text = " ".join(passage.text for passage in group if passage.text)
    return replace(group[0], text=text, label=doubtful[0] if doubtful else group[0].label)


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
