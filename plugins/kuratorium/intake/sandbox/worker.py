"""The worker process: it reads requests from its input, and writes results to its output, until the input ends.

Run as a module by `pool`. A message is eight bytes with its length, and a pickle.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from ...errors import SourceError
from ...process_pool import prepare_worker
from .call import call_parser

HEADER_BYTES = 8
_MAX_MEMORY_BYTES = 1 << 30  # of addresses; a feed of the largest size that is fetched takes a third of it

Request = tuple[Callable[..., Any], tuple[Any, ...]]
Result = tuple[bool, Any]
"""Whether the call succeeded, and what it returned; else the reason and message of a SourceError."""


def encode_message(value: object) -> bytes:
    """Return a message with its length."""
    data = pickle.dumps(value)
    return len(data).to_bytes(HEADER_BYTES, "big") + data


def _serve(requests: BinaryIO, results: BinaryIO) -> None:
    while header := requests.read(HEADER_BYTES):
        function, arguments = pickle.loads(requests.read(int.from_bytes(header, "big")))  # noqa: S301 - from our parent
        results.write(_answer(function, arguments))
        results.flush()


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    try:
        return encode_message((True, call_parser(function, *arguments)))
    except SourceError as error:
        return encode_message((False, (error.reason, str(error))))


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit, and a Mac does not enforce it
        import resource  # noqa: PLC0415 - see above

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


def main() -> None:
    """Serve the parent process until it closes our input."""
    prepare_worker()
    _limit_memory()
    # What a parser prints must not get among the results.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, results)


if __name__ == "__main__":
    main()
