"""Work in several processes: each gets a copy of all that is here, does its share, and sends back what came of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

WORTHWHILE = 500  # things to do; below that, starting processes takes longer than they save
_CHUNK = 32  # neighbours are alike in cost and share fragments


def count(things: int, wanted: int | None = None) -> int:
    """Say how many processes to use for so many things: `wanted`, else one per core where it is worthwhile and safe.

    Forking is cheap and shares memory, but not safe beside threads, nor on a Mac.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return wanted or (len(os.sched_getaffinity(0)) if things >= WORTHWHILE else 1)


def share(things: Sequence[T], work: Callable[[Sequence[T]], R], processes: int) -> list[R]:
    """Do `work` on shares of `things` in so many processes; returns what each made. An error in one is raised here."""
    if processes <= 1:
        return [work(things)]
    shares: list[list[T]] = [[] for _ in range(processes)]
    for number, start in enumerate(range(0, len(things), _CHUNK)):
        shares[number % processes] += things[start : start + _CHUNK]
    context = multiprocessing.get_context("fork")
    gc.freeze()  # or a worker's first collection would copy every page of shared memory
    try:
        running = []
        for chunk in shares:
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(sender, work, chunk), daemon=True)
            process.start()
            sender.close()
            running.append((process, receiver))
        made = [_receive(receiver) for _, receiver in running]
        for process, _ in running:
            process.join()
    finally:
        gc.unfreeze()
    for one in made:
        if isinstance(one, BaseException):
            raise one
    return made


def _run(sender: Connection, work: Callable[[Sequence[T]], R], things: Sequence[T]) -> None:
    try:
        sender.send(work(things))
    except BaseException as error:  # noqa: BLE001 - it is raised again in the process that waits for it
        sender.send(error)


def _receive(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        return RuntimeError("a worker process was killed, perhaps for want of memory")
