import os
import subprocess
import sys

from kuratorium.errors import EditionError, Problem
from kuratorium.publishing.build import workers
from tests.editions import TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, tree

# Forking is refused beside threads, and the test runner may have some: this is proved in a process of its own.
SCRIPT = """
import os, sys
from pathlib import Path
from kuratorium.publishing.build import workers
from kuratorium.publishing.builder import build_site
assert workers.choose_process_count(10, 2) == 2
print(build_site(Path(sys.argv[1]), output=Path(sys.argv[2]), jobs=int(sys.argv[3])).post_count)
"""
FAILING = """
import os
from kuratorium.errors import EditionError, Problem
from kuratorium.publishing.build import workers
def wrong(share):
    if 40 in share:
        raise EditionError([Problem("a.md", 1, "title", "is missing", "Add it.")])
    return share
def killed(share):
    os._exit(9)
for work in (wrong, killed):
    try:
        list(workers.map_chunks(range(100), work, 2))
    except Exception as error:
        print(type(error).__name__, getattr(error, "problems", error))
print(sorted(number for share in workers.map_chunks(range(100), list, 3) for number in share) == list(range(100)))
"""


def run(script: str, *words: str) -> str:
    """Run a script in a new process."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *words],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_bytes_do_not_depend_on_the_number_of_processes(tiny: TinyEdition) -> None:
    """One process and three make the same site."""
    tiny.interview("gespraech")
    for number in range(70):
        tiny.note(f"nr-{number}", tags=[f"Tag {number % 7}"])
    assert run(SCRIPT, str(tiny.root), str(tiny.root / "eins"), "1") == "72\n"
    assert run(SCRIPT, str(tiny.root), str(tiny.root / "drei"), "3") == "72\n"
    assert tree(tiny.root / "eins") == tree(tiny.root / "drei")


def test_what_goes_wrong_in_a_process_is_told_by_the_one_that_waits() -> None:
    """An edition's problems arrive whole, a killed worker is noticed, and all work is done exactly once."""
    wrong, killed, whole = run(FAILING).splitlines()
    assert wrong.startswith("EditionError (Problem(file='a.md'")
    assert killed.startswith("RuntimeError a worker process was killed")
    assert whole == "True"


def test_small_work_stays_in_one_process() -> None:
    """Starting processes for a few posts would take longer than it saves."""
    assert workers.choose_process_count(workers.MIN_PARALLEL_ITEMS - 1) == 1
    assert workers.choose_process_count(workers.MIN_PARALLEL_ITEMS) <= len(os.sched_getaffinity(0))


def test_an_error_travels_with_its_problems() -> None:
    """Between processes an EditionError keeps what it knows."""
    error = EditionError([Problem("a.md", 1, "", "x", "y")])
    kind, arguments = error.__reduce__()
    assert kind(*arguments).problems == error.problems
