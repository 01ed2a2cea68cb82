"""Edits of a YAML list in curation/, as text, so that every other byte stays.

PyYAML loses comments and spelling when it writes. So an edit changes the text at the position that PyYAML reports, and
is accepted only if the result parses to the expected value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from ...edition import yaml as edition_yaml
from ...errors import UsageError


def append_entries(text: str, entries: Iterable[dict[str, Any]], file: str) -> str:
    """Return `text` with entries appended to its list; lists within an entry are on one line.

    `file` is the name of the text in messages. Raises UsageError if entries cannot be appended.
    """
    new_entries = list(entries)
    if not new_entries:
        return text
    bom, text = _split_bom(text)
    before, indent, after = _find_insertion_point(text, edition_yaml.map_nodes(text).get(()), file)
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = [edition_yaml.dump_yaml([edition_yaml.mark_inline_lists(entry)]) for entry in new_entries]
    lines = "\n".join(blocks).replace("\n", f"\n{indent}").rstrip()
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    whole = before + gap + indent + re.sub(r"(?m)^[ ]+$", "", lines).replace("\n", newline) + newline + after
    if _load_or_none(whole) != [*(edition_yaml.load_yaml(text) or []), *new_entries]:
        message = f'{file} cannot be added to: end it with its last entry, without a "..." or a value beside the list.'
        raise UsageError(message)
    return bom + whole


def replace_scalar(text: str, path: tuple[int, str], value: str, file: str) -> str:
    """Return `text` with `value` in place of the scalar at `path` (index of the entry, key), in the same quotes.

    Raises UsageError if more than this value would change, so that an editor must do it by hand.
    """
    bom, text = _split_bom(text)
    index, key = path
    node = edition_yaml.map_nodes(text)[path]
    start, end = node.start_mark.index, node.end_mark.index
    anchor, old = _split_anchor(text[start:end])
    expected = edition_yaml.load_yaml(text)
    expected[index] = expected[index] | {key: value}  # a copy: an alias may lead to the same entry twice
    for spelling in _list_spellings(value, old):
        whole = text[:start] + anchor + spelling + _get_trailing_space(old) + text[end:]
        if _load_or_none(whole) == expected:
            return bom + whole
    line = node.start_mark.line + 1
    raise UsageError(f"{file}:{line}: {key} cannot be changed without changing more: write {value} there by hand.")


def extend_lists(text: str, key: str, additions: Mapping[str, Sequence[str]], file: str) -> str:
    """Return `text` with more ids in the lists `key` of some entries, which are created if they are missing.

    `additions` are by the id of the entry. Raises UsageError if anything else would change.
    """
    bom, text = _split_bom(text)
    nodes = edition_yaml.map_nodes(text)
    expected, edits = [], []
    for index, entry in enumerate(edition_yaml.load_yaml(text) or []):
        items = additions.get(entry["id"], ())
        expected.append(entry | {key: [*(entry.get(key) or []), *items]} if items else entry)
        if items:
            edits.append(_build_list_edit(text, nodes, (index, key), items))
    parts, start = [], 0
    for position, insertion in sorted(edits):
        parts += [text[start:position], insertion]
        start = position
    whole = "".join((*parts, text[start:]))
    if _load_or_none(whole) != expected:
        lines = "".join(f"\n  {entry_id}: {', '.join(items)}" for entry_id, items in additions.items())
        raise UsageError(f"{file} cannot be changed; add to the {key} by hand:{lines}")
    return bom + whole


def _build_list_edit(
    text: str, nodes: Mapping[edition_yaml.YamlPath, yaml.Node], path: tuple[int, str], items: Sequence[str]
) -> tuple[int, str]:
    """Return the position at which to insert ids into the list at `path`, and the text to insert."""
    index, key = path
    newline = "\r\n" if "\r\n" in text else "\n"
    entry, node = nodes[index,], nodes.get(path)
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        return node.end_mark.index - 1, f"{', ' if node.value else ''}{', '.join(items)}"
    if isinstance(node, yaml.SequenceNode):
        dash = f"{newline}{'':{node.start_mark.column}}- "
        return node.value[-1].end_mark.index, "".join(dash + item for item in items)
    inline = f"[{', '.join(items)}]"
    if node is not None:  # "topics:" without a value
        return node.end_mark.index, f" {inline}"
    position = nodes[index, "id"].end_mark.index
    if isinstance(entry, yaml.MappingNode) and entry.flow_style:
        return position, f", {key}: {inline}"
    rest_of_line = re.compile(r"[^\r\n]*").match(text, position)  # a comment stays behind its value
    end = rest_of_line.end() if rest_of_line else position
    return end, f"{newline}{'':{entry.start_mark.column}}{key}: {inline}"


def _find_insertion_point(text: str, node: yaml.Node | None, file: str) -> tuple[str, str, str]:
    """Return the text before new entries, their indentation, and the text after them."""
    if not isinstance(node, yaml.SequenceNode):
        # The text is empty, has only comments, or says so: "null" and "~" make room for the list.
        start, end = (node.start_mark.index, node.end_mark.index) if node else (len(text), len(text))
        return text[:start], "", text[end:].lstrip(" \t\r\n")
    if not node.flow_style:
        return text, " " * node.start_mark.column, ""
    if node.value:
        raise UsageError(f'{file} is one list in [ ]: begin each entry with "- id:" instead, then it can be added to.')
    # An empty list ("[]") is replaced, and the comments around it stay.
    return text[: node.start_mark.index], "", text[node.end_mark.index :].lstrip(" \t\r\n")


def _load_or_none(text: str) -> Any:
    try:
        return edition_yaml.load_yaml(text)
    except edition_yaml.InvalidYamlError:
        return None


def _split_anchor(old: str) -> tuple[str, str]:
    """Return the anchor or tag (&name, !!str) of a value, and the value after it."""
    match = re.match(r"(?:[&!]\S*\s+)*", old)
    end = match.end() if match else 0
    return old[:end], old[end:]


def _list_spellings(value: str, old: str) -> Iterator[str]:
    """Yield spellings of a value, the most similar to the old one first."""
    quote = old[:1]
    if quote in {"'", '"'}:
        yield f"{quote}{value}{quote}"
    yield value
    yield edition_yaml.dump_yaml([edition_yaml.InlineList([value])]).strip()[len("- [") : -1]


def _split_bom(text: str) -> tuple[str, str]:
    """Return a byte order mark, and the text after it, where PyYAML begins to count positions."""
    rest = text.removeprefix("\ufeff")
    return text[: len(text) - len(rest)], rest


def _get_trailing_space(old: str) -> str:
    """Return the line break that PyYAML counts as part of a folded scalar (>-)."""
    return old[len(old.rstrip()) :]
