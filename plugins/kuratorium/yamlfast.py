"""Front matter -> YAML text, many times as fast as `yaml12.dump` and the same to the letter.

A first pull writes thousands of inbox files, whose values are nearly all strings that YAML takes as they stand. Those,
and dates, are written here; whatever is odd is left to PyYAML, each odd string by itself, anything else as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from . import yaml12

# Strings that stand without quotes: a letter first, then what means nothing to YAML where it stands.
_LETTERS = "A-Za-z\u00c0-\u024f"
_PLAIN = re.compile(
    rf"[{_LETTERS}](?:[{_LETTERS}0-9_.,()/%+=~&'!?;\u2013\u2014\u2018-\u201e\u2026-]|(?<!:) (?! *\Z)|:(?=[\w/]))+"
)
_PARTS = re.compile("[,:?]")  # mean something within a list on one line
_WORD = 5  # letters: «false» is the longest word that YAML takes for something else
_LONGEST = 5_000  # characters; PyYAML folds lines of 10,000


class _OddError(Exception):
    """A value that is PyYAML's to write."""


def dump(values: Mapping[str, Any]) -> str:
    """Write front matter as YAML; lists of plain values stay on one line."""
    try:
        return _mapping(values, "") or yaml12.dump({})
    except _OddError:
        return yaml12.dump({key: inline(value) for key, value in values.items()})


def inline(value: Any) -> Any:
    """Mark the lists of plain values in `value`, so that `yaml12.dump` keeps each of them on one line."""
    if isinstance(value, dict):
        return {key: inline(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        items = [inline(one) for one in value]
        return items if any(isinstance(one, dict | list) for one in items) else yaml12.Inline(items)
    return value


def _mapping(values: Mapping[str, Any], indent: str) -> str:
    return "".join(f"{indent}{_string(key)}:{_value(value, indent)}\n" for key, value in values.items())


def _value(value: Any, indent: str) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str):
        return f" {_string(value)}"
    if not isinstance(value, list | tuple):
        raise _OddError
    if all(isinstance(one, str) for one in value):
        return f" [{', '.join(map(_item, value))}]"
    return "".join(f"\n{indent}- {_block(one, indent)}" for one in value)


def _block(value: Any, indent: str) -> str:
    """Write a mapping that is an item of a list: its first key stands behind the dash."""
    if not isinstance(value, Mapping) or not value:
        raise _OddError
    return _mapping(value, f"{indent}  ").strip(" \n")


def _string(text: str) -> str:
    return text if _is_plain(text) else _odd(text)


def _item(text: str) -> str:
    return text if _is_plain(text) and not _PARTS.search(text) else _odd_item(text)


def _is_plain(text: str) -> bool:
    return len(text) > _WORD and len(text) < _LONGEST and _PLAIN.fullmatch(text) is not None


@lru_cache(maxsize=4096)  # dates, names and languages come again and again
def _odd(text: str) -> str:
    return _one_line(yaml12.dump({"k": text}), "k: ", "\n")


@lru_cache(maxsize=4096)
def _odd_item(text: str) -> str:
    return _one_line(yaml12.dump({"k": yaml12.Inline([text])}), "k: [", "]\n")


def _one_line(written: str, before: str, behind: str) -> str:
    text = written.removeprefix(before).removesuffix(behind)
    if "\n" in text or len(text) > _LONGEST or written[: len(before)] != before:
        raise _OddError
    return text
