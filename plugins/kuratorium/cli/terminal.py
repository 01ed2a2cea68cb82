"""How the commands speak: lines, tables and problems, for people at a terminal and for pipes.

A bar for builds that take longer than a second, at a terminal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import Problem
from ..publishing.build.result import Timings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# rich takes 0.03 s to import: lines for a pipe do without.

_ENDLESS = 10_000  # columns; what is piped is never wrapped


def out() -> Console:
    """Make the console of results (stdout)."""
    from rich.console import Console

    return Console(highlight=False, width=None if at_terminal() else _ENDLESS)


def err() -> Console:
    """Make the console of what is said beside the result (stderr)."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def at_terminal() -> bool:
    """Tell whether the result is read by a person, now."""
    return sys.stdout.isatty()


def say(line: str = "", style: str = "") -> None:
    """Print one line of the result; brackets in it are text."""
    if not at_terminal():
        sys.stdout.write(f"{line}\n")
        return
    from rich.text import Text

    out().print(Text(line, style=style), soft_wrap=True)


def tell(line: str = "", style: str = "") -> None:
    """Print one line beside the result, broken between words at a terminal."""
    if not sys.stderr.isatty():
        sys.stderr.write(f"{line}\n")
        return
    from rich.text import Text

    err().print(Text(line, style=style))


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    long: int,
    numbers: Collection[int] = (),
    styles: Sequence[str] = (),
) -> None:
    """Print rows below headings: column `long` gives way where it is narrow, `numbers` are set to the right."""
    from rich.table import Table
    from rich.text import Text

    if not at_terminal():
        sys.stdout.write(_plain(headings, rows, numbers))
        return
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        side = "right" if index in numbers else "left"
        made.add_column(heading, justify=side, no_wrap=index != long)  # type: ignore[arg-type]
    for index, row in enumerate(rows):
        made.add_row(*(Text(cell) for cell in row), style=styles[index] if styles else None)
    sys.stdout.write("".join(f"{line}\n" for line in _lines(made)))


def annotated(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str],
    *,
    numbers: Collection[int],
    styles: Sequence[str],
) -> None:
    """Print rows that have a note each, which may be empty: a pipe gets it as the last column.

    At a terminal it stands below its row, and columns without a value are left out.
    """
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not at_terminal():
        with_notes = [(*row, note) for row, note in zip(rows, notes, strict=True)]
        table((*headings, ""), with_notes, long=len(headings), numbers=numbers, styles=styles)
        return
    used = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place in used:
        made.add_column(headings[place], justify="right" if place in numbers else "left", no_wrap=True)
    for row, style in zip(rows, styles, strict=True):
        made.add_row(*(Text(row[place]) for place in used), style=style)
    for line, note in zip(_lines(made), ("", *notes), strict=True):
        sys.stdout.write(f"{line}\n")
        if note:
            out().print(Padding(Text(note), (0, 0, 0, 4)), style="dim")


def _plain(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]) -> str:
    """Align columns without colour and without an edge: as the table does, in a hundredth of its time."""
    from rich.cells import cell_len

    widths = [max(cell_len(cell) for cell in column) for column in zip(headings, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = []
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            blank = " " * (width - cell_len(cell))
            padded.append(blank + cell if index in numbers else cell + blank)
        return "  ".join(padded).rstrip()

    return "".join(f"{line(cells)}\n" for cells in (headings, *rows))


def _lines(made: Table) -> list[str]:
    console = out()
    with console.capture() as captured:
        console.print(made)
    return [line.rstrip() for line in captured.get().splitlines()]


def pair(key: str, first: str, second: str) -> None:
    """Print two lines for a terminal: the key and what it stands for, cut at the edge; below it, dimmed, the rest."""
    from rich.text import Text

    indent = " " * (len(key) + 2)
    out().print(Text.assemble((key, "bold cyan"), "  ", first), no_wrap=True, overflow="ellipsis")
    out().print(Text(indent + second, style="dim"), no_wrap=True, overflow="ellipsis")


def counted(number: int, noun: str, many: str = "") -> str:
    """Write a number with its noun: «1 entry», «3 entries»."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"


def problem(one: Problem, style: str, label: str = "") -> None:
    """Print a problem to stderr: where and what, and below it the mend."""
    from rich.padding import Padding
    from rich.text import Text

    head, _, mend = str(one).partition("\n")
    console = err()
    whole = not console.is_terminal
    console.print(Text.assemble((label, style), (head, "" if label else style)), soft_wrap=whole)
    console.print(Text(mend) if whole else Padding(Text(mend.strip()), (0, 0, 0, 4)), soft_wrap=whole)


_PATIENCE = 1.0  # seconds; what is quicker needs no bar
_WORDS = {"read": "Reading texts", "render": "Rendering pages"}


class Bar(Timings):
    """Watches a build, and shows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = time.perf_counter()
        self._bar: Any = None
        self._task: Any = None
        self._name, self._done, self._all = "", 0, 0

    @contextmanager
    def phase(self, name: str, things: int = 0) -> Iterator[None]:
        """Measure a phase; the bar goes with it."""
        self._name, self._done, self._all = name, 0, things
        with super().phase(name, things):
            try:
                yield
            finally:
                self._end()

    def tick(self, things: int) -> None:
        """Move the bar on."""
        self._done += things
        if self._bar is None and sys.stderr.isatty() and time.perf_counter() - self._begun > _PATIENCE:
            self._begin()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def waits(self) -> None:
        """Say that another build must end first."""
        sys.stderr.write("Another build of this edition is running: waiting for its end.\n")

    def _begin(self) -> None:
        from rich.progress import Progress

        self._bar = Progress(console=err(), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(_WORDS.get(self._name, self._name), total=self._all)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
