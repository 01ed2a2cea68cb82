"""Make thousands of builds affordable for tests: in memory, and what is the same is compiled and drawn only once."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
import pytest

from kuratorium.publishing.drawing import card, cover, mark

MEMORY = Path("/dev/shm")
Method = Callable[..., Any]
_OPTIONS = ("lexer", "is_async", "undefined", "finalize", "autoescape", "optimized")
"""What an edition may set, and changes the tree or the code; Jinja has one lexer for all options of its syntax."""


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Have a temporary folder until the end of the block, in memory where the machine has such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as path:
        yield Path(path)


def parse_and_compile_once(patch: pytest.MonkeyPatch) -> None:
    """Let Jinja parse and compile equal text of an equal name only once in a process, until `patch` is undone.

    Both are functions of the text, and take more than half of a build as small as those of the tests. Jinja's errors
    name the file of the environment that renders, not the place that is in the code.
    """
    for name in ("parse", "compile"):
        patch.setattr(jinja2.Environment, name, _remember_results(getattr(jinja2.Environment, name)))


def _remember_results(method: Method) -> Method:
    """Return a stand-in for a method of an Environment that keeps its results by class, options, text and name."""
    results: dict[tuple[Any, ...], Any] = {}

    def remember(
        self: jinja2.Environment, source: Any, name: str | None = None, filename: str | None = None, **options: Any
    ) -> Any:
        if not isinstance(source, str) or any(options.values()):  # a tree may be changed between two calls
            return method(self, source, name, filename, **options)
        key = (type(self), *(getattr(self, option) for option in _OPTIONS), *self.extensions, source, name)
        if key not in results:
            results[key] = method(self, source, name, filename)
        return results[key]

    return remember


def draw_once(patch: pytest.MonkeyPatch) -> None:
    """Let equal cards, covers and icons be drawn only once in a process, until `patch` is undone.

    Each is a function of its arguments, and they take more than half of a build whose templates are compiled.
    """
    for module, name in ((card, "draw_card"), (cover, "draw_cover"), (mark, "draw_icon")):
        patch.setattr(module, name, _remember_pictures(getattr(module, name)))


def _remember_pictures(draw: Callable[..., bytes | None]) -> Callable[..., bytes | None]:
    drawn: dict[bytes, bytes | None] = {}

    def remember(*arguments: Any) -> bytes | None:
        key = pickle.dumps(arguments)
        if key not in drawn:
            drawn[key] = draw(*arguments)
        return drawn[key]

    return remember
