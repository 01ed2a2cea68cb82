import xml.etree.ElementTree as ET
from datetime import date, timedelta
from gettext import NullTranslations

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kuratorium.edition.model import Correction, Disclosure, Post
from kuratorium.edition.works import Work
from kuratorium.publishing.page import FeedPage
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.writers import rss
from kuratorium.publishing.writers.feed_items import FeedWording, build_feed_content
from tests.publishing.makers import ADA, NOON, OPEN, catalog, post, site, write_feed

WORK = Work(
    url="https://amt.example/a?x=1&y=2",
    title="Wer <zahlt> & wer nicht",
    authors=("Eva Maß",),
    publication="Amt",
    source="amt",
)
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def read_item(post: Post, **fields: object) -> feedparser.FeedParserDict:
    """Return the only item of a feed, as a feed reader sees it."""
    feed = feedparser.parse(write_feed(catalog(post, **fields)))
    assert not feed.bozo
    (item,) = feed.entries
    return item


def test_a_feed_reader_finds_everything_it_needs() -> None:
    """Title, link, date, curator, topic, source and full text arrive as they were written."""
    item = read_item(post(works=(WORK,)), source_urls={"amt": "https://amt.example/feed"})
    assert (item.title, item.link) == ("Nummer 1", "https://weiche.example/notizen/nr-1.html")
    assert item.id == "u-000001"
    assert not item.guidislink
    assert item.published_parsed[:5] == (2026, 9, 30, 12, 0)
    assert item.author == ADA.name
    assert [tag.term for tag in item.tags] == [OPEN.name]
    assert (item.source.title, item.source.href) == ("Amt", "https://amt.example/feed")
    assert "<p>Text &amp; mehr</p>" in item.content[0].value
    assert "Worum es geht." in item.summary


def test_the_original_is_credited_first() -> None:
    """The recommended work stands before the text, with link, outlet and author."""
    text = read_item(post(works=(WORK,))).content[0].value
    assert text.index("https://amt.example/a?x=1&amp;y=2") < text.index("Text &amp; mehr")
    assert "Wer &lt;zahlt&gt; &amp; wer nicht</a> – Amt, Eva Maß" in text


def test_links_within_a_text_lead_to_its_page() -> None:
    """A feed reader shows many texts on one page: a bare `#fn:1` would lead to another's footnote, or nowhere."""
    body = (
        '<p><a href="#t-5">0:05</a> Text<a aria-label="1" class="footnote-ref" href="#fn:1">1</a> über " href="#x"</p>'
    )
    text = feedparser.parse(write_feed(catalog(post()), body=body)).entries[0].content[0].value
    page = "https://weiche.example/notizen/nr-1.html"
    assert f'<a href="{page}#t-5">' in text
    assert f'href="{page}#fn:1"' in text
    assert 'über " href="#x"' in text


def test_a_tag_that_is_called_like_a_topic_is_one_category() -> None:
    """An item has no category twice."""
    assert [tag.term for tag in read_item(post(tags=(OPEN.name, "Vergabe"))).tags] == [OPEN.name, "Vergabe"]


def test_a_source_without_an_address_is_left_out() -> None:
    """RSS requires the address of the source's feed; without it there is no source element."""
    assert "source" not in read_item(post(works=(WORK,)))


def test_what_is_to_be_disclosed_comes_first() -> None:
    """The disclosure stands before the title and before the text."""
    paid = read_item(post(disclosure=Disclosure(kind="sponsor", text="Bezahlt von X.")))
    assert paid.title == "Advertisement: Nummer 1"
    assert paid.content[0].value.startswith("<p><strong>Advertisement</strong> Bezahlt von X.</p>")
    near = read_item(post(disclosure=Disclosure(kind="relation", text="Bekannt.")))
    assert near.title == "Disclosure: Nummer 1"
    assert near.content[0].value.startswith("<p><strong>Disclosure</strong> Bekannt.</p>")


@pytest.mark.parametrize(("where", "first"), [("top", "<p><em>Correction"), ("bottom", "<p>Text &amp; mehr</p>")])
def test_corrections_reach_subscribers(where: str, first: str) -> None:
    """A correction has its date and stands where the policy says."""
    corrected = post(corrections=(Correction(date=date(2026, 9, 30), text="Es waren 7."),))
    text = (
        feedparser.parse(write_feed(catalog(corrected), corrections_position=where)).entries[0].content[0].value.strip()
    )
    assert "Correction (2026-09-30): Es waren 7." in text
    assert text.startswith(first)


def test_a_changed_post_says_when() -> None:
    """A changed post has Atom's updated element, one that never changed has none."""
    same, changed = feedparser.parse(write_feed(catalog(post(1), post(5, modified=NOON + timedelta(days=3))))).entries
    assert "updated" not in same
    assert changed.updated == "2026-10-04T12:00:00+00:00"
    assert changed.published_parsed[:3] == (2026, 9, 26)


def test_the_channel_says_where_it_is_and_how_old() -> None:
    """The channel has a self link, the language, and the date of the latest change, not that of the build."""
    young, changed = post(1), post(5, modified=NOON + timedelta(days=3))
    feed = feedparser.parse(write_feed(catalog(young, changed))).feed
    assert feed.language == "de"
    assert {(link.rel, link.href) for link in feed.links} == {
        ("alternate", "https://weiche.example/"),
        ("self", "https://weiche.example/feed.xml"),
    }
    assert feed.updated_parsed[:3] == (2026, 10, 4)
    assert feed.image == {
        "href": "https://weiche.example/icon-144.png",
        "title": feed.title,
        "title_detail": feed.image.title_detail,
        "link": feed.link,
        "links": feed.image.links,
        "width": 144,
        "height": 144,
    }


def test_a_topic_has_a_feed_of_its_own() -> None:
    """It has only the topic's posts, and the topic's name and address."""
    feed = feedparser.parse(write_feed(catalog(post(1), post(2, topics=())), "themen/offen.xml"))
    assert feed.feed.title == "Weiche: Offenes Amt"
    assert feed.feed.link == "https://weiche.example/themen/offen.html"
    assert [item.id for item in feed.entries] == ["u-000001"]


def test_an_empty_feed_is_valid() -> None:
    """A site without posts has a feed that readers can subscribe to."""
    channel = ET.fromstring(write_feed(catalog())).find("channel")
    assert channel is not None
    assert [child.tag for child in channel if "}" not in child.tag] == [
        *("title", "link", "description", "language", "image", "generator"),
    ]


def test_an_item_has_what_rss_requires() -> None:
    """An item has title, link, one guid that is no permalink, an RFC 822 date, and its description as escaped text."""
    item = ET.fromstring(write_feed(catalog(post(title="5 < 6 & 7", summary="a < b")))).find("channel/item")
    assert item is not None
    assert item.findtext("title") == "5 < 6 & 7"
    assert item.find("guid").attrib == {"isPermaLink": "false"}  # type: ignore[union-attr]
    assert item.findtext("pubDate") == "Wed, 30 Sep 2026 12:00:00 +0000"
    assert item.findtext("description") == "a &lt; b"


@given(st.text(), st.text())
def test_any_text_makes_a_feed_that_parses(title: str, body: str) -> None:
    """Control characters and markup in a title or text never break the XML."""
    item = ET.fromstring(write_feed(catalog(post(title=title)), body=body)).find("channel/item")
    assert item is not None
    assert item.findtext(CONTENT) is not None


def test_an_item_is_written_once_for_all_feeds() -> None:
    """A feed of items that are written already is the feed that writes each itself."""
    published = catalog(post(1, works=(WORK,), title="Bahn & <Bus>"), post(2, lang="en"))
    (page,) = [page for page in plan_pages(published, site()) if page.path == "feed.xml"]
    assert isinstance(page, FeedPage)
    wording = FeedWording(NullTranslations(), str, str)
    content = build_feed_content(page, lambda uid, _: f"<p>{uid} – ä & \x0b</p>", wording)
    written = replace(content, items=(), written_items=tuple(map(rss.write_item, content.items)))
    assert rss.write_rss(written) == rss.write_rss(content)
    assert rss.write_rss(written).count(b"<item>") == 2
