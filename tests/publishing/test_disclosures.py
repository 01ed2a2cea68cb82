"""Disclosures stand before everything else wherever a post is shown (§ 22 MStV)."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from typing import Any

import feedparser
import icalendar
import mf2py
import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.edition import frontmatter
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.search.index import update_search_index
from kuratorium.publishing.urls import Paths
from tests.captions import read_cues
from tests.editions import NOW, PODCAST, POLICY, REPOSITORY, TinyEdition, tiny_edition
from tests.publishing.build.test_run import soup
from tests.sounds import sound

LABELS = {
    "sponsor": "Anzeige",
    "employer": "In eigener Sache",
    "gift": "Einladung oder Geschenk",
    "relation": "Offenlegung",
}


def links(site: Path) -> Iterator[tuple[str, str, Tag]]:
    """Yield every internal link of the site outside running text: its page, its target, and the link itself."""
    for file in sorted(site.rglob("*.html")):
        page = file.relative_to(site).as_posix()
        for link in BeautifulSoup(file.read_bytes(), "html.parser").select("a[href]"):
            if "://" not in link["href"] and not link.find_parent(class_="prose"):
                yield page, normpath(join(page, "..", link["href"])), link


def text_before(link: Tag, title: str) -> str:
    """Return the text that stands before a title in its entry of a list."""
    entry = link.find_parent(["article", "li", "td", "p"]) or link
    return " ".join(entry.get_text(" ").split()).partition(title)[0]


def test_no_title_of_the_sample_stands_without_its_label(sample_output: Path) -> None:
    """The label stands before the title on cards, in lists, among neighbours, in series, of people and topics."""
    posts = [
        (format, file.stem, frontmatter.parse_front_matter(file.name, file.read_text(), FrontMatter)[0])
        for format in FORMATS
        for file in sorted((REPOSITORY / format.folder).rglob("*.md"))
    ]
    disclosed = {
        Paths("de").post(format.id, meta.slug or stem): (meta.title, LABELS[meta.disclosure.kind])
        for format, stem, meta in posts
        if meta.disclosure
    }
    assert len(disclosed) >= 5
    title_links = [
        (page, target, text_before(link, disclosed[target][0]), disclosed[target][1])
        for page, target, link in links(sample_output)
        if target in disclosed and disclosed[target][0] in " ".join(link.get_text(" ").split())
    ]
    assert {target for _, target, _, _ in title_links} == disclosed.keys()
    assert [entry for entry in title_links if entry[3] not in entry[2]] == []


@pytest.mark.parametrize(("kind", "label"), LABELS.items())
def test_a_disclosure_comes_first_on_every_surface(tiny: TinyEdition, kind: str, label: str) -> None:
    """Page, preview, card, feeds and calendar of an upcoming talk begin with the label."""
    tiny.talk("runde", disclosure={"kind": kind, "text": "Die Pumpen AG zahlt."}, body="Wir reden.")
    build_site(tiny.root)
    output = tiny.root / "output"
    page = soup(tiny.root, "gespraeche/runde.html")
    titled = f"{label}: Titel von runde"
    assert " ".join(page.article.get_text(" ").split()).startswith(f"{label} Die Pumpen AG zahlt. ")
    assert page.find("meta", property="og:title")["content"] == titled
    assert page.title.string == f"{titled} – Weichenwerk"
    for place in ("gespraeche.html", "index.html", "themen/transformation.html"):
        card = next(
            element
            for element in soup(tiny.root, place).select("article.card")
            if "Titel von runde" in element.get_text()
        )
        assert " ".join(card.get_text(" ").split()).startswith(f"{label} Die Pumpen AG zahlt. ")
    for feed in ("feed.xml", "themen/transformation.xml"):
        items = feedparser.parse((output / feed).read_bytes()).entries
        (item,) = [entry for entry in items if entry.link.endswith("runde.html")]
        assert item.title == titled
        assert item.content[0].value.startswith(f"<p><strong>{label}</strong> Die Pumpen AG zahlt.</p>")
    calendars = sorted(output.rglob("*.ics"))
    assert len(calendars) == 2
    for calendar in calendars:
        (event,) = icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
        assert event["SUMMARY"] == titled


def test_a_recording_is_named_with_its_label(tiny: TinyEdition) -> None:
    """In JSON-LD, too, where search engines read the name of a recording by itself."""
    audio = {"url": "https://audio.example/a.mp3", "bytes": 100, "type": "audio/mpeg", "duration": "0:30"}
    disclosure = {"kind": "sponsor", "text": "Die Pumpen AG zahlt."}
    event = {"start": "2026-10-01T18:00:00+02:00", "end": "2026-10-01T19:00:00+02:00"}
    tiny.talk("runde", disclosure=disclosure, event=event, media={"audio": audio}, body="Wir reden.")
    build_site(tiny.root)
    page = (tiny.root / "output/gespraeche/runde.html").read_text()
    assert '#audio","name":"Anzeige: Titel von runde"' in page


PAID = {"kind": "sponsor", "text": "Die Pumpen AG zahlt."}
PAID_TITLES = {
    "notizen/bezahlt.html": "Anzeige: Titel von bezahlt",
    "gespraeche/runde.html": "Anzeige: Titel von runde",
    "presseschau/nummer.html": "Anzeige: Titel von nummer",
}
BARE_TITLES = {title.removeprefix("Anzeige: ") for title in PAID_TITLES.values()}


@pytest.fixture(scope="module")
def paid_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of an edition with a paid note, a paid talk with a recording, and a paid digest, with its search."""
    tiny = tiny_edition(tmp_path_factory.mktemp("paid"))
    tiny.yaml("policy", POLICY | {"podcast": PODCAST, "news_sitemap": True, "tag_feeds": True})
    tiny.yaml("series", [{"id": "abende", "name": "Abende"}])
    tiny.write("content/media/ton.mp3", sound(60))
    fresh = {"date": "2026-10-13T08:00:00+02:00", "disclosure": PAID, "tags": ["Pumpen"]}
    tiny.note("bezahlt", uid="bezahlt-00000001", featured="2026-11-01", **fresh)
    media = {"audio": {"file": "media/ton.mp3"}, "chapters": [{"start": "00:05", "title": "Anfang"}]}
    tiny.talk(
        "runde",
        start="2026-10-01T18:00:00+02:00",
        end="2026-10-01T19:00:00+02:00",
        body="@anna-berg (00:01): Warum?\n\n@eva-falk (00:30): Darum.",
        media=media,
        series={"id": "abende", "position": 1},
        **fresh,
    )
    period = {"from": "2026-10-05", "to": "2026-10-11"}
    tiny.post("content/digests/nummer.md", body="Das war die Woche.", period=period, **fresh)
    again = {"lookback_of": "bezahlt-00000001", "changed_since": ["Es wird gezahlt."], "date": NOW}
    tiny.post("content/lookbacks/wieder.md", **fresh | again)
    tiny.essay(
        "frei", date="2026-10-13T09:00:00+02:00", tags=["Pumpen"], body="Frei von [Geld]({filename}../talks/runde.md)."
    )
    update_search_index(tiny.root, build_site(tiny.root))
    return tiny.root / "output"


def list_strings(value: Any) -> Iterator[str]:
    """Yield every text in values of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from list_strings(item)


def read_documents(site: Path) -> Iterator[tuple[str, BeautifulSoup]]:
    """Yield the pages of a site with their paths."""
    for file in sorted(site.rglob("*.html")):
        yield file.relative_to(site).as_posix(), BeautifulSoup(file.read_bytes(), "html.parser")


def test_a_paid_page_names_itself_an_advertisement(paid_site: Path) -> None:
    """Its title, heading, preview and the way to it in search results begin with the label, and so does its text."""
    for path, titled in PAID_TITLES.items():
        page = BeautifulSoup((paid_site / path).read_bytes(), "html.parser")
        assert page.title.string == f"{titled} – Weichenwerk"
        assert page.h1.get_text() == titled
        assert page.article.get_text(" ", strip=True).startswith("Anzeige Die Pumpen AG zahlt.")
        assert page.find("meta", property="og:title")["content"] == titled
        assert page.find("meta", property="og:image:alt")["content"].startswith(titled)
        (graph,) = [json.loads(script.string) for script in page.select('script[type="application/ld+json"]')]
        (trail,) = [node for node in graph["@graph"] if node["@type"] == "BreadcrumbList"]
        assert trail["itemListElement"][-1]["name"] == titled


def test_no_graph_or_microformat_has_a_bare_title(paid_site: Path) -> None:
    """Wherever programs read names of posts on any page: JSON-LD, h-entry, h-event."""
    for path, page in read_documents(paid_site):
        graphs = [json.loads(script.string) for script in page.select('script[type="application/ld+json"]')]
        assert BARE_TITLES & set(list_strings(graphs)) == set(), path
        items = mf2py.parse(doc=str(page), url=f"https://weichenwerk.example/{path}")["items"]
        assert BARE_TITLES & set(list_strings(items)) == set(), path


def test_no_link_to_a_paid_post_lacks_its_label(paid_site: Path) -> None:
    """On the front page, cards, rows, archives, and among what belongs to another post."""
    title_links = [
        (page, text_before(link, title.removeprefix("Anzeige: ")))
        for page, target, link in links(paid_site)
        if (title := PAID_TITLES.get(target, "")) and title.removeprefix("Anzeige: ") in link.get_text()
    ]
    assert {"index.html", "archiv/2026/10.html", "themen/transformation.html"} <= {page for page, _ in title_links}
    assert [entry for entry in title_links if "Anzeige" not in entry[1]] == []
    home = BeautifulSoup((paid_site / "index.html").read_bytes(), "html.parser")
    assert home.select_one("article.card").get_text(" ", strip=True).startswith("Anzeige Die Pumpen AG zahlt.")
    for heading in home.select("article.card .headline"):
        assert heading.get_text() not in BARE_TITLES


def test_subscribers_read_the_label_first(paid_site: Path) -> None:
    """In RSS, Atom, JSON Feed, podcast and calendar, in captions, transcript, chapters and the forms for mail."""
    for file in sorted(paid_site.rglob("*.xml")):
        if "sitemap" not in file.name:
            for entry in feedparser.parse(file.read_bytes()).entries:
                assert entry.title not in BARE_TITLES, file
                if entry.title.startswith("Anzeige") and "podcast" not in file.name:
                    assert entry.content[0].value.startswith("<p><strong>Anzeige</strong> Die Pumpen AG zahlt.</p>")
    for file in sorted(paid_site.rglob("*.json")):
        assert BARE_TITLES & set(list_strings(json.loads(file.read_bytes()))) == set(), file
    (episode,) = feedparser.parse((paid_site / "reihen/abende/podcast.xml").read_bytes()).entries
    assert episode.title == episode.itunes_title == "Anzeige: Titel von runde"
    assert episode.summary.startswith("Anzeige: Die Pumpen AG zahlt.")
    (calendar,) = paid_site.rglob("runde*.ics")
    (event,) = icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    assert event["SUMMARY"] == "Anzeige: Titel von runde"
    assert event["DESCRIPTION"].startswith("Anzeige: Die Pumpen AG zahlt.")
    (captions,) = paid_site.rglob("*.vtt")
    cues, violations = read_cues(captions.read_text())
    assert not violations
    assert [cue.text for cue in cues] == ["Anzeige: Die Pumpen AG zahlt.", "Warum?", "Darum."]
    assert (paid_site / "gespraeche/runde.txt").read_text().startswith("Anzeige: Titel von runde\n")
    assert (paid_site / "presseschau/nummer.txt").read_text().startswith("Anzeige: Titel von nummer\n")
    mail = BeautifulSoup((paid_site / "presseschau/nummer.mail.html").read_bytes(), "html.parser")
    assert mail.title.string.startswith("Anzeige: Titel von nummer")
    assert mail.select_one(".site").find_next_sibling("p").get_text() == "Anzeige: Die Pumpen AG zahlt."


def test_search_and_news_know_what_is_paid(paid_site: Path) -> None:
    """Results of the search begin with the label; Google's news have no paid post at all."""
    fragments = [
        json.loads(gzip.decompress(file.read_bytes()).partition(b"dcd")[2])
        for file in (paid_site / "pagefind/fragment").iterdir()
    ]
    titles = {fragment["meta"]["title"] for fragment in fragments}
    assert set(PAID_TITLES.values()) <= titles
    assert BARE_TITLES & titles == set()
    news = paid_site / "sitemap/news.xml"
    assert "essays/frei.html" in news.read_text()
    assert not [path for path in PAID_TITLES if path in news.read_text()]


def test_no_file_of_the_site_shows_a_bare_title(paid_site: Path) -> None:
    """Lists of addresses and files for programs name no paid post by its bare title."""
    for file in sorted(paid_site.rglob("*.txt")) + sorted(paid_site.rglob("*.opml")):
        for line in file.read_text().splitlines():
            assert line.strip() not in BARE_TITLES, file
