"""Rules about the Markdown of a post or page: what loads from elsewhere, and what its page will not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..fields import Violation
from ..markdown import markup
from ..model import PostFile, StandalonePage
from ..registry import Registry


def check_foreign_hosts(text: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that nothing in a text would make the reader's browser ask another host (§ 25 TDDDG, Art. 6 GDPR)."""
    return _move_to_body(text, markup.find_foreign_hosts(text.body))


def find_removed_markup(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find elements, attributes and links that the text's page will not show."""
    return _move_to_body(text, markup.find_removed_markup(text.body))


def _move_to_body(text: PostFile | StandalonePage, violations: Iterable[Violation]) -> Iterator[Violation]:
    """Yield violations in a body, whose lines are counted from 0, with their lines in the file."""
    for violation in violations:
        yield Violation(violation.path, violation.message, violation.hint, text.body_line + violation.line)
