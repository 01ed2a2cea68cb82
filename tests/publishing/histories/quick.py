"""What lets a test build a thousand times: a folder that is no disk, and Jinja's compiler asked once for each text."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2

MEMORY = Path("/dev/shm")
Compiler = Callable[..., Any]


@contextmanager
def folder() -> Iterator[Path]:
    """Have a folder until the end of the block: in memory, where the machine has such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


def compiled_once(compiler: Compiler) -> Compiler:
    """Make a stand-in for Environment.compile, which is a function of a template's text and of where it lies.

    Compiling is three quarters of a build as small as those of the tests.
    """
    compiled: dict[tuple[Any, ...], CodeType] = {}

    def compile_once(self: jinja2.Environment, source: Any, *place: Any, **options: Any) -> Any:
        key = (source, *place, *options.items())
        if not isinstance(source, str):
            return compiler(self, source, *place, **options)
        if key not in compiled:
            compiled[key] = compiler(self, source, *place, **options)
        return compiled[key]

    return compile_once
