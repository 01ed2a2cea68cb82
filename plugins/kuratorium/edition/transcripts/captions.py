"""Caption files, WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip: their blocks, times and lines of text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise

from msgspec import Struct
from msgspec.structs import replace

from ..fields import Violation
from . import tags
from .cues import Cue

# At most 999 hours, as in a time code; a longer number of digits is no time.
_WEBVTT_TIMESTAMP = r"(?:[0-9]{1,3}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"
_SUBRIP_TIMESTAMP = r"[0-9]{1,3}:[0-5][0-9]:[0-5][0-9][,.][0-9]{3}"
# After the end there may be settings (position, alignment), which have no meaning for us.
_WEBVTT_TIMING, _SUBRIP_TIMING = (
    re.compile(rf"\A[ \t]*(?P<start>{timestamp})[ \t]*-->[ \t]*(?P<end>{timestamp})(?:[ \t].*)?\Z")
    for timestamp in (_WEBVTT_TIMESTAMP, _SUBRIP_TIMESTAMP)
)
_TIMING_EXAMPLE = "00:12:30.000 --> 00:12:34.500"
_ARROW = "-->"
_WEBVTT_HEADER = re.compile(r"WEBVTT(?:[ \t]|\Z)")
_NON_CUE_BLOCKS = ("NOTE", "STYLE", "REGION")  # WebVTT, section 4.1
_WORD_TAG = re.compile(rf"{tags.TIME_TAG.pattern}|</?c[^<>]*>")
_LABEL = re.compile(r"\A([^:<>]{2,60}:)[ \t]")
_NUMBER = re.compile(r"\A[ \t]*[0-9]+[ \t]*\Z")
_DIGITS = re.compile(r"[0-9]+")
# Line breaks of other formats, which programs leave in when they convert: TTML, SubStation Alpha, word processors.
_LINE_BREAK = re.compile(r"(?i:<br[ ]*/?>)|\\N|[\u2028\u2029\v\f]")
_TURN_IDENTIFIER = re.compile(r"turn-[0-9]+")
_MAX_ROLLING_LINES = 4  # a caption has two lines, rarely three
_MIN_GROWING_CAPTIONS = 3
# Parts of messages that differ between two violations of the same kind.
_SPECIFICS = re.compile(r'\A"[^"]*"|[0-9]+(?::[0-9]{2})+')


class Caption(Struct, frozen=True):
    """A caption of a file.

    `start`, `end`: milliseconds. `lines`: its text with all markup, without blank lines. `line`: that of its timing.
    `begins_turn`: whether its identifier is one of those by which our own files tell turns of one voice apart.
    `identifier`: the line above its timing; empty if there is none.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    line: int
    begins_turn: bool = False
    identifier: str = ""


def is_webvtt(text: str) -> bool:
    """Return whether a text begins as WebVTT files do."""
    return bool(_WEBVTT_HEADER.match(_split_lines(text)[0]))


def parse_captions(text: str) -> tuple[list[Caption], list[Violation]]:
    """Return the captions of a WebVTT or SubRip file in order, and all its violations.

    Notes, styles and regions are left out, and captions without text; lines that roll through several captions are in
    the first of them only.
    """
    lines = _split_lines(text)
    timing = _find_timing_format(lines)
    if not timing:
        return [], [Violation((), "this is not a WebVTT file", "Its first line is WEBVTT.", 1)]
    captions: list[Caption] = []
    violations: list[Violation] = []
    for number, block in _split_blocks(lines, is_numbered=timing is _SUBRIP_TIMING):
        result = _parse_caption(number, block, timing, captions[-1].start if captions else 0)
        if isinstance(result, Caption):
            captions.append(result)
        elif result:
            violations.append(result)
    violations += [violation for caption in captions if (violation := _check_voices(caption))]
    captions = [caption for caption in _unroll(_join_growing(captions)) if caption.lines]
    if not captions and not violations:
        hint = f"Add cues: {_TIMING_EXAMPLE} and a line of text."
        violations.append(Violation((), "this file has no cues", hint, 1))
    return captions, violations


def format_webvtt(cues: Iterable[Cue]) -> str:
    """Return a WebVTT file of cues in order, whose voices, times and words are read back as they are."""
    numbers = count(1)  # an identifier must be unique in its file
    blocks = [
        (f"turn-{next(numbers)}\n" if cue.begins_turn else "")
        + f"{_format_timestamp(cue.start)} {_ARROW} {_format_timestamp(cue.end)}\n"
        + f"{_format_voice(cue)}{html.escape(cue.text, False)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def group_violations(violations: Iterable[Violation]) -> list[Violation]:
    """Return one violation of each kind, at its first line, with the number of the others."""
    groups: dict[str, list[Violation]] = {}
    for violation in violations:
        groups.setdefault(_SPECIFICS.sub("", violation.message), []).append(violation)
    return [_count_others(first, len(others)) for first, *others in groups.values()]


def _count_others(violation: Violation, count: int) -> Violation:
    if not count:
        return violation
    others = f"{count} more cues" if count > 1 else "one more cue"
    return replace(violation, message=f"{violation.message}; the same is wrong in {others}")


def _split_lines(text: str) -> list[str]:
    # WebVTT, section 4.1, allows a byte order mark and any of the three line breaks.
    return re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))


def _find_timing_format(lines: Sequence[str]) -> re.Pattern[str] | None:
    """Return the pattern of the file's timings; None if it is neither WebVTT nor SubRip."""
    if _WEBVTT_HEADER.match(lines[0]):
        return _WEBVTT_TIMING
    head = [line for line in lines[:20] if line.strip()][:2]  # the number of the first caption, and its timing
    return _SUBRIP_TIMING if any(map(_SUBRIP_TIMING.match, head)) else None


def _split_blocks(lines: Sequence[str], *, is_numbered: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the blocks of a file, each with the number (from 1) of its first line; a header is none.

    A blank line ends a block. A line with nothing but spaces does not end a caption (YouTube writes such lines within
    one), but the next timing does (WebVTT, section 6.1), with the identifier above it. `is_numbered`: a number above a
    timing is always its identifier.
    """
    block: list[str] = []
    has_timing = False
    is_header = bool(_WEBVTT_HEADER.match(lines[0]))
    for number, line in enumerate([*lines, ""], 1):
        is_timing = _ARROW in line
        if (not line.strip() and not (line and has_timing)) or (is_timing and (has_timing or is_header)):
            identifier = block.pop() if is_timing and _ends_with_identifier(block, is_numbered=is_numbered) else None
            if block and not is_header:
                yield number - len(block) - (identifier is not None), block
            block, is_header, has_timing = [identifier] if identifier else [], False, False
        if line.strip() or (has_timing and line):
            block.append(line)
            has_timing = has_timing or is_timing


def _ends_with_identifier(block: Sequence[str], *, is_numbered: bool) -> bool:
    """Return whether the last line of a caption, above a timing, is the identifier of the next one.

    It stands behind a line of spaces, or differs from the one of this caption only by its number.
    """
    if len(block) < 3 or not block[-2].strip():
        return len(block) > 2
    first, last = block[0].strip(), block[-1].strip()
    if not _NUMBER.match(last):  # "turn-1" and "turn-2"
        return bool(_DIGITS.search(last) and first != last and _DIGITS.sub("0", first) == _DIGITS.sub("0", last))
    return is_numbered or bool(_NUMBER.match(first) and int(last[:9]) == int(first[:9]) + 1)


def _parse_caption(
    number: int, block: list[str], timing: re.Pattern[str], previous_start: int
) -> Caption | Violation | None:
    """Return the caption of a block that begins on line `number`, or its first violation; None for a note or style."""
    if timing is _WEBVTT_TIMING and block[0].split(maxsplit=1)[0] in _NON_CUE_BLOCKS:
        return None
    has_identifier = len(block) > 1 and _ARROW not in block[0]  # WebVTT, section 4.1: a line above the timing
    line, text = number + has_identifier, block[has_identifier]
    match = timing.match(text)
    if not match:
        message = f'"{text.strip()[:60]}" is not the timing of a cue'
        return Violation((), message, f"Write it as {_TIMING_EXAMPLE}.", line)
    start, end = _parse_timestamp(match["start"]), _parse_timestamp(match["end"])
    if end < start:
        return Violation((), "this cue ends before it begins", "Correct start or end.", line)
    if start < previous_start:
        return Violation((), "this cue begins before the one above it", "Put the cues in the order of time.", line)
    written = tags.join_tags([line for line in block[has_identifier + 1 :] if line.strip()])
    lines = tuple(part for line in written for part in _LINE_BREAK.split(line) if part.strip())
    identifier = block[0].strip() if has_identifier else ""
    return Caption(start, end, lines, line, bool(_TURN_IDENTIFIER.fullmatch(identifier)), identifier)


def _check_voices(caption: Caption) -> Violation | None:
    """Return a violation for the tag of a voice that is mistyped: its name would be words of the speaker before."""
    odd = tags.find_odd_voice(caption.lines)
    message = f'"{odd[:60]}" is not the tag of a voice'
    return Violation((), message, "Write it as <v Name>.", caption.line) if odd else None


def _join_growing(captions: Sequence[Caption]) -> Sequence[Caption]:
    """Return captions with only the last of those that grow word by word, as live captions do, from the first's start.

    A speaker may begin anew with the same words, so this needs to be how most captions of the file are.
    """
    texts = [" ".join(line.words for line in _read_spoken_lines(caption)) for caption in captions]
    grows = [bool(before) and after.startswith(f"{before} ") for before, after in pairwise(texts)]
    if sum(grows) < _MIN_GROWING_CAPTIONS or sum(grows) <= len(grows) / 2:
        return captions
    joined: list[Caption] = []
    start: int | None = None
    for caption, goes_on in zip(captions, [*grows, False], strict=True):
        start = caption.start if start is None else start
        if not goes_on:
            joined.append(replace(caption, start=start))
            start = None
    return joined


class _SpokenLine(Struct, frozen=True):
    """The words of a caption's line, the tag or label in it that names who says them, and the one at or above it."""

    words: str
    mark: str
    speaker: str

    def repeats(self, before: _SpokenLine) -> bool:
        """Return whether this may be a line of the caption before, shown once more."""
        return self.words == before.words and (not self.mark or before.speaker in ("", self.mark))


def _unroll(captions: Sequence[Caption]) -> Iterator[Caption]:
    """Yield captions without the lines that they repeat from the one before, if the file's lines roll."""
    spoken = [_read_spoken_lines(caption) for caption in captions]
    if not _has_rolling_lines(captions, spoken):
        yield from captions
        return
    previous: tuple[_SpokenLine, ...] = ()
    for caption, lines in zip(captions, spoken, strict=True):
        repeated = _count_repeated_lines(previous, lines)
        kept = caption.lines[repeated:]
        # The speaker of the lines that are left out goes on.
        speaker = lines[repeated - 1].speaker if repeated else ""
        if kept and speaker and not lines[repeated].mark:
            kept = (f"{speaker} {kept[0]}", *kept[1:])
        yield replace(caption, lines=kept)
        previous = lines


def _count_repeated_lines(before: Sequence[_SpokenLine], lines: Sequence[_SpokenLine]) -> int:
    """Return how many lines at the beginning of a caption are those at the end of the one before."""
    return next(
        (
            size
            for size in range(min(len(lines), len(before), _MAX_ROLLING_LINES), 0, -1)
            if all(line.repeats(other) for line, other in zip(lines[:size], before[-size:], strict=True))
        ),
        0,
    )


def _read_spoken_lines(caption: Caption) -> tuple[_SpokenLine, ...]:
    lines: list[_SpokenLine] = []
    for line in caption.lines:
        plain = " ".join(html.unescape(_WORD_TAG.sub("", line)).split())
        label = _LABEL.match(plain)
        mark = tags.find_voice(plain) or (label[1] if label else "")
        words = plain[label.end() :] if label else " ".join(tags.strip_voices(plain).split())
        lines.append(_SpokenLine(words, mark, mark or (lines[-1].speaker if lines else "")))
    return tuple(lines)


def _has_rolling_lines(captions: Sequence[Caption], spoken: Sequence[tuple[_SpokenLine, ...]]) -> bool:
    """Return whether captions repeat the line before, as automatic captions do; a speaker may repeat words, too."""
    if any(tags.TIME_TAG.search(line) for caption in captions for line in caption.lines):
        return True
    pairs = [(before[-1], lines[0]) for before, lines in pairwise(spoken) if before and lines[1:]]
    repeated = sum(first.repeats(last) for last, first in pairs)
    return repeated > len(pairs) / 2 and (len(pairs) > 2 or repeated == 2)


def _parse_timestamp(timestamp: str) -> int:
    """Return the milliseconds of a timestamp."""
    seconds = 0
    for part in timestamp[:-4].split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(timestamp[-3:])


def _format_timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _format_voice(cue: Cue) -> str:
    return f"<v {html.escape(cue.voice, False)}>" if cue.voice else ""
