"""The changelog between two versions, from CHANGELOG.md as https://keepachangelog.com/ writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

_HEAD = re.compile(r"^## \[([^\]\n]+)\].*$", re.MULTILINE)
_REFERENCE = re.compile(r"^\[[^\]\n]+\]: \S+$\n?", re.MULTILINE)


def select_changes(changelog: str, since: str, until: str) -> str:
    """Return the parts of a changelog on versions later than `since`, up to and with `until`, the newest first.

    What is not released yet counts if `until` is later than every head: then the program is built from it.
    """
    sections = list(_split_sections(changelog))
    begin, end = Version(since), Version(until)
    is_beyond = all(version < end for version, _ in sections if version)
    return "\n\n".join(
        section for version, section in sections if (begin < version <= end if version else is_beyond and begin < end)
    )


def _split_sections(changelog: str) -> Iterator[tuple[Version | None, str]]:
    """Yield each part with its version, None for what is not released, and without link references at its end."""
    heads = list(_HEAD.finditer(changelog))
    ends = [*(head.start() for head in heads[1:]), len(changelog)]
    for head, end in zip(heads, ends, strict=False):
        try:
            version = Version(head[1])
        except InvalidVersion:  # "Unreleased"
            version = None
        yield version, _REFERENCE.sub("", changelog[head.start() : end]).strip()
