"""Descriptions of records and their fields, from the docstrings of the records: the only place that describes a field.

A docstring has a line for each field, "`name`: what it is." A field without one is described by the record that it
holds, as `via: Via` is by "Where the curator found the work.", or else by its own record, of which it is a part.
"""

from __future__ import annotations

import inspect
import re
import typing
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from ..fields import is_record_type, is_union, strip_annotation

_FIELD_NAMES = re.compile(r"(?:^|(?<=[.;]) )(?=`\w+`(?:, `\w+`)*(?: \([^)]*\))?: )", re.M)
_FIELD_LINE = re.compile(r"(?P<names>`\w+`(?:, `\w+`)*)(?: \([^)]*\))?: (?P<text>.*)", re.S)
_BLANKS = re.compile(r"\s+")


@cache
def describe_fields(record_type: type[Struct]) -> dict[str, str]:
    """Return the description of each field of a record by its key in YAML, in the order of the record."""
    written: dict[str, str] = {}
    for base in reversed(record_type.__mro__):
        if issubclass(base, Struct) and base.__doc__:
            written |= _split(inspect.cleandoc(base.__doc__))
    hints = typing.get_type_hints(record_type, include_extras=True)
    return {
        field.encode_name: written.get(field.name) or _describe_type(hints[field.name]) or describe_record(record_type)
        for field in msgspec.structs.fields(record_type)
        if not field.encode_name.startswith("$")
    }


def describe_record(record_type: type[Struct]) -> str:
    """Return what a record is, without a list of its fields."""
    text = _FIELD_NAMES.split(inspect.cleandoc(record_type.__doc__ or ""), maxsplit=1)[0]
    return _BLANKS.sub(" ", text).strip()


def _split(docstring: str) -> dict[str, str]:
    """Return what a docstring says of each field; lines of several fields belong to each of them."""
    described: dict[str, str] = {}
    for part in _FIELD_NAMES.split(docstring)[1:]:
        if match := _FIELD_LINE.match(part.split("\n\n")[0]):
            text = _BLANKS.sub(" ", match["text"]).strip().rstrip(";")
            text = text[:1].upper() + text[1:]
            text = text if text.endswith(".") else f"{text}."
            described |= {name.strip("` "): text for name in match["names"].split(",")}
    return described


def _describe_type(expected: Any) -> str:
    """Return what the record is that a field holds, alone or in a list; empty if it holds none."""
    if is_union(expected):
        return next(filter(None, map(_describe_type, typing.get_args(expected))), "")
    bare, _ = strip_annotation(expected)
    if typing.get_origin(bare) is tuple:
        return _describe_type(typing.get_args(bare)[0])
    return describe_record(bare) if is_record_type(bare) else ""
