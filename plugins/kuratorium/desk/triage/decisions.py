"""What an editor decides on inbox items: each decision is a change of files, which git shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date as Day
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...compare_and_swap import FileChange, apply_changes
from ...edition import frontmatter, loader, yaml
from ...errors import SourceError, UsageError
from ...intake.seen import change_dismissals
from ..inbox import InboxItem
from .undo import FormerFile, record_decision

Edit = Callable[[dict[str, Any]], None]


class DecisionResult(Struct, frozen=True, kw_only=True):
    """The files that a decision changed, and those that it left: another program saved or removed them meanwhile."""

    files: tuple[str, ...]
    refused: tuple[str, ...] = ()


def dismiss_items(root: Path, items: Sequence[InboxItem]) -> DecisionResult:
    """Delete the files of items: dismissed for everybody, for good, since curation/seen/ says so."""
    result = _change_files(root, "dismiss", {item.file: None for item in items})
    keys = [item.work.item for item in items if item.work.item and item.file in result.files]
    with suppress(SourceError):  # the next pull marks them, and reports what is wrong with the file
        change_dismissals(root, keys, dismissed=True)
    return result


def postpone_items(root: Path, items: Sequence[InboxItem], day: Day, today: Day) -> DecisionResult:
    """Take items off the desk until a day; raises UsageError if it is not in the future."""
    if day <= today:
        raise UsageError(f"{day} is not in the future: write a day after {today}.")
    return _edit_items(root, "later", items, lambda values: values.update(later=day.isoformat()))


def nominate_items(root: Path, items: Sequence[InboxItem], by: str, word: str) -> DecisionResult:
    """Propose items to the other editors, with a name and a word why; a second one of the same name replaces it."""

    def edit(values: dict[str, Any]) -> None:
        others = [entry for entry in values.get("nominations") or () if entry.get("by") != by]
        values["nominations"] = [*others, {"by": by, **({"word": word} if word else {})}]
        values.pop("later", None)  # who proposes it wants it on the desk

    if not by.strip():
        raise UsageError("a nomination needs a name: --by NAME")
    return _edit_items(root, "nominate", items, edit)


def tag_topic(root: Path, items: Sequence[InboxItem], topic: str) -> DecisionResult:
    """Suggest items for a topic, or take that back if all have it."""
    has_all = all(topic in item.meta.topics for item in items)

    def edit(values: dict[str, Any]) -> None:
        topics = [entry for entry in values.get("topics") or () if entry != topic]
        values["topics"] = topics if has_all else [*topics, topic]

    return _edit_items(root, "tag", items, edit)


def _edit_items(root: Path, kind: str, items: Sequence[InboxItem], edit: Edit) -> DecisionResult:
    texts: dict[str, str | None] = {}
    for item in items:
        if (text := _read_text(root, item.file)) is None:
            continue
        parts = frontmatter.split_front_matter(item.file, text)
        values = yaml.load_yaml(parts.front_matter)
        edit(values)
        texts[item.file] = frontmatter.format_markdown_file(values, parts.body)
    result = _change_files(root, kind, texts)
    gone = tuple(item.file for item in items if item.file not in texts)
    return DecisionResult(files=result.files, refused=(*gone, *result.refused))


def _change_files(root: Path, kind: str, texts: Mapping[str, str | None]) -> DecisionResult:
    """Give files new texts (None: delete them), and keep their former ones for `undo`."""
    former = [FormerFile(file, _read_text(root, file), text) for file, text in texts.items()]
    former = [entry for entry in former if entry.before != entry.after]
    changes = {
        entry.file: FileChange(path=root / entry.file, text=entry.after, expected=entry.before) for entry in former
    }
    # Recorded first, so that the former texts are safe if the program is killed in between.
    if former:
        record_decision(root, kind, former)
    refused = apply_changes(changes.values())
    left = tuple(file for file, change in changes.items() if change in refused)
    return DecisionResult(files=tuple(file for file in changes if file not in left), refused=left)


def _read_text(root: Path, file: str) -> str | None:
    """Return the text of a file; None if it is gone, such as by the decision of a colleague."""
    if not (root / file).exists():
        return None
    return frontmatter.decode_text(file, loader.read_bytes(root, file))
