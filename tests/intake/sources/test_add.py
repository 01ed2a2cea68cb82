from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuratorium.edition import registry
from kuratorium.errors import SourceError, UsageError
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.sources import add
from kuratorium.intake.sources.add import FeedCandidate
from tests.intake.conftest import Desk, rss
from tests.intake.web import Web, says

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def look(desk: Desk, address: str) -> tuple[FeedCandidate, ...]:
    """Look for feeds at `address`, which may be on this machine."""
    known, problems = registry.read_registry(desk.root)
    assert problems == []
    fetcher = Fetcher(desk.root, "test", lambda: NOW, intranet=("127.0.0.1",))
    return add.discover_feeds(address, root=desk.root, registry=known, fetcher=fetcher, now=NOW)


def page(*links: str, lang: str = "de") -> bytes:
    """Write a page that names feeds."""
    named = "".join(f'<link rel="alternate" type="application/rss+xml" href="{one}" title="T {one}">' for one in links)
    return f'<!doctype html><html lang="{lang}"><head><title>Die Seite</title>{named}</head><body>x'.encode()


def missing(web: Web) -> None:
    """Let the server have nothing else."""
    web.answers = dict.fromkeys((f"/{path}" for path in PATHS), says(b"", 404)) | web.answers


PATHS = ("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default")


def test_a_feeds_own_address(desk: Desk, web: Web) -> None:
    """Of a feed is told what it holds: title, site, entries, rhythm, last day."""
    web.answers["/f"] = says(rss("a", "b", "c"))
    (offer,) = look(desk, f"{web.address}/f")
    assert (offer.feed, offer.site, offer.has_entries) == (f"{web.address}/f", "https://blog.example/", True)
    facts = offer.description
    assert (facts.title, facts.entry_count, facts.per_week, str(facts.last_date)) == ("Blog", 3, 14.0, "2026-10-14")
    assert facts.problems == ()


def test_feeds_that_a_page_names(desk: Desk, web: Web) -> None:
    """What a page names is offered, sound feeds before broken ones and those of comments; what fails says why."""
    web.answers["/"] = says(page("/comments/feed", "/gone", "/feed", "/empty"), content_type="text/html")
    web.answers["/comments/feed"] = says(rss("re"))
    web.answers["/gone"] = says(b"", 404)
    web.answers["/feed"] = says(rss("a", "b"))
    web.answers["/empty"] = says(rss())
    offers = look(desk, web.address + "/")
    assert [one.feed.removeprefix(web.address) for one in offers] == ["/feed", "/comments/feed", "/gone", "/empty"]
    assert offers[2].description.problems == ("cannot be read: there is nothing at this address (404)",)
    assert offers[2].description.title == "T /gone"
    assert offers[3].description.problems == ("it holds no entries",)
    assert {one.description.lang for one in offers} == {"de"}
    assert len(web.asked) == 5  # and nothing is guessed where something is there


def test_feeds_where_they_usually_are(desk: Desk, web: Web) -> None:
    """Where a page names no feed, the usual places are asked, below its folder too; the same feed twice is one."""
    missing(web)
    web.answers |= {f"/blog/{path}": says(b"", 404) for path in PATHS}
    web.answers["/blog/start"] = says(page(), content_type="text/html")
    web.answers["/blog/feed"] = web.answers["/blog/feed.xml"] = says(rss("a"))
    web.answers["/atom.xml"] = says(rss("x", "y"))
    offers = look(desk, f"{web.address}/blog/start")
    assert [one.feed.removeprefix(web.address) for one in offers] == ["/blog/feed", "/atom.xml"]


H_ENTRY = (
    '<div class="h-entry"><a class="u-url p-name" href="/{n}">T {n}</a>'
    '<time class="dt-published" datetime="2026-10-0{n}">x</time></div>'
)
HENTRY = (
    '<div class="post hentry"><h2 class="entry-title"><a href="/{n}">T {n}</a></h2>'
    '<span class="published" title="2026-10-0{n}">x</span></div>'
)


@pytest.mark.parametrize(("entry", "selector"), [(H_ENTRY, ".h-entry"), (HENTRY, ".hentry")])
def test_a_page_that_marks_its_entries_up(desk: Desk, web: Web, entry: str, selector: str) -> None:
    """A page without a feed whose entries are marked up (h-feed) is offered, and followed with selectors."""
    missing(web)
    html = "<!doctype html><html lang=de><title>Die Seite</title>" + "".join(entry.format(n=n) for n in (2, 1))
    web.answers["/"] = says(html.encode(), content_type="text/html")
    (offer,) = look(desk, web.address + "/")
    assert (offer.feed, offer.description.title, offer.description.lang) == (f"{web.address}/", "Die Seite", "de")
    assert (offer.description.entry_count, str(offer.description.last_date), offer.description.per_week) == (
        2,
        "2026-10-02",
        7.0,
    )
    source = add.follow_feed(desk.root, offer, registry.read_registry(desk.root)[0])
    known, problems = registry.read_registry(desk.root)
    assert (problems, known.sources) == ([], {"die-seite": source})
    assert (source.type, source.select and source.select.entry) == ("page", selector)
    (result,) = desk.pull().results
    assert (result.status, result.new) == ("new", 2)
    web.answers["/feed"] = says(rss("a"))
    assert [one.select is None for one in look(desk, web.address + "/")] == [True, False]  # a feed is better


def test_no_feed_anywhere(desk: Desk, web: Web) -> None:
    """A page without feeds is told as such, with what can be done."""
    missing(web)
    web.answers["/"] = says(page(), content_type="text/html")
    with pytest.raises(SourceError, match=r"names no feed, and there is none where feeds usually are\. Give") as caught:
        look(desk, web.address + "/")
    assert caught.value.reason == "no-feed"


def test_what_is_not_there(desk: Desk, web: Web) -> None:
    """An address that fails is named with the reason."""
    web.answers["/none"] = says(b"", 404)
    with pytest.raises(SourceError, match=r"/none: there is nothing at this address \(404\)"):
        look(desk, f"{web.address}/none")


def test_an_address_as_people_type_it(desk: Desk, web: Web) -> None:
    """Without a scheme https is tried, then http."""
    web.answers["/f"] = says(rss("a"))
    (offer,) = look(desk, f" {web.address.removeprefix('http://')}/f ")
    assert offer.feed == f"{web.address}/f"


def test_a_file_of_the_edition(desk: Desk) -> None:
    """A path in the edition is a feed, too."""
    desk.write("curation/samples/a.xml", rss("a"))
    (offer,) = look(desk, "curation/samples/a.xml")
    assert (offer.feed, offer.description.entry_count) == ("curation/samples/a.xml", 1)


def test_a_feed_that_moved_is_offered_at_its_new_address(desk: Desk, web: Web) -> None:
    """What redirects for good is followed where it leads; what redirects for now, where it was asked."""
    web.answers["/old"] = says(b"", 301, location="/new")
    web.answers["/now"] = says(b"", 302, location="/new")
    web.answers["/new"] = says(rss("a"))
    assert look(desk, f"{web.address}/old")[0].feed == f"{web.address}/new"
    assert look(desk, f"{web.address}/now")[0].feed == f"{web.address}/now"


def test_followed_already(desk: Desk, web: Web) -> None:
    """A feed that is followed says by whom, whatever the spelling or the redirect."""
    web.answers["/f"] = web.answers["/f/"] = says(rss("a"))
    web.answers["/old"] = says(b"", 302, location="/f")
    desk.follow({"id": "blog", "feed": f"{web.address}/f"})
    for path in ("/f", "/f/", "/old"):
        assert look(desk, web.address + path)[0].source_id == "blog", path


def test_follow_keeps_every_byte(desk: Desk, web: Web) -> None:
    """The chosen feed stands at the end of sources.yaml with all that is known of it; the rest stays."""
    before = "# wem wir folgen\n- id: blog   # bleibt\n  name: Blog\n  feed: x.xml\n"
    desk.write("curation/sources.yaml", before)
    web.answers["/"] = says(page("/f"), content_type="text/html")
    web.answers["/f"] = says(rss("a"))
    known, _ = registry.read_registry(desk.root)
    (offer,) = look(desk, web.address + "/")
    source = add.follow_feed(desk.root, offer, known, topics=("open-source", "transformation"))
    assert (desk.root / "curation/sources.yaml").read_text() == before + (
        f"\n- id: blog-2\n  name: Blog\n  feed: {web.address}/f\n  site: https://blog.example/\n"
        "  topics: [open-source, transformation]\n  lang: de\n"
    )
    known, problems = registry.read_registry(desk.root)
    assert (problems, known.sources["blog-2"]) == ([], source)
    with pytest.raises(UsageError, match="is followed already"):
        add.follow_feed(desk.root, offer, known)


def test_follow_under_another_name(desk: Desk, web: Web) -> None:
    """A source is called as it is told to be."""
    web.answers["/f"] = says(rss("a"))
    known, _ = registry.read_registry(desk.root)
    source = add.follow_feed(desk.root, look(desk, web.address + "/f")[0], known, name="Ganz anders")
    assert (source.id, source.name) == ("ganz-anders", "Ganz anders")
