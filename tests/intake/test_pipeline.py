from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kuratorium.edition.curation import Rights, Source
from kuratorium.intake import schedule
from kuratorium.intake.pipeline import ByteBudget, find_skipped_result
from kuratorium.intake.schedule import SourceState

NOW = datetime(2026, 10, 14, 7, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_the_byte_budget_waits_for_released_bytes() -> None:
    """Without room the next fetch waits until reserved bytes are released, also by an error."""
    budget = ByteBudget(100)
    events: list[str] = []

    async def fetch() -> None:
        await budget.wait_for_room()
        events.append("fetched")

    async def fail_to_parse() -> None:
        async with budget.reserve(60), budget.reserve(60):  # the last one may exceed the limit
            await asyncio.sleep(0)  # the fetch begins to wait
            events.append("parsed")
            raise ValueError("broken")

    async def work() -> None:
        parsing = asyncio.create_task(fail_to_parse())
        await asyncio.sleep(0)  # the bytes are reserved
        await fetch()
        with pytest.raises(ValueError, match="broken"):
            await parsing

    asyncio.run(asyncio.wait_for(work(), 2))
    assert events == ["parsed", "fetched"]


@pytest.mark.parametrize(
    ("source", "state", "reason"),
    [
        ({}, {}, ""),
        ({"rights": Rights(opt_out=True)}, {}, "opt-out"),
        ({}, {"not_before": LATER}, "retry-after"),
        ({}, {"next_due": LATER}, "not-due"),
        ({}, {"next_due": schedule.NEVER}, "gone"),
        ({"feed": "feed.xml"}, {"next_due": LATER}, ""),  # a file
    ],
)
def test_why_a_source_is_skipped(source: dict[str, Any], state: dict[str, Any], reason: str) -> None:
    """A source is skipped if it opted out, its server asked us to wait, it was given up or is not due."""
    fields = {"id": "blog", "name": "Blog", "feed": "https://blog.example/feed"} | source
    result = find_skipped_result(Source(**fields), SourceState(address="x", **state), NOW, False)
    assert (result.reason if result else "") == reason
