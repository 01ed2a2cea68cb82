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
from ..slugs import slug_of
from . import frontmatter, prose
from .formats import by_id
from .model import Document, Leaf
from .paths import CONTENT
from .registry import Registry
from .rules.media import duration_of
from .timecodes import clock, seconds
from .validation import Misfit, nearest

_STAMP = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"\A[ \t]*(?P<start>{_STAMP})[ \t]+-->[ \t]+(?P<end>{_STAMP})(?:[ \t].*)?\Z")
_VOICE = re.compile(r"\A<v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>]+)>")
_TAG = re.compile(r"</?[a-z0-9][^>]*>")
_NO_CUE = ("NOTE", "STYLE", "REGION")
_EXAMPLE = "00:12:30.000 --> 00:12:34.500"


class Cue(Struct, frozen=True):
    """What is said from `start` to `end` (milliseconds), and by whom; `line` is that of its timing, from 1."""

    start: int
    end: int
    text: str
    voice: str = ""
    line: int = 0


def parse(text: str) -> tuple[list[Cue], list[Misfit]]:
    """Read the cues of a file, and all that is wrong with it; what is no speech (notes, styles) is left out."""
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]):
        return [], [Misfit((), "this is no WebVTT file", "Its first line is WEBVTT.", 1)]
    cues: list[Cue] = []
    misfits: list[Misfit] = []
    for number, block in _blocks(lines):
        found = _cue(number, block, cues[-1].start if cues else 0)
        if isinstance(found, Cue):
            cues.append(found)
        elif found:
            misfits.append(found)
    if not cues and not misfits:
        misfits.append(Misfit((), "there is nothing said in this file", f"Add cues: {_EXAMPLE} and a line of text.", 1))
    return cues, misfits


def write(cues: Iterable[Cue]) -> str:
    """Write a file that `parse` reads as the same cues, but for their lines."""
    blocks = [f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{_voice(cue)}{html.escape(cue.text, False)}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
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


def _cue(number: int, block: list[str], after: int) -> Cue | Misfit | None:
    """Read one block; a cue may have a name of its own above its timing."""
    if block[0].split(maxsplit=1)[0] in _NO_CUE:
        return None
    named = len(block) > 1 and "-->" not in block[0]
    line, timing, said = number + named, block[named], block[named + 1 :]
    match = _TIMING.match(timing)
    if not match:
        return Misfit((), f"«{timing.strip()[:60]}» is no timing of a cue", f"Write it as {_EXAMPLE}.", line)
    start, end = _milliseconds(match["start"]), _milliseconds(match["end"])
    if end <= start:
        return Misfit((), "this cue ends before it begins", "Correct start or end.", line)
    if start < after:
        return Misfit((), "this cue begins before the one above it", "Put the cues in the order of time.", line)
    voice = _VOICE.match(said[0]) if said else None
    text = html.unescape(_TAG.sub("", " ".join(said)))
    if not text.strip():
        return Misfit((), "this cue has no text", "Say what is heard, or remove the cue.", line)
    return Cue(start, end, " ".join(text.split()), html.unescape(voice["voice"]).strip() if voice else "", line)


def _milliseconds(stamp: str) -> int:
    total = 0
    for part in stamp.partition(".")[0].split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(stamp[-3:])


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _voice(cue: Cue) -> str:
    return f"<v {html.escape(cue.voice, False)}>" if cue.voice else ""


_LENGTH = 84  # characters: two lines of a caption
_PACE = 70  # milliseconds a character: what is read out slowly takes no longer
_LEAST = 1000  # milliseconds
_PAUSE = 4000  # milliseconds of silence after which the same voice begins a new turn
_SEPARATOR = "\n\n"
_MARKUP = re.compile(r"[&<*_`\[\\]|==")
_BREAK = re.compile(r"(?<=[.!?…:;,–“”»])\s+")


class Turn(Struct, frozen=True):
    """What one person says at a stretch: a marker (id) or a name, the second it begins at, its paragraphs."""

    speaker: str
    start: int
    paragraphs: tuple[str, ...]


def cues_of(turns: Sequence[Turn], duration: int = 0) -> list[Cue]:
    """Cut turns into captions of two lines; the time of a turn is shared by length. `duration` in seconds, if known.

    Where the time runs on longer than the words need (an excerpt that jumps), the last caption does not stay.
    """
    said = [one for one in turns if one.paragraphs]
    ends = [after.start for _, after in pairwise(said)] + [duration]
    return [cue for turn, end in zip(said, ends, strict=False) for cue in _cues(turn, end)]


def turns_of(cues: Sequence[Cue]) -> list[Turn]:
    """Join what one voice says without a longer pause; a cue without a voice goes on with the one before."""
    turns: list[tuple[str, int, list[str]]] = []
    ended = 0
    for cue in cues:
        voice = cue.voice or (turns[-1][0] if turns else "")
        if turns and voice == turns[-1][0] and cue.start - ended < _PAUSE:
            turns[-1][2].append(cue.text)
        else:
            turns.append((voice, cue.start // 1000, [cue.text]))
        ended = cue.end
    return [Turn(voice, start, (" ".join(said),)) for voice, start, said in turns]


def identified(cues: Iterable[Cue], people: Mapping[str, str]) -> Iterator[Cue | Misfit]:
    """Turn the voices of cues into markers; `people` maps marker -> name. A voice of nobody is a misfit at its line."""
    markers = {slug_of(name): marker for marker, name in people.items()} | {marker: marker for marker in people}
    heard = False
    for cue in cues:
        marker = markers.get(slug_of(cue.voice)) if cue.voice else ""
        if marker is None:
            what = f"the voice «{cue.voice}» is neither guest, host nor author of this conversation"
            yield Misfit((), what, nearest(cue.voice, people.values()), cue.line)
        elif not marker and not heard:
            yield Misfit((), "nobody is named who says this", "Begin the text with <v Name>.", cue.line)
        else:
            yield Cue(cue.start, cue.end, cue.text, marker, cue.line)
        heard = heard or bool(cue.voice)


def markdown(turns: Iterable[Turn]) -> str:
    """Write turns as a body marks them; what Markdown would read as markup is written as what was said."""
    said = ((turn, _SEPARATOR.join(map(_literal, turn.paragraphs))) for turn in turns)
    return _SEPARATOR.join(f"@{turn.speaker} ({clock(turn.start)}): {words}" for turn, words in said)


def plain(turns: Iterable[Turn]) -> str:
    """Write turns as text that reads in any editor."""
    return "\n\n".join(f"[{clock(turn.start)}] {turn.speaker}: {_SEPARATOR.join(turn.paragraphs)}" for turn in turns)


def _literal(paragraph: str) -> str:
    return _MARKUP.sub(lambda signs: "".join(f"&#{ord(sign)};" for sign in signs[0]), paragraph)


def _cues(turn: Turn, end: int) -> Iterator[Cue]:
    pieces = [piece for paragraph in turn.paragraphs for piece in _pieces(paragraph)]
    letters = sum(map(len, pieces))
    needed = max(_LEAST, letters * _PACE)
    given = (end - turn.start) * 1000
    length = min(needed, given) if given > 0 else needed
    start, said = turn.start * 1000, 0
    for piece in pieces:
        said += len(piece)
        stop = turn.start * 1000 + max(length * said // letters, 1)
        yield Cue(start, max(stop, start + 1), piece, turn.speaker)
        start = stop


def _pieces(paragraph: str) -> Iterator[str]:
    """Cut a paragraph at its stops, and where a piece is longer than a caption, between words."""
    held = ""
    for part in _BREAK.split(" ".join(paragraph.split())):
        for words in _lines(part):
            if held and len(held) + len(words) >= _LENGTH:
                yield held
                held = ""
            held = f"{held} {words}".strip()
    if held:
        yield held


def _lines(part: str) -> Iterator[str]:
    while len(part) > _LENGTH:
        cut = part.rfind(" ", 0, _LENGTH)
        cut = cut if cut > 0 else part.find(" ")
        if cut <= 0:
            break
        yield part[:cut]
        part = part[cut + 1 :]
    yield part


_UNSAID = re.compile(r"\s*(?:\[\^[^\]]+\]:|\[\[[^\]]+\]\]\s*\Z)")  # a footnote, what others host


def join(root: Path, text: Document | Leaf, known: Registry) -> tuple[Document | Leaf, list[Problem]]:
    """Put the turns of a post's transcript file below its own words; with problems the post stays as it is."""
    if not isinstance(text, Document) or not text.meta.media or not known.whole:
        return text, []
    file = text.meta.media.transcript and f"{CONTENT}{text.meta.media.transcript}"
    if not file or not (root / file).is_file():  # a file that is not there is told by `rules.missing_files`
        return text, []
    if misfit := _unfit(text, file):
        parts = frontmatter.split(text.file, frontmatter.text_of(text.file, (root / text.file).read_bytes()))
        return text, frontmatter.problems(text.file, parts.front, [misfit])
    try:
        found = frontmatter.text_of(file, (root / file).read_bytes())
    except frontmatter.BadFile as error:
        return text, list(error.problems)
    cues, misfits = read(found, names(text, known), duration_of(text.meta.media))
    if misfits:
        return text, [Problem(file, one.line, "", one.what, one.mend) for one in misfits]
    said = markdown(turns_of(cues))
    return replace(text, body=f"{text.body.rstrip()}\n\n{said}\n"), []


def read(file: str, people: dict[str, str], duration: int = 0) -> tuple[list[Cue], list[Misfit]]:
    """Read a WebVTT file whose voices are those of `people` (marker -> name); `duration` in seconds, if known."""
    cues, misfits = parse(file)
    found = list(identified(cues, people))
    misfits += [one for one in found if isinstance(one, Misfit)]
    misfits += [_late(cue, duration) for cue in cues if duration and cue.start >= duration * 1000]
    return [one for one in found if isinstance(one, Cue)], misfits


def names(text: Document, known: Registry) -> dict[str, str]:
    """Name those who may speak in a conversation: marker -> name."""
    meta = text.meta
    found = {}
    for one in (*meta.authors, *meta.hosts, *meta.guests):
        if not isinstance(one, str):
            found[slug_of(one.name)] = one.name
        elif one in known.people:
            found[one] = known.people[one].name
    return found


def turns(text: Document) -> Iterator[Turn]:
    """Yield the turns of a body that have a time code, in plain words."""
    for turn in prose.turns(text.body):
        if turn.time:
            said = [one for one in turn.text.split("\n\n") if one.strip() and not _UNSAID.match(one)]
            paragraphs = tuple(html.unescape(prose.plain(one)) for one in said)
            yield Turn(turn.speaker, seconds(turn.time), paragraphs)


def written(text: Document, known: Registry) -> str:
    """Write the turns of a post as a WebVTT file; empty where none has a time code."""
    voices = names(text, known)
    spoken = [replace(turn, speaker=voices.get(turn.speaker, turn.speaker)) for turn in turns(text)]
    cues = cues_of(spoken, duration_of(text.meta.media) if text.meta.media else 0)
    return write(cues) if cues else ""


def _unfit(text: Document, file: str) -> Misfit | None:
    path = ("media", "transcript")
    if not by_id(text.format).dialogue:
        return Misfit(path, "only conversations have a transcript", "Leave it out, or put its words into the text.")
    if not file.endswith(".vtt"):
        mend = "Name a WebVTT file: media/….vtt; or write the turns into the text."
        return Misfit(path, "the transcript is no .vtt file", mend)
    if next(iter(prose.turns(text.body)), None):
        mend = "Keep one of them: «kuratorium transcript» turns either into the other."
        return Misfit(path, "the text has turns of its own, beside those of this file", mend)
    return None


def _late(cue: Cue, duration: int) -> Misfit:
    what = f"this cue begins at {clock(cue.start // 1000)}, and the recording ends at {clock(duration)}"
    return Misfit((), what, "Correct its time, or the recording's duration in the post.", cue.line)
