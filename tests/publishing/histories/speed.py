"""Make a thousand builds affordable for a test: a folder in memory, and every template compiled only once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
import pytest

MEMORY = Path("/dev/shm")
Method = Callable[..., Any]


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Have a temporary folder until the end of the block, in memory where the machine has such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as path:
        yield Path(path)


def parse_and_compile_once(patch: pytest.MonkeyPatch) -> None:
    """Let Jinja parse and compile equal text at an equal place only once, until `patch` is undone.

    Both are functions of the text, and take more than three quarters of a build as small as those of the tests.
    """
    for name in ("parse", "compile"):
        patch.setattr(jinja2.Environment, name, _remember_results(getattr(jinja2.Environment, name)))


def _remember_results(method: Method) -> Method:
    """Return a stand-in for a method of an Environment that keeps its results by class, text, place and options."""
    results: dict[tuple[Any, ...], Any] = {}

    def remember(self: jinja2.Environment, source: Any, *place: Any, **options: Any) -> Any:
        if not isinstance(source, str):  # a tree may be changed between two calls
            return method(self, source, *place, **options)
        key = (type(self), source, *place, *options.items())  # the theme's environment compiles to other code
        if key not in results:
            results[key] = method(self, source, *place, **options)
        return results[key]

    return remember
