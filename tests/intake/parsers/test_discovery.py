from __future__ import annotations

import pytest

from kuratorium.intake.parsers import discovery, dispatch


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<LINK REL="Alternate" TYPE="Application/RSS+XML" HREF="feed.xml">', "https://a.example/x/feed.xml"),
        ('<link rel="home alternate" type="application/atom+xml; charset=utf-8" href="/a">', "https://a.example/a"),
        ('<base href="../"><link rel=alternate type="text/xml" href="feed">', "https://a.example/feed"),
        ('<base target=_top><base href="//b.example/c/"><link rel=alternate type="text/xml" href="d">',
         "https://b.example/c/d"),
        (('<template><base href="/n/"><link rel=alternate type="text/xml" href="n"></template>'
         '<link rel=alternate type="text/xml" href="d">'), "https://a.example/x/d"),
        (('<svg><base href="/n/"></svg><title><link rel=alternate type="text/xml" href="n"></title>'
         '<link rel=alternate type="text/xml" href="d">'), "https://a.example/x/d"),
        ('<base href="mailto:x"><link rel=alternate type="text/xml" href="d">', "https://a.example/x/d"),
    ],
)  # fmt: skip
def test_feeds_that_a_page_names(html: str, address: str) -> None:
    """A page's feeds are found by the rules of HTML: names without case, several relations, the page's base.

    What stands in a template, a picture or a title is none.
    """
    links = discovery.find_feed_links(html.encode(), "https://a.example/x/y", dispatch.FEED_MEDIA_TYPES)
    assert [link.address for link in links] == [address]


def test_titles_of_feeds() -> None:
    """The title of a feed is read in the encoding that the page's server states."""
    html = '<link rel=alternate type="text/xml" title="Łódź" href="/f">'.encode("iso-8859-2")
    (link,) = discovery.find_feed_links(html, "https://a.example/", {"text/xml"}, "text/html; charset=iso-8859-2")
    assert link.title == "Łódź"


def test_feeds_of_a_page_whose_letters_cannot_be_read() -> None:
    """An address is ASCII, so a page names its feeds even if its encoding cannot be recognised; titles are left out."""
    html = '<title>市役所</title><link rel=alternate type="text/xml" title="RSS 市役所" href="/f">'.encode("shift_jis")
    (link,) = discovery.find_feed_links(html, "https://a.example/", {"text/xml"})
    assert (link.address, link.title) == ("https://a.example/f", "")
