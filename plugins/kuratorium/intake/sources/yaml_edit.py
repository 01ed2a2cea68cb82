"""Edits to the text of a YAML list in curation/, which leave every other byte of it as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from ...edition import yaml as edition_yaml
from ...errors import UsageError


def append_entries(text: str, entries: Iterable[dict[str, Any]], file: str) -> str:
    """Append entries to the list in `text`; their lists are written on one line. `file` is what errors call it.

    Raises UsageError where that cannot be.
    """
    added = list(entries)
    if not added:
        return text
    bom, text = _split_bom(text)
    before, indent, after = _find_insertion_point(text, edition_yaml.map_nodes(text).get(()), file)
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = [edition_yaml.dump_yaml([edition_yaml.mark_inline_lists(entry)]) for entry in added]
    lines = "\n".join(blocks).replace("\n", f"\n{indent}").rstrip()
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    whole = before + gap + indent + re.sub(r"(?m)^[ ]+$", "", lines).replace("\n", newline) + newline + after
    if (edition_yaml.load_yaml(whole) or []) != [*(edition_yaml.load_yaml(text) or []), *added]:
        raise UsageError(f"{file} cannot be added to; does it end in «...» or hold several documents?")
    return bom + whole


def replace_scalar(text: str, path: tuple[int, str], value: str, file: str) -> str:
    """Put `value` in the place of the one scalar at `path` (entry, key), in the quotes that stand there.

    Raises UsageError where the file's author must do it by hand, for the value is borrowed by an alias.
    """
    bom, text = _split_bom(text)
    entry, key = path
    node = edition_yaml.map_nodes(text)[path]
    start, end = node.start_mark.index, node.end_mark.index
    mark, old = _split_anchor(text[start:end])
    wanted = edition_yaml.load_yaml(text)
    wanted[entry] = wanted[entry] | {key: value}  # a copy: an alias may lead to the same entry twice
    for spelling in _list_spellings(value, old):
        whole = text[:start] + mark + spelling + _get_trailing_space(old) + text[end:]
        if _load_or_none(whole) == wanted:
            return bom + whole
    line = node.start_mark.line + 1
    raise UsageError(f"{file}:{line}: {key} cannot be changed without changing more: write {value} there by hand.")


def _find_insertion_point(text: str, node: yaml.Node | None, file: str) -> tuple[str, str, str]:
    """Tell what stands before new entries, how far they are indented, and what stands after them."""
    if not isinstance(node, yaml.SequenceNode):
        return text, "", ""  # empty, or nothing but comments
    if not node.flow_style:
        return text, " " * node.start_mark.column, ""
    if node.value:
        raise UsageError(f"{file} is one list in [ ]: begin each entry with «- id:» instead, then it can be added to.")
    # An empty list gives way, and the comments around it stay.
    return text[: node.start_mark.index], "", text[node.end_mark.index :].lstrip(" \t\r\n")


def _load_or_none(text: str) -> Any:
    try:
        return edition_yaml.load_yaml(text)
    except edition_yaml.InvalidYamlError:
        return None


def _split_anchor(old: str) -> tuple[str, str]:
    """Part an anchor or tag (&name, !!str) from the value behind it."""
    mark = re.match(r"(?:[&!]\S*\s+)*", old)
    end = mark.end() if mark else 0
    return old[:end], old[end:]


def _list_spellings(value: str, old: str) -> Iterator[str]:
    """Yield ways to write a value, the likest to the old one first; the first that is read back right is taken."""
    quote = old[:1]
    if quote in {"'", '"'}:
        yield f"{quote}{value}{quote}"
    yield value
    yield edition_yaml.dump_yaml([edition_yaml.InlineList([value])]).strip()[len("- [") : -1]


def _split_bom(text: str) -> tuple[str, str]:
    """Part the mark that some editors begin a file with: PyYAML counts from behind it."""
    rest = text.removeprefix("\ufeff")
    return text[: len(text) - len(rest)], rest


def _get_trailing_space(old: str) -> str:
    """Keep the line's end that a folded scalar (>-) takes in."""
    return old[len(old.rstrip()) :]
