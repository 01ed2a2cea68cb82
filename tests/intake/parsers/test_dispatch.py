from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kuratorium.edition.model import Speaker
from kuratorium.errors import SourceError
from kuratorium.intake.parsers import dispatch, podcasts
from kuratorium.intake.parsers.model import Enclosure

ReadFile = Callable[[str], bytes]


def test_rss_of_wordpress(feed: ReadFile) -> None:
    """Title, link, author, date, guid, categories and both texts of an RSS 2.0 entry are read as plain text."""
    blog = dispatch.parse_feed(feed("wordpress.xml"))
    first, second = blog.entries
    assert (blog.title, blog.link, blog.lang) == ("Werkstatt – Blog", "https://werkstatt.example", "de-DE")
    assert first.id == "https://werkstatt.example/?p=11"
    assert first.link == "https://werkstatt.example/2026/10/zwei/?utm=a&b=c"
    assert first.title == "Zwei & zwei „macht“ fünf"
    assert first.authors == ("Ada Beispiel",)
    assert first.published == datetime(2026, 10, 12, 22, 30, tzinfo=UTC)
    assert first.categories == ("Rechnen & Raten", "Anzeige")
    assert first.summary == "Erster Absatz. Zweiter Absatz […]"
    assert first.content == "Erster Absatz. eins zwei"
    assert (second.authors, second.summary, second.content) == ((), "Kurz.", "")


def test_atom(feed: ReadFile) -> None:
    """An Atom entry may have several authors, inherit those of the feed, and have a language of its own."""
    amt = dispatch.parse_feed(feed("atom.xml"))
    first, second = amt.entries
    assert (amt.title, amt.link, amt.lang) == ("Amt & Code", "https://amt.example/", "de")
    assert first.title == "Who maintains <canvas>?"
    assert first.link == "https://amt.example/en/1"
    assert first.authors == ("Bo Muster", "Cleo Probe")
    assert (first.lang, first.content, first.categories) == ("en-GB", "One. Two.", ("Freie Software",))
    assert first.date == first.published == datetime(2026, 10, 11, 21, 30, tzinfo=UTC)
    assert (second.title, second.authors, second.lang) == ("Nichts Neues", ("Die Redaktion",), "")
    assert (second.summary, second.published) == ("1 < 2", None)
    assert second.date == second.updated == datetime(2026, 10, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize(
    ("inner", "link"),
    [
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="/text"/>', "https://mola.example/text"),
        ('<link rel="HTTPS://www.iana.org/assignments/link-relations/alternate" href="/text"/>',
         "https://mola.example/text"),
        ('<content type="text/html" src="https://mola.example/whole"/>', "https://mola.example/whole"),
        ('<content type="application/pdf" src="/whole.pdf"/>', "https://mola.example/whole.pdf"),
        ('<content src="/whole"/><link href="/text"/>', "https://mola.example/text"),
        ('<content xml:base="https://files.example/" src="whole"/>', "https://files.example/whole"),
        ("", "https://mola.example/id"),
    ],
)  # fmt: skip
def test_links_of_atom(inner: str, link: str, broken: str) -> None:
    """The relation of a link may be written as an address; without a link, the address of the content counts."""
    entry = f"<entry><id>https://mola.example/id</id><title>x</title>{inner}{broken}</entry>"
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://mola.example/"/>{entry}</feed>'
    assert dispatch.parse_feed(document.encode()).entries[0].link == link


@pytest.mark.parametrize("broken", ["", "<br>"])
def test_relations_written_as_addresses(broken: str) -> None:
    """The site of a feed, recordings and canonical addresses are found by such a relation, too."""
    links = "".join(
        f'<link rel="http://www.iana.org/assignments/relation/{name}" href="https://mola.example/{name}"/>'
        for name in ("alternate", "enclosure", "canonical")
    )
    document = f'<feed xmlns="http://www.w3.org/2005/Atom">{broken}{links}<entry>{links}</entry></feed>'
    feed = dispatch.parse_feed(document.encode())
    entry = feed.entries[0]
    addresses = (feed.link, entry.link, entry.enclosures[0].link, entry.canonical)
    assert [address.rpartition("/")[2] for address in addresses] == ["alternate", "alternate", "enclosure", "canonical"]


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize("name", ["dc:language", "language"])
def test_the_language_of_an_entry(name: str, broken: str) -> None:
    """An entry of RSS may state a language of its own, which is told if it is not that of the feed."""
    items = "".join(f"<item><title>x</title><{name}>{code}</{name}></item>" for code in ("fr", "en-us", "?", ""))
    start = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><language>en-us</language>'
    feed = dispatch.parse_feed(f"{start}{items}<item><title>x</title></item>{broken}</channel></rss>".encode())
    assert (feed.lang, [entry.lang for entry in feed.entries]) == ("en-us", ["fr", "", "", "", ""])


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("<itunes:title>Folge &amp;amp; mehr</itunes:title>", "Folge & mehr"),
        ("<itunes:title>Folge</itunes:title><title>7: Folge</title>", "7: Folge"),
        ("<title/><itunes:title>Folge</itunes:title>", "Folge"),
        ("<title>&lt;![CDATA[Folge]]&gt;</title>", "Folge"),
    ],
)
def test_titles_of_entries(inner: str, title: str, broken: str) -> None:
    """A title for programs that play podcasts counts where there is no other; marks of CDATA are none of a title."""
    channel = f"<channel><itunes:title>Sendung</itunes:title>{broken}<item><link>/a</link>{inner}</item></channel>"
    itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd"
    document = dispatch.parse_feed(f'<rss version="2.0" xmlns:itunes="{itunes}">{channel}</rss>'.encode())
    assert (document.title, document.entries[0].title) == ("Sendung", title)


@pytest.mark.parametrize("broken", ["", "<br>"])
@pytest.mark.parametrize(
    ("inner", "day"),
    [
        ("<dcterms:modified>2026-10-09</dcterms:modified><dcterms:created>2026-10-05</dcterms:created>", 5),
        ("<dcterms:created>2026-10-05</dcterms:created><dcterms:issued>2026-10-06</dcterms:issued>", 6),
        ("<created>2026-10-05</created>", 5),
        ("<created>bald</created><dcterms:modified>2026-10-09</dcterms:modified>", 9),
    ],
)
def test_the_day_on_which_an_entry_was_created(inner: str, day: int, broken: str) -> None:
    """An entry is dated by its creation rather than by its last change, if its publication is not stated."""
    item = f'<channel xmlns:dcterms="http://purl.org/dc/terms/">{broken}<item><title>x</title>{inner}</item></channel>'
    date = dispatch.parse_feed(f'<rss version="2.0">{item}</rss>'.encode()).entries[0].date
    assert date is not None
    assert date.day == day


def test_rss_1(feed: ReadFile) -> None:
    """The id of an RSS 1.0 entry is its rdf:about; author and date are Dublin Core elements."""
    (entry,) = dispatch.parse_feed(feed("rss10.rdf")).entries
    assert (entry.id, entry.link) == ("https://depesche.example/7",) * 2
    assert (entry.title, entry.authors, entry.categories) == ("Sieben", ("Dora Depesche",), ("Presse",))
    assert entry.date == datetime(2026, 10, 7, 7, 7, 7, tzinfo=UTC)


def test_rss_091(feed: ReadFile) -> None:
    """RSS 0.91 is read, and the DTD that its document type names is not opened."""
    old = dispatch.parse_feed(feed("rss091.xml"))
    assert old.lang == "en-us"
    assert [(entry.title, entry.link, entry.summary, entry.date) for entry in old.entries] == [
        ("First", "http://alt.example/1.html", "One", None),
        ("Second", "http://alt.example/2.html", "", None),
    ]


def test_cdf(feed: ReadFile) -> None:
    """CDF is read, including its attributes."""
    (entry,) = dispatch.parse_feed(feed("channel.cdf")).entries
    assert (entry.title, entry.link, entry.summary) == ("Neu", "http://kanal.example/neu.html", "Etwas Neues")


def test_json_feed(feed: ReadFile) -> None:
    """JSON Feed 1.1 has relative links, numeric ids, link posts, attachments; fields of the wrong type are skipped."""
    notes = dispatch.parse_feed(feed("jsonfeed.json"), "application/feed+json")
    first, second = notes.entries
    assert (notes.title, notes.link, notes.lang) == ("Second Notes", "https://notes.example/", "en")
    assert (first.id, first.link, first.authors) == ("1", "https://notes.example/1", ("Nora Notes",))
    assert (first.content, first.date) == ("Hello there", datetime(2026, 10, 2, 13, 0, tzinfo=UTC))
    assert (second.title, second.link, second.lang) == ("", "https://elsewhere.example/x", "de")
    assert (second.authors, second.content, second.categories) == (("Gast",), "No title, only text.", ("Eins", "Zwei"))
    assert second.enclosures == (Enclosure(link="https://notes.example/2.mp3", type="audio/mpeg", length=12),)


@pytest.mark.parametrize(
    ("addresses", "authors", "publication"),
    [
        ({"external_url": "https://other.example/1"}, (), "other.example"),
        ({"external_url": "https://own.example/1"}, ("Own",), ""),
        ({"external_url": "https://other.example/1", "url": "https://own.example/1"}, ("Own",), ""),
        ({"external_url": "https://other.example/1", "author": {"name": "Ina"}}, ("Ina",), "other.example"),
    ],
)
def test_a_page_elsewhere_is_not_credited_to_the_feed_that_names_it(
    addresses: dict[str, object], authors: tuple[str, ...], publication: str
) -> None:
    """An item of JSON Feed without an address of its own is a link to another's page."""
    document = {"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://own.example/"}
    item = {"id": "1", "title": "T", **addresses}
    feed = dispatch.parse_feed(json.dumps({**document, "authors": [{"name": "Own"}], "items": [item]}).encode())
    (entry,) = feed.entries
    assert (entry.authors, entry.publication) == (authors, publication)


def test_json_feed_1_0(feed: ReadFile) -> None:
    """JSON Feed 1.0 has one author; the id may be the only link; escapes in a title are decoded."""
    old = dispatch.parse_feed(feed("jsonfeed10.json"))
    assert old.title == "Alt & gut"
    assert (old.entries[0].link, old.entries[0].authors) == ("https://alt.example/a", ("Otto Alt",))


def test_rss_in_json(feed: ReadFile) -> None:
    """RSS in JSON has the elements of RSS; a guid may be an object."""
    notes = dispatch.parse_feed(feed("rss.json"), "application/json")
    first, second = notes.entries
    assert (notes.title, notes.link, notes.lang) == ("Notizen", "https://notiz.example/", "de")
    assert (first.id, first.link, first.title) == ("https://notiz.example/1", "https://notiz.example/1", "")
    assert (first.summary, first.authors) == ("Ein Satz & ein Link.", ("Nils Notiz",))
    assert first.published == datetime(2026, 10, 6, 8, 0, tzinfo=UTC)
    assert (second.id, second.title) == ("n2", "Zwei")
    assert second.enclosures == (Enclosure(link="https://notiz.example/2.mp3", type="audio/mpeg", length=77),)


def test_recording_of_a_podcast(feed: ReadFile) -> None:
    """A podcast gives duration and transcript of its recording; media:content counts as an enclosure, too."""
    (entry,) = dispatch.parse_feed(feed("podcast-2.xml")).entries
    assert (entry.duration, entry.transcript) == (3725, "https://cdn.example/hb2.vtt")
    assert entry.authors == ("Ela Ohr",)
    assert entry.enclosures == (
        Enclosure(link="https://cdn.example/hb2.mp3", type="audio/mpeg", length=1000),
        Enclosure(link="https://cdn.example/hb2.mp4", type="video/mp4", length=2000),
    )


@pytest.mark.parametrize("before", [b"", b"<!DOCTYPE rss>\n"], ids=["well formed", "feedparser"])
def test_people_of_a_podcast(feed: ReadFile, before: bytes) -> None:
    """The people of an episode, else of its channel, are read with their roles, by both parsers.

    Hosts count as authors if the feed names no other; of several transcripts the most readable one counts.
    """
    own, inherited, text = dispatch.parse_feed(feed("podcast-people.xml").replace(b"<rss", before + b"<rss", 1)).entries
    assert own.people == (
        Speaker(name="Hella & Co", role="host"),
        Speaker(name="Jürgen Fröhlich", role="guest"),
        Speaker(name="Piet Regler", role="producer"),
    )
    assert (own.authors, own.chapters) == (("Hella & Co",), "https://cdn.example/z1-kapitel.json")
    assert own.transcript == "https://zweierlei.example/z1.html"
    assert inherited.people == (Speaker(name="Hella Gast", role="host"),)
    assert (inherited.authors, inherited.transcript, inherited.chapters) == (("Studio Zwei",), "", "")
    assert (text.authors, text.people) == ((), ())


def test_people_of_a_broken_podcast() -> None:
    """People and transcripts of a broken document are read, but not those in comments or in <source>."""
    document = """<rss version="2.0"><channel><title>A & B</title>
        <podcast:person role="cohost"><![CDATA[Cora & Co]]></podcast:person>
        <item><title>1</title><enclosure url="https://a.example/1.mp3"/>
          <!-- <podcast:person>Nemo</podcast:person> -->
          <source url="https://b.example/">B<podcast:person>Nora</podcast:person></source>
          <PODCAST:person ROLE='guest'>Jörg &amp; Ina</PODCAST:person>
          <podcast:transcript url="/1.txt?a=1&amp;b=2" type="TEXT/plain"/></item>
        <item><title>2</title><enclosure url="https://a.example/2.mp3"/>"""
    first, second = dispatch.parse_feed(document.encode(), feed_url="https://a.example/feed").entries
    assert first.people == (Speaker(name="Jörg & Ina", role="guest"),)
    assert first.transcript == "https://a.example/1.txt?a=1&b=2"
    assert second.people == (Speaker(name="Cora & Co", role="cohost"),)


@pytest.mark.parametrize(
    "document",
    [
        "<podcast:person>" + "</podcast:person>" * 200_000,
        f"<podcast:person {'a' * 1_000_000}>",
        "podcast:" + "<!--" * 1_000_000,
        "podcast:" + "<a '" * 1_000_000,
    ],
    ids=["end tags", "long attribute", "comments", "quotes"],
)
def test_podcast_elements_of_hostile_documents(document: str) -> None:
    """Hostile documents are searched for podcast elements in a time proportional to their length."""
    parsed = {"feed": dict[str, object](), "entries": []}
    podcasts.add_podcast_elements(parsed, document)
    assert parsed["entries"] == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("75", 75), ("75.5", 75), ("01:15", 75), ("1:02:05", 3725), ("", 0), ("1h", 0), ("1:2:3:4", 0)],
)
def test_durations(text: str, seconds: int) -> None:
    """Durations are read in all forms of itunes:duration; anything else is 0."""
    assert podcasts.parse_duration(text) == seconds


def test_video_without_a_link(feed: ReadFile) -> None:
    """A video whose entry has only an id gets the address of its YouTube page."""
    (entry,) = dispatch.parse_feed(feed("video-id.xml")).entries
    assert (entry.link, entry.title) == ("https://www.youtube.com/watch?v=abcDEF_1234", "Nur die Kennung")


def test_canonical_address(feed: ReadFile) -> None:
    """The article's own address is read if the feed gives it beside a link that leads through a counter."""
    entries = dispatch.parse_feed(feed("canonical.xml")).entries
    assert [(entry.link, entry.canonical) for entry in entries] == [
        ("https://umweg.example/~r/1", "https://eigen.example/1"),
        ("https://umweg.example/~r/2", "https://eigen.example/2"),
        ("https://umweg.example/~r/3", "https://eigen.example/3"),
    ]


def test_dates_in_german(feed: ReadFile) -> None:
    """German dates are read; a date in the future is kept, for a parser has no clock."""
    entries = dispatch.parse_feed(feed("german-dates.xml")).entries
    assert [entry.date and entry.date.isoformat() for entry in entries] == [
        "2026-03-12T09:30:00+00:00",
        "2026-10-06T00:00:00+00:00",
        "2099-01-01T00:00:00+00:00",
        None,
    ]


def test_podcast(feed: ReadFile) -> None:
    """The enclosure of a podcast's entry is also its link if it has no other."""
    (entry,) = dispatch.parse_feed(feed("podcast.xml")).entries
    address = "https://cdn.example/hb1.mp3?x=1&y=2"
    assert entry.enclosures == (Enclosure(link=address, type="audio/mpeg", length=123456),)
    assert (entry.link, entry.authors, entry.summary) == (address, ("Ela Ohr",), "Wir reden.")


def test_video_channel(feed: ReadFile) -> None:
    """The text of a video comes from its media:group; the title of the entry is kept."""
    (entry,) = dispatch.parse_feed(feed("video.xml")).entries
    assert (entry.id, entry.title) == ("yt:video:abc", "Der Film")
    assert (entry.link, entry.authors) == ("https://video.example/watch?v=abc", ("Kanal Bild",))
    assert entry.summary == "Worum es geht. Zeile zwei."


@pytest.mark.parametrize("content_type", ["", "text/xml", "application/rss+xml; charset=utf-8", "text/html"])
def test_iso_8859_1(feed: ReadFile, content_type: str) -> None:
    """Umlauts in ISO-8859-1 are read whatever the server says; a mail address is no author."""
    (entry,) = dispatch.parse_feed(feed("latin1.xml"), content_type).entries
    assert (entry.title, entry.summary) == ("Fünf süße Äpfel für Jörg", "Straße")
    assert entry.link == "https://umlaut.example/%C3%A4pfel"
    assert entry.authors == ("Jörg Weiß",)


@pytest.mark.parametrize("content_type", ["", "text/xml; charset=ISO-8859-1"])
def test_utf_8_whatever_is_declared(feed: ReadFile, content_type: str) -> None:
    """Bytes that are valid UTF-8 are read as UTF-8, whatever the document and its server declare."""
    assert dispatch.parse_feed(feed("utf8-said-to-be-latin1.xml"), content_type).entries[0].title == "Übung – “genau”"


def test_relative_links(feed: ReadFile) -> None:
    """Relative links are resolved against the feed's link; an entry may have neither date nor id."""
    entries = dispatch.parse_feed(
        feed("relative.xml"), site_url="https://site.example/", feed_url="https://x.example/f"
    ).entries
    assert [entry.link for entry in entries] == [
        "https://zettel.example/notiz/1",
        "https://zettel.example/blog/notiz/2",
    ]
    assert {(entry.id, entry.date) for entry in entries} == {("", None)}


def test_xml_base(feed: ReadFile) -> None:
    """Relative links are resolved against xml:base first."""
    assert dispatch.parse_feed(feed("relative-base.xml")).entries[0].link == "https://basis.example/hier/eins"


@pytest.mark.parametrize(
    ("site", "address", "link"),
    [
        ("https://site.example/", "https://feed.example/f", "https://site.example/eins"),
        ("", "https://feed.example/f", "https://feed.example/eins"),
        ("", "", ""),
    ],
)
def test_relative_links_of_a_feed_without_an_address(feed: ReadFile, site: str, address: str, link: str) -> None:
    """If the feed gives no link of its own, the source's site is the base, else the address of the feed."""
    assert dispatch.parse_feed(feed("relative-lost.xml"), site_url=site, feed_url=address).entries[0].link == link


def test_broken_feed_with_entries(feed: ReadFile) -> None:
    """A feed that is not well-formed is read as far as possible."""
    broken = dispatch.parse_feed(feed("broken.xml"))
    assert [entry.title for entry in broken.entries] == ["Eins & eins", "Zwei"]


def test_blank_lines_before_the_feed(feed: ReadFile) -> None:
    """Blank lines and a byte order mark before the declaration are ignored."""
    assert dispatch.parse_feed(feed("blank-first.xml")).entries[0].title == "a"


@pytest.mark.parametrize(
    ("name", "reason", "message"),
    [
        (
            "page.html",
            "html",
            "an HTML page, not a feed; it names a feed at https://feed.example/neu/feed (and 1 more)",
        ),
        ("empty.xml", "empty", "the answer is empty"),
        ("broken-early.xml", "broken", "the feed breaks off before its first entry (3:0: no element found)"),
    ],
)
def test_no_feed(feed: ReadFile, name: str, reason: str, message: str) -> None:
    """A document that is no feed is an error whose reason and message say what it is."""
    with pytest.raises(SourceError) as caught:
        dispatch.parse_feed(feed(name), feed_url="https://feed.example/rss")
    assert (caught.value.reason, str(caught.value)) == (reason, message)


@pytest.mark.parametrize(
    ("document", "reason", "message"),
    [
        (b"<!doctype html><title>x</title>", "html", "it names no feed either"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "html", "it names no feed either"),
        (b"<?xml version='1.0'?><opml/>", "no-feed", "neither RSS, Atom nor JSON Feed"),
        (b"Not found, sorry.", "no-feed", 'it begins with "Not found, sorry."'),
        (b"HTTP/1.1 200 OK\r\n\r\n<rss><channel><item/></channel></rss>", "no-feed", 'it begins with "HTTP/1.1 200 OK'),
        (b'{"rss": {}}', "no-feed", "JSON, but neither JSON Feed nor RSS in JSON"),
        (b'{"rss": {"channel": [', "broken", "it cannot be decoded"),
        (b'{"feed": {}}', "no-feed", "JSON, but no JSON Feed"),
        (b"[1]", "no-feed", "a feed is an object"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "broken", "line 1"),
        (b'{"items": ' + b"[" * 200_000, "broken", "cannot be decoded"),
        (b"\xff\xfe\x00", "empty", "the answer is empty"),
        (b"\x89PNG\r\n", "no-feed", "neither RSS, Atom nor JSON Feed"),
    ],
)
def test_other_documents(document: bytes, reason: str, message: str) -> None:
    """Whatever a server sends instead of a feed, the message says what it is."""
    with pytest.raises(SourceError) as caught:
        dispatch.parse_feed(document, feed_url="https://feed.example/")
    assert caught.value.reason == reason
    assert message in str(caught.value)


def test_hostile_titles_and_links(feed: ReadFile) -> None:
    """Markup and direction controls are removed; links are http(s), without password and unsafe characters."""
    script, reverse, yaml = dispatch.parse_feed(feed("hostile.xml")).entries
    assert (script.title, script.link) == ("Hallo", "")
    assert (reverse.title, reverse.link) == ("../../../etc/passwdfdp.exe", "https://evil.example/a%20b%22c")
    assert (yaml.title, yaml.link, yaml.id) == ("--- uid: owned title: [", "", "c")


def test_entity_bombs(feed: ReadFile) -> None:
    """An entity bomb is refused before it is parsed, wherever its document type stands."""
    bomb = feed("entities.xml")
    hidden = bomb.replace(b"<!DOCTYPE", b"<!-- <rss> -->" + b" " * 5000 + b"<!DOCTYPE")
    large = bomb.replace(b'"boom"', b'"' + b"x" * 30_000 + b'"').replace(b"&", b"")
    for document in (bomb, hidden, large):
        with pytest.raises(SourceError) as caught:
            dispatch.parse_feed(document)
        assert (caught.value.reason, str(caught.value)) == (
            "bomb",
            "the feed defines entities that expand without end (an XML bomb); it was not read",
        )


def test_entities_that_name_files(feed: ReadFile) -> None:
    """An external entity does not read a file into a title."""
    (entry,) = dispatch.parse_feed(feed("entity-file.xml")).entries
    assert entry.title == "&file;"


@pytest.mark.parametrize(
    "inner",
    ["<a>" * 50_000 + "</a>" * 50_000, "<title>" + "&lt;b&gt;" * 300_000 + "</title>", "<title>" + "<b>" * 20_000],
    ids=["deep", "deep in a title", "never closed"],
)
def test_deep_markup(inner: str) -> None:
    """Deeply nested markup is read in a time proportional to its length."""
    document = f'<rss version="2.0"><channel><item>{inner}<link>https://a.example/</link></item></channel></rss>'
    assert len(dispatch.parse_feed(document.encode()).entries) == 1


def test_a_hundred_thousand_entries() -> None:
    """A feed with a hundred thousand entries is read whole."""
    item = "<item><title>T{0}</title><link>https://a.example/{0}</link><guid>{0}</guid></item>"
    items = "".join(item.format(number) for number in range(100_000))
    long = dispatch.parse_feed(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())
    assert len({entry.id for entry in long.entries}) == 100_000
