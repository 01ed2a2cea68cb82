"""YAML with the meaning of YAML 1.2: text <-> plain values, and the line of each value.

PyYAML implements YAML 1.1, in which `no` is false, `42:10` is 2530 and `2020-04-01` is a date. Here only what the core
schema of YAML 1.2 names is resolved (https://yaml.org/spec/1.2.2/#1032-tag-resolution); all else stays a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import yaml

from .syntax import characters, diagnosis, nesting

YamlPath = tuple[str | int, ...]
"""Where a value is in a document: keys of mappings and indexes of lists, from the outside in."""

_TAG_PREFIX = "tag:yaml.org,2002:"

# Per tag: the pattern of its scalars, and the characters they can begin with, by which PyYAML looks resolvers up.
# Two departures from the core schema: a float needs its dot, so that an id such as 12e4567 stays the string that its
# author meant; and numbers have a maximum length, because Python refuses to parse or print one of thousands of digits.
_CORE_SCHEMA = (
    ("null", re.compile(r"\A(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"\A(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")),
    ("int", re.compile(r"\A(?:[-+]?[0-9]{1,99}|0o[0-7]{1,99}|0x[0-9a-fA-F]{1,80})\Z"), list("-+0123456789")),
    (
        "float",
        re.compile(r"\A(?:[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan)\Z"),
        list("-+.0123456789"),
    ),
)
_EXPONENT = re.compile(r"\A[-+]?[0-9]+[eE][-+]?[0-9]+\Z")  # a float to YAML 1.2, a string to us: quote it for others
# Contexts of libyaml's errors: what began at the context's mark is not closed, and the error is at the end of the text.
_OPENED = ("while scanning a quoted scalar", "while parsing a flow")
# Not what libyaml writes in double quotes or on several lines: control characters, other line breaks, signs beyond
# U+FFFF, blanks at the ends, long texts.
_COMMON_TEXT = re.compile("(?! )[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufdff\ufe00-\ufefe\uff00-\ufffd]*+(?<! )")
_MAX_COMMON_LENGTH, _MAX_KEY_LENGTH = 4_000, 100
# What cannot be plain: outside of a list on one line, and in it (https://yaml.org/spec/1.2.2/#733-plain-style).
_FIRST_INDICATOR = re.compile(r"""[#,\[\]{}&*!|>'"%@`]|[?:-](?: |\Z)|---|\.\.\.""")
_LIST_INDICATOR = re.compile(r"[,?\[\]{}:]")
_NESTING_HINT = "Write it with fewer levels, and without aliases."
_PLAIN_TAGS = ("null", "bool", "int", "float", "str", "seq", "map")


class InvalidYamlError(ValueError):
    """Text that is not YAML: `line` counts from 1, `hint` says what would be right."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        self.line = line
        self.hint = hint or 'Put values that contain ": ", "#" or quotes into quotes, and indent with spaces.'
        super().__init__(message)


def _explain_error(text: str, error: yaml.MarkedYAMLError) -> InvalidYamlError:
    """Return libyaml's error in the words of an editor, with the line that is wrong."""
    is_unclosed = error.context and error.context.startswith(_OPENED) and "character" not in str(error.problem)
    mark = (error.context_mark if is_unclosed else None) or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    if found := diagnosis.diagnose(text, line):
        return InvalidYamlError(*found)
    if is_unclosed:
        message = "a quotation mark or bracket that opens on this line is not closed"
        return InvalidYamlError(line, message, "Close it at the end of the value.")
    return InvalidYamlError(line, error.problem or str(error))


class InlineList(list[Any]):
    """A list that `dump_yaml` writes on one line: `[one, two]`."""


def load_yaml(text: str) -> Any:
    """Parse YAML text into dicts, lists, strings, numbers, booleans and None; raises InvalidYamlError."""
    try:
        return _load_common(text)
    except (_UncommonValueError, yaml.YAMLError):
        return _parse(text, yaml.load)


def _load_common(text: str) -> Any:
    """Return the value of a text from libyaml's events, which takes half the time of building nodes first.

    Raises _UncommonValueError or YAMLError for all that few files hold: tags, aliases, fractions, what is wrong.
    """
    get_event = _Loader(text).get_event
    start = (get_event(), get_event())
    if not isinstance(start[1], yaml.DocumentStartEvent):
        raise _UncommonValueError
    value = _build_value(get_event(), get_event, 0)
    end = (get_event(), get_event())
    if not isinstance(end[1], yaml.StreamEndEvent):
        raise _UncommonValueError
    return value


def _build_value(event: Any, get_event: Callable[[], Any], depth: int) -> Any:
    kind = type(event)
    if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None or depth >= nesting.MAX_DEPTH:
        raise _UncommonValueError
    if kind is yaml.ScalarEvent:
        return _build_scalar(event.value) if event.implicit[0] else event.value
    if kind is yaml.SequenceStartEvent:
        items = []
        while type(event := get_event()) is not yaml.SequenceEndEvent:
            items.append(_build_value(event, get_event, depth + 1))
        return items
    mapping: dict[Any, Any] = {}
    while type(event := get_event()) is not yaml.MappingEndEvent:
        key = _build_value(event, get_event, depth + 1) if type(event) is yaml.ScalarEvent else []
        if isinstance(key, list) or key in mapping:
            raise _UncommonValueError
        mapping[key] = _build_value(get_event(), get_event, depth + 1)
    return mapping


def _build_scalar(text: str) -> Any:
    """Return the value of a plain scalar by the core schema."""
    for tag, pattern in _Loader.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return _CONVERTERS[tag](text)
    return text


def _parse(text: str, parse: Callable[[str, type[_Loader]], Any]) -> Any:
    """Return what PyYAML's `parse` makes of the text; raises InvalidYamlError for all that is not YAML."""
    try:
        nesting.check_nesting(text)
        return parse(text, _Loader)
    except nesting.NestingError as error:
        raise InvalidYamlError(error.line, str(error), _NESTING_HINT) from error
    except yaml.MarkedYAMLError as error:
        raise _explain_error(text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1  # libyaml counts bytes
        message = f"the character U+{error.character:04X} is not allowed in YAML"
        raise InvalidYamlError(line, message, "Delete it.") from error
    except yaml.YAMLError as error:
        raise InvalidYamlError(1, str(error).splitlines()[0]) from error


def dump_yaml(value: Any) -> str:
    """Write plain values as YAML text that `load_yaml` reads back as they were, in their order."""
    if type(value) is dict and value:
        try:
            return _format_mapping(value)
        except _UncommonValueError:
            pass
    return dump_any_value(value)


def dump_any_value(value: Any) -> str:
    """Write plain values as `dump_yaml` does, which leaves to this function what few files hold."""
    # PyYAML folds long lines, which changes runs of spaces; hence a width that hardly any value reaches.
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000))


def _format_mapping(mapping: dict[Any, Any], indent: str = "") -> str:
    """Return the YAML of a mapping of texts, dates, inline lists and lists of such mappings, without PyYAML.

    The text is the same; a pull writes thousands of files. Raises _UncommonValueError for all other values.
    """
    lines = []
    for key, value in mapping.items():
        if type(key) is not str or len(key) > _MAX_KEY_LENGTH:
            raise _UncommonValueError
        name = f"{indent}{_format_scalar(key)}:"
        if type(value) is InlineList:
            lines.append(f"{name} [{_format_inline(value)}]\n")
        elif type(value) is list and value:
            lines.append(f"{name}\n")
            lines += (_format_item(item, indent) for item in value)
        else:
            lines.append(f"{name} {_format_scalar(_to_text(value))}\n")
    return "".join(lines)


def _format_item(item: Any, indent: str) -> str:
    if type(item) is not dict or not item:
        raise _UncommonValueError
    return f"{indent}- {_format_mapping(item, f'{indent}  ').lstrip(' ')}"


def _format_inline(items: InlineList) -> str:
    text = ", ".join([_format_scalar(_to_text(item), in_list=True) for item in items])
    if len(text) > _MAX_COMMON_LENGTH:
        raise _UncommonValueError
    return text


def _to_text(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is date:
        return value.isoformat()
    raise _UncommonValueError


@lru_cache(maxsize=256)  # the files of one source share most of their values
def _format_scalar(text: str, *, in_list: bool = False) -> str:
    """Return a text as libyaml writes it, plain or in single quotes (yaml_emitter_analyze_scalar in its emitter.c)."""
    if not text:
        return "''"
    if len(text) > _MAX_COMMON_LENGTH or not _COMMON_TEXT.fullmatch(text):
        raise _UncommonValueError
    other_types = _Dumper.yaml_implicit_resolvers.get(text[0], ())
    if (
        ": " in text
        or " #" in text
        or text[-1] == ":"
        or _FIRST_INDICATOR.match(text)
        or (in_list and _LIST_INDICATOR.search(text))
        or any(pattern.match(text) for _, pattern in other_types)
    ):
        return "'" + text.replace("'", "''") + "'"
    return text


class _UncommonValueError(Exception):
    """A value that is left to PyYAML's own reader or writer."""


def mark_inline_lists(value: Any) -> Any:
    """Return `value` with its lists of plain values marked, so that `dump_yaml` writes each of them on one line."""
    if isinstance(value, dict):
        return {key: mark_inline_lists(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [mark_inline_lists(item) for item in value]
        return items if any(isinstance(item, dict | list) for item in items) else InlineList(items)
    return value


def map_nodes(text: str) -> dict[YamlPath, yaml.Node]:
    """Return the node of every value in YAML text by its path; a node knows its line. Raises InvalidYamlError.

    For error messages, and for edits that must keep the rest of a file: it does not look for keys that occur twice.
    """
    nodes: dict[YamlPath, yaml.Node] = {}

    def walk(node: yaml.Node | None, path: YamlPath) -> None:
        if node is None:
            return
        nodes[path] = node
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):  # a list as a key is refused by load_yaml
                    walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                walk(value, (*path, index))

    walk(_parse(text, yaml.compose), ())
    return nodes


def find_line(nodes: dict[YamlPath, yaml.Node], path: YamlPath) -> int:
    """Return the line (from 1) of the value at `path`; if there is none, of the nearest value around it."""
    while path and path not in nodes:
        path = path[:-1]
    node = nodes.get(path)
    return node.start_mark.line + 1 if node else 1


def format_path(path: YamlPath) -> str:
    """Return a path as text for messages: `bookmark_of[0].url`; odd characters in keys are escaped."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return characters.escape(text)


class _Loader(yaml.CSafeLoader):
    """Resolves the core schema of YAML 1.2 (added below), and rejects a key that occurs twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute
    yaml_constructors = {  # noqa: RUF012 - likewise: plain values only, no !!timestamp, !!set, !!binary
        tag: construct
        for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG_PREFIX) in _PLAIN_TAGS
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        # PyYAML silently keeps the last of two equal keys; the specification calls that an error
        # (https://yaml.org/spec/1.2.2/#3213-node-comparison), and half of the author's words would be lost.
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            keys = set()
            for key, _ in node.value:
                if key.value in keys:
                    message = f'the key "{key.value}" occurs twice'
                    raise InvalidYamlError(key.start_mark.line + 1, message, "Keep one of them.")
                keys.add(key.value)
        return mapping


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that YAML 1.1 or 1.2 would read as something else, because other tools read our files.

    Dates are the exception: to us they are strings, and an editor types them without quotes.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [pair for pair in pairs if pair[0] != f"{_TAG_PREFIX}timestamp"]
        for first, pairs in yaml.CSafeDumper.yaml_implicit_resolvers.items()
    }

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a value used twice is written twice, not as &id001
        return True


def _parse_int(text: str) -> int:
    # PyYAML's own constructor reads 010 as octal, as YAML 1.1 does; 1.2 writes octals as 0o10.
    return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)


def _construct_int(loader: yaml.Loader, node: yaml.ScalarNode) -> int:
    return _parse_int(loader.construct_scalar(node))


def _refuse_scalar(_: str) -> Any:
    raise _UncommonValueError


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    f"{_TAG_PREFIX}null": lambda _: None,
    f"{_TAG_PREFIX}bool": lambda text: text.lower() == "true",
    f"{_TAG_PREFIX}int": _parse_int,
    f"{_TAG_PREFIX}float": _refuse_scalar,
}


def _build_checked_constructor(
    pattern: re.Pattern[str], construct: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """Return a constructor that rejects `!!int twelve`, on which PyYAML's own raise a bare ValueError."""

    def construct_checked(loader: yaml.Loader, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode) and not pattern.match(node.value):
            message = f'"{node.value[:60]}" is not a value of the tag {node.tag}'
            raise InvalidYamlError(node.start_mark.line + 1, message, "Delete the tag (!!…).")
        return construct(loader, node)

    return construct_checked


_Dumper.add_representer(
    InlineList, lambda dumper, items: dumper.represent_sequence(f"{_TAG_PREFIX}seq", items, flow_style=True)
)
for _type in (date, datetime):
    _Dumper.add_representer(_type, lambda dumper, moment: dumper.represent_str(moment.isoformat()))
_Loader.add_constructor(f"{_TAG_PREFIX}int", _construct_int)
for _name, _pattern, _first_characters in _CORE_SCHEMA:
    _tag = f"{_TAG_PREFIX}{_name}"
    _Loader.add_implicit_resolver(_tag, _pattern, _first_characters)
    _Loader.add_constructor(_tag, _build_checked_constructor(_pattern, _Loader.yaml_constructors[_tag]))
    _Dumper.add_implicit_resolver(_tag, _pattern, _first_characters)
_Dumper.add_implicit_resolver(f"{_TAG_PREFIX}float", _EXPONENT, list("-+0123456789"))
