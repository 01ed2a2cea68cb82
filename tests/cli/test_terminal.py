from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kuratorium.cli.terminal import ProgressBar
from tests import terminal
from tests.cli.program import at_terminal, kuratorium
from tests.editions import TinyEdition


def test_lines_are_never_cut_in_a_pipe(tiny: TinyEdition):
    """A pipe gets one line per item, however long its title is and however narrow the terminal."""
    tiny.candidate("lang", title="Titel " * 60)
    ran = kuratorium(tiny.root, "inbox", COLUMNS="40")
    assert len(ran.stdout.splitlines()) == 2
    assert "Titel " * 59 in ran.stdout


def test_a_terminal_shows_the_newest_items(tiny: TinyEdition):
    """A terminal gets the newest twenty items, cut at its edge, or all with --all; a pipe gets all."""
    for number in range(25):
        tiny.candidate(f"n{number}", uid=f"k{number:07d}", title=f"Titel {number} ".ljust(200, "x"))
    _, screen = at_terminal(tiny.root, "inbox", typed="")
    assert screen.count("Titel ") == 20
    assert "25 items waiting, the newest 20 shown; --all shows the others." in screen
    assert max(len(line) for line in screen.splitlines()) <= 120
    assert at_terminal(tiny.root, "inbox", "--all", typed="")[1].count("Titel ") == 25
    assert kuratorium(tiny.root, "inbox").stdout.count("Titel ") == 25


def test_only_a_terminal_without_no_color_gets_colours(tiny: TinyEdition):
    """A terminal gets colours, unless NO_COLOR is set (no-color.org); a pipe gets none."""
    tiny.essay("ohne-thema", topics=[])
    coloured = at_terminal(tiny.root, "check", typed="", TERM="xterm-256color", NO_COLOR="")[1]
    assert "\x1b[33mwarning" in coloured
    assert "\x1b[33m" not in at_terminal(tiny.root, "check", typed="", TERM="xterm-256color", NO_COLOR="1")[1]
    assert "\x1b" not in kuratorium(tiny.root, "check").stderr


def test_a_terminal_shows_the_progress_of_a_build(tmp_path: Path):
    """A build that takes long shows the name and the progress of its phase."""
    code = """\
from kuratorium.cli import terminal

terminal._SHOW_AFTER = 0
progress = terminal.ProgressBar()
with progress.phase("render", 4):
    progress.advance(3)
"""
    command = [sys.executable, "-c", code]
    assert "Rendering pages" in terminal.run(command, folder=tmp_path, TERM="xterm-256color")[1]


def test_waiting_for_another_build_is_reported(capsys: pytest.CaptureFixture[str]):
    """A build that waits for the lock of another one says so on stderr."""
    ProgressBar().report_waiting()
    assert capsys.readouterr() == ("", "Another build of this edition is running; waiting until it ends.\n")
