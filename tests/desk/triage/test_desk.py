from __future__ import annotations

from datetime import UTC, datetime

from kuratorium.desk.triage.desk import Desk, Filters, filter_stories, read_desk
from tests.editions import TinyEdition, work

NOW = datetime(2026, 10, 14, 7, tzinfo=UTC)


def list_titles(desk: Desk, filters: Filters) -> list[str]:
    """Return the titles of the stories that pass the filters."""
    return [story.item.meta.title for story in filter_stories(desk, filters)]


def test_items_are_filtered_by_topic_and_source(tiny: TinyEdition) -> None:
    """Topic and source select items, alone and together; without them all are listed."""
    other = work("https://other.example/x", source="other", published="2026-10-13")
    tiny.candidate("one", title="one")
    tiny.candidate("two", title="two", topics=["open-source"])
    tiny.candidate("three", title="three", topics=["open-source"], bookmark_of=[other])
    desk = read_desk(tiny.root, NOW)
    assert list_titles(desk, Filters(topic="transformation")) == ["one"]
    assert list_titles(desk, Filters(source="other")) == ["three"]
    assert list_titles(desk, Filters(topic="open-source", source="amtsblog")) == ["two"]
    assert len(list_titles(desk, Filters())) == 3
