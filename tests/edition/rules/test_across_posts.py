from __future__ import annotations

import pytest

from kuratorium.edition import loader
from tests.editions import TinyEdition

OLD = "2016-10-13T08:00:00+02:00"


def test_a_look_back_is_on_a_readable_post(tiny: TinyEdition) -> None:
    """A look-back on a draft is a mistake, unless it is itself a draft; a hidden post has a page."""
    tiny.note("entwurf", uid="entwurf001", title="Halb", date=OLD, status="draft")
    tiny.note("verborgen", uid="verborgen1", date=OLD, status="hidden")
    for slug, uid, status in (
        ("eins", "entwurf001", "published"),
        ("zwei", "entwurf001", "draft"),
        ("drei", "verborgen1", "published"),
    ):
        tiny.post(f"content/lookbacks/{slug}.md", lookback_of=uid, changed_since=["Alles."], status=status)
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.file, problem.field) == ("content/lookbacks/eins.md", "lookback_of")
    assert problem.message == '"Halb" is a draft, so readers cannot see what this post looks back on'
    assert problem.hint == "Publish it, or name another post."


@pytest.mark.parametrize(
    ("past", "field"),
    [
        ("heute00001", "lookback_of"),
        ({"url": "https://alt.invalid/akte", "title": "Heute", "date": "2026-10-14"}, "lookback_of.date"),
    ],
)
def test_the_date_of_a_draft_is_open(tiny: TinyEdition, past: str | dict[str, str], field: str) -> None:
    """That the past post or work is not older is told only when the look-back is published."""
    tiny.note("heute", uid="heute00001", title="Heute")
    for status in ("draft", "published"):
        path = tiny.post("content/lookbacks/x.md", lookback_of=past, changed_since=["Alles."], status=status)
        problems = [(problem.field, problem.message) for problem in loader.read_edition(tiny.root)[1]]
        assert problems == ([] if status == "draft" else [(field, '"Heute" is not older than this post')]), path


def test_a_post_of_any_format_may_look_back(tiny: TinyEdition) -> None:
    """Every post may have the field, and two may look back on the same post."""
    tiny.note("alt", uid="alt0000001", date=OLD)
    tiny.note("neu", lookback_of="alt0000001")
    tiny.essay("lang", lookback_of="alt0000001")
    assert loader.read_edition(tiny.root)[1] == []
