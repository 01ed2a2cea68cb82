from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kuratorium.edition import registry
from kuratorium.edition.curation import Rights, Source
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from kuratorium.intake.sources import health
from tests.editions import work
from tests.intake.conftest import Desk

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
BLOG = Source(id="blog", name="Blog", feed="https://blog.example/feed")


def build_state(**fields: object) -> SourceState:
    """Return a stored state of the blog."""
    return SourceState(address=BLOG.feed, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "state", "status"),
    [
        (BLOG, None, "never"),
        (BLOG, build_state(), "never"),
        (BLOG, build_state(last_success=NOW), "fine"),
        (BLOG, build_state(last_success=NOW, moved_to="https://x.example"), "moved"),
        (BLOG, build_state(last_success=NOW, failing_since=NOW, last_error="timeout"), "failing"),
        (BLOG, SourceState(address="https://old.example", last_success=NOW), "never"),
        (
            Source(id="b", name="B", feed=BLOG.feed, rights=Rights(opt_out=True)),
            build_state(last_success=NOW),
            "let alone",
        ),
    ],
)
def test_status(source: Source, state: SourceState | None, status: str) -> None:
    """A source is fine, failing, moved, was never pulled at its address, or has opted out."""
    assert health.build_health(source, state).status == status


def test_next_due() -> None:
    """Retry-After counts if it is later than the source's own due date."""
    later = NOW + timedelta(hours=1)
    assert health.build_health(BLOG, build_state(next_due=NOW, not_before=later)).next_due == later
    assert health.build_health(BLOG, build_state(next_due=later, not_before=NOW)).next_due == later
    assert health.build_health(BLOG, build_state()).next_due is None


def test_bad_ids() -> None:
    """Up to 5 % of ids may be bad; with more, ids alone are not trusted, and the status says so."""
    assert not health.build_health(BLOG, build_state(bad_guid_share=0.05)).ids_judged
    assert health.build_health(BLOG, build_state(bad_guid_share=0.06)).ids_judged


@pytest.mark.parametrize(
    ("count_and_first_day", "rate"),
    [(None, None), ((1, "2026-10-14"), 1.0), ((10, "2026-10-01"), 5.0), ((13, "2026-07-16"), 1.0),
     ((1, "2027-01-01"), 1.0)],
)  # fmt: skip
def test_recent_rate(count_and_first_day: tuple[int, str] | None, rate: float | None) -> None:
    """The rate counts from the first entry, over a week at least."""
    assert health.calculate_recent_rate(count_and_first_day, date(2026, 10, 14)) == rate


def test_picks(desk: Desk) -> None:
    """A note counts once for each source whose works it recommends, in any style of front matter."""
    desk.note("eins", bookmark_of=[work("https://a.example/1"), work("https://a.example/2")])
    desk.note("zwei", bookmark_of=[work("https://a.example/1", source="blog"), work("https://b.example/2")])
    desk.note("drei", bookmark_of=[{"url": "https://c.example", "title": "source: keine"}])
    desk.write("curation/notes/2026/flow.md", "---\nbookmark_of: [{url: https://x, title: x, source: blog}]\n---\nText")
    desk.write("curation/notes/2026/text.md", "---\nsummary: |\n  source: nie\n---\n\nsource: nie\n")
    desk.write("curation/notes/2026/crlf.md", "---\r\nbookmark_of:\r\n  - source: 'blog' # gut\r\n---\r\n")
    desk.write("curation/notes/2026/kaputt.md", "---\nbookmark_of: {source: [\n---\n")
    desk.write("curation/notes/2026/ohne.md", "source: nie\n")
    assert health.count_picks(desk.root) == {"amtsblog": 2, "blog": 3}


def test_read_health(desk: Desk) -> None:
    """The health of every source is read in the order of sources.yaml."""
    desk.follow({"id": "blog", "feed": BLOG.feed}, {"id": "neu", "feed": "https://neu.example"})
    desk.note("eins", bookmark_of=[work("https://a.example/1", source="blog")])
    days = {"a": "2026-10-01", "b": "2026-10-07", "c": "2026-10-14", "long-ago": "2020-01-01", "undated": ""}
    entries = [ArchivedEntry(key=key, link="", title="x", published=day, digest=b"x") for key, day in days.items()]
    with Archive(desk.root) as archive:
        archive.store_pull_results({"blog": (build_state(last_success=NOW, held_back=3), entries)}, "2026-10-10")
        blog, new = health.read_health(desk.root, registry.read_registry(desk.root)[0], archive, NOW.date())
    assert (blog.id, blog.status, blog.per_week, blog.picks, blog.held_back) == ("blog", "fine", 2.0, 1, 3)
    assert (new.id, new.status, new.per_week, new.picks) == ("neu", "never", None, 0)
