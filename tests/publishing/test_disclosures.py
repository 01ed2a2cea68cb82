"""Whose interest is in play is said before anything else, wherever a post shows (§ 22 MStV)."""

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
from kuratorium.publishing.builder import build_site
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
    """Every link of the site's pages from a title to a page of its own: page, where it leads, the link."""
    for file in sorted(site.rglob("*.html")):
        page = file.relative_to(site).as_posix()
        for link in BeautifulSoup(file.read_bytes(), "html.parser").select("a[href]"):
            if "://" not in link["href"] and not link.find_parent(class_="prose"):
                yield page, normpath(join(page, "..", link["href"])), link


def said_before(link: Tag, title: str) -> str:
    """What stands before a title in the entry of a list that it belongs to."""
    entry = link.find_parent(["article", "li", "td", "p"]) or link
    return " ".join(entry.get_text(" ").split()).partition(title)[0]


def test_no_title_of_the_sample_stands_without_its_label(sample_output: Path) -> None:
    """On cards, in lists, among neighbours, in series, by people and topics: the label comes before the title."""
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
    found = [
        (page, target, said_before(link, disclosed[target][0]), disclosed[target][1])
        for page, target, link in links(sample_output)
        if target in disclosed and disclosed[target][0] in " ".join(link.get_text(" ").split())
    ]
    assert {target for _, target, _, _ in found} == disclosed.keys()
    assert [one for one in found if one[3] not in one[2]] == []


@pytest.mark.parametrize(("kind", "label"), LABELS.items())
def test_a_disclosure_comes_first_on_every_surface(tiny: TinyEdition, kind: str, label: str) -> None:
    """Page, preview, card, feeds and calendar of a talk to come begin with the label."""
    tiny.talk("runde", disclosure={"kind": kind, "text": "Die Pumpen AG zahlt."}, body="Wir reden.")
    build_site(tiny.root)
    output = tiny.root / "output"
    page = soup(tiny.root, "gespraeche/runde.html")
    titled = f"{label}: Titel von runde"
    assert " ".join(page.article.get_text(" ").split()).startswith(f"{label} Die Pumpen AG zahlt. ")
    assert page.find("meta", property="og:title")["content"] == titled
    assert page.title.string == f"{titled} – Weichenwerk"
    for place in ("gespraeche.html", "index.html", "themen/transformation.html"):
        card = next(one for one in soup(tiny.root, place).select("article.card") if "Titel von runde" in one.get_text())
        assert " ".join(card.get_text(" ").split()).startswith(f"{label} Die Pumpen AG zahlt. ")
    for feed in ("feed.xml", "themen/transformation.xml"):
        items = feedparser.parse((output / feed).read_bytes()).entries
        (item,) = [one for one in items if one.link.endswith("runde.html")]
        assert item.title == titled
        assert item.content[0].value.startswith(f"<p><strong>{label}</strong> Die Pumpen AG zahlt.</p>")
    calendars = sorted(output.rglob("*.ics"))
    assert len(calendars) == 2
    for calendar in calendars:
        (event,) = icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
        assert event["SUMMARY"] == titled
