"""A transcript as turns (who speaks, from which second on, what) <-> captions, and the Markdown of a body.

WebVTT (https://www.w3.org/TR/webvtt1/): the text of a file <-> cues with times and voices. Errors name the line.

A conversation whose transcript is a WebVTT file: what is said there becomes the turns of its body.
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
from ..slugs import slugify
from . import frontmatter, prose
from .formats import get_format
from .model import PostFile, StandalonePage
from .paths import CONTENT_PREFIX
from .registry import Registry
from .rules.media import get_duration
from .timecodes import format_timecode, parse_timecode
from .validation import Violation, suggest_nearest

_TIMESTAMP = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"\A[ \t]*(?P<start>{_TIMESTAMP})[ \t]+-->[ \t]+(?P<end>{_TIMESTAMP})(?:[ \t].*)?\Z")
_VOICE_TAG = re.compile(r"\A<v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>]+)>")
_TAG = re.compile(r"</?[a-z0-9][^>]*>")
_NON_CUE_BLOCKS = ("NOTE", "STYLE", "REGION")
_TIMING_EXAMPLE = "00:12:30.000 --> 00:12:34.500"


class Cue(Struct, frozen=True):
    """What is said from `start` to `end` (milliseconds), and by whom; `line` is that of its timing, from 1."""

    start: int
    end: int
    text: str
    voice: str = ""
    line: int = 0


def parse_webvtt(text: str) -> tuple[list[Cue], list[Violation]]:
    """Read the cues of a file, and all that is wrong with it; what is no speech (notes, styles) is left out."""
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]):
        return [], [Violation((), "this is no WebVTT file", "Its first line is WEBVTT.", 1)]
    cues: list[Cue] = []
    misfits: list[Violation] = []
    for number, block in _split_blocks(lines):
        found = _parse_cue(number, block, cues[-1].start if cues else 0)
        if isinstance(found, Cue):
            cues.append(found)
        elif found:
            misfits.append(found)
    if not cues and not misfits:
        misfits.append(
            Violation((), "there is nothing said in this file", f"Add cues: {_TIMING_EXAMPLE} and a line of text.", 1)
        )
    return cues, misfits


def format_webvtt(cues: Iterable[Cue]) -> str:
    """Write a file that `parse` reads as the same cues, but for their lines."""
    blocks = [
        f"{_format_timestamp(cue.start)} --> {_format_timestamp(cue.end)}\n"
        f"{_format_voice(cue)}{html.escape(cue.text, False)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _split_blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield what blank lines set apart, below the header: number of the first line, from 1, and the lines."""
    block: list[str] = []
    below = False
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            if below:
                yield number - len(block), block
            block, below = [], True


def _parse_cue(number: int, block: list[str], after: int) -> Cue | Violation | None:
    """Read one block; a cue may have a name of its own above its timing."""
    if block[0].split(maxsplit=1)[0] in _NON_CUE_BLOCKS:
        return None
    named = len(block) > 1 and "-->" not in block[0]
    line, timing, said = number + named, block[named], block[named + 1 :]
    match = _TIMING.match(timing)
    if not match:
        return Violation((), f"«{timing.strip()[:60]}» is no timing of a cue", f"Write it as {_TIMING_EXAMPLE}.", line)
    start, end = _parse_timestamp(match["start"]), _parse_timestamp(match["end"])
    if end <= start:
        return Violation((), "this cue ends before it begins", "Correct start or end.", line)
    if start < after:
        return Violation((), "this cue begins before the one above it", "Put the cues in the order of time.", line)
    voice = _VOICE_TAG.match(said[0]) if said else None
    text = html.unescape(_TAG.sub("", " ".join(said)))
    if not text.strip():
        return Violation((), "this cue has no text", "Say what is heard, or remove the cue.", line)
    return Cue(start, end, " ".join(text.split()), html.unescape(voice["voice"]).strip() if voice else "", line)


def _parse_timestamp(stamp: str) -> int:
    total = 0
    for part in stamp.partition(".")[0].split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(stamp[-3:])


def _format_timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _format_voice(cue: Cue) -> str:
    return f"<v {html.escape(cue.voice, False)}>" if cue.voice else ""


_MAX_CUE_LENGTH = 84  # characters: two lines of a caption
_MILLISECONDS_PER_CHARACTER = 70  # milliseconds a character: what is read out slowly takes no longer
_MIN_TURN_MILLISECONDS = 1000  # milliseconds
_NEW_TURN_PAUSE = 4000  # milliseconds of silence after which the same voice begins a new turn
_PARAGRAPH_BREAK = "\n\n"
_MARKDOWN_MARKUP = re.compile(r"[&<*_`\[\\]|==")
_CLAUSE_END = re.compile(r"(?<=[.!?…:;,–“”»])\s+")


class TimedTurn(Struct, frozen=True):
    """What one person says at a stretch: a marker (id) or a name, the second it begins at, its paragraphs."""

    speaker: str
    start: int
    paragraphs: tuple[str, ...]


def split_turns_into_cues(turns: Sequence[TimedTurn], duration: int = 0) -> list[Cue]:
    """Cut turns into captions of two lines; the time of a turn is shared by length. `duration` in seconds, if known.

    Where the time runs on longer than the words need (an excerpt that jumps), the last caption does not stay.
    """
    said = [one for one in turns if one.paragraphs]
    ends = [after.start for _, after in pairwise(said)] + [duration]
    return [cue for turn, end in zip(said, ends, strict=False) for cue in _split_turn(turn, end)]


def join_cues_into_turns(cues: Sequence[Cue]) -> list[TimedTurn]:
    """Join what one voice says without a longer pause; a cue without a voice goes on with the one before."""
    turns: list[tuple[str, int, list[str]]] = []
    ended = 0
    for cue in cues:
        voice = cue.voice or (turns[-1][0] if turns else "")
        if turns and voice == turns[-1][0] and cue.start - ended < _NEW_TURN_PAUSE:
            turns[-1][2].append(cue.text)
        else:
            turns.append((voice, cue.start // 1000, [cue.text]))
        ended = cue.end
    return [TimedTurn(voice, start, (" ".join(said),)) for voice, start, said in turns]


def identify_speakers(cues: Iterable[Cue], people: Mapping[str, str]) -> Iterator[Cue | Violation]:
    """Turn the voices of cues into markers; `people` maps marker -> name. A voice of nobody is a misfit at its line."""
    markers = {slugify(name): marker for marker, name in people.items()} | {marker: marker for marker in people}
    heard = False
    for cue in cues:
        marker = markers.get(slugify(cue.voice)) if cue.voice else ""
        if marker is None:
            what = f"the voice «{cue.voice}» is neither guest, host nor author of this conversation"
            yield Violation((), what, suggest_nearest(cue.voice, people.values()), cue.line)
        elif not marker and not heard:
            yield Violation((), "nobody is named who says this", "Begin the text with <v Name>.", cue.line)
        else:
            yield Cue(cue.start, cue.end, cue.text, marker, cue.line)
        heard = heard or bool(cue.voice)


def format_turns_as_markdown(turns: Iterable[TimedTurn]) -> str:
    """Write turns as a body marks them; what Markdown would read as markup is written as what was said."""
    said = ((turn, _PARAGRAPH_BREAK.join(map(_escape_markdown, turn.paragraphs))) for turn in turns)
    return _PARAGRAPH_BREAK.join(f"@{turn.speaker} ({format_timecode(turn.start)}): {words}" for turn, words in said)


def format_turns_as_text(turns: Iterable[TimedTurn]) -> str:
    """Write turns as text that reads in any editor."""
    return "\n\n".join(
        f"[{format_timecode(turn.start)}] {turn.speaker}: {_PARAGRAPH_BREAK.join(turn.paragraphs)}" for turn in turns
    )


def _escape_markdown(paragraph: str) -> str:
    return _MARKDOWN_MARKUP.sub(lambda signs: "".join(f"&#{ord(sign)};" for sign in signs[0]), paragraph)


def _split_turn(turn: TimedTurn, end: int) -> Iterator[Cue]:
    pieces = [piece for paragraph in turn.paragraphs for piece in _split_paragraph(paragraph)]
    letters = sum(map(len, pieces))
    needed = max(_MIN_TURN_MILLISECONDS, letters * _MILLISECONDS_PER_CHARACTER)
    given = (end - turn.start) * 1000
    length = min(needed, given) if given > 0 else needed
    start, said = turn.start * 1000, 0
    for piece in pieces:
        said += len(piece)
        stop = turn.start * 1000 + max(length * said // letters, 1)
        yield Cue(start, max(stop, start + 1), piece, turn.speaker)
        start = stop


def _split_paragraph(paragraph: str) -> Iterator[str]:
    """Cut a paragraph at its stops, and where a piece is longer than a caption, between words."""
    held = ""
    for part in _CLAUSE_END.split(" ".join(paragraph.split())):
        for words in _split_long_clause(part):
            if held and len(held) + len(words) >= _MAX_CUE_LENGTH:
                yield held
                held = ""
            held = f"{held} {words}".strip()
    if held:
        yield held


def _split_long_clause(part: str) -> Iterator[str]:
    while len(part) > _MAX_CUE_LENGTH:
        cut = part.rfind(" ", 0, _MAX_CUE_LENGTH)
        cut = cut if cut > 0 else part.find(" ")
        if cut <= 0:
            break
        yield part[:cut]
        part = part[cut + 1 :]
    yield part


_UNSPOKEN_PARAGRAPH = re.compile(r"\s*(?:\[\^[^\]]+\]:|\[\[[^\]]+\]\]\s*\Z)")  # a footnote, what others host


def append_transcript(
    root: Path, content_file: PostFile | StandalonePage, registry: Registry
) -> tuple[PostFile | StandalonePage, list[Problem]]:
    """Put the turns of a post's transcript file below its own words; with problems the post stays as it is."""
    if not isinstance(content_file, PostFile) or not content_file.meta.media or not registry.is_complete:
        return content_file, []
    file = content_file.meta.media.transcript and f"{CONTENT_PREFIX}{content_file.meta.media.transcript}"
    if not file or not (root / file).is_file():  # a file that is not there is told by `rules.missing_files`
        return content_file, []
    if misfit := _check_transcript_file(content_file, file):
        parts = frontmatter.split_front_matter(
            content_file.file, frontmatter.decode_text(content_file.file, (root / content_file.file).read_bytes())
        )
        return content_file, frontmatter.locate_violations(content_file.file, parts.front_matter, [misfit])
    try:
        found = frontmatter.decode_text(file, (root / file).read_bytes())
    except frontmatter.InvalidFileError as error:
        return content_file, list(error.problems)
    cues, misfits = parse_transcript(
        found, list_speaker_names(content_file, registry), get_duration(content_file.meta.media)
    )
    if misfits:
        return content_file, [Problem(file, one.line, "", one.message, one.hint) for one in misfits]
    said = format_turns_as_markdown(join_cues_into_turns(cues))
    return replace(content_file, body=f"{content_file.body.rstrip()}\n\n{said}\n"), []


def parse_transcript(text: str, people: dict[str, str], duration: int = 0) -> tuple[list[Cue], list[Violation]]:
    """Read a WebVTT file whose voices are those of `people` (marker -> name); `duration` in seconds, if known."""
    cues, misfits = parse_webvtt(text)
    found = list(identify_speakers(cues, people))
    misfits += [one for one in found if isinstance(one, Violation)]
    misfits += [_report_late_cue(cue, duration) for cue in cues if duration and cue.start >= duration * 1000]
    return [one for one in found if isinstance(one, Cue)], misfits


def list_speaker_names(post_file: PostFile, registry: Registry) -> dict[str, str]:
    """Name those who may speak in a conversation: marker -> name."""
    meta = post_file.meta
    found = {}
    for one in (*meta.authors, *meta.hosts, *meta.guests):
        if not isinstance(one, str):
            found[slugify(one.name)] = one.name
        elif one in registry.people:
            found[one] = registry.people[one].name
    return found


def list_timed_turns(post_file: PostFile) -> Iterator[TimedTurn]:
    """Yield the turns of a body that have a time code, in plain words."""
    for turn in prose.find_turns(post_file.body):
        if turn.time:
            said = [one for one in turn.text.split("\n\n") if one.strip() and not _UNSPOKEN_PARAGRAPH.match(one)]
            paragraphs = tuple(html.unescape(prose.strip_markdown(one)) for one in said)
            yield TimedTurn(turn.speaker, parse_timecode(turn.time), paragraphs)


def format_post_as_webvtt(post_file: PostFile, registry: Registry) -> str:
    """Write the turns of a post as a WebVTT file; empty where none has a time code."""
    voices = list_speaker_names(post_file, registry)
    spoken = [replace(turn, speaker=voices.get(turn.speaker, turn.speaker)) for turn in list_timed_turns(post_file)]
    cues = split_turns_into_cues(spoken, get_duration(post_file.meta.media) if post_file.meta.media else 0)
    return format_webvtt(cues) if cues else ""


def _check_transcript_file(post_file: PostFile, file: str) -> Violation | None:
    path = ("media", "transcript")
    if not get_format(post_file.format).is_conversation:
        return Violation(path, "only conversations have a transcript", "Leave it out, or put its words into the text.")
    if not file.endswith(".vtt"):
        mend = "Name a WebVTT file: media/….vtt; or write the turns into the text."
        return Violation(path, "the transcript is no .vtt file", mend)
    if next(iter(prose.find_turns(post_file.body)), None):
        mend = "Keep one of them: «kuratorium transcript» turns either into the other."
        return Violation(path, "the text has turns of its own, beside those of this file", mend)
    return None


def _report_late_cue(cue: Cue, duration: int) -> Violation:
    begin, end = format_timecode(cue.start // 1000), format_timecode(duration)
    what = f"this cue begins at {begin}, and the recording ends at {end}"
    return Violation((), what, "Correct its time, or the recording's duration in the post.", cue.line)
