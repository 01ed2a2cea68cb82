from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kuratorium.edition.curation import EntrySelectors
from kuratorium.errors import SourceError
from kuratorium.intake.parsers import dispatch

ReadFile = Callable[[str], bytes]
PAGE_URL = "https://stadt.example/presse/"


def test_a_page_is_read_by_selectors(feed: ReadFile) -> None:
    """Title, link, date and author of each entry are read; an element without a link is no entry."""
    select = EntrySelectors(entry="article.news", title="h2", link="h2 a, a.more", date=".when, time", author=".by")
    page = dispatch.parse_feed(feed("news-page.html"), "text/html", feed_url=PAGE_URL, select=select)
    first, second = page.entries
    assert (page.title, page.link, page.lang) == ("Presse – Stadt Beispiel", PAGE_URL, "de-DE")
    assert (first.title, first.link) == ("Neue Ämter", "https://stadt.example/presse/1")
    assert (first.authors, first.date) == (("Paula Presse",), datetime(2026, 10, 6, 10, tzinfo=UTC))
    assert "Worum es geht." in first.summary
    assert (second.title, second.link) == ("Alte Ämter", "https://stadt.example/presse/alt?id=2")
    assert (second.authors, second.date) == ((), datetime(2026, 10, 1, 6, tzinfo=UTC))


def test_a_selector_for_entries_is_enough(feed: ReadFile) -> None:
    """Without further selectors the first link of an entry gives title and link, and a <time> element its date."""
    first, second = dispatch.parse_feed(
        feed("news-page.html"), feed_url=PAGE_URL, select=EntrySelectors(entry=".news")
    ).entries
    assert (first.title, first.link, first.date) == ("Neue Ämter", "https://stadt.example/presse/1", None)
    assert (second.title, second.date) == ("mehr", datetime(2026, 10, 1, 6, tzinfo=UTC))


def test_canonical_address_of_an_entry(feed: ReadFile) -> None:
    """A link marked rel=canonical is the article's own address, wherever the entry's link leads."""
    page = feed("news-page.html").replace(
        b'<article class="news">', b'<article class="news"><link rel="canonical" href="/1">', 1
    )
    first, second = dispatch.parse_feed(
        page, feed_url=PAGE_URL, select=EntrySelectors(entry=".news", link="h2 a, a.more")
    ).entries
    assert (first.link, first.canonical) == ("https://stadt.example/presse/1", "https://stadt.example/1")
    assert second.canonical == ""


def test_entries_that_are_links(feed: ReadFile) -> None:
    """An entry may be the link itself."""
    (entry,) = dispatch.parse_feed(
        feed("news-page.html"), feed_url=PAGE_URL, select=EntrySelectors(entry="h2 a")
    ).entries
    assert (entry.title, entry.link) == ("Neue Ämter", "https://stadt.example/presse/1")


@pytest.mark.parametrize(
    ("select", "reason", "message"),
    [
        (EntrySelectors(entry=".nothing"), "no-entries", 'no entry with a link for select.entry ".nothing"'),
        (EntrySelectors(entry="a[["), "bad-selector", 'select.entry "a[[" is no CSS selector'),
        (EntrySelectors(entry="article", date="::x("), "bad-selector", 'select.date "::x(" is no CSS selector'),
    ],
)
def test_selectors_that_do_not_fit(feed: ReadFile, select: EntrySelectors, reason: str, message: str) -> None:
    """A selector that finds nothing, or is no CSS, is an error that quotes it."""
    with pytest.raises(SourceError) as caught:
        dispatch.parse_feed(feed("news-page.html"), feed_url=PAGE_URL, select=select)
    assert caught.value.reason == reason
    assert message in str(caught.value)


def test_a_page_in_another_encoding() -> None:
    """A page is read as its server states; its own base, and relations in capitals, count."""
    html = '<base href="/sub/"><article><a href="a">Łódź</a><a REL="CANONICAL" href="b">x</a></article>'
    select = EntrySelectors(entry="article")
    feed = dispatch.parse_feed(
        html.encode("iso-8859-2"), "text/html; charset=iso-8859-2", feed_url="https://a.example/x/y", select=select
    )
    entry = feed.entries[0]
    assert (entry.title, entry.link, entry.canonical) == (
        "Łódź", "https://a.example/sub/a", "https://a.example/sub/b"
    )  # fmt: skip


def test_a_page_that_states_no_encoding() -> None:
    """The letters of a page that states no encoding are recognised, or the page is refused; none are left out."""
    select = EntrySelectors(entry="li")
    for title in (
        "市役所は住民のための新しい電子申請サービスを来月から始める",
        "図書館の開館時間が変わります。詳しくはこちら",
    ):
        html = f"<!doctype html><ul><li><a href=/1>{title}</a></li></ul>".encode("shift_jis")
        (entry,) = dispatch.parse_feed(html, "text/html", feed_url=PAGE_URL, select=select).entries
        assert entry.title == title
    with pytest.raises(SourceError, match="encoding of its characters is not stated"):
        dispatch.parse_feed("<ul><li><a href=/1>市役所</a></li></ul>".encode("euc_jp"), "text/html", select=select)


def test_an_entry_credits_no_other_site(feed: ReadFile) -> None:
    """A canonical address at another site than that of the entry's link does not count."""
    page = feed("news-page.html").replace(
        b'<article class="news">', b'<article class="news"><link rel="canonical" href="https://andere.example/1">', 1
    )
    first, _ = dispatch.parse_feed(
        page, feed_url=PAGE_URL, select=EntrySelectors(entry=".news", link="h2 a, a.more")
    ).entries
    assert (first.link, first.canonical) == ("https://stadt.example/presse/1", "")
