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
from tests.intake.web import Web, respond

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
OLD = "http://blog.example/feed"
NEW = "https://neu.example/feed"
BLOG = Source(id="blog", name="Blog", feed=OLD)


def build_state(address: str = OLD, *, moved_to: str = "", days: float = 0, error: str = "") -> SourceState:
    """Return the state of a source that moved so many days ago, or has failed since yesterday."""
    return SourceState(
        address=address,
        moved_to=moved_to,
        moved_since=NOW - timedelta(days=days) if moved_to else None,
        last_error=error,
        failing_since=NOW - timedelta(days=1) if error else None,
    )


def examine(desk: Desk, **states: SourceState) -> tuple[tuple[Proposal, ...], tuple[Remark, ...]]:
    """Return proposals and remarks; servers are on this machine."""
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    fetcher = Fetcher(desk.root, "test", lambda: NOW, intranet=("127.0.0.1",))
    return repair.find_proposals(current, states, fetcher=fetcher, now=NOW)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (build_state(moved_to=NEW, days=7), "the server has said since 2026-10-07 that it moved for good"),
        (build_state(moved_to="https://blog.example/feed"), "the server redirects every request to https"),
        (
            build_state(moved_to=NEW, days=1, error="gone"),
            "the old address is gone (gone); it had moved there for good",
        ),
        (
            build_state(moved_to=NEW, days=1, error="unreachable"),
            "the old address is gone (unreachable); it had moved there",
        ),
    ],
)
def test_moves_that_are_proposed(state: SourceState, reason: str) -> None:
    """A move is proposed after 7 days, and at once to https or from a dead address."""
    result = repair.propose_move(BLOG, state, NOW)
    assert isinstance(result, Proposal)
    assert (result.source_id, result.old_address, result.new_address) == ("blog", OLD, state.moved_to)
    assert result.reason.startswith(reason)


@pytest.mark.parametrize(
    "state",
    [
        build_state(moved_to=NEW, days=6.9),
        build_state(moved_to="https://blog.example/other", days=1),
        build_state(moved_to=NEW, days=1, error="timeout"),
    ],
)
def test_moves_that_are_too_young(state: SourceState) -> None:
    """A move that is younger than 7 days is a remark, also one to https with another path."""
    result = repair.propose_move(BLOG, state, NOW)
    assert isinstance(result, Remark)
    assert result.message.startswith(f"moved to {state.moved_to} on 2026-10-")


@pytest.mark.parametrize(
    "state",
    [
        build_state(),
        build_state(error="gone"),
        build_state("http://other.example", moved_to=NEW, days=9),
        build_state(moved_to=OLD),
    ],
)
def test_sources_that_did_not_move(state: SourceState) -> None:
    """A state without a move, or of another address, gives no proposal."""
    assert repair.propose_move(BLOG, state, NOW) is None


def test_the_new_address_is_checked_first(desk: Desk, web: Web) -> None:
    """A move is proposed only if the new address has a feed with entries that no other source follows."""
    web.answers["/new"] = respond(rss("a"))
    web.answers["/empty"] = respond(rss())
    web.answers["/none"] = respond(b"", 404)
    names = ("new", "empty", "none", "taken")
    desk.follow(
        *({"id": name, "feed": f"http://{name}.example/"} for name in names),
        {"id": "other", "feed": f"{web.address}/taken"},
    )
    web.answers["/taken"] = respond(rss("a"))
    states = {name: build_state(f"http://{name}.example/", moved_to=f"{web.address}/{name}", days=8) for name in names}
    proposals, remarks = examine(desk, **states)
    assert [(proposal.source_id, proposal.new_address) for proposal in proposals] == [("new", f"{web.address}/new")]
    assert [remark.source_id for remark in remarks] == ["empty", "none", "taken"]
    assert "there is no feed with entries" in remarks[0].message
    assert "cannot be read" in remarks[1].message
    assert 'which "other" follows already' in remarks[2].message


def test_a_lost_feed_is_searched_on_its_site(desk: Desk, web: Web) -> None:
    """A lost feed is found by its site's link; a feed with a temporary failure is not searched."""
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/neu">'
    web.answers["/"] = respond(page, content_type="text/html")
    web.answers["/neu"] = respond(rss("a"))
    lost = f"{web.address}/alt"
    desk.follow(
        {"id": "lost", "feed": lost, "site": f"{web.address}/"},
        {"id": "slow", "feed": f"{web.address}/slow", "site": f"{web.address}/"},
    )
    proposals, remarks = examine(
        desk, lost=build_state(lost, error="not-found"), slow=build_state(f"{web.address}/slow", error="timeout")
    )
    assert [(proposal.source_id, proposal.old_address, proposal.new_address) for proposal in proposals] == [
        ("lost", lost, f"{web.address}/neu")
    ]
    assert remarks == ()


def test_a_site_that_still_names_the_lost_feed(desk: Desk, web: Web) -> None:
    """Nothing is proposed if the site names no other feed: it may be back tomorrow."""
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/f">'
    web.answers |= dict.fromkeys(
        (f"/{path}" for path in ("f", "feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json",
                                 "feeds/posts/default")),
        respond(b"", 404),
    )  # fmt: skip
    web.answers["/"] = respond(page, content_type="text/html")
    desk.follow({"id": "lost", "feed": f"{web.address}/f"})
    proposals, remarks = examine(desk, lost=build_state(f"{web.address}/f", error="not-found"))
    assert proposals == ()
    assert [remark.message for remark in remarks] == [f"lost, and {web.address}/ names no other feed that can be read"]


def test_sources_that_are_not_examined(desk: Desk) -> None:
    """A source that opted out, or was never pulled, is not examined."""
    desk.follow({"id": "out", "feed": OLD, "rights": {"opt_out": True}}, {"id": "new", "feed": "http://new.example"})
    assert examine(desk, out=build_state(moved_to=NEW, days=9)) == ((), ())


def test_pages_without_a_feed(desk: Desk, web: Web) -> None:
    """A move of a page is proposed if its entries are found; a lost page is never replaced by a feed."""
    web.answers["/new"] = respond(b'<p class=e><a href="/1">T</a></p>', content_type="text/html")
    web.answers["/other"] = respond(b"<p>x</p>", content_type="text/html")
    web.answers["/"] = respond(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">')
    web.answers["/feed"] = respond(rss("a"))
    desk.follow(
        *({"id": name, "feed": f"{web.address}/{name}", "type": "page", "select": {"entry": ".e"}} for name in "abc")
    )

    def build_page_state(name: str, **fields: str) -> SourceState:
        return build_state(f"{web.address}/{name}", days=9, **fields)

    proposals, remarks = examine(
        desk,
        a=build_page_state("a", moved_to=f"{web.address}/new"),
        b=build_page_state("b", moved_to=f"{web.address}/other"),
        c=build_page_state("c", error="not-found"),
    )
    assert [(proposal.source_id, proposal.new_address) for proposal in proposals] == [("a", f"{web.address}/new")]
    assert [remark.source_id for remark in remarks] == ["b", "c"]


def test_only_the_address_changes(desk: Desk) -> None:
    """The diff shows one line; every other byte of sources.yaml stays."""
    before = f"# ä\n- id: blog   # bleibt\n  name: Blog\n  feed: '{OLD}'  # alt\n\n- {{id: b, name: B, feed: b.xml}}\n"
    desk.write("curation/sources.yaml", before)
    proposals = [Proposal(source_id="blog", old_address=OLD, new_address=NEW, reason="x")]
    changed = [line for line in repair.diff_proposals(desk.root, proposals) if line[0] in "+-" and line[1] not in "+-"]
    assert changed == [f"-  feed: '{OLD}'  # alt", f"+  feed: '{NEW}'  # alt"]
    assert (desk.root / "curation/sources.yaml").read_text() == before
    repair.write_proposals(desk.root, proposals)
    assert (desk.root / "curation/sources.yaml").read_text() == before.replace(OLD, NEW)


def test_sources_yaml_changed_meanwhile(desk: Desk) -> None:
    """A source whose feed an editor has changed meanwhile is not changed."""
    desk.follow({"id": "blog", "feed": "https://mine.example"})
    before = (desk.root / "curation/sources.yaml").read_bytes()
    with pytest.raises(UsageError, match='has changed meanwhile: "blog" has another feed'):
        repair.write_proposals(desk.root, [Proposal(source_id="blog", old_address=OLD, new_address=NEW, reason="x")])
    assert (desk.root / "curation/sources.yaml").read_bytes() == before
