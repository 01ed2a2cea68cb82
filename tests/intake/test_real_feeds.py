"""Real feeds, where they lie beside the project: every document is read, and a list of them imported and pulled.

`python -m tests.intake.test_real_feeds` prints the table: what arrives, and every document that falls short.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import frontmatter, registry
from kuratorium.edition.curation import Source
from kuratorium.edition.model import FrontMatter, Work
from kuratorium.errors import SourceError
from kuratorium.intake import pull
from kuratorium.intake.parsers import fast_xml, parse
from kuratorium.intake.parsers import feedparser as our_feedparser
from kuratorium.intake.parsers.fast_xml.text import UnsupportedFeedError
from kuratorium.intake.parsers.model import Entry, Feed
from kuratorium.intake.sources import opml
from tests.editions import REPOSITORY
from tests.intake.conftest import Desk

FEEDS = REPOSITORY.parent / "shared" / "feeds"


needed = pytest.mark.skipif(not FEEDS.is_dir(), reason=f"only for machines that have real feeds in {FEEDS}")


@needed
def test_a_real_list_of_sources(desk: Desk) -> None:
    """40 real feeds are imported and pulled; what reaches the inbox is what their documents say."""
    merged = opml.import_opml(desk.root, FEEDS / "sources.opml")
    assert (len(merged.added_sources), merged.existing_outlines, merged.refused_outlines) == (40, (), ())
    for one in merged.added_sources:  # as if each had been pulled before, so that old entries are news, too
        desk.write(f"curation/seen/{one.id}.txt", "")
    report = desk.pull(options=pull.PullOptions(allow_flood=True))
    assert [(one.id, one.words) for one in report.failed_results] == []
    assert len([one for one in report.results if one.new]) >= 38
    works = [
        frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)[0].bookmark_of[0]
        for path in desk.inbox
    ]
    assert len(works) == report.new - report.joined == len({work.item for work in works})
    documents = {source.id: said(source) for source in registry.read_registry(desk.root)[0].sources.values()}
    assert sum(compare(work, documents[work.source]) for work in works) == len(works) > 300


# What real documents leave to be desired; every one that falls short stands here, with the reason.
NO_FEED = {
    "rss2/7ef13a42fa7e177a-45818f09.xml": "its declaration reads <?xml?xml, and no element is in a namespace: broken",
}
ENTRIES_WITHOUT_ANYTHING = {
    "rss2/pcmag-com-the-official-john-c-dvorak-rss-9d532e32.xml": "10 of its 20 items are empty, nested in the others",
}
DATES_MISSING = {
    "atom/what-if-857980f3.xml": "one of its three dates reads «No date found.»",
}
LETTERS_MENDED = {
    "rss2/dastandard-at-07d4ecc6.xml": "saved through a wrong decoder: «Ã¤» arrives as «ä»",
    "rss2/die-nuus-in-afrikaans-koerant-co-za-03f4576e.xml": "saved through a wrong decoder",
    "rss2/hubspot-marketing-blog-48aededc.xml": "saved through a wrong decoder",
    "rss2/japan-times-latest-articles-36c59592.xml": "saved through a wrong decoder",
    "rss2/le-parisien-a-la-une-2a815e3e.xml": "saved through a wrong decoder",
    "rss2/le-webcomic-39438012.xml": "writes «œ» as a control character, as Windows' code page has it",
    "rss2/logbuch-netzpolitik-133dc29f.xml": "writes «œ» as a control character",
    "rss2/massa-news-curitiba-e-regiao-4056b750.xml": "saved through a wrong decoder",
    "rss2/muhasebetr-tuerkiyenin-muhasebe-sitesi-9e2a8933.xml": "writes «’» as a control character",
    "rss2/romanews-43b455b8.xml": "saved through a wrong decoder; where a text mixes both, it stays as it is",
    "rss2/rss-com-9557e5df.xml": "saved through a wrong decoder",
    "rss2/rss20jungegruender-62d55a6f.xml": "saved through a wrong decoder",
    "rss2/spiegel-online-nachrichten-6eacaee9.xml": "saved through a wrong decoder",
    "rss2/thomas-maurer-6cf0840a.xml": "saved through a wrong decoder in one entry",
}
# Where pieces of the text tell less than a parser sees: these are only counted.
NOT_COUNTED = {
    "rss2/openstreetmap-polska-029d2a36.xml": "breaks off within its last entry, which arrives as far as it goes",
    "rss2/pcmag-com-the-official-john-c-dvorak-rss-9d532e32.xml": "its items are nested",
}

_ITEM = re.compile(r"<((?:\w+:)?(?:item|entry))(?=[\s>]).*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ASIDE = re.compile(r"<(source|content|description|summary|content:encoded)(?=[\s>]).*?</\1\s*>", re.DOTALL)
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|updated|issued|modified|date)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?\s*[^\s<\]]",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"<((?:\w+:)?(?:author|creator))(?:\s[^>]*)?>(.*?)</\1", re.DOTALL | re.IGNORECASE)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.:-]+)")


class Read(NamedTuple):
    """A document of INDEX.tsv, what was read of it, and how long that took."""

    row: dict[str, str]
    data: bytes
    feed: Feed | None
    reason: str
    words: str
    seconds: float


def read_all() -> dict[str, Read]:
    """Read every document that INDEX.tsv lists."""
    with (FEEDS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: read(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def read(row: dict[str, str]) -> Read:
    """Read one document."""
    data = (FEEDS / row["file"]).read_bytes()
    started = perf_counter()
    try:
        feed = parse.parse_feed(data, feed_url="https://host.example/feed")
    except SourceError as error:
        return Read(row, data, None, error.reason, str(error), perf_counter() - started)
    return Read(row, data, feed, "", "", perf_counter() - started)


@pytest.fixture(scope="module")
def documents() -> dict[str, Read]:
    """Every document that INDEX.tsv lists, read once."""
    return read_all()


def is_feed(one: Read) -> bool:
    """Tell whether INDEX.tsv calls a document a feed."""
    return one.row["kind"] not in {"opml", "not-a-feed"}


@needed
def test_none_takes_long(documents: dict[str, Read]) -> None:
    """All 680 are read, none in more than five seconds."""
    assert len(documents) == 680
    assert [name for name, one in documents.items() if one.seconds > 5] == []


@needed
def test_every_entry_arrives(documents: dict[str, Read]) -> None:
    """Every entry that INDEX.tsv counts arrives with a link or a text."""
    feeds_read = {name: one for name, one in documents.items() if is_feed(one) and name not in NO_FEED}
    short = {
        name: len(one.feed.entries) if one.feed else one.words
        for name, one in feeds_read.items()
        if one.feed is None or len(one.feed.entries) != int(one.row["entries"])
    }
    assert short == {}
    empty = {name for name, one in feeds_read.items() if one.feed and not all(map(says_something, one.feed.entries))}
    assert empty == set(ENTRIES_WITHOUT_ANYTHING)
    assert sum(len(one.feed.entries) for one in feeds_read.values() if one.feed) == 13_325


def says_something(entry: Entry) -> bool:
    """Tell whether an entry has a link or a text."""
    return bool(entry.link or entry.title or entry.summary or entry.content)


@needed
def test_what_is_no_feed_says_so(documents: dict[str, Read]) -> None:
    """Everything else is refused, with a reason and words that tell what it is."""
    refused = {name: one for name, one in documents.items() if not is_feed(one) or name in NO_FEED}
    assert {name for name, one in refused.items() if one.feed} == set()
    assert {(one.reason, one.words[:12]) for one in refused.values()} == {
        ("html", "an HTML page"),
        ("no-feed", "this is neit"),
        ("broken", "the feed bre"),
    }


@needed
def test_dates_and_authors_arrive(documents: dict[str, Read]) -> None:
    """As many entries have a date, and an author, as the text of the document has items that tell one."""
    told, found = {}, {}
    for name, one in documents.items():
        if one.feed and is_feed(one) and one.row["kind"] != "json" and name not in {*NOT_COUNTED, *DATES_MISSING}:
            told[name] = counted(one)
            found[name] = (
                sum(entry.date is not None for entry in one.feed.entries),
                sum(bool(entry.authors) for entry in one.feed.entries),
            )
    assert {name: (told[name], found[name]) for name in told if told[name] != found[name]} == {}


def counted(one: Read) -> tuple[int, int]:
    """Count the items of a document that tell a date, and those that name an author, by their tags alone."""
    text = re.sub(r"<!--.*?-->", "", decoded(one.data), flags=re.DOTALL)
    around = _ITEM.sub("", text)
    inherited = one.row["kind"].startswith("atom") and names(around)
    items = [_ASIDE.sub("", match[0]) for match in _ITEM.finditer(text)]
    return sum(bool(_DATE.search(item)) for item in items), sum(inherited or names(item) for item in items)


def names(text: str) -> bool:
    """Tell whether an author in a piece of a feed has a name beside their mail address."""
    for match in _AUTHOR.finditer(re.sub(r"<!\[CDATA\[|\]\]>", "", text)):
        inner = re.search(r"<(?:\w+:)?name[^>]*>(.*?)<", match[2], re.DOTALL)
        said = inner[1] if inner else re.sub(r"<(?:email|uri)>.*?</(?:email|uri)>", "", match[2])
        said = html.unescape(re.sub(r"<[^>]*>", "", said))
        if re.sub(r"\S+@\S+", "", said).strip(" ()<>\n\t"):
            return True
    return False


def decoded(data: bytes) -> str:
    """Decode a document: UTF-8 if it is, else as it says."""
    try:
        return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8")
    except UnicodeDecodeError:
        told = _ENCODING.search(data[:200])
        return data.decode(told[1].decode() if told else "cp1252", "replace")


@needed
def test_letters_arrive(documents: dict[str, Read]) -> None:
    """No letter arrives that the document, rightly decoded, does not have: umlauts are right in every encoding."""
    mended = set()
    for name, one in documents.items():
        if one.feed and one.row["kind"] != "json":
            text = html.unescape(html.unescape(html.unescape(decoded(one.data))))
            known = set(unicodedata.normalize("NFC", text))
            if any(not letters(entry) <= known for entry in one.feed.entries):
                mended.add(name)
    assert mended == set(LETTERS_MENDED)


def letters(entry: Entry) -> set[str]:
    """List the letters of an entry beyond ASCII."""
    whole = "".join((entry.title, entry.summary, entry.content, *entry.authors))
    return {letter for letter in whole if not letter.isascii()}


@needed
def test_both_ways_of_reading_agree(documents: dict[str, Read]) -> None:
    """What the fast lane takes is what feedparser says, to the letter; it takes most."""
    bases = ("https://host.example/feed",)
    fast = 0
    for name, one in documents.items():
        data = one.data.lstrip()
        try:
            quick = fast_xml.parse_with_expat(data, "")
        except UnsupportedFeedError:
            continue
        assert our_feedparser.build_feed(quick, bases) == our_feedparser.build_feed(
            our_feedparser.parse_with_feedparser(data, ""), bases
        ), name
        fast += len(quick["entries"])
    assert fast > 11_500


def compare(work: Work, said: dict[str, list[dict[str, Any]]]) -> bool:
    """Hold a work against the entries of its feed with its title.

    One must have its link (or the article's own, where the feed tells that, too), without what tracks readers, and its
    authors.
    """
    called = said.get(work.title) or said.get(plain(work.title), ())
    same = [one for one in called if bare(work.url) in one["links"]]
    assert same, f"{work.source}: no entry «{work.title}» at {work.url}, but {called}"
    assert [*work.authors] in [one["authors"] for one in same], f"{work.source}: {work.title}"
    return True


def said(source: Source) -> dict[str, list[dict[str, Any]]]:
    """List what a feed's document says, by title: read by feedparser with all its settings as they come, or as JSON."""
    data = Path(source.feed).read_bytes()
    found: dict[str, list[dict[str, Any]]] = {}
    for one in from_json(data) if data.lstrip()[:1] == b"{" else from_xml(data):
        found.setdefault(one["title"], []).append(one)
    return found


def from_xml(data: bytes) -> Iterator[dict[str, Any]]:
    """List the entries that feedparser finds."""
    parsed: Any = feedparser.parse(io.BytesIO(data))
    inherited = parsed.feed if parsed.version.startswith("atom") else {}
    for entry in parsed.entries:
        people = entry.get("authors") or inherited.get("authors") or []
        names = [plain(one.get("name", "")) for one in people]
        yield {
            "title": plain(entry.get("title", "")),
            "links": {
                published(entry.get("link") or entry.enclosures[0].href),
                published(entry.get("feedburner_origlink", "")),
            },
            "authors": [*dict.fromkeys(name for name in names if name)],
        }


def from_json(data: bytes) -> Iterator[dict[str, Any]]:
    """List the items of a JSON Feed."""
    document = json.loads(data)
    for item in document["items"]:
        people = item.get("authors") or [item.get("author")]
        if not any(people):
            people = document.get("authors") or [document.get("author")]
        yield {
            "title": plain(item.get("title", "")),
            "links": {published(item.get("url") or item["external_url"])},
            "authors": [one["name"] for one in people if one and one.get("name")],
        }


def plain(text: str) -> str:
    """Read HTML as a person does; soft hyphens and the like are not seen."""
    read = BeautifulSoup(text, "html.parser").get_text() if re.search(r"[<&]", text) else text
    return " ".join(re.sub("[\u00ad\u200b\ufeff]", "", read).split())


def published(link: str) -> str:
    """Leave out of a link what tracks readers in these forty feeds."""
    told = re.sub(r"(?<=[?&])(?:utm_\w+|wt_mc)=[^&#]*(?:&|(?=#|$))", "", link)
    return bare(re.sub(r"[?&](?=#|$)", "", told) if told != link else link)


def bare(link: str) -> str:
    """Leave out of a link what may be escaped or not."""
    return re.sub(r"%[0-9A-F]{2}|[^\x21-\x7e]|[|\"<>^`{}\\]", "", link)


def table(documents: dict[str, Read]) -> Iterator[str]:
    """Tell what arrives, by kind, and every document that falls short and why."""
    rows: dict[str, Counter[str]] = {}
    for one in documents.values():
        entries = one.feed.entries if one.feed else ()
        counts = {
            "documents": 1,
            "read": bool(one.feed),
            "entries": len(entries),
            "linked": sum(bool(entry.link) for entry in entries),
            "dated": sum(entry.date is not None for entry in entries),
            "authored": sum(bool(entry.authors) for entry in entries),
        }
        for kind in (one.row["kind"], "all"):
            rows.setdefault(kind, Counter()).update(counts)
    yield "| kind | documents | read | entries | with a link | dated | with an author |"
    yield "|---|---|---|---|---|---|---|"
    for kind, row in sorted(rows.items(), key=lambda pair: (pair[0] == "all", pair[0])):
        cells = (row[name] for name in ("documents", "read", "entries", "linked", "dated", "authored"))
        yield f"| {kind} | {' | '.join(map(str, cells))} |"
    for known in (NO_FEED, ENTRIES_WITHOUT_ANYTHING, DATES_MISSING, LETTERS_MENDED, NOT_COUNTED):
        yield from (f"- {name}: {why}" for name, why in known.items())


if __name__ == "__main__":
    print(*table(read_all()), sep="\n")
