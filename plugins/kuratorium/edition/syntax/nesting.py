"""Limits for YAML documents: how deep they nest, and how much their aliases repeat.

libyaml recurses in C for each level, so that some ten thousand brackets end the process. Aliases repeat what an anchor
holds: a few lines can stand for billions of values, or for a value that contains itself.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_DEPTH = 50  # levels; the contract needs five
_MAX_VALUES = 200_000  # values of a document with aliases, those that are repeated included
# A level of a block begins with a deeper indent, or with "- ", "? " or ": " on the same line.
_DEEP_INDENT = re.compile(rf"^[ ?:-]{{{MAX_DEPTH // 2}}}", re.MULTILINE)


class TooDeepError(ValueError):
    """A document that nests too deep, or whose aliases repeat too much; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def check_depth(text: str) -> None:
    """Raise TooDeepError if lists and mappings in `text` nest deeper than MAX_DEPTH; ignores all other errors."""
    # Parsing twice would double the time of every file, and hardly any can nest so deep.
    if text.count("[") + text.count("{") <= MAX_DEPTH and not _DEEP_INDENT.search(text):
        return
    depth = 0
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    message = f"lists and mappings are nested deeper than {MAX_DEPTH} levels"
                    raise TooDeepError(event.start_mark.line + 1 if event.start_mark else 1, message)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return  # reported where the document is loaded


def check_aliases(text: str, value: Any) -> None:
    """Raise TooDeepError if `value`, loaded from `text`, contains itself, or repeats too much by aliases."""
    if "*" in text and "&" in text:
        _count_values(value, {}, 0)


def _count_values(value: Any, counts: dict[int, int], depth: int) -> int:
    """Return how many values `value` holds; `counts` are those of lists and mappings seen before, by identity."""
    if not isinstance(value, dict | list):
        return 1
    if depth > MAX_DEPTH:  # also where a value contains itself
        raise TooDeepError(1, f"aliases (*name) nest values deeper than {MAX_DEPTH} levels, or a value within itself")
    count = counts.get(id(value))
    if count is None:
        items = value.values() if isinstance(value, dict) else value
        count = 1 + sum(_count_values(item, counts, depth + 1) for item in items)
        counts[id(value)] = count
    if count > _MAX_VALUES:
        raise TooDeepError(1, f"aliases (*name) repeat more than {_MAX_VALUES:,} values")
    return count
