"""Rules about the turns of a conversation: speakers, markers, time codes, text and pull quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ...slugs import slugify
from ...text.code import blank_code
from ...text.timecodes import is_timecode, parse_timecode
from .. import prose
from ..fields import Violation, suggest_nearest
from ..formats import get_format
from ..model import PostFile
from ..registry import Registry
from ..transcripts import speakers

# Looser than prose.TURN_MARKER: also matches what an author may have meant as one.
_POSSIBLE_MARKER = re.compile(r"\A@(?P<speaker>[\w.-]+)[ ]*(?:\((?P<time>[^)]*)\))?[ ]*(?P<colon>:?)(?P<rest>.?)")
_TIME_IN_BRACKETS = re.compile(r"[0-9]{1,3}(?:[:.][0-9]{2})+")  # (ab 12:30), (12:30–12:40)
# "Klaus Eck:", "@Klaus Eck (12:30):", "**Eck:** …": a name of up to five words.
_NAMED_SPEAKER = re.compile(
    r"\A(?:\*\*|__)?@?(?P<name>\w[\w.'’-]*(?:[ ]\w[\w.'’-]*){0,4})(?:\*\*|__)?"
    r"[ ]*(?:[(\[](?P<time>[0-9:.]+)[)\]])?[ ]*:(?:\*\*|__)?(?=\s|\Z)"
)
# As _NAMED_SPEAKER, also in a list or table, in emphasis, brackets, a link or a tag, with a title, a remark, an office
# or a wide colon, and with the time in front, as our own transcripts have it.
_LOOSE_BEGINNING = (
    r"\A[ \t]*(?:&nbsp;[ ]?)?(?:#{1,6}[ ]+|[|>][ ]*)?(?:<\w{1,9}(?:[ ][^<>]{0,80})?>){0,2}"
    r"(?:[•·][ ]*|(?:[-*+–—]|\d{1,3}[.)]|[a-z]\))[ ]+)?"
    r"(?:[\[(]?(?P<before>[0-9]{1,3}(?:[:.][0-9]{2})+)[\])]?:?[ ]*(?:[-–—][ ])?)?"
    r"(?:<\w{1,9}>)?[*_=~]{0,3}[\[(„“\"»<]?[*_]{0,3}(?:@{1,2}[ ]*[\[„“\"]?)?"
    r"(?:(?:Frau|Herr|Dr\.|Prof\.|Mrs?\.?|Ms\.?)[ ]+)*(?P<name>\w[\w.'’-]*(?:[ ]{1,3}\w[\w.'’-]*){0,4}?)"
)
_LINK_END = r"(?:\]\([^()\s]{0,200}\))?"
_END_OF_NAME = rf"[*_=~]{{0,3}}(?:</\w{{1,9}}>)?(?:\[\^\w{{1,20}}\])?{_LINK_END}[\])“”\"«>]?[*_=~]{{0,3}}"
_LOOSE_MARKER = re.compile(
    rf"{_LOOSE_BEGINNING}{_END_OF_NAME}(?P<addition>,[ ][^:.!?\n]{{1,60}})?"
    r"[ ]{0,3}(?:\([^()\d][^()]{0,80}\))?[ ]{0,3}(?:[(\[]?(?P<time>[0-9]{1,3}(?:[:.][0-9]{2})+)[)\]]?)?[ ]{0,3}"
    rf"(?:\\?:[*_=~“”\"«]{{0,3}}(?:</\w{{1,9}}>)?{_LINK_END}[*_=~)\]]{{0,3}}(?=[\s<A-ZÄÖÜ„]|\Z)|\uff1a)"
)
# A whole name that stands alone in its line, heading or cell, or before a dash or another sign.
_NAME_ALONE = re.compile(
    rf"{_LOOSE_BEGINNING}{_END_OF_NAME}(?P<time>)[ ]{{0,3}}"
    r"(?:(?:<[^<>]{1,20}>){0,3}[ \\]{0,3}\Z|[-–—;=>→](?=[ ])|\|)"
)
# "(Klaus Eck) …", "[@klaus-eck] …"
_NAME_IN_BRACKETS = re.compile(
    r"\A[ \t]*[*_]{0,3}[\[(]@?(?P<name>\w[^\[\]():@]{1,60})[\])](?P<time>)[*_]{0,3}[ ]{1,3}(?=\S)"
)
# All before the first colon of a line: several names, "Frage aus dem Publikum".
_LABEL = re.compile(r"\A[ \t]*(?:(?:#{1,6}|[>•]|[-*+–—])[ ]+)?[*_]{0,3}(?P<label>[^:\n]{2,80}):[*_]{0,3}(?=\s|\Z)")
_BETWEEN_SEVERAL = re.compile(r"[ ]*[,;/&+][ ]*|[ ]+(?:und|and)[ ]+|[ ]+(?=@)")
_MARKS_AROUND_NAME = '@*_[]()„“”"« »'
# Within a line, a marker is meant only behind the end of a sentence.
_MARKER_WITHIN = re.compile(
    r"(?:(?<=[?!…])|(?<=[^\W\d_]{3}\.)(?<!Prof\.))[“”»«‘’\")]?[ ]+[*_]{0,3}"
    r"(?P<text>@?(?P<name>\w[\w-]*(?:[ ]\w[\w.'’-]*){0,4})[ ]?:)(?=[*_]{0,3}(?:\s|\Z))"
)
_HEADING = re.compile(r"#{1,6}[ ]")
# What begins a block in a line of its own; the others only if the line below begins so, too: "1990. Es war ein Jahr."
_BLOCK_MARK = re.compile(
    r"(?P<sure>[-*+][ ]+(?=\S)|>[ ]?|#{1,6}[ ]|`{3}|~{3}|-{3,}\Z)|[•–—|]|\d{1,3}[.)][ ]|[a-z]\)[ ]"
)
_FURTHER_MARK = re.compile(r"[•–—|]|\d{1,3}[.)][ ]|[a-z]\)[ ]")
# Code at the beginning of a line, of which blank_code leaves only what stands behind it.
_CODE_MARKER = re.compile(r"\A`@?(?P<name>[\w-]+):?`[ ]*:?(?=[ ]\S)")
_MENTION = re.compile(r"\A[ \t]*(?:[-*+][ ]+)?@(?P<name>[\w-]+)(?:(?=[ ]|\Z)|[;.,…](?=\s|\Z))")
_INDENT_OF_MENTION = re.compile(r"^[ \t]+(?=[@\uff20])", re.M)
# Word processors write these hyphens, spaces and colons, and Asian keyboards this @.
_LOOK_ALIKES = str.maketrans("\u2010\u2011\u2013\u00a0\u202f\u2009\u3000\uff20\u2236\ufe55", "---    @\uff1a\uff1a")
_NUMBER_BEHIND = re.compile(r"[ ]?\d{1,3}\Z")  # "Frage 2", "A1"
_BETWEEN_NAMES = re.compile(r"[ ](?:und|and)[ ]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# Two equals signs with text on one side; the comparison "a == b" has spaces on both.
_PULL_QUOTE_MARK = re.compile(r"(?<!=)==(?![=\s])|(?<![=\s])==(?!=)")


def check_speakers(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that each speaker of a conversation is one of its guests, hosts or authors."""
    participants = _list_participants(post_file)
    for turn in _find_turns(post_file):
        if turn.speaker not in participants:
            message = f'"@{turn.speaker}" is neither guest, host nor author of this conversation'
            hint = (
                f"Add {turn.speaker} to guests or hosts."
                if turn.speaker in registry.people
                else suggest_nearest(turn.speaker, participants)
            )
            yield Violation((), message, hint, post_file.body_line + turn.line)


def check_turn_markers(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that what looks like the marker of a turn is one: an id, perhaps a time code, a colon and a space.

    A mistyped marker would be printed, and its words attributed to the speaker before.
    """
    if not get_format(post_file.format).is_conversation:
        return
    participants, names = _list_participants(post_file), _list_names(post_file, registry)
    turn_lines = {turn.line for turn in prose.find_turns(post_file.body)}
    for number, line in enumerate(blank_code(post_file.body).split("\n")):
        meant = _parse_mistyped_marker(line, names, participants) if number not in turn_lines else None
        if meant:
            hint = f'Write "{meant[1]}" at the start of the line, then what is said.'
            yield Violation((), f'"{meant[0]}" does not mark a turn', hint, post_file.body_line + number)


def find_named_speakers(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Find lines such as "Klaus Eck: …", where a turn of this participant was probably meant.

    Above the first turn, such a line may introduce a guest; without any turn, one alone may, too.
    """
    if not get_format(post_file.format).is_conversation:
        return
    names = _list_names(post_file, registry)
    loose_names = names | _list_short_names(post_file, registry)
    participants = _list_participants(post_file)
    turn_lines = {turn.line for turn in prose.find_turns(post_file.body)}
    first = min(turn_lines, default=None)
    found = [
        (number, marker)
        for number, lines in enumerate(_list_lines(post_file.body))
        if number > (first or 0) or first is None
        if number not in turn_lines and not _parse_mistyped_marker(lines.visible, names, participants)
        if (marker := _find_loose_marker(lines, names, loose_names))
    ]
    for number, (text, intended) in found if first is not None or len(found) > 1 else ():
        message = f'"{text}" does not mark a turn: the words would belong to the speaker above'
        hint = f'Write "{intended}" at the start of the line, then what is said.'
        if intended.strip("@: ") not in {*loose_names.values(), "…"}:
            hint += " Add this person to guests or hosts; if these are words of the speaker above, ignore this rule."
        yield Violation((), message, hint, post_file.body_line + number)


class _Line(Struct, frozen=True):
    """A line of a body: as written, without code, and also without its indent before an @.

    `is_beginning`: no sentence goes on in it. `has_speaker`: no heading stands between it and the turn above.
    """

    raw: str
    visible: str
    indented: str
    is_beginning: bool
    has_speaker: bool


def _list_lines(body: str) -> Iterator[_Line]:
    visible = blank_code(body).split("\n")
    # To Markdown, a marker that is indented is code.
    indented = blank_code(_INDENT_OF_MENTION.sub("", body)).split("\n")
    above, has_speaker = "", True
    for raw, line, other in zip(body.split("\n"), visible, indented, strict=True):
        yield _Line(raw, line, other, speakers.ends_sentence(above.strip()), has_speaker)
        above = line
        has_speaker = not _HEADING.match(line) and (has_speaker or bool(prose.TURN_MARKER.match(line)))


def _find_loose_marker(line: _Line, names: dict[str, str], loose_names: dict[str, str]) -> tuple[str, str] | None:
    """Return what probably marks a turn in a line, and the marker that was meant."""
    if prose.is_linked_attribution(line.visible.lstrip("> ")):
        return None
    if line.is_beginning and line.has_speaker and (marker := _parse_several(line.visible, names | loose_names)):
        return marker
    if marker := _parse_loose_marker(line.indented, loose_names):
        return marker
    if (
        (match := _CODE_MARKER.match(line.raw))
        and match["name"] in names
        and line.visible.endswith(line.raw[match.end() :])
    ):
        return match[0].strip(), _format_marker(names[match["name"]], None)
    whole_names = {name: speaker for name, speaker in names.items() if " " in name or name == speaker}
    marker = None
    if line.is_beginning and line.has_speaker:
        alone = (
            _parse_loose_marker(line.visible, whole_names, pattern) for pattern in (_NAME_ALONE, _NAME_IN_BRACKETS)
        )
        marker = next(filter(None, alone), None) or _parse_stranger(line.visible)
    return marker or _find_marker_within(line.visible, whole_names)


def _find_marker_within(line: str, names: dict[str, str]) -> tuple[str, str] | None:
    for match in _MARKER_WITHIN.finditer(line):
        speaker = names.get(match["name"].casefold())
        if speaker and (" " in match["name"] or match["text"].startswith("@")):
            return match["text"], _format_marker(speaker, None)
    return None


def check_turn_times(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that time codes are valid and do not run backwards."""
    previous = ""
    for turn in _find_turns(post_file):
        line = post_file.body_line + turn.line
        if turn.time and not is_timecode(turn.time):
            hint = "Write mm:ss, from one hour on h:mm:ss, as in 12:30 or 1:02:30."
            yield Violation((), f'"{turn.time}" is not a time code', hint, line)
        elif turn.time:
            if previous and parse_timecode(turn.time) < parse_timecode(previous):
                message = f"the time code runs backwards: {turn.time} comes after {previous}"
                yield Violation((), message, "Correct one of the two, or put the turns in order.", line)
            previous = turn.time


def check_turn_text(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that each turn has text; in a draft, questions may wait for their answers."""
    if post_file.meta.status == "draft":
        return
    for turn in _find_turns(post_file):
        if not turn.text:
            message = f"this turn of @{turn.speaker} has no text"
            hint = "Write it after the colon, or delete the line."
            yield Violation((), message, hint, post_file.body_line + turn.line)


def find_blocks_behind_markers(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Find lists, quotations, headings, tables and code that begin in the line of a turn's marker: they are text."""
    lines = prose.outdent_turns(post_file.body).split("\n")
    for turn in _find_turns(post_file):
        match = prose.TURN_MARKER.match(lines[turn.line])
        mark = _BLOCK_MARK.match(lines[turn.line], match.end()) if match else None
        below = next(filter(None, map(str.strip, lines[turn.line + 1 :])), "")
        if mark and (mark.lastgroup == "sure" or _FURTHER_MARK.match(below)):
            message = f'"{mark[0].strip()}" behind the marker of a turn begins nothing: the page shows it as text'
            hint = "End the line behind the marker, and begin the list, quotation or code below it."
            yield Violation((), message, hint, post_file.body_line + turn.line)


def check_pull_quotes(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that a pull quote is marked at both ends, within one paragraph."""
    if "==" not in post_file.body or not get_format(post_file.format).is_conversation:
        return
    start = None  # line of the mark that opened the current pull quote
    for number, line in enumerate([*blank_code(post_file.body).split("\n"), ""]):
        for _mark in _PULL_QUOTE_MARK.findall(line):
            start = number if start is None else None
        if start is not None and not line.strip():
            hint = "Put == before and after the words that shall stand out, within one paragraph."
            yield Violation((), "a pull quote begins with == and does not end", hint, post_file.body_line + start)
            start = None


def _find_turns(post_file: PostFile) -> Iterator[prose.Turn]:
    """Yield the turns of a conversation; in other formats there are none, even if a line begins with @."""
    return prose.find_turns(post_file.body) if get_format(post_file.format).is_conversation else iter(())


def _list_participants(post_file: PostFile) -> set[str]:
    """Return the ids of all who may speak; a speaker without an id goes by the slug of the name."""
    meta = post_file.meta
    people = (*meta.hosts, *meta.guests, *meta.authors)
    return {person if isinstance(person, str) else slugify(person.name) for person in people}


def _parse_mistyped_marker(line: str, names: dict[str, str], participants: set[str]) -> tuple[str, str] | None:
    """Return how a line with @ begins, and the marker that was meant, if it can only be a mistyped one."""
    match = _POSSIBLE_MARKER.match(line)
    meant = _parse_named_marker(line, names) if match else None
    if match and not meant and _is_intended_marker(match, participants):
        time = _TIME_IN_BRACKETS.search(match["time"] or "")
        return match[0].strip(), _format_marker(slugify(match["speaker"].replace("_", "-")), time[0] if time else None)
    return meant


def _parse_loose_marker(
    line: str, names: dict[str, str], pattern: re.Pattern[str] = _LOOSE_MARKER
) -> tuple[str, str] | None:
    """Return how a line begins, and the marker that was probably meant; the line may be prose, too."""
    text = _INVISIBLE.sub("", line).translate(_LOOK_ALIKES)
    match = pattern.match(text)
    # "@klaus-eck, @ada-berg: …" begins with a mention, and not with a name and an office.
    if pattern is _LOOSE_MARKER and (not match or match["addition"]):
        match = _MENTION.match(text) or match
    if not match:
        return None
    parts = match.groupdict()
    name, addition = " ".join(match["name"].strip("_").split()).casefold(), (parts.get("addition") or "").casefold()
    speaker = names.get(name + addition) or names.get(name)
    if not speaker and pattern is _LOOSE_MARKER:
        speaker = names.get(_NUMBER_BEHIND.sub("", name))
        if any(map(names.get, _BETWEEN_NAMES.split(name)[:-1])):
            speaker = "…"
    if not speaker or ((addition or pattern is not _LOOSE_MARKER) and " " not in name and name + addition not in names):
        return None
    return _cite_beginning(line, match.end()), _format_marker(speaker, parts.get("before") or parts.get("time"))


def _parse_stranger(line: str) -> tuple[str, str] | None:
    """Return how a line begins, and a marker, if it begins with what is probably a name and no participant's."""
    text = _INVISIBLE.sub("", line).translate(_LOOK_ALIKES)
    match = _LOOSE_MARKER.match(text)
    name = match["name"].strip("_") if match else ""
    if match and name and speakers.looks_like_person(name):
        return _cite_beginning(line, match.end()), _format_marker(slugify(name), match["before"] or match["time"])
    label = _LABEL.match(text)
    if label and (voice := speakers.read_description(label["label"].strip(_MARKS_AROUND_NAME))):
        return _cite_beginning(line, label.end()), _format_marker(slugify(voice), None)
    return None


def _parse_several(line: str, names: dict[str, str]) -> tuple[str, str] | None:
    """Return how a line begins, and a marker without a name, if it begins with the names of several participants."""
    text = _INVISIBLE.sub("", line).translate(_LOOK_ALIKES)
    label = _LABEL.match(text)
    parts = _BETWEEN_SEVERAL.split(label["label"].casefold()) if label else []
    speaking = {names.get(" ".join(part.strip(_MARKS_AROUND_NAME).split()), "") for part in parts}
    if not label or "" in speaking or len(speaking - {"…"}) < 2:  # "Eck, Klaus" are names of one
        return None
    return _cite_beginning(line, label.end()), _format_marker("…", None)


def _cite_beginning(line: str, length: int) -> str:
    """Return a line up to its visible character number `length`; invisible ones before that are written <U+200B>."""
    ends = [end for end, character in enumerate(line, start=1) if not _INVISIBLE.match(character)]
    return _INVISIBLE.sub(lambda match: f"<U+{ord(match[0]):04X}>", line[: ends[length - 1]]).strip()


def _parse_named_marker(line: str, names: dict[str, str]) -> tuple[str, str] | None:
    """Return how a line begins, and the marker that was meant, if it begins with a participant's name and a colon."""
    match = _NAMED_SPEAKER.match(line)
    speaker = names.get(" ".join(match["name"].split()).casefold()) if match else None
    return (match[0].strip(), _format_marker(speaker, match["time"])) if match and speaker else None


def _format_marker(speaker: str, time: str | None) -> str:
    return f"@{speaker} ({time.replace('.', ':')}): " if time else f"@{speaker}: "


def _list_names(post_file: PostFile, registry: Registry) -> dict[str, str]:
    """Map the names of all who may speak, whole and last ones, to the ids that mark their turns."""
    meta = post_file.meta
    names: dict[str, str] = {}
    for person in (*meta.authors, *meta.hosts, *meta.guests):
        speaker = person if isinstance(person, str) else slugify(person.name)
        record = registry.people.get(person) if isinstance(person, str) else person
        words = record.name.casefold().split() if record else []
        names |= dict.fromkeys(filter(None, (speaker, " ".join(words), *words[-1:])), speaker)
    return names


def _list_short_names(post_file: PostFile, registry: Registry) -> dict[str, str]:
    """Map first names, initials, and the words for a question and an answer to ids; to "…" where several have them.

    Also whole names without a blank.
    """
    meta = post_file.meta
    found: dict[str, set[str]] = {word: {"…"} for word in ("alle", "all", "beide", "both")}
    for person in (*meta.authors, *meta.hosts, *meta.guests):
        speaker = person if isinstance(person, str) else slugify(person.name)
        record = registry.people.get(person) if isinstance(person, str) else person
        words = record.name.casefold().split() if record else []
        initials = ["".join(word[0] for word in words), f"{words[0][0]}. {words[-1]}"] if words[1:] else []
        joined = ["".join(words), "-".join(words), "_".join(words), ".".join(words), speaker.replace("-", "")]
        for short in (*words[:1], *initials, *filter(None, joined), ", ".join(words[-1:] + words[:-1])):
            found.setdefault(short, set()).add(speaker)
    for labels, people in ((("frage", "question", "f", "q"), meta.hosts), (("antwort", "answer", "a"), meta.guests)):
        for person in people:
            for label in labels:
                speaker = person if isinstance(person, str) else slugify(person.name)
                found.setdefault(label, set()).add(speaker)
    return {short: people.pop() if len(people) == 1 else "…" for short, people in found.items()}


def _is_intended_marker(match: re.Match[str], participants: set[str]) -> bool:
    """Return whether the author probably meant a marker: it has a time or a colon, unlike @eva@social.example."""
    is_participant = slugify(match["speaker"].replace("_", "-")) in participants
    if match["time"] is not None:
        return bool(match["colon"]) or is_participant
    return bool(match["colon"]) and (is_participant or match["rest"] in ("", " "))
