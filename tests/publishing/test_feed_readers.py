import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser
import feedparser_sgmllib
import listparser
import pytest
import reader
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from kuratorium.edition.curation import Person, Source, Topic
from kuratorium.edition.opml import ListedFeed, build_feed_list, build_opml
from kuratorium.edition.registry import read_registry
from kuratorium.edition.works import Work
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.page import FEED_TYPES, FeedType, get_feed_path
from tests.editions import REPOSITORY, TinyEdition
from tests.intake.web import Web, respond
from tests.publishing.hostile import HOSTILE_TEXTS
from tests.publishing.makers import catalog, post, write_feed

# reader holds an older feedparser, which knows this module by the name that it had in Python 2.
sys.modules.setdefault("sgmllib", feedparser_sgmllib)

SITE = "https://weichenwerk.example/"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
POSTS = ("erste-notiz", "zweite-notiz", "dritte-notiz")
Update = tuple[int, int]
"""How many entries of a feed were new to a subscriber, and how many were updated."""


class Subscriber:
    """A feed reader that follows the feed of a site in one type."""

    def __init__(self, tiny: TinyEdition, web: Web, feed_type: FeedType) -> None:
        self._tiny, self._web, self._type = tiny, web, feed_type
        self.path = get_feed_path("feed.xml", feed_type)
        self.reader = reader.make_reader(":memory:")
        self.reader.add_feed(f"{web.address}/{self.path}")

    @property
    def file(self) -> Path:
        """The feed in the site."""
        return self._tiny.root / "output" / self.path

    def update(self) -> Update:
        """Build the site, and read its feed."""
        build_site(self._tiny.root)
        answer = respond(self.file.read_bytes(), content_type=self._type.media_type)
        self._web.answers = {f"/{self.path}": answer, "/": answer}
        updated = self.reader.update_feed(f"{self._web.address}/{self.path}")
        assert updated is not None
        return updated.new, updated.modified

    def titles(self) -> dict[str, str]:
        """Return the title of each entry by its id."""
        return {entry.id: entry.title or "" for entry in self.reader.get_entries()}


@pytest.fixture(params=FEED_TYPES, ids=lambda feed_type: feed_type.serialisation)
def subscriber(request: pytest.FixtureRequest, tiny: TinyEdition) -> Iterator[Subscriber]:
    """Follow a site with three notes, which the subscriber has read."""
    for number, slug in enumerate(POSTS):
        tiny.note(slug, uid=f"note000{number}", date=f"2026-10-0{number + 1}T08:00:00+02:00")
    with Web().running() as web:
        follower = Subscriber(tiny, web, request.param)
        assert follower.update() == (3, 0)
        with follower.reader:
            yield follower


def test_an_edit_updates_one_entry(tiny: TinyEdition, subscriber: Subscriber) -> None:
    """A new text, with `modified` or without: one entry is updated, none is new."""
    tiny.note(POSTS[1], uid="note0001", date="2026-10-02T08:00:00+02:00", body="Ein anderer Text.")
    assert subscriber.update() == (0, 1)
    modified = "2026-10-10T08:00:00+02:00"
    tiny.note(POSTS[1], uid="note0001", date="2026-10-02T08:00:00+02:00", body="Noch ein Text.", modified=modified)
    assert subscriber.update() == (0, 1)
    assert len(subscriber.titles()) == 3


def test_a_new_address_updates_one_entry(tiny: TinyEdition, subscriber: Subscriber) -> None:
    """A new slug, title and date: the id hangs on the uid alone."""
    before = subscriber.titles()
    (tiny.root / f"curation/notes/2026/{POSTS[1]}.md").unlink()
    tiny.note("neuer-name", uid="note0001", date="2026-10-02T08:00:00+02:00", aliases=[f"notizen/{POSTS[1]}.html"])
    assert subscriber.update() == (0, 1)
    tiny.note("neuer-name", uid="note0001", date="2026-10-05T09:30:00+02:00", title="Ein neuer Titel")
    assert subscriber.update() == (0, 1)
    after = subscriber.titles()
    assert before.keys() == after.keys()
    assert sum(before[uid] != after[uid] for uid in before) == 1
    (entry,) = [entry for entry in subscriber.reader.get_entries() if entry.title == "Ein neuer Titel"]
    assert entry.link == f"{SITE}notizen/neuer-name.html"


def test_a_correction_updates_one_entry(tiny: TinyEdition, subscriber: Subscriber) -> None:
    """Whoever read the mistake gets the correction."""
    correction = {"date": "2026-10-08", "text": "Es waren sieben."}
    tiny.note(POSTS[2], uid="note0002", date="2026-10-03T08:00:00+02:00", corrections=[correction])
    assert subscriber.update() == (0, 1)
    (entry,) = [entry for entry in subscriber.reader.get_entries() if "Es waren sieben." in str(entry.content)]
    assert entry.updated is not None


def test_nothing_happens_without_a_change(tiny: TinyEdition, subscriber: Subscriber) -> None:
    """Neither another build nor an edit of what no feed shows touches the file: it keeps its bytes and its time."""
    before, stat = subscriber.file.read_bytes(), subscriber.file.stat()
    assert subscriber.update() == (0, 0)
    tiny.page("impressum", body="Ein neuer Absatz.")
    assert subscriber.update() == (0, 0)
    assert subscriber.file.read_bytes() == before
    assert (subscriber.file.stat().st_mtime_ns, subscriber.file.stat().st_ino) == (stat.st_mtime_ns, stat.st_ino)


def test_a_new_post_is_one_new_entry(tiny: TinyEdition, subscriber: Subscriber) -> None:
    """And a deleted one is none."""
    tiny.note("vierte-notiz", uid="note0004", date="2026-10-09T08:00:00+02:00")
    assert subscriber.update() == (1, 0)
    (tiny.root / f"curation/notes/2026/{POSTS[0]}.md").unlink()
    assert subscriber.update() == (0, 0)


# What readers make of the sample's feeds, lists and calendars


def list_feeds(output: Path) -> list[str]:
    """Return the paths of the sample's feeds as RSS, without archives and podcasts, which are RSS only."""
    outlines = ET.parse(output / "abo.opml").findall("body/outline")
    paths = [outline.attrib["xmlUrl"].removeprefix(SITE) for outline in outlines]
    return [path for path in paths if not path.endswith("/podcast.xml")]


def read_entries(output: Path, path: str) -> list[dict[str, object]]:
    """Return what a feed says of its entries in RSS or Atom."""
    feed = feedparser.parse((output / path).read_bytes())
    assert not feed.bozo, feed.get("bozo_exception")
    return [
        {
            "title": entry.title,
            "url": entry.link,
            "published": entry.published_parsed,
            "authors": [author["name"] for author in entry.get("authors", ()) if author.get("name")],
            "tags": [tag.term for tag in entry.get("tags", ())],
            "content": entry.content[0].value,
            "related": [link.href for link in entry.links if link.rel == "related"],
        }
        for entry in feed.entries
    ]


def test_every_feed_says_the_same_in_every_type(sample_output: Path) -> None:
    """Each title, address, date, author, tag and text stands where feed readers look for it, in all three types."""
    paths = list_feeds(sample_output)
    assert len(paths) > 10
    for path in paths:
        rss = read_entries(sample_output, path)
        atom = read_entries(sample_output, get_feed_path(path, FEED_TYPES[1]))
        assert rss == atom, path
        items = json.loads((sample_output / get_feed_path(path, FEED_TYPES[2])).read_bytes())["items"]
        for entry, item in zip(rss, items, strict=True):
            assert (item["title"], item["url"], item.get("tags", [])) == (entry["title"], entry["url"], entry["tags"])
            assert [author["name"] for author in item.get("authors", [])] == entry["authors"]
            assert item.get("external_url") == next(iter(entry["related"]), None)
            words = BeautifulSoup(item["content_html"], "html.parser").get_text().split()
            assert BeautifulSoup(str(entry["content"]), "html.parser").get_text().split() == words


def test_an_entry_has_the_words_of_its_page(sample_output: Path, sample_page: Callable[[str], BeautifulSoup]) -> None:
    """Its title, its works and its authors are those of the page that it leads to."""
    for entry in read_entries(sample_output, "feed.atom"):
        page = sample_page(str(entry["url"]).removeprefix(SITE))
        title = re.sub(r"\s+", " ", page.h1.get_text()).strip()
        assert str(entry["title"]).endswith(title)
        assert entry["authors"] or page.select_one(".h-entry")
        for address in entry["related"]:
            assert page.find(href=address), (entry["url"], address)


@pytest.mark.parametrize(("path", "least"), [("abo.opml", 20), ("quellen.opml", 8)])
def test_lists_of_feeds_import(sample_output: Path, path: str, least: int) -> None:
    """A feed reader finds every feed of the list, with its name and an address of the web."""
    imported = listparser.parse((sample_output / path).read_text("utf-8"))
    assert not imported.bozo
    assert len(imported.feeds) >= least
    assert all(feed.url.startswith(("http://", "https://")) and feed.title for feed in imported.feeds)
    if path == "quellen.opml":
        sources = [source for source in read_registry(REPOSITORY)[0].sources.values() if not source.rights.opt_out]
        assert {feed.title for feed in imported.feeds} <= {source.name for source in sources}
        assert len(imported.feeds) + len(imported.opportunities) + 1 >= sum(bool(source.site) for source in sources)


def test_calendars_import(sample_output: Path) -> None:
    """Every calendar of the sample has whole events with ids that differ."""
    for path in sample_output.rglob("*.ics"):
        events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        assert len({event["uid"] for event in events}) == len(events) > 0
        assert all(not event.errors and event["dtend"].dt > event["dtstart"].dt for event in events)


# Texts that break what is put together carelessly; calendars are in writers/test_calendar.py


def as_xml_reads(text: str) -> str:
    """Return a text as it comes out of XML: without characters that it forbids, line ends as newlines."""
    allowed = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    return re.sub("\r\n?", "\n", allowed)


@given(HOSTILE_TEXTS, HOSTILE_TEXTS, HOSTILE_TEXTS, st.sampled_from(FEED_TYPES))
def test_no_text_makes_a_feed_ill_formed(title: str, name: str, body: str, feed_type: FeedType) -> None:
    """Whatever stands in title, summary, tag, names, work and text: the feed parses, and gives the words back."""
    work = Work(url="https://a.example/?x=1&y=2", title=title, authors=(name,), publication=name)
    topic, author = Topic(id="offen", name=name), Person(id="ada", name=name)
    listed = post(title=title, summary=body, why_now=name, works=(work,), tags=(title,), topics=(topic,),
                  authors=(author,))  # fmt: skip
    published = catalog(listed, topics=(topic,), people=(author,), source_urls={"": "https://a.example/feed?a=1&b=2"})
    data = write_feed(published, get_feed_path("feed.xml", feed_type), body=body, name=name, subtitle=title)
    if feed_type.serialisation == "json":
        (item,) = json.loads(data)["items"]
        assert (item["title"], item["authors"][0]["name"]) == (title, author.name)
        return
    root = ET.fromstring(data)
    if feed_type.serialisation == "rss":
        (item,) = root.iter("item")
        found, text = item.findtext("title"), item.findtext(CONTENT)
        tags = [tag.text or "" for tag in item.iter("category")]
    else:
        (item,) = root.iter(f"{ATOM}entry")
        found, text = item.findtext(f"{ATOM}title"), item.findtext(f"{ATOM}content")
        tags = [tag.attrib["term"] for tag in item.iter(f"{ATOM}category")]
    assert (found or "") == as_xml_reads(title)
    assert as_xml_reads(body) in (text or "")
    assert len(tags) == len({topic.name, title})


@given(HOSTILE_TEXTS, HOSTILE_TEXTS)
def test_no_text_makes_a_list_of_feeds_ill_formed(name: str, title: str) -> None:
    """An import finds one feed with one address, whatever it is called."""
    feed = ListedFeed(name=name, address="https://a.example/feed?a=1&b=2", site="https://a.example/")
    source = Source(id="a", name=name, feed=feed.address, site=feed.site, topics=("t",))
    for document in (
        build_feed_list([feed], title),
        build_opml([source], {"t": Topic(id="t", name=title)}, title),
    ):
        (outline,) = [outline for outline in ET.fromstring(document).iter("outline") if "xmlUrl" in outline.attrib]
        assert (outline.attrib["xmlUrl"], outline.attrib["htmlUrl"]) == (feed.address, feed.site)
        imported = listparser.parse(document.decode())
        assert [found.url for found in imported.feeds] == [feed.address]
