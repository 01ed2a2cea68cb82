"""YAML with the meaning of YAML 1.2: text -> plain values, and where each of them stands.

PyYAML speaks YAML 1.1, where `no` is false, `42:10` is 2530 and `2020-04` may become a date.
Here only what YAML 1.2's core schema names is resolved; everything else stays a string.

Front matter -> YAML text, many times as fast as `yaml12.dump` and the same to the letter.

A first pull writes thousands of inbox files, whose values are nearly all strings that YAML takes as they stand. Those,
and dates, are written here; whatever is odd is left to PyYAML, each odd string by itself, anything else as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import yaml

YamlPath = tuple[str | int, ...]

# https://yaml.org/spec/1.2.2/#1032-tag-resolution; only a float must have its dot here,
# so that an id such as 12e4567 stays the string that its author meant, and a number has an end:
# Python refuses to read or to print one of thousands of digits.
_CORE_SCHEMA = (
    ("tag:yaml.org,2002:null", re.compile(r"\A(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"\A(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")),
    (
        "tag:yaml.org,2002:int",
        re.compile(r"\A(?:[-+]?[0-9]{1,99}|0o[0-7]{1,99}|0x[0-9a-fA-F]{1,80})\Z"),
        list("-+0123456789"),
    ),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"\A(?:[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan)\Z"),
        list("-+.0123456789"),
    ),
)


_EXPONENT = re.compile(r"\A[-+]?[0-9]+[eE][-+]?[0-9]+\Z")  # a float to others, a string to us


class InvalidYamlError(ValueError):
    """The text is no YAML: `line` counts from 1, the message says what is wrong, `mend` what would be right."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        self.line = line
        self.hint = hint or "Put values that hold «: », «#» or quotes into quotes, and indent with spaces."
        super().__init__(message)


_PLAIN_TAGS = ("null", "bool", "int", "float", "str", "seq", "map")


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute
    yaml_constructors = {  # noqa: RUF012 - likewise: plain values only, no !!timestamp, !!set, !!binary
        tag: construct
        for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix("tag:yaml.org,2002:") in _PLAIN_TAGS
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise InvalidYamlError(
                        key.start_mark.line + 1, f"the key «{key.value}» stands here twice", "Keep one of them."
                    )
                seen.add(key.value)
        return mapping


def _construct_int(loader: yaml.Loader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)


def _build_checked_constructor(
    pattern: re.Pattern[str], construct: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """Make a constructor that knows `!!int twelve` for a mistake."""

    def checked(loader: yaml.Loader, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode) and not pattern.match(node.value):
            what = f"«{node.value[:60]}» is no value for the tag {node.tag}"
            raise InvalidYamlError(node.start_mark.line + 1, what, "Leave the tag (!!…) out.")
        return construct(loader, node)

    return checked


class InlineList(list[Any]):
    """A list that `dump` writes on one line: `[one, two]`."""


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that YAML 1.1 or 1.2 would read as something else, and writes every value out.

    Dates are the exception: to us they are strings, and an editor types them without quotes.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.CSafeDumper.yaml_implicit_resolvers.items()
    }

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a value used twice is written twice, not as &id001
        return True


_Dumper.add_representer(
    InlineList, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
for _kind in (date, datetime):
    _Dumper.add_representer(_kind, lambda dumper, moment: dumper.represent_str(moment.isoformat()))
_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
for _tag, _pattern, _first in _CORE_SCHEMA:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
    _Loader.add_constructor(_tag, _build_checked_constructor(_pattern, _Loader.yaml_constructors[_tag]))
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))


def load_yaml(text: str) -> Any:
    """Turn YAML text into dicts, lists, strings, numbers, booleans and None; raises YamlError."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidYamlError(mark.line + 1 if mark else 1, error.problem or str(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1  # libyaml counts bytes
        raise InvalidYamlError(
            line, f"the character U+{error.character:04X} has no place in YAML", "Delete it."
        ) from error
    except yaml.YAMLError as error:
        raise InvalidYamlError(1, str(error).splitlines()[0]) from error


def dump_yaml(value: Any) -> str:
    """Write plain values as YAML text that `load` reads back as they were, in their order."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000))


def map_nodes(text: str) -> dict[YamlPath, yaml.Node]:
    """Map the path of every value in valid YAML text to its node, which knows where it stands.

    Slow beside `load`: for error messages and for edits that must keep the rest of a file.
    """
    found: dict[YamlPath, yaml.Node] = {}
    entered: set[int] = set()  # an alias (*name) leads to a node met before, perhaps around itself

    def walk(node: yaml.Node | None, path: YamlPath) -> None:
        if node is None:
            return
        found[path] = node
        if id(node) in entered:
            return
        entered.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                walk(value, (*path, index))

    walk(yaml.compose(text, _Loader), ())
    return found


def find_line(nodes: dict[YamlPath, yaml.Node], path: YamlPath) -> int:
    """Tell the line (from 1) of the value at `path`, or of the nearest thing around it."""
    while path and path not in nodes:
        path = path[:-1]
    node = nodes.get(path)
    return node.start_mark.line + 1 if node else 1


def format_path(path: YamlPath) -> str:
    """Write a path as people do: `bookmark_of[0].url`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


# Strings that stand without quotes: a letter first, then what means nothing to YAML where it stands.
_LETTERS = "A-Za-z\u00c0-\u024f"
_UNQUOTED_STRING = re.compile(
    rf"[{_LETTERS}](?:[{_LETTERS}0-9_.,()/%+=~&'!?;\u2013\u2014\u2018-\u201e\u2026-]|(?<!:) (?! *\Z)|:(?=[\w/]))+"
)
_FLOW_INDICATORS = re.compile("[,:?]")  # mean something within a list on one line
_MAX_KEYWORD_LENGTH = 5  # letters: «false» is the longest word that YAML takes for something else
_MAX_STRING_LENGTH = 5_000  # characters; PyYAML folds lines of 10,000


class _UnsupportedValueError(Exception):
    """A value that is PyYAML's to write."""


def dump_front_matter(values: Mapping[str, Any]) -> str:
    """Write front matter as YAML; lists of plain values stay on one line."""
    try:
        return _dump_mapping(values, "") or dump_yaml({})
    except _UnsupportedValueError:
        return dump_yaml({key: mark_inline_lists(value) for key, value in values.items()})


def mark_inline_lists(value: Any) -> Any:
    """Mark the lists of plain values in `value`, so that `yaml12.dump` keeps each of them on one line."""
    if isinstance(value, dict):
        return {key: mark_inline_lists(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        items = [mark_inline_lists(one) for one in value]
        return items if any(isinstance(one, dict | list) for one in items) else InlineList(items)
    return value


def _dump_mapping(values: Mapping[str, Any], indent: str) -> str:
    return "".join(f"{indent}{_dump_string(key)}:{_dump_value(value, indent)}\n" for key, value in values.items())


def _dump_value(value: Any, indent: str) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str):
        return f" {_dump_string(value)}"
    if not isinstance(value, list | tuple):
        raise _UnsupportedValueError
    if all(isinstance(one, str) for one in value):
        return f" [{', '.join(map(_dump_flow_item, value))}]"
    return "".join(f"\n{indent}- {_dump_list_item(one, indent)}" for one in value)


def _dump_list_item(value: Any, indent: str) -> str:
    """Write a mapping that is an item of a list: its first key stands behind the dash."""
    if not isinstance(value, Mapping) or not value:
        raise _UnsupportedValueError
    return _dump_mapping(value, f"{indent}  ").strip(" \n")


def _dump_string(text: str) -> str:
    return text if _needs_no_quotes(text) else _quote_string(text)


def _dump_flow_item(text: str) -> str:
    return text if _needs_no_quotes(text) and not _FLOW_INDICATORS.search(text) else _quote_flow_item(text)


def _needs_no_quotes(text: str) -> bool:
    return (
        len(text) > _MAX_KEYWORD_LENGTH
        and len(text) < _MAX_STRING_LENGTH
        and _UNQUOTED_STRING.fullmatch(text) is not None
    )


@lru_cache(maxsize=4096)  # dates, names and languages come again and again
def _quote_string(text: str) -> str:
    return _extract_line(dump_yaml({"k": text}), "k: ", "\n")


@lru_cache(maxsize=4096)
def _quote_flow_item(text: str) -> str:
    return _extract_line(dump_yaml({"k": InlineList([text])}), "k: [", "]\n")


def _extract_line(dumped: str, before: str, behind: str) -> str:
    text = dumped.removeprefix(before).removesuffix(behind)
    if "\n" in text or len(text) > _MAX_STRING_LENGTH or dumped[: len(before)] != before:
        raise _UnsupportedValueError
    return text
