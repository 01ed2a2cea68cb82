"""WebVTT (https://www.w3.org/TR/webvtt1/): the text of a file <-> cues with times and voices. Errors name the line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from .records import Misfit

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
