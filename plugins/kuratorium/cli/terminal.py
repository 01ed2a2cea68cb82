"""How the commands print: lines, tables and problems, for people at a terminal and for pipes; a build's progress bar.

Results go to stdout, everything else to stderr. A pipe gets plain lines that are never wrapped or cut. Everything that
is printed comes through this module, which writes control characters as escapes: file names, feeds and YAML may hold
sequences that a terminal obeys. Lines and problems show no password of an address: the logs of a server are public.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from ..errors import Problem
from ..text.control_characters import CONTROL_CHARACTERS, escape_controls
from ..urls import hide_credentials

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.table import Table

# Importing rich takes 0.03 s: functions that print plain lines to a pipe do without it.

_JSON_CONTROL = re.compile(f"[{CONTROL_CHARACTERS}]")
_DIFF_COLORS = {"+": "green", "-": "red", "@": "cyan"}
_MIN_FIRST_CELL = 12  # columns; less of an id tells nothing
_MAX_PADDED_WIDTH = 120  # columns, in a pipe
_PIPE_WIDTH = 10_000  # columns; rich assumes 80 for a pipe, and would wrap there


def create_stdout_console() -> Console:
    """Return rich's console for results."""
    from rich.console import Console

    return Console(highlight=False, width=None if is_stdout_terminal() else _PIPE_WIDTH)


def create_stderr_console() -> Console:
    """Return rich's console for messages, which are not part of the result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def is_stdout_terminal() -> bool:
    """Return whether the result is shown to a person, not piped to a program."""
    return sys.stdout.isatty()


def can_fill_screen() -> bool:
    """Return whether a person sits at a terminal that can move the cursor.

    The screen is drawn on stderr: in a file, nobody would see it.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM", "dumb") != "dumb"


def print_result(line: str = "", style: str = "") -> None:
    """Print one line of the result to stdout; brackets in it are not rich's markup."""
    line = hide_credentials(escape_controls(line))
    if not is_stdout_terminal():
        sys.stdout.write(f"{line}\n")
        return
    from rich.text import Text

    # soft_wrap: the terminal breaks long lines itself, so that a path copied from it has no line break.
    create_stdout_console().print(Text(line, style=style), soft_wrap=True)


def print_event(line: str) -> None:
    """Print one line to stdout at once, also to a pipe, for a command that goes on."""
    print_result(line)
    sys.stdout.flush()


def print_message(line: str = "", style: str = "") -> None:
    """Print one line to stderr, at a terminal broken between words."""
    line = hide_credentials(escape_controls(line))
    if not sys.stderr.isatty():
        sys.stderr.write(f"{line}\n")
        return
    from rich.text import Text

    create_stderr_console().print(Text(line, style=style))


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    flexible_column: int,
    numeric_columns: Collection[int] = (),
    styles: Sequence[str] = (),
) -> None:
    """Print a table to stdout. Columns are counted from 0.

    On a narrow terminal `flexible_column` is wrapped; `numeric_columns` are aligned to the right. `styles` holds
    rich's style of each row, or is empty.
    """
    from rich.table import Table
    from rich.text import Text

    rows = _escape_cells(rows)
    if not is_stdout_terminal():
        sys.stdout.write(_format_plain_table(headings, rows, numeric_columns))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        if index in numeric_columns:
            table.add_column(heading, justify="right", no_wrap=index != flexible_column)
        else:
            table.add_column(heading, no_wrap=index != flexible_column)
    for index, row in enumerate(rows):
        # Text, because rich would read brackets in a title as its markup.
        table.add_row(*(Text(cell) for cell in row), style=styles[index] if styles else None)
    sys.stdout.write("".join(f"{line}\n" for line in _render_table(table)))


def print_annotated_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str],
    *,
    numeric_columns: Collection[int],
    styles: Sequence[str],
) -> None:
    """Print a table to stdout whose rows have a note each, which may be empty.

    A pipe gets the note as last column. At a terminal the note stands below its row, and columns without a value are
    left out.
    """
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not is_stdout_terminal():
        with_notes = [(*row, note) for row, note in zip(rows, notes, strict=True)]
        print_table(
            (*headings, ""), with_notes, flexible_column=len(headings), numeric_columns=numeric_columns, styles=styles
        )
        return
    rows, notes = _escape_cells(rows), _escape_cells([notes])[0]
    # A terminal has little room, which empty columns would waste.
    used = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    rows = _shorten_first_cells([[row[column] for column in used] for row in rows], [headings[i] for i in used])
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in used:
        table.add_column(headings[column], justify="right" if column in numeric_columns else "left", no_wrap=True)
    for row, style in zip(rows, styles, strict=True):
        table.add_row(*map(Text, row), style=style)
    for line, note in zip(_render_table(table), ("", *notes), strict=True):  # the first line holds the headings
        sys.stdout.write(f"{line}\n")
        if note:
            create_stdout_console().print(Padding(Text(note), (0, 0, 0, 4)), style="dim")


def _shorten_first_cells(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> list[list[str]]:
    """Return rows whose first cells, such as long ids, leave room for the other columns, which rich would cut."""
    from rich.cells import cell_len, set_cell_size

    others = list(zip(headings[1:], *(row[1:] for row in rows), strict=True))
    width = create_stdout_console().width - sum(2 + max(map(cell_len, column)) for column in others)
    room = max(width, _MIN_FIRST_CELL)
    return [[row[0] if cell_len(row[0]) <= room else f"{set_cell_size(row[0], room - 1)}…", *row[1:]] for row in rows]


def _escape_cells(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[escape_controls(cell, one_line=True) for cell in row] for row in rows]


def _format_plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: Collection[int]) -> str:
    """Return a table as aligned lines without colour, as rich renders it, but a hundred times as fast."""
    from rich.cells import cell_len

    # Width in terminal cells, not characters: a CJK character takes two, a combining accent none.
    # A longer cell stands out of its column: else one of them would fill up all lines.
    columns = zip(headings, *rows, strict=True)
    widths = [min(max(cell_len(cell) for cell in column), _MAX_PADDED_WIDTH) for column in columns]

    def format_row(cells: Sequence[str]) -> str:
        padded = []
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            blank = " " * (width - cell_len(cell))
            padded.append(blank + cell if index in numeric else cell + blank)
        return "  ".join(padded).rstrip()

    return "".join(f"{format_row(cells)}\n" for cells in (headings, *rows))


def _render_table(table: Table) -> list[str]:
    """Return the lines of a table without the blanks with which rich fills them up."""
    console = create_stdout_console()
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def print_diff_line(line: str) -> None:
    """Print a line of a unified diff to stdout, coloured at a terminal."""
    print_result(line, _DIFF_COLORS.get(line[:1], ""))


def print_json(value: object) -> None:
    """Print records to stdout as JSON, in which control characters and halves of surrogate pairs are escaped, too."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
    # JSON itself (RFC 8259, section 7) requires that only for C0.
    sys.stdout.write(_JSON_CONTROL.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n")


def print_document(text: str) -> None:
    """Print a file's text to stdout; at a terminal with escapes, to a pipe byte for byte."""
    sys.stdout.write(escape_controls(text) if is_stdout_terminal() else text)


def print_two_lines(key: str, first: str, second: str) -> None:
    """Print an entry to a terminal: its key and title, and a dimmed second line; both are cut at the edge."""
    from rich.text import Text

    first, second = escape_controls(first, one_line=True), escape_controls(second, one_line=True)
    indent = " " * (len(key) + 2)
    create_stdout_console().print(Text.assemble((key, "bold cyan"), "  ", first), no_wrap=True, overflow="ellipsis")
    create_stdout_console().print(Text(indent + second, style="dim"), no_wrap=True, overflow="ellipsis")


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as "1 entry" or "3 entries"; by default the plural adds an "s"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def print_problem(problem: Problem, style: str, label: str = "") -> None:
    """Print a problem to stderr: its place and message, and below them its hint.

    `style` colours the label, or without a label the message.
    """
    from rich.padding import Padding
    from rich.text import Text

    head, _, hint = str(problem).partition("\n")
    console = create_stderr_console()
    is_piped = not console.is_terminal
    # soft_wrap: a place that the terminal breaks itself can be clicked and copied whole.
    console.print(Text.assemble((label, style), (head, "" if label else style)), soft_wrap=True)
    # At a terminal, lines into which a long hint is wrapped are indented as well.
    console.print(Text(hint) if is_piped else Padding(Text(hint.strip()), (0, 0, 0, 4)), soft_wrap=is_piped)


_SHOW_AFTER = 1.0  # seconds; a bar that flashes up for less than that only distracts
# The phases that report steps; the others are too short for a bar.
_PHASE_LABELS = {"read": "Reading texts", "render": "Rendering pages"}


class Timings:
    """The seconds that each phase of a build took, in the order of the phases."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Measure a phase; the times of a phase that runs twice add up."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin
            self.counts[name] = self.counts.get(name, 0) + total

    def advance(self, count: int) -> None:
        """Ignore progress within a phase: `phase` knows the total."""

    def report_waiting(self) -> None:
        """Ignore that the build waits."""


class ProgressBar(Timings):
    """A listener that shows the progress of a build at a terminal, and collects the seconds of its phases."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.perf_counter()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._phase_name, self._done, self._total = "", 0, 0

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Measure a phase of `total` steps, and remove its bar at the end."""
        self._phase_name, self._done, self._total = name, 0, total
        with super().phase(name, total):
            try:
                yield
            finally:
                self._hide()  # also after an error, so that its message is not drawn into the bar

    def advance(self, count: int) -> None:
        """Add `count` steps to those that are done."""
        self._done += count
        if self._bar is None and sys.stderr.isatty() and time.perf_counter() - self._started > _SHOW_AFTER:
            self._show()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done)

    def report_waiting(self) -> None:
        """Print that another build must end first."""
        sys.stderr.write("Another build of this edition is running; waiting until it ends.\n")

    def _show(self) -> None:
        from rich.progress import Progress

        self._bar = Progress(console=create_stderr_console(), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(_PHASE_LABELS.get(self._phase_name, self._phase_name), total=self._total)

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
