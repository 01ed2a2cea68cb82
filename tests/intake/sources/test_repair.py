from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.edition import registry
from kuratorium.edition.curation import Source
from kuratorium.errors import UsageError
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.schedule import SourceState
from kuratorium.intake.sources import repair
from kuratorium.intake.sources.repair import Proposal, Remark
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, says

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
OLD = "http://blog.example/feed"
NEW = "https://neu.example/feed"
BLOG = Source(id="blog", name="Blog", feed=OLD)


def state(address: str = OLD, *, moved_to: str = "", days: float = 0, error: str = "") -> SourceState:
    """Make what is known of a source that moved so many days ago, or fails since yesterday."""
    return SourceState(
        address=address,
        moved_to=moved_to,
        moved_since=NOW - timedelta(days=days) if moved_to else None,
        last_error=error,
        failing_since=NOW - timedelta(days=1) if error else None,
    )


def examine(desk: Desk, **states: SourceState) -> tuple[tuple[Proposal, ...], tuple[Remark, ...]]:
    """Look for proposals on this machine."""
    known, problems = registry.read_registry(desk.root)
    assert problems == []
    fetcher = Fetcher(desk.root, "test", lambda: NOW, intranet=("127.0.0.1",))
    return repair.find_proposals(known, states, fetcher=fetcher, now=NOW)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (state(moved_to=NEW, days=7), "the server has said since 2026-10-07 that it moved for good"),
        (state(moved_to="https://blog.example/feed"), "the server sends everybody to https"),
        (state(moved_to=NEW, days=1, error="gone"), "the old address is gone (gone); it had moved there for good"),
        (state(moved_to=NEW, days=1, error="unreachable"), "the old address is gone (unreachable); it had moved there"),
    ],
)
def test_moved(known: SourceState, why: str) -> None:
    """A move is proposed after 7 days, and at once to https or from an address that is gone."""
    answer = repair.propose_move(BLOG, known, NOW)
    assert isinstance(answer, Proposal)
    assert (answer.source_id, answer.old_address, answer.new_address) == ("blog", OLD, known.moved_to)
    assert answer.reason.startswith(why)


@pytest.mark.parametrize(
    "known",
    [
        state(moved_to=NEW, days=6.9),
        state(moved_to="https://blog.example/other", days=1),
        state(moved_to=NEW, days=1, error="timeout"),
    ],
)
def test_not_yet(known: SourceState) -> None:
    """A move that is younger than 7 days is told, and waits; one to https with another path is none to https."""
    answer = repair.propose_move(BLOG, known, NOW)
    assert isinstance(answer, Remark)
    assert answer.message.startswith(f"moved to {known.moved_to} on 2026-10-")


@pytest.mark.parametrize(
    "known", [state(), state(error="gone"), state("http://other.example", moved_to=NEW, days=9), state(moved_to=OLD)]
)
def test_not_moved(known: SourceState) -> None:
    """What has not moved, or is known of another address, is no move."""
    assert repair.propose_move(BLOG, known, NOW) is None


def test_the_new_address_is_asked_first(desk: Desk, web: Web) -> None:
    """A move is proposed only where there is a feed with entries that nobody else follows."""
    web.answers["/new"] = says(rss("a"))
    web.answers["/empty"] = says(rss())
    web.answers["/none"] = says(b"", 404)
    names = ("new", "empty", "none", "taken")
    desk.follow(
        *({"id": name, "feed": f"http://{name}.example/"} for name in names),
        {"id": "other", "feed": f"{web.address}/taken"},
    )
    web.answers["/taken"] = says(rss("a"))
    states = {name: state(f"http://{name}.example/", moved_to=f"{web.address}/{name}", days=8) for name in names}
    proposals, remarks = examine(desk, **states)
    assert [(one.source_id, one.new_address) for one in proposals] == [("new", f"{web.address}/new")]
    assert [one.source_id for one in remarks] == ["empty", "none", "taken"]
    assert "there is no feed with entries" in remarks[0].message
    assert "cannot be read" in remarks[1].message
    assert 'which "other" follows already' in remarks[2].message


def test_a_lost_feed_is_looked_for_on_its_site(desk: Desk, web: Web) -> None:
    """A feed that is not there any more is found where its site names it; what fails for a while is left alone."""
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/neu">'
    web.answers["/"] = says(page, content_type="text/html")
    web.answers["/neu"] = says(rss("a"))
    lost = f"{web.address}/alt"
    desk.follow(
        {"id": "lost", "feed": lost, "site": f"{web.address}/"},
        {"id": "slow", "feed": f"{web.address}/slow", "site": f"{web.address}/"},
    )
    proposals, remarks = examine(
        desk, lost=state(lost, error="not-found"), slow=state(f"{web.address}/slow", error="timeout")
    )
    assert [(one.source_id, one.old_address, one.new_address) for one in proposals] == [
        ("lost", lost, f"{web.address}/neu")
    ]
    assert remarks == ()


def test_a_site_that_still_names_the_lost_feed(desk: Desk, web: Web) -> None:
    """Nothing is proposed where the site names no other feed: it may be back tomorrow."""
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/f">'
    web.answers |= dict.fromkeys(
        (f"/{path}" for path in ("f", "feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json",
                                 "feeds/posts/default")),
        says(b"", 404),
    )  # fmt: skip
    web.answers["/"] = says(page, content_type="text/html")
    desk.follow({"id": "lost", "feed": f"{web.address}/f"})
    proposals, remarks = examine(desk, lost=state(f"{web.address}/f", error="not-found"))
    assert proposals == ()
    assert [one.message for one in remarks] == [f"lost, and {web.address}/ names no other feed that can be read"]


def test_sources_that_are_let_alone(desk: Desk) -> None:
    """Who opted out is not asked, and what was never pulled needs nothing."""
    desk.follow({"id": "out", "feed": OLD, "rights": {"opt_out": True}}, {"id": "new", "feed": "http://new.example"})
    assert examine(desk, out=state(moved_to=NEW, days=9)) == ((), ())


def test_pages_without_a_feed(desk: Desk, web: Web) -> None:
    """A page that moved is proposed where its entries are found there; a lost one never becomes a feed's address."""
    web.answers["/new"] = says(b'<p class=e><a href="/1">T</a></p>', content_type="text/html")
    web.answers["/other"] = says(b"<p>x</p>", content_type="text/html")
    web.answers["/"] = says(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">')
    web.answers["/feed"] = says(rss("a"))
    desk.follow(
        *({"id": name, "feed": f"{web.address}/{name}", "type": "page", "select": {"entry": ".e"}} for name in "abc")
    )

    def known(name: str, **fields: str) -> SourceState:
        return state(f"{web.address}/{name}", days=9, **fields)

    proposals, remarks = examine(
        desk,
        a=known("a", moved_to=f"{web.address}/new"),
        b=known("b", moved_to=f"{web.address}/other"),
        c=known("c", error="not-found"),
    )
    assert [(one.source_id, one.new_address) for one in proposals] == [("a", f"{web.address}/new")]
    assert [one.source_id for one in remarks] == ["b", "c"]


def test_only_the_address_changes(desk: Desk) -> None:
    """The diff shows the one line; every other byte of sources.yaml stays."""
    before = f"# ä\n- id: blog   # bleibt\n  name: Blog\n  feed: '{OLD}'  # alt\n\n- {{id: b, name: B, feed: b.xml}}\n"
    desk.write("curation/sources.yaml", before)
    proposals = [Proposal(source_id="blog", old_address=OLD, new_address=NEW, reason="x")]
    changed = [line for line in repair.diff_proposals(desk.root, proposals) if line[0] in "+-" and line[1] not in "+-"]
    assert changed == [f"-  feed: '{OLD}'  # alt", f"+  feed: '{NEW}'  # alt"]
    assert (desk.root / "curation/sources.yaml").read_text() == before
    repair.write_proposals(desk.root, proposals)
    assert (desk.root / "curation/sources.yaml").read_text() == before.replace(OLD, NEW)


def test_somebody_was_quicker(desk: Desk) -> None:
    """A source that has another feed by now is not changed behind its editor's back."""
    desk.follow({"id": "blog", "feed": "https://mine.example"})
    before = (desk.root / "curation/sources.yaml").read_bytes()
    with pytest.raises(UsageError, match='has changed meanwhile: "blog" has another feed'):
        repair.write_proposals(desk.root, [Proposal(source_id="blog", old_address=OLD, new_address=NEW, reason="x")])
    assert (desk.root / "curation/sources.yaml").read_bytes() == before
