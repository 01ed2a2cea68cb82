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
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.errors import UsageError
from kuratorium.file_lock import FileLock
from kuratorium.intake import pull
from kuratorium.intake.archive import Archive
from kuratorium.intake.context import PullOptions
from kuratorium.intake.report import SourceResult
from tests.editions import POLICY
from tests.intake.conftest import BLOG, NOW, Desk, rss
from tests.intake.web import Web, respond


def test_new_entries_reach_the_inbox(desk: Desk) -> None:
    """A pull writes an inbox file and a seen line per new entry, and reports both."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    report = desk.pull()
    (result,) = report.results
    assert (result.status, result.entries, result.new, result.held_back) == ("new", 2, 2, 0)
    assert (result.bytes, result.reason, result.words) == (len(rss("b", "a")), "", "")
    assert (report.new, report.entries, report.held_back, report.failed_results, report.exit_code) == (2, 2, 0, (), 0)
    titles = {
        frontmatter.parse_front_matter(path.name, path.read_text(), InboxFrontMatter)[0].title for path in desk.inbox
    }
    assert titles == {"a", "b"}
    assert sorted(line[17:] for line in desk.seen("blog")) == [
        "2026-10-14 https://blog.example/a",
        "2026-10-14 https://blog.example/b",
    ]
    assert desk.seen("blog") == sorted(desk.seen("blog"))


def test_the_language_of_a_source_is_a_hint(desk: Desk) -> None:
    """A short feed that states neither encoding nor language is read by the language that sources.yaml states."""
    desk.write("blog.xml", rss("Żółw").decode().encode("iso8859-2"))
    desk.follow({**BLOG, "lang": "pl"})
    assert desk.pull().new == 1
    assert [*desk.metas()] == ["Żółw"]


def test_pulling_twice_delivers_nothing_twice(desk: Desk) -> None:
    """A second pull of the same feed changes no file; a third delivers only the new entries."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    before = desk.files()
    assert (desk.pull().new, desk.files()) == (0, before)
    desk.write("blog.xml", rss("c", "b", "a"))
    assert desk.pull().new == 1
    assert len(desk.inbox) == 3


def test_a_deleted_inbox_file_stays_dismissed(desk: Desk) -> None:
    """Deleting an inbox file dismisses its entry for good."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    desk.inbox[0].unlink()
    assert desk.pull().new == 0
    assert len(desk.inbox) == 1


def test_entries_with_an_inbox_file_or_note_are_known_without_seen_lines(desk: Desk) -> None:
    """An entry with an inbox file or a note is known if its seen line is lost, and gets the line back."""
    desk.write("blog.xml", rss("c", "b", "a"))
    desk.follow(BLOG)
    desk.pull()
    note, other, _ = desk.inbox
    (desk.root / "curation/notes/2026").mkdir(parents=True)
    note.rename(desk.root / "curation/notes/2026/a.md")
    text = other.read_text()
    other.write_text(text.replace(text.splitlines()[1], "uid: another-uid"))  # then `item` identifies the entry
    lines = desk.seen("blog")
    (desk.root / "curation/seen/blog.txt").unlink()
    assert desk.pull().new == 0
    assert desk.seen("blog") == lines


def test_first_pull_is_the_baseline(desk: Desk) -> None:
    """The first pull delivers the newest ten entries; the others count as seen, also later."""
    desk.write("blog.xml", rss(*"nmlkjihgfedc"))
    desk.follow(BLOG)
    report = desk.pull()
    assert (report.new, report.held_back, len(desk.inbox), len(desk.seen("blog"))) == (10, 2, 10, 12)
    assert desk.pull().new == 0
    desk.write("blog.xml", rss(*"zyxwvutsrqponmlkjihgfedc"))
    assert (desk.pull().new, len(desk.inbox)) == (12, 22)


def test_dropped_entries_are_seen(desk: Desk) -> None:
    """An entry that a filter drops is counted and gets a seen line, but no inbox file."""
    desk.write("blog.xml", rss("Werbung", "a"))
    desk.follow({**BLOG, "drop": {"words": ["werbung"]}})
    (result,) = desk.pull().results
    assert (result.new, result.dropped, len(desk.seen("blog"))) == (1, 1, 2)


def test_a_failing_source_does_not_stop_the_others(desk: Desk, web: Web) -> None:
    """Each failure is a result with its reason; the others deliver; progress gets each result; the exit code is 1."""
    web.answers["/gone"] = respond(status=404)
    desk.write("blog.xml", rss("a"))
    desk.write("page.xml", "<!doctype html><title>x</title>")
    desk.follow(
        {"id": "gone", "feed": f"{web.address}/gone"},
        {"id": "missing", "feed": "missing.xml"},
        {"id": "page", "feed": "page.xml"},
        BLOG,
    )
    progress: list[SourceResult] = []
    report = desk.pull(progress=progress.append)
    assert [(result.id, result.status, result.reason) for result in report.results] == [
        ("gone", "failed", "not-found"),
        ("missing", "failed", "not-found"),
        ("page", "failed", "html"),
        ("blog", "new", ""),
    ]
    assert report.results[1].words == "there is no file missing.xml"
    assert {result.id for result in progress} == {"gone", "missing", "page", "blog"}
    assert (len(report.failed_results), report.exit_code) == (3, 1)


def test_a_source_that_opted_out_is_not_fetched(desk: Desk, web: Web) -> None:
    """No request is sent to a source with `rights.opt_out`."""
    desk.follow({"id": "shy", "feed": f"{web.address}/", "rights": {"opt_out": True}})
    report = desk.pull()
    assert [(result.status, result.reason) for result in report.results] == [("skipped", "opt-out")]
    assert (web.requests, report.exit_code) == ([], 0)


def test_an_unchanged_feed_is_not_sent_again(desk: Desk, web: Web) -> None:
    """Validators are kept between pulls, until the address is edited or the archive is lost."""
    web.answers["/feed"] = respond(rss("a"), etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().new == 1
    web.answers["/feed"] = respond(status=304)
    (result,) = desk.pull().results
    assert (result.status, result.bytes) == ("unchanged", 0)
    assert [request.headers.get("if-none-match") for request in web.requests] == [None, '"1"']
    shutil.rmtree(desk.root / "var")
    web.answers["/feed"] = web.answers["/moved"] = respond(rss("b", "a"), etag='"2"')
    assert desk.pull().new == 1
    desk.follow({**BLOG, "feed": f"{web.address}/moved"})
    assert desk.pull().new == 0
    assert [request.headers.get("if-none-match") for request in web.requests[2:]] == [None, None]


def test_entries_that_git_removed_are_delivered_again(desk: Desk, web: Web) -> None:
    """Validators are valid for one state of the seen file: if it differs, the whole feed is fetched."""
    web.answers["/feed"] = respond(rss("b", "a"), etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    desk.pull()
    (desk.root / "curation/seen/blog.txt").unlink()  # as `git clean` does
    for path in desk.inbox:
        path.unlink()
    assert desk.pull().new == 2
    assert "if-none-match" not in web.requests[1].headers


def test_validators_are_kept_only_after_a_success(desk: Desk, web: Web) -> None:
    """A feed that could not be parsed is fetched without conditions next time."""
    web.answers["/feed"] = respond(b"<!doctype html>", etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull().exit_code == 1
    web.answers["/feed"] = respond(rss("a"), etag='"1"')
    assert desk.pull(options=PullOptions(ignore_schedule=True)).new == 1
    assert "if-none-match" not in web.requests[1].headers


def test_retry_after_is_honoured(desk: Desk, web: Web) -> None:
    """A server with Retry-After gets no request until then by the machine's clock, not even with ignore_schedule."""
    web.answers["/feed"] = respond(status=429, retry_after="600")
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    (result,) = desk.pull(clock=at(0)).results
    assert (result.status, result.reason) == ("failed", "too-many-requests")
    web.answers["/feed"] = respond(rss("a"))
    (result,) = desk.pull(clock=at(599), options=PullOptions(ignore_schedule=True)).results
    assert (result.status, result.reason) == ("skipped", "retry-after")
    assert result.words == "the server asked us to wait until 2026-01-01 12:10 UTC"
    assert len(web.requests) == 1
    assert desk.pull(clock=at(600), options=PullOptions(ignore_schedule=True)).new == 1


def test_a_failing_source_is_pulled_less_and_less_often(desk: Desk, web: Web) -> None:
    """After a failure a source is not due for a while; ignore_schedule pulls it nevertheless, and `since` is kept."""
    web.answers["/feed"] = respond(status=500)
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    desk.pull(clock=at(0))
    (result,) = desk.pull(clock=at(60)).results
    assert (result.status, result.reason, len(web.requests)) == ("skipped", "not-due", 1)
    assert result.words.startswith("not due until 2026-01-01 12:")
    assert desk.pull(clock=at(60)).exit_code == 0
    (result,) = desk.pull(clock=at(120), options=PullOptions(ignore_schedule=True)).results
    assert (result.status, result.since, len(web.requests)) == ("failed", at(0)(), 2)
    assert desk.pull(clock=at(120 + 20 * 60)).results[0].status == "skipped"  # half an hour becomes an hour
    web.answers["/feed"] = respond(rss("a"))
    assert desk.pull(clock=at(120 + 70 * 60)).new == 1
    assert desk.state("blog").failing_since is None


def test_a_fresh_response_is_not_fetched_again(desk: Desk, web: Web) -> None:
    """A response that its server calls fresh is not fetched until it is stale; a file is always read."""
    web.answers["/feed"] = respond(rss("a"), cache_control="max-age=3600")
    desk.write("file.xml", rss("z"))
    desk.follow({**BLOG, "feed": f"{web.address}/feed"}, {"id": "file", "feed": "file.xml"})
    desk.pull(clock=at(0))
    desk.write("file.xml", rss("y", "z"))
    report = desk.pull(clock=at(3599))
    assert [(result.status, result.new) for result in report.results] == [("skipped", 0), ("new", 1)]
    assert desk.pull(clock=at(3600)).results[0].status == "unchanged"


@pytest.mark.parametrize(
    ("hints", "seconds"),
    [
        (b"<ttl>60</ttl>", 3600),
        (b"<ttl>soon</ttl>", 0),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        (b"<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 86400),
        (b"<ttl>60</ttl>&nosuch;", 3600),
    ],
    ids=["ttl", "no number", "sy", "both", "not well formed"],
)
def test_a_feed_sets_its_own_interval(desk: Desk, web: Web, hints: bytes, seconds: float) -> None:
    """Its ttl and sy:update* set when a feed is due again, with either parser, and also after a 304."""
    namespace = b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    data = rss("a").replace(b"<channel>", b"<channel>" + hints).replace(b"<rss ", namespace)
    web.answers["/feed"] = respond(data, etag='"1"')
    desk.follow({**BLOG, "feed": f"{web.address}/feed"})
    assert desk.pull(clock=at(0)).new == 1
    assert desk.state("blog").next_due == at(seconds)()
    web.answers["/feed"] = respond(status=304)
    desk.pull(clock=at(seconds))
    assert desk.state("blog").next_due == at(2 * seconds)()


def test_the_archive_is_pruned(desk: Desk) -> None:
    """A pull, also of some sources only, removes texts older than `archive_days` and the states of removed sources."""
    desk.yaml("policy", {**POLICY, "archive_days": 100})
    desk.write("blog.xml", rss("alt"))
    desk.write("other.xml", rss("auch", site="https://other.example"))
    desk.follow(BLOG, {"id": "other", "feed": "other.xml"}, {"id": "removed", "feed": "other.xml"})
    desk.pull()
    desk.follow(BLOG, {"id": "other", "feed": "other.xml"})
    for days, old_count in ((100, 1), (101, 0)):
        desk.write("blog.xml", rss(f"neu{days}"))
        desk.pull(options=PullOptions(source_ids=("blog",)), now=NOW + timedelta(days=days))
        with Archive(desk.root) as archive:
            assert archive.read_states().keys() == {"blog", "other"}
            assert (len(archive.search("alt")), len(archive.search("neu"))) == (old_count, days - 99)


def test_a_failure_of_all_sources_is_a_local_failure(desk: Desk, web: Web) -> None:
    """If no source succeeds, the report warns of this machine, and no failure is recorded."""
    desk.follow(*({"id": name, "feed": f"{web.address}/{name}"} for name in ("a", "b")))
    web.answers["/a"] = web.answers["/b"] = respond(status=503)
    report = desk.pull()
    assert [result.status for result in report.results] == ["failed", "failed"]
    assert "none of the 2 sources" in report.warnings[0]
    web.answers["/a"] = respond(rss("a"))
    report = desk.pull()
    assert [result.status for result in report.results] == ["new", "failed"]
    assert (report.warnings, desk.state("b").failures) == ((), 1)


def test_a_dry_run_writes_nothing(desk: Desk, web: Web) -> None:
    """A dry run fetches and reports, and writes no file, not even in var/."""
    web.answers["/feed"] = respond(rss("b", "a"), etag='"1"')
    web.answers["/busy"] = respond(status=429, retry_after="600")
    desk.follow({**BLOG, "feed": f"{web.address}/feed"}, {"id": "busy", "feed": f"{web.address}/busy"})
    before = sorted(desk.root.rglob("*"))
    report = desk.pull(options=PullOptions(dry_run=True))
    assert ([result.status for result in report.results], report.new, report.dry) == (["new", "failed"], 2, True)
    assert sorted(desk.root.rglob("*")) == before
    assert desk.pull().new == 2


def test_a_flood_is_held_back_until_it_is_allowed(desk: Desk) -> None:
    """More than fifty new entries at once are reported in every pull, and delivered only with allow_flood."""
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
    """The file gets what the feed says now, and keeps its name, uid and date; with the archive and without."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    (path,) = desk.inbox
    for number, day in enumerate(("2026-10-15", "2026-10-16")):
        before = path.read_text()
        if number:
            shutil.rmtree(desk.root / "var")
        desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>Umstellung " + b"x" * number + b"<"))
        (result,) = desk.pull(now=datetime.fromisoformat(f"{day}T09:00:00+02:00")).results
        assert (result.status, result.new, result.updated, result.unchanged) == ("updated", 0, 1, 0)
        assert desk.inbox == [path]
        changed = [line for line in path.read_text().splitlines() if line not in before.splitlines()]
        assert changed[0] == "title: Umstellung" + " x" * number
        assert path.read_text().splitlines()[1:3:2] == before.splitlines()[1:3:2]
    assert desk.pull().updated == 0


@pytest.mark.parametrize("without_archive", [False, True], ids=["archive", "no archive"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "Lesen!\n",
        lambda text: text.replace("title: a\n", "title: Besser\n", 1),
        lambda text: text.replace("topics: [transformation]", "topics: [transformation, open-source]"),
        lambda text: text.replace("reasons: [", "reasons: [{Stichwort: neu}, "),  # without quotes: a mapping
        lambda text: text.replace("authors: [anna-berg]", "authors: [carl-dorn]"),
        lambda text: text.replace("---\n\n", "tags: [neu]\n---\n\n"),
        lambda text: text.replace("lang: de\n", "lang: de  # sicher?\n", 1),
    ],
    ids=["body", "title", "topics", "reasons", "authors", "tags", "comment"],
)
def test_a_file_that_an_editor_touched_is_left_alone(
    desk: Desk, edit: Callable[[str], str], without_archive: bool
) -> None:
    """Neither an edited entry nor its age changes a file that an editor has changed in any way."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    (path,) = desk.inbox
    text = edit(path.read_text())
    assert text != path.read_text()
    path.write_text(text)
    if without_archive:
        shutil.rmtree(desk.root / "var")
    desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>b<"))
    report = desk.pull(now=NOW + timedelta(days=100))
    assert (report.updated, report.expired, path.read_text()) == (0, 0, text)


@pytest.mark.parametrize("without_archive", [False, True], ids=["archive", "no archive"])
def test_untouched_inbox_files_expire(desk: Desk, without_archive: bool) -> None:
    """A file that was pulled more than thirty days ago is removed; without its line in the seen file it stays."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    desk.pull()
    if without_archive:
        shutil.rmtree(desk.root / "var")
    assert desk.pull(now=NOW + timedelta(days=30)).expired == 0
    line = desk.seen("blog")[0]
    (desk.root / "curation/seen/blog.txt").unlink()
    assert desk.pull(now=NOW + timedelta(days=31)).expired == 0
    desk.write("curation/seen/blog.txt", f"{line}\n")
    report = desk.pull(now=NOW + timedelta(days=31))
    assert (report.expired, report.new, desk.inbox, len(desk.seen("blog"))) == (1, 0, [], 1)


@pytest.mark.parametrize(("days", "expired"), [(0, 0), (10, 1), (40, 0)])
def test_the_policy_says_when_items_expire(desk: Desk, days: int, expired: int) -> None:
    """After `expire_days` of `triage`, and never if that is 0."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG)
    policy = desk.root / "curation/policy.yaml"
    policy.write_text(f"{policy.read_text()}triage: {{expire_days: {days}}}\n")
    desk.pull()
    assert desk.pull(now=NOW + timedelta(days=35)).expired == expired


def test_an_entry_with_an_old_date_waits_as_long_as_any_other(desk: Desk) -> None:
    """Thirty days count from the first pull that brought an entry, not from the date that its feed gives it."""
    desk.follow(BLOG)
    desk.write("blog.xml", rss("a"))
    desk.pull()
    desk.write(
        "blog.xml", rss("a").replace(b">a<", b">b<").replace(b"example/a", b"example/b").replace(b"2026", b"2019")
    )
    assert desk.pull(now=NOW + timedelta(days=5)).new == 1
    assert desk.pull(now=NOW + timedelta(days=33)).expired == 1
    assert list(desk.metas()) == ["b"]
    assert desk.pull(now=NOW + timedelta(days=36)).expired == 1


def test_another_source_does_not_deliver_a_dismissed_article(desk: Desk) -> None:
    """A delivered article that has left the inbox is known for all sources; one of a first pull's backlog is not."""
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


def test_only_one_pull_at_a_time(desk: Desk) -> None:
    """While another pull is running, a second one raises an error that says so."""
    desk.follow(BLOG)
    with FileLock(desk.root / pull.LOCK_FILE), pytest.raises(UsageError, match="another pull"):
        desk.pull()


def test_no_sources(desk: Desk) -> None:
    """An edition without sources has nothing to pull, which is no failure."""
    report = desk.pull()
    assert (report.results, report.exit_code) == ((), 0)


def test_unusable_entries_are_passed_over(desk: Desk) -> None:
    """An entry without any text, or without any address, is counted and reported."""
    desk.write(
        "blog.xml", b"<rss version='2.0'><channel><title>x</title><item/><item><title>a</title></item></channel></rss>"
    )
    desk.follow(BLOG)
    (result,) = desk.pull().results
    assert (result.status, result.entries, result.new) == ("unchanged", 2, 0)
    assert result.words == "2 entries passed over: they are empty, or neither they nor the source have an address"


def test_a_hostile_feed_writes_nowhere_else(desk: Desk) -> None:
    """Whatever the titles are, the files are in the inbox, and can be parsed."""
    desk.write(
        "curation/samples/feed.xml", rss("../../../../../../tmp/x", "..", "/etc/passwd", "a" * 5000, "CON", "-rf")
    )
    desk.follow({**BLOG, "feed": "curation/samples/feed.xml"})
    before = {name for name in desk.files() if not name.startswith(("curation/inbox/", "curation/seen/"))}
    assert desk.pull().new == 6
    assert {name for name in desk.files() if not name.startswith(("curation/inbox/", "curation/seen/"))} == before
    for path in desk.inbox:
        frontmatter.parse_front_matter(path.name, path.read_text(), InboxFrontMatter)


_KILLED_PULL = """
import os, sys
from pathlib import Path
from kuratorium import compare_and_swap
from tests.intake.conftest import Desk

writes_left = int(sys.argv[2])
rename = compare_and_swap._rename

def rename_or_exit(*arguments):
    global writes_left
    if writes_left == 0:
        os._exit(9)
    writes_left -= 1
    return rename(*arguments)

compare_and_swap._rename = rename_or_exit
Desk(Path(sys.argv[1])).pull()
"""


def test_a_killed_pull_loses_nothing_and_delivers_nothing_twice(desk: Desk) -> None:
    """After a kill before any of its writes and a second pull, inbox and seen file are those of one whole pull."""
    names = "nmlkjihgfedc"  # twelve entries: ten delivered, two held back, one seen file
    desk.write("blog.xml", rss(*names))
    desk.follow(BLOG)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for writes in (1, 5, 10):
        for path in (*desk.inbox, *(desk.root / "curation").glob("seen/*")):
            path.unlink()
        command = [sys.executable, "-c", _KILLED_PULL, str(desk.root), str(writes)]
        killed = subprocess.run(command, env=environment, check=False)
        assert (killed.returncode, len(desk.inbox)) == (9, writes)
        next_day = datetime.fromisoformat("2026-10-15T09:00:00+02:00")
        assert desk.pull(now=next_day).new == 10 - writes
        assert (len(desk.inbox), len(desk.seen("blog"))) == (10, 12)
        assert desk.pull(now=next_day).new == 0


def test_an_interrupted_pull_keeps_what_is_done(desk: Desk, web: Web) -> None:
    """Ctrl-C ends a pull with the results so far, whose files are written; the next pull goes on."""
    web.answers["/slow"] = web.answers["/slower"] = lambda _: time.sleep(3)
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG, *({"id": name, "feed": f"{web.address}/{name}"} for name in ("slow", "slower")))

    def interrupt(_: SourceResult) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    report = desk.pull(progress=interrupt)
    assert [(result.id, result.new) for result in report.results] == [("blog", 2)]
    assert (report.interrupted, report.exit_code, report.warnings) == (True, 130, ())
    assert (len(desk.inbox), len(desk.seen("blog"))) == (2, 2)
    web.answers["/slow"] = web.answers["/slower"] = respond(rss("c"))
    assert [result.new for result in desk.pull().results] == [0, 1, 1]


def test_tracking_parameters_are_not_published(desk: Desk) -> None:
    """A work's address is the feed's without tracking parameters; the seen line has the whole link."""
    link = "http://www.blog.example/a/?z=1&amp;utm_source=rss&amp;a=2&amp;ref=planet.example#teil"
    feed = rss("a").replace(b"<link>https://blog.example/a<", f"<link>{link}<".encode())
    desk.write("planet.xml", feed)
    desk.follow({"id": "planet", "feed": "planet.xml"})
    desk.pull()
    published = "http://www.blog.example/a/?z=1&a=2&ref=planet.example#teil"
    assert desk.metas()["a"].bookmark_of[0].url == published
    assert desk.seen("planet")[0].endswith(f" {link.replace('&amp;', '&')}")
    desk.write("other.xml", feed.replace(b"/a</guid>", b"/b</guid>"))
    desk.follow({"id": "planet", "feed": "planet.xml"}, {"id": "other", "feed": "other.xml"})
    assert (desk.pull().joined, [reference.url for reference in desk.metas()["a"].also_in]) == (1, [published])


def test_guids_that_go_bad_deliver_nothing_again(desk: Desk) -> None:
    """When the guids of a feed no longer count on their own, entries that were seen by them stay seen."""
    desk.write("blog.xml", rss("b", "a"))
    desk.follow(BLOG)
    desk.pull()
    blank = b"<item><title>c</title><link>https://blog.example/c</link><guid></guid></item></channel>"
    desk.write("blog.xml", rss("b", "a").replace(b"</channel>", blank))
    assert (desk.pull().new, desk.state("blog").bad_guid_share) == (1, 1 / 3)
    desk.write("blog.xml", rss("b", "a"))
    assert (desk.pull().new, len(desk.inbox)) == (0, 3)


def at(seconds: float) -> Callable[[], datetime]:
    """Return a clock that stands still at some seconds after noon."""
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=seconds)
    return lambda: moment
