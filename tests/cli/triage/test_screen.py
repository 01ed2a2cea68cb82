from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import time
import webbrowser
from collections.abc import Sequence
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path

import pytest
from rich.color import Color
from textual.widgets import Input, OptionList, Static

from kuratorium.cli.triage import days, dialogs
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
    assert status.startswith("3 von 3 Geschichten")


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
    assert "rückgängig: verworfen" in status
    assert {name: data for name, data in full.files().items() if not name.startswith("var/")} == before
    assert "Nichts rückgängig" in press(full, "u")[2]


def test_undo_passes_a_file_that_was_removed(full: TinyEdition):
    """The status line names it, and the decision before it is undone."""
    press(full, "d", "v", *"Jo", "enter")
    (path,) = (full.root / "curation/inbox").glob("*-b-*.md")
    path.unlink()
    rows, _, status = press(full, "u")
    assert len(rows) == 2
    assert "rückgängig: verworfen, 1 Datei. " in status
    assert f"{path.name} wurde seither geändert oder entfernt" in status
    assert list_inbox(full) == ["a", "c"]


def test_marked_stories_are_dismissed_at_once(full: TinyEdition):
    """The key m marks and moves on; d dismisses all that is marked, in one decision."""
    assert "2 markiert" in press(full, "m", "m")[2]
    press(full, "m", "m", "d")
    assert list_inbox(full) == ["c"]
    press(full, "u")
    assert list_inbox(full) == ["a", "b", "c"]
    press(full, "M", "d")
    assert list_inbox(full) == []


def test_marks_stay_while_a_filter_finds_another_work(full: TinyEdition):
    """What a filter hides keeps its mark, but a decision is only on what is shown."""
    hidden = ("m", "f", *"roter", "enter")
    assert "markiert" not in press(full, *hidden)[2]
    assert "2 markiert" in press(full, *hidden, "m", "f", *(["backspace"] * 5), "enter")[2]
    assert "1 markiert" in press(full, *hidden, "d", "f", *(["backspace"] * 5), "enter")[2]
    assert list_inbox(full) == ["a", "c"]


def test_text_is_readable_on_a_light_and_a_dark_terminal(full: TinyEdition):
    """Only the cursor has colours, a pair of them; all other text has the terminal's own, undimmed."""
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def list_styles() -> set[tuple[str, str, bool]]:
        app = DeskApp(full.root, read_desk(full.root, clock()), Filters(), clock)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            segments = [segment for strip in app.screen._compositor.render_strips() for segment in strip]
            styles = [segment.style for segment in segments if segment.style and any(map(str.isalnum, segment.text))]
            return {(_name(style.color), _name(style.bgcolor), bool(style.dim)) for style in styles}

    def _name(color: Color | None) -> str:
        return color.name if color else "default"  # by number, as ANSI has them

    assert asyncio.run(list_styles()) == {("default", "default", False), ("color(15)", "color(4)", False)}


def test_the_rest_of_a_source_goes_once_confirmed(full: TinyEdition):
    """D asks; any answer but j, for ja, leaves all."""
    press(full, "D", "n", "enter")
    assert len(list_inbox(full)) == 3
    press(full, "D", "j", "enter")
    assert list_inbox(full) == []


def test_later_nominate_and_topic_write_the_file(full: TinyEdition):
    """The key l asks for a day, v for name and word, t for a topic; each is a line in the item's file."""
    _, _, status = press(full, "l", "enter")
    assert "Wieder da am 2026-10-21" in status
    assert "Wieder da am 2026-10-17" in press(full, "u", "l", "3", "enter")[2]
    press(full, "v", "end", *(["backspace"] * 40), *"Jo:gut", "enter")
    press(full, "j", "t", "j", "enter")
    texts = {path.name.split("-")[3]: path.read_text() for path in (full.root / "curation/inbox").glob("*.md")}
    assert "later: 2026-10-17" in texts["a"] or "later: '2026-10-17'" in texts["a"]
    assert sum("by: Jo" in text and "word: gut" in text for text in texts.values()) == 1
    assert sum("- open-source" in text or "open-source]" in text for text in texts.values()) == 1


@pytest.mark.parametrize(
    ("keys", "typed", "mistake"),
    [
        ("l", "bald", "„bald“ ist kein Tag"),
        ("l", "2026-10-14", "2026-10-14 liegt nicht in der Zukunft"),
        ("v", ": gut", "Den eigenen Namen vor den Doppelpunkt schreiben."),
        ("f", "topic:open-sorce", "Bekannt sind unter anderem: topic:open-source"),
        ("f", "source:x", "source:x ist unbekannt"),
        ("f", "lang:deutsch", "unter anderem: lang:de"),
        ("f", "days:drei", "days:drei ist keine Zahl von Tagen"),
        ("f", "topics:open-source", "war topic:open-source gemeint?"),
    ],
)
def test_a_mistake_can_be_corrected(full: TinyEdition, keys: str, typed: str, mistake: str):
    """What is wrong stands below the line, and what was typed stays there; nothing is decided yet."""
    before = list_inbox(full)
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def sit_down() -> tuple[str, str]:
        app = DeskApp(full.root, read_desk(full.root, clock()), Filters(), clock)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press(keys)
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await pilot.pause()
            return app.screen.query_one(Input).value, str(app.screen.query_one("#mistake", Static).content)

    value, said = asyncio.run(sit_down())
    assert value == typed
    assert mistake in said
    assert list_inbox(full) == before


def test_an_address_among_filter_words_is_no_mistake(full: TinyEdition):
    """Only words that nearly are a filter's name are asked about."""
    registry = read_desk(full.root, datetime.fromisoformat(NOW)).registry
    assert dialogs.find_filter_mistake("https://a.example 9:30 cloud", registry, [], NullTranslations()) == ""


def test_the_cursor_goes_where_the_decision_was(full: TinyEdition):
    """After an undo it is on the story that came back; a story with a new topic stays under it, wherever it moved."""
    assert "B\n" in press(full, "j", "d", "j", "k", "k", "u")[1]
    press(full, "j", "j", "t", "enter")
    assert press(full, "j", "j", "t", "j", "enter")[1].startswith("C\n")


def test_what_a_colleague_decided_meanwhile_is_left(full: TinyEdition):
    """A story that is gone, or that a pull rewrote, stays as it is; the rest of a bulk is decided."""
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def sit_down() -> str:
        app = DeskApp(full.root, read_desk(full.root, clock()), Filters(), clock)
        async with app.run_test(size=(120, 40)) as pilot:
            (gone,) = (full.root / "curation/inbox").glob("*-a-*.md")
            gone.unlink()
            await pilot.press("M", "l", "enter")
            await pilot.pause()
            return str(app.query_one("#status", Static).content)

    assert "1 Eintrag wurde inzwischen geändert oder entfernt" in asyncio.run(sit_down())
    assert list_inbox(full) == ["b", "c"]
    assert all("later:" in path.read_text() for path in (full.root / "curation/inbox").glob("*.md"))


@pytest.mark.parametrize(("size", "side"), [((80, 24), "below"), ((120, 40), "beside"), ((200, 50), "beside")])
def test_the_screen_fits_the_terminal(full: TinyEdition, size: tuple[int, int], side: str):
    """In a narrow terminal the text stands below the list, in a wide one beside it; all keys can be seen."""
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def sit_down() -> None:
        app = DeskApp(full.root, read_desk(full.root, clock()), Filters(), clock)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            stories, story, keys = (app.query_one(name).region for name in ("#stories", "#story", "#keys"))
            assert (story.y >= stories.bottom) == (side == "below")
            assert (story.x >= stories.right) == (side == "beside")
            assert keys.bottom == size[1]

    asyncio.run(sit_down())


def test_a_click_shows_a_story_and_opens_nothing(full: TinyEdition, monkeypatch: pytest.MonkeyPatch):
    """The mouse moves the cursor; Enter and o open the browser."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.BackgroundBrowser.open", lambda _, url, **__: opened.append(url))
    monkeypatch.setattr("webbrowser.get", lambda: webbrowser.BackgroundBrowser("true"))
    clock = lambda: datetime.fromisoformat(NOW)  # noqa: E731 - a clock is a function

    async def sit_down() -> str:
        app = DeskApp(full.root, read_desk(full.root, clock()), Filters(), clock)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.click("#stories", offset=(8, 2))
            await pilot.pause()
            assert opened == []
            await pilot.press("enter")
            await pilot.pause()
            return str(app.query_one("#text", Static).content)

    assert asyncio.run(sit_down()).startswith("B\n")
    assert opened == ["https://amtsblog.example/b"]


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
    assert "1 von 3 Geschichten" in status
    assert press(full, "f", *"lang:en", "enter")[0] == []


def test_help_shows_all_keys(full: TinyEdition):
    """? opens it, Escape closes it, and the desk is as before."""
    assert len(press(full, "question_mark", "escape", "d")[0]) == 2


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("7", date(2026, 10, 21)),
        ("morgen", date(2026, 10, 15)),
        (" Tomorrow", date(2026, 10, 15)),
        ("2026-11-01", date(2026, 11, 1)),
        ("1.11.", date(2026, 11, 1)),
        ("3. 2. 2027", date(2027, 2, 3)),
        ("3.2.", date(2027, 2, 3)),
        ("31.2.", None),
        ("bald", None),
        ("9" * 20, None),
        ("", None),
    ],
)
def test_a_day_is_a_date_or_a_number_of_days(typed: str, day: date | None):
    """A date as computers or as Germans write it; all else is none."""
    assert days.parse_day(typed, date(2026, 10, 14)) == day


@pytest.mark.parametrize("line", ["", "topic:a", "lang:de days:3 cloud", "topic:a source:b lang:de days:0 zwei worte"])
def test_filters_are_read_back(line: str):
    """What stands in the dialog is what was typed."""
    assert dialogs.format_filters(dialogs.parse_filters(line)) == line


def test_an_editor_that_does_not_start_leaves_note_and_screen(full: TinyEdition):
    """The reason stands at the bottom, the note is begun, and the desk goes on."""
    steps = [("3 von 3", "n"), ("does not start", "d"), ("1 von 1", "q")]
    at_screen(full, steps, VISUAL="", EDITOR="/nowhere/editor")
    assert list_inbox(full) == ["c"]
    assert len([*(full.root / "curation/notes").rglob("*.md")]) == 2


def test_stderr_in_a_file_gets_the_list(full: TinyEdition):
    """The screen is drawn on stderr; where that is no terminal, the stories are printed."""
    ours, theirs = pty.openpty()
    with (full.root / "log").open("wb") as log:
        subprocess.run([*PROGRAM, "inbox"], cwd=full.root, stdin=theirs, stdout=theirs, stderr=log, check=True)
    os.close(theirs)
    assert b"A Umstellung" in _read_until(ours, b"A Umstellung")
    os.close(ours)


def at_screen(tiny: TinyEdition, steps: Sequence[tuple[str, str]], **environment: str) -> bytes:
    """Run the desk at a real terminal: wait for each text on the screen, then type; return all that was printed."""
    ours, theirs = pty.openpty()
    variables = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"} | environment
    printed = b""
    with subprocess.Popen(
        [*PROGRAM, "inbox"], cwd=tiny.root, env=variables, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ) as process:
        os.close(theirs)
        try:
            for text, keys in steps:
                printed += _read_until(ours, text.encode())
                os.write(ours, keys.encode())
            process.wait(timeout=60)
        finally:
            process.kill()
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
    steps = [("3 von 3", "d"), ("2 von 2", "n"), ("1 von 1", "u"), ("rückgängig", "q")]
    printed = at_screen(full, steps, VISUAL="", EDITOR="")
    assert b"\x1b[31mroter" not in printed
    assert list_inbox(full) == ["b", "c"]
    assert [Path(path).stem for path in (full.root / "curation/notes").rglob("*.md")] == ["erste-notiz"]
