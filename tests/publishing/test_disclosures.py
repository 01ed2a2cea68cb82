"""Disclosures stand before everything else wherever a post is shown (§ 22 MStV)."""

from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath

import feedparser
import icalendar
import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.edition import frontmatter
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.urls import Paths
from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.build.test_run import soup

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
