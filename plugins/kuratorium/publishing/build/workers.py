"""Work of a build that is shared by several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from msgspec import Struct

from ...process_pool import WorkerPool, can_fork, count_processors

T = TypeVar("T")
R = TypeVar("R")

MIN_PARALLEL_ITEMS = 500  # for fewer, starting processes takes longer than they save
_CHUNK_SIZE = 32  # neighbours share fragments, and are similar in cost


def choose_process_count(item_count: int, requested: int | None = None) -> int:
    """Return how many processes to use for so many items: those `requested`, else one per processor if it saves time.

    Where no process can be forked it is 1, whatever was requested.
    """
    if not can_fork():
        return 1
    return requested or (count_processors() if item_count >= MIN_PARALLEL_ITEMS else 1)


def map_chunks(items: Sequence[T], process_chunk: Callable[[Sequence[T]], R], processes: int) -> Iterator[R]:
    """Yield what `process_chunk` returns for each chunk of `items`, as it is ready; `processes` share the chunks.

    Raises the error that it raises for the first chunk with one, so that the message is the same with any number of
    processes.
    """
    chunks = [items[start : start + _CHUNK_SIZE] for start in range(0, len(items), _CHUNK_SIZE)]
    if processes <= 1:
        yield from map(process_chunk, chunks)
        return
    failures: list[_ChunkFailure] = []
    with WorkerPool() as pool:
        numbered = list(enumerate(chunks))
        for number in range(min(processes, len(chunks))):
            pool.start(_send_results, process_chunk, numbered[number::processes])
        while pool.is_running:
            for result in pool.receive():
                if isinstance(result, _ChunkFailure):
                    failures.append(result)
                elif not failures:
                    yield result
    if failures:
        raise min(failures, key=lambda failure: failure.number).error


class _ChunkFailure(Struct, frozen=True):
    """The error that a worker met in the chunk of this number; it works on none behind it."""

    number: int
    error: Exception


def _send_results(
    connection: Connection, process_chunk: Callable[[Sequence[T]], R], chunks: Sequence[tuple[int, Sequence[T]]]
) -> None:
    for number, chunk in chunks:
        try:
            connection.send(process_chunk(chunk))
        except Exception as error:  # noqa: BLE001 - it is raised again in the parent
            connection.send(_ChunkFailure(number, error))
            return
