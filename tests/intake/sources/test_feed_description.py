from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.intake.parsers.model import Entry, Feed
from kuratorium.intake.sources.feed_description import describe_feed

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def entries(*days_ago: float | None, **fields: str) -> Feed:
    """Make a feed whose entries came out so many days ago; None has no date."""
    return Feed(
        entries=tuple(
            Entry(
                **{"id": str(place), "title": "T", "link": f"https://a.example/{place}"} | fields,  # type: ignore[arg-type]
                published=None if ago is None else NOW - timedelta(days=ago),
            )
            for place, ago in enumerate(days_ago)
        )
    )


@pytest.mark.parametrize(
    ("days_ago", "per_week"),
    [
        ((), None),
        ((3,), None),
        ((0, 7), 1.0),
        ((14, 0, 7), 1.0),
        ((0, 0, 0), 14.0),
        ((0, 364), 7 / 364),
        ((1, -9), None),
    ],
)
def test_rhythm(days_ago: tuple[float, ...], per_week: float | None) -> None:
    """The rhythm is that of the dated entries, whatever their order; what came in one day is a day's; no future."""
    assert describe_feed(entries(*days_ago), NOW).per_week == pytest.approx(per_week)


@pytest.mark.parametrize(
    ("feed", "problems"),
    [
        (entries(1, 2), ()),
        (Feed(), ("it holds no entries",)),
        (entries(400, 500), ("nothing new since 2025-09-09",)),
        (entries(1, None), ("1 of 2 entries have no date: they count as new on the day they are first seen",)),
        (entries(1, 2, title=""), ("all entries have no title",)),
        (entries(1, link=""), ("all entries have no link",)),
        (entries(1, -3), ("1 of 2 entries have a date in the future",)),
        (entries(1, -0.5), ()),
        (entries(1, 2, id="x"), ("1 of 2 ids are blank or repeated: entries are told apart by their links instead",)),
        (entries(1, id=""), ("1 of 1 ids are blank or repeated: entries are told apart by their links instead",)),
    ],
)
def test_problems(feed: Feed, problems: tuple[str, ...]) -> None:
    """Each thing that an editor should know before following a feed is told in words."""
    assert describe_feed(feed, NOW).problems == problems


def test_last_day() -> None:
    """The last day is the newest that is not in the future."""
    assert str(describe_feed(entries(3, -40, 1), NOW).last_date) == "2026-10-13"
