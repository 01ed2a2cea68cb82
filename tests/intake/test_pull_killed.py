"""A pull that is killed, or that finds the disk full, leaves whole files, and the next pull completes them."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kuratorium.edition import frontmatter
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.intake.archive import Archive
from kuratorium.intake.context import PullOptions
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, respond

SOURCES = 100
KILLS = 50
# Forks for each pull, so that it starts at once and is killed while it pulls, not while it imports.
_PULLS = """
import os, signal, sys, time
from pathlib import Path
from kuratorium.intake.context import PullOptions
from tests.intake.conftest import Desk

for line in sys.stdin:
    child = os.fork()
    if not child:
        Desk(Path(sys.argv[1])).pull(options=PullOptions(ignore_schedule=True))
        os._exit(0)
    time.sleep(float(line))
    ended_child, _ = os.waitpid(child, os.WNOHANG)
    if not ended_child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print("killed" if not ended_child else "done", flush=True)
"""
_FULL = """
import resource, sys
from pathlib import Path
from tests.intake.conftest import Desk

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    Desk(Path(sys.argv[1])).pull()
except OSError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.mark.slow
def test_a_pull_killed_at_any_moment_loses_and_doubles_nothing(desk: Desk, web: Web) -> None:
    """A pull of 100 sources is killed at 50 random moments, and every source has a new entry before each.

    After each kill every file is whole, and no entry is in the inbox twice; in the end every entry is there once.
    """
    titles = [[f"s{number}-0"] for number in range(SOURCES)]
    for number in range(SOURCES):
        web.answers[f"/{number}"] = _serve_file(desk.root / f"feeds/{number}.xml")
    addresses = (f"feeds/{number}.xml" if number % 2 else f"{web.address}/{number}" for number in range(SOURCES))
    desk.follow(*({"id": f"s{number}", "feed": address} for number, address in enumerate(addresses)))
    _write_feeds(desk, titles)
    started = time.perf_counter()
    assert desk.pull().new == SOURCES
    duration = time.perf_counter() - started
    moments = random.Random(0)
    ends: Counter[str] = Counter()
    with _start_killable_pulls(desk.root) as run:
        for day in range(1, KILLS + 1):
            for number, feed_titles in enumerate(titles):
                feed_titles.insert(0, f"shared-{day}" if number < 3 else f"s{number}-{day}")
            _write_feeds(desk, titles)
            ends[run(moments.uniform(0, duration))] += 1
            _check_files(desk)
    report = desk.pull(options=PullOptions(ignore_schedule=True))
    assert (report.failed_results, report.flooded_results) == ((), ())
    assert _check_files(desk) == {title for feed_titles in titles for title in feed_titles}
    assert all(len(desk.seen(f"s{number}")) == KILLS + 1 for number in range(SOURCES))
    shared = [meta for title, meta in desk.metas().items() if title.startswith("shared")]
    assert {meta.title: read_source_ids(meta) for meta in shared} == {meta.title: ["s0", "s1", "s2"] for meta in shared}
    assert ends["killed"] > KILLS * 0.6, ends
    assert desk.pull(options=PullOptions(ignore_schedule=True)).new == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux lists the children of a process")
def test_a_killed_pull_leaves_no_parser_behind(desk: Desk) -> None:
    """The processes that parse for it end with it."""
    padding = b"<!--" + b"x" * 1_000_000 + b"-->"
    for number in range(60):
        desk.write(f"feeds/{number}.xml", rss("a").replace(b"<channel>", b"<channel>" + padding))
    desk.follow(*({"id": f"s{number}", "feed": f"feeds/{number}.xml"} for number in range(60)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    script = (
        "import sys; from pathlib import Path; from tests.intake.conftest import Desk; Desk(Path(sys.argv[1])).pull()"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(desk.root)], env=environment) as process:
        workers: list[str] = []
        while process.poll() is None and len(workers) < 2:
            workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            time.sleep(0.01)
        process.kill()
    assert workers
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{worker}").exists() for worker in workers):
        time.sleep(0.05)
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


@pytest.mark.parametrize("byte_limit", [0, 300, 700, 1500, 40_000, 5_000_000])
def test_a_full_disk_leaves_whole_files(desk: Desk, byte_limit: int) -> None:
    """If files may not grow beyond a limit, the pull fails, all files are whole, and the next pull completes."""
    titles = [[f"s{number}-{entry}" for entry in range(10)] for number in range(8)]
    desk.follow(*({"id": f"s{number}", "feed": f"feeds/{number}.xml"} for number in range(8)))
    _write_feeds(desk, titles)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    completed = subprocess.run(
        [sys.executable, "-c", _FULL, str(desk.root), str(byte_limit)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (completed.returncode, "refused: " in completed.stderr) == (
        (0, False) if byte_limit == 5_000_000 else (1, True)
    ), completed.stderr
    assert "Traceback" not in completed.stderr
    _check_files(desk)
    assert not list((desk.root / "curation").rglob("*~"))
    desk.pull()
    assert _check_files(desk) == {title for feed_titles in titles for title in feed_titles}
    assert all(len(desk.seen(f"s{number}")) == 10 for number in range(8))


def read_source_ids(meta: InboxFrontMatter) -> list[str]:
    """Return the ids of the sources that had an article."""
    return [meta.bookmark_of[0].source, *(work.source for work in meta.also_in)]


def _write_feeds(desk: Desk, titles: list[list[str]]) -> None:
    for number, feed_titles in enumerate(titles):
        path = desk.root / f"feeds/{number}.xml"
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".new").write_bytes(rss(*feed_titles))
        path.with_suffix(".new").replace(path)


def _check_files(desk: Desk) -> set[str]:
    """Check that each file of the inbox and of seen is whole, and each entry there once; returns the titles."""
    metas = [frontmatter.parse_front_matter(path.name, path.read_text(), InboxFrontMatter)[0] for path in desk.inbox]
    duplicates = [key for key, count in Counter(meta.bookmark_of[0].item for meta in metas).items() if count > 1]
    assert duplicates == []
    for path in (desk.root / "curation/seen").glob("*.txt"):
        lines = path.read_text().splitlines()
        assert lines == sorted(set(lines))
        assert all(len(line.split()) == 3 for line in lines)
    with Archive(desk.root, warn=pytest.fail) as archive:
        archive.search("shared")
    return {meta.title for meta in metas}


def _serve_file(path: Path) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        data = path.read_bytes()
        etag = f'"{hashlib.md5(data).hexdigest()}"'
        is_unchanged = request.headers.get("if-none-match") == etag
        (respond(status=304) if is_unchanged else respond(data, etag=etag))(request)

    return answer


@contextmanager
def _start_killable_pulls(root: Path) -> Iterator[Callable[[float], str]]:
    """Start a process that pulls on demand; yields a function that kills a pull after some seconds.

    The function returns "killed", or "done" if the pull had ended before.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", _PULLS, str(root)],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def run(seconds: float) -> str:
            print(seconds, file=stdin, flush=True)
            return stdout.readline().strip()

        yield run
        stdin.close()


def test_a_pull_deletes_what_killed_pulls_left(desk: Desk) -> None:
    """Their temporary files are hidden from git, so nobody else would ever delete them; those of today stay."""
    for name in (
        *("curation/inbox/.a.md.0a1b2c3d~", "curation/seen/.eins.txt.0a1b2c3d~", "curation/.sources.yaml.0a1b2c3d~"),
        *("content/essays/.a.md.0a1b2c3d~", ".folge.opml.0a1b2c3d~"),
    ):
        path = desk.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("halb")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    young = desk.root / "curation/inbox/.b.md.0a1b2c3d~"
    young.write_text("im Entstehen")
    desk.follow()
    desk.pull()
    assert list(desk.root.rglob("*~")) == [young]
