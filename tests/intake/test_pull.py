from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.edition import frontmatter
from kuratorium.edition.model import FrontMatter
from kuratorium.errors import UsageError
from kuratorium.file_lock import FileLock
from kuratorium.intake import pull
from kuratorium.intake.archive import Archive
from kuratorium.intake.pull import PullOptions
from kuratorium.intake.report import SourceResult
from tests.editions import POLICY
from tests.intake.conftest import NOW, Desk, rss
from tests.intake.web import Web, says

CLICKS = {"id": "clicks", "feed": "clicks.xml"}
BLOG = {"id": "blog", "feed": "blog.xml", "topics": ["transformation"], "lang": "de"}


def test_new_entries_reach_the_inbox(desk: Desk) -> None:
    """A pull writes an inbox file and a seen line per new entry, and tells what it did."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    report = desk.pull()
    (result,) = report.results
    assert (result.status, result.entries, result.new, result.held_back) == ("new", 2, 2, 0)
    assert (result.bytes, result.reason, result.words) == (len(rss("b", "a")), "", "")
    assert (report.new, report.entries, report.held_back, report.failed_results, report.exit_code) == (2, 2, 0, (), 0)
    titles = {frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)[0].title for path in desk.inbox}
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
    heard: list[SourceResult] = []
    report = desk.pull(progress=heard.append)
    assert [(one.id, one.status, one.reason) for one in report.results] == [
        ("gone", "failed", "not-found"),
        ("missing", "failed", "not-found"),
        ("page", "failed", "html"),
        ("blog", "new", ""),
    ]
    assert report.results[1].words == "there is no file missing.xml"
    assert {one.id for one in heard} == {"gone", "missing", "page", "blog"}
    assert (len(report.failed_results), report.exit_code) == (3, 1)


def test_a_source_that_opted_out_is_not_fetched(desk: Desk, web: Web) -> None:
    """Who does not want to be pulled is not asked."""
    desk.follow({"id": "shy", "feed": f"{web.address}/", "rights": {"opt_out": True}})
    report = desk.pull()
    assert [(one.status, one.reason) for one in report.results] == [("skipped", "opt-out")]
    assert (web.asked, report.exit_code) == ([], 0)


def test_an_unchanged_feed_is_not_sent_again(desk: Desk, web: Web) -> None:
    """Validators are kept between pulls; an edited address, or a lost archive, voids them."""
    web.answers["/feed"] = says(rss("a"), etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().new == 1
    web.answers["/feed"] = says(status=304)
    (result,) = desk.pull().results
    assert (result.status, result.bytes) == ("unchanged", 0)
    assert [asked.headers.get("if-none-match") for asked in web.asked] == [None, '"1"']
    shutil.rmtree(desk.root / "var")
    web.answers["/feed"] = web.answers["/moved"] = says(rss("b", "a"), etag='"2"')
    assert desk.pull().new == 1
    desk.follow({**BLOG, "feed": f"{web.address}/moved"})
    assert desk.pull().new == 0
    assert [asked.headers.get("if-none-match") for asked in web.asked[2:]] == [None, None]


def test_what_git_took_back_comes_again(desk: Desk, web: Web) -> None:
    """Validators vouch for a seen file: when that is not as it was left, the feed is asked for whole."""
    web.answers["/feed"] = says(rss("b", "a"), etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    desk.pull()
    (desk.root / "curation/seen/blog.txt").unlink()  # as «git clean» does
    for path in desk.inbox:
        path.unlink()
    assert desk.pull().new == 2
    assert "if-none-match" not in web.asked[1].headers


def test_validators_are_kept_only_when_all_is_written(desk: Desk, web: Web) -> None:
    """A feed that could not be read is asked for again without conditions."""
    web.answers["/feed"] = says(b"<!doctype html>", etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().exit_code == 1
    web.answers["/feed"] = says(rss("a"), etag='"1"')
    assert desk.pull(options=PullOptions(ignore_schedule=True)).new == 1
    assert "if-none-match" not in web.asked[1].headers


def test_retry_after_is_honoured(desk: Desk, web: Web) -> None:
    """A server that asks for patience is left alone until its time is over, by the machine's clock, in any case."""
    web.answers["/feed"] = says(status=429, retry_after="600")
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    (result,) = desk.pull(clock=at(0)).results
    assert (result.status, result.reason) == ("failed", "too-many-requests")
    web.answers["/feed"] = says(rss("a"))
    (result,) = desk.pull(clock=at(599), options=PullOptions(ignore_schedule=True)).results
    assert (result.status, result.reason) == ("skipped", "retry-after")
    assert result.words == "the server asked to be left alone until 2026-01-01 12:10 UTC"
    assert len(web.asked) == 1
    assert desk.pull(clock=at(600), options=PullOptions(ignore_schedule=True)).new == 1


def test_a_failing_source_is_tried_less_and_less(desk: Desk, web: Web) -> None:
    """After a failure a source is not due for a while, and since when it fails is told; `anyway` asks all the same."""
    web.answers["/feed"] = says(status=500)
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    desk.pull(clock=at(0))
    (result,) = desk.pull(clock=at(60)).results
    assert (result.status, result.reason, len(web.asked)) == ("skipped", "not-due", 1)
    assert result.words.startswith("not due until 2026-01-01 12:")
    assert desk.pull(clock=at(60)).exit_code == 0
    (result,) = desk.pull(clock=at(120), options=PullOptions(ignore_schedule=True)).results
    assert (result.status, result.since, len(web.asked)) == ("failed", at(0)(), 2)
    assert desk.pull(clock=at(120 + 20 * 60)).results[0].status == "skipped"  # half an hour becomes an hour
    web.answers["/feed"] = says(rss("a"))
    assert desk.pull(clock=at(120 + 70 * 60)).new == 1
    assert desk.state("blog").failing_since is None


def test_a_fresh_answer_is_not_asked_for_again(desk: Desk, web: Web) -> None:
    """What a server calls fresh is left alone until it is stale; a file is always looked at."""
    web.answers["/feed"] = says(rss("a"), cache_control="max-age=3600")
    desk.write("file.xml", rss("z"))
    desk.follow({**BLOG, "feed": f"{web.address}/feed"}, {"id": "file", "feed": "file.xml"})
    desk.pull(clock=at(0))
    desk.write("file.xml", rss("y", "z"))
    report = desk.pull(clock=at(3599))
    assert [(one.status, one.new) for one in report.results] == [("skipped", 0), ("new", 1)]
    assert desk.pull(clock=at(3600)).results[0].status == "unchanged"


@pytest.mark.parametrize(
    ("asks", "seconds"),
    [
        (b"<ttl>60</ttl>", 3600),
        (b"<ttl>soon</ttl>", 0),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        (b"<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 86400),
        (b"<ttl>60</ttl>&nosuch;", 3600),
    ],
    ids=["ttl", "no number", "sy", "both", "not well formed"],
)
def test_a_feed_tells_how_often_to_come(desk: Desk, web: Web, asks: bytes, seconds: float) -> None:
    """Its ttl or sy:update* says when it is due again, whoever reads it, and after a 304, too."""
    namespace = b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    data = rss("a").replace(b"<channel>", b"<channel>" + asks).replace(b"<rss ", namespace)
    web.answers["/feed"] = says(data, etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull(clock=at(0)).new == 1
    assert desk.state("blog").next_due == at(seconds)()
    web.answers["/feed"] = says(status=304)
    desk.pull(clock=at(seconds))
    assert desk.state("blog").next_due == at(2 * seconds)()


def test_the_archive_lets_go(desk: Desk) -> None:
    """After a pull texts older than the policy says are gone, and whom nobody follows; of some sources only, too."""
    desk.yaml("policy", {**POLICY, "archive_days": 100})
    desk.write("blog.xml", rss("alt"))
    desk.write("other.xml", rss("auch", site="https://other.example"))
    desk.follow(BLOG, {"id": "other", "feed": "other.xml"}, {"id": "left", "feed": "other.xml"})
    desk.pull()
    desk.follow(BLOG, {"id": "other", "feed": "other.xml"})
    for days, old in ((100, 1), (101, 0)):
        desk.write("blog.xml", rss(f"neu{days}"))
        desk.pull(source_ids=["blog"], now=NOW + timedelta(days=days))
        with Archive(desk.root) as archive:
            assert archive.read_states().keys() == {"blog", "other"}
            assert (len(archive.search("alt")), len(archive.search("neu"))) == (old, days - 99)


def test_not_one_source_succeeds(desk: Desk, web: Web) -> None:
    """Then this machine is warned of, and nothing is held against the sources."""
    desk.follow(*({"id": name, "feed": f"{web.address}/{name}"} for name in ("a", "b")))
    web.answers["/a"] = web.answers["/b"] = says(status=503)
    report = desk.pull()
    assert [one.status for one in report.results] == ["failed", "failed"]
    assert "not one of 2 sources" in report.warnings[0]
    web.answers["/a"] = says(rss("a"))
    report = desk.pull()
    assert [one.status for one in report.results] == ["new", "failed"]
    assert (report.warnings, desk.state("b").failures) == ((), 1)


def test_a_dry_run_writes_nothing(desk: Desk, web: Web) -> None:
    """It fetches and tells, and leaves no file behind, in var/ neither."""
    web.answers["/feed"] = says(rss("b", "a"), etag='"1"')
    web.answers["/busy"] = says(status=429, retry_after="600")
    desk.follow({**BLOG, "feed": f"{web.address}/feed"}, {"id": "busy", "feed": f"{web.address}/busy"})
    before = sorted(desk.root.rglob("*"))
    report = desk.pull(options=PullOptions(dry_run=True))
    assert ([one.status for one in report.results], report.new, report.dry) == (["new", "failed"], 2, True)
    assert sorted(desk.root.rglob("*")) == before
    assert desk.pull().new == 2


def test_a_flood_is_held_back_until_somebody_lets_it_through(desk: Desk) -> None:
    """More than fifty new entries at once are reported in every pull, delivered to nobody, and lost to nobody."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    desk.write("blog.xml", rss(*(f"n{number}" for number in range(51)), "a"))
    for _ in range(2):
        report = desk.pull()
        (result,) = report.flooded_results
        assert (result.status, result.reason, result.new, result.held_back) == ("held back", "flood", 0, 51)
        assert result.words.startswith("51 new entries at once are held back")
        assert (len(desk.inbox), len(desk.seen("blog")), desk.state("blog").held_back) == (1, 1, 51)
    assert desk.pull(options=PullOptions(allow_flood=True)).new == 51
    assert (len(desk.inbox), desk.state("blog").held_back) == (52, 0)


def test_an_edited_entry_updates_its_inbox_file(desk: Desk) -> None:
    """What its feed says now stands in the file, which keeps its name, uid and date; with the archive and without."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    (path,) = desk.inbox
    for number, later in enumerate(("2026-10-15", "2026-10-16")):
        before = path.read_text()
        if number:
            shutil.rmtree(desk.root / "var")
        desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>Umstellung " + b"x" * number + b"<"))
        (result,) = desk.pull(now=datetime.fromisoformat(f"{later}T09:00:00+02:00")).results
        assert (result.status, result.new, result.updated, result.unchanged) == ("updated", 0, 1, 0)
        assert desk.inbox == [path]
        changed = [line for line in path.read_text().splitlines() if line not in before.splitlines()]
        assert changed[0] == "title: Umstellung" + " x" * number
        assert path.read_text().splitlines()[1:3:2] == before.splitlines()[1:3:2]
    assert desk.pull().updated == 0


@pytest.mark.parametrize("forget", [False, True], ids=["archive", "no archive"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "Lesen!\n",
        lambda text: text.replace("title: a\n", "title: Besser\n", 1),
        lambda text: text.replace("topics: [transformation]", "topics: [transformation, open-source]"),
        lambda text: text.replace("authors: [anna-berg]", "authors: [carl-dorn]"),
        lambda text: text.replace("---\n\n", "tags: [neu]\n---\n\n"),
        lambda text: text.replace("lang: de\n", "lang: de  # sicher?\n", 1),
    ],
    ids=["body", "title", "topics", "authors", "tags", "comment"],
)
def test_a_file_that_an_editor_touched_is_left_alone(desk: Desk, edit: Callable[[str], str], forget: bool) -> None:
    """Neither an edited entry nor its age changes a file in which an editor wrote anything."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    (path,) = desk.inbox
    text = edit(path.read_text())
    assert text != path.read_text()
    path.write_text(text)
    if forget:
        shutil.rmtree(desk.root / "var")
    desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>b<"))
    report = desk.pull(now=NOW + timedelta(days=100))
    assert (report.updated, report.expired, path.read_text()) == (0, 0, text)


@pytest.mark.parametrize("forget", [False, True], ids=["archive", "no archive"])
def test_what_nobody_wanted_expires(desk: Desk, forget: bool) -> None:
    """An inbox file older than thirty days goes; its entry stays seen, though its line had been lost."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    if forget:
        shutil.rmtree(desk.root / "var")
    assert desk.pull(now=NOW + timedelta(days=30)).expired == 0
    (desk.root / "curation/seen/blog.txt").unlink()
    report = desk.pull(now=NOW + timedelta(days=30, seconds=1))
    assert (report.expired, report.new, desk.inbox, len(desk.seen("blog"))) == (1, 0, [], 1)


def test_one_article_from_three_feeds_is_one_file(desk: Desk) -> None:
    """It stays with the source whose site it is on, and names the others; it matters not how each writes the link."""
    link = "https://blog.example/a"
    desk.write("planet.xml", rss("a", "c", site="https://blog.example"))
    desk.write("blog.xml", rss("a").replace(link.encode(), b"https://www.blog.example/a/#top"))
    desk.write("digest.xml", rss("a"))
    desk.follow(
        {"id": "planet", "feed": "planet.xml", "site": "https://planet.example/"},
        {**BLOG, "site": "https://blog.example/"},
        {"id": "digest", "feed": "digest.xml"},
    )
    report = desk.pull()
    assert (report.new, report.joined, len(desk.inbox)) == (4, 2, 2)
    meta = desk.metas()["a"]
    assert meta.bookmark_of[0].source == "blog"
    assert [(one.source, one.url) for one in meta.also_in] == [("planet", link), ("digest", link)]
    before = desk.files()
    assert (desk.pull().joined, desk.files()) == (0, before)
    desk.write("late.xml", rss("a", site="http://blog.example"))
    desk.follow(*desk.followed(), {"id": "late", "feed": "late.xml"})
    assert desk.pull(now=NOW + timedelta(days=1)).joined == 1
    assert [one.source for one in desk.metas()["a"].also_in] == ["planet", "digest", "late"]


@pytest.mark.parametrize("forget", [False, True], ids=["archive", "no archive"])
def test_what_each_source_suggests_is_kept(desk: Desk, forget: bool) -> None:
    """An article is suggested for what any of its sources is for or says, with all reasons; after an edit, too."""
    desk.write("planet.xml", rss("a").replace(b"<title>a<", b"<title>Quellcode<"))
    desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>Umstellung<"))
    desk.write("digest.xml", rss("a"))
    desk.follow(
        {"id": "planet", "feed": "planet.xml"},
        {"id": "blog", "feed": "blog.xml", "site": "https://blog.example/"},
        {"id": "digest", "feed": "digest.xml", "topics": ["open-source"]},
    )
    desk.pull()
    if forget:
        shutil.rmtree(desk.root / "var")
    desk.write("blog.xml", rss("a"))
    report = desk.pull()
    assert (report.updated, report.joined) == (1, 0)
    meta = desk.metas()["a"]
    assert (meta.topics, meta.authors) == (("open-source", "transformation"), ("carl-dorn",))
    assert meta.reasons == ("Quelle für open-source", "Stichwort: umstellung", "Stichwort: quellcode")
    assert desk.pull(now=NOW + timedelta(days=31)).expired == 1


def test_an_article_that_was_dismissed_does_not_come_by_another_source(desk: Desk) -> None:
    """Once it was delivered and is gone from the inbox, it is known to all; what was only archive is not."""
    desk.write("blog.xml", rss(*"abcdefghijklm"))
    desk.follow(BLOG)
    desk.pull()
    for path in desk.inbox:
        path.unlink()
    desk.write("planet.xml", rss("a", "m"))
    desk.follow(BLOG, {"id": "planet", "feed": "planet.xml"})
    (_, result) = desk.pull().results
    assert (result.new, result.elsewhere) == (1, 1)
    assert list(desk.metas()) == ["m"]


def test_a_front_page_is_no_article(desk: Desk) -> None:
    """Entries that only link to a site, or share a link with others of their feed, are never taken for one another."""
    for name in ("a", "b"):
        desk.write(f"{name}.xml", rss(f"{name}1", f"{name}2").replace(f"/{name}2<".encode(), b"/<"))
        both = (desk.root / f"{name}.xml").read_bytes()
        desk.write(
            f"{name}.xml", both.replace(f"<link>https://blog.example/{name}1<".encode(), b"<link>https://x.example/1<")
        )
    desk.write(
        "c.xml",
        (desk.root / "a.xml")
        .read_bytes()
        .replace(b"a1", b"c1")
        .replace(
            b"</item><item>",
            b"</item><item><title>c3</title><guid>c3</guid><link>https://x.example/1</link></item><item>",
            1,
        ),
    )
    desk.follow({"id": "a", "feed": "a.xml"}, {"id": "b", "feed": "b.xml"}, {"id": "c", "feed": "c.xml"})
    assert (desk.pull().joined, len(desk.inbox)) == (0, 7)


def test_only_one_pull_at_a_time(desk: Desk) -> None:
    """While another pull is at work, a second one says so and does nothing."""
    desk.follow(BLOG)
    with FileLock(desk.root / pull.LOCK_FILE), pytest.raises(UsageError, match="another pull"):
        desk.pull()


def test_only_some_sources(desk: Desk) -> None:
    """A pull may be of some sources only; an id that is none is answered with the nearest."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG, {"id": "other", "feed": "none.xml"})
    assert [one.id for one in desk.pull(source_ids=["blog"]).results] == ["blog"]
    with pytest.raises(UsageError) as caught:
        desk.pull(source_ids=["blgo"])
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
        frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)


_DIE = """
import os, sys
from pathlib import Path
from tests.intake.conftest import Desk

left = int(sys.argv[2])
replace = os.replace

def dying(path, target):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    return replace(path, target)

os.replace = dying
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


def test_interrupted_a_pull_keeps_what_is_done(desk: Desk, web: Web) -> None:
    """Ctrl-C ends it at once, with the results so far; what they tell of is written, and the next pull goes on."""
    web.answers["/slow"] = web.answers["/slower"] = lambda _: time.sleep(3)
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG, *({"id": name, "feed": f"{web.address}/{name}"} for name in ("slow", "slower")))

    def interrupt(_: SourceResult) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    report = desk.pull(progress=interrupt)
    assert [(one.id, one.new) for one in report.results] == [("blog", 2)]
    assert (report.interrupted, report.exit_code, report.warnings) == (True, 130, ())
    assert (len(desk.inbox), len(desk.seen("blog"))) == (2, 2)
    web.answers["/slow"] = web.answers["/slower"] = says(rss("c"))
    assert [one.new for one in desk.pull().results] == [0, 1, 1]


def test_an_article_is_known_by_its_own_address(desk: Desk) -> None:
    """A feed that counts clicks but names the article's own address brings the same article as any other."""
    desk.write("clicks.xml", counting("a", own="https://blog.example/a"))
    desk.write("blog.xml", rss("a").replace(b"/a<", b"/a?utm_source=x<"))
    desk.follow(CLICKS, BLOG)
    assert desk.pull().joined == 1
    assert [(one.source, one.url) for one in desk.metas()["a"].also_in] == [
        ("clicks", "https://clicks.example/a"),
        ("blog", "https://blog.example/a"),
    ]


def test_what_tracks_readers_is_not_published(desk: Desk) -> None:
    """A work's address is as the feed gives it, but for what tracks; the link as given is known all the same."""
    link = "http://www.blog.example/a/?z=1&amp;utm_source=rss&amp;a=2&amp;ref=planet.example#teil"
    feed = rss("a").replace(b"<link>https://blog.example/a<", f"<link>{link}<".encode())
    desk.write("planet.xml", feed)
    desk.follow({"id": "planet", "feed": "planet.xml"})
    desk.pull()
    kept = "http://www.blog.example/a/?z=1&a=2&ref=planet.example#teil"
    assert desk.metas()["a"].bookmark_of[0].url == kept
    assert desk.seen("planet")[0].endswith(f" {link.replace('&amp;', '&')}")
    desk.write("other.xml", feed.replace(b"/a</guid>", b"/b</guid>"))
    desk.follow({"id": "planet", "feed": "planet.xml"}, {"id": "other", "feed": "other.xml"})
    assert (desk.pull().joined, [one.url for one in desk.metas()["a"].also_in]) == (1, [kept])


@pytest.mark.parametrize("dismissed", [False, True], ids=["waiting", "dismissed"])
def test_an_alias_that_was_told_once_stays_known(desk: Desk, dismissed: bool) -> None:
    """Who has only the link of which another feed told the article's own address brings the same article, later too.

    It is joined as long as that waits, and known once that is dismissed; the archive is not needed for either.
    """
    desk.write("clicks.xml", counting("a", own="https://blog.example/a"))
    desk.follow(CLICKS)
    desk.pull()
    assert desk.seen("clicks")[0].split()[2:] == ["https://blog.example/a", "=https://clicks.example/a"]
    shutil.rmtree(desk.root / "var")
    if dismissed:
        desk.inbox[0].unlink()
    desk.write("planet.xml", rss("a", site="https://www.clicks.example"))
    desk.follow(CLICKS, {"id": "planet", "feed": "planet.xml"})
    report = desk.pull(now=NOW + timedelta(days=1))
    found = (report.joined, report.results[1].elsewhere, len(desk.inbox))
    assert found == ((0, 1, 0) if dismissed else (1, 0, 1))
    if not dismissed:
        assert [one.source for one in desk.metas()["a"].also_in] == ["clicks", "planet"]


def test_an_edited_entry_keeps_who_else_has_it(desk: Desk) -> None:
    """When the feed tells another way to the article, that way is replaced; other sources stay."""
    desk.write("clicks.xml", counting("a", own="https://blog.example/a"))
    desk.write("blog.xml", rss("a"))
    desk.follow(CLICKS, BLOG)
    desk.pull()
    desk.write(
        "clicks.xml",
        counting("a", own="https://blog.example/a").replace(b"clicks.example/a</link", b"c.example/1</link"),
    )
    assert desk.pull().updated == 1
    assert [one.url for one in desk.metas()["a"].also_in] == ["https://c.example/1", "https://blog.example/a"]


def test_nobody_can_make_two_articles_of_another_one(desk: Desk) -> None:
    """A feed that calls two articles of another source one and the same changes nothing for that."""
    desk.write("blog.xml", rss("b", "a"))
    desk.write(
        "clicks.xml",
        counting("x", own="https://blog.example/a").replace(b"clicks.example/x</link", b"blog.example/b</link"),
    )
    desk.follow(CLICKS, BLOG)
    assert (desk.pull().joined, {*desk.metas()}) == (0, {"a", "b", "x"})


def test_guids_that_go_bad_bring_nothing_again(desk: Desk) -> None:
    """When a feed's guids are no longer believed, what was seen by them stays seen."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    blank = b"<item><title>c</title><link>https://blog.example/c</link><guid></guid></item></channel>"
    desk.write("blog.xml", rss("b", "a").replace(b"</channel>", blank))
    assert (desk.pull().new, desk.state("blog").bad_guid_share) == (1, 1 / 3)
    desk.write("blog.xml", rss("b", "a"))
    assert (desk.pull().new, len(desk.inbox)) == (0, 3)


def counting(title: str, *, own: str) -> bytes:
    """Write a feed that leads by way of a counter to an article, and tells where that is."""
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="canonical" href="{own}"/><guid>'
    return rss(title, site="https://clicks.example").replace(b"<guid>", link.encode())


def at(seconds: float) -> Callable[[], datetime]:
    """Make a machine's clock that stands still, so many seconds after noon."""
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=seconds)
    return lambda: moment
