"""A pull of many sources in several processes; each of these pulls is a process of its own, without threads."""

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
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kuratorium.edition.curation import Source
from kuratorium.intake import processes
from kuratorium.intake.http.responses import RedirectChain
from kuratorium.intake.report import SourceResult
from tests.editions import POLICY
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, says

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux pulls in several processes")

_PULL = """
import sys
from pathlib import Path

import msgspec

from kuratorium.intake import processes
from kuratorium.intake.pull import PullOptions
from tests.intake.conftest import Desk

_, root, wanted, anyway = sys.argv
processes.choose_worker_count = lambda _: int(wanted)
done = []
options = PullOptions(ignore_schedule=bool(anyway))
report = Desk(Path(root)).pull(options=options, progress=lambda one: done.append(one.id))
assert sorted(done) == sorted(one.id for one in report.results), "each source is told of once"
print(msgspec.json.encode(report.to_dict()).decode())
"""
LANES = 2  # 127.0.0.1 and localhost are in different ones


def pull(desk: Desk, count: int, *, anyway: bool = False) -> dict[str, Any]:
    """Pull in so many lanes, in a process of its own; returns what the report tells."""
    ended = subprocess.run(
        command(desk, count, anyway=anyway),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = msgspec.json.decode(ended.stdout)
    return found


def command(desk: Desk, count: int, *, anyway: bool = False) -> list[str]:
    """Tell what pulls in so many lanes."""
    return [sys.executable, "-c", _PULL, str(desk.root), str(count), "yes" if anyway else ""]


def environment() -> dict[str, str]:
    """Tell in what environment: modules as here, no proxy."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "NO_PROXY": "*"}


def outcome(desk: Desk) -> tuple[dict[str, bytes], list[tuple[object, ...]]]:
    """Tell all that a pull leaves: the files of git, and the texts in the archive."""
    with closing(sqlite3.connect(desk.root / "var/archive.sqlite3")) as archive:
        rows = archive.execute("SELECT key, source, link, title, published, pulled, text FROM entries ORDER BY key")
        return desk.files(), rows.fetchall()


def test_several_lanes_do_exactly_what_one_does(tmp_path: Path, web: Web) -> None:
    """Files and archive are the same, for a first pull and for later ones; some articles are in several feeds."""
    ends = []
    for count in (1, 3):
        desk = Desk(tmp_path / str(count))
        desk.yaml("policy", {**POLICY, "intranet": ["127.0.0.1", "localhost"]})
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
        web.answers["/missing"] = says(status=404)
        for titles in (["a"], ["b", "a"], ["c", "b", "a"]):
            for number in range(20):
                own = [f"{title}-{number}" for title in titles]
                web.answers[f"/{number}"] = says(rss(*(titles if number < 4 else own)))
            for number in range(10):
                desk.write(f"feeds/{number}.xml", rss(*(f"f{title}-{number}" for title in titles)))
            report = pull(desk, count, anyway=True)
            assert [one["id"] for one in report["results"] if one["status"] == "failed"] == ["missing"]
        ends.append(outcome(desk))
    assert ends[0] == ends[1]
    assert len(ends[0][1]) == 3 * 30


def test_a_redirect_to_the_host_of_another_lane_is_handed_over(desk: Desk, web: Web) -> None:
    """Who is led to another lane's host leaves the rest to that lane: never are there more than two requests to it."""
    port = web.address.rpartition(":")[2]
    desk.yaml("policy", {**POLICY, "intranet": ["127.0.0.1", "localhost"]})
    desk.follow(
        *({"id": f"s{n}", "feed": f"http://{'localhost' if n % 2 else '127.0.0.1'}:{port}/from/{n}"} for n in range(30))
    )
    busy, most, lock = 0, 0, threading.Lock()

    def serve(number: int) -> Callable[[BaseHTTPRequestHandler], None]:
        body = rss(f"t{number}")

        def answer(request: BaseHTTPRequestHandler) -> None:
            nonlocal busy, most
            with lock:
                busy, most = busy + 1, max(most, busy + 1)
            time.sleep(0.02)
            with lock:
                busy -= 1
            says(body)(request)

        return answer

    for number in range(30):
        target = f"http://127.0.0.1:{port}/to/{number}"
        web.answers[f"/from/{number}"] = says(status=301, location=target)
        web.answers[f"/to/{number}"] = serve(number)
    report = pull(desk, LANES)
    assert {one["status"] for one in report["results"]} == {"new"}
    assert most == 2
    assert desk.state("s1").moved_to == f"http://127.0.0.1:{port}/to/1"


def test_redirects_are_counted_across_lanes(desk: Desk, web: Web) -> None:
    """A chain from host to host has five hops at most, and a circle is noticed, whoever goes them."""
    port = web.address.rpartition(":")[2]
    desk.yaml("policy", {**POLICY, "intranet": ["127.0.0.1", "localhost"]})
    hosts = ("127.0.0.1", "localhost")
    for hop in range(8):
        web.answers[f"/hop/{hop}"] = says(status=302, location=f"http://{hosts[hop % 2]}:{port}/hop/{hop + 1}")
    web.answers["/a"] = says(status=302, location=f"http://localhost:{port}/b")
    web.answers["/b"] = says(status=302, location=f"http://127.0.0.1:{port}/a")
    desk.follow({"id": "chain", "feed": f"http://localhost:{port}/hop/0"}, {"id": "circle", "feed": f"{web.address}/a"})
    report = pull(desk, LANES)
    assert [one["reason"] for one in report["results"]] == ["redirects", "redirects"]
    assert sum(one.path.startswith("/hop") for one in web.asked) == 6


def test_ctrl_c_ends_all_lanes_and_keeps_what_is_done(desk: Desk, web: Web) -> None:
    """One Ctrl-C, sent to the pull alone, ends every lane; its report has what was done."""
    released = threading.Event()
    web.answers["/slow"] = lambda _: released.wait(20) and None
    for number in range(10):
        desk.write(f"feeds/{number}.xml", rss(f"t{number}"))
    desk.follow(
        *({"id": f"f{number}", "feed": f"feeds/{number}.xml"} for number in range(10)),
        {"id": "slow", "feed": f"{web.address}/slow"},
    )
    with subprocess.Popen(command(desk, LANES), env=environment(), stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (len(desk.inbox) < 10 or not web.asked):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=10)
    released.set()
    report = msgspec.json.decode(said)
    assert report["interrupted"]
    assert sorted(one["id"] for one in report["results"]) == sorted(f"f{number}" for number in range(10))


def test_what_breaks_in_a_lane_breaks_the_pull(desk: Desk) -> None:
    """What a lane cannot do is raised by the pull, with the lane's own traceback; no lane goes on."""
    for number in range(40):
        desk.write(f"feeds/{number}.xml", rss(f"t{number}"))
    desk.follow(*({"id": f"f{number}", "feed": f"feeds/{number}.xml"} for number in range(40)))
    desk.write("curation/seen", b"a file where a folder should be")
    ended = subprocess.run(command(desk, LANES), env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "NotADirectoryError" in ended.stderr
    assert "in _pull" in ended.stderr
    (desk.root / "curation/seen").unlink()
    assert pull(desk, LANES)["new"] == 40


def test_a_killed_pull_leaves_no_lane_behind(desk: Desk, web: Web) -> None:
    """Killed, it takes its lanes along; the next pull finds nobody at work."""
    released = threading.Event()
    web.answers["/slow"] = lambda _: released.wait(20) and None
    desk.write("feeds/a.xml", rss("a"))
    desk.follow({"id": "slow", "feed": f"{web.address}/slow"}, {"id": "a", "feed": "feeds/a.xml"})
    with subprocess.Popen(command(desk, LANES), env=environment(), stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (web.asked and desk.inbox):
            time.sleep(0.02)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    assert len(children) == LANES
    released.set()
    web.answers["/slow"] = says(rss("b"))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{child}").exists() for child in children):
        time.sleep(0.02)
    assert pull(desk, LANES)["new"] == 1


def test_shares_keep_a_host_together() -> None:
    """All sources of a host are in one share, however its name is written; together the shares are all sources."""
    sources = [
        Source(id=f"s{n}", name="S", feed=f"http{'s' * (n % 2)}://{'X' if n % 4 else 'x'}{n // 5}.example/{n}")
        for n in range(100)
    ]
    found = processes.divide_sources(sources, 4)
    assert sorted(one.id for share in found for one in share) == sorted(one.id for one in sources)
    hosts = [{one.feed.split("/")[2].lower() for one in share} for share in found]
    assert all(not (one & other) for place, one in enumerate(hosts) for other in hosts[place + 1 :])
    assert all(share for share in found)


def test_alone_a_lane_asks_everybody() -> None:
    """One lane is no process of its own, and hands nothing over."""
    told: list[SourceResult] = []

    def work(sources: Any, beside: processes.Coordinator, tell: processes.ProgressCallback) -> Any:
        assert beside.owns_host("anywhere.example")
        with pytest.raises(AssertionError):
            beside.hand_over("a", RedirectChain(next_address="http://x.example/"))
        tell(SourceResult(id="a", name="A", status="new"))
        return len(sources)

    assert processes.distribute_work([Source(id="a", name="A", feed="a.xml")], 1, work, told.append) == 1  # type: ignore[comparison-overlap]
    assert [one.id for one in told] == ["a"]
