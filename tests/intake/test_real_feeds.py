"""Real feeds, if they lie beside the project: every document is parsed, and a list of them imported and pulled.

`python -m tests.intake.test_real_feeds` prints a table: what is read, and every document that is not read whole.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import frontmatter, registry
from kuratorium.edition.curation import Source
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.edition.works import Work
from kuratorium.errors import SourceError
from kuratorium.intake import pull
from kuratorium.intake.parsers import charset, dispatch
from kuratorium.intake.parsers.fast_xml.expat import parse_with_expat
from kuratorium.intake.parsers.feedparser import build_feed, parse_with_feedparser
from kuratorium.intake.parsers.model import Entry, Feed
from kuratorium.intake.sources import opml
from kuratorium.slugs import slugify
from tests.editions import REPOSITORY, TinyEdition
from tests.intake.conftest import Desk

FEEDS = REPOSITORY.parent / "shared" / "feeds"

needs_real_feeds = pytest.mark.skipif(not FEEDS.is_dir(), reason=f"only for machines that have real feeds in {FEEDS}")


@needs_real_feeds
def test_import_and_pull_of_a_real_list_of_sources(desk: Desk) -> None:
    """40 real feeds are imported and pulled; every inbox file agrees with the feed's document."""
    merged = opml.import_opml(desk.root, FEEDS / "sources.opml", with_topics=True).merged
    # Its feeds are files, which no list may bring: the sites stand for them.
    assert (len(merged.added_sources), merged.refused_outlines) == (40, ())
    sources = follow_copies(desk)
    for source in sources:  # as if each had been pulled before, so that old entries count as new, too
        desk.write(f"curation/seen/{source['id']}.txt", "")
    report = desk.pull(options=pull.PullOptions(allow_flood=True))
    assert [(result.id, result.words) for result in report.failed_results] == []
    assert len([result for result in report.results if result.new]) >= 38
    works = [
        frontmatter.parse_front_matter(path.name, path.read_text(), InboxFrontMatter)[0].bookmark_of[0]
        for path in desk.inbox
    ]
    assert len(works) == report.new - report.joined == len({work.item for work in works})
    followed = registry.read_registry(desk.root)[0].sources.values()
    documents = {source.id: read_source(desk.root, source) for source in followed}
    assert sum(agrees(work, documents[work.source]) for work in works) == len(works) > 300


def follow_copies(edition: TinyEdition) -> list[dict[str, Any]]:
    """Follow the feeds of the real list by copies in the edition, as whoever edits sources.yaml by hand may."""
    outlines = list(ET.parse(FEEDS / "sources.opml").iterfind(".//outline[@xmlUrl]"))
    sources = []
    for outline in outlines:
        feed = f"curation/samples/{outline.attrib['xmlUrl']}"
        edition.write(feed, (FEEDS / outline.attrib["xmlUrl"]).read_bytes())
        name = outline.attrib["text"]
        sources.append({"id": slugify(name), "name": name, "feed": feed, "lang": outline.get("language", "")})
        if outline.get("htmlUrl"):
            sources[-1]["site"] = outline.attrib["htmlUrl"]
    edition.yaml("sources", sources)
    return sources


# Every real document that is not read whole, with the reason.
NO_FEED = {
    "rss2/7ef13a42fa7e177a-45818f09.xml": "its declaration reads <?xml?xml, and no element is in a namespace: broken",
}
ENTRIES_WITHOUT_ANYTHING = {
    "rss2/pcmag-com-the-official-john-c-dvorak-rss-9d532e32.xml": "10 of its 20 items are empty, nested in the others",
}
DATES_MISSING = {
    "atom/what-if-857980f3.xml": 'one of its three dates is "No date found."',
}
LETTERS_REPAIRED = {
    "atom/bryan-helmkamp-home-0698c7cf.xml": 'decoded wrongly before it was saved: "âˆš" is read as "√"',
    "atom/tenderned-nl-laatste-publicaties-02d0fa49.xml": "decoded wrongly before it was saved in one entry",
    "atom/the-verge-front-pages-918d86ab.xml": "decoded wrongly before it was saved",
    "atom/zed-s-so-fucking-awesome-842d6d14.xml": "in two texts some letters are in another encoding than the rest",
    "rss2/12-on-34234nn-34no2-1d3d0ac3.xml": "decoded wrongly before it was saved",
    "rss2/business-breakingnews-ie-0227c3e2.xml": "decoded wrongly before it was saved",
    "rss2/ctvnews-ca-top-stories-public-rss-7fb290eb.xml": "decoded wrongly before it was saved",
    "rss2/dastandard-at-07d4ecc6.xml": 'decoded wrongly before it was saved: "Ã¤" is read as "ä"',
    "rss2/die-nuus-in-afrikaans-koerant-co-za-03f4576e.xml": "decoded wrongly before it was saved",
    "rss2/hubspot-marketing-blog-48aededc.xml": "decoded wrongly before it was saved",
    "rss2/japan-times-latest-articles-36c59592.xml": "decoded wrongly before it was saved",
    "rss2/le-parisien-a-la-une-2a815e3e.xml": "decoded wrongly before it was saved",
    "rss2/le-webcomic-39438012.xml": "writes 'œ' as a control character, as Windows' code page has it",
    "rss2/logbuch-netzpolitik-133dc29f.xml": "writes 'œ' as a control character",
    "rss2/massa-news-curitiba-e-regiao-4056b750.xml": "decoded wrongly before it was saved",
    "rss2/muhasebetr-tuerkiyenin-muhasebe-sitesi-9e2a8933.xml": "writes '’' as a control character",
    "rss2/romanews-43b455b8.xml": "decoded wrongly before it was saved",
    "rss2/rss-com-9557e5df.xml": "decoded wrongly before it was saved",
    "rss2/rss20jungegruender-62d55a6f.xml": "decoded wrongly before it was saved",
    "rss2/spiegel-online-nachrichten-6eacaee9.xml": "decoded wrongly before it was saved",
    "rss2/the-moscow-times-news-business-culture-m-71886a32.xml": "decoded wrongly before it was saved",
    "rss2/thomas-maurer-6cf0840a.xml": "decoded wrongly before it was saved in one entry",
}
# Documents whose tags alone tell less than a parser sees: dates and authors are not compared.
NOT_COUNTED = {
    "rss2/drug-recalls-21759531.xml": "its dates are markup, and stand on lines of their own",
    "rss2/openstreetmap-polska-029d2a36.xml": "breaks off within its last entry, which is read as far as it goes",
    "rss2/pcmag-com-the-official-john-c-dvorak-rss-9d532e32.xml": "its items are nested",
}

_ITEM = re.compile(r"<((?:\w+:)?(?:item|entry))(?=[\s>]).*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_NESTED = re.compile(r"<(source|content|description|summary|content:encoded)(?=[\s>]).*?</\1\s*>", re.DOTALL)
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|updated|issued|modified|date)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?\s*[^\s<\]]",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"<((?:\w+:)?(?:author|creator))(?:\s[^>]*)?>(.*?)</\1", re.DOTALL | re.IGNORECASE)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.:-]+)")


class ParsedDocument(NamedTuple):
    """A document of INDEX.tsv, the feed or the error, and the seconds that parsing took."""

    row: dict[str, str]
    data: bytes
    feed: Feed | None
    reason: str
    message: str
    seconds: float


def parse_all() -> dict[str, ParsedDocument]:
    """Parse every document that INDEX.tsv lists."""
    with (FEEDS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: parse_row(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def parse_row(row: dict[str, str]) -> ParsedDocument:
    """Parse one document."""
    data = (FEEDS / row["file"]).read_bytes()
    started = perf_counter()
    try:
        feed = dispatch.parse_feed(data, feed_url="https://host.example/feed")
    except SourceError as error:
        return ParsedDocument(row, data, None, error.reason, str(error), perf_counter() - started)
    return ParsedDocument(row, data, feed, "", "", perf_counter() - started)


@pytest.fixture(scope="module")
def documents() -> dict[str, ParsedDocument]:
    """Every document that INDEX.tsv lists, parsed once."""
    return parse_all()


def is_feed(document: ParsedDocument) -> bool:
    """Return whether INDEX.tsv calls a document a feed."""
    return document.row["kind"] not in {"opml", "not-a-feed"}


@needs_real_feeds
def test_no_document_takes_long(documents: dict[str, ParsedDocument]) -> None:
    """All 680 documents are parsed, each within five seconds."""
    assert len(documents) == 680
    assert [name for name, document in documents.items() if document.seconds > 5] == []


@needs_real_feeds
def test_every_entry_is_read(documents: dict[str, ParsedDocument]) -> None:
    """Every entry that INDEX.tsv counts is read, with a link or a text."""
    parsed = {name: doc for name, doc in documents.items() if is_feed(doc) and name not in NO_FEED}
    incomplete = {
        name: len(doc.feed.entries) if doc.feed else doc.message
        for name, doc in parsed.items()
        if doc.feed is None or len(doc.feed.entries) != int(doc.row["entries"])
    }
    assert incomplete == {}
    empty = {name for name, doc in parsed.items() if doc.feed and not all(map(has_content, doc.feed.entries))}
    assert empty == set(ENTRIES_WITHOUT_ANYTHING)
    assert sum(len(doc.feed.entries) for doc in parsed.values() if doc.feed) == 13_325


def has_content(entry: Entry) -> bool:
    """Return whether an entry has a link or a text."""
    return bool(entry.link or entry.title or entry.summary or entry.content)


@needs_real_feeds
def test_other_documents_are_refused(documents: dict[str, ParsedDocument]) -> None:
    """A document that is no feed is refused, with a reason and a message that says what it is."""
    others = {name: doc for name, doc in documents.items() if not is_feed(doc) or name in NO_FEED}
    assert {name for name, doc in others.items() if doc.feed} == set()
    assert {(doc.reason, doc.message[:12]) for doc in others.values()} == {
        ("html", "an HTML page"),
        ("no-feed", "this is neit"),
        ("broken", "the feed bre"),
    }


@needs_real_feeds
def test_dates_and_authors_are_read(documents: dict[str, ParsedDocument]) -> None:
    """As many entries have a date, and an author, as items of the document have such tags."""
    expected, actual = {}, {}
    for name, doc in documents.items():
        if doc.feed and is_feed(doc) and doc.row["kind"] != "json" and name not in {*NOT_COUNTED, *DATES_MISSING}:
            expected[name] = count_dates_and_authors(doc)
            actual[name] = (
                sum(entry.date is not None for entry in doc.feed.entries),
                sum(bool(entry.authors) for entry in doc.feed.entries),
            )
    assert {name: (expected[name], actual[name]) for name in expected if expected[name] != actual[name]} == {}


def count_dates_and_authors(document: ParsedDocument) -> tuple[int, int]:
    """Return how many items of a document have a date, and how many an author, by their tags alone."""
    text = re.sub(r"<!--.*?-->", "", decode(document.data), flags=re.DOTALL)
    channel = _ITEM.sub("", text)
    is_inherited = document.row["kind"].startswith("atom") and has_author(channel)
    items = [_NESTED.sub("", match[0]) for match in _ITEM.finditer(text)]
    return sum(bool(_DATE.search(item)) for item in items), sum(is_inherited or has_author(item) for item in items)


def has_author(text: str) -> bool:
    """Return whether an author in a part of a feed has a name, and not just a mail address."""
    for match in _AUTHOR.finditer(re.sub(r"<!\[CDATA\[|\]\]>", "", text)):
        inner = re.search(r"<(?:\w+:)?name[^>]*>(.*?)<", match[2], re.DOTALL)
        author = inner[1] if inner else re.sub(r"<(?:email|uri)>.*?</(?:email|uri)>", "", match[2])
        author = html.unescape(re.sub(r"<[^>]*>", "", author))
        if re.sub(r"\S+@\S+", "", author).strip(" ()<>\n\t"):
            return True
    return False


def decode(data: bytes) -> str:
    """Decode a document as UTF-8 if it is valid, else as it declares."""
    try:
        return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8")
    except UnicodeDecodeError:
        declaration = _ENCODING.search(data[:200])
        return data.decode(declaration[1].decode() if declaration else "cp1252", "replace")


@needs_real_feeds
def test_letters_are_those_of_the_document(documents: dict[str, ParsedDocument]) -> None:
    """An entry has no letter that its document, decoded correctly, lacks: umlauts are right in every encoding."""
    repaired = set()
    for name, doc in documents.items():
        if doc.feed and doc.row["kind"] != "json":
            text = html.unescape(html.unescape(html.unescape(decode(doc.data))))
            letters = set(unicodedata.normalize("NFC", text))
            if any(not get_letters(entry) <= letters for entry in doc.feed.entries):
                repaired.add(name)
    assert repaired == set(LETTERS_REPAIRED)


def get_letters(entry: Entry) -> set[str]:
    """Return the letters of an entry beyond ASCII."""
    text = "".join((entry.title, entry.summary, entry.content, *entry.authors))
    return {letter for letter in text if not letter.isascii()}


@needs_real_feeds
def test_fast_xml_agrees_with_feedparser(documents: dict[str, ParsedDocument]) -> None:
    """Every document that fast_xml takes is read as by feedparser, to the letter; it takes most."""
    bases = ("https://host.example/feed",)
    fast_count = 0
    for name, doc in documents.items():
        data = charset.convert_to_utf8(doc.data).lstrip()
        parsed = parse_with_expat(data)
        if parsed is None:
            continue
        assert build_feed(parsed, bases) == build_feed(parse_with_feedparser(data), bases), name
        fast_count += len(parsed["entries"])
    assert fast_count > 11_500


def agrees(work: Work, entries_by_title: dict[str, list[dict[str, Any]]]) -> bool:
    """Assert that an entry of the feed has a work's title, link and authors.

    The link may be the article's own, if the feed gives it, too; tracking parameters are left out. A feed may write
    several authors in one field.
    """
    same_title = entries_by_title.get(work.title) or entries_by_title.get(plain(work.title), ())
    same_link = [entry for entry in same_title if without_escapes(work.url) in entry["links"]]
    assert same_link, f'{work.source}: no entry "{work.title}" at {work.url}, but {same_title}'
    authors = [join_authors(entry["authors"]) for entry in same_link]
    assert join_authors(work.authors) in authors, f"{work.source}: {work.title}"
    return True


def join_authors(authors: Iterable[str]) -> str:
    """Return authors as one text, in which it makes no difference whether a field holds one or several."""
    return re.sub(r",? (?:and|und|&) |, ", "|", "|".join(authors))


def read_source(root: Path, source: Source) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of a feed's document by title, as feedparser with its default settings or JSON reads it."""
    data = (root / source.feed).read_bytes()
    entries: dict[str, list[dict[str, Any]]] = {}
    for entry in read_json(data) if data.lstrip()[:1] == b"{" else read_xml(data):
        entries.setdefault(entry["title"], []).append(entry)
    return entries


def read_xml(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the entries that feedparser reads."""
    parsed: Any = feedparser.parse(io.BytesIO(data))
    feed = parsed.feed if parsed.version.startswith("atom") else {}
    for entry in parsed.entries:
        authors = entry.get("authors") or feed.get("authors") or []
        names = [plain(author.get("name", "")) for author in authors]
        yield {
            "title": plain(entry.get("title", "")),
            "links": {
                without_tracking(entry.get("link") or entry.enclosures[0].href),
                without_tracking(entry.get("feedburner_origlink", "")),
            },
            "authors": [*dict.fromkeys(name for name in names if name)],
        }


def read_json(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the items of a JSON Feed."""
    document = json.loads(data)
    for item in document["items"]:
        authors = item.get("authors") or [item.get("author")]
        if not any(authors):
            authors = document.get("authors") or [document.get("author")]
        yield {
            "title": plain(item.get("title", "")),
            "links": {without_tracking(item.get("url") or item["external_url"])},
            "authors": [author["name"] for author in authors if author and author.get("name")],
        }


def plain(text: str) -> str:
    """Return the visible text of HTML; soft hyphens and the like are invisible."""
    visible = BeautifulSoup(text, "html.parser").get_text() if re.search(r"[<&]", text) else text
    return " ".join(re.sub("[\u00ad\u200b\ufeff]", "", visible).split())


def without_tracking(link: str) -> str:
    """Return a link without the parameters that track readers in these forty feeds."""
    clean = re.sub(r"(?<=[?&])(?:utm_\w+|wt_mc)=[^&#]*(?:&|(?=#|$))", "", link)
    return without_escapes(re.sub(r"[?&](?=#|$)", "", clean) if clean != link else link)


def without_escapes(link: str) -> str:
    """Return a link without the characters that may be escaped or not."""
    return re.sub(r"%[0-9A-F]{2}|[^\x21-\x7e]|[|\"<>^`{}\\]", "", link)


def format_table(documents: dict[str, ParsedDocument]) -> Iterator[str]:
    """Yield the lines of a Markdown table of what is read by kind, then every document that is not read whole."""
    rows: dict[str, Counter[str]] = {}
    for doc in documents.values():
        entries = doc.feed.entries if doc.feed else ()
        counts = {
            "documents": 1,
            "read": bool(doc.feed),
            "entries": len(entries),
            "linked": sum(bool(entry.link) for entry in entries),
            "dated": sum(entry.date is not None for entry in entries),
            "authored": sum(bool(entry.authors) for entry in entries),
        }
        for kind in (doc.row["kind"], "all"):
            rows.setdefault(kind, Counter()).update(counts)
    yield "| kind | documents | read | entries | with a link | dated | with an author |"
    yield "|---|---|---|---|---|---|---|"
    for kind, row in sorted(rows.items(), key=lambda pair: (pair[0] == "all", pair[0])):
        cells = (row[name] for name in ("documents", "read", "entries", "linked", "dated", "authored"))
        yield f"| {kind} | {' | '.join(map(str, cells))} |"
    for exceptions in (NO_FEED, ENTRIES_WITHOUT_ANYTHING, DATES_MISSING, LETTERS_REPAIRED, NOT_COUNTED):
        yield from (f"- {name}: {reason}" for name, reason in exceptions.items())


if __name__ == "__main__":
    print(*format_table(parse_all()), sep="\n")
