"""A transcript as turns (who speaks, from which second on, what) <-> captions, and the Markdown of a body."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from .records import Misfit, nearest
from .slugs import slug_of
from .timecodes import clock
from .webvtt import Cue

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
