"""Edit single fields of front matter: comments, order, line ends and every other byte of the file stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from textwrap import indent
from typing import Any

import yaml as pyyaml
from msgspec import Struct

from ...edition import frontmatter, yaml
from ...errors import UsageError

_FLOW_INDICATOR = re.compile(r"[,\[\]{}\n]")
_UNIT = re.compile(r"\r\n|[\s\S]")  # a character, as frontmatter.decode_text counts them


class FieldEdit(Struct, frozen=True, kw_only=True):
    """A field to change: its new value (None: delete it), or, if `appends`, a value to add to its list.

    A new field stands below `after`, else at the end. `within` is where its mapping is: by default all front matter.
    """

    field: str
    value: Any
    appends: bool = False
    after: str = ""
    within: yaml.YamlPath = ()


def edit_front_matter(file: str, text: str, edits: Iterable[FieldEdit]) -> str:
    """Return a file's text with its front matter edited.

    Raises InvalidFileError if there is none, UsageError if it is written in a way that cannot be edited safely.
    """
    for edit in edits:
        text = _edit_field(file, text, edit)
    return text


def _edit_field(file: str, text: str, edit: FieldEdit) -> str:
    plain = frontmatter.decode_text(file, text.encode())
    front_matter = frontmatter.split_front_matter(file, plain).front_matter
    offset = plain.index("\n") + 1
    front_matter += "\n" if front_matter and not front_matter.endswith("\n") else ""  # that before the closing ---
    before = yaml.load_yaml(front_matter) or {}
    start, end, inserted = _find_change(front_matter, edit)
    edited = front_matter[:start] + inserted + front_matter[end:]
    if _load(edited) != _expect(before, edit):
        raise UsageError(f'{file}: "{edit.field}" cannot be edited as it is written there: do it by hand.')
    # A byte order mark and the line ends of Windows stay as they are.
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    units = _UNIT.findall(text.removeprefix("\ufeff"))
    newline = next((unit for unit in units if unit in ("\r\n", "\n", "\r")), "\n")
    head, tail = units[: offset + start], units[offset + end :]
    return mark + "".join(head) + inserted.replace("\n", newline) + "".join(tail)


def _load(front_matter: str) -> Any:
    """Return the values of edited front matter; None if it is no YAML any more."""
    try:
        return yaml.load_yaml(front_matter)
    except yaml.InvalidYamlError:
        return None


def _expect(before: dict[str, Any], edit: FieldEdit) -> dict[str, Any]:
    """Return the values that front matter must have after an edit."""
    expected = deepcopy(before)
    holder: Any = expected
    for step in edit.within:
        holder = holder[step]
    if edit.appends:
        holder[edit.field] = [*(holder.get(edit.field) or ()), edit.value]
    elif edit.value is None:
        holder.pop(edit.field, None)
    else:
        holder[edit.field] = edit.value
    return expected


def _find_change(front_matter: str, edit: FieldEdit) -> tuple[int, int, str]:
    """Return where front matter changes, from and to which character, and what stands there then."""
    holder = yaml.map_nodes(front_matter).get(edit.within)
    pairs = {key.value: (key, value) for key, value in holder.value} if isinstance(holder, pyyaml.MappingNode) else {}
    if isinstance(holder, pyyaml.MappingNode) and edit.field not in pairs and edit.within and edit.after in pairs:
        return _insert_within(front_matter, holder, pairs[edit.after][1], edit)
    if edit.field not in pairs:
        end = _find_line_end(front_matter, pairs[edit.after][1]) if edit.after in pairs else len(front_matter)
        lead = "" if not end or front_matter[end - 1] == "\n" else "\n"
        return end, end, lead + _format_field(edit.field, [edit.value] if edit.appends else edit.value)
    key, node = pairs[edit.field]
    if edit.value is None:
        return key.start_mark.index, _find_line_end(front_matter, node), ""
    if edit.appends and isinstance(node, pyyaml.SequenceNode) and node.value:
        return _append(front_matter, node, edit.value)
    value = [edit.value] if edit.appends else edit.value
    is_mapping = isinstance(value, dict)  # on one line, so that a comment behind the former value stays there
    text = f" {_format_inline(value)}" if is_mapping else _format_field(edit.field, value).partition(":")[2].rstrip()
    begin, end = key.end_mark.index + 1, node.end_mark.index
    if isinstance(node, pyyaml.ScalarNode) and node.style in ("|", ">"):
        text += "\n"
    elif isinstance(node, pyyaml.CollectionNode) and not node.flow_style:
        end = _find_content_end(front_matter, node)
    # Only the value: what stands behind it on the line, such as a comment, stays.
    return begin, end, text


def _insert_within(
    front_matter: str, holder: pyyaml.MappingNode, neighbour: pyyaml.Node, edit: FieldEdit
) -> tuple[int, int, str]:
    """Return the change that adds a field to a mapping, in the style in which the mapping is written."""
    if holder.flow_style:
        end = neighbour.end_mark.index
        text = yaml.dump_yaml(edit.value).strip()
        # An address needs no quotes there, which the style of a list would give it.
        return end, end, f", {edit.field}: {_format_inline(edit.value) if _FLOW_INDICATOR.search(text) else text}"
    end = _find_line_end(front_matter, neighbour)
    lead = "" if front_matter[end - 1] == "\n" else "\n"
    return end, end, lead + indent(_format_field(edit.field, edit.value), " " * holder.start_mark.column)


def _append(front_matter: str, node: pyyaml.SequenceNode, value: Any) -> tuple[int, int, str]:
    """Return the change that adds a value to a list, in the style in which the list is written."""
    if node.flow_style:
        end = node.value[-1].end_mark.index
        return end, end, f", {_format_inline(value)}"
    column = node.start_mark.column
    end = _find_line_end(front_matter, node)
    lines = yaml.dump_yaml([value]).splitlines()
    lead = "" if front_matter[end - 1] == "\n" else "\n"
    return end, end, lead + "".join(f"{'':{column}}{line}\n" for line in lines)


def _format_field(field: str, value: Any) -> str:
    return yaml.dump_yaml(yaml.mark_inline_lists({field: value}))


def _format_inline(value: Any) -> str:
    """Return a value as it stands within a list on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_format_inline(item)}" for key, item in value.items()) + "}"
    text = yaml.dump_yaml(yaml.InlineList([value])).strip()
    return text.removeprefix("[").removesuffix("]")


def _find_line_end(text: str, node: pyyaml.Node) -> int:
    """Return the index behind the last line of a value."""
    end = _find_content_end(text, node)
    if end and text[end - 1] == "\n":
        return end
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end + 1


def _find_content_end(text: str, node: pyyaml.Node) -> int:
    """Return the index behind the last character of a value; libyaml ends a block behind the comments below it."""
    while isinstance(node, pyyaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    if isinstance(node, pyyaml.ScalarNode) and not node.value and node.style is None:
        return end  # nothing is written there
    return len(text[:end].rstrip("\n ")) if not isinstance(node, pyyaml.ScalarNode) or not node.style else end
