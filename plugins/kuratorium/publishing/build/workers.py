"""Work in several processes: each gets a copy of all that is here, does its share, and sends back what came of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MIN_PARALLEL_ITEMS = 500  # things to do; below that, starting processes takes longer than they save
_CHUNK_SIZE = 32  # neighbours are alike in cost and share fragments


def choose_process_count(item_count: int, requested: int | None = None) -> int:
    """Say how many processes to use for so many things: `wanted`, else one per core where it is worthwhile and safe.

    Forking is cheap and shares memory, but not safe beside threads, nor on a Mac.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return requested or (len(os.sched_getaffinity(0)) if item_count >= MIN_PARALLEL_ITEMS else 1)


def map_chunks(items: Sequence[T], process_chunk: Callable[[Sequence[T]], R], processes: int) -> Iterator[R]:
    """Do `work` on chunks of `things` in so many processes; yields what each chunk made, as it comes.

    An error in one is raised here, and the others are ended.
    """
    chunks = [items[start : start + _CHUNK_SIZE] for start in range(0, len(items), _CHUNK_SIZE)]
    if processes <= 1:
        yield from map(process_chunk, chunks)
        return
    context = multiprocessing.get_context("fork")
    running: dict[Connection, Any] = {}
    gc.freeze()  # or a worker's first collection would copy every page of shared memory
    try:
        for number in range(min(processes, len(chunks))):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(
                target=_run_worker, args=(sender, process_chunk, chunks[number::processes]), daemon=True
            )
            process.start()
            sender.close()
            running[receiver] = process
        yield from _collect_results(running)
    finally:
        for process in running.values():  # none, unless something went wrong
            process.terminate()
            process.join()
        gc.unfreeze()


def _collect_results(running: dict[Connection, Any]) -> Iterator[Any]:
    while running:
        for receiver in wait(list(running)):
            assert isinstance(receiver, Connection)  # noqa: S101 - for mypy: nothing else was waited for
            made = _read_message(receiver)
            if made is None:
                running.pop(receiver).join()
                receiver.close()
            elif isinstance(made, BaseException):
                raise made
            else:
                yield made[0]


def _run_worker(sender: Connection, work: Callable[[Sequence[T]], R], chunks: Sequence[Sequence[T]]) -> None:
    try:
        for chunk in chunks:
            sender.send((work(chunk),))
        sender.send(None)
    except BaseException as error:  # noqa: BLE001 - it is raised again in the process that waits for it
        sender.send(error)


def _read_message(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        return RuntimeError("a worker process was killed, perhaps for want of memory")
