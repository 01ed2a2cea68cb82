"""Rules about what a post or page must not bring to its page, and about what of its body the page will not show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...text.html_blocks import blank_html_blocks
from ...text.unsafe_characters import find_unsafe_characters
from .. import prose
from ..fields import Violation
from ..markdown import allowed_html
from ..model import PostFile, StandalonePage
from ..registry import Registry

_IN_BLOCKS = r"(?:(?:>[ ]?|(?:[-*+]|\d{1,9}\.)[ ]{1,3}))*"  # quotations and lists
_FIRST_LEVEL = re.compile(rf"{_IN_BLOCKS}#(?=[ \t]*\S)(?=[ \t])")
_HEADING_MARKS = re.compile(rf"\A{_IN_BLOCKS}#[ \t]*|(?<!\s)[ \t]+#*[ \t]*\Z")
_DRAFTS_FOLDER = re.compile(r"/(_?(?:drafts|entw[uü]rfe))/", re.I)
_UNDERLINE = re.compile(r"=+[ ]*\Z")


def check_foreign_hosts(text: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that nothing in a text would make the reader's browser ask another host (§ 25 TDDDG, Art. 6 GDPR)."""
    return _move_to_body(text, allowed_html.find_foreign_hosts(text.body))


def find_first_level_headings(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find headings of level 1, which the page shows as level 2: its only one is the title."""
    for line, heading in list_first_level_headings(text.body):
        message = f'"{heading}" is a heading of level 1, which only the title is'
        hint = 'Begin it with ##; "kuratorium check --fix" does so.'
        yield Violation((), message, hint, text.body_line + line)


def list_first_level_headings(body: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each heading of level 1; one that is underlined with === has the line of its mark.

    Within HTML, such as a listing in <pre>, a # is text.
    """
    if "#" not in body and "\n=" not in body:
        return
    lines = blank_html_blocks(prose.blank_unseen(body)).split("\n")
    for number, line in enumerate(lines):
        if _FIRST_LEVEL.match(line):
            yield number, _HEADING_MARKS.sub("", line)
        # Markdown underlines only the first line of a block.
        elif (
            number
            and _UNDERLINE.match(line)
            and lines[number - 1].strip()
            and not "".join(lines[max(0, number - 2) : number - 1]).strip()
        ):
            yield number, lines[number - 1].strip()


def find_removed_markup(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find elements, attributes and links that the text's page will not show."""
    return _move_to_body(text, allowed_html.find_removed_markup(text.body))


def find_draft_folders(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find texts in a folder for drafts, as Jekyll has it, that are published nevertheless."""
    if text.meta.status != "draft" and (folder := _DRAFTS_FOLDER.search(text.file)):
        message = f"texts in {folder[1]}/ are published like any other"
        yield Violation((), message, "Write status: draft, or move the file to the folder above.", 1)


def find_removed_characters(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find control characters, marks that reorder other words, and invisible tags, which no page shows."""
    for position, name in find_unsafe_characters(text.body):
        line = text.body_line + text.body.count("\n", 0, position)
        yield Violation((), f"this line holds the character {name}", "Delete it: it is removed from the page.", line)


def _move_to_body(text: PostFile | StandalonePage, violations: Iterable[Violation]) -> Iterator[Violation]:
    """Yield violations in a body, whose lines are counted from 0, with their lines in the file."""
    for violation in violations:
        yield Violation(violation.path, violation.message, violation.hint, text.body_line + violation.line)
