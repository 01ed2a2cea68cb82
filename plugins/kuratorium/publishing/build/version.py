"""The version of the code that builds: the cache of another version is not used."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_EXCLUDED_PACKAGES = ("cli", "desk", "intake")  # rooms whose code cannot change what a build writes
_DEPENDENCIES = (
    *("babel", "beautifulsoup4", "feedgenerator", "icalendar", "jinja2", "markdown", "markupsafe", "msgspec"),
    *("nh3", "pelican", "pyyaml", "tzdata"),
)


@cache
def compute_code_version() -> str:
    """Return a digest of our own code, of Python's version, and of the versions of the libraries that shape output."""
    digest = blake2b(digest_size=16)
    for part in (*_read_own_code(), sys.version, *sorted(_find_installed_versions())):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _read_own_code() -> Iterator[str]:
    for file in sorted(_PACKAGE.rglob("*.py")):
        path = file.relative_to(_PACKAGE)
        if path.parts[0] not in _EXCLUDED_PACKAGES:
            yield path.as_posix()
            yield file.read_text("utf-8")


def _find_installed_versions() -> Iterator[str]:
    """Yield the names of pip's folders beside the packages, such as `jinja2-3.1.6.dist-info`.

    importlib.metadata would say the same, but its import takes 40 ms of a build that finds nothing changed.
    """
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112 - quicker, and sys.path holds text
            for name in os.listdir(folder):  # noqa: PTH208
                package = name.partition("-")[0].lower()
                if name.endswith((".dist-info", ".egg-info")) and package in _DEPENDENCIES:
                    yield name.lower()
