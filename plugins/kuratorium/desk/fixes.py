"""What `check --fix` corrects: headings, typography, `sequence` and `modified` of changed events, moved addresses.

Every other byte of a file stays. A file that an editor saves meanwhile, or that cannot be read, is left alone: check
reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from msgspec import Struct

from ..compare_and_swap import FileChange, apply_changes, clean_edition
from ..edition import frontmatter, loader, settings
from ..edition.formats import FOLDERS_BY_FORMAT
from ..edition.loader import Edition
from ..edition.model import FrontMatter, PostFile, StandalonePage
from ..edition.rules import body
from ..edition.works import Work
from ..edition.yaml import InvalidYamlError, YamlPath, load_yaml
from ..errors import UsageError
from .posts.front_matter_edit import FieldEdit, edit_front_matter
from .rules.last_commit import read_former_files
from .rules.links.outgoing.findings import VisitedLink
from .rules.links.outgoing.links import OutgoingLink
from .rules.model import select_judged_texts, select_texts
from .rules.posts.moved_events import MovedEvent, find_moved_events
from .rules.texts import typography

_LINE_END = re.compile(r"(\r\n|\r|\n)")  # what frontmatter.decode_text takes for the end of a line
_SECOND = timedelta(seconds=1)


class FixedLine(Struct, frozen=True):
    """A line that was corrected: its file, its number from 1, and its text, or a part of it, before and after.

    `before` is empty for a line that was added.
    """

    file: str
    line: int
    before: str
    after: str


# What stands around a whole address: not more of another one, such as that of a copy, which ends with its original.
_BEFORE_ADDRESS, _AFTER_ADDRESS = r"(?<![\w/%?&=~+-])", r"(?![\w/%?&=~+-]|[.,;:!]\w)"

Correction = tuple[str, list[FixedLine]]
"""The text of a file, and its changes; without any, the file stays."""


def fix_edition(root: Path, now: datetime, only: Collection[str] | None = None) -> list[FixedLine]:
    """Correct the edition at `root`, or only some of its files, and return what was changed.

    `now` is the date of the change.
    """
    clean_edition(root)
    headings = fix_headings(root, only)
    # What is corrected below moves no line of the front matter, and is read again file by file.
    edition = loader.read_edition(root)[0]
    judged = select_judged_texts(edition, only)
    return [*headings, *fix_typography(judged), *fix_moved_events(select_texts(edition, only), now)]


def fix_headings(root: Path, only: Collection[str] | None = None) -> list[FixedLine]:
    """Make each heading of level 1 one of level 2, and return what was changed: the only one of a page is its title."""
    files = (file for folder in FOLDERS_BY_FORMAT.values() for file in loader.list_markdown_files(root, folder))
    chosen = [file for file in files if only is None or file in only]
    return [line for file in chosen for line in _apply(root, file, _correct_headings)]


def fix_typography(edition: Edition) -> list[FixedLine]:
    """Write quotation marks, dashes and blanks as the language of each text has them, and return what was changed.

    Texts that ask to ignore the rule stay, as do drafts, which nobody has finished, unless a file is named.
    """
    root = edition.root
    site_lang = settings.read_site_settings(root).lang
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    fixed: list[FixedLine] = []
    for text in texts:
        if not text.meta.has_no_readers and all(item.rule != "typography" for item in text.meta.ignore):
            fixed += _apply(root, text.file, partial(_correct_typography, lang=text.meta.lang or site_lang))
    return fixed


def fix_moved_events(edition: Edition, now: datetime) -> list[FixedLine]:
    """Raise `sequence` and `modified` of each event that `check` reports, and return what was changed.

    `modified` becomes the date of the edition, by default `now`.
    """
    root = edition.root
    as_of = edition.resolve_as_of(None, now)
    moment = as_of.astimezone(edition.registry.zone).replace(microsecond=0)
    fixed: list[FixedLine] = []
    for moved in find_moved_events(edition, read_former_files(root), as_of):
        fixed += _apply(root, moved.post.file, partial(_edit_fields, edits=_list_edits(moved, moment)))
    return fixed


def _apply(root: Path, file: str, correct: Callable[[str, bytes], Correction]) -> list[FixedLine]:
    """Correct a file, and return what was changed."""
    try:
        data = loader.read_bytes(root, file)
        content, changes = correct(file, data)
    except frontmatter.InvalidFileError:
        return []
    change = FileChange(path=root / file, text=content, expected=data.decode())
    return changes if changes and not apply_changes([change]) else []


def _correct_headings(file: str, data: bytes) -> Correction:
    """Return the text of a file with its headings corrected, and its changes; raises InvalidFileError."""
    parts = frontmatter.split_front_matter(file, frontmatter.decode_text(file, data))
    pieces = _LINE_END.split(data.decode())  # lines and line ends by turns
    changes = list(_correct_lines(file, pieces, [parts.body_line + line for line in _list_lines(parts.body)]))
    return "".join(pieces), changes


def _correct_typography(file: str, data: bytes, lang: str) -> Correction:
    """Return the text of a file with its slips corrected, and its changes; raises InvalidFileError."""
    parts = frontmatter.split_front_matter(file, frontmatter.decode_text(file, data))
    pieces = _LINE_END.split(data.decode())
    changes: list[FixedLine] = []
    for line, group in groupby(typography.find_slips(parts.body, lang), key=lambda slip: slip.line):
        number, slips = parts.body_line + line, list(group)
        before = pieces[2 * (number - 1)]
        changes += [FixedLine(file, number, *typography.show_slip(before, slip)) for slip in slips]
        pieces[2 * (number - 1)] = typography.apply_slips(before, slips)
    return "".join(pieces), changes


def _list_lines(text: str) -> Iterator[int]:
    return (line for line, _ in body.list_first_level_headings(text))


def _correct_lines(file: str, pieces: list[str], lines: list[int]) -> Iterator[FixedLine]:
    """Correct the lines with these numbers in place, and yield the changes: "# …" to "## …", "===" below to "---"."""
    for line in lines:
        index = 2 * (line - 1)
        before = pieces[index]
        pieces[index] = before.replace("#", "##", 1) if "#" in before else before.replace("=", "-")
        yield FixedLine(file, line, before, pieces[index])


def _list_edits(moved: MovedEvent, moment: datetime) -> list[FieldEdit]:
    """Return the fields to write."""
    edits = []
    if moved.lacks_sequence:
        edits.append(FieldEdit(field="sequence", value=moved.next_sequence, after="start", within=("event",)))
    if moved.lacks_modified:
        # Later than before, also if the clock of this machine is slow, or the post is dated ahead.
        earliest = max(moved.last_modified, moved.post.meta.date) + _SECOND
        modified = max(moment, earliest.astimezone(moment.tzinfo)).isoformat()
        edits.append(FieldEdit(field="modified", value=modified, after="date"))
    return edits


def _edit_fields(file: str, data: bytes, edits: Iterable[FieldEdit]) -> Correction:
    """Return the text of a file with fields edited, and its changes; none if one cannot be edited alone.

    Raises InvalidFileError.
    """
    text, changes = data.decode(), []
    for edit in edits:
        try:
            edited = edit_front_matter(file, text, [edit])
        except UsageError:
            return text, []
        changes.append(_find_change(file, text, edited))
        text = edited
    return text, changes


def _find_change(file: str, before: str, after: str) -> FixedLine:
    """Return the line in which two texts differ, or that only the latter has."""
    old, new = (_LINE_END.split(text)[::2] for text in (before, after))
    start = next(index for index, line in enumerate(new) if index >= len(old) or line != old[index])
    return FixedLine(file, start + 1, old[start] if len(new) == len(old) else "", new[start])


def fix_moved_links(root: Path, visited: Iterable[VisitedLink]) -> list[FixedLine]:
    """Replace addresses that moved, with compare and swap, and return the lines that changed.

    A file that an editor saves meanwhile stays as it is, and so does one that would not be read as before.
    """
    moved = [item for item in visited if item.record.moved_to and not item.record.reason]
    fixed: list[FixedLine] = []
    for file, items in groupby(sorted(moved, key=lambda item: item.link.file), key=lambda item: item.link.file):
        fixed += _replace_addresses(root, file, _list_replacements(items))
    return fixed


def is_written(root: Path, link: OutgoingLink) -> bool:
    """Return whether an address still stands in its file, as `fix_moved_links` would have found it, or in another form.

    A file that cannot be read is one in which it may stand.
    """
    try:
        text = loader.read_bytes(root, link.file).decode()
    except (frontmatter.InvalidFileError, UnicodeDecodeError):
        return True
    written = urldefrag(link.written).url
    return not link.line or bool(_build_pattern([written, escape(written, quote=False)]).search(text))


def _list_replacements(items: Iterable[VisitedLink]) -> dict[str, str]:
    """Return new addresses by old ones; those without a scheme stay, since they may be words of a text."""
    addresses: dict[str, str] = {}
    for item in items:
        old, new = urldefrag(item.link.written).url, item.record.moved_to
        if old.lower().startswith("http"):
            addresses |= {escape(old, quote=False): escape(new, quote=False), old: new}
    return addresses


def _build_pattern(addresses: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(map(re.escape, sorted(addresses, key=len, reverse=True)))
    return re.compile(f"{_BEFORE_ADDRESS}(?:{alternatives}){_AFTER_ADDRESS}")


def _replace_addresses(root: Path, file: str, addresses: dict[str, str]) -> list[FixedLine]:
    try:
        before = loader.read_bytes(root, file).decode()
    except (frontmatter.InvalidFileError, UnicodeDecodeError):
        return []
    if not addresses:
        return []
    correct = partial(_build_pattern(addresses).sub, lambda match: addresses[match[0]])
    after = correct(before)
    if after == before or not _says_the_same(file, before, after, correct):
        return []
    pairs = enumerate(zip(before.split("\n"), after.split("\n"), strict=True), 1)
    lines = [FixedLine(file, number, old, new) for number, (old, new) in pairs if old != new]
    return lines if not apply_changes([FileChange(path=root / file, text=after, expected=before)]) else []


def _says_the_same(file: str, before: str, after: str, correct: Callable[[str], str]) -> bool:
    """Return whether a file is read as before but for its addresses: within braces, one with a comma ends early."""
    try:
        old, new = (load_yaml(_find_yaml(file, text)) for text in (before, after))
    except (frontmatter.InvalidFileError, InvalidYamlError):
        return False
    return bool(_correct_values(old, correct) == new)


def _find_yaml(file: str, text: str) -> str:
    return frontmatter.split_front_matter(file, text).front_matter if file.endswith(".md") else text


def _correct_values(value: Any, correct: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _correct_values(item, correct) for key, item in value.items()}
    if isinstance(value, list):
        return [_correct_values(item, correct) for item in value]
    return correct(value) if isinstance(value, str) else value


def write_copy(root: Path, file: str, work: Work, copy: str) -> list[FixedLine]:
    """Write below a work of a post where its archived copy is, and return the line; none if the file changed."""

    def correct(file: str, data: bytes) -> Correction:
        before, _ = frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), FrontMatter)
        if work not in before.works:
            return "", []
        edit = FieldEdit(field="archived", value=copy, after="url", within=_find_work(before, work))
        return _edit_fields(file, data, [edit])

    return _apply(root, file, correct)


def _find_work(meta: FrontMatter, work: Work) -> YamlPath:
    return ("bookmark_of", meta.bookmark_of.index(work)) if work in meta.bookmark_of else ("lookback_of",)
