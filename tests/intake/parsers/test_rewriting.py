from __future__ import annotations

import msgspec
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
    for name in ("description", "author", "media:description", "media:group", "u:object"):
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


OTHER = (
    "<id>urn:fremd</id><guid>fremd</guid><title>Fremd</title><link>https://fremd.example/</link>"
    '<link rel="alternate" href="https://fremd.example/9"/><author><name>Otto Fremd</name></author>'
    "<dc:creator>Fotograf</dc:creator><published>2026-01-01T00:00:00Z</published><pubDate>1 Jan 2026</pubDate>"
    '<summary>Fremd</summary><category term="fremd"/><media:content medium="audio" url="https://fremd.example/a"/>'
    "<enclosure url='https://fremd.example/e'/><podcast:person>Gast</podcast:person><media:title>Fremd</media:title>"
)
OWN = "<title>Eigen</title><link rel='alternate' href='https://a.example/1'/><updated>2026-11-27T08:00:00Z</updated>"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:u="urn:u" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
)


def read_atom(inner: str, channel: str = "", *, broken: bool = False) -> Feed:
    """Read an Atom feed with an author and one entry."""
    return dispatch.parse_feed(
        (
            f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>Feed</title>'
            f"<author><name>Eva</name></author>{channel}<entry>{inner}</entry>" + ("" if broken else "</feed>")
        ).encode()
    )


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "element",
    [
        "u:object",
        "u:item",
        "object",
        "media:thumbnail",
        "media:embed",
        "media:credit",
        "enclosure",
        "podcast:value",
        "comments",
        "contributor",
    ],
)
def test_what_an_element_of_an_entry_holds_describes_something_else(broken: bool, element: str) -> None:
    """Only the children of an entry are its own: what they hold is another article, a picture or a person."""
    for nested in (OTHER, f"<u:deep>{OTHER}</u:deep>", f"<media:group>{OTHER}</media:group>"):
        part = f"<{element}>{nested}</{element}>"
        if element != "contributor" and nested == OTHER:
            part += f"<{element}><entry>{OTHER}</entry></{element}>"
        for inner in (OWN + part, part + OWN):
            feed = read_atom(inner, broken=broken)
            assert [msgspec.structs.replace(entry, enclosures=()) for entry in feed.entries] == [
                *read_atom(OWN).entries
            ]


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "container",
    [
        "<link rel='replies' href='https://a.example/replies'>{}</link>",
        "<content type='application/atom+xml'>{}</content>",
        "<author><name>Ada</name>{}</author>",
        "<atom:author><atom:name>Ada</atom:name>{}</atom:author>",
        "<category term='eigen'>{}</category>",
        "<media:group><media:title>Film</media:title><u:x>{}</u:x></media:group>",
    ],
)
def test_known_elements_hold_foreign_ones(broken: bool, container: str) -> None:
    """An element keeps what it may hold; another article in it is neither an entry nor part of this one."""
    plain = read_atom(OWN + container.format(""), broken=broken)
    for nested in (
        f"<entry>{OTHER}</entry>",
        f"<u:x>{OTHER}</u:x>",
        "<title>Fremd</title><link href='https://f.example/'/>",
    ):
        assert read_atom(OWN + container.format(nested), broken=broken) == plain


@pytest.mark.parametrize("broken", [False, True])
def test_media_groups_hold_media_only(broken: bool) -> None:
    """A group of media gives the entry its recording and its description; who took a picture is no author."""
    group = (
        "<media:group><media:content type='video/mp4' url='https://a.example/v'><dc:creator>Kamera</dc:creator>"
        "</media:content><media:description>Worum</media:description><dc:creator>Foto</dc:creator></media:group>"
    )
    (entry,) = read_atom(f"{OWN}<dc:creator>Dora</dc:creator>{group}", broken=broken).entries
    assert (entry.authors, entry.summary) == (("Dora",), "Worum")
    assert [enclosure.link for enclosure in entry.enclosures] == ["https://a.example/v"]


@pytest.mark.parametrize("broken", [False, True])
def test_a_feed_is_not_what_its_elements_hold(broken: bool) -> None:
    """A feed keeps its title, link and author beside the account that publishes it; entries in a group are read."""
    subject = f"<u:subject>{OTHER.replace('<podcast', '<u:podcast')}</u:subject>"
    assert read_atom(OWN, subject, broken=broken) == read_atom(OWN, broken=broken)
    grouped = read_atom(OWN, f"<u:group><title>Teil</title><entry>{OWN}</entry></u:group>", broken=broken)
    assert [entry.title for entry in grouped.entries] == ["Eigen", "Eigen"]


@pytest.mark.parametrize("broken", [False, True])
def test_markup_and_lists_stay(broken: bool) -> None:
    """Markup in a text, a date marked up as one and categories in a list are the entry's own."""
    text = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein <b>Satz</b></p></div></content>'
    lists = "<categories><category>eins</category><category>zwei</category></categories>"
    date = "<published><time datetime='x'>2026-11-26T08:00:00Z</time></published>"
    (entry,) = read_atom(f"{OWN}{date}{lists}{text}", broken=broken).entries
    assert (entry.content, entry.categories) == ("Ein Satz", ("eins", "zwei"))
    assert str(entry.published) == "2026-11-26 08:00:00+00:00"


@pytest.mark.parametrize("end", ["</feed>", ""])
@pytest.mark.parametrize(
    "author",
    [
        "<author><email>eva@b.example</email></author>",
        "<author><name>eva@b.example</name></author>",
        "<author><name/><uri>https://b.example/</uri></author>",
        "<author>eva@b.hamburg</author>",
        "<author>mailto:eva@b.example</author>",
    ],
)
def test_an_author_without_a_name_is_not_the_feeds(author: str, end: str) -> None:
    """The feed's author counts only if an entry has none (RFC 4287, 4.2.1), not if it has one without a name."""
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><author><name>Chef</name></author>'
        f"<entry><title>x</title>{author}</entry><entry><title>y</title><author><name/></author></entry>"
        f"<entry><title>z</title><source><author><email>a@b.example</email></author></source></entry>{end}"
    )
    entries = dispatch.parse_feed(document.encode()).entries
    assert [entry.authors for entry in entries] == [(), ("Chef",), ()]
