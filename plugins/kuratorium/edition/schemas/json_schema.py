"""JSON Schemas of records, by which editors of code complete keys and mark mistakes while one types.

They say what `fields` checks. Rules that need more than one value are left to `kuratorium check`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date as Day
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Meta, Struct

from ..fields import EXPECTED_VALUES, Record, is_record_type, is_union, list_fields, strip_annotation
from .descriptions import describe_fields, describe_record

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest dialect that editors of YAML know."""

Translate = Callable[[str], str]
Schema = dict[str, Any]

_SIMPLE_TYPES: dict[object, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    # The formats of JSON Schema want seconds, which editors may leave out.
    datetime: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:?\d\d)$"},
    Day: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    types.NoneType: {"type": "null"},
}
_EXAMPLES = {datetime: "2026-09-30T09:00:00+02:00", Day: "2026-09-30"}


def build_record_schema(record_type: type[Struct], translate: Translate) -> Schema:
    """Return the schema of a record; records that are its parts are in `definitions`."""
    definitions: dict[str, Schema] = {}
    schema = _build_record(record_type, definitions, translate)
    return {"$schema": DIALECT, **schema, **({"definitions": definitions} if definitions else {})}


def build_list_schema(record_type: type[Struct], translate: Translate) -> Schema:
    """Return the schema of a list of records; an empty file is an empty list."""
    definitions: dict[str, Schema] = {}
    items = _build_type(record_type, definitions, translate)
    described = {"description": translate(describe_record(record_type)), "type": ["array", "null"], "items": items}
    return {"$schema": DIALECT, **described, "definitions": definitions}


def _build_record(record_type: type[Struct], definitions: dict[str, Schema], translate: Translate) -> Schema:
    descriptions, fields = describe_fields(record_type), msgspec.structs.fields(record_type)
    defaults = {field.encode_name: field.default for field in fields}
    properties = {}
    for key, (expected, required) in list_fields(record_type).items():
        value = _build_type(expected, definitions, translate)
        if not required:  # "summary:" with nothing after it means that there is no summary
            value = _allow_nothing(value)
        # Beside a $ref, draft 7 reads nothing else.
        value = {"allOf": [value]} if "$ref" in value else value
        properties[key] = {"description": translate(descriptions[key]), **value}
        if defaults[key] not in (None, "", 0, ()) and isinstance(defaults[key], str | int):
            properties[key]["default"] = defaults[key]
    if issubclass(record_type, Record):
        properties |= {key: {"deprecated": True} for key in sorted(record_type.removed_keys)}
    schema: Schema = {"description": translate(describe_record(record_type)), "type": "object"}
    schema |= {"properties": properties, "additionalProperties": False}
    required_keys = [key for key, (_, required) in list_fields(record_type).items() if required]
    return schema | ({"required": required_keys} if required_keys else {})


def _build_type(expected: Any, definitions: dict[str, Schema], translate: Translate) -> Schema:
    if is_union(expected):
        members = [_build_type(member, definitions, translate) for member in typing.get_args(expected)]
        return members[0] if len(members) == 1 else {"anyOf": members}
    if is_record_type(expected):
        name = expected.__name__
        if name not in definitions:
            definitions[name] = {}  # first, for a record that is a part of itself
            definitions[name] = _build_record(expected, definitions, translate)
        return {"$ref": f"#/definitions/{name}"}
    bare, title = strip_annotation(expected)
    origin = typing.get_origin(bare)
    if origin is Literal:
        return {"enum": list(typing.get_args(bare))}
    if origin is tuple:
        return {"type": "array", "items": _build_type(typing.get_args(bare)[0], definitions, translate)}
    if origin is dict:
        return {
            "type": "object",
            "additionalProperties": _build_type(typing.get_args(bare)[1], definitions, translate),
        }
    schema = _SIMPLE_TYPES[bare] | _list_limits(expected)
    example = EXPECTED_VALUES[title][1] if title in EXPECTED_VALUES else _EXAMPLES.get(bare, "")
    return schema | ({"examples": [example]} if example.strip("…") else {})


def _list_limits(annotated: Any) -> Schema:
    limits: Schema = {}
    for meta in typing.get_args(annotated)[1:]:
        if isinstance(meta, Meta):
            if meta.pattern:
                limits["pattern"] = _translate_pattern(meta.pattern)
            limits |= {
                name: value
                for name, value in (("minimum", meta.ge), ("maximum", meta.le), ("maxLength", meta.max_length))
                if value is not None
            }
    return limits


def _translate_pattern(pattern: str) -> str:
    """Return a pattern of Python as one of JavaScript that matches the same texts."""
    pattern = pattern.replace(r"\A", "^").replace(r"\Z", "$").replace(r"\"", '"')
    if not pattern.startswith("^"):
        return r"\S"  # any visible character: the list of those that are not is for `check`
    # Any letter is a letter of a word to Python, and to JavaScript only that of English.
    return pattern.replace(r"\w", r"a-zA-Z0-9_\u00c0-\uffff")


def _allow_nothing(schema: Schema) -> Schema:
    if "type" in schema and isinstance(schema["type"], str):
        return schema | {"type": [schema["type"], "null"]} if schema["type"] != "null" else schema
    members = schema.get("anyOf", [schema])
    return {"anyOf": [*members, *([] if {"type": "null"} in members else [{"type": "null"}])]}
