from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from kuratorium import frontmatter
from kuratorium.errors import UsageError
from kuratorium.intake.report import Result
from kuratorium.model import FrontMatter
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, says

BLOG = {"id": "blog", "feed": "blog.xml", "topics": ["transformation"], "lang": "de"}


def test_new_entries_reach_the_inbox(desk: Desk) -> None:
    """A pull writes an inbox file and a seen line per new entry, and tells what it did."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    report = desk.pull()
    (result,) = report.results
    assert (result.status, result.entries, result.new, result.held_back) == ("new", 2, 2, 0)
    assert (result.bytes, result.reason, result.words) == (len(rss("b", "a")), "", "")
    assert (report.new, report.entries, report.held_back, report.failed, report.exit_code) == (2, 2, 0, (), 0)
    titles = {frontmatter.read(path.name, path.read_text(), FrontMatter)[0].title for path in desk.inbox}
    assert titles == {"a", "b"}
    assert sorted(line[17:] for line in desk.seen("blog")) == [
        "2026-10-14 https://blog.example/a",
        "2026-10-14 https://blog.example/b",
    ]
    assert desk.seen("blog") == sorted(desk.seen("blog"))


def test_pulling_twice_delivers_nothing_twice(desk: Desk) -> None:
    """The second pull of the same feed changes no file; a third delivers only what has come since."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    before = desk.files()
    assert (desk.pull().new, desk.files()) == (0, before)
    desk.write("blog.xml", rss("c", "b", "a"))
    assert desk.pull().new == 1
    assert len(desk.inbox) == 3


def test_a_deleted_inbox_file_stays_dismissed(desk: Desk) -> None:
    """Deleting a file dismisses its entry for good."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    desk.inbox[0].unlink()
    assert desk.pull().new == 0
    assert len(desk.inbox) == 1


def test_without_seen_the_desk_is_known(desk: Desk) -> None:
    """An entry with an inbox file or a note is known though its seen line is lost, and gets the line back."""
    desk.write("blog.xml", rss("c", "b", "a"))
    desk.follow(BLOG)
    desk.pull()
    note, other, _ = desk.inbox
    (desk.root / "curation/notes/2026").mkdir(parents=True)
    note.rename(desk.root / "curation/notes/2026/a.md")
    text = other.read_text()
    other.write_text(text.replace(text.splitlines()[1], "uid: another-uid"))  # then its item tells
    lines = desk.seen("blog")
    (desk.root / "curation/seen/blog.txt").unlink()
    assert desk.pull().new == 0
    assert desk.seen("blog") == lines


def test_first_pull_is_the_baseline(desk: Desk) -> None:
    """Of an archive the newest ten are delivered; the rest are seen, and stay so."""
    desk.write("blog.xml", rss(*"nmlkjihgfedc"))
    desk.follow(BLOG)
    report = desk.pull()
    assert (report.new, report.held_back, len(desk.inbox), len(desk.seen("blog"))) == (10, 2, 10, 12)
    assert desk.pull().new == 0
    desk.write("blog.xml", rss(*"zyxwvutsrqponmlkjihgfedc"))
    assert (desk.pull().new, len(desk.inbox)) == (12, 22)


def test_what_a_filter_drops_is_seen(desk: Desk) -> None:
    """A dropped entry is counted, remembered and not delivered."""
    desk.write("blog.xml", rss("Werbung", "a"))
    desk.follow({**BLOG, "drop": {"words": ["werbung"]}})
    (result,) = desk.pull().results
    assert (result.new, result.dropped, len(desk.seen("blog"))) == (1, 1, 2)


def test_a_failing_source_does_not_stop_the_others(desk: Desk, web: Web) -> None:
    """Each failure is a result with its reason; the others deliver; the exit code is 1; progress hears of each."""
    web.answers["/gone"] = says(status=404)
    desk.write("blog.xml", rss("a"))
    desk.write("page.xml", "<!doctype html><title>x</title>")
    desk.follow(
        {"id": "gone", "feed": f"{web.address}/gone"},
        {"id": "missing", "feed": "missing.xml"},
        {"id": "page", "feed": "page.xml"},
        BLOG,
    )
    heard: list[Result] = []
    report = desk.pull(progress=heard.append)
    assert [(one.id, one.status, one.reason) for one in report.results] == [
        ("gone", "failed", "not-found"),
        ("missing", "failed", "not-found"),
        ("page", "failed", "html"),
        ("blog", "new", ""),
    ]
    assert report.results[1].words == "there is no file missing.xml"
    assert {one.id for one in heard} == {"gone", "missing", "page", "blog"}
    assert (len(report.failed), report.exit_code) == (3, 1)


def test_a_source_that_opted_out_is_not_fetched(desk: Desk, web: Web) -> None:
    """Who does not want to be pulled is not asked."""
    desk.follow({"id": "shy", "feed": f"{web.address}/", "rights": {"opt_out": True}})
    report = desk.pull()
    assert [(one.status, one.reason) for one in report.results] == [("skipped", "opt-out")]
    assert (web.asked, report.exit_code) == ([], 0)


def test_an_unchanged_feed_is_not_sent_again(desk: Desk, web: Web) -> None:
    """Validators are kept between pulls; an edited address, or a lost var/, voids them."""
    web.answers["/feed"] = says(rss("a"), etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().new == 1
    web.answers["/feed"] = says(status=304)
    (result,) = desk.pull().results
    assert (result.status, result.bytes) == ("unchanged", 0)
    assert [asked.headers.get("if-none-match") for asked in web.asked] == [None, '"1"']
    (desk.root / "var/http/blog.json").write_text("{")
    web.answers["/feed"] = web.answers["/moved"] = says(rss("b", "a"), etag='"2"')
    assert desk.pull().new == 1
    desk.follow({**BLOG, "feed": f"{web.address}/moved"})
    assert desk.pull().new == 0
    assert [asked.headers.get("if-none-match") for asked in web.asked[2:]] == [None, None]


def test_validators_are_kept_only_when_all_is_written(desk: Desk, web: Web) -> None:
    """A feed that could not be read is asked for again without conditions."""
    web.answers["/feed"] = says(b"<!doctype html>", etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().exit_code == 1
    web.answers["/feed"] = says(rss("a"), etag='"1"')
    assert desk.pull().new == 1
    assert "if-none-match" not in web.asked[1].headers


def test_retry_after_is_honoured(desk: Desk, web: Web) -> None:
    """A server that asks for patience is left alone until its time is over, by the machine's clock."""
    clock = datetime(2026, 1, 1, 12, tzinfo=UTC)
    web.answers["/feed"] = says(status=429, retry_after="600")
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    (result,) = desk.pull(clock=lambda: clock).results
    assert (result.status, result.reason) == ("failed", "too-many-requests")
    web.answers["/feed"] = says(rss("a"))
    (result,) = desk.pull(clock=lambda: clock + timedelta(seconds=599)).results
    assert (result.status, result.reason) == ("skipped", "retry-after")
    assert result.words == "the server asked to be left alone until 2026-01-01 12:10 UTC"
    assert len(web.asked) == 1
    assert desk.pull(clock=lambda: clock + timedelta(seconds=600)).new == 1


def test_only_some_sources(desk: Desk) -> None:
    """A pull may be of some sources only; an id that is none is answered with the nearest."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG, {"id": "other", "feed": "none.xml"})
    assert [one.id for one in desk.pull(only=["blog"]).results] == ["blog"]
    with pytest.raises(UsageError) as caught:
        desk.pull(only=["blgo"])
    assert str(caught.value) == "«blgo» is no source in curation/sources.yaml. Did you mean «blog»?"


def test_no_sources(desk: Desk) -> None:
    """An edition that follows nobody has nothing to pull, and that is fine."""
    report = desk.pull()
    assert (report.results, report.exit_code) == ((), 0)


def test_entries_that_say_nothing_are_passed_over(desk: Desk) -> None:
    """An entry without any text, or without any address to read it at, is counted and told of."""
    desk.write(
        "blog.xml", b"<rss version='2.0'><channel><title>x</title><item/><item><title>a</title></item></channel></rss>"
    )
    desk.follow(BLOG)
    (result,) = desk.pull().results
    assert (result.status, result.entries, result.new) == ("unchanged", 2, 0)
    assert result.words == "2 entries say nothing, or have no link while the source has no site: passed over"


def test_a_hostile_feed_writes_nowhere_else(desk: Desk) -> None:
    """Whatever the titles are, the files are in the inbox, and whole."""
    feed = (desk.root.parents[0] / "feed.xml").resolve()
    feed.write_bytes(rss("../../../../../../tmp/x", "..", "/etc/passwd", "a" * 5000, "CON", "-rf"))
    desk.follow({**BLOG, "feed": str(feed)})
    before = {name for name in desk.files() if not name.startswith(("curation/inbox/", "curation/seen/"))}
    assert desk.pull().new == 6
    assert {name for name in desk.files() if not name.startswith(("curation/inbox/", "curation/seen/"))} == before
    for path in desk.inbox:
        frontmatter.read(path.name, path.read_text(), FrontMatter)


_DIE = """
import os, sys
from pathlib import Path
from kuratorium import files
from kuratorium.intake import deliver, pull, seen
from tests.intake.conftest import Desk

left = int(sys.argv[2])
write = files.write_atomically

def dying(path, content):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    write(path, content)

deliver.write_atomically = seen.write_atomically = dying
Desk(Path(sys.argv[1])).pull()
"""


def test_a_killed_pull_loses_nothing_and_delivers_nothing_twice(desk: Desk) -> None:
    """Killed before any of its writes, and pulled again, the inbox and the seen file are those of one whole pull."""
    names = "nmlkjihgfedc"  # twelve entries: ten delivered, two held back, one seen file
    desk.write("blog.xml", rss(*names))
    desk.follow(BLOG)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for writes in (1, 5, 10):
        for path in (*desk.inbox, *(desk.root / "curation").glob("seen/*")):
            path.unlink()
        killed = subprocess.run([sys.executable, "-c", _DIE, str(desk.root), str(writes)], env=environment, check=False)
        assert (killed.returncode, len(desk.inbox)) == (9, writes)
        later = datetime.fromisoformat("2026-10-15T09:00:00+02:00")
        assert desk.pull(now=later).new == 10 - writes
        assert (len(desk.inbox), len(desk.seen("blog"))) == (10, 12)
        assert desk.pull(now=later).new == 0
