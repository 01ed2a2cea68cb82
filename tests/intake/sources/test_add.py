from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuratorium.edition import registry
from kuratorium.errors import SourceError, UsageError
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.sources import add
from kuratorium.intake.sources.add import FeedCandidate
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, respond

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def discover(desk: Desk, address: str) -> tuple[FeedCandidate, ...]:
    """Return the feeds at `address`, which may be on this machine."""
    current, problems = registry.read_registry(desk.root)
    assert problems == []
    fetcher = Fetcher(desk.root, "test", lambda: NOW, intranet=("127.0.0.1",))
    return add.discover_feeds(address, root=desk.root, registry=current, fetcher=fetcher, now=NOW)


def page(*links: str, lang: str = "de") -> bytes:
    """Return a page that names feeds."""
    elements = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{link}" title="T {link}">' for link in links
    )
    return f'<!doctype html><html lang="{lang}"><head><title>Die Seite</title>{elements}</head><body>x'.encode()


def answer_404(web: Web) -> None:
    """Answer 404 at all common addresses that have no other answer."""
    web.answers = dict.fromkeys((f"/{path}" for path in PATHS), respond(b"", 404)) | web.answers


PATHS = ("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default")


def test_the_address_of_a_feed(desk: Desk, web: Web) -> None:
    """A feed is described by title, site, number of entries, rate and last date."""
    web.answers["/f"] = respond(rss("a", "b", "c"))
    (candidate,) = discover(desk, f"{web.address}/f")
    assert (candidate.feed, candidate.site, candidate.has_entries) == (
        f"{web.address}/f",
        "https://blog.example/",
        True,
    )
    description = candidate.description
    assert (description.title, description.entry_count, description.per_week, str(description.last_date)) == (
        "Blog",
        3,
        14.0,
        "2026-10-14",
    )
    assert description.problems == ()


def test_feeds_named_by_a_page(desk: Desk, web: Web) -> None:
    """Feeds named by a page come with entries first, then feeds of comments, then broken ones with their reason."""
    web.answers["/"] = respond(page("/comments/feed", "/gone", "/feed", "/empty"), content_type="text/html")
    web.answers["/comments/feed"] = respond(rss("re"))
    web.answers["/gone"] = respond(b"", 404)
    web.answers["/feed"] = respond(rss("a", "b"))
    web.answers["/empty"] = respond(rss())
    candidates = discover(desk, web.address + "/")
    assert [candidate.feed.removeprefix(web.address) for candidate in candidates] == [
        "/feed",
        "/comments/feed",
        "/gone",
        "/empty",
    ]
    assert candidates[2].description.problems == ("cannot be read: there is nothing at this address (404)",)
    assert candidates[2].description.title == "T /gone"
    assert candidates[3].description.problems == ("it holds no entries",)
    assert {candidate.description.lang for candidate in candidates} == {"de"}
    assert len(web.requests) == 5  # common addresses are not tried if a named feed has entries


def test_feeds_at_common_addresses(desk: Desk, web: Web) -> None:
    """If a page names no feed, common addresses are tried, also below its folder; the same feed counts once."""
    answer_404(web)
    web.answers |= {f"/blog/{path}": respond(b"", 404) for path in PATHS}
    web.answers["/blog/start"] = respond(page(), content_type="text/html")
    web.answers["/blog/feed"] = web.answers["/blog/feed.xml"] = respond(rss("a"))
    web.answers["/atom.xml"] = respond(rss("x", "y"))
    candidates = discover(desk, f"{web.address}/blog/start")
    assert [candidate.feed.removeprefix(web.address) for candidate in candidates] == ["/blog/feed", "/atom.xml"]


H_ENTRY = (
    '<div class="h-entry"><a class="u-url p-name" href="/{n}">T {n}</a>'
    '<time class="dt-published" datetime="2026-10-0{n}">x</time></div>'
)
HENTRY = (
    '<div class="post hentry"><h2 class="entry-title"><a href="/{n}">T {n}</a></h2>'
    '<span class="published" title="2026-10-0{n}">x</span></div>'
)


@pytest.mark.parametrize(("entry", "selector"), [(H_ENTRY, ".h-entry"), (HENTRY, ".hentry")])
def test_a_page_with_marked_up_entries(desk: Desk, web: Web, entry: str, selector: str) -> None:
    """A page without a feed whose entries have microformats is offered, and followed with selectors."""
    answer_404(web)
    html = "<!doctype html><html lang=de><title>Die Seite</title>" + "".join(entry.format(n=n) for n in (2, 1))
    web.answers["/"] = respond(html.encode(), content_type="text/html")
    (candidate,) = discover(desk, web.address + "/")
    assert (candidate.feed, candidate.description.title, candidate.description.lang) == (
        f"{web.address}/",
        "Die Seite",
        "de",
    )
    assert (
        candidate.description.entry_count,
        str(candidate.description.last_date),
        candidate.description.per_week,
    ) == (
        2,
        "2026-10-02",
        7.0,
    )
    source = add.follow_feed(desk.root, candidate, registry.read_registry(desk.root)[0])
    current, problems = registry.read_registry(desk.root)
    assert (problems, current.sources) == ([], {"die-seite": source})
    assert (source.type, source.select and source.select.entry) == ("page", selector)
    (result,) = desk.pull().results
    assert (result.status, result.new) == ("new", 2)
    web.answers["/feed"] = respond(rss("a"))
    assert [candidate.select is None for candidate in discover(desk, web.address + "/")] == [
        True,
        False,
    ]  # a feed comes first


def test_no_feed_anywhere(desk: Desk, web: Web) -> None:
    """A page without feeds is an error that says what can be done."""
    answer_404(web)
    web.answers["/"] = respond(page(), content_type="text/html")
    with pytest.raises(SourceError, match=r"names no feed, and there is none where feeds usually are\. Give") as caught:
        discover(desk, web.address + "/")
    assert caught.value.reason == "no-feed"


def test_an_address_that_fails(desk: Desk, web: Web) -> None:
    """The error for an address that fails has the address and the reason."""
    web.answers["/none"] = respond(b"", 404)
    with pytest.raises(SourceError, match=r"/none: there is nothing at this address \(404\)"):
        discover(desk, f"{web.address}/none")


def test_an_address_without_a_scheme(desk: Desk, web: Web) -> None:
    """An address without a scheme is tried with https, then with http."""
    web.answers["/f"] = respond(rss("a"))
    (candidate,) = discover(desk, f" {web.address.removeprefix('http://')}/f ")
    assert candidate.feed == f"{web.address}/f"


def test_a_file_of_the_edition(desk: Desk) -> None:
    """A path in the edition may be a feed."""
    desk.write("curation/samples/a.xml", rss("a"))
    (candidate,) = discover(desk, "curation/samples/a.xml")
    assert (candidate.feed, candidate.description.entry_count) == ("curation/samples/a.xml", 1)


def test_a_feed_that_moved_is_offered_at_its_new_address(desk: Desk, web: Web) -> None:
    """A permanent redirect is followed at its new address, a temporary one at the old address."""
    web.answers["/old"] = respond(b"", 301, location="/new")
    web.answers["/now"] = respond(b"", 302, location="/new")
    web.answers["/new"] = respond(rss("a"))
    assert discover(desk, f"{web.address}/old")[0].feed == f"{web.address}/new"
    assert discover(desk, f"{web.address}/now")[0].feed == f"{web.address}/now"


def test_a_feed_that_is_followed_already(desk: Desk, web: Web) -> None:
    """A feed that is followed has the id of its source, whatever the spelling or the redirect."""
    web.answers["/f"] = web.answers["/f/"] = respond(rss("a"))
    web.answers["/old"] = respond(b"", 302, location="/f")
    desk.follow({"id": "blog", "feed": f"{web.address}/f"})
    for path in ("/f", "/f/", "/old"):
        assert discover(desk, web.address + path)[0].source_id == "blog", path


def test_follow_keeps_every_byte(desk: Desk, web: Web) -> None:
    """The chosen feed is appended to sources.yaml with all its fields; the rest stays."""
    before = "# wem wir folgen\n- id: blog   # bleibt\n  name: Blog\n  feed: x.xml\n"
    desk.write("curation/sources.yaml", before)
    web.answers["/"] = respond(page("/f"), content_type="text/html")
    web.answers["/f"] = respond(rss("a"))
    current, _ = registry.read_registry(desk.root)
    (candidate,) = discover(desk, web.address + "/")
    source = add.follow_feed(desk.root, candidate, current, topics=("open-source", "transformation"))
    assert (desk.root / "curation/sources.yaml").read_text() == before + (
        f"\n- id: blog-2\n  name: Blog\n  feed: {web.address}/f\n  site: https://blog.example/\n"
        "  topics: [open-source, transformation]\n  lang: de\n"
    )
    current, problems = registry.read_registry(desk.root)
    assert (problems, current.sources["blog-2"]) == ([], source)
    with pytest.raises(UsageError, match="is followed already"):
        add.follow_feed(desk.root, candidate, current)


def test_follow_under_another_name(desk: Desk, web: Web) -> None:
    """A source gets the name that the editor gives it, and an id from it."""
    web.answers["/f"] = respond(rss("a"))
    current, _ = registry.read_registry(desk.root)
    source = add.follow_feed(desk.root, discover(desk, web.address + "/f")[0], current, name="Ganz anders")
    assert (source.id, source.name) == ("ganz-anders", "Ganz anders")
