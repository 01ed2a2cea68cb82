from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.intake.parsers.model import Entry, Feed
from kuratorium.intake.sources.feed_description import describe_feed

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def build_feed(*days_ago: float | None, **fields: str) -> Feed:
    """Return a feed whose entries were published so many days ago; None stands for no date."""
    return Feed(
        entries=tuple(
            Entry(
                **{"id": str(index), "title": "T", "link": f"https://a.example/{index}"} | fields,  # type: ignore[arg-type]
                published=None if days is None else NOW - timedelta(days=days),
            )
            for index, days in enumerate(days_ago)
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
def test_weekly_rate(days_ago: tuple[float, ...], per_week: float | None) -> None:
    """The rate is that of entries dated in the past, in any order, over a day at least."""
    assert describe_feed(build_feed(*days_ago), NOW).per_week == pytest.approx(per_week)


@pytest.mark.parametrize(
    ("feed", "problems"),
    [
        (build_feed(1, 2), ()),
        (Feed(), ("it holds no entries",)),
        (build_feed(400, 500), ("nothing new since 2025-09-09",)),
        (build_feed(1, None), ("1 of 2 entries have no date: they count as new on the day they are first seen",)),
        (build_feed(1, 2, title=""), ("all entries have no title",)),
        (build_feed(1, link=""), ("all entries have no link",)),
        (build_feed(1, -3), ("1 of 2 entries have a date in the future",)),
        (build_feed(1, -0.5), ()),
        (
            build_feed(1, 2, id="x"),
            ("1 of 2 ids are blank or repeated: entries are told apart by their links instead",),
        ),
        (build_feed(1, id=""), ("1 of 1 ids are blank or repeated: entries are told apart by their links instead",)),
    ],
)
def test_problems(feed: Feed, problems: tuple[str, ...]) -> None:
    """The description lists every problem that an editor should know before following a feed."""
    assert describe_feed(feed, NOW).problems == problems


def test_last_date() -> None:
    """The last date is the newest one that is not in the future."""
    assert str(describe_feed(build_feed(3, -40, 1), NOW).last_date) == "2026-10-13"
