"""Rules about what a post or page must not bring to its page, and about what of its body the page will not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ...unsafe_characters import find_unsafe_characters, may_have_unsafe_characters
from ..fields import Violation, find_unsafe_text
from ..markdown import markup
from ..model import PostFile, StandalonePage
from ..registry import Registry


def check_foreign_hosts(text: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that nothing in a text would make the reader's browser ask another host (§ 25 TDDDG, Art. 6 GDPR)."""
    return _move_to_body(text, markup.find_foreign_hosts(text.body))


def check_field_characters(text: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that no field holds control characters, marks that reorder other words, or invisible tags."""
    # JSON is a quick way to look at all fields at once: it writes controls with a backslash.
    if may_have_unsafe_characters(msgspec.json.encode(text.meta).decode()):
        yield from find_unsafe_text(msgspec.to_builtins(text.meta))


def find_removed_markup(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find elements, attributes and links that the text's page will not show."""
    return _move_to_body(text, markup.find_removed_markup(text.body))


def find_removed_characters(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find control characters, marks that reorder other words, and invisible tags, which no page shows."""
    for position, name in find_unsafe_characters(text.body):
        line = text.body_line + text.body.count("\n", 0, position)
        yield Violation((), f"this line holds the character {name}", "Delete it: it is removed from the page.", line)


def _move_to_body(text: PostFile | StandalonePage, violations: Iterable[Violation]) -> Iterator[Violation]:
    """Yield violations in a body, whose lines are counted from 0, with their lines in the file."""
    for violation in violations:
        yield Violation(violation.path, violation.message, violation.hint, text.body_line + violation.line)
