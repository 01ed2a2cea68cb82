"""Turns of a conversation as captions and as text, and captions as turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter

from msgspec.structs import replace

from ...text.timecodes import format_timecode
from .cues import Cue, TimedTurn

_MAX_CUE_LENGTH = 84  # characters: two lines of 42, as usual for captions
_MILLISECONDS_PER_CHARACTER = 70  # slow speech; at normal speed a character takes about 60
_MIN_TURN_MILLISECONDS = 1000
_NEW_TURN_PAUSE = 4000  # milliseconds of silence after which the same voice begins a new turn
_CLAUSE_END = re.compile(r"(?<=[.!?…:;,–“”»])\s+")
_PARAGRAPH_BREAK = "\n\n"
_MARKDOWN_MARKUP = re.compile(r"[&<*_`\[\]{\\]|==|~~|\A[-+>#]")


def split_turns_into_cues(turns: Iterable[TimedTurn], duration: int = 0) -> list[Cue]:
    """Return captions of at most two lines for the turns, by their start; each gets time in proportion to its length.

    `duration`: length of the recording in seconds; 0 if unknown. A turn ends where the next one begins, and turns that
    begin in the same second share the time until then. A turn that has more time than its words need (before a gap in
    an excerpt) does not use it: its last caption disappears when the words are spoken.
    """
    spoken = sorted((turn for turn in turns if turn.paragraphs), key=attrgetter("start"))
    groups = [list(group) for _, group in groupby(spoken, key=attrgetter("start"))]
    ends = [following[0].start for _, following in pairwise(groups)] + [duration]
    # Without turns there is one end more than groups.
    cues = [cue for group, end in zip(groups, ends, strict=False) for cue in _split_group(group, end)]
    pairs = zip([None, *cues], cues, strict=False)
    return [cue if before and before.voice == cue.voice else replace(cue, begins_turn=False) for before, cue in pairs]


def join_cues_into_turns(cues: Sequence[Cue]) -> list[TimedTurn]:
    """Return turns that join the cues of one voice, up to a longer pause or a mark of ours that a turn begins.

    A cue without a voice continues the turn.
    """
    turns: list[tuple[str, int, list[str]]] = []
    previous_end = 0
    for cue in cues:
        voice = cue.voice or (turns[-1][0] if turns else "")
        if turns and voice == turns[-1][0] and not cue.begins_turn and cue.start - previous_end < _NEW_TURN_PAUSE:
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
        f"{f'[{format_timecode(turn.start)}] ' if turn.has_time else ''}{turn.speaker}: "
        f"{_PARAGRAPH_BREAK.join(turn.paragraphs)}"
        for turn in turns
    )


def _escape_markdown(paragraph: str) -> str:
    # Character references, not backslashes: two equals signs mark a pull quote, which no backslash prevents.
    return _MARKDOWN_MARKUP.sub(lambda match: "".join(f"&#{ord(sign)};" for sign in match[0]), paragraph)


def _split_group(turns: Sequence[TimedTurn], end: int) -> Iterator[Cue]:
    """Yield the captions of turns with the same start; `end` is the second at which they are over; 0 if unknown."""
    texts = [
        (turn.speaker, text, not number)
        for turn in turns
        for number, text in enumerate(text for paragraph in turn.paragraphs for text in _split_paragraph(paragraph))
    ]
    characters = sum(len(text) for _, text, _ in texts)
    needed = max(_MIN_TURN_MILLISECONDS, characters * _MILLISECONDS_PER_CHARACTER)
    available = (end - turns[0].start) * 1000
    length = min(needed, available) if available > 0 else needed
    begin = turns[0].start * 1000
    start, characters_before = begin, 0
    for speaker, text, begins_turn in texts:
        characters_before += len(text)
        stop = begin + length * characters_before // characters
        # WebVTT, section 4.1: a cue must end after it begins.
        yield Cue(start, max(stop, start + 1), text, speaker, begins_turn=begins_turn)
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
