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
from ..publishing.build.progress import Timings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# rich takes 0.03 s to import: lines for a pipe do without.

_PIPE_WIDTH = 10_000  # columns; what is piped is never wrapped


def create_stdout_console() -> Console:
    """Make the console of results (stdout)."""
    from rich.console import Console

    return Console(highlight=False, width=None if is_stdout_terminal() else _PIPE_WIDTH)


def create_stderr_console() -> Console:
    """Make the console of what is said beside the result (stderr)."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def is_stdout_terminal() -> bool:
    """Tell whether the result is read by a person, now."""
    return sys.stdout.isatty()


def print_result(line: str = "", style: str = "") -> None:
    """Print one line of the result; brackets in it are text."""
    if not is_stdout_terminal():
        sys.stdout.write(f"{line}\n")
        return
    from rich.text import Text

    create_stdout_console().print(Text(line, style=style), soft_wrap=True)


def print_message(line: str = "", style: str = "") -> None:
    """Print one line beside the result, broken between words at a terminal."""
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
    """Print rows below headings: column `long` gives way where it is narrow, `numbers` are set to the right."""
    from rich.table import Table
    from rich.text import Text

    if not is_stdout_terminal():
        sys.stdout.write(_format_plain_table(headings, rows, numeric_columns))
        return
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        side = "right" if index in numeric_columns else "left"
        made.add_column(heading, justify=side, no_wrap=index != flexible_column)  # type: ignore[arg-type]
    for index, row in enumerate(rows):
        made.add_row(*(Text(cell) for cell in row), style=styles[index] if styles else None)
    sys.stdout.write("".join(f"{line}\n" for line in _render_table(made)))


def print_annotated_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str],
    *,
    numeric_columns: Collection[int],
    styles: Sequence[str],
) -> None:
    """Print rows that have a note each, which may be empty: a pipe gets it as the last column.

    At a terminal it stands below its row, and columns without a value are left out.
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
    used = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place in used:
        made.add_column(headings[place], justify="right" if place in numeric_columns else "left", no_wrap=True)
    for row, style in zip(rows, styles, strict=True):
        made.add_row(*(Text(row[place]) for place in used), style=style)
    for line, note in zip(_render_table(made), ("", *notes), strict=True):
        sys.stdout.write(f"{line}\n")
        if note:
            create_stdout_console().print(Padding(Text(note), (0, 0, 0, 4)), style="dim")


def _format_plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]) -> str:
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


def _render_table(made: Table) -> list[str]:
    console = create_stdout_console()
    with console.capture() as captured:
        console.print(made)
    return [line.rstrip() for line in captured.get().splitlines()]


def print_two_lines(key: str, first: str, second: str) -> None:
    """Print two lines for a terminal: the key and what it stands for, cut at the edge; below it, dimmed, the rest."""
    from rich.text import Text

    indent = " " * (len(key) + 2)
    create_stdout_console().print(Text.assemble((key, "bold cyan"), "  ", first), no_wrap=True, overflow="ellipsis")
    create_stdout_console().print(Text(indent + second, style="dim"), no_wrap=True, overflow="ellipsis")


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: «1 entry», «3 entries»."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def print_problem(problem: Problem, style: str, label: str = "") -> None:
    """Print a problem to stderr: where and what, and below it the mend."""
    from rich.padding import Padding
    from rich.text import Text

    head, _, mend = str(problem).partition("\n")
    console = create_stderr_console()
    whole = not console.is_terminal
    console.print(Text.assemble((label, style), (head, "" if label else style)), soft_wrap=whole)
    console.print(Text(mend) if whole else Padding(Text(mend.strip()), (0, 0, 0, 4)), soft_wrap=whole)


_SHOW_AFTER = 1.0  # seconds; what is quicker needs no bar
_PHASE_LABELS = {"read": "Reading texts", "render": "Rendering pages"}


class ProgressBar(Timings):
    """Watches a build, and shows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.perf_counter()
        self._bar: Any = None
        self._task: Any = None
        self._phase_name, self._done, self._total = "", 0, 0

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Measure a phase; the bar goes with it."""
        self._phase_name, self._done, self._total = name, 0, total
        with super().phase(name, total):
            try:
                yield
            finally:
                self._hide()

    def advance(self, count: int) -> None:
        """Move the bar on."""
        self._done += count
        if self._bar is None and sys.stderr.isatty() and time.perf_counter() - self._started > _SHOW_AFTER:
            self._show()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def report_waiting(self) -> None:
        """Say that another build must end first."""
        sys.stderr.write("Another build of this edition is running: waiting for its end.\n")

    def _show(self) -> None:
        from rich.progress import Progress

        self._bar = Progress(console=create_stderr_console(), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(_PHASE_LABELS.get(self._phase_name, self._phase_name), total=self._total)

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
