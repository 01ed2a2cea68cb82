"""Pulls beside editors who save and delete files, a second clone, hostile documents, a wrong clock."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuratorium.intake.archive import Archive
from kuratorium.intake.context import PullOptions
from kuratorium.intake.schedule import SourceState
from tests.editions import POLICY, REPOSITORY
from tests.intake.conftest import BLOG, NOW, Desk, rss
from tests.intake.web import Web, respond

ENTRIES = 40
# Saves, or deletes, one inbox file after the other, again and again, and prints how many of both it did.
_EDITOR = """
import json, os, random, sys, time
folder, moments, saved, deleted = sys.argv[1], random.Random(7), {}, []
names = sorted(os.listdir(folder))
print("ready", flush=True)
count = 0
for name in names:
    for _ in range(moments.randrange(1, 4)):
        time.sleep(moments.random() * 0.012)
        path, count = f"{folder}/{name}", count + 1
        if moments.random() < 0.3:
            os.unlink(path)
            deleted.append(name)
            saved.pop(name, None)
            break
        saved[name] = open(path).read() + f"Words {count}.\\n"
        if moments.random() < 0.5:
            open(path, "w").write(saved[name])
        else:
            open(f"{folder}/.{name}", "w").write(saved[name])
            os.replace(f"{folder}/.{name}", path)
print(json.dumps([count, saved, deleted]))
"""


def test_no_save_is_lost_and_no_dismissal_undone(desk: Desk) -> None:
    """While pulls rewrite all inbox files, an editor saves and deletes them; each save and deletion stays."""
    desk.follow(BLOG)
    titles = [f"t{number}" for number in range(ENTRIES)]
    desk.write("blog.xml", rss("first"))
    desk.pull()
    _write_version(desk, titles, 0)
    assert desk.pull().new == ENTRIES
    with subprocess.Popen(
        [sys.executable, "-c", _EDITOR, str(desk.root / "curation/inbox")], stdout=subprocess.PIPE, text=True
    ) as editor:
        assert editor.stdout
        assert editor.stdout.readline() == "ready\n"
        version, updated = 0, 0
        while editor.poll() is None:
            version += 1
            _write_version(desk, titles, version)
            updated += desk.pull().updated

        count, saved, deleted = json.loads(editor.stdout.read())
    files = {path.name: path.read_text() for path in desk.inbox}
    lost = [name for name, text in saved.items() if files.get(name) != text]
    undone = [name for name in deleted if name in files]
    print(f"{count} saves and deletions during {version} pulls, {updated} updates: {len(lost) + len(undone)} lost")
    assert (lost, undone) == ([], [])
    assert updated > 0


def _write_version(desk: Desk, titles: list[str], version: int) -> None:
    feed = rss(*titles)
    for title in titles:
        feed = feed.replace(f"<title>{title}<".encode(), f"<title>{title} v{version}<".encode())
    desk.write("blog.xml", feed)


def git(folder: Path, *words: str) -> str:
    """Run git in a folder; returns what it prints."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@a.example", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def clone_desk(desk: Desk, folder: Path) -> Desk:
    """Put a desk under version control, and return a clone of it."""
    git(desk.root, "init", "-q")
    git(desk.root, "add", "-A")
    git(desk.root, "commit", "-qm", "begin")
    git(desk.root, "clone", "-q", str(desk.root), str(folder))
    return Desk(folder)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_two_clones_that_pull_the_same_entries_merge(desk: Desk, tmp_path: Path) -> None:
    """Pulled on other days, with another policy and order of sources, the same entries merge without a conflict."""
    shutil.copy(REPOSITORY / ".gitattributes", desk.root)
    desk.write(".gitignore", "var/\n")
    desk.write("blog.xml", rss("old"))
    desk.write("planet.xml", rss("old"))
    sources = ({**BLOG, "site": "https://planet.example/"}, {"id": "planet", "feed": "planet.xml"})
    desk.follow(*sources)
    desk.pull()
    other = clone_desk(desk, tmp_path / "other")
    undated = b"<item><title>Undated</title><guid>u</guid><link>https://blog.example/u</link></item></channel>"
    for clone, days in ((desk, 1), (other, 4)):
        clone.write("blog.xml", rss("new", "old").replace(b"</channel>", undated))
        clone.write("planet.xml", rss("new", "old"))
        if clone is other:
            clone.follow(*reversed(sources))
            clone.yaml("policy", {**POLICY, "quote_budget": 7})
        assert clone.pull(now=NOW + timedelta(days=days)).new == 3
        git(clone.root, "add", "-A", "curation/inbox", "curation/seen", "*.xml")
        git(clone.root, "commit", "-qm", "pull")
    git(desk.root, "pull", "-q", "--no-rebase", "--no-edit", str(other.root), "HEAD")
    assert len(desk.inbox) == 3
    assert git(desk.root, "status", "--porcelain") == ""
    report = desk.pull(now=NOW + timedelta(days=5), options=PullOptions(ignore_schedule=True))
    assert (report.new, report.joined, report.failed_results) == (0, 0, ())


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_dismissal_merges_with_what_came_in(desk: Desk, tmp_path: Path) -> None:
    """Of two clones one dismisses an item; in the feed titles change, entries are added, and both pull.

    Whichever clone merges, the item stays away, all others are whole, and git finds nothing to decide.
    """
    shutil.copy(REPOSITORY / ".gitattributes", desk.root)
    desk.write(".gitignore", "var/\n")
    desk.follow(BLOG)
    desk.write("blog.xml", rss("first", "second", "third", "fourth", "fifth"))
    desk.pull()
    other = clone_desk(desk, tmp_path / "other")
    dismissed = next(path for path in other.inbox if "third" in path.name)
    dismissed.unlink()
    for clone in (desk, other):
        feed = rss("sixth", "seventh", "first", "second", "third", "fourth", "fifth")
        clone.write("blog.xml", feed.replace(b"</title><link>", b" again</title><link>"))
        clone.pull()
        git(clone.root, "add", "-A", "curation/inbox", "curation/seen", "*.xml")
        git(clone.root, "commit", "-qm", "pull")
    expected = {path.name: path.read_text() for path in other.inbox}
    assert len(expected) == 6
    mine = git(desk.root, "rev-parse", "HEAD").strip()
    git(desk.root, "pull", "-q", "--no-rebase", "--no-edit", str(other.root), "HEAD")
    git(other.root, "pull", "-q", "--no-rebase", "--no-edit", str(desk.root), mine)
    for clone in (desk, other):
        assert {path.name: path.read_text() for path in clone.inbox} == expected
        assert git(clone.root, "status", "--porcelain") == ""


HOSTILE = {
    "number": b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "n": ' + b"9" * 6_000 + b"}",
    "brackets": b"[" * 200_000,
    "markup": b"<!doctype html><html><![ 7",
    "nested": b"<!doctype html>" + b"<div>" * 9_000,
    "surrogate": b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "\\ud83d", "title": "\\udc00 x"}]}',
    "entities": b"<!DOCTYPE rss [" + b"<!ENTITY b " * 20_000,
}


def test_a_hostile_document_fails_alone(desk: Desk) -> None:
    """Whatever is wrong with a document, its source is one failure with a reason, and all others are pulled."""
    for name, data in HOSTILE.items():
        desk.write(f"{name}.xml", data)
    desk.write("blog.xml", rss("a"))
    os.mkfifo(desk.root / "fifo.xml")
    desk.follow(*({"id": name, "feed": f"{name}.xml"} for name in (*HOSTILE, "fifo")), BLOG)
    report = desk.pull()
    results = {result.id: result for result in report.results}
    assert results["blog"].new == 1
    failed = {result.id: result.words for result in report.failed_results}
    assert {"number", "brackets", "markup", "fifo"} <= failed.keys() <= {*HOSTILE, "fifo"}
    assert all(failed.values())
    assert "too long" in failed["number"]
    assert report.exit_code == 1


BROKEN_ITEMS = {
    "mapping": "reasons: [Stichwort: open source]",
    "loop": "reasons: &r [*r]",
    "bomb": "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]" for n in range(1, 12))]),
    "brackets": "reasons: " + "[" * 50_000,
    "references": "also_in: [1, {source: 2}]",
}


@pytest.mark.parametrize("name", BROKEN_ITEMS)
def test_a_broken_inbox_file_is_left_alone(desk: Desk, name: str) -> None:
    """An inbox file whose front matter is hostile or mistaken ends no pull of a fresh clone, and stays as it is."""
    desk.write("blog.xml", rss("a"))
    desk.write("planet.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    (path,) = desk.inbox
    text = path.read_text().replace("---\n\n", f"{BROKEN_ITEMS[name]}\n---\n\n")
    path.write_text(text)
    os.mkfifo(desk.root / "curation/inbox/fifo.md")
    shutil.rmtree(desk.root / "var")
    desk.follow(BLOG, {"id": "planet", "feed": "planet.xml"})
    desk.write("blog.xml", rss("a").replace(b"<title>a", b"<title>b"))
    report = desk.pull(now=NOW + timedelta(days=60))
    assert (report.failed_results, path.read_text()) == ((), text)


def test_a_pull_with_a_wrong_clock_silences_nothing(desk: Desk, web: Web) -> None:
    """After a pull with the clock in 2030, the sources are due again, and nothing of the inbox has expired."""
    web.answers["/feed"] = respond(rss("a"), cache_control="max-age=86400")
    web.answers["/busy"] = respond(status=503, retry_after="3600")
    desk.follow({"id": "blog", "feed": f"{web.address}/feed"}, {"id": "busy", "feed": f"{web.address}/busy"})
    today = NOW.astimezone(UTC)
    desk.pull(clock=lambda: today)
    wrong = datetime(2030, 1, 1, tzinfo=UTC)
    assert desk.pull(now=wrong, clock=lambda: wrong).expired == 0
    assert len(desk.inbox) == 1
    report = desk.pull(clock=lambda: today + timedelta(hours=1))
    assert {result.id: result.status for result in report.results} == {"blog": "unchanged", "busy": "failed"}
    state = desk.state("blog")
    assert state.next_due
    assert state.next_due < today + timedelta(days=8)


def aged(*days: int) -> bytes:
    """Return a feed of entries that were published so many days before NOW."""
    feed = rss(*(f"d{number}" for number in days))
    for place, number in enumerate(days):
        old, new = NOW - timedelta(hours=place + 1), NOW - timedelta(days=number)
        feed = feed.replace(
            f"{old.astimezone(UTC):%d %b %Y %H:%M:%S} +0000".encode(), f"{new:%d %b %Y %H:%M:%S %z}".encode()
        )
    return feed


def test_what_a_first_pull_in_the_future_called_too_old_is_open_again(desk: Desk, web: Web) -> None:
    """With the clock back, the first pull is made anew, also if the server says that nothing changed.

    What is too old by the right clock, too, stays away for good.
    """
    web.answers["/feed"] = respond(aged(0, 3, 13, 20), etag='"1"')
    desk.follow({"id": "blog", "feed": f"{web.address}/feed"})
    wrong = datetime(2030, 1, 1, tzinfo=UTC)
    assert desk.pull(now=wrong, clock=lambda: wrong).new == 0
    for hours in (1, 2):
        desk.pull(clock=lambda hours=hours: NOW + timedelta(hours=hours))
        assert desk.metas().keys() == {"d0", "d3", "d13"}
        assert all(" 2026-10-14 " in line for line in desk.seen("blog"))


def test_what_came_in_while_the_clock_was_reset_stays(desk: Desk) -> None:
    """Entries that a pull of 2001 brought get their dates when the clock is back, and do not expire by that year."""
    desk.follow(BLOG)
    desk.write(
        "blog.xml",
        aged(0, 3).replace(
            b"</channel>", b"<item><title>undated</title><link>https://blog.example/u</link></item></channel>"
        ),
    )
    wrong = datetime(2001, 1, 1, tzinfo=UTC)
    assert desk.pull(now=wrong, clock=lambda: wrong).new == 3
    assert "published" not in desk.inbox[0].read_text()
    for days in (0, 1, 2):
        now = NOW + timedelta(days=days)
        assert desk.pull(now=now, clock=lambda now=now: now).expired == 0
    assert sorted(str(meta.date)[:4] for meta in desk.metas().values()) == ["0001", "2026", "2026"]


def test_nothing_expires_by_a_date_that_has_not_come(desk: Desk) -> None:
    """`--as-of` a later year removes nothing from the inbox or the archive."""
    desk.follow(BLOG)
    desk.write("blog.xml", rss("Haushalt"))
    for now in (NOW, NOW + timedelta(days=900), NOW + timedelta(days=901)):
        assert desk.pull(now=now, clock=lambda: NOW).expired == 0
    with Archive(desk.root) as archive:
        assert archive.search("Haushalt")


@pytest.mark.parametrize("without_archive", [False, True], ids=["archive", "no archive"])
def test_a_clock_that_jumps_ahead_lets_nothing_expire_that_day(desk: Desk, without_archive: bool) -> None:
    """However often the sources are pulled in 2030, items stay until the clock can have been set."""
    desk.follow(BLOG)
    desk.write("blog.xml", rss("a"))
    desk.pull(clock=lambda: NOW)
    if without_archive:
        shutil.rmtree(desk.root / "var")
    for minutes in (0, 10, 20):
        wrong = datetime(2030, 1, 1, 8, minutes, tzinfo=UTC)
        assert desk.pull(now=wrong, clock=lambda wrong=wrong: wrong).expired == 0


def test_a_due_time_beyond_its_limit_is_not_believed(desk: Desk, web: Web) -> None:
    """A stored due time or Retry-After that is further away than it can be is as good as none."""
    web.answers["/feed"] = respond(rss("a"))
    address = f"{web.address}/feed"
    desk.follow({"id": "blog", "feed": address})
    far = datetime(2031, 5, 1, tzinfo=UTC)
    for state in (
        SourceState(address=address, next_due=far, last_success=far),
        SourceState(address=address, not_before=far),
        SourceState(address=address, next_due=datetime(9999, 1, 1, tzinfo=UTC), gone_since=far, last_error="gone"),
    ):
        with Archive(desk.root) as archive:
            archive.store_states({"blog": state})
        (result,) = desk.pull().results
        assert result.status in {"new", "unchanged"}
