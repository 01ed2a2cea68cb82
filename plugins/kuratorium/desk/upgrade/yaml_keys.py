"""Delete and set keys of YAML as text, so that comments and the spelling of everything else stay.

An edit is accepted only if the result has the expected values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from yaml import MappingNode, Node

from ...edition import yaml
from ...errors import UsageError


def delete_keys(text: str, paths: Iterable[yaml.YamlPath], file: str) -> str:
    """Return `text` without the keys at `paths`, with their values, and comments on their lines.

    `file` is the name of the text in messages. Raises UsageError if anything else would change.
    """
    # From the last to the first, so that an edit does not move what the next one is about.
    nodes = yaml.map_nodes(text)
    for path in sorted(paths, key=lambda path: nodes[path].start_mark.index, reverse=True):
        if path in yaml.map_nodes(text):  # an alias of what was deleted has lost the key, too
            text = _delete_key(text, path, file)
    return text


def set_first_key(text: str, key: str, value: int, file: str) -> str:
    """Return `text`, a mapping, with `key: value`: in place of its former value, else as the first key.

    `file` is the name of the text in messages. Raises UsageError if anything else would change.
    """
    nodes = yaml.map_nodes(text)
    top, node = nodes.get(()), nodes.get((key,))
    newline = "\r\n" if "\r\n" in text else "\n"
    if node is not None:
        changed = text[: node.start_mark.index] + str(value) + text[node.end_mark.index :]
    elif isinstance(top, MappingNode) and top.flow_style:
        begin = top.start_mark.index + 1
        changed = f"{text[:begin]}{key}: {value}{', ' if top.value else ''}{text[begin:]}"
    else:
        begin = _find_first_line(text)
        changed = f"{text[:begin]}{key}: {value}{newline}{newline if text[begin:].strip() else ''}{text[begin:]}"
    values = yaml.load_yaml(text)
    return _accept(changed, {**(values or {}), key: value}, f"{file}: write this line by hand: {key}: {value}")


def _find_first_line(text: str) -> int:
    """Return where the first line of values or comments begins: behind directives, "---" and an editor's own lines."""
    preamble = re.compile(r"\ufeff?(?:%[^\n]*\n|---[ \t]*\r?\n|# yaml-language-server:[^\n]*\n)*").match(text)
    return preamble.end() if preamble else 0


def _delete_key(text: str, path: yaml.YamlPath, file: str) -> str:
    *parents, key = path
    nodes = yaml.map_nodes(text)
    parent = nodes[tuple(parents)]
    line = nodes[path].start_mark.line + 1
    message = f"{file}:{line}: {key} cannot be deleted without changing more: delete it by hand."
    if not isinstance(parent, MappingNode):  # an alias may lead elsewhere
        raise UsageError(message)
    expected = deepcopy(yaml.load_yaml(text))
    holder: Any = expected
    for step in parents:
        holder = holder[step]
    del holder[key]
    index = next(number for number, (node, _) in enumerate(parent.value) if node.value == key)
    if parent.flow_style:
        begin, end = _find_flow_span(parent.value, index)
    else:
        begin, end = _find_block_span(text, parent.value, index)
    return _accept(text[:begin] + text[end:], expected, message)


def _find_flow_span(pairs: Sequence[tuple[Node, Node]], index: int) -> tuple[int, int]:
    """Return the span of a key, its value and one comma in {a: 1, b: 2}."""
    if index + 1 < len(pairs):
        return pairs[index][0].start_mark.index, pairs[index + 1][0].start_mark.index
    begin = pairs[index - 1][1].end_mark.index if index else pairs[index][0].start_mark.index
    return begin, pairs[index][1].end_mark.index


def _find_block_span(text: str, pairs: Sequence[tuple[Node, Node]], index: int) -> tuple[int, int]:
    """Return the span of the lines of a key and its value; of a key behind a dash, up to the next key."""
    begin = pairs[index][0].start_mark.index
    line_begin = text.rfind("\n", 0, begin) + 1
    if text[line_begin:begin].strip():  # "- key: value": the next key takes its place
        end = pairs[index + 1][0].start_mark.index if index + 1 < len(pairs) else pairs[index][1].end_mark.index
        return begin, end
    value = text[: pairs[index][1].end_mark.index].rstrip()
    line_end = text.find("\n", len(value))
    return line_begin, len(text) if line_end < 0 else line_end + 1


def _accept(text: str, expected: Any, message: str) -> str:
    """Return `text` if it has the expected values; raises UsageError with the message."""
    try:
        values = yaml.load_yaml(text)
    except yaml.InvalidYamlError:
        values = None
    if values != expected:
        raise UsageError(message)
    return text
