from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium.errors import UsageError
from kuratorium.file_lock import FileLock
from tests.scripts import ENVIRONMENT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no flock")

_HOLD = """
import sys
from pathlib import Path
from kuratorium.file_lock import FileLock
with FileLock(Path(sys.argv[1]), on_wait=lambda: print("waits", flush=True)):
    print("holds", flush=True)
    sys.stdin.readline()
"""


def hold_in_other_process(path: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock until it reads a line."""
    return subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_busy_lock_is_refused_with_a_message(tmp_path: Path) -> None:
    """With a busy message, a lock that another holds raises UsageError; after its release it can be had."""
    lock = FileLock(tmp_path / "var" / "x.lock")
    with pytest.raises(UsageError, match="another pull"):
        FileLock(tmp_path / "var" / "x.lock", busy_message="another pull is at work")
    lock.release()
    with FileLock(tmp_path / "var" / "x.lock", busy_message="another pull is at work"):
        assert (tmp_path / "var" / "x.lock").is_file()


def test_a_process_waits_for_the_lock_and_says_so(tmp_path: Path) -> None:
    """Without a busy message, a second process calls `on_wait` once, and gets the lock when it is released."""
    lock = FileLock(tmp_path / "x.lock")
    with hold_in_other_process(tmp_path / "x.lock") as process:
        assert process.stdout
        assert process.stdout.readline() == "waits\n"
        lock.release()
        assert process.stdout.readline() == "holds\n"
        process.communicate("\n", timeout=10)
    assert process.returncode == 0


def test_a_killed_process_releases_its_lock(tmp_path: Path) -> None:
    """The file that a killed process leaves locks nobody out."""
    with hold_in_other_process(tmp_path / "x.lock") as process:
        assert process.stdout
        assert process.stdout.readline() == "holds\n"
        process.kill()
    with FileLock(tmp_path / "x.lock", busy_message="still locked"):
        pass


_FORK = """
import os, sys, time
from pathlib import Path
from kuratorium import process_pool
from kuratorium.file_lock import FileLock
process_pool._request_kill_with_parent = lambda: None  # as on a system that does not end it
lock = FileLock(Path(sys.argv[1]))
with process_pool.WorkerPool(daemon=False) as pool:
    pool.start(lambda connection: [connection.send(os.getpid()), time.sleep(60)])
    for pid in pool.receive():
        print(pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_a_worker_does_not_hold_the_lock_of_its_parent(tmp_path: Path) -> None:
    """The lock is the parent's while it lives, and free when the parent is killed, whatever becomes of its workers."""
    with subprocess.Popen(
        [sys.executable, "-c", _FORK, str(tmp_path / "x.lock")], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        worker = int(process.stdout.readline())
        with pytest.raises(UsageError):
            FileLock(tmp_path / "x.lock", busy_message="still locked")
        process.kill()
    try:
        with FileLock(tmp_path / "x.lock", busy_message="still locked"):
            os.kill(worker, 0)
    finally:
        os.kill(worker, signal.SIGKILL)
