"""What an upgrade means for an edition's own theme: which files of the program, for which it has its own, changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ...edition.paths import scan_visible_files
from ...edition.theme.loader import PROGRAM_MARK

_EXTENDED = re.compile(rf"""{{%-?\s*extends\s+["']{PROGRAM_MARK}([^"'\n]+)["']""")


class OverrideChange(Struct, frozen=True):
    """A file of the program that changes, or goes, while the edition has a file in its place or on its ground.

    `file`: the edition's, from its root. `program_file`: the program's, from its theme. `diff`: what changes in it,
    empty if it is gone, or is no text.
    """

    file: str
    program_file: str
    kind: Literal["changed", "gone"]
    diff: str


def compare_overrides(root: Path, theme: str, former: Path, present: Path) -> list[OverrideChange]:
    """Return what changes below the edition's own theme; `former` and `present` are the program's theme folders."""
    found = []
    for file in sorted(scan_visible_files(str(root), theme, [])):
        own = file.removeprefix(f"{theme}/")
        for name in dict.fromkeys(_list_grounds(root / file, own)):
            before, after = _read(former / name), _read(present / name)
            if before is not None and before != after:
                kind: Literal["changed", "gone"] = "gone" if after is None else "changed"
                found.append(OverrideChange(file, name, kind, _diff(name, before, after)))
    return found


def _list_grounds(path: Path, own: str) -> Iterator[str]:
    """Yield the files of the program's theme in whose place a file stands, and those that it extends."""
    yield own
    if own.startswith("templates/"):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (f"templates/{name}" for name in _EXTENDED.findall(text))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _diff(name: str, before: bytes, after: bytes | None) -> str:
    if after is None:
        return ""
    try:
        texts = [data.decode().splitlines(keepends=True) for data in (before, after)]
    except UnicodeDecodeError:
        return ""
    return "".join(unified_diff(texts[0], texts[1], f"before/{name}", f"after/{name}"))
