from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kuratorium import process_pool
from tests.scripts import ENVIRONMENT, run_script

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")

_POOL = """
import gc, os, signal, sys, time
from kuratorium.process_pool import WorkerPool
"""


def test_messages_and_results_arrive() -> None:
    """Each worker's messages come in their order, and what it returns is its result; nothing stays frozen."""
    script = """
def work(connection, number):
    for step in range(3):
        connection.send((number, step))
    return number * 10

with WorkerPool() as pool:
    connections = [pool.start(work, number) for number in range(3)]
    messages = []
    while pool.is_running:
        messages += pool.receive()
print([[step for number, step in messages if number == worker] for worker in range(3)])
print([pool.results[connection] for connection in connections], gc.get_freeze_count())
"""
    assert run_script(_POOL + script) == "[[0, 1, 2], [0, 1, 2], [0, 1, 2]]\n[0, 10, 20] 0\n"


@pytest.mark.parametrize(
    ("cause", "message"),
    [("raise ValueError('wrong')", "ValueError wrong"), ("os._exit(9)", "RuntimeError a worker process was killed")],
)
def test_an_error_of_a_worker_ends_the_others(cause: str, message: str) -> None:
    """It is raised where the messages are received, with the worker's traceback; no other worker goes on."""
    script = f"""
def fail(connection):
    {cause}

try:
    with WorkerPool() as pool:
        pool.start(lambda connection: time.sleep(60))
        pool.start(fail)
        while pool.is_running:
            list(pool.receive())
except Exception as error:
    print(type(error).__name__, error, "in fail" in "".join(getattr(error, "__notes__", [])))
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("no process left")
"""
    first, second = run_script(_POOL + script).splitlines()
    assert first.startswith(message)
    assert first.endswith("True" if "ValueError" in message else "False")
    assert second == "no process left"


@pytest.mark.parametrize("platform", ["linux", "other"])
def test_workers_end_with_a_killed_parent(platform: str) -> None:
    """Whether the kernel or a thread sees to it: nothing of a killed command goes on."""
    script = f"""
sys.platform = {platform!r}
with WorkerPool(daemon=False) as pool:
    for _ in range(2):
        pool.start(lambda connection: [connection.send(os.getpid()), time.sleep(60)])
    while pool.is_running:
        for pid in pool.receive():
            print(pid, flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", _POOL + script], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pids = [int(process.stdout.readline()) for _ in range(2)]
        process.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.02)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


_SPAWNING = """
import multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from kuratorium.process_pool import WorkerPool, prepare_worker

def work(connection):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker) as executor:
        connection.send([os.getpid(), executor.submit(os.getpid).result()])
        time.sleep(60)

if __name__ == "__main__":
    with WorkerPool(daemon=False) as pool:
        pool.start(work)
        while pool.is_running:
            for pids in pool.receive():
                print(*pids, flush=True)
"""


def test_the_processes_of_a_worker_end_with_its_killed_parent(tmp_path: Path) -> None:
    """A worker of a pull starts parser processes: the end of the command ends them all."""
    (tmp_path / "spawning.py").write_text(_SPAWNING)
    with subprocess.Popen(
        [sys.executable, tmp_path / "spawning.py"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pids = process.stdout.readline().split()
        process.kill()
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.02)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_ctrl_c_is_the_parents() -> None:
    """A terminal interrupts workers, too; they go on until the parent decides."""
    script = f"""
def work(connection):
    os.kill(os.getpid(), {int(signal.SIGINT)})
    return "went on"

with WorkerPool() as pool:
    pool.start(work)
    while pool.is_running:
        list(pool.receive())
print(*pool.results.values())
"""
    assert run_script(_POOL + script) == "went on\n"


def test_nothing_is_forked_beside_a_thread() -> None:
    """A lock that the thread holds would stay locked in the child."""
    assert process_pool.count_processors() == len(os.sched_getaffinity(0))
    is_released = threading.Event()
    thread = threading.Thread(target=is_released.wait)
    thread.start()
    try:
        assert not process_pool.can_fork()
    finally:
        is_released.set()
        thread.join()
