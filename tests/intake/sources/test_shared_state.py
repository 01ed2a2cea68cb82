from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kuratorium.intake.context import PullOptions, Shard
from kuratorium.intake.sources.shared_state import STATE_FILE
from tests.editions import POLICY
from tests.intake.conftest import LATER, Desk, rss
from tests.intake.test_pull_shards import clone, commit, git
from tests.intake.web import Web, respond

COUNT = 10


@pytest.fixture
def origin(desk: Desk, web: Web) -> Desk:
    """A repository that follows ten feeds of a local server, and shares the state of its sources."""
    for number in range(COUNT):
        web.answers[f"/{number}"] = respond(rss(f"a{number}", f"b{number}"), etag=f'"v{number}"')
    desk.follow(*({"id": f"s{number}", "feed": f"{web.address}/{number}"} for number in range(COUNT)))
    desk.yaml("policy", POLICY | {"intranet": ["127.0.0.1"]})
    desk.write(".gitignore", "var/\n.*~\n")
    desk.write(".gitattributes", "curation/seen/*.txt merge=union\ncuration/state/*.txt merge=union\n")
    desk.write(STATE_FILE, "# what pulls know of the sources\n")
    git(desk.root, "init", "--quiet", "--initial-branch=main")
    commit(desk.root)
    return desk


def read_lines(desk: Desk) -> list[str]:
    """Return the lines of the shared state."""
    return (desk.root / STATE_FILE).read_text().splitlines()


def test_a_fresh_clone_asks_only_for_what_changed(origin: Desk, web: Web, tmp_path: Path) -> None:
    """Validators reach a second clone without var/: it sends them for each feed, and brings nothing twice."""
    first = clone(origin.root, tmp_path / "first")
    assert first.pull().new > 0
    commit(first.root)
    web.requests.clear()
    second = clone(first.root, tmp_path / "second")
    assert not (second.root / "var").exists()
    report = second.pull(clock=lambda: LATER + timedelta(hours=1))
    assert sorted(request.headers.get("if-none-match", "") for request in web.requests) == [
        f'"v{number}"' for number in range(COUNT)
    ]
    assert (report.new, report.failed_results) == (0, ())


def test_an_hourly_pull_without_news_changes_no_byte(origin: Desk) -> None:
    """The file is written once a day where nothing happens, so that a pull makes no commit of its own state."""
    origin.pull()
    before = read_lines(origin)
    origin.pull(clock=lambda: LATER + timedelta(hours=1))
    assert read_lines(origin) == before
    origin.pull(clock=lambda: LATER + timedelta(hours=25))
    assert read_lines(origin) != before
    assert len(read_lines(origin)) == COUNT + 1


def test_back_off_survives(origin: Desk, web: Web, tmp_path: Path) -> None:
    """A feed that failed is not asked again before its time by a clone that never saw the failure."""
    web.answers["/3"] = respond(b"", 500)
    first = clone(origin.root, tmp_path / "first")
    assert [result.id for result in first.pull().failed_results] == ["s3"]
    commit(first.root)
    web.requests.clear()
    second = clone(first.root, tmp_path / "second")
    second.pull(clock=lambda: LATER + timedelta(minutes=5))
    assert "/3" not in [request.path for request in web.requests]
    assert len(web.requests) == COUNT - 1


def test_pulls_of_two_clones_merge_and_do_not_grow(origin: Desk, tmp_path: Path) -> None:
    """Both change every line; the union of them is read by its latest lines, and the next pull leaves one of each."""
    copies = [clone(origin.root, tmp_path / name) for name in ("a", "b")]
    for hours, copy in enumerate(copies):
        copy.pull(clock=lambda hours=hours: LATER + timedelta(hours=hours))
        commit(copy.root)
    git(copies[0].root, "pull", "--quiet", "--no-rebase", "--no-edit", str(copies[1].root), "main")
    assert len(read_lines(copies[0])) == 2 * COUNT + 1
    copies[0].pull(clock=lambda: LATER + timedelta(hours=2))
    assert len(read_lines(copies[0])) == COUNT + 1
    assert [line.split()[0] for line in read_lines(copies[0])[1:]] == [f"s{number}" for number in range(COUNT)]


def test_each_shard_writes_the_lines_of_its_sources(origin: Desk, tmp_path: Path) -> None:
    """After the shards of a pull are merged, the state of every source is there."""
    copies = [clone(origin.root, tmp_path / str(number)) for number in (1, 2)]
    for number, copy in enumerate(copies, 1):
        copy.pull(options=PullOptions(shard=Shard(number, 2)))
        assert 1 < len(read_lines(copy)) < COUNT + 1
        commit(copy.root)
    git(copies[0].root, "pull", "--quiet", "--no-rebase", "--no-edit", str(copies[1].root), "main")
    assert {line.split()[0] for line in read_lines(copies[0])[1:]} == {f"s{number}" for number in range(COUNT)}


def test_marks_of_a_conflict_and_lost_sources_go(origin: Desk) -> None:
    """Lines that are no records are left out, as are those of sources that the edition no longer follows."""
    origin.pull()
    line = read_lines(origin)[1]
    text = "<<<<<<< HEAD\n" + line.replace("s0 ", "gone ", 1) + "\n=======\n>>>>>>> b\ns1 2026-13-45 {}\ns2 x\n"
    origin.write(STATE_FILE, text)
    origin.pull(clock=lambda: LATER + timedelta(hours=1))
    assert [line.split()[0] for line in read_lines(origin)] == [f"s{number}" for number in range(COUNT)]


def test_an_edition_without_the_file_gets_none(origin: Desk) -> None:
    """The file is the switch: where it is missing, pulls write none; a dry run never does."""
    origin.pull(options=PullOptions(dry_run=True))
    assert len(read_lines(origin)) == 1
    (origin.root / STATE_FILE).unlink()
    origin.pull()
    assert not (origin.root / STATE_FILE).exists()
