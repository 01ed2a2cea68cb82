"""The reference of the contract: every file of an edition with its fields, their types and what they mean.

All comes from the records that `check` and builds read by, and from the files in docs/examples/, which tests validate.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Meta, Struct

from kuratorium.edition.curation import Person, Policy, Series, Source, Topic
from kuratorium.edition.formats import FORMATS, STANDALONE_PAGES_FOLDER
from kuratorium.edition.model import FrontMatter, InboxFrontMatter, StandalonePageFrontMatter
from kuratorium.edition.paths import (
    PEOPLE_FILE,
    POLICY_FILE,
    SAMPLES_FOLDER,
    SEEN_FOLDER,
    SERIES_FILE,
    SETTINGS_FILE,
    SOURCES_FILE,
    SUGGESTIONS_FOLDER,
    TEMPLATES_FOLDER,
    TOPICS_FILE,
)
from kuratorium.edition.schemas.descriptions import describe_fields, describe_record

EXAMPLES = Path(__file__).parent / "examples"

# Title, record, what the file is, its examples below docs/examples/.
_FRONT_MATTER = (
    "A text in Markdown below front matter. The folder gives the format, and each format needs fields of its own:"
)
_INBOX = (
    "Files in `curation/inbox/`: notes that lack only the note. A pull writes them, commands and editors change them. "
    "Besides the fields of posts they have:"
)
_POST_EXAMPLES = (
    *(f"{format.folder}/{format.id}.md" for format in FORMATS),
    "curation/notes/withdrawn.md",
    "content/talks/recorded.md",
    "content/essays/translation.md",
)
FILES: tuple[tuple[str, type[Struct], str, tuple[str, ...]], ...] = (
    (SOURCES_FILE, Source, "A list: whom the edition follows, and where readers suggest works.", (SOURCES_FILE,)),
    (PEOPLE_FILE, Person, "A list: editors, interview partners, journalists.", (PEOPLE_FILE,)),
    (TOPICS_FILE, Topic, "A list: the subjects of the site.", (TOPICS_FILE,)),
    (SERIES_FILE, Series, "A list: series of talks or interviews. Optional.", (SERIES_FILE,)),
    (POLICY_FILE, Policy, "The rules of the edition. Only `imprint` is needed.", (POLICY_FILE,)),
    ("Posts", FrontMatter, _FRONT_MATTER, _POST_EXAMPLES),
    ("Inbox items", InboxFrontMatter, _INBOX, ("curation/inbox/item.md",)),
    (
        "Standalone pages",
        StandalonePageFrontMatter,
        f"Files in `{STANDALONE_PAGES_FOLDER}/`, such as the imprint.",
        ("content/pages/page.md",),
    ),
)
OTHER_FILES = (
    (
        SETTINGS_FILE,
        "the site's settings: SITENAME, SITESUBTITLE, SITEURL, DEFAULT_LANG, TIMEZONE; see kuratorium.defaults",
    ),
    (f"{SEEN_FOLDER}/", "one line for each entry that was delivered or dismissed; git unites the lines of two clones"),
    (f"{TEMPLATES_FOLDER}/", "`FORMAT.md`: what a new draft begins with, in place of the program's own"),
    (f"{SUGGESTIONS_FOLDER}/", "files of suggestions, if a source names this folder"),
    (f"{SAMPLES_FOLDER}/", "feeds that are files, of a sample edition"),
    ("content/images/", "pictures, as they were taken"),
    ("content/media/", "recordings, posters and captions"),
    ("theme/", "what differs from the program's theme: templates, style sheets, words"),
)
_TYPE_NAMES = {
    bool: "`true` or `false`",
    int: "number",
    str: "text",
    float: "number",
    date: "day",
    datetime: "date, time and offset",
}
_TITLES = {
    "url": "http(s) address",
    "email": "mail address",
    "alias": "address on this site",
    "language": "language code",
    "timecode": "time code",
    "host": "name of a host",
    "text": "text, not empty",
}
_INTRO = """\
Every file that an edition consists of, with its fields. An unknown field is an error that proposes the nearest one.
YAML is read with the meaning of YAML 1.2: `42:10`, `no` and `2020-04` are texts. A *slug* is of lower-case letters,
digits and hyphens; a *day* is written 2026-10-13, a date with time and offset 2026-10-13T08:15:00+02:00. A field whose
value is missing (`summary:`) is as one that is absent. `kuratorium upgrade` changes files when this contract changes;
`contract` in policy.yaml says which version they keep.

The examples are an edition: docs/examples/. It needs pictures and recordings of its own."""


def list_fields(record: type[Struct]) -> list[msgspec.structs.FieldInfo]:
    """Return the fields of a record that a file may have; keys with "$" are the program's own."""
    return [field for field in msgspec.structs.fields(record) if not field.encode_name.startswith("$")]


def find_records(record: type[Struct]) -> Iterator[type[Struct]]:
    """Yield a record and those that its fields hold, each once, in the order of the fields."""
    seen: dict[type[Struct], None] = {}

    def visit(expected: Any) -> None:
        if isinstance(expected, type) and issubclass(expected, Struct) and expected not in seen:
            seen[expected] = None
            for _, inner in _list_types(expected):
                visit(inner)
        for argument in typing.get_args(expected):
            visit(argument)

    visit(record)
    yield from seen


def _list_types(record: type[Struct]) -> list[tuple[msgspec.structs.FieldInfo, Any]]:
    hints = typing.get_type_hints(record, include_extras=True)
    return [(field, hints[field.name]) for field in list_fields(record)]


def build_contract() -> str:
    """Return the page on all files of an edition and their fields."""
    lines = ["# The contract: files and fields", "", "<!-- Written by docs/generate.py: change the records. -->", ""]
    lines += [_INTRO, "", "| other files | what they hold |", "|---|---|"]
    lines += [*(f"| `{file}` | {meaning} |" for file, meaning in OTHER_FILES), ""]
    described: set[type[Struct]] = set()
    for title, record, intro, examples in FILES:
        lines += [f"## {title}", "", intro, ""]
        if record is FrontMatter:
            lines += ["| format | folder | needs, unless it is a draft |", "|---|---|---|"]
            lines += [
                f"| {format.id} | `{format.folder}/` | {', '.join(f'`{name}`' for name in format.required_fields)} |"
                for format in FORMATS
            ]
            lines += [""]
        lines += _describe_record(record, without=FrontMatter if record is InboxFrontMatter else None)
        for part in find_records(record):
            if part not in described and part not in {entry[1] for entry in FILES}:
                lines += [f"### {_name(part)}", "", describe_record(part), "", *_describe_record(part)]
            described.add(part)
        for example in examples:
            lines += _quote_example(example)
    return "\n".join(lines).rstrip() + "\n"


def _describe_record(record: type[Struct], without: type[Struct] | None = None) -> Iterator[str]:
    known = {field.encode_name for field in list_fields(without)} if without else set()
    changed = set(record.__annotations__) if without else set()
    meanings = describe_fields(record)
    yield from ("| field | type | if absent | meaning |", "|---|---|---|---|")
    for field, expected in _list_types(record):
        if field.encode_name not in known or field.name in changed:
            default = "required" if field.required else _show_default(field.default)
            meaning = meanings[field.encode_name].replace("|", r"\|")
            yield f"| `{field.encode_name}` | {describe_type(expected)} | {default} | {meaning} |"
    yield ""


def describe_type(expected: Any) -> str:
    """Return in words what values a field takes; records are links to what they hold."""
    arguments, origin = typing.get_args(expected), typing.get_origin(expected)
    if isinstance(expected, type) and issubclass(expected, Struct):
        return f"[{_name(expected)}](#{_name(expected).lower().replace(' ', '-')})"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(describe_type(member) for member in arguments if member is not type(None))
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin in (tuple, dict):
        name, item = ("list", arguments[0]) if origin is tuple else ("names with values", arguments[1])
        return f"{name}: {describe_type(item)}"
    return _describe_plain_type(expected, [extra for extra in arguments[1:] if isinstance(extra, Meta)])


def _describe_plain_type(expected: Any, metas: Sequence[Meta]) -> str:
    if titles := [meta.title for meta in metas if meta.title]:
        return _TITLES.get(titles[0], titles[0])
    if metas:
        return _TYPE_NAMES[typing.get_args(expected)[0]] + _describe_limits(metas[0])
    return _TYPE_NAMES[expected]


def _describe_limits(meta: Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f" from {meta.ge} to {meta.le}"
    return f" from {meta.ge}" if meta.ge is not None else ""


def _show_default(default: Any) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, int) or (isinstance(default, str) and default):
        return f"`{default}`"
    return ""


def _name(record: type[Struct]) -> str:
    """Return a record's name as words: "Series position" for SeriesPosition."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", record.__name__).lower()
    return words.capitalize()


def _quote_example(name: str) -> Iterator[str]:
    text = (EXAMPLES / name).read_text(encoding="utf-8").rstrip("\n")
    language = "markdown" if name.endswith(".md") else "yaml"
    yield from (f"Example, [{name}](../examples/{name}):", "", f"````{language}", text, "````", "")
