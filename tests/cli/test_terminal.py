from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from kuratorium.cli.terminal import ProgressBar
from tests import terminal
from tests.cli.program import at_terminal, kuratorium
from tests.editions import TinyEdition, work
from tests.intake.conftest import rss
from tests.intake.web import Web, respond


def test_lines_are_never_cut_in_a_pipe(tiny: TinyEdition):
    """A pipe gets one line per item, however long its title is and however narrow the terminal."""
    tiny.candidate("lang", title="Titel " * 60)
    ran = kuratorium(tiny.root, "inbox", COLUMNS="40")
    assert len(ran.stdout.splitlines()) == 2
    assert "Titel " * 59 in ran.stdout


def test_one_long_title_does_not_fill_up_the_lines_of_a_pipe(tiny: TinyEdition) -> None:
    """The longest title is whole; the lines of all others stay short."""
    for number in range(20):
        tiny.candidate(f"c{number}", title="T" * 90_000 if number == 7 else f"Titel {number}")
    output = kuratorium(tiny.root, "inbox").stdout
    assert "T" * 90_000 in output
    assert len(output) < 100_000


def test_a_terminal_shows_the_best_items(tiny: TinyEdition):
    """A terminal gets the best twenty stories, cut at its edge, or all with --all; a pipe gets all."""
    for number in range(25):
        tiny.candidate(f"n{number}", uid=f"k{number:07d}", title=f"Titel {number} ".ljust(200, "x"))
    _, screen = at_terminal(tiny.root, "inbox", typed="")
    assert screen.count("Titel ") == 20
    assert "25 Einträge warten, die besten 20 sind zu sehen; --all zeigt die anderen." in screen
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


def test_a_long_id_leaves_room_for_the_numbers(tiny: TinyEdition) -> None:
    """On a narrow terminal a long id is cut, not the columns behind it."""
    name = "ein-amtsblog-mit-einem-sehr-langen-namen-aus-der-liste-eines-anderen"
    tiny.yaml("sources", [{"id": name, "name": "A", "feed": "curation/samples/amtsblog.xml"}])
    _, screen = at_terminal(tiny.root, "pull", typed="", COLUMNS="60", NO_COLOR="1")
    heading, row = [line for line in screen.splitlines() if line.startswith(("source", "ein-amts"))]
    assert heading.split() == ["source", "new", "seconds", "KB"]
    assert "…" in row.split()[0]
    assert row.split()[1:3] == ["new", "1"]


EVIL = "A\x1b]52;c;ZXZpbA==\x07B\x1b[2J\x9b31m\u202eC\U000e0041"
CONTROLS = ("\x1b", "\x07", "\x9b", "\u202e", "\U000e0041")


def write_evil_edition(tiny: TinyEdition, web: Web) -> None:
    """Put escape sequences where an editor of another clone or a feed could: into posts, file names and feeds.

    Not into a registry: no command would get any further.
    """
    tiny.yaml("sources", [{"id": "amtsblog", "name": "A", "feed": f"{web.address}/feed", "topics": ["transformation"]}])
    tiny.candidate(
        "evil", uid="evilevil", title=EVIL, bookmark_of=[work("https://e.example/", title=EVIL, authors=[EVIL])]
    )
    tiny.candidate("broken", uid="broken11", title=EVIL, topics=[EVIL], bookmark_of=[])
    tiny.note("alt", title=EVIL, date="2025-10-15T08:00:00+02:00")
    tiny.write("content/essays/a\x1b[31m\nb.md", "---\ntitle: x\n---\n")
    tiny.write(os.fsdecode(b"content/essays/\xff\x1b[31m.md"), f"---\n{EVIL}: x\n---\n")
    tiny.write("content/media/x\x9b.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>{EVIL}\n")
    tiny.interview("gespraech", media={"transcript": "media/x\x9b.vtt"}, body="")
    tiny.write("l.opml", '<opml><body><outline text="&#x9b;31m&#x202e;" xmlUrl="ftp://x"/></body></opml>')
    web.answers["/feed"] = respond(rss("A&#x9b;31m&#x202e;B"))


COMMANDS = (
    *("inbox", "check", "pull --now", "pull --json --now", "find A", "find --json A", "lookback", "digest", "build"),
    *("sources status", "sources status --json", "sources export", "sources import l.opml", "sources heal"),
    *(
        "note evil",
        f"note {EVIL}",
        f"inbox --topic {EVIL}",
        f"sources import {EVIL}.opml",
        f"--{EVIL}",
        f"build --explain {EVIL}",
    ),
    "transcript content/interviews/gespraech.md",
)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_sends_control_characters(tiny: TinyEdition, web: Web, command: str) -> None:
    """Whatever files, feeds and arguments hold, a terminal gets it escaped, and so does a pipe; no command crashes."""
    write_evil_edition(tiny, web)
    code, screen = at_terminal(tiny.root, *command.split(" "), typed="", NO_COLOR="1")
    ran = kuratorium(tiny.root, *command.split(" "))
    for output in (screen, ran.stderr, *([ran.stdout] if "transcript" not in command else [])):
        assert [control for control in CONTROLS if control in output] == []
        assert "Traceback" not in output
        assert "internal error" not in output
    assert code in (0, 1, 2)


def test_json_holds_what_is_escaped(tiny: TinyEdition, web: Web) -> None:
    """A program reads from --json the very characters that a terminal must not get."""
    write_evil_edition(tiny, web)
    (source,) = json.loads(kuratorium(tiny.root, "sources", "status", "--json").stdout)
    assert source["id"] == "amtsblog"
    printed = kuratorium(tiny.root, "pull", "--json", "--now", "--dry-run").stdout
    assert json.loads(printed)["results"]
    kuratorium(tiny.root, "pull", "--now", "--flood")
    found = kuratorium(tiny.root, "find", "--json", "A").stdout
    assert [hit["source"] for hit in json.loads(found)] == ["amtsblog"]
    assert [control for control in CONTROLS if control in found] == []
