from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from kuratorium.cli.triage import screen
from kuratorium.cli.triage.screen import DeskApp
from kuratorium.desk.triage.desk import Filters, read_desk
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.cli.program import PROGRAM
from tests.editions import NOW, TinyEdition, work


@pytest.fixture
def full(tiny: TinyEdition) -> TinyEdition:
    """Return an edition with three stories: A leads by its keyword, B and C follow by uid."""
    tiny.candidate("a", uid="kaaaa111", title="A Umstellung")
    tiny.candidate("b", uid="kbbbb111", title="B", bookmark_of=[work("https://amtsblog.example/b", item="amtsblog:b")])
    text = "Ein \x1b[31mroter\u202e Text <script>alert(1)</script> [bold]x"
    entry = ArchivedEntry(key="amtsblog:b", digest=b"1", link="https://amtsblog.example/b", title="B", text=text)
    with Archive(tiny.root) as archive:
        archive.store_pull_results(
            {"amtsblog": (SourceState(address="https://amtsblog.example/feed"), [entry])}, "2026-10-13"
        )
    tiny.candidate("c", uid="kcccc111", title="C")
    return tiny


def press(tiny: TinyEdition, *keys: str) -> tuple[list[str], str, str]:
    """Press keys at the desk; return the rows, the text beside them and the status line."""
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def sit_down() -> tuple[list[str], str, str]:
        app = DeskApp(tiny.root, read_desk(tiny.root, clock()), Filters(), clock)
        async with app.run_test(size=(120, 40)) as pilot:
            for key in keys:
                await pilot.press(key)
            await pilot.pause()
            stories = app.query_one("#stories", OptionList)
            rows = [str(stories.get_option_at_index(index).prompt) for index in range(stories.option_count)]
            texts = [str(app.query_one(name, Static).content) for name in ("#text", "#status")]
            return rows, texts[0], texts[1]

    return asyncio.run(sit_down())


def list_inbox(tiny: TinyEdition) -> list[str]:
    """Return the names of the items in the inbox."""
    return sorted(path.name.split("-")[3] for path in (tiny.root / "curation/inbox").glob("*.md"))


def test_stories_stand_by_rank_with_facts_and_text(full: TinyEdition):
    """Points, title, outlet, author, age and language in the list; reasons and text beside it."""
    rows, text, status = press(full)
    assert [row.split("\n")[0].strip() for row in rows] == ["4 A Umstellung", "2 B", "2 C"]
    assert "Amtsblog · Gerd Hahn · 1 Tag · de" in rows[0]
    assert "Stichwort umstellung im Titel" in text
    assert "Nur für die Redaktion." in text
    assert status.startswith("3 of 3 stories")


def test_feed_text_is_shown_as_it_is(full: TinyEdition):
    """No HTML is interpreted, no markup of the terminal library, and no escape sequence reaches the terminal."""
    _, text, _ = press(full, "j")
    assert r"Ein \x1b[31mroter\u202e Text <script>alert(1)</script> [bold]x" in text


def test_keys_dismiss_and_undo(full: TinyEdition):
    """The key d dismisses the story under the cursor, u brings it back, as often as pressed."""
    before = {name: data for name, data in full.files().items() if not name.startswith("var/")}
    press(full, "d", "d")
    assert list_inbox(full) == ["c"]
    rows, _, status = press(full, "u", "u")
    assert len(rows) == 3
    assert "undone: dismiss" in status
    assert {name: data for name, data in full.files().items() if not name.startswith("var/")} == before
    assert "no decision to undo" in press(full, "u")[2]


def test_marked_stories_are_dismissed_at_once(full: TinyEdition):
    """The key m marks and moves on; d dismisses all that is marked, in one decision."""
    assert "2 marked" in press(full, "m", "m")[2]
    press(full, "m", "m", "d")
    assert list_inbox(full) == ["c"]
    press(full, "u")
    assert list_inbox(full) == ["a", "b", "c"]
    press(full, "M", "d")
    assert list_inbox(full) == []


def test_the_rest_of_a_source_goes_once_confirmed(full: TinyEdition):
    """D asks; any answer but y leaves all."""
    press(full, "D", "n", "enter")
    assert len(list_inbox(full)) == 3
    press(full, "D", "y", "enter")
    assert list_inbox(full) == []


def test_later_nominate_and_topic_write_the_file(full: TinyEdition):
    """The key l asks for a day, v for name and word, t for a topic; each is a line in the item's file."""
    _, _, status = press(full, "l", "enter")
    assert "later: 2026-10-21" in status
    press(full, "v", "end", *(["backspace"] * 40), *"Jo:gut", "enter")
    press(full, "j", "t", "j", "enter")
    texts = {path.name.split("-")[3]: path.read_text() for path in (full.root / "curation/inbox").glob("*.md")}
    assert "later: 2026-10-21" in texts["a"] or "later: '2026-10-21'" in texts["a"]
    assert sum("by: Jo" in text and "word: gut" in text for text in texts.values()) == 1
    assert sum("- open-source" in text or "open-source]" in text for text in texts.values()) == 1
    assert "is no day" in press(full, "l", "end", "backspace", *"bald", "enter")[2]


def test_a_note_is_drafted_of_several_works(full: TinyEdition, monkeypatch: pytest.MonkeyPatch):
    """Marked stories become one note; a adds one more work to it."""
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    press(full, "m", "m", "n")
    (note,) = [path for path in (full.root / "curation/notes").rglob("*.md") if path.stem != "erste-notiz"]
    assert note.read_text().count("- url:") + note.read_text().count("  url:") == 2
    os.utime(note, (2e9, 2e9))
    press(full, "a", "enter")
    assert [note.read_text().count(f"https://amtsblog.example/{name}\n") for name in "abc"] == [1, 1, 1]
    assert list_inbox(full) == []


def test_a_filter_narrows_the_list(full: TinyEdition):
    """The key f takes words and topic:, source:, lang: and days:."""
    rows, _, status = press(full, "f", *"roter", "enter")
    assert len(rows) == 1
    assert "1 of 3 stories" in status
    assert press(full, "f", *"lang:en", "enter")[0] == []


def test_help_shows_all_keys(full: TinyEdition):
    """? opens it, Escape closes it, and the desk is as before."""
    assert len(press(full, "question_mark", "escape", "d")[0]) == 2


@pytest.mark.parametrize(
    ("typed", "day"),
    [("7", date(2026, 10, 21)), ("2026-11-01", date(2026, 11, 1)), ("bald", None), ("9" * 20, None), ("", None)],
)
def test_a_day_is_a_date_or_a_number_of_days(typed: str, day: date | None):
    """All else is none."""
    assert screen.parse_day(typed, date(2026, 10, 14)) == day


@pytest.mark.parametrize("line", ["", "topic:a", "lang:de days:3 cloud", "topic:a source:b lang:de days:0 zwei worte"])
def test_filters_are_read_back(line: str):
    """What stands in the dialog is what was typed."""
    assert screen.format_filters(screen.parse_filters(line)) == line


def at_screen(tiny: TinyEdition, steps: Sequence[tuple[str, str]], **environment: str) -> bytes:
    """Run the desk at a real terminal: wait for each text on the screen, then type; return all that was printed."""
    ours, theirs = pty.openpty()
    variables = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"} | environment
    printed = b""
    with subprocess.Popen(
        [*PROGRAM, "inbox"], cwd=tiny.root, env=variables, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ) as process:
        os.close(theirs)
        for text, keys in steps:
            printed += _read_until(ours, text.encode())
            os.write(ours, keys.encode())
        process.wait(timeout=60)
    os.close(ours)
    return printed


def _read_until(descriptor: int, text: bytes) -> bytes:
    printed, deadline = b"", time.monotonic() + 60
    while text not in printed:
        assert time.monotonic() < deadline, printed[-2000:]
        if select.select([descriptor], [], [], 0.2)[0]:
            printed += os.read(descriptor, 65536)
    return printed


def test_a_real_terminal(full: TinyEdition):
    """At a terminal `inbox` fills the screen; what is decided there is in the files after q."""
    steps = [("3 of 3 stories", "d"), ("2 of 2 stories", "n"), ("1 of 1 stor", "u"), ("undone", "q")]
    printed = at_screen(full, steps, VISUAL="", EDITOR="")
    assert b"\x1b[31mroter" not in printed
    assert list_inbox(full) == ["b", "c"]
    assert [Path(path).stem for path in (full.root / "curation/notes").rglob("*.md")] == ["erste-notiz"]
