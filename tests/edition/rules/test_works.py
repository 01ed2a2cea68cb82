"""Recommended works that nothing opens, or that are there twice."""

from __future__ import annotations

from datetime import UTC, datetime

from kuratorium.edition.model import FrontMatter, PostFile
from kuratorium.edition.registry import Registry
from kuratorium.edition.rules.works import check_works
from kuratorium.edition.works import Work


def find_problems(*works: Work) -> list[tuple[object, str]]:
    """Return path and message of what is doubtful in a note on these works."""
    date = datetime(2026, 10, 14, 9, tzinfo=UTC)
    meta = FrontMatter(uid="abcdef123456", title="Titel", date=date, bookmark_of=works)
    post = PostFile(file="curation/notes/x.md", format="note", meta=meta, body="Text.", body_line=9)
    registry = Registry(sources={}, people={}, topics={}, policy=None)
    return [(violation.path, violation.message) for violation in check_works(post, registry)]


def test_a_work_is_recommended_once() -> None:
    """Addresses are compared as a pull does, without what only tracks readers."""
    first, again = Work(url="https://a.example/x", title="A"), Work(url="https://a.example/x?utm_source=b", title="A")
    other = Work(url="https://a.example/y", title="A")
    assert find_problems(first, other, again) == [(("bookmark_of", 2, "url"), "this work is here twice")]


def test_a_port_that_is_none_leads_nowhere() -> None:
    """As in a link of the body."""
    ((path, message),) = find_problems(Work(url="http://a.example:99999/", title="A"))
    assert path == ("bookmark_of", 0, "url")
    assert message.startswith("no browser opens this address")
