"""Links between files: a link to another file of the edition leads to a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from ..model import Document, Leaf
from ..records import Misfit

_LINK = re.compile(r"(?:[(<\"']|\]:\s+)\{(?P<what>filename|static|attach)\}(?P<path>[^)>\"'\s#?]+)")


def broken_links(document: Document | Leaf, files: Callable[[str], bool]) -> Iterator[Misfit]:
    """A link to another file of the edition leads to a file: `files` tells by path from the root."""
    for number, (word, path), target in links(document):
        if target is None or not files(target):
            what = f"{{{word}}}{path} leads nowhere"
            mend = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
            yield Misfit((), what, mend, document.body_line + number)


def links(document: Document | Leaf) -> Iterator[tuple[int, tuple[str, str], str | None]]:
    """Yield line (from 0), word and path of every link to a file, and where it leads, from the root (None: outside)."""
    if "{" not in document.body:
        return
    for number, line in enumerate(document.body.split("\n")):
        for match in _LINK.finditer(line):
            yield number, (match["what"], match["path"]), target_of(document.file, match["path"])


def target_of(file: str, path: str) -> str | None:
    """Tell which file a link in `file` leads to, from the root; None where that is outside of the edition."""
    base = PurePosixPath("content") if path.startswith("/") else PurePosixPath(file).parent
    return _resolve(base / path.lstrip("/"))


def _resolve(path: PurePosixPath) -> str | None:
    steps: list[str] = []
    for step in path.parts:
        if step != "..":
            steps.append(step)
        elif not steps:
            return None
        else:
            steps.pop()
    return "/".join(steps)
