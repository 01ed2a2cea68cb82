from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import dispatch, rewriting
from kuratorium.intake.parsers.model import Feed

ENTRY = "<item><title>Beitrag</title><link>https://a.example/1</link>{0}</item>"
LIVE = (
    "<podcast:liveItem><title>Live</title><link>https://live.example/</link><guid>live</guid><pubDate>x</pubDate>"
    "<enclosure url='https://live.example/a.mp3'/><podcast:person role='guest'>Gast</podcast:person></podcast:liveItem>"
)
PICTURE = (
    "<media:content url='https://a.example/a.jpg' medium='image'><media:title>Bild</media:title>"
    "<media:description>Foto: Amt</media:description><media:credit>Fotograf</media:credit></media:content>"
)


def read(inner: str, entry: str = "", *, broken: bool = False) -> Feed:
    """Read an RSS feed with something in its channel and its only entry; a broken one is read by feedparser."""
    return dispatch.parse_feed(
        (
            '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Blog</title>'
            f"<link>https://a.example/</link>{inner}{ENTRY.format(entry)}</channel>" + ("" if broken else "</rss>")
        ).encode()
    )


@pytest.mark.parametrize("broken", [False, True])
def test_a_part_of_a_feed_does_not_speak_for_the_whole(broken: bool) -> None:
    """A live stream, a picture and a search field keep their title, link, guid and people for themselves."""
    image = "<image><title>Logo</title><url>https://a.example/l.png</url><link>https://logo.example/</link></image>"
    plain = read("", "<description>Text</description>", broken=broken)
    assert read(LIVE + image, "<description>Text</description>", broken=broken) == plain
    assert read("", f"{LIVE}{image}<description>Text</description>", broken=broken) == plain
    assert read(PICTURE, f"{image}<description>Text</description>", broken=broken) == plain


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "caption",
    [
        PICTURE,
        "<media:description>Foto: Amt</media:description>",
        "<media:group><media:description>Foto: Amt</media:description></media:group>",
        PICTURE.replace("medium='image'", "type='video/mp4'").replace("<media:title>Bild</media:title>", ""),
        "<media:description/>",
    ],
)
def test_a_caption_is_no_text(broken: bool, caption: str) -> None:
    """Beside the entry's own text a description of media is a caption, wherever it stands."""
    text = "<description>Text</description>"
    for inner in (caption + text, text + caption):
        entry = read("", inner, broken=broken).entries[0]
        assert (entry.title, entry.summary, entry.content) == ("Beitrag", "Text", "")


@pytest.mark.parametrize("broken", [False, True])
def test_the_description_of_a_recording_is_a_text(broken: bool) -> None:
    """An entry that has no other text takes that of its recording, not that of its picture."""
    video = "<media:group><media:content type='video/mp4' url='https://a.example/v'/><media:description>Worum</media:description></media:group>"
    assert read("", video, broken=broken).entries[0].summary == "Worum"
    assert read("", PICTURE, broken=broken).entries[0].summary == ""


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "media",
    [
        "<media:group><media:content medium='image' url='https://a.example/a.jpg'/>{}</media:group>",
        "<media:group><media:content type='image/png' url='https://a.example/a.png'></media:content>{}</media:group>",
        "{}<enclosure url='https://a.example/a.jpg' type='image/jpeg' length='1'/>",
        "<link rel='enclosure' href='https://a.example/a.jpg' type='image/jpeg'/>{}",
    ],
    ids=["group", "type", "enclosure", "link"],
)
def test_the_description_of_pictures_is_a_caption(broken: bool, media: str) -> None:
    """An entry whose media are pictures only has no text in their description; beside a recording it has."""
    caption = "<media:description>Foto: Amt</media:description>"
    assert read("", media.format(caption), broken=broken).entries[0].summary == ""
    both = media.format(caption) + "<enclosure url='https://a.example/a.mp3' type='audio/mpeg' length='1'/>"
    assert read("", both, broken=broken).entries[0].summary == "Foto: Amt"


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    ("source", "publication"),
    [
        ("<source url='https://blatt.example/rss'>Das Blatt</source>", "Das Blatt"),
        ("<source url='https://www.blatt.example/rss'/>", "blatt.example"),
        ("<source url='https://blatt.example/rss'>https://blatt.example/rss</source>", "blatt.example"),
        ("<source url='https://a.example/rss'>Blog: Politik</source>", ""),
        ("<source url='https://x.example/'>BLOG</source>", ""),
        ("<source/>", ""),
        ("", ""),
    ],
)
def test_the_outlet_of_an_aggregated_entry(broken: bool, source: str, publication: str) -> None:
    """An entry is credited to the feed that it was taken from, unless that is the feed itself."""
    entry = read("", source, broken=broken).entries[0]
    assert (entry.title, entry.publication) == ("Beitrag", publication)


@pytest.mark.parametrize("end", ["</feed>", ""])
def test_authors_of_a_planet(end: str) -> None:
    """An entry's own authors come first, then those of its source; who keeps a planet wrote none of it."""
    source = "<source><title>Blog A</title><link href='https://b.example/'/><id>https://b.example/</id>{0}</source>"
    entries = "".join(
        f"<entry><title>x</title>{own}{source.format(author)}</entry>"
        for own, author in (
            ("<author><name>Ada</name></author>", "<author><name>Eva</name></author>"),
            ("", "<author><name>Eva</name><email>e@b.example</email></author>"),
            ("", ""),
        )
    )
    feed = dispatch.parse_feed(
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><author><name>Betreiber</name></author>'
            f"{entries}<entry><title>eigen</title></entry>{end}"
        ).encode()
    )
    assert [(entry.authors, entry.publication) for entry in feed.entries] == [
        (("Ada",), "Blog A"),
        (("Eva",), "Blog A"),
        ((), "Blog A"),
        (("Betreiber",), ""),
    ]


TAGS = ["media:content", "item", "author", "p:liveItem", "media:description", "description", "image"]
TOKENS = [
    *(f"<{tag}>" for tag in TAGS),
    *(f"</{tag}>" for tag in TAGS),
    "a@b.koeln",
    "<![CDATA[<item>]]>",
    "<!--",
    "-->",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=30))
def test_any_document_is_rewritten(parts: list[str]) -> None:
    """Whatever the order of tags, a document is rewritten without an error, and nothing is added."""
    document = "".join(parts)
    rewritten = rewriting.rewrite_document(document)
    assert len(rewritten) <= len(document)


def test_many_open_elements() -> None:
    """Elements that are never closed, or only closed, are read in one pass."""
    document = "<author>a@b.de<media:content><image>" * 20_000 + "</image></media:content></p:liveItem>" * 20_000
    assert len(rewriting.rewrite_document(f"<item>{document}")) < len(document)
    for name in ("description", "author", "media:description"):
        nested = f"<item>{f'<{name}>' * 50_000}a@b.de{f'</{name}>' * 50_000}</item>"
        assert len(rewriting.rewrite_document(nested)) <= len(nested)


def test_many_captions() -> None:
    """An entry with thousands of captions is read in one pass, with each parser."""
    captions = "<media:description>Foto</media:description>" * 20_000
    for broken in (False, True):
        assert read("", captions + "<description>Text</description>", broken=broken).entries[0].summary == "Text"


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize("source", ["<author><email>a@b.example</email></author>", "<id>urn:x:1</id>"])
def test_an_entry_of_a_nameless_source_is_not_the_planets(broken: str, source: str) -> None:
    """A source that gives neither title nor address is another's: the entry's host is named, and no author."""
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><author><name>Der Sammler</name></author>'
        f'<link href="https://planet.example/"/><entry><title>x</title>{broken}<link href="https://b.example/1"/>'
        f"<source>{source}</source></entry></feed>"
    )
    entry = dispatch.parse_feed(document.encode(), "", site_url="https://planet.example/").entries[0]
    assert (entry.authors, entry.publication) == ((), "b.example")
