from __future__ import annotations

from collections import Counter

import pytest

from kuratorium.errors import UsageError
from kuratorium.intake.context import PullOptions, Shard, parse_shard
from tests.intake.conftest import BLOG, Desk, rss


def test_parsing_a_shard() -> None:
    """A shard is written I/N, or I-of-N from 0; anything else raises an error that says so."""
    assert parse_shard("2/4") == Shard(2, 4)
    assert parse_shard("0-of-4") == Shard(1, 4)
    assert parse_shard("3-of-4") == Shard(4, 4)
    for wrong in ("0/4", "5/4", "1", "a/b", "1/0", "-1/4", "1/4 ", "1/9999999", "4-of-4", "0of4"):
        with pytest.raises(UsageError, match="write I/N"):
            parse_shard(wrong)


def test_every_source_is_in_exactly_one_shard() -> None:
    """Shards are complete and disjoint, and of about the same size."""
    ids = [f"source-{number}" for number in range(1000)]
    holders = [[number for number in range(1, 5) if Shard(number, 4).contains(source_id)] for source_id in ids]
    assert {len(holder) for holder in holders} == {1}
    assert min(Counter(holder[0] for holder in holders).values()) > 200
    assert all(Shard().contains(source_id) for source_id in ids)


def test_only_some_sources(desk: Desk) -> None:
    """A pull may be limited to some sources; for an unknown id the error proposes the nearest one."""
    desk.write("blog.xml", rss("a"))
    desk.follow(BLOG, {"id": "other", "feed": "none.xml"})
    assert [result.id for result in desk.pull(options=PullOptions(source_ids=("blog",))).results] == ["blog"]
    with pytest.raises(UsageError) as caught:
        desk.pull(options=PullOptions(source_ids=("blgo",)))
    assert str(caught.value) == 'unknown source "blgo" (ids are in curation/sources.yaml). Did you mean "blog"?'
