"""Which program builds: what it made before it changed, or what it builds on changed, is not taken for its own work."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_EXCLUDED_PACKAGES = ("cli", "desk", "intake")  # the other rooms have no say in a build
_DEPENDENCIES = (
    *("babel", "beautifulsoup4", "feedgenerator", "icalendar", "jinja2", "markdown", "markupsafe", "msgspec"),
    *("nh3", "pelican", "pyyaml", "tzdata"),
)


@cache
def compute_code_version() -> str:
    """Digest our own code, Python, and the names and versions of what we build on."""
    made = blake2b(digest_size=16)
    for word in (*_read_own_code(), sys.version, *sorted(_find_installed_versions())):
        made.update(word.encode() + b"\0")
    return made.hexdigest()


def _read_own_code() -> Iterator[str]:
    for file in sorted(_PACKAGE.rglob("*.py")):
        path = file.relative_to(_PACKAGE)
        if path.parts[0] not in _EXCLUDED_PACKAGES:
            yield path.as_posix()
            yield file.read_text("utf-8")


def _find_installed_versions() -> Iterator[str]:
    """Read versions off the folders that pip leaves beside the packages: `jinja2-3.1.6.dist-info`."""
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112 - quicker, and sys.path holds text
            for name in os.listdir(folder):  # noqa: PTH208
                package = name.partition("-")[0].lower()
                if name.endswith((".dist-info", ".egg-info")) and package in _DEPENDENCIES:
                    yield name.lower()
