"""Plain values -> records: the types of fields, and all violations of a file at once, each with its remedy.

msgspec converts quickly but stops at the first mistake and speaks of types. So a value is converted by msgspec first,
and only if that fails a `_Validator` walks through it to collect every violation in the words of the contract.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from datetime import date as Day
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from ..local_time import propose_day, propose_moment, put_on_clock
from ..slugs import slugify
from ..urls import propose_url
from .syntax import characters, diagnosis, foreign_keys
from .yaml import YamlPath

SLUG_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
# Only http and https: a link to javascript: or data: would run in the reader's browser. No password: all see it.
# A host in brackets is a number of IPv6; a lone bracket, a port of letters and a scheme written twice are slips.
_HOST_PATTERN = r"(?!https?[:/])(?:[^\s/?#@:\[\]\\<>\"]+|\[[0-9A-Fa-f:.]+\])"
_URL_PATTERN = rf"https?://{_HOST_PATTERN}(?::[0-9]{{0,5}})?(?:[/?#]\S*)?"

# The types of fields. `title` names the type for EXPECTED_VALUES. msgspec allows one string type in a union, so
# `Slug | Literal[""]` is impossible; hence pairs of types, the second of which allows the empty string.
Slug = Annotated[str, Meta(pattern=rf"\A{SLUG_PATTERN}\Z", max_length=120, title="slug")]
MaybeSlug = Annotated[str, Meta(pattern=rf"\A(?:{SLUG_PATTERN})?\Z", max_length=120, title="slug")]
Uid = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{5,63}\Z", title="uid")]
MaybeUid = Annotated[str, Meta(pattern=r"\A(?:[a-z0-9][a-z0-9-]{5,63})?\Z", title="uid")]
Url = Annotated[str, Meta(pattern=rf"\A{_URL_PATTERN}\Z", title="url")]
MaybeUrl = Annotated[str, Meta(pattern=rf"\A(?:{_URL_PATTERN})?\Z", title="url")]
# The shape of a BCP 47 tag with its primary subtag in lower case; no list of languages, those change.
Language = Annotated[str, Meta(pattern=r"\A(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?\Z", title="language")]
TimeCode = Annotated[str, Meta(pattern=r"\A(?:\d+:)?[0-5]?\d:[0-5]\d\Z", title="timecode")]
MaybeTimeCode = Annotated[str, Meta(pattern=r"\A(?:(?:\d+:)?[0-5]?\d:[0-5]\d)?\Z", title="timecode")]
# An alias becomes the path of a written file, so it must not leave the output folder ("..") or hide in it (".x").
Alias = Annotated[str, Meta(pattern=r"\A/?(?!.*\.\.)[\w~-][\w.~/-]*\Z", title="alias")]
AwareDatetime = Annotated[datetime, Meta(tz=True)]
Host = Annotated[str, Meta(pattern=r"\A(?:[^\s/:@\[\]]+|\[?(?:[0-9A-Fa-f]*:){2,}[0-9A-Fa-f:.]*\]?)\Z", title="host")]
MaybeEmail = Annotated[str, Meta(pattern=r"\A(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+)?\Z", title="email")]
NonBlankText = Annotated[str, Meta(pattern=characters.VISIBLE, title="text")]

RecordT = TypeVar("RecordT", bound=Struct)

EXPECTED_VALUES = {  # title of a type -> what is expected, and an example
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
_EXPECTED_TYPES = {bool: "true or false", int: "a whole number", float: "a number", dict: "keys with values"}
_SEPARATORS = re.compile(r"\s*[,;&]\s*|\s+(?:und|and)\s+")
_PROPOSED_ID = re.compile(r'Did you mean "([^"]+)"')
_EXAMPLE_MOMENT = datetime(2026, 9, 30, 9, tzinfo=UTC)
_MAX_SLUG_LENGTH, _MAX_LISTED_CHOICES, _MAX_SHOWN_CHARACTERS = 120, 12, 60  # the last: of a value in a message


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all records of the contract: immutable, and strict about their keys.

    `removed_keys` are keys that an earlier version of the contract had. They are read without an error, whatever their
    value, and without effect; `find_removed_keys` reports them.
    """

    removed_keys: ClassVar[frozenset[str]] = frozenset()


class Violation(Struct, frozen=True):
    """A value that breaks the contract or a rule.

    `path`: where the value is in its YAML; empty if it is not in YAML.
    `message`: what is wrong.
    `hint`: what would be right.
    `line`: line of the file, from 1; 0 if it is the line of the value at `path`.
    """

    path: YamlPath
    message: str
    hint: str
    line: int = 0

    def prefix_path(self, *steps: str | int) -> Violation:
        """Return the same violation, seen from a value further out: `steps` lead from there."""
        return Violation((*steps, *self.path), self.message, self.hint, self.line)


SuggestId = Callable[[YamlPath, str], str]
"""Takes a text's path and the text; returns a hint with the ids that may be meant, empty if no id belongs there."""


def convert_record(
    record_type: type[RecordT], value: Any, zone: tzinfo = UTC, *, suggest_id: SuggestId | None = None
) -> tuple[RecordT | None, list[Violation]]:
    """Return `value`, as YAML was loaded, as a record; if it has violations, return None and all of them.

    `zone` is the time zone whose offset a hint proposes, `suggest_id` proposes ids for texts that are none.
    """
    try:
        return msgspec.convert(value, record_type), []
    except msgspec.ValidationError:
        validator = _Validator(zone, suggest_id)
        corrected = validator.validate(record_type, value, ())
        if validator.violations:
            return None, validator.violations
        return msgspec.convert(corrected, record_type), []


def find_removed_keys(record_type: type[Record], value: Any) -> list[Violation]:
    """Return a violation for each key in `value`, at any depth, that the contract no longer has; see Record."""
    validator = _Validator()
    validator.validate(record_type, value, ())
    return validator.removed_keys


def find_type(expected: Any, path: YamlPath) -> Any:
    """Return the type of the value at `path` within a value of type `expected`; None if none belongs there."""
    for step in path:
        members = typing.get_args(expected) if is_union(expected) else (expected,)
        # A step leads into a record, a list or a mapping; a union has at most one of these.
        expected = next((inner for member in members if (inner := _find_inner_type(member, step)) is not None), None)
    return expected


def is_free_text(expected: Any) -> bool:
    """Return whether values of this type are texts without a pattern, such as titles and names."""
    members = typing.get_args(expected) if is_union(expected) else (expected,)
    return any(strip_annotation(member) in ((str, ""), (str, "text")) for member in members)


def _find_inner_type(container: Any, step: str | int) -> Any:
    if is_record_type(container):
        return list_fields(container).get(str(step), (None,))[0]
    if typing.get_origin(container) in (tuple, dict):
        return typing.get_args(container)[0 if typing.get_origin(container) is tuple else 1]
    return None


def suggest_nearest(word: str, choices: Iterable[str]) -> str:
    """Return a hint that proposes the choice most similar to `word`; if none is similar, one that lists choices."""
    names = sorted(choices)
    if close := difflib.get_close_matches(word, names, n=1, cutoff=0.6):
        return f'Did you mean "{close[0]}"?'
    more = f" and {len(names) - _MAX_LISTED_CHOICES} more" if len(names) > _MAX_LISTED_CHOICES else ""
    return f"Known here: {', '.join(names[:_MAX_LISTED_CHOICES])}{more}." if names else "None is defined yet."


class _Validator:
    """Collects the violations of one value, and corrects what has only one possible meaning."""

    def __init__(self, zone: tzinfo = UTC, suggest_id: SuggestId | None = None) -> None:
        self._zone = zone
        self._suggest_id = suggest_id
        self.violations: list[Violation] = []
        self.removed_keys: list[Violation] = []

    def validate(self, expected: Any, value: Any, path: YamlPath) -> Any:
        """Return `value`, corrected if only one meaning is possible; record what violates the type `expected`."""
        expected = _choose_union_member(expected, value)
        origin = typing.get_origin(expected)
        if value is None and expected is type(None):
            return None
        if is_record_type(expected):
            return self._validate_record(expected, value, path)
        if origin is tuple:
            return self._validate_list(typing.get_args(expected)[0], value, path)
        if origin is dict and isinstance(value, dict):
            return self._validate_mapping(typing.get_args(expected)[1], value, path)
        return self._validate_scalar(expected, value, path)

    def _add(self, path: YamlPath, message: str, hint: str) -> None:
        self.violations.append(Violation(path, message, hint))

    def _validate_record(self, record_type: type[Struct], value: Any, path: YamlPath) -> Any:
        fields = list_fields(record_type)
        if not isinstance(value, dict):
            hint = f"Possible keys: {', '.join(fields)}."
            self._add(path, f"expected keys with values, found {_describe_value(value)}", hint)
            return value
        for key in value:
            if key not in fields:
                self._report_unknown_key(record_type, str(key), path)
        present = {characters.clean(str(key)).lower() for key, item in value.items() if item is not None}
        for key, (_, required) in fields.items():
            if required and key not in present:
                self._add((*path, key), "is missing", f'Add a line "{key}: …".')
        return {
            key: self.validate(fields[key][0], item, (*path, key))
            for key, item in value.items()
            if key in fields and item is not None  # `summary:` with nothing after it means that there is no summary
        }

    def _report_unknown_key(self, record_type: type[Struct], key: str, path: YamlPath) -> None:
        if issubclass(record_type, Record) and key in record_type.removed_keys:
            hint = "Delete it: it has no effect."
            self.removed_keys.append(Violation((*path, key), f'the key "{key}" is no longer read', hint))
            return
        fields = list_fields(record_type)
        cleaned = characters.clean(key)
        if cleaned != key:  # also "\\u00a0- url", an indent that copied text brought along
            hint = f"Write {cleaned}: …" if cleaned in fields else "Write it with ordinary blanks, and without quotes."
            self._add((*path, key), f'the key "{characters.escape(key)}" {characters.describe_oddity(key)}', hint)
            return
        if cleaned.lower() in fields:
            self._add((*path, key), f'unknown key "{key}"', f"Write it in lower case: {cleaned.lower()}: …")
            return
        # The hints are about posts and pages, the only records with a slug: a work has authors, a source a site.
        foreign = foreign_keys.explain_foreign_key(key, fields) if "slug" in fields else ""
        hint = _find_level(key, fields) or foreign or suggest_nearest(key, fields)
        self._add((*path, key), f'unknown key "{characters.escape(key)}"', hint)

    def _validate_list(self, expected_item: Any, value: Any, path: YamlPath) -> Any:
        if not isinstance(value, list):
            hint = "Write it as a list: [one, two]."
            if is_record_type(expected_item):
                hint = f'Write it as a list: entries that begin with "- {next(iter(list_fields(expected_item)))}: …".'
            elif isinstance(value, str):
                hint = f"Write it as a list: [{self._correct_items(expected_item, value, path)}]."
            self._add(path, f"expected a list, found {_describe_value(value)}", hint)
            return value
        return [self.validate(expected_item, item, (*path, index)) for index, item in enumerate(value)]

    def _correct_items(self, expected_item: Any, value: str, path: YamlPath) -> str:
        """Return the text `value` as the items of a list should be written: ids of the names in it, or the text."""
        if strip_annotation(_choose_union_member(expected_item, value))[1] != "slug":
            return value
        family, comma, first = value.partition(", ")
        turned = slugify(f"{first} {family}")
        if comma and self._find_id(path, turned) == turned:  # "Berg, Anna"
            return turned
        names = [name for name in _SEPARATORS.split(value) if name.strip()]
        return ", ".join(self._find_id(path, name) or slugify(name) or name for name in names)

    def _find_id(self, path: YamlPath, name: str) -> str:
        """Return the id that is proposed for a name; empty if none is."""
        hint = self._suggest_id(path, name) if self._suggest_id else ""
        match = _PROPOSED_ID.match(hint)
        return match[1] if match else ""

    def _validate_mapping(self, expected_item: Any, value: dict[Any, Any], path: YamlPath) -> Any:
        for key in value:
            if not isinstance(key, str) or not key.strip():
                self._add(path, f"expected text as a key, found {_describe_value(key)}", "Put it in quotes.")
        return {key: self.validate(expected_item, item, (*path, str(key))) for key, item in value.items()}

    def _validate_scalar(self, expected: Any, value: Any, path: YamlPath) -> Any:
        bare, _ = strip_annotation(expected)
        if bare is datetime and isinstance(value, str):
            # RFC 3339, section 5.6, requires seconds; people leave them out and mean :00.
            value = re.sub(r"\A(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(Z|[-+]\d\d:?\d\d)\Z", r"\1T\2:00\3", value)
        try:
            msgspec.convert(value, expected)
        except msgspec.ValidationError:
            self._add(path, *self._describe(expected, value, path))
        return value

    def _describe(self, expected: Any, value: Any, path: YamlPath) -> tuple[str, str]:
        """Return message and hint for a value that is not of the type `expected`."""
        bare, title = strip_annotation(expected)
        cleaned = (characters.clean(value) or value) if isinstance(value, str) else value
        # Not for a number: .nan differs from itself.
        oddity = characters.describe_oddity(value) if isinstance(value, str) and cleaned != value else ""
        if oddity and _is_convertible(expected, cleaned):
            return f'"{characters.escape(value)}" {oddity}', f"Write {cleaned}."
        message, hint = _describe_mismatch(expected, bare, title, cleaned, self._zone)
        if oddity:
            message = f"{message}; it {oddity}"
        if title == "slug" and isinstance(cleaned, str):
            hint = (self._suggest_id and self._suggest_id(path, cleaned)) or _suggest_slug(cleaned) or hint
        return message, hint


@cache
def list_fields(record_type: type[Struct]) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field, by its key in YAML, and whether it is required; keys with "$" are our own."""
    # Annotations are strings (`from __future__ import annotations`); `include_extras` keeps the patterns of Annotated.
    hints = typing.get_type_hints(record_type, include_extras=True)
    fields = [field for field in msgspec.structs.fields(record_type) if not field.encode_name.startswith("$")]
    return {field.encode_name: (hints[field.name], field.required) for field in fields}


def is_record_type(expected: Any) -> typing.TypeGuard[type[Struct]]:
    """Return whether values of this type are records."""
    return isinstance(expected, type) and issubclass(expected, Struct)


def _is_convertible(expected: Any, text: str) -> bool:
    """Return whether `text`, without quotation marks in YAML, would be a value of the type `expected`."""
    try:
        msgspec.convert(text, expected, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def _find_level(key: str, fields: dict[str, tuple[Any, bool]]) -> str:
    """Return the hint that a key belongs one level deeper, below one of `fields`; empty if none of them has it."""
    parents = [
        field
        for field, (expected, _) in fields.items()
        for member in (typing.get_args(expected) if is_union(expected) else (expected,))
        if is_record_type(member) and key in list_fields(member)
    ]
    return f'Indent it below "{parents[0]}:", where it belongs.' if len(parents) == 1 else ""


def _suggest_slug(text: str) -> str:
    return f'Did you mean "{slug}"?' if (slug := slugify(text, _MAX_SLUG_LENGTH)) else ""


def is_union(expected: Any) -> bool:
    """Return whether this is a choice of several types."""
    return typing.get_origin(expected) in (typing.Union, types.UnionType)


def _choose_union_member(expected: Any, value: Any) -> Any:
    """Return the member of a union type that the shape of `value` suggests."""
    if not is_union(expected):
        return expected
    if value is None and type(None) in typing.get_args(expected):
        return type(None)
    candidates = [member for member in typing.get_args(expected) if member is not type(None)]
    # In `Slug | Speaker`, a mapping is meant to be a speaker, and all else a slug: messages are about that type.
    records = [member for member in candidates if is_record_type(member)]
    if records and (isinstance(value, dict) or len(candidates) == 1):
        return records[0]
    plain = [member for member in candidates if member not in records]
    return next((member for member in plain if (member is bool) == isinstance(value, bool)), candidates[0])


def strip_annotation(annotated: Any) -> tuple[Any, str]:
    """Return the type within Annotated[…], and the title of its Meta, if it has one."""
    if typing.get_origin(annotated) is not Annotated:
        return annotated, ""
    bare, *extras = typing.get_args(annotated)
    titles = [extra.title for extra in extras if isinstance(extra, Meta) and extra.title]
    return bare, titles[0] if titles else ""


def _describe_mismatch(expected: Any, bare: Any, title: str, value: Any, zone: tzinfo) -> tuple[str, str]:
    """Return message and hint for a value that is not of the type `expected`."""
    shown = _describe_value(value)
    if bare is datetime:
        moment = propose_moment(str(value), zone)
        example = put_on_clock(_EXAMPLE_MOMENT, zone).isoformat()
        hint = f"Write {moment.isoformat()}." if moment else f"Write year, month, day and time as in {example}."
        return f"expected a date with time and offset, found {shown}", hint
    if bare is Day:
        day = propose_day(str(value))
        hint = f"Write it as {day}." if day else f"Write year, month and day as in {_EXAMPLE_MOMENT.date()}."
        return f"expected a whole date (year, month and day), found {shown}", hint
    if typing.get_origin(expected) is Literal:
        choices = [str(choice) for choice in typing.get_args(expected)]
        return f"expected one of {', '.join(choices)}, found {shown}", suggest_nearest(shown, choices)
    if bare is str and not isinstance(value, str):
        # The hint cannot repeat the value: YAML no longer knows how it was written (0123 is now 123).
        return f"expected text, found {shown}", diagnosis.suggest_text(value)
    if title in EXPECTED_VALUES:
        wanted, example = EXPECTED_VALUES[title]
        meant = propose_url(str(value)) if title == "url" else ""
        return f"expected {wanted}, found {shown}", f"Write {meant}" if meant else f"For example: {example}"
    wanted = _EXPECTED_TYPES.get(typing.get_origin(bare) or bare, "another kind of value") + _describe_limits(expected)
    return f"expected {wanted}, found {shown}", "Correct the value."


def _describe_limits(annotated: Any) -> str:
    metas = [extra for extra in typing.get_args(annotated) if isinstance(extra, Meta)]
    low = next((meta.ge for meta in metas if meta.ge is not None), None)
    high = next((meta.le for meta in metas if meta.le is not None), None)
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of at least {low}" if low is not None else ""


def _describe_value(value: Any) -> str:
    """Return a value as messages show it: as YAML writes it, and cut if it is long."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list"
    text = characters.escape(str(value)[: _MAX_SHOWN_CHARACTERS + 1])
    return f'"{text[:_MAX_SHOWN_CHARACTERS]}…"' if len(text) > _MAX_SHOWN_CHARACTERS else f'"{text}"'
