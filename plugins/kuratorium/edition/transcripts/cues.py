"""What captions and turns are: a caption has exact times, a turn begins at a second."""

from __future__ import annotations

from msgspec import Struct


class Cue(Struct, frozen=True):
    """What one person says in a caption.

    `start`, `end`: milliseconds from the start of the recording.
    `text`: what is said, in plain text on one line.
    `voice`: the speaker's name or id; empty if the file names none.
    `line`: line of its timing in the file, from 1; 0 if unknown.
    `changes_speaker`: the file marks that somebody else speaks than before, and may not say who.
    `label`: what stands before a colon at its beginning and names a speaker, or may do so; then `voice` is empty.
    `begins_turn`: it begins a turn although the voice is that of the cue before, and without a pause.
    """

    start: int
    end: int
    text: str
    voice: str = ""
    line: int = 0
    changes_speaker: bool = False
    label: str = ""
    begins_turn: bool = False


class TimedTurn(Struct, frozen=True):
    """What one person says without interruption.

    `speaker`: id or name.
    `start`: seconds from the start of the recording.
    `paragraphs`: plain text.
    `has_time`: whether the text says when it begins; otherwise `start` is that of the turn before.
    """

    speaker: str
    start: int
    paragraphs: tuple[str, ...]
    has_time: bool = True
