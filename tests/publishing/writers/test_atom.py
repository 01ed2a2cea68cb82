import xml.etree.ElementTree as ET
from datetime import timedelta

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.works import Via, Work
from kuratorium.publishing.writers.atom import make_entry_id
from tests.publishing.makers import ADA, BEN, NOON, OPEN, catalog, post, write_feed

ATOM = "{http://www.w3.org/2005/Atom}"
WORKS = (
    Work(url="https://a.example/1?x=1&y=2", title="Das <Erste>"),
    Work(url="https://b.example/2", title="Das Zweite"),
)


def test_a_feed_reader_finds_everything_it_needs() -> None:
    """Title, link, dates, all authors, topics, the works and where they were found, summary and full text."""
    changed = post(
        works=WORKS, authors=(ADA, BEN), via=Via(name="Der Brief", url="https://c.example/"), modified=NOON, lang="en"
    )
    feed = feedparser.parse(write_feed(catalog(changed), "feed.atom"))
    assert not feed.bozo
    assert feed.feed.icon == "https://weiche.example/icon-512.png"
    assert feed.feed.logo == "https://weiche.example/index.card.png"
    (item,) = feed.entries
    assert (item.title, item.link) == ("Nummer 1", "https://weiche.example/notizen/nr-1.html")
    assert (item.published_parsed[:3], item.updated_parsed[:3]) == ((2026, 9, 30), (2026, 10, 1))
    assert [(author.name, author.href) for author in item.authors] == [
        ("Ada Lamm", "https://weiche.example/menschen/ada.html"),
        ("Ben Roth", "https://weiche.example/menschen/ben.html"),
    ]
    assert [tag.term for tag in item.tags] == [OPEN.name]
    links = {(link.rel, link.href, link.get("title")) for link in item.links if link.rel != "alternate"}
    assert links == {
        ("related", "https://a.example/1?x=1&y=2", "Das <Erste>"),
        ("related", "https://b.example/2", "Das Zweite"),
        ("via", "https://c.example/", "Der Brief"),
    }
    assert item.summary == "Worum es geht."
    assert (item.content[0].language, "<p>Text &amp; mehr</p>" in item.content[0].value) == ("en", True)


def test_an_entry_keeps_its_id() -> None:
    """Whatever its title, date and address become: a feed reader shows it as one entry."""
    first = feedparser.parse(write_feed(catalog(post()), "feed.atom")).entries[0].id
    moved = post(title="Anders", path="notizen/anders.html", date=NOON, modified=NOON + timedelta(days=1))
    assert feedparser.parse(write_feed(catalog(moved), "feed.atom", url="https://neu.example")).entries[0].id == first
    assert first == make_entry_id("u-000001")
    assert first.startswith("urn:uuid:")


def test_an_empty_feed_has_what_atom_requires() -> None:
    """Id, title, a date and an author (RFC 4287, section 4.1.1)."""
    feed = ET.fromstring(write_feed(catalog(), "feed.atom"))
    assert feed.findtext(f"{ATOM}id") == "https://weiche.example/feed.atom"
    assert feed.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Weiche"


@given(st.text(), st.text(), st.text())
def test_any_text_makes_a_feed_that_parses(title: str, body: str, work: str) -> None:
    """Control characters and markup in a title, a text or an attribute never break the XML."""
    listed = post(title=title, works=(Work(url="https://a.example/", title=work),))
    entry = ET.fromstring(write_feed(catalog(listed), "feed.atom", body=body)).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}content") is not None
