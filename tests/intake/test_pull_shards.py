from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

from kuratorium.edition import registry
from kuratorium.intake import pull
from kuratorium.intake.context import PullOptions, Shard
from tests.intake.conftest import NOW, SITE, Desk, rss

SHARDS = 4
SOURCES = 24


def test_four_shards_in_four_clones_do_what_one_pull_does(desk: Desk, tmp_path: Path) -> None:
    """Their commits merge without conflict, and after deduplication the inbox is that of one whole pull.

    Three rounds: first pulls; shared articles, an edit and a failure; files that expire.
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
    single, merged = clone(desk.root, tmp_path / "one"), clone(desk.root, tmp_path / "four")
    for days, feeds in ((0, {}), (1, _second_day_feeds()), (32, _last_day_feeds())):
        for copy in (single, merged):
            for name, feed in feeds.items():
                copy.write(name, feed)
            commit(copy.root)
        now = NOW + timedelta(days=days)
        whole = single.pull(now=now)
        commit(single.root)
        clones = [clone(merged.root, tmp_path / f"day{days}-part{number}") for number in range(1, SHARDS + 1)]
        reports = []
        for number, copy in enumerate(clones, 1):
            reports.append(copy.pull(now=now, options=PullOptions(shard=Shard(number, SHARDS))))
            commit(copy.root)
        for copy in clones:
            git(merged.root, "pull", "--quiet", "--no-rebase", "--no-edit", str(copy.root), "main")
        records, _ = registry.read_registry(merged.root)
        joined = pull.deduplicate_inbox(merged.root, records, now=now, site=SITE)
        commit(merged.root)
        assert read_content(merged) == read_content(single)
        assert sum(report.new for report in reports) == whole.new
        assert sum(report.expired for report in reports) == whole.expired
        assert sum(report.joined for report in reports) + joined == whole.joined
        assert {result.id for report in reports for result in report.results} == {result.id for result in whole.results}
    assert whole.expired > 0


def _second_day_feeds() -> dict[str, bytes]:
    """Return feeds of the second day: a shared article, one of another source, an edited one, and a broken feed."""
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


def _last_day_feeds() -> dict[str, bytes]:
    """Return a feed of the last day: another source has an article whose first inbox file expires."""
    return {"feeds/11.xml": rss("s12-3", "s11-new")}


def read_content(desk: Desk) -> dict[str, bytes]:
    """Return the files that git tracks, without its own."""
    return {name: data for name, data in desk.files().items() if not name.startswith(".git/")}


def clone(origin: Path, folder: Path) -> Desk:
    """Clone an edition into a folder."""
    subprocess.run(["git", "clone", "--quiet", str(origin), str(folder)], check=True)
    return Desk(folder)


def commit(root: Path) -> None:
    """Commit all files."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "pull")


def git(root: Path, *words: str) -> None:
    """Run git in a repository; raises if it fails, as on a conflict."""
    name = ("-c", "user.name=Anna", "-c", "user.email=anna@tiny.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *words], cwd=root, check=True, stdin=subprocess.DEVNULL)
