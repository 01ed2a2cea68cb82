"""What is left when a pull is killed, or the disk is full."""

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
from kuratorium.edition.model import FrontMatter
from kuratorium.intake.archive import Archive
from kuratorium.intake.pull import PullOptions
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, says

SOURCES = 100
KILLS = 50
# Forks for every pull: so each begins at once, and is killed in its own work, not while it imports.
_PULLS = """
import os, signal, sys, time
from pathlib import Path
from kuratorium.intake.pull import PullOptions
from tests.intake.conftest import Desk

for line in sys.stdin:
    child = os.fork()
    if not child:
        Desk(Path(sys.argv[1])).pull(options=PullOptions(ignore_schedule=True))
        os._exit(0)
    time.sleep(float(line))
    ended, _ = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print("killed" if not ended else "done", flush=True)
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


def test_killed_at_fifty_moments(desk: Desk, web: Web) -> None:
    """A pull of 100 sources is killed at 50 random moments, while every source gets a new entry before each.

    At no time does an entry lie in the inbox twice or a file break off; in the end every entry is there, once.
    """
    titles = [[f"s{number}-0"] for number in range(SOURCES)]
    for number in range(SOURCES):
        web.answers[f"/{number}"] = _serves(desk.root / f"feeds/{number}.xml")
    places = (f"feeds/{number}.xml" if number % 2 else f"{web.address}/{number}" for number in range(SOURCES))
    desk.follow(*({"id": f"s{number}", "feed": place} for number, place in enumerate(places)))
    _publish(desk, titles)
    started = time.perf_counter()
    assert desk.pull().new == SOURCES
    whole = time.perf_counter() - started
    moments = random.Random(0)
    ends: Counter[str] = Counter()
    with _pulls(desk.root) as run:
        for day in range(1, KILLS + 1):
            for number, one in enumerate(titles):
                one.insert(0, f"shared-{day}" if number < 3 else f"s{number}-{day}")
            _publish(desk, titles)
            ends[run(moments.uniform(0, whole))] += 1
            _all_is_whole(desk)
    report = desk.pull(options=PullOptions(ignore_schedule=True))
    assert (report.failed_results, report.flooded_results) == ((), ())
    assert _all_is_whole(desk) == {title for one in titles for title in one}
    assert all(len(desk.seen(f"s{number}")) == KILLS + 1 for number in range(SOURCES))
    shared = [meta for title, meta in desk.metas().items() if title.startswith("shared")]
    assert {meta.title: sources(meta) for meta in shared} == {meta.title: ["s0", "s1", "s2"] for meta in shared}
    assert ends["killed"] > KILLS * 0.6, ends
    assert desk.pull(options=PullOptions(ignore_schedule=True)).new == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux tells who is whose child")
def test_a_killed_pull_leaves_no_process_behind(desk: Desk) -> None:
    """Those who parse for it end with it."""
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


@pytest.mark.parametrize("room", [0, 300, 700, 1500, 40_000, 5_000_000])
def test_a_full_disk(desk: Desk, room: int) -> None:
    """Where no file may grow beyond some bytes, the pull says so; what is there is whole; the next pull completes."""
    titles = [[f"s{number}-{entry}" for entry in range(10)] for number in range(8)]
    desk.follow(*({"id": f"s{number}", "feed": f"feeds/{number}.xml"} for number in range(8)))
    _publish(desk, titles)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ended = subprocess.run(
        [sys.executable, "-c", _FULL, str(desk.root), str(room)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, "refused: " in ended.stderr) == ((0, False) if room == 5_000_000 else (1, True)), (
        ended.stderr
    )
    assert "Traceback" not in ended.stderr
    _all_is_whole(desk)
    assert not list((desk.root / "curation").rglob("*~"))
    desk.pull()
    assert _all_is_whole(desk) == {title for one in titles for title in one}
    assert all(len(desk.seen(f"s{number}")) == 10 for number in range(8))


def sources(meta: FrontMatter) -> list[str]:
    """Tell by which sources an article came."""
    return [meta.bookmark_of[0].source, *(one.source for one in meta.also_in)]


def _publish(desk: Desk, titles: list[list[str]]) -> None:
    for number, one in enumerate(titles):
        path = desk.root / f"feeds/{number}.xml"
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".new").write_bytes(rss(*one))
        path.with_suffix(".new").replace(path)


def _all_is_whole(desk: Desk) -> set[str]:
    """Read every file of the inbox and of seen; returns the titles, each of which must be there once."""
    metas = [frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)[0] for path in desk.inbox]
    twice = [key for key, count in Counter(meta.bookmark_of[0].item for meta in metas).items() if count > 1]
    assert twice == []
    for path in (desk.root / "curation/seen").glob("*.txt"):
        lines = path.read_text().splitlines()
        assert lines == sorted(set(lines))
        assert all(len(line.split()) == 3 for line in lines)
    with Archive(desk.root, warn=pytest.fail) as archive:
        archive.search("shared")
    return {meta.title for meta in metas}


def _serves(path: Path) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        data = path.read_bytes()
        etag = f'"{hashlib.md5(data).hexdigest()}"'
        same = request.headers.get("if-none-match") == etag
        (says(status=304) if same else says(data, etag=etag))(request)

    return answer


@contextmanager
def _pulls(root: Path) -> Iterator[Callable[[float], str]]:
    """Start what pulls; yields how to pull for some seconds at most, which tells whether it was `killed`."""
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
