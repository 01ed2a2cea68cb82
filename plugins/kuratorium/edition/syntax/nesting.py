"""Limits for YAML documents: how deep they nest, and how much their aliases repeat.

libyaml recurses in C for each level, so that some ten thousand brackets end the process. Aliases repeat what an anchor
holds: a few lines can stand for billions of values, or for a value that contains itself.
"""

from __future__ import annotations

import re

import yaml

MAX_DEPTH = 50  # levels; the contract needs five
_MAX_REPEATED_VALUES = 1_000
# A level of a block begins with a deeper indent, or with "- ", "? " or ": " on the same line.
_DEEP_INDENT = re.compile(rf"^[ ?:-]{{{MAX_DEPTH // 2}}}", re.MULTILINE)
_ALIAS = re.compile(r"(?:^|[\s,:\[{-])\*[^\s*]", re.MULTILINE)  # also matches emphasis in a text, which costs time only


class NestingError(ValueError):
    """A document that nests too deep, or whose aliases repeat too much; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def check_nesting(text: str) -> None:
    """Raise NestingError for lists and mappings deeper than MAX_DEPTH, and for aliases that repeat a thousand values.

    An alias within the value that it repeats is an error, too. All other errors are ignored.
    """
    # Parsing twice would double the time of every file, and hardly any can nest so deep, or has aliases.
    if text.count("[") + text.count("{") <= MAX_DEPTH and not _DEEP_INDENT.search(text) and not _ALIAS.search(text):
        return
    check = _NestingCheck()
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            check.add(event)
    except yaml.YAMLError:
        return  # reported where the document is loaded


class _NestingCheck:
    """The collections that are open at one place of a document, and how many values aliases have repeated so far."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}  # number of values in what each anchor (&name) marks, repeated ones included
        self._open: list[tuple[str, int]] = []  # anchors of the collections around, and the size at their beginning
        self._size = 0
        self._repeated = 0

    def add(self, event: yaml.Event) -> None:
        """Add the next event of the document."""
        if isinstance(event, yaml.AliasEvent):
            self._add_alias(event.anchor or "", _get_line(event))
        elif isinstance(event, yaml.ScalarEvent):
            self._size += 1
            self._sizes[event.anchor or ""] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor or "", self._size))
            self._size += 1
            if len(self._open) > MAX_DEPTH:
                raise NestingError(_get_line(event), f"lists and mappings are nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size_before = self._open.pop()
            self._sizes[anchor] = self._size - size_before

    def _add_alias(self, anchor: str, line: int) -> None:
        if any(anchor == open_anchor for open_anchor, _ in self._open):
            raise NestingError(line, f"the alias *{anchor} is within the value that it repeats")
        self._size += self._sizes.get(anchor, 0)
        self._repeated += self._sizes.get(anchor, 0)
        if self._repeated > _MAX_REPEATED_VALUES:
            raise NestingError(line, f"aliases such as *{anchor} repeat more than {_MAX_REPEATED_VALUES:,} values")


def _get_line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
