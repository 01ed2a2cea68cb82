"""Two editors on two clones: what git merges by itself, what it leaves to people, and what `check` says of that."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kuratorium.desk import check, inbox
from kuratorium.desk.triage import decisions
from tests.cli.program import kuratorium
from tests.editions import REPOSITORY, tiny_edition
from tests.intake.conftest import NOW, Desk, rss

ITEM, NOTES = "curation/inbox/2026-10-14-lange-nachricht-", "curation/notes/2026"
NOTE = f"{NOTES}/lange-nachricht.md"
BLOG = {"id": "amtsblog", "feed": "blog.xml", "topics": ["transformation"], "lang": "de", "site": "https://b.example/"}
Decide = Callable[[Desk], None]

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture
def editors(tmp_path: Path) -> tuple[Desk, Desk]:
    """Two clones of an edition with three items in its inbox."""
    first = Desk(tiny_edition(tmp_path).root)
    first.write("blog.xml", rss("lange-nachricht", "andere-meldung", "dritte"))
    first.follow(BLOG)
    shutil.copy(REPOSITORY / ".gitattributes", first.root)
    first.write(".gitignore", "var/\n.*~\n")
    first.pull()
    git(first.root, "init", "--quiet", "--initial-branch=main")
    commit(first)
    git(tmp_path, "clone", "--quiet", str(first.root), str(tmp_path / "second"))
    second = Desk(tmp_path / "second")
    return first, second


def merge(editors: tuple[Desk, Desk], first: Decide, second: Decide, *, is_turned: bool = False) -> Desk:
    """Let each editor decide and commit; return the clone in which one of them then merged the other's commit."""
    for desk, decide in zip(editors, (first, second), strict=True):
        decide(desk)
        commit(desk)
    desk, other = reversed(editors) if is_turned else editors
    git(desk.root, "pull", "--quiet", "--no-rebase", "--no-edit", str(other.root), "main", may_fail=True)
    return desk


def keep(words: str, title: str = "", author: str = "anna-berg", days: int = 0) -> Decide:
    """Return the decision to keep the long item as a note, with words and perhaps a title of its own."""

    def decide(desk: Desk) -> None:
        as_of = (NOW + timedelta(days=days)).isoformat()
        ran = kuratorium(desk.root, "note", get_item(desk).short_id, "--by", author, "--as-of", as_of)
        assert ran.returncode == 0, ran.stderr
        path = desk.root / NOTE
        text = path.read_text().partition("<!--")[0] + words + "\n"
        if title:
            slug = title.lower().replace(" ", "-")
            text = text.replace("title: lange-nachricht", f"title: {title}", 1)
            text = text.replace("slug: lange-nachricht", f"slug: {slug}")
            path.unlink()
            path = path.with_name(f"{slug}.md")
        path.write_text(text)

    return decide


def dismiss(desk: Desk) -> None:
    """Dismiss the long item."""
    decisions.dismiss_items(desk.root, [get_item(desk)])


def nominate(by: str) -> Decide:
    """Return the decision of somebody to nominate the long item."""
    return lambda desk: check_done(decisions.nominate_items(desk.root, [get_item(desk)], by, "gut"))


def put_off(days: int) -> Decide:
    """Return the decision to put the long item off."""
    day = (NOW + timedelta(days=days)).date()
    return lambda desk: check_done(decisions.postpone_items(desk.root, [get_item(desk)], day, NOW.date()))


def add_source(source_id: str, feed: str = "") -> Decide:
    """Return the decision to follow one more source, at the end of the list as the command adds it."""
    entry = f"\n- id: {source_id}\n  name: {source_id}\n  feed: https://{feed or source_id}.example/feed\n"
    return lambda desk: append(desk, "curation/sources.yaml", entry)


def set_policy(line: str) -> Decide:
    """Return the decision to set a key of the policy."""
    key = line.partition(":")[0]

    def decide(desk: Desk) -> None:
        path = desk.root / "curation/policy.yaml"
        text = re.sub(rf"^{key}:.*\n", "", path.read_text(), flags=re.MULTILINE)
        path.write_text(f"{line}\n{text}" if key in path.read_text() else f"{text}{line}\n")

    return decide


TOGETHER: dict[str, tuple[Decide, Decide]] = {
    "two dismissals": (dismiss, dismiss),
    "two nominations of one person": (nominate("Anna"), nominate("Anna")),
    "one source twice": (add_source("eins"), add_source("eins")),
    "two keys of the policy": (set_policy("quote_budget: 50"), set_policy("copied_words: 15")),
    "an item and another": (dismiss, lambda desk: desk.inbox[-1].unlink()),
}


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", TOGETHER)
def test_decisions_that_agree_merge(editors: tuple[Desk, Desk], name: str, is_turned: bool) -> None:
    """Whoever merges, git has nothing to ask, and the edition is valid."""
    desk = merge(editors, *TOGETHER[name], is_turned=is_turned)
    assert git(desk.root, "status", "--porcelain") == ""
    assert check.run_checks(desk.root).errors == ()


APART: dict[str, tuple[Decide, Decide, str, str, str]] = {
    "one item kept by two": (
        keep("Lesenswert, weil A."),
        keep("Gut, weil B.", author="carl-dorn", days=1),
        NOTE,
        "zwei haben denselben Eintrag behalten",
        f"dann: git add {NOTE}",
    ),
    "one item kept by two under two titles": (
        keep("Lesenswert, weil A.", "Erster Titel"),
        keep("Gut, weil B.", "Ganz anderer", days=1),
        f"{NOTES}/erster-titel.md",
        f"jede Seite unter eigenem Titel; die andere Notiz ist {NOTES}/ganz-anderer.md",
        f"git add {NOTES}/erster-titel.md",
    ),
    "kept and dismissed": (
        keep("Lesenswert."),
        dismiss,
        NOTE,
        "eine Seite hat diesen Eintrag als Notiz behalten, die andere hat ihn verworfen",
        f"Soll die Notiz bleiben: git add {NOTE}. Soll sie weg: git rm {NOTE}",
    ),
    "nominated by two": (
        nominate("Anna"),
        nominate("Carl"),
        ITEM,
        "beide Seiten haben über diesen Eintrag entschieden",
        "git show MERGE_HEAD:./curation/inbox/",
    ),
    "put off to two days": (
        put_off(3),
        put_off(5),
        ITEM,
        "die Datei hat nur eine der Entscheidungen",
        "git show MERGE_HEAD:./curation/inbox/",
    ),
    "nominated and dismissed": (
        nominate("Anna"),
        dismiss,
        ITEM,
        "die andere hat ihn vom Tisch genommen",
        "Soll er weg: git rm curation/inbox/",
    ),
    "nominated and kept": (nominate("Anna"), keep("Lesenswert."), NOTE, "", ""),
    "two sources": (
        add_source("eins"),
        add_source("zwei"),
        "curation/sources.yaml",
        "beide Seiten haben die Liste der Quellen geändert",
        "jeden mit eigener id",
    ),
    "one key of the policy": (
        set_policy("quote_budget: 50"),
        set_policy("quote_budget: 70"),
        "curation/policy.yaml",
        "beide Seiten haben dieselben Zeilen geändert",
        "git add curation/policy.yaml",
    ),
}


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", APART)
def test_decisions_that_collide_are_explained(editors: tuple[Desk, Desk], name: str, is_turned: bool) -> None:
    """Whoever merges, `check` names the file, what collided and the command, also where git wrote no marker."""
    first, second, file, message, hint = APART[name]
    desk = merge(editors, first, second, is_turned=is_turned)
    assert git(desk.root, "ls-files", "--unmerged") != ""
    told = [problem for problem in check.run_checks(desk.root).errors if problem.file.startswith(file)]
    assert [item for item in told if message in f"{item.message} {item.hint}" and hint in item.hint], told
    assert len({item.file for item in told}) == len(told)  # one error per file


@pytest.mark.parametrize("is_turned", [False, True])
def test_two_notes_on_one_item_are_never_silent(editors: tuple[Desk, Desk], is_turned: bool) -> None:
    """Who commits what git left has two notes with one uid, which no build accepts."""
    first, second, *_ = APART["one item kept by two under two titles"]
    desk = merge(editors, first, second, is_turned=is_turned)
    commit(desk)
    errors = check.run_checks(desk.root).errors
    assert [error.hint for error in errors] == [
        "Two editors kept the same item: keep one of the notes, with what is right of both."
    ]


def test_two_notes_on_one_address_are_told(editors: tuple[Desk, Desk]) -> None:
    """From the address of a page, each note has a uid of its own; a year later a second one is a decision."""
    works = [{"url": "https://x.example/a", "title": "Werk"}]
    desk = merge(
        editors,
        lambda desk: check_done(desk.note("eins", bookmark_of=works, uid="u000000000000101")),
        lambda desk: check_done(desk.note("zwei", bookmark_of=works, uid="u000000000000102", date=NOW.isoformat())),
    )
    desk.note("alt", bookmark_of=works, uid="u000000000000103", date="2025-10-01T08:00:00+02:00")
    assert [item for item in check.run_checks(desk.root).warnings if "dasselbe Werk" in item.message] == []
    path = desk.note("zwei", bookmark_of=works, uid="u000000000000102", date="2026-10-03T08:00:00+02:00")
    (warning,) = [item for item in check.run_checks(desk.root).warnings if "dasselbe Werk" in item.message]
    assert (warning.file, warning.message) == (
        path.relative_to(desk.root).as_posix(),
        f"{NOTES}/eins.md empfiehlt in denselben Tagen dasselbe Werk",
    )


@pytest.mark.parametrize("is_turned", [False, True])
def test_seen_files_unite_whoever_merges(editors: tuple[Desk, Desk], is_turned: bool) -> None:
    """Both pulled on other days; afterwards nothing is new for anybody, and no line is lost."""
    desk = merge(editors, pull_later(1), pull_later(4), is_turned=is_turned)
    assert git(desk.root, "status", "--porcelain") == ""
    assert desk.pull(now=NOW + timedelta(days=5)).new == 0
    assert check.run_checks(desk.root).errors == ()


@pytest.mark.parametrize("left", ["", "markers"])
def test_a_forge_that_ignores_the_attributes_loses_nothing(editors: tuple[Desk, Desk], left: str) -> None:
    """It asks; with the lines of both sides nothing comes back, and markers that stay are an error of `check`."""
    for desk in editors:
        (desk.root / ".gitattributes").unlink()
    desk = merge(editors, pull_later(1), pull_later(4))
    path = desk.root / "curation/seen/amtsblog.txt"
    (marker,) = [item for item in check.run_checks(desk.root).errors if item.file.endswith("amtsblog.txt")]
    assert "wie .gitattributes es sagt" in marker.hint
    assert marker.message.startswith("the merge is not finished")
    if not left:
        lines = [line for line in path.read_text().splitlines() if not re.match(r"[<=>|]{7}", line)]
        path.write_text("".join(f"{line}\n" for line in lines))
    commit(desk)
    assert desk.pull(now=NOW + timedelta(days=5)).new == 0
    assert [item.line for item in check.run_checks(desk.root).errors] == ([] if not left else [marker.line])


def pull_later(days: int) -> Decide:
    """Return the pull of a feed with three more entries, on a later day."""

    def decide(desk: Desk) -> None:
        desk.write("blog.xml", rss("fuenf", "sechs", "sieben", "lange-nachricht", "andere-meldung", "dritte"))
        assert desk.pull(now=NOW + timedelta(days=days)).new == 3

    return decide


def get_item(desk: Desk) -> inbox.InboxItem:
    """Return the item with the long title."""
    return next(item for item in inbox.read_inbox(desk.root)[0] if item.meta.title == "lange-nachricht")


def append(desk: Desk, file: str, text: str) -> None:
    """Add text at the end of a file."""
    path = desk.root / file
    path.write_text(path.read_text() + text)


def check_done(result: object) -> None:
    """Let an expression with a result stand in the place of a decision."""
    assert result


def commit(desk: Desk) -> None:
    """Commit everything."""
    git(desk.root, "add", "--all")
    git(desk.root, "commit", "--quiet", "--allow-empty", "-m", "x")


def git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    """Run git in a folder as somebody, and return what it prints; a merge with conflicts fails."""
    someone = ["-c", "user.name=x", "-c", "user.email=x@x.example"]
    result = subprocess.run(
        ["git", *someone, *arguments], cwd=folder, check=not may_fail, capture_output=True, text=True
    )
    return result.stdout
