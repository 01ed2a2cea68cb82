"""YAML with the meaning of YAML 1.2: text -> plain values, and where each of them stands.

PyYAML speaks YAML 1.1, where `no` is false, `42:10` is 2530 and `2020-04` may become a date.
Here only what YAML 1.2's core schema names is resolved; everything else stays a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import yaml

Path = tuple[str | int, ...]

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


class YamlError(ValueError):
    """The text is no YAML: `line` counts from 1, the message says what is wrong, `mend` what would be right."""

    def __init__(self, line: int, what: str, mend: str = "") -> None:
        self.line = line
        self.mend = mend or "Put values that hold «: », «#» or quotes into quotes, and indent with spaces."
        super().__init__(what)


_KINDS = ("null", "bool", "int", "float", "str", "seq", "map")


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute
    yaml_constructors = {  # noqa: RUF012 - likewise: plain values only, no !!timestamp, !!set, !!binary
        tag: construct
        for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix("tag:yaml.org,2002:") in _KINDS
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise YamlError(
                        key.start_mark.line + 1, f"the key «{key.value}» stands here twice", "Keep one of them."
                    )
                seen.add(key.value)
        return mapping


def _construct_int(loader: yaml.Loader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)


def _checked(pattern: re.Pattern[str], construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make a constructor that knows `!!int twelve` for a mistake."""

    def checked(loader: yaml.Loader, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode) and not pattern.match(node.value):
            what = f"«{node.value[:60]}» is no value for the tag {node.tag}"
            raise YamlError(node.start_mark.line + 1, what, "Leave the tag (!!…) out.")
        return construct(loader, node)

    return checked


class Inline(list[Any]):
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
    Inline, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
for _kind in (date, datetime):
    _Dumper.add_representer(_kind, lambda dumper, moment: dumper.represent_str(moment.isoformat()))
_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
for _tag, _pattern, _first in _CORE_SCHEMA:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
    _Loader.add_constructor(_tag, _checked(_pattern, _Loader.yaml_constructors[_tag]))
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))


def load(text: str) -> Any:
    """Turn YAML text into dicts, lists, strings, numbers, booleans and None; raises YamlError."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or str(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1  # libyaml counts bytes
        raise YamlError(line, f"the character U+{error.character:04X} has no place in YAML", "Delete it.") from error
    except yaml.YAMLError as error:
        raise YamlError(1, str(error).splitlines()[0]) from error


def dump(value: Any) -> str:
    """Write plain values as YAML text that `load` reads back as they were, in their order."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000))


def nodes(text: str) -> dict[Path, yaml.Node]:
    """Map the path of every value in valid YAML text to its node, which knows where it stands.

    Slow beside `load`: for error messages and for edits that must keep the rest of a file.
    """
    found: dict[Path, yaml.Node] = {}
    entered: set[int] = set()  # an alias (*name) leads to a node met before, perhaps around itself

    def walk(node: yaml.Node | None, path: Path) -> None:
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


def line_of(found: dict[Path, yaml.Node], path: Path) -> int:
    """Tell the line (from 1) of the value at `path`, or of the nearest thing around it."""
    while path and path not in found:
        path = path[:-1]
    node = found.get(path)
    return node.start_mark.line + 1 if node else 1


def show(path: Path) -> str:
    """Write a path as people do: `bookmark_of[0].url`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
