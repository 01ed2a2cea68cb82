"""Keep inbox items: as a note, or as further works of one; and bring them back when a begun note is deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date as Day
from pathlib import Path
from typing import Any

from ...compare_and_swap import FileChange, apply_changes
from ...edition import frontmatter, loader, prose, yaml
from ...edition.model import PostFile
from ...edition.paths import INBOX_FOLDER, NOTES_FOLDER, is_inbox_item
from ...errors import UsageError
from ...slugs import slugify
from ..inbox import InboxItem
from ..rules.last_commit import read_former_files
from .undo import (
    FormerFile,
    list_decisions,
    read_decision,
    read_front_matter_values,
    record_decision,
    withdraw_dismissals,
)

_MAX_NOTES = 30  # more is no choice
_WORKS_BLOCK = re.compile(r"^bookmark_of:[ \t]*\n((?:[ \t-].*\n|\n)+)", re.MULTILINE)


def list_notes(root: Path, posts: Iterable[PostFile]) -> list[str]:
    """Return the files of the notes to which a work may be added: begun ones first, then the last saved."""
    written = {post.file for post in posts if post.meta.status != "draft"}
    # After a clone, all files are equally old.
    times = {path.relative_to(root).as_posix(): path.stat().st_mtime for path in (root / NOTES_FOLDER).rglob("*.md")}
    return sorted(times, key=lambda file: (file in written, -times[file], file))[:_MAX_NOTES]


def add_works(root: Path, note_file: str, items: Sequence[InboxItem], today: Day) -> None:
    """Add the works of items to the note that recommends others, then remove the items' files.

    Raises UsageError if the note's works are not a list of one entry per line, or if it is saved meanwhile.
    """
    text = frontmatter.decode_text(note_file, loader.read_bytes(root, note_file))
    works = [_read_work(root, item) | {"accessed": today.isoformat()} for item in items]
    former = [FormerFile(note_file, text, insert_works(note_file, text, works))]
    former += [FormerFile(item.file, (root / item.file).read_bytes().decode(), None) for item in items]
    record_decision(root, "keep", former)
    changes = [FileChange(path=root / entry.file, text=entry.after, expected=entry.before) for entry in former]
    # The note first: if the program is killed in between, no work is lost.
    if apply_changes(changes[:1]):
        raise UsageError(f"{note_file} was saved meanwhile, so nothing was added: run this again.")
    apply_changes(changes[1:])


def insert_works(file: str, text: str, works: Sequence[dict[str, Any]]) -> str:
    """Return a note's text with more entries at the end of `bookmark_of`; all other lines stay as they are."""
    parts = frontmatter.split_front_matter(file, text)
    match = _WORKS_BLOCK.search(parts.front_matter + "\n")
    if match is None:
        raise UsageError(f"{file} has no list bookmark_of, one entry per line, to which the work could be added.")
    block = match[1].rstrip("\n")
    indent = re.match(r"[ \t]*", block)
    lines = yaml.dump_yaml(works).rstrip("\n").splitlines()
    base = len(lines[0]) - len(lines[0].lstrip())
    added = "\n".join(f"{indent[0] if indent else ''}{line[base:]}" if line else "" for line in lines)
    return text.replace(f"bookmark_of:{match[0].split(':', 1)[1].rstrip()}", f"{match[0].rstrip()}\n{added}", 1)


def restore_entries(root: Path, posts: Iterable[PostFile]) -> list[str]:
    """Bring back the inbox items whose begun notes were deleted, and return their files.

    `posts` are those that exist. Of a note that this machine began, the item's own file comes back; of one that the
    last commit has without words of its own, a file with what the note knew of its work.
    """
    kept = {work.item for post in posts for work in post.meta.bookmark_of} | {post.meta.uid for post in posts}
    wanted = [
        former
        for former in (*_list_kept_here(root), *_list_begun_in_git(root))
        if not _names_any(former, kept) and not (root / former.file).exists()
    ]
    changes = {former.file: FileChange(path=root / former.file, text=former.before) for former in wanted}
    refused = apply_changes(changes.values())
    withdraw_dismissals(root, wanted)
    return [file for file, change in changes.items() if change not in refused]


def _list_kept_here(root: Path) -> Iterator[FormerFile]:
    for path in list_decisions(root):
        decision = read_decision(path)
        if decision is None or decision.kind != "keep":
            continue
        notes = [former.file for former in decision.files if former.file.startswith(f"{NOTES_FOLDER}/")]
        if not any((root / note).exists() for note in notes):
            yield from (former for former in decision.files if is_inbox_item(former.file))
            path.unlink(missing_ok=True)  # a dismissal that follows must not bring it back again


def _list_begun_in_git(root: Path) -> Iterator[FormerFile]:
    """Yield inbox files for notes without own words that are gone since the last commit."""
    for file, data in read_former_files(root).items():
        if not file.startswith(f"{NOTES_FOLDER}/") or (root / file).exists():
            continue
        text = data.decode("utf-8", "replace")
        values = read_front_matter_values(text)
        works = values.get("bookmark_of") or [{}]
        if not works[0].get("item") or prose.count_own_words(frontmatter.split_front_matter(file, text).body):
            continue
        yield _build_inbox_file(values, works[0])


def _build_inbox_file(values: dict[str, Any], work: dict[str, Any]) -> FormerFile:
    kept = {key: value for key, value in values.items() if key in {"uid", "authors", "topics"}}
    facts = {key: value for key, value in work.items() if key != "accessed"}
    title, day = work.get("title", ""), str(work.get("published", ""))
    name = "-".join(part for part in (day, slugify(title, 50), str(values.get("uid", ""))[:8]) if part)
    front = {"uid": kept.pop("uid", ""), "title": title, "lang": work.get("lang", ""), **kept, "bookmark_of": [facts]}
    front = {key: value for key, value in front.items() if value}
    return FormerFile(f"{INBOX_FOLDER}/{name}.md", frontmatter.format_markdown_file(front, ""), None)


def _names_any(former: FormerFile, kept: set[str]) -> bool:
    """Return whether a post has the uid of an inbox file, or recommends its work."""
    values = read_front_matter_values(former.before or "")
    keys = {work.get("item") for work in values.get("bookmark_of") or ()} - {None, ""}
    return values.get("uid") in kept or not keys.isdisjoint(kept)


def _read_work(root: Path, item: InboxItem) -> dict[str, Any]:
    text = frontmatter.decode_text(item.file, loader.read_bytes(root, item.file))
    work = yaml.load_yaml(frontmatter.split_front_matter(item.file, text).front_matter)["bookmark_of"][0]
    return dict(work)
