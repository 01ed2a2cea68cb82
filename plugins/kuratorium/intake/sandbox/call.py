"""Calls of parsers, which a document may break in any way: whatever goes wrong in them is a SourceError.

In this process a call may also be limited in time; that does not stop a C library, so `is_cheap` says which documents
none of them reads slowly.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

from ...errors import SourceError

P = ParamSpec("P")
R = TypeVar("R")

_MAX_CHEAP_BYTES = 1_000_000  # the fast parser needs some 30 ms for this
# Two libraries need time that grows with the square of these: expat for namespaces, html5ever for open elements. With
# these numbers, the worst document takes some three seconds.
_MAX_CHEAP_NAMESPACES = 500
_MAX_CHEAP_MARKS = 20_000


class SlowCallError(BaseException):
    """A call takes too long. Not an Exception, so that no parser catches it as an error of its own."""


def is_cheap(data: bytes) -> bool:
    """Return whether every parser reads a document in a few seconds at most, by counting what makes them slow."""
    return (
        len(data) <= _MAX_CHEAP_BYTES
        and b"<!ENTITY" not in data
        and data.count(b"xmlns") <= _MAX_CHEAP_NAMESPACES
        and _count_markup_starts(data) <= _MAX_CHEAP_MARKS
    )


def _count_markup_starts(data: bytes) -> int:
    # The search for a sequence takes longer than for a byte, and only JSON has escapes.
    escapes = data.count(b"\\u") if b"\\" in data else 0
    return data.count(b"<") + data.count(b"&") + escapes


def call_parser(function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
    """Return what a function makes of a document; raises SourceError whatever goes wrong in it."""
    try:
        return function(*arguments, **options)
    except (SourceError, OSError):  # the disk's errors are not the document's
        raise
    except RecursionError as error:
        raise SourceError("broken", "it is nested too deeply to be read") from error
    except MemoryError as error:
        raise SourceError("broken", "reading it takes too much memory") from error
    except Exception as error:  # foreign bytes break parsers in ways that nobody can list
        raise SourceError("broken", f"its markup or data is broken ({type(error).__name__})") from error


class CpuLimit:
    """A block that raises SlowCallError after some seconds of this process's time.

    It uses a signal, so it works only in the main thread, and not on Windows; elsewhere nothing is limited.
    """

    def __init__(self, seconds: float) -> None:
        is_available = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._seconds = seconds if is_available else 0.0
        self._is_active = False

    def __enter__(self) -> None:
        if self._seconds:
            self._is_active = True
            signal.signal(signal.SIGVTALRM, self._interrupt)
            # Again and again: an exception in a callback of the garbage collector would be lost.
            signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds, self._seconds)

    def __exit__(self, *_: object) -> None:
        if self._seconds:
            self._is_active = False  # first, because the timer may just have run out
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_active:
            raise SlowCallError
