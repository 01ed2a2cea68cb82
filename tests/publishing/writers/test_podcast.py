import re
import uuid
from datetime import timedelta
from gettext import NullTranslations
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.curation import Image, Person, Podcast, PodcastOwner, Series
from kuratorium.edition.model import Disclosure, Event, Post, SeriesPosition, Speaker
from kuratorium.edition.pictures.model import Picture
from kuratorium.edition.podcasts.model import Audio, Chapter, Media
from kuratorium.publishing.page import PodcastPage
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.writers.feed_items import FeedWording, build_feed_content
from kuratorium.publishing.writers.podcast import make_podcast_guid, write_podcast
from tests.publishing.makers import ADA, BEN, NOON, catalog, post, site

SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
PODCAST = Podcast(
    category="Management", explicit=False, owner=PodcastOwner(name="Ada Lamm", email="ton@weiche.example")
)
SERIES = Series(id="abende", name="Abende", intro="*Vier* im Jahr.")
AUDIO = Audio(file="media/abend 1.mp3", bytes=1234, type="audio/mpeg", duration="1:00:05")
CHAPTERS = (
    Chapter(start="00:00", title="Anfang"),
    Chapter(start="10:00", title="Der Streit", soundbite=True),
    Chapter(start="59:00", title="Schluss", soundbite=True),
)
MEDIA = Media(audio=AUDIO, transcript="media/abend.vtt", chapters=CHAPTERS)
PAST = Event(start=NOON - timedelta(days=9), end=NOON - timedelta(days=9, hours=-1), place="Alte Halle, Nordau")
NEXT = Event(start=NOON + timedelta(days=9), end=NOON + timedelta(days=9, hours=1), url="https://raum.example/2")


def episode(number: int = 1, **fields: Any) -> Post:
    """Return a past talk of the series with a recording."""
    base = {
        "format": "talk",
        "path": f"gespraeche/nr-{number}.html",
        "event": PAST,
        "hosts": (ADA,),
        "guests": (BEN, Speaker(name="Cleo Ost")),
        "media": MEDIA,
        "series": SeriesPosition(id="abende", position=number),
        "has_timecodes": True,
    }
    return post(number, **(base | fields))


def to_come(number: int = 9, **fields: Any) -> Post:
    """Return a talk of the series that is to come."""
    return episode(number, **({"event": NEXT, "media": None, "upcoming": True, "has_timecodes": False} | fields))


def write(*posts: Post, podcast: Podcast = PODCAST, series: Series = SERIES, **site_fields: Any) -> bytes:
    """Write the podcast of a site with these posts."""
    pages = plan_pages(catalog(*posts, podcast=podcast, series=(series,)), site(**site_fields))
    (page,) = [page for page in pages if isinstance(page, PodcastPage)]
    content = build_feed_content(page, lambda uid, _: f"<p>{uid}</p>", FeedWording(NullTranslations(), str, str))
    return write_podcast(page, content, NullTranslations())


def channel(*posts: Post, **fields: Any) -> ET.Element:
    """Return the channel of a podcast as XML."""
    element = ET.fromstring(write(*posts, **fields)).find("channel")
    assert element is not None
    return element


def find(element: ET.Element, path: str) -> ET.Element:
    """Return the one element at a path."""
    (found,) = element.findall(path, SPACES)
    return found


def test_a_podcast_has_what_directories_require() -> None:
    """Title, description, language, category, explicit, owner and cover stand where Apple looks for them."""
    podcast = channel(episode())
    assert [podcast.findtext(name) for name in ("title", "description", "language", "link")] == [
        *("Abende", "Vier im Jahr.", "de", "https://weiche.example/reihen/abende.html"),
    ]
    category = find(podcast, "itunes:category")
    assert category.attrib == {"text": "Business"}
    assert find(category, "itunes:category").attrib == {"text": "Management"}
    assert podcast.findtext("itunes:explicit", namespaces=SPACES) == "false"
    assert podcast.findtext("itunes:owner/itunes:name", namespaces=SPACES) == "Ada Lamm"
    assert podcast.findtext("itunes:owner/itunes:email", namespaces=SPACES) == "ton@weiche.example"
    assert podcast.findtext("itunes:author", namespaces=SPACES) == "Weiche"
    cover = find(podcast, "itunes:image").attrib["href"]
    assert re.fullmatch(r"https://weiche\.example/reihen/abende/podcast-[0-9a-f]{12}\.png", cover)
    assert podcast.findtext("image/url") == cover


def test_a_podcast_says_what_it_is_in_the_podcast_namespace() -> None:
    """Its guid hangs on its address, it belongs to its owner, and whoever hosts half of it is its host."""
    podcast = channel(
        episode(1, hosts=(ADA,)), episode(2, hosts=(ADA, BEN)), episode(3, hosts=(ADA, Speaker(name="Gast")))
    )
    guid = podcast.findtext("podcast:guid", namespaces=SPACES)
    assert guid == make_podcast_guid("https://weiche.example/reihen/abende/podcast.xml")
    assert uuid.UUID(guid).version == 5
    locked = find(podcast, "podcast:locked")
    assert (locked.text, locked.attrib) == ("yes", {"owner": "ton@weiche.example"})
    assert podcast.findtext("podcast:medium", namespaces=SPACES) == "podcast"
    (host,) = podcast.findall("podcast:person", SPACES)
    assert (host.text, host.attrib) == (
        "Ada Lamm",
        {"role": "host", "href": "https://weiche.example/menschen/ada.html"},
    )
    unlocked = Podcast(category="Arts", explicit=True, owner=PODCAST.owner, locked=False)
    assert find(channel(episode(), podcast=unlocked), "podcast:locked").text == "no"
    assert find(channel(episode(), podcast=unlocked), "itunes:explicit").text == "true"


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_guid_is_the_one_that_the_namespace_defines(url: str, guid: str) -> None:
    """The examples of the specification; scheme and slashes at the end do not count."""
    assert make_podcast_guid(url) == guid


def test_an_episode_has_its_recording() -> None:
    """Address, size and type in the enclosure, which feed readers know, too; length, number and season beside it."""
    item = find(channel(episode(series=SeriesPosition(id="abende", position=4, season=2))), "item")
    assert find(item, "enclosure").attrib == {
        "url": "https://weiche.example/media/abend%201.mp3",
        "length": "1234",
        "type": "audio/mpeg",
    }
    texts = {name: item.findtext(name, namespaces=SPACES) for name in ("itunes:duration", "itunes:episodeType")}
    assert texts == {"itunes:duration": "3605", "itunes:episodeType": "full"}
    for prefix in ("itunes", "podcast"):
        assert item.findtext(f"{prefix}:season", namespaces=SPACES) == "2"
        assert item.findtext(f"{prefix}:episode", namespaces=SPACES) == "4"
    assert find(channel(episode()), "item").find("itunes:season", SPACES) is None
    assert (item.findtext("guid"), find(item, "guid").attrib) == ("u-000001", {"isPermaLink": "false"})
    elsewhere = Media(audio=Audio(url="https://ton.example/1.mp3?a&b", bytes=7, type="audio/mpeg"))
    item = find(channel(episode(media=elsewhere)), "item")
    assert find(item, "enclosure").attrib["url"] == "https://ton.example/1.mp3?a&b"
    assert item.find("itunes:duration", SPACES) is None


def test_an_episode_has_transcript_chapters_and_samples() -> None:
    """Captions and text; chapters as a file; chapters that are marked are samples of at most two minutes."""
    item = find(channel(episode()), "item")
    base = "https://weiche.example"
    assert [element.attrib for element in item.findall("podcast:transcript", SPACES)] == [
        {"url": f"{base}/media/abend.vtt", "type": "text/vtt", "rel": "captions", "language": "de"},
        {"url": f"{base}/gespraeche/nr-1.txt", "type": "text/plain", "language": "de"},
    ]
    chapters = {"url": f"{base}/gespraeche/nr-1.chapters.json", "type": "application/json+chapters"}
    assert find(item, "podcast:chapters").attrib == chapters
    assert [(element.text, element.attrib) for element in item.findall("podcast:soundbite", SPACES)] == [
        ("Der Streit", {"startTime": "600.0", "duration": "120.0"}),
        ("Schluss", {"startTime": "3540.0", "duration": "65.0"}),
    ]
    bare = find(channel(episode(media=Media(audio=AUDIO), has_timecodes=False)), "item")
    assert not [
        element
        for name in ("transcript", "chapters", "soundbite")
        for element in bare.findall(f"podcast:{name}", SPACES)
    ]


def test_an_episode_names_who_speaks_and_where() -> None:
    """Hosts and guests with roles and the addresses of their pages; a picture that apps can show; the venue."""
    drawn = Picture(file="images/ben.jpg", digest="b" * 12, width=800, height=800)
    vector = Picture(file="images/ada.svg", digest="a" * 12, width=80, height=80, kind="vector")
    photo = Person(
        id="ben", name="Ben Roth", image=Image(file="images/ben.jpg", alt="Ben", credit="Ada"), portrait=drawn
    )
    drawing = Person(
        id="ada", name="Ada Lamm", image=Image(file="images/ada.svg", alt="Ada", credit="Ben"), portrait=vector
    )
    item = find(channel(episode(hosts=(drawing,), guests=(photo, Speaker(name="Cleo Ost")))), "item")
    base = "https://weiche.example"
    assert [(element.text, element.attrib) for element in item.findall("podcast:person", SPACES)] == [
        ("Ada Lamm", {"role": "host", "href": f"{base}/menschen/ada.html"}),
        ("Ben Roth", {"role": "guest", "href": f"{base}/menschen/ben.html", "img": f"{base}/{drawn.path}"}),
        ("Cleo Ost", {"role": "guest"}),
    ]
    place = find(item, "podcast:location")
    assert (place.text, place.attrib) == ("Alte Halle, Nordau", {"rel": "creator"})
    online = find(channel(episode(event=Event(start=NOON, end=NOON))), "item")
    assert online.find("podcast:location", SPACES) is None


def test_a_thread_elsewhere_is_where_listeners_answer() -> None:
    """Of the copies that `syndication` names, posts of social networks are threads, in their order."""
    copies = (
        "https://medium.example/@ada/abend-1",
        "https://sozial.example/@ada/105079274766075912",
        "https://bsky.app/profile/ada.example/post/3kabc",
        "https://x.com/ada/status/15071202263",
    )
    threads = find(channel(episode(syndication=copies)), "item").findall("podcast:socialInteract", SPACES)
    assert [thread.attrib for thread in threads] == [
        {"priority": str(number), "protocol": protocol, "uri": uri, "accountId": account, "accountUrl": page}
        for number, (protocol, uri, account, page) in enumerate(
            [
                ("activitypub", copies[1], "@ada", "https://sozial.example/@ada"),
                ("atproto", copies[2], "@ada.example", "https://bsky.app/profile/ada.example"),
                ("twitter", copies[3], "@ada", "https://x.com/ada"),
            ],
            start=1,
        )
    ]


def test_a_talk_to_come_is_a_live_item() -> None:
    """With start, end and the way to the room; one that is off, or that nobody can follow from afar, is none."""
    podcast = channel(
        episode(),
        to_come(7, event=Event(start=NEXT.start, end=NEXT.end, status="cancelled")),
        to_come(8, event=Event(start=NEXT.start, end=NEXT.end, mode="onsite")),
        to_come(9),
    )
    live = find(podcast, "podcast:liveItem")
    assert live.attrib == {
        "status": "pending",
        "start": "2026-10-10T12:00:00+00:00",
        "end": "2026-10-10T13:00:00+00:00",
    }
    assert (live.findtext("title"), live.findtext("guid")) == ("Nummer 9", "u-000009")
    assert [(link.text, link.attrib["href"]) for link in live.findall("podcast:contentLink", SPACES)] == [
        ("Join the talk", "https://raum.example/2"),
        ("Nummer 9", "https://weiche.example/gespraeche/nr-9.html"),
    ]
    assert [person.text for person in live.findall("podcast:person", SPACES)] == ["Ada Lamm", "Ben Roth", "Cleo Ost"]
    assert len(podcast.findall("item")) == 1
    assert find(channel(episode(), to_come(live=True)), "podcast:liveItem").attrib["status"] == "live"


def test_a_podcast_that_moved_here_stays_the_same() -> None:
    """The guid that it has belongs to it for good, whatever its address."""
    moved = Series(id="abende", name="Abende", guid="9b024349-ccf0-5f69-a609-6b82873eab3c")
    assert channel(episode(), series=moved).findtext("podcast:guid", namespaces=SPACES) == moved.guid


def test_what_is_to_be_disclosed_comes_first() -> None:
    """In both titles, in the description that apps show, and in the text."""
    paid = episode(disclosure=Disclosure(kind="sponsor", text="Bezahlt von X."))
    item = find(channel(paid), "item")
    assert item.findtext("title") == "Advertisement: Nummer 1"
    assert item.findtext("itunes:title", namespaces=SPACES) == "Advertisement: Nummer 1"
    assert (item.findtext("description") or "").startswith("Advertisement: Bezahlt von X. Worum es geht.")
    text = item.findtext("content:encoded", namespaces=SPACES) or ""
    assert text.startswith("<p><strong>Advertisement</strong> Bezahlt von X.</p>")


def test_a_description_is_as_long_as_directories_allow() -> None:
    """Of the intro of a series, and of an episode; the text stays whole."""
    long = Series(id="abende", name="Abende", intro="Größe " * 1000)
    podcast = channel(episode(summary="Ä" * 3999), series=long)
    intro = podcast.findtext("description") or ""
    assert len(intro.encode()) <= 4000
    assert intro.endswith("Größe…")
    assert len((podcast.findtext("item/description") or "").encode()) <= 4000


def test_a_podcast_in_one_language_says_so() -> None:
    """Directories sort by language: that of all episodes, else that of the site."""
    assert channel(episode(lang="en")).findtext("language") == "en"
    assert channel(episode(1, lang="en"), episode(2)).findtext("language") == "de"


def test_a_given_cover_takes_the_place_of_a_drawn_one() -> None:
    """That of the series before that of the policy; then none is drawn."""
    given_cover = Podcast(
        category="Arts",
        explicit=False,
        owner=PODCAST.owner,
        image=Image(file="images/für alle.png", alt="A", credit="B"),
    )
    series = Series(id="abende", name="Abende", image=Image(file="images/abende.jpg", alt="A", credit="B"))
    address = find(channel(episode(), podcast=given_cover), "itunes:image").attrib["href"]
    assert address == "https://weiche.example/images/f%C3%BCr%20alle.png"
    address = find(channel(episode(), podcast=given_cover, series=series), "itunes:image").attrib["href"]
    assert address == "https://weiche.example/images/abende.jpg"
    pages = plan_pages(catalog(episode(), podcast=given_cover, series=(series,)), site())
    assert "cover" not in {page.writer for page in pages}


HOSTILE = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "]]>",
            "<b>x</b> & y",
            "&amp;",
            '"><script>',
            "\u202eאבג",
            "😀" * 30,
            "a\x00\x0b\ufffe\uffffb",
            "Donau" * 60,
            "<!--",
        ]
    ),
).filter(lambda text: text.strip("\x00\x0b") and not re.search("[\ud800-\udfff]", text))


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_title_breaks_a_podcast(title: str, name: str, place: str) -> None:
    """Whatever editors write, it is well-formed, and a podcast app finds every field where it belongs."""
    media = Media(audio=AUDIO, chapters=(Chapter(start="00:00", title=title, soundbite=True),))
    event = Event(start=PAST.start, end=PAST.end, place=place)
    guest = Speaker(name=name)
    disclosure = Disclosure(kind="gift", text=place)
    data = write(
        episode(title=title, media=media, event=event, guests=(guest,), summary=name, disclosure=disclosure),
        to_come(title=name, guests=(guest,)),
        series=Series(id="abende", name=name),
        name=title,
    )
    feed = feedparser.parse(data)
    assert not feed.bozo
    (entry,) = feed.entries[:1]
    assert (entry.id, entry.itunes_episode, entry.itunes_duration) == ("u-000001", "1", "3605")
    assert entry.link == "https://weiche.example/gespraeche/nr-1.html"
    assert [(link.href, link.length, link.type) for link in entry.enclosures] == [
        ("https://weiche.example/media/abend%201.mp3", "1234", "audio/mpeg")
    ]
    podcast = ET.fromstring(data).find("channel")
    assert podcast is not None
    item = find(podcast, "item")

    def clean(text: str) -> str:
        # What a parser makes of a text: without what XML forbids, and with the newlines of XML.
        return re.sub("\r\n?", "\n", re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text))

    assert item.findtext("itunes:title", namespaces=SPACES) == f"Invitation or gift: {clean(title)}"
    assert podcast.findtext("title") == clean(name)
    assert [clean(person.text or "") for person in item.findall("podcast:person", SPACES)] == [ADA.name, clean(name)]
    assert find(item, "podcast:soundbite").text == clean(title[:128])
    assert podcast.findtext("itunes:owner/itunes:email", namespaces=SPACES) == "ton@weiche.example"
    assert len(podcast.findall("podcast:liveItem", SPACES)) == 1
