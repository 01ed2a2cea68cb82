"""Pulls in several workers; each pull runs in a process of its own, because nothing is forked beside threads."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kuratorium.edition.curation import Source
from kuratorium.intake import pull_workers
from kuratorium.intake.http.responses import RedirectChain
from kuratorium.intake.report import SourceResult
from tests.editions import POLICY
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, respond

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux pulls in several processes")

_PULL = """
import sys
from pathlib import Path

import msgspec

from kuratorium.intake import pull_workers
from kuratorium.intake.context import PullOptions
from kuratorium.intake.http import ssrf_guard
from tests.intake.conftest import Desk

# As if the tests' servers had public addresses: a redirect may not lead into an intranet.
ssrf_guard.find_block_reason = lambda _: ""
_, root, worker_count, ignore_schedule = sys.argv
pull_workers.choose_worker_count = lambda _: int(worker_count)
done = []
options = PullOptions(ignore_schedule=bool(ignore_schedule))
report = Desk(Path(root)).pull(options=options, progress=lambda result: done.append(result.id))
assert sorted(done) == sorted(result.id for result in report.results), "each source is reported once"
print(msgspec.json.encode(report.to_dict()).decode())
"""
WORKERS = 2  # one owns 127.0.0.1, the other localhost


def pull(desk: Desk, count: int, *, ignore_schedule: bool = False) -> dict[str, Any]:
    """Pull in so many workers, in a process of its own; returns the report as a dictionary."""
    completed = subprocess.run(
        command(desk, count, ignore_schedule=ignore_schedule),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert completed.returncode == 0, completed.stderr
    report: dict[str, Any] = msgspec.json.decode(completed.stdout)
    return report


def command(desk: Desk, count: int, *, ignore_schedule: bool = False) -> list[str]:
    """Return the command that pulls in so many workers."""
    return [sys.executable, "-c", _PULL, str(desk.root), str(count), "yes" if ignore_schedule else ""]


def environment() -> dict[str, str]:
    """Return the environment of the command: the same modules as here, and no proxy."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "NO_PROXY": "*"}


def read_all(desk: Desk) -> tuple[dict[str, bytes], list[tuple[object, ...]]]:
    """Return all that a pull leaves: the files in git, and the entries in the archive."""
    with closing(sqlite3.connect(desk.root / "var/archive.sqlite3")) as archive:
        rows = archive.execute("SELECT key, source, link, title, published, pulled, text FROM entries ORDER BY key")
        return desk.files(), rows.fetchall()


def test_several_workers_do_exactly_what_one_does(tmp_path: Path, web: Web) -> None:
    """Files and archive are the same after the first pull and later ones, also for articles in several feeds."""
    states = []
    for count in (1, 3):
        desk = Desk(tmp_path / str(count))
        desk.yaml("policy", {**POLICY, "intranet": []})
        desk.yaml("people", [])
        desk.yaml("topics", [])
        port = web.address.rpartition(":")[2]
        desk.follow(
            *(
                {"id": f"s{number}", "feed": f"http://{'localhost' if number % 3 else '127.0.0.1'}:{port}/{number}"}
                for number in range(20)
            ),
            *({"id": f"f{number}", "feed": f"feeds/{number}.xml"} for number in range(10)),
            {"id": "missing", "feed": f"{web.address}/missing"},
        )
        web.answers["/missing"] = respond(status=404)
        for titles in (["a"], ["b", "a"], ["c", "b", "a"]):
            for number in range(20):
                own = [f"{title}-{number}" for title in titles]
                web.answers[f"/{number}"] = respond(rss(*(titles if number < 4 else own)))
            for number in range(10):
                desk.write(f"feeds/{number}.xml", rss(*(f"f{title}-{number}" for title in titles)))
            report = pull(desk, count, ignore_schedule=True)
            assert [result["id"] for result in report["results"] if result["status"] == "failed"] == ["missing"]
        states.append(read_all(desk))
    assert states[0] == states[1]
    assert len(states[0][1]) == 3 * 30


def test_a_redirect_to_the_host_of_another_worker_is_handed_over(desk: Desk, web: Web) -> None:
    """A host is requested only by the worker that owns it, so that it never has more than two requests at a time."""
    port = web.address.rpartition(":")[2]
    desk.yaml("policy", {**POLICY, "intranet": []})
    desk.follow(
        *({"id": f"s{n}", "feed": f"http://{'localhost' if n % 2 else '127.0.0.1'}:{port}/from/{n}"} for n in range(30))
    )
    active, most, lock = 0, 0, threading.Lock()

    def serve(number: int) -> Callable[[BaseHTTPRequestHandler], None]:
        body = rss(f"t{number}")

        def answer(request: BaseHTTPRequestHandler) -> None:
            nonlocal active, most
            with lock:
                active, most = active + 1, max(most, active + 1)
            time.sleep(0.02)
            with lock:
                active -= 1
            respond(body)(request)

        return answer

    for number in range(30):
        target = f"http://127.0.0.1:{port}/to/{number}"
        web.answers[f"/from/{number}"] = respond(status=301, location=target)
        web.answers[f"/to/{number}"] = serve(number)
    report = pull(desk, WORKERS)
    assert {result["status"] for result in report["results"]} == {"new"}
    assert most == 2
    assert desk.state("s1").moved_to == f"http://127.0.0.1:{port}/to/1"


def test_redirects_are_counted_across_workers(desk: Desk, web: Web) -> None:
    """A chain of redirects has at most five hops, and a circle is noticed, also from one worker to the other."""
    port = web.address.rpartition(":")[2]
    desk.yaml("policy", {**POLICY, "intranet": []})
    hosts = ("127.0.0.1", "localhost")
    for hop in range(8):
        web.answers[f"/hop/{hop}"] = respond(status=302, location=f"http://{hosts[hop % 2]}:{port}/hop/{hop + 1}")
    web.answers["/a"] = respond(status=302, location=f"http://localhost:{port}/b")
    web.answers["/b"] = respond(status=302, location=f"http://127.0.0.1:{port}/a")
    desk.follow({"id": "chain", "feed": f"http://localhost:{port}/hop/0"}, {"id": "circle", "feed": f"{web.address}/a"})
    report = pull(desk, WORKERS)
    assert [result["reason"] for result in report["results"]] == ["redirects", "redirects"]
    assert sum(request.path.startswith("/hop") for request in web.requests) == 6


def test_ctrl_c_ends_all_workers_and_keeps_what_is_done(desk: Desk, web: Web) -> None:
    """One Ctrl-C, sent to the parent process alone, ends every worker; the report has the sources that were done."""
    released = threading.Event()
    web.answers["/slow"] = lambda _: released.wait(20) and None
    for number in range(10):
        desk.write(f"feeds/{number}.xml", rss(f"t{number}"))
    desk.follow(
        *({"id": f"f{number}", "feed": f"feeds/{number}.xml"} for number in range(10)),
        {"id": "slow", "feed": f"{web.address}/slow"},
    )
    with subprocess.Popen(command(desk, WORKERS), env=environment(), stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (len(desk.inbox) < 10 or not web.requests):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    released.set()
    report = msgspec.json.decode(output)
    assert report["interrupted"]
    assert sorted(result["id"] for result in report["results"]) == sorted(f"f{number}" for number in range(10))


def test_an_error_in_a_worker_ends_the_pull(desk: Desk) -> None:
    """It is raised by the pull, with the worker's own traceback, and no worker goes on."""
    for number in range(40):
        desk.write(f"feeds/{number}.xml", rss(f"t{number}"))
    desk.follow(*({"id": f"f{number}", "feed": f"feeds/{number}.xml"} for number in range(40)))
    python, option, code, *arguments = command(desk, WORKERS)
    bug = "from kuratorium.intake import delivery\ndelivery.filter_entries = None\n"
    completed = subprocess.run(
        [python, option, bug + code, *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    assert completed.returncode == 1
    assert "TypeError: 'NoneType' object is not callable" in completed.stderr
    assert "in _pull" in completed.stderr
    assert pull(desk, WORKERS)["new"] == 40


def test_a_killed_pull_leaves_no_worker_behind(desk: Desk, web: Web) -> None:
    """Its workers end with it, so that the next pull gets the lock."""
    released = threading.Event()
    web.answers["/slow"] = lambda _: released.wait(20) and None
    desk.write("feeds/a.xml", rss("a"))
    desk.follow({"id": "slow", "feed": f"{web.address}/slow"}, {"id": "a", "feed": "feeds/a.xml"})
    with subprocess.Popen(command(desk, WORKERS), env=environment(), stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (web.requests and desk.inbox):
            time.sleep(0.02)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    assert len(children) == WORKERS
    released.set()
    web.answers["/slow"] = respond(rss("b"))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{child}").exists() for child in children):
        time.sleep(0.02)
    assert pull(desk, WORKERS)["new"] == 1


def test_all_sources_of_a_host_are_in_one_share() -> None:
    """Upper case and scheme make no difference, and every source is in exactly one share."""
    sources = [
        Source(id=f"s{n}", name="S", feed=f"http{'s' * (n % 2)}://{'X' if n % 4 else 'x'}{n // 5}.example/{n}")
        for n in range(100)
    ]
    shares = pull_workers.divide_sources(sources, 4)
    assert sorted(source.id for share in shares for source in share) == sorted(source.id for source in sources)
    hosts = [{source.feed.split("/")[2].lower() for source in share} for share in shares]
    assert all(not (first & second) for first, second in combinations(hosts, 2))
    assert all(shares)


def test_a_single_worker_owns_every_host() -> None:
    """One worker is no process of its own, and hands nothing over."""
    results: list[SourceResult] = []

    def work(sources: Any, coordinator: pull_workers.Coordinator, progress: pull_workers.ProgressCallback) -> Any:
        assert coordinator.owns_host("anywhere.example")
        with pytest.raises(AssertionError):
            coordinator.hand_over("a", RedirectChain(next_address="http://x.example/"))
        progress(SourceResult(id="a", name="A", status="new"))
        return len(sources)

    assert pull_workers.distribute_work([Source(id="a", name="A", feed="a.xml")], 1, work, results.append) == 1  # type: ignore[comparison-overlap]
    assert [result.id for result in results] == ["a"]
