from __future__ import annotations

import os

from kuratorium import process_pool
from kuratorium.errors import EditionError, Problem
from tests.editions import TinyEdition
from tests.publishing.build.test_run import tree
from tests.scripts import run_script

# The test runner may have threads, beside which nothing is forked: these run in a process of their own.
_BUILD = """
import sys
from pathlib import Path
from kuratorium import process_pool
from kuratorium.publishing.build_command import build_site
assert process_pool.choose_process_count(10, 2) == 2
print(build_site(Path(sys.argv[1]), output=Path(sys.argv[2]), jobs=int(sys.argv[3])).post_count)
"""
_FAIL = """
import os
from kuratorium.errors import EditionError, Problem
from kuratorium.process_pool import map_chunks
def refuse(chunk):
    if 40 in chunk:
        raise EditionError([Problem("a.md", 1, "title", "is missing", "Add it.")])
    return chunk
def die(chunk):
    os._exit(9)
for process_chunk in (refuse, die):
    try:
        list(map_chunks(range(100), process_chunk, 2))
    except Exception as error:
        print(type(error).__name__, getattr(error, "problems", error))
print(sorted(number for chunk in map_chunks(range(100), list, 3) for number in chunk) == list(range(100)))
"""


def test_the_bytes_do_not_depend_on_the_number_of_processes(tiny: TinyEdition) -> None:
    """One process and three write the same site."""
    tiny.interview("gespraech")
    for number in range(70):
        tiny.note(f"nr-{number}", tags=[f"Tag {number % 7}"])
    assert run_script(_BUILD, tiny.root, tiny.root / "eins", 1) == "72\n"
    assert run_script(_BUILD, tiny.root, tiny.root / "drei", 3) == "72\n"
    assert tree(tiny.root / "eins") == tree(tiny.root / "drei")


def test_an_error_in_a_worker_is_raised_in_the_build() -> None:
    """An EditionError arrives with its problems, a killed worker is noticed, and each item is processed once."""
    refused, killed, complete = run_script(_FAIL).splitlines()
    assert refused.startswith("EditionError (Problem(file='a.md'")
    assert killed.startswith("RuntimeError a worker process was killed")
    assert complete == "True"


def test_few_items_are_processed_in_one_process() -> None:
    """Starting processes for a few posts would take longer than it saves."""
    assert process_pool.choose_process_count(process_pool.MIN_PARALLEL_ITEMS - 1) == 1
    assert process_pool.choose_process_count(process_pool.MIN_PARALLEL_ITEMS) <= len(os.sched_getaffinity(0))


def test_an_error_keeps_its_problems_between_processes() -> None:
    """An EditionError is pickled with its problems, not with its text."""
    error = EditionError([Problem("a.md", 1, "", "x", "y")])
    kind, arguments = error.__reduce__()
    assert kind(*arguments).problems == error.problems
