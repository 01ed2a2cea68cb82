from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.parsers import charset, feedparser
from kuratorium.intake.parsers.fast_xml import expat
from tests.intake.conftest import FEEDS

BASES = ("https://base.example/x/",)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>x</title>{0}</entry></feed>'
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:own="urn:own" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>F</title><item>{0}</item></channel></rss>'
)


def assert_agreement(document: bytes) -> bool:
    """Assert that both parsers return the same feed; return False if fast_xml does not take the document."""
    document = charset.convert_to_utf8(document)
    parsed = expat.parse_with_expat(document.lstrip())
    if parsed is None:
        return False
    assert feedparser.build_feed(parsed, BASES) == feedparser.build_feed(
        feedparser.parse_with_feedparser(document.lstrip()), BASES
    )
    return True


def test_feeds_of_every_kind() -> None:
    """fast_xml returns the same as feedparser for our own feeds, and takes most of them."""
    documents = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.suffix in {".xml", ".rdf"}]
    assert sum(assert_agreement(document) for document in documents if document.strip()) > len(documents) / 2


@pytest.mark.parametrize(
    "inner",
    [
        "<author>mail@a.test (Ada)</author>",
        "<author>Ada &lt;mail@a.test&gt;</author>",
        "<dc:creator>@ada</dc:creator><dc:creator>Bo</dc:creator><dc:creator>@ada</dc:creator>",
        "<description>one</description><content:encoded>&lt;p>two&lt;/p></content:encoded>",
        "<content:encoded>&lt;p>two&lt;/p></content:encoded>",
        "<description>one</description><itunes:summary>two</itunes:summary>",
        "<content:encoded>a</content:encoded><description>b</description><itunes:summary>c</itunes:summary>",
        "<title>one</title><media:title>two</media:title>",
        "<itunes:title>one</itunes:title>",
        "<itunes:title>one</itunes:title><title>two</title>",
        "<itunes:title own:a='b'>one</itunes:title>",
        "<created>2026-10-05</created><dc:date>2026-10-07</dc:date>",
        "<media:group><media:title>1</media:title><media:description>d</media:description></media:group><title/>",
        "<title></title><dc:title>two</dc:title>",
        "<title>A &amp;amp; B &lt;b>c&lt;/b></title>",
        "<title>\u00c3\u00a4 \u0093x\u0094</title>",
        "<link>https://a.example/?a=1&amp;b=2</link><guid>7</guid>",
        "<guid>https://a.example/1</guid>",
        "<guid isPermaLink='false'>https://a.example/1</guid>",
        "<guid>7</guid><link>/rel</link>",
        "<link>https:///a.example//b</link>",
        "<category domain='d'>one</category><category>two</category><category>one</category><category/>",
        "<itunes:keywords>a, b,,c</itunes:keywords>",
        "<pubDate>Tue, 06 Oct 2026 10:00:00 +0200</pubDate><dc:date>2026-10-07</dc:date>",
        "<dc:language>fr</dc:language><language>sv</language><title xml:lang='it'>x</title>",
        "<pubDate>yesterday</pubDate><dc:date>2026-26-10</dc:date>",
        "<source url='https://b.example/'>B</source><title>yes</title>",
        "<source url='https://b.example/'><title>no</title></source><title>yes</title>",
        "<source url='https://b.example/f'/><author>a@b.hamburg (Ada)</author>",
        "<author>Ada Lox &lt;a@b.engineering&gt;</author><dc:creator><![CDATA[Bo <b@c.museum>]]></dc:creator>",
        (
            "<media:content url='https://a.example/i.jpg' medium='image'><media:description>no</media:description>"
            "<media:title>no</media:title></media:content><description>yes</description>"
        ),
        (
            "<media:content url='https://a.example/a.mp4' type='video/mp4'><media:description>no</media:description>"
            "</media:content><description>yes</description>"
        ),
        (
            "<media:content url='https://a.example/a.mp4' type='video/mp4'><media:description>yes</media:description>"
            "</media:content><description> </description><title/>"
        ),
        "<media:group><media:description>no</media:description></media:group><content:encoded>a</content:encoded>",
        "<description>yes</description><media:description>no</media:description><media:title>no</media:title>",
        "<image><title>no</title><link>https://a.example/no</link></image><title>yes</title>",
        (
            "<podcast:liveItem status='live'><title>no</title><guid>no</guid><podcast:person>No</podcast:person>"
            "</podcast:liveItem><title>yes</title>"
        ),
        "<title>a</title><media:content medium='image'><image><title>no</title></image></media:content>",
        "<enclosure url='https://a.example/a.mp3' length='x' type='AUDIO/mpeg'/>",
        "<own:thing><title>deep</title></own:thing>",
        "<own:thing a='b'>text</own:thing><title>t</title>",
        "<image><url>https://a.example/i.png</url></image><title>t</title>",
        "<podcast:person role='Guest' href='https://a.example/'>Ada \u00c3\u00a4</podcast:person><title>t</title>",
        "<podcast:person>Ada</podcast:person><podcast:person role=''>Bo</podcast:person><podcast:person role='x'/>",
        "<podcast:person name='Ada'/><podcast:person name='Ada'>Bo</podcast:person>",
        "<podcast:transcript/><podcast:transcript>x</podcast:transcript><podcast:transcript url='a' type='TEXT/x'/>",
        "<podcast:chapters url='https://a.example/1'/><podcast:chapters url='https://a.example/2' type='x'/>",
        "<own:thing><podcast:person>Ada</podcast:person></own:thing><enclosure url='https://a.example/a.mp3'/>",
    ],
)
def test_rss_is_read_as_by_feedparser(inner: str) -> None:
    """fast_xml reads RSS by feedparser's rules, however odd they are."""
    assert assert_agreement(RSS.format(inner).encode())


@pytest.mark.parametrize(
    "inner",
    [
        (
            "<source><title type='html'>A &amp;lt;b></title><id>https://b.example/</id><link href='https://b.example/'/>"
            "<author><name>Eva</name></author><updated>2026-10-06T10:00:00Z</updated><category term='no'/></source>"
        ),
        '<id>tag:a.example,2026:1</id><link href="/a"/><link rel="enclosure" href="/b.mp3"/>',
        "<id>https://a.example/1</id>",
        '<link rel="alternate" type="text/plain" href="/a"/><link href="/b" type="HTML"/><link href="/c"/>',
        '<content type="xhtml" xml:lang="en"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b</p></div></content>',
        '<summary type="html">&lt;p>a&lt;/p></summary><content>b &lt; c</content>',
        "<author><name>Ada</name><email>a@a.example</email><uri>https://a.example/</uri></author><author>Bo</author>",
        (
            '<id>https://a.example/id</id><content type="text/html" src="https://a.example/text"/>'
            '<link rel="http://www.iana.org/assignments/relation/enclosure" href="https://a.example/a.mp3"/>'
        ),
        '<id>https://a.example/id</id><link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>',
        "<contributor><name>No</name></contributor><published>2026-10-06T10:00:00Z</published>",
        '<category term="a" label="b"/><category label="c">d</category>',
    ],
)
def test_atom_is_read_as_by_feedparser(inner: str) -> None:
    """fast_xml reads Atom by feedparser's rules, however odd they are."""
    assert assert_agreement(ATOM.format(inner).encode())


@pytest.mark.parametrize(
    "document",
    [
        RSS.format("<title>a <b>b</b></title>"),
        RSS.format("<item><title>in</title></item>"),
        RSS.format("<title>&nope;</title>"),
        RSS.format("<title>x</title>").replace("<item>", '<item xml:base="https://b.example/"><link>a</link>'),
        "<!DOCTYPE rss>" + RSS.format(""),
        "<!-- x --><!DOCTYPE rss>" + RSS.format(""),
        RSS.format("<title>x</title>").removesuffix("</rss>"),
        ATOM.format("").replace("2005/Atom", "2006/Atom"),
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>',
    ],
)
def test_unusual_documents_are_left_to_feedparser(document: str) -> None:
    """fast_xml refuses a document that is unusual, so that feedparser reads it."""
    assert expat.parse_with_expat(document.encode()) is None


FOREIGN = ["media:content", "image", "source", "podcast:liveItem", "media:group", "own:x", "textInput"]
NAMES = [
    "media:description",
    "author",
    "title",
    "description",
    "content:encoded",
    "link",
    "guid",
    "pubDate",
    "dc:creator",
    "media:group",
    "category",
    "enclosure",
]
TEXTS = ["", "a", "A &amp;amp; b", "&lt;p>p&lt;/p>", "https://a.example/", "a@b.test (C)", "2026-10-06", "ä\u0085"]


@given(st.lists(st.sampled_from([*product(NAMES, TEXTS)]), max_size=8), st.data())
def test_elements_in_any_order(elements: list[tuple[str, str]], data: st.DataObject) -> None:
    """Whatever the order of elements, both parsers agree on every document that fast_xml takes."""
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in elements)
    if outer := data.draw(st.sampled_from(["", *FOREIGN])):
        medium = data.draw(st.sampled_from(["", " medium='image'", " medium='video'"]))
        place = data.draw(st.sampled_from(["<title>last</title>", "<description>last</description>", ""]))
        inner = f"<{outer}{medium}>{inner}</{outer}>{place}"
    try:
        assert_agreement(RSS.format(inner).encode())
    except SourceError as error:
        raise AssertionError(inner) from error
