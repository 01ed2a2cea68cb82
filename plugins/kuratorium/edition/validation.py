"""What the fields of records are made of: ids, addresses, moments; and what all records share.

Plain values -> records of the model; every misfit of a file at once, each with its mend.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from datetime import date as Day
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from .yaml import YamlPath

SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_URL_PATTERN = r"https?://[^\s/]\S*"

# msgspec allows one string type in a union, hence the pairs: a thing, and a thing or "".
Slug = Annotated[str, Meta(pattern=rf"\A{SLUG_PATTERN}\Z", max_length=120, title="slug")]
MaybeSlug = Annotated[str, Meta(pattern=rf"\A(?:{SLUG_PATTERN})?\Z", max_length=120, title="slug")]
Uid = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{5,63}\Z", title="uid")]
MaybeUid = Annotated[str, Meta(pattern=r"\A(?:[a-z0-9][a-z0-9-]{5,63})?\Z", title="uid")]
Url = Annotated[str, Meta(pattern=rf"\A{_URL_PATTERN}\Z", title="url")]
MaybeUrl = Annotated[str, Meta(pattern=rf"\A(?:{_URL_PATTERN})?\Z", title="url")]
Language = Annotated[str, Meta(pattern=r"\A(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?\Z", title="language")]
TimeCode = Annotated[str, Meta(pattern=r"\A(?:\d+:)?[0-5]?\d:[0-5]\d\Z", title="timecode")]
MaybeTimeCode = Annotated[str, Meta(pattern=r"\A(?:(?:\d+:)?[0-5]?\d:[0-5]\d)?\Z", title="timecode")]
Alias = Annotated[str, Meta(pattern=r"\A/?(?!.*\.\.)[\w~-][\w.~/-]*\Z", title="alias")]
AwareDatetime = Annotated[datetime, Meta(tz=True)]
Host = Annotated[str, Meta(pattern=r"\A(?:[^\s/:@\[\]]+|\[?[0-9A-Fa-f:.]+\]?)\Z", title="host")]
MaybeEmail = Annotated[str, Meta(pattern=r"\A(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+)?\Z", title="email")]
NonBlankText = Annotated[str, Meta(pattern=r"\S", title="text")]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all records of the contract share: they do not change, and know all their keys."""


RecordT = TypeVar("RecordT", bound=msgspec.Struct)

_MISPLACED_FIELD_HINTS = {  # fields that people bring from Pelican or elsewhere, and what to do instead
    "url": "The page's address comes from its slug; the recommended work's address belongs under bookmark_of.",
    "content": "The text stands below the front matter, not in it.",
    "author": "Write authors: [id], with ids of curation/people.yaml.",
    "category": "Write topics: [id], with ids of curation/topics.yaml.",
    "save_as": "The page's address comes from its slug.",
}
_EXPECTED_VALUES = {
    "slug": ("a slug (lower-case letters, digits, hyphens)", "some-words-like-these"),
    "uid": ("a uid (6 to 64 lower-case letters, digits, hyphens)", "7c1f9a52d3e84b06"),
    "url": ("an http or https address", "https://example.org/article"),
    "host": ("the name of a host, without http:// and port", "wiki.intern"),
    "alias": ("a former address on this site", "old/path.html"),
    "language": ("a language code", "de"),
    "timecode": ("a time code", "12:30"),
    "text": ("some text", "…"),
    "email": ("a mail address", "anna.berg@example.org"),
}


class Violation(msgspec.Struct, frozen=True):
    """A value that does not fit: where, what is wrong, what would be right.

    `line` counts in the file, from 1; 0: it is the line of the value at `path`.
    """

    path: YamlPath
    message: str
    hint: str
    line: int = 0


def convert_record(record_type: type[RecordT], value: Any) -> tuple[RecordT | None, list[Violation]]:
    """Make a record of `value`; with misfits there is no record."""
    try:
        return msgspec.convert(value, record_type), []
    except msgspec.ValidationError:
        misfits: list[Violation] = []
        repaired = _validate(record_type, value, (), misfits)
        return (None, misfits) if misfits else (msgspec.convert(repaired, record_type), [])


_MAX_LISTED_CHOICES = 12


def suggest_nearest(word: str, choices: typing.Iterable[str]) -> str:
    """Propose the known word that `word` was probably meant to be, or list what is known."""
    names = sorted(choices)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean «{close[0]}»?"
    more = f" and {len(names) - _MAX_LISTED_CHOICES} more" if len(names) > _MAX_LISTED_CHOICES else ""
    return f"Known here: {', '.join(names[:_MAX_LISTED_CHOICES])}{more}." if names else "None is defined yet."


@cache
def _list_fields(record: type) -> dict[str, tuple[Any, bool]]:
    hints = typing.get_type_hints(record, include_extras=True)
    return {f.encode_name: (hints[f.name], f.required) for f in msgspec.structs.fields(record)}


def _validate(kind: Any, value: Any, path: YamlPath, violations: list[Violation]) -> Any:
    """Return `value` mended where the meaning is plain, and note what cannot be mended."""
    kind = _choose_union_member(kind, value)
    origin = typing.get_origin(kind)
    if value is None and kind is type(None):
        return None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _validate_record(kind, value, path, violations)
    if origin is tuple:
        return _validate_list(typing.get_args(kind)[0], value, path, violations)
    if origin is dict and isinstance(value, dict):
        wrong = [key for key in value if not isinstance(key, str)]
        violations += [
            Violation(path, f"expected text as a key, found {_describe_value(key)}", "Put it in quotes.")
            for key in wrong
        ]
        return {
            key: _validate(typing.get_args(kind)[1], one, (*path, str(key)), violations) for key, one in value.items()
        }
    return _validate_scalar(kind, value, path, violations)


def _choose_union_member(kind: Any, value: Any) -> Any:
    """Pick the member of a union that the value's shape speaks for."""
    if typing.get_origin(kind) not in (typing.Union, types.UnionType):
        return kind
    members = typing.get_args(kind)
    if value is None and type(None) in members:
        return type(None)
    rest = [member for member in members if member is not type(None)]
    records = [member for member in rest if isinstance(member, type) and issubclass(member, msgspec.Struct)]
    if records and (isinstance(value, dict) or len(rest) == 1):
        return records[0]
    return next((member for member in rest if member not in records), rest[0])


def _validate_record(record: type[msgspec.Struct], value: Any, path: YamlPath, violations: list[Violation]) -> Any:
    if not isinstance(value, dict):
        keys = ", ".join(_list_fields(record))
        violations.append(
            Violation(path, f"expected keys with values, found {_describe_value(value)}", f"Possible keys: {keys}.")
        )
        return value
    fields = _list_fields(record)
    for key in value:
        if key not in fields:
            stray = _MISPLACED_FIELD_HINTS.get(str(key)) if "slug" in fields else None  # said of posts and pages only
            mend = stray or suggest_nearest(str(key), fields)
            violations.append(Violation((*path, str(key)), f"unknown key «{key}»", mend))
    for key, (_, required) in fields.items():
        if required and value.get(key) is None:
            violations.append(Violation((*path, key), "is missing", f"Add a line «{key}: …»."))
    return {
        key: _validate(fields[key][0], one, (*path, key), violations)
        for key, one in value.items()
        if key in fields and one is not None  # a key left empty is a key not given
    }


def _validate_list(kind: Any, value: Any, path: YamlPath, violations: list[Violation]) -> Any:
    if not isinstance(value, list):
        mend = f"Write it as a list: [{value}]." if isinstance(value, str) else "Write it as a list: [one, two]."
        violations.append(Violation(path, f"expected a list, found {_describe_value(value)}", mend))
        return value
    return [_validate(kind, one, (*path, index), violations) for index, one in enumerate(value)]


def _validate_scalar(kind: Any, value: Any, path: YamlPath, violations: list[Violation]) -> Any:
    bare, title = _strip_annotation(kind)
    if bare is datetime and isinstance(value, str):
        # RFC 3339 wants seconds; people leave them out, and mean :00.
        value = re.sub(r"\A(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(Z|[-+]\d\d:?\d\d)\Z", r"\1T\2:00\3", value)
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        violations.append(Violation(path, *_describe_mismatch(kind, bare, title, value)))
    return value


def _strip_annotation(kind: Any) -> tuple[Any, str]:
    if typing.get_origin(kind) is not typing.Annotated:
        return kind, ""
    inner, *extras = typing.get_args(kind)
    titles = [extra.title for extra in extras if isinstance(extra, msgspec.Meta) and extra.title]
    return inner, titles[0] if titles else ""


def _describe_mismatch(kind: Any, bare: Any, title: str, value: Any) -> tuple[str, str]:
    if bare is datetime:
        found = re.match(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?", str(value))
        day, time = found.groups("09:00") if found else ("2026-09-30", "09:00")
        return f"expected a date with time and offset, found {_describe_value(value)}", f"Write {day}T{time}:00+02:00."
    if bare is Day:
        return f"expected a whole date (year, month and day), found {_describe_value(value)}", "Write it as 2026-09-30."
    if typing.get_origin(kind) is Literal:
        choices = [str(choice) for choice in typing.get_args(kind)]
        return f"expected one of {', '.join(choices)}, found {_describe_value(value)}", suggest_nearest(
            _describe_value(value), choices
        )
    if bare is str and not isinstance(value, str):
        # Without the value: YAML has already lost how it was written (0123 is 123 by now).
        mend = "Put it in quotes." if isinstance(value, int | float) else "Write text."
        return f"expected text, found {_describe_value(value)}", mend
    if title in _EXPECTED_VALUES:
        wanted, example = _EXPECTED_VALUES[title]
        return f"expected {wanted}, found {_describe_value(value)}", f"For example: {example}"
    words = {bool: "true or false", int: "a whole number", float: "a number", dict: "keys with values"}
    limits = _describe_limits(kind)
    return (
        f"expected {words.get(bare, 'another kind of value')}{limits}, found {_describe_value(value)}",
        "Correct the value.",
    )


def _describe_limits(kind: Any) -> str:
    metas = [extra for extra in typing.get_args(kind) if isinstance(extra, msgspec.Meta)]
    low = next((meta.ge for meta in metas if meta.ge is not None), None)
    high = next((meta.le for meta in metas if meta.le is not None), None)
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of at least {low}" if low is not None else ""


def _describe_value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"«{text[:60]}…»" if len(text) > 60 else f"«{text}»"
