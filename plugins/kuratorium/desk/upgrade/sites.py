"""The files of two builds compared: what an upgrade changes for readers."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct


class SiteComparison(Struct, frozen=True):
    """The paths of files that a site gets, loses, and has with other bytes; sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    same_count: int


def compare_sites(before: Path, after: Path) -> SiteComparison:
    """Compare the files of two sites, byte for byte."""
    former, present = set(_list_files(before)), set(_list_files(after))
    common = sorted(former & present)
    changed = tuple(path for path in common if not filecmp.cmp(before / path, after / path, shallow=False))
    return SiteComparison(
        tuple(sorted(present - former)), tuple(sorted(former - present)), changed, len(common) - len(changed)
    )


def _list_files(folder: Path) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name).relative_to(folder).as_posix() for name in names)
