from __future__ import annotations

import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from kuratorium.edition import registry
from kuratorium.errors import UsageError
from kuratorium.intake import pull
from kuratorium.intake.context import PullOptions, Shard, parse_shard
from tests.intake.conftest import NOW, SITE, Desk, rss

PARTS = 4
SOURCES = 24


def test_reading() -> None:
    """A part is I/N; what is none is answered with what would be."""
    assert parse_shard("2/4") == Shard(2, 4)
    for wrong in ("0/4", "5/4", "1", "a/b", "1/0", "-1/4", "1/4 ", "1/9999999"):
        with pytest.raises(UsageError, match="write I/N"):
            parse_shard(wrong)


def test_every_source_is_in_one_part() -> None:
    """Parts are whole and disjoint, and about as big as one another."""
    ids = [f"source-{number}" for number in range(1000)]
    holders = [[number for number in range(1, 5) if Shard(number, 4).contains(one)] for one in ids]
    assert {len(holder) for holder in holders} == {1}
    assert min(Counter(holder[0] for holder in holders).values()) > 200
    assert all(Shard().contains(one) for one in ids)


def test_four_parts_in_four_clones_do_what_one_pull_does(desk: Desk, tmp_path: Path) -> None:
    """Their commits merge without conflict, and when they are joined the inbox is that of one whole pull.

    Three rounds: baselines; articles that several sources share, an edit, a failure; files that expire.
    """
    for number in range(SOURCES):
        desk.write(f"feeds/{number}.xml", rss(*(f"s{number}-{place}" for place in range(12))))
    topics = (["open-source"], [], ["transformation", "open-source"], ["transformation"])
    desk.follow(
        *(
            {"id": f"s{number}", "feed": f"feeds/{number}.xml", "topics": topics[number % 4]}
            for number in range(SOURCES)
        )
    )
    desk.write(".gitignore", "var/\n.*~\n")
    git(desk.root, "init", "--quiet", "--initial-branch=main")
    commit(desk.root)
    one, four = clone(desk.root, tmp_path / "one"), clone(desk.root, tmp_path / "four")
    for days, feeds in ((0, {}), (1, _second()), (32, _third())):
        for copy in (one, four):
            for name, feed in feeds.items():
                copy.write(name, feed)
            commit(copy.root)
        now = NOW + timedelta(days=days)
        whole = one.pull(now=now)
        commit(one.root)
        parts = [clone(four.root, tmp_path / f"day{days}-part{number}") for number in range(1, PARTS + 1)]
        reports = []
        for number, part in enumerate(parts, 1):
            reports.append(part.pull(now=now, options=PullOptions(shard=Shard(number, PARTS))))
            commit(part.root)
        for part in parts:
            git(four.root, "pull", "--quiet", "--no-rebase", "--no-edit", str(part.root), "main")
        known, _ = registry.read_registry(four.root)
        joined = pull.deduplicate_inbox(four.root, known, now=now, site=SITE)
        commit(four.root)
        assert content(four) == content(one)
        assert sum(report.new for report in reports) == whole.new
        assert sum(report.expired for report in reports) == whole.expired
        assert sum(report.joined for report in reports) + joined == whole.joined
        assert {each.id for report in reports for each in report.results} == {each.id for each in whole.results}
    assert whole.expired > 0


def _second() -> dict[str, bytes]:
    """Write the second day's feeds: a shared article in six of them, two of which had it already, and an edited one."""
    feeds = {
        f"feeds/{number}.xml": rss(
            "shared", *(f"s{number}-{place}" for place in range(12)), site="https://wire.example"
        ).replace(b"<title>shared", b"<title>shared" + b" Quellcode" * (number % 2))
        for number in range(0, SOURCES, 5)
    }
    feeds["feeds/7.xml"] = rss("s0-0", *(f"s7-{place}" for place in range(12)))
    feeds["feeds/8.xml"] = rss(*(f"s8-{place}" for place in range(12))).replace(b"<title>s8-1<", b"<title>Anders<")
    feeds["feeds/9.xml"] = b"<!doctype html><title>x</title>"
    return feeds


def _third() -> dict[str, bytes]:
    """Write the last day's feeds: an article that expires with its first source comes by another one."""
    return {"feeds/11.xml": rss("s12-3", "s11-new")}


def content(desk: Desk) -> dict[str, bytes]:
    """Read what git keeps, without git's own files."""
    return {name: data for name, data in desk.files().items() if not name.startswith(".git/")}


def clone(origin: Path, folder: Path) -> Desk:
    """Clone an edition, with somebody to commit in it."""
    subprocess.run(["git", "clone", "--quiet", str(origin), str(folder)], check=True)
    return Desk(folder)


def commit(root: Path) -> None:
    """Commit all there is."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "pull")


def git(root: Path, *words: str) -> None:
    """Run git in a repository; a conflict is an error."""
    name = ("-c", "user.name=Anna", "-c", "user.email=anna@tiny.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *words], cwd=root, check=True, stdin=subprocess.DEVNULL)
