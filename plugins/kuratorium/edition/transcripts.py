"""Transcripts of conversations: WebVTT files <-> cues <-> turns <-> the Markdown of a post.

A *cue* is a caption of a WebVTT file (https://www.w3.org/TR/webvtt1/), with start and end. A *turn* is what one person
says without interruption, as the body of a post marks it. A post may name a WebVTT file as its transcript instead of
marking turns; `append_transcript` then adds the turns to its body.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..errors import Problem
from ..files import read_regular_file
from ..slugs import slugify
from ..text.markup import strip_markdown
from . import frontmatter, prose
from .fields import Violation, suggest_nearest
from .formats import get_format
from .model import PostFile, StandalonePage
from .paths import is_confined, resolve_content_path
from .registry import Registry
from .rules.media import get_duration
from .timecodes import format_timecode, parse_timecode

_TIMESTAMP = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
# After the end there may be cue settings (position, alignment), which have no meaning for us.
_TIMING = re.compile(rf"\A[ \t]*(?P<start>{_TIMESTAMP})[ \t]+-->[ \t]+(?P<end>{_TIMESTAMP})(?:[ \t].*)?\Z")
_TIMING_EXAMPLE = "00:12:30.000 --> 00:12:34.500"
# <v.loud Ruth Feldkamp>: a voice may have classes.
_VOICE_TAG = re.compile(r"\A<v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>]+)>")
_TAG = re.compile(r"</?[a-z0-9][^>]*>")
_NON_CUE_BLOCKS = ("NOTE", "STYLE", "REGION")  # WebVTT, section 4.1

_MAX_CUE_LENGTH = 84  # characters: two lines of 42, as usual for captions
_MILLISECONDS_PER_CHARACTER = 70  # slow speech; at normal speed a character takes about 60
_MIN_TURN_MILLISECONDS = 1000
_NEW_TURN_PAUSE = 4000  # milliseconds of silence after which the same voice begins a new turn
_CLAUSE_END = re.compile(r"(?<=[.!?…:;,–“”»])\s+")
_PARAGRAPH_BREAK = "\n\n"
_MARKDOWN_MARKUP = re.compile(r"[&<*_`\[\\]|==")
_UNSPOKEN_PARAGRAPH = re.compile(r"\s*(?:\[\^[^\]]+\]:|\[\[[^\]]+\]\]\s*\Z)")  # the text of a footnote, or an embed


class Cue(Struct, frozen=True):
    """A caption.

    `start`, `end`: milliseconds from the start of the recording.
    `text`: what is said, in plain text on one line.
    `voice`: the speaker's name or id; empty if the file names none.
    `line`: line of its timing in the file, from 1; 0 if unknown.
    """

    start: int
    end: int
    text: str
    voice: str = ""
    line: int = 0


class TimedTurn(Struct, frozen=True):
    """What one person says without interruption.

    `speaker`: id or name.
    `start`: seconds from the start of the recording.
    `paragraphs`: plain text.
    """

    speaker: str
    start: int
    paragraphs: tuple[str, ...]


# Posts and their transcripts


def append_transcript(
    root: Path, content_file: PostFile | StandalonePage, registry: Registry
) -> tuple[PostFile | StandalonePage, list[Problem]]:
    """Return a post with the turns of its transcript file below its own text, and the problems of that file.

    A post without a transcript file, or with problems, is returned as it is.
    """
    # With an incomplete registry, speakers would be reported as unknown whose record is merely unreadable.
    if not isinstance(content_file, PostFile) or not content_file.meta.media or not registry.is_complete:
        return content_file, []
    media = content_file.meta.media
    file = resolve_content_path(media.transcript) if media.transcript else None
    if (
        not file or not (root / file).is_file() or not is_confined(str(root), file, "content")
    ):  # rules.media.check_attached_files reports a missing file
        return content_file, []
    if violation := _check_transcript_file(content_file, file):
        return content_file, _locate_in_post(root, content_file, violation)
    try:
        text = frontmatter.decode_text(file, read_regular_file(root / file))
    except frontmatter.InvalidFileError as error:
        return content_file, list(error.problems)
    cues, violations = parse_transcript(text, list_speaker_names(content_file, registry), get_duration(media))
    if violations:
        return content_file, [
            Problem(file, violation.line, "", violation.message, violation.hint) for violation in violations
        ]
    turns = format_turns_as_markdown(join_cues_into_turns(cues))
    return replace(content_file, body=f"{content_file.body.rstrip()}\n\n{turns}\n"), []


def parse_transcript(text: str, people: dict[str, str], duration: int = 0) -> tuple[list[Cue], list[Violation]]:
    """Return the cues of a WebVTT file, with ids as voices, and all its violations.

    `people`: names of possible speakers by id. `duration`: length of the recording in seconds; 0 if unknown.
    """
    cues, violations = parse_webvtt(text)
    identified = list(identify_speakers(cues, people))
    violations += [violation for violation in identified if isinstance(violation, Violation)]
    violations += [_report_late_cue(cue, duration) for cue in cues if duration and cue.start >= duration * 1000]
    return [cue for cue in identified if isinstance(cue, Cue)], violations


def list_speaker_names(post_file: PostFile, registry: Registry) -> dict[str, str]:
    """Return the names of all who may speak in a conversation by id; one without an id has the slug of the name."""
    meta = post_file.meta
    names = {}
    for person in (*meta.authors, *meta.hosts, *meta.guests):
        if not isinstance(person, str):
            names[slugify(person.name)] = person.name
        elif person in registry.people:
            names[person] = registry.people[person].name
    return names


def list_timed_turns(post_file: PostFile) -> Iterator[TimedTurn]:
    """Yield the turns of a body that have a time code, as plain text without footnotes and embeds."""
    for turn in prose.find_turns(post_file.body):
        if turn.time:
            paragraphs = tuple(
                strip_markdown(paragraph)
                for paragraph in turn.text.split(_PARAGRAPH_BREAK)
                if paragraph.strip() and not _UNSPOKEN_PARAGRAPH.match(paragraph)
            )
            yield TimedTurn(turn.speaker, parse_timecode(turn.time), paragraphs)


def format_post_as_webvtt(post_file: PostFile, registry: Registry) -> str:
    """Return the turns of a post as a WebVTT file; empty if none has a time code."""
    names = list_speaker_names(post_file, registry)
    turns = [replace(turn, speaker=names.get(turn.speaker, turn.speaker)) for turn in list_timed_turns(post_file)]
    cues = split_turns_into_cues(turns, get_duration(post_file.meta.media) if post_file.meta.media else 0)
    return format_webvtt(cues) if cues else ""


# WebVTT <-> cues


def parse_webvtt(text: str) -> tuple[list[Cue], list[Violation]]:
    """Return the cues of a WebVTT file and all its violations; notes, styles and regions are left out."""
    # WebVTT, section 4.1, allows a byte order mark and any of the three line breaks.
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]):
        return [], [Violation((), "this is not a WebVTT file", "Its first line is WEBVTT.", 1)]
    cues: list[Cue] = []
    violations: list[Violation] = []
    for number, block in _split_blocks(lines):
        result = _parse_cue(number, block, cues[-1].start if cues else 0)
        if isinstance(result, Cue):
            cues.append(result)
        elif result:
            violations.append(result)
    if not cues and not violations:
        hint = f"Add cues: {_TIMING_EXAMPLE} and a line of text."
        violations.append(Violation((), "this file has no cues", hint, 1))
    return cues, violations


def format_webvtt(cues: Iterable[Cue]) -> str:
    """Return a WebVTT file that `parse_webvtt` reads as the same cues, except for their lines."""
    blocks = [
        f"{_format_timestamp(cue.start)} --> {_format_timestamp(cue.end)}\n"
        f"{_format_voice(cue)}{html.escape(cue.text, False)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def identify_speakers(cues: Iterable[Cue], people: Mapping[str, str]) -> Iterator[Cue | Violation]:
    """Yield each cue with the speaker's id as its voice, or a violation at its line if the voice is unknown.

    `people` are names by id; a voice is either. A cue without a voice belongs to the speaker before.
    """
    ids = {slugify(name): person_id for person_id, name in people.items()} | {
        person_id: person_id for person_id in people
    }
    has_voice = False
    for cue in cues:
        person_id = ids.get(slugify(cue.voice)) if cue.voice else ""
        if person_id is None:
            message = f'the voice "{cue.voice}" is neither guest, host nor author of this conversation'
            yield Violation((), message, suggest_nearest(cue.voice, people.values()), cue.line)
        elif not person_id and not has_voice:
            yield Violation((), "this cue does not name its speaker", "Begin the text with <v Name>.", cue.line)
        else:
            yield Cue(cue.start, cue.end, cue.text, person_id, cue.line)
        has_voice = has_voice or bool(cue.voice)


# Cues <-> turns


def split_turns_into_cues(turns: Sequence[TimedTurn], duration: int = 0) -> list[Cue]:
    """Return captions of at most two lines for the turns; each gets time in proportion to its length.

    `duration`: length of the recording in seconds; 0 if unknown. A turn that has more time than its words need (before
    a gap in an excerpt) does not use it: its last caption disappears when the words are spoken.
    """
    spoken = [turn for turn in turns if turn.paragraphs]
    ends = [following.start for _, following in pairwise(spoken)] + [duration]
    # Without turns there is one end more than turns.
    return [cue for turn, end in zip(spoken, ends, strict=False) for cue in _split_turn(turn, end)]


def join_cues_into_turns(cues: Sequence[Cue]) -> list[TimedTurn]:
    """Return turns that join the cues of one voice, up to a longer pause; a cue without a voice continues the turn."""
    turns: list[tuple[str, int, list[str]]] = []
    previous_end = 0
    for cue in cues:
        voice = cue.voice or (turns[-1][0] if turns else "")
        if turns and voice == turns[-1][0] and cue.start - previous_end < _NEW_TURN_PAUSE:
            turns[-1][2].append(cue.text)
        else:
            turns.append((voice, cue.start // 1000, [cue.text]))
        previous_end = cue.end
    return [TimedTurn(voice, start, (" ".join(texts),)) for voice, start, texts in turns]


def format_turns_as_markdown(turns: Iterable[TimedTurn]) -> str:
    """Return turns as the body of a post marks them; characters that Markdown would interpret are escaped."""
    return _PARAGRAPH_BREAK.join(
        f"@{turn.speaker} ({format_timecode(turn.start)}): "
        f"{_PARAGRAPH_BREAK.join(map(_escape_markdown, turn.paragraphs))}"
        for turn in turns
    )


def format_turns_as_text(turns: Iterable[TimedTurn]) -> str:
    """Return turns as plain text."""
    return _PARAGRAPH_BREAK.join(
        f"[{format_timecode(turn.start)}] {turn.speaker}: {_PARAGRAPH_BREAK.join(turn.paragraphs)}" for turn in turns
    )


def _check_transcript_file(post_file: PostFile, file: str) -> Violation | None:
    path = ("media", "transcript")
    if not get_format(post_file.format).is_conversation:
        hint = "Leave it out, or put its words into the text."
        return Violation(path, "only conversations have a transcript", hint)
    if not file.endswith(".vtt"):
        hint = "Name a WebVTT file: media/….vtt; or write the turns into the text."
        return Violation(path, "the transcript is not a .vtt file", hint)
    if next(iter(prose.find_turns(post_file.body)), None):
        hint = 'Keep one of them: "kuratorium transcript" converts either into the other.'
        return Violation(path, "the text has turns of its own, in addition to those of this file", hint)
    return None


def _locate_in_post(root: Path, post_file: PostFile, violation: Violation) -> list[Problem]:
    text = frontmatter.decode_text(post_file.file, (root / post_file.file).read_bytes())
    parts = frontmatter.split_front_matter(post_file.file, text)
    return frontmatter.locate_violations(post_file.file, parts.front_matter, [violation])


def _report_late_cue(cue: Cue, duration: int) -> Violation:
    start, end = format_timecode(cue.start // 1000), format_timecode(duration)
    message = f"this cue begins at {start}, and the recording ends at {end}"
    return Violation((), message, "Correct its time, or the recording's duration in the post.", cue.line)


def _split_blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the blocks between blank lines, except the header, each with the number (from 1) of its first line."""
    block: list[str] = []
    is_header = True
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            if not is_header:
                yield number - len(block), block
            block, is_header = [], False


def _parse_cue(number: int, block: list[str], previous_start: int) -> Cue | Violation | None:
    """Return the cue of a block that begins on line `number`, or its first violation; None for a note or style."""
    if block[0].split(maxsplit=1)[0] in _NON_CUE_BLOCKS:
        return None
    has_identifier = len(block) > 1 and "-->" not in block[0]  # WebVTT, section 4.1: an optional line above the timing
    line, timing, texts = number + has_identifier, block[has_identifier], block[has_identifier + 1 :]
    match = _TIMING.match(timing)
    if not match:
        message = f'"{timing.strip()[:60]}" is not the timing of a cue'
        return Violation((), message, f"Write it as {_TIMING_EXAMPLE}.", line)
    start, end = _parse_timestamp(match["start"]), _parse_timestamp(match["end"])
    if end <= start:
        return Violation((), "this cue ends before it begins", "Correct start or end.", line)
    if start < previous_start:
        return Violation((), "this cue begins before the one above it", "Put the cues in the order of time.", line)
    voice = _VOICE_TAG.match(texts[0]) if texts else None
    text = html.unescape(_TAG.sub("", " ".join(texts)))
    if not text.strip():
        return Violation((), "this cue has no text", "Write what is heard, or remove the cue.", line)
    return Cue(start, end, " ".join(text.split()), html.unescape(voice["voice"]).strip() if voice else "", line)


def _parse_timestamp(timestamp: str) -> int:
    """Return the milliseconds of a WebVTT timestamp."""
    seconds = 0
    for part in timestamp.partition(".")[0].split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(timestamp[-3:])


def _format_timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _format_voice(cue: Cue) -> str:
    return f"<v {html.escape(cue.voice, False)}>" if cue.voice else ""


def _escape_markdown(paragraph: str) -> str:
    # Character references, not backslashes: two equals signs mark a pull quote, which no backslash prevents.
    return _MARKDOWN_MARKUP.sub(lambda match: "".join(f"&#{ord(sign)};" for sign in match[0]), paragraph)


def _split_turn(turn: TimedTurn, end: int) -> Iterator[Cue]:
    """Yield the captions of a turn; `end` is the second at which it is over, or 0 if that is unknown."""
    texts = [text for paragraph in turn.paragraphs for text in _split_paragraph(paragraph)]
    characters = sum(map(len, texts))
    needed = max(_MIN_TURN_MILLISECONDS, characters * _MILLISECONDS_PER_CHARACTER)
    available = (end - turn.start) * 1000
    length = min(needed, available) if available > 0 else needed
    start, characters_before = turn.start * 1000, 0
    for text in texts:
        characters_before += len(text)
        stop = turn.start * 1000 + max(length * characters_before // characters, 1)
        # WebVTT, section 4.1: a cue must end after it begins.
        yield Cue(start, max(stop, start + 1), text, turn.speaker)
        start = stop


def _split_paragraph(paragraph: str) -> Iterator[str]:
    """Yield texts of caption length: cut between clauses, and within a longer clause between words."""
    caption = ""
    for clause in _CLAUSE_END.split(" ".join(paragraph.split())):
        for words in _split_long_clause(clause):
            if caption and len(caption) + len(words) >= _MAX_CUE_LENGTH:
                yield caption
                caption = ""
            caption = f"{caption} {words}".strip()
    if caption:
        yield caption


def _split_long_clause(clause: str) -> Iterator[str]:
    while len(clause) > _MAX_CUE_LENGTH:
        cut = clause.rfind(" ", 0, _MAX_CUE_LENGTH)
        cut = cut if cut > 0 else clause.find(" ")
        if cut <= 0:  # a single long word
            break
        yield clause[:cut]
        clause = clause[cut + 1 :]
    yield clause
