"""Undo what was decided at the desk: put files back as they were before.

Decisions are in the files alone. git has what a file was before, if it was committed; what was pulled since then it has
never seen. So each decision leaves the former texts of its files in var/desk/, where they may be lost like all of var/.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ...compare_and_swap import FileChange, apply_changes
from ...edition import frontmatter, yaml
from ...edition.paths import is_inbox_item
from ...errors import SourceError, UsageError
from ...files import write_atomically
from ...intake.seen import change_dismissals
from ..inbox import MIN_ID_LENGTH
from ..rules.last_commit import read_former_files

LOG_FOLDER = "var/desk"
_MAX_DECISIONS = 1000


class FormerFile(Struct, frozen=True):
    """A file that a decision changed: its text before and after; None where there was none."""

    file: str
    before: str | None
    after: str | None


class Decision(Struct, frozen=True, kw_only=True):
    """A decision: what was done (dismiss, later, nominate, tag, keep), and to which files."""

    kind: str
    files: tuple[FormerFile, ...]


class UndoResult(Struct, frozen=True, kw_only=True):
    """The decisions that were undone, the newest first, and the files that kept later ones: they were changed since."""

    decisions: tuple[Decision, ...]
    left: tuple[str, ...] = ()


def record_decision(root: Path, kind: str, files: Sequence[FormerFile]) -> None:
    """Keep the former texts of a decision's files, and forget the oldest decisions."""
    paths = list_decisions(root)
    number = int(paths[-1].stem) + 1 if paths else 1
    data = msgspec.json.encode(Decision(kind=kind, files=tuple(files)))
    (root / LOG_FOLDER).mkdir(parents=True, exist_ok=True)
    write_atomically(root / LOG_FOLDER / f"{number:08d}.json", data)
    for path in paths[: max(0, len(paths) + 1 - _MAX_DECISIONS)]:
        path.unlink(missing_ok=True)


def list_decisions(root: Path) -> list[Path]:
    """Return the files of the decisions that can be undone, the oldest first."""
    return sorted(path for path in (root / LOG_FOLDER).glob("*.json") if path.stem.isdigit())


def read_decision(path: Path) -> Decision | None:
    """Return a decision; None if its file is damaged or gone."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Decision)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def has_posts(files: Iterable[str]) -> bool:
    """Return whether a post is among the files of decisions; most decisions are on inbox items alone."""
    return not all(map(is_inbox_item, files))


def undo_last(root: Path, count: int = 1) -> UndoResult:
    """Undo the last decisions, the newest first; one of which a file was changed since is left, with its record.

    Raises UsageError if there is none that can be undone.
    """
    undone: list[Decision] = []
    left: dict[str, None] = {}
    for path in reversed(list_decisions(root)):
        if len(undone) == count:
            break
        if decision := read_decision(path):
            # A note that has got its words stays for good; it must not keep the editor from what was decided before.
            if changed := _find_changed_files(root, decision):
                left |= dict.fromkeys(changed)
                continue
            _put_back(root, decision)
            undone.append(decision)
        path.unlink(missing_ok=True)
    if left and not undone:
        raise _build_refusal(root, next(iter(left)))
    if not undone:
        raise UsageError(
            'there is no decision to undo on this machine. "kuratorium undo ITEM" brings back a file that git has.'
        )
    return UndoResult(decisions=tuple(undone), left=tuple(left))


def undo_item(root: Path, reference: str) -> Decision:
    """Undo the last decision on an item, given by its uid, file or address; of a bulk, only that item's part.

    Without a recorded decision, the file comes back as the last commit had it. Raises UsageError if it is not there.
    """
    for path in reversed(list_decisions(root)):
        decision = read_decision(path)
        touched = [former for former in decision.files if _is_meant(former, reference)] if decision else []
        if decision is None or not touched:
            continue
        # A note and the item from which it was made belong together; the files of other items stay decided.
        part = decision if decision.kind == "keep" else Decision(kind=decision.kind, files=tuple(touched))
        _put_back(root, part)
        rest = [former for former in decision.files if former not in part.files]
        if rest:
            write_atomically(path, msgspec.json.encode(Decision(kind=decision.kind, files=tuple(rest))))
        else:
            path.unlink(missing_ok=True)
        return part
    return _restore_from_git(root, reference)


def _put_back(root: Path, decision: Decision) -> None:
    """Give the files of a decision their former texts, all or none; raises UsageError if one was changed since."""
    if changed := _find_changed_files(root, decision):
        raise _build_refusal(root, changed[0])
    # A program that was killed, or a file that was saved meanwhile, left files of a decision as they were.
    pending = [former for former in decision.files if _read_text(root / former.file) != former.before]
    # What comes back first: if the program is killed in between, an item and its note both exist.
    pending.sort(key=lambda former: former.before is None)
    changes = [FileChange(path=root / former.file, text=former.before, expected=former.after) for former in pending]
    if refused := apply_changes(changes):
        raise UsageError(f"{refused[0].path.name} is being changed by another program: run this again.")
    withdraw_dismissals(root, decision.files)


def _find_changed_files(root: Path, decision: Decision) -> list[str]:
    """Return the files of a decision that are neither as it left them nor as they were before."""
    return [
        former.file for former in decision.files if _read_text(root / former.file) not in {former.before, former.after}
    ]


def _build_refusal(root: Path, file: str) -> UsageError:
    if not (root / file).exists():
        return UsageError(f"{file} was removed since, so nothing was undone.")
    return UsageError(
        f"{file} was changed since, so nothing was undone. If it is a note that you do not want, delete it: "
        "its entry comes back to the desk."
    )


def withdraw_dismissals(root: Path, files: Iterable[FormerFile]) -> None:
    """Delete the marks that say that the entries of inbox files were dismissed: the files are back."""
    values = [read_front_matter_values(former.before or "") for former in files if is_inbox_item(former.file)]
    keys = [str(work["item"]) for entry in values for work in entry.get("bookmark_of") or () if work.get("item")]
    with suppress(SourceError):  # the next pull reports it
        change_dismissals(root, keys, dismissed=False)


def _restore_from_git(root: Path, reference: str) -> Decision:
    """Write the inbox file that the last commit had, and that is gone since; raises UsageError if there is none."""
    for file, data in read_former_files(root).items():
        former = FormerFile(file, data.decode("utf-8", "replace"), None)
        if is_inbox_item(file) and not (root / file).exists() and _is_meant(former, reference):
            decision = Decision(kind="dismiss", files=(former,))
            _put_back(root, decision)
            return decision
    raise UsageError(
        f'no decision on "{reference}" is known here, and the last commit has no such file that is gone. '
        "Older ones: git log --diff-filter=D --name-only -- curation/inbox"
    )


def _is_meant(former: FormerFile, reference: str) -> bool:
    """Return whether a reference names a file of the inbox, by path, name, uid or address."""
    stem = former.file.rsplit("/", 1)[-1].removesuffix(".md")
    path, text = reference.removeprefix("./"), former.before or ""
    if path in {former.file, stem, f"{stem}.md"}:
        return True
    if reference not in text and reference.lower() not in text:  # a thousand decisions are not parsed for one
        return False
    values = read_front_matter_values(text)
    if reference == (values.get("bookmark_of") or [{}])[0].get("url"):
        return True
    return len(reference) >= MIN_ID_LENGTH and str(values.get("uid", "")).startswith(reference.lower())


def read_front_matter_values(text: str) -> dict[str, Any]:
    """Return the plain values in a file's front matter; empty if they cannot be read."""
    try:
        values = yaml.load_yaml(frontmatter.split_front_matter("", text).front_matter)
    except (frontmatter.InvalidFileError, yaml.InvalidYamlError):
        return {}
    return values if isinstance(values, dict) else {}


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
