"""What becomes of an inbox item that two clones pulled, and that one of them dismissed before both were merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kuratorium.desk.check import run_checks
from kuratorium.desk.inbox import InboxItem, read_inbox
from kuratorium.desk.triage import decisions, undo
from tests.intake.conftest import BLOG, NOW, Desk, rss
from tests.intake.test_pull_shards import clone, commit, git

TITLES = ("neu", "weiter")
LATER_PULL = NOW + timedelta(hours=2)


def item_names(desk: Desk) -> list[str]:
    """Return the titles of the inbox items of a clone."""
    return sorted(desk.metas())


def find(desk: Desk, title: str) -> InboxItem:
    """Return the inbox item with this title."""
    return next(item for item in read_inbox(desk.root)[0] if item.meta.title == title)


def merge(desk: Desk, other: Desk) -> None:
    """Commit in both clones, and merge the other one."""
    commit(desk.root)
    commit(other.root)
    git(desk.root, "fetch", "--quiet", str(other.root), "HEAD")
    git(desk.root, "merge", "--quiet", "--no-edit", "FETCH_HEAD")


@pytest.fixture
def clones(desk: Desk, tmp_path: Path) -> tuple[Desk, Desk]:
    """Return two clones that have pulled the same two new entries, and have committed neither."""
    desk.follow(BLOG)
    desk.write("blog.xml", rss("alt"))
    desk.write(".gitattributes", "curation/seen/*.txt merge=union\ncuration/inbox/*.md -merge\n")
    desk.write(".gitignore", "var/\n")
    desk.pull()
    git(desk.root, "init", "--quiet", "--initial-branch=main")
    desk.write("blog.xml", rss(*TITLES, "alt"))
    commit(desk.root)
    first, second = clone(desk.root, tmp_path / "first"), clone(desk.root, tmp_path / "second")
    for copy in (first, second):
        copy.pull(now=LATER_PULL)
        assert item_names(copy) == ["alt", *TITLES]
    return first, second


def dismiss(desk: Desk) -> None:
    """Dismiss the new item by the command."""
    decisions.dismiss_items(desk.root, [find(desk, "neu")])


def delete(desk: Desk) -> None:
    """Delete the file of the new item by hand; the next pull learns of it."""
    (desk.root / find(desk, "neu").file).unlink()
    desk.pull(now=LATER_PULL)


@pytest.mark.parametrize("way", [dismiss, delete])
def test_what_one_clone_dismissed_goes_from_both(clones: tuple[Desk, Desk], way: Callable[[Desk], None]) -> None:
    """Git brings back a file that one clone never committed; `check` tells, and the next pull removes it again."""
    first, second = clones
    way(second)
    merge(second, first)
    assert item_names(second) == ["alt", *TITLES]
    findings = {finding.rule: finding.problem for finding in run_checks(second.root).findings}
    assert findings["dismissed-items"].file == find(second, "neu").file
    report = second.pull(now=LATER_PULL)
    assert (report.dismissed, report.new, report.warnings) == (1, 0, ())
    assert item_names(second) == ["alt", "weiter"]
    merge(first, second)
    first.pull(now=LATER_PULL)
    second.pull(now=LATER_PULL)
    commit(second.root)
    assert item_names(first) == item_names(second) == ["alt", "weiter"]
    assert first.seen_lines("blog") == second.seen_lines("blog")


def test_a_dismissal_needs_no_commit_of_the_other_clone(clones: tuple[Desk, Desk]) -> None:
    """The clone that has the file removes it as soon as it learns of the dismissal."""
    first, second = clones
    dismiss(second)
    merge(first, second)
    assert item_names(first) == ["alt", *TITLES]
    assert first.pull(now=LATER_PULL).dismissed == 1
    assert item_names(first) == ["alt", "weiter"]


def nominate(desk: Desk) -> None:
    """Propose the new item to the others."""
    decisions.nominate_items(desk.root, [find(desk, "neu")], "Anna", "gut")


def keep(desk: Desk) -> None:
    """Make a note of the new item by hand."""
    path = desk.root / find(desk, "neu").file
    desk.write("curation/notes/neu.md", f"{path.read_text()}Meine Worte.\n")
    path.unlink()


@pytest.mark.parametrize("way", [nominate, keep])
def test_what_one_clone_dismissed_and_the_other_kept_is_kept_and_told(
    clones: tuple[Desk, Desk], way: Callable[[Desk], None]
) -> None:
    """Nobody's work is lost: the pull says so once, and the mark goes."""
    first, second = clones
    dismiss(second)
    way(first)
    kept = {name: data for name, data in first.files().items() if b"title: neu" in data}
    merge(first, second)
    report = first.pull(now=LATER_PULL)
    assert report.dismissed == 0
    (warning,) = report.warnings
    assert "was dismissed by one editor and kept by another" in warning
    assert {name: data for name, data in first.files().items() if b"title: neu" in data} == kept
    assert not any(line.endswith("dismissed") for line in first.seen_lines("blog"))
    assert first.pull(now=LATER_PULL).warnings == ()
    merge(second, first)
    second.pull(now=LATER_PULL)
    assert {name: data for name, data in second.files().items() if b"title: neu" in data} == kept


def test_an_undone_dismissal_leaves_no_mark(clones: tuple[Desk, Desk]) -> None:
    """The seen file is as it was, and the file stays in both clones."""
    _, second = clones
    before = second.files()
    dismiss(second)
    assert second.seen_lines("blog") != before["curation/seen/blog.txt"].decode().splitlines()
    undo.undo_last(second.root)
    assert second.files() == before
    assert second.pull(now=LATER_PULL).dismissed == 0
    assert second.files() == before


def test_a_deletion_by_hand_is_undone_by_the_command(clones: tuple[Desk, Desk]) -> None:
    """Also after a pull has marked it, with the file of the last commit."""
    first, _ = clones
    commit(first.root)
    item = find(first, "neu")
    before = first.files()
    delete(first)
    undo.undo_item(first.root, item.meta.uid)
    assert first.files() == before


def test_a_dismissal_asks_no_feed_anew(clones: tuple[Desk, Desk]) -> None:
    """The mark is no reason to fetch a feed that has not changed."""
    _, second = clones
    state = second.state("blog")
    dismiss(second)
    second.pull(now=LATER_PULL)
    assert second.state("blog").seen_digest == state.seen_digest


def test_both_sides_of_a_seen_file_are_read_wherever_they_stand(clones: tuple[Desk, Desk]) -> None:
    """A forge that knows no merge=union may leave lines twice and in any order: the mark counts all the same."""
    _, second = clones
    text = (second.root / find(second, "neu").file).read_text()
    name = find(second, "neu").file
    dismiss(second)
    lines = second.seen_lines("blog")
    second.write("curation/seen/blog.txt", "".join(f"{line}\n" for line in [*reversed(lines), *lines]))
    second.write(name, text)
    report = second.pull(now=LATER_PULL)
    assert (report.dismissed, report.new) == (1, 0)
    assert item_names(second) == ["alt", "weiter"]


def test_a_second_work_of_a_note_is_not_dismissed(clones: tuple[Desk, Desk]) -> None:
    """Its inbox file is gone, but its entry is kept: the pull marks nothing, and has nothing to tell."""
    first, _ = clones
    item, other = find(first, "neu"), find(first, "weiter")
    text = (first.root / item.file).read_text()
    work = f"- {{url: '{other.work.url}', title: weiter, source: blog, item: '{other.work.item}'}}\n"
    first.write(
        "curation/notes/neu.md", f"{text.replace('bookmark_of:', f'bookmark_of:{chr(10)}{work}'.rstrip())}Worte.\n"
    )
    for file in (item.file, other.file):
        (first.root / file).unlink()
    assert first.pull(now=LATER_PULL).warnings == ()
    assert first.seen_lines("blog") == first.seen("blog")
