from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.markdown.converter import Heading, find_headings
from tests.editions import TinyEdition
from tests.publishing.build.test_run import build_site, soup

PageOf = Callable[[str], BeautifulSoup]
ESSAYS = ("organigramm-frau-petersen", "your-pager-has-read-your-strategy")


@pytest.mark.parametrize("slug", ESSAYS)
def test_the_contents_lead_to_every_part_in_order(sample_page: PageOf, slug: str) -> None:
    """Each heading of the text has a line in the contents with its words, and no anchor occurs twice on the page."""
    page = sample_page(f"essays/{slug}.html")
    headings = page.select(".prose h2")
    assert len(headings) > 3
    listed = [(element["href"], element.get_text()) for element in page.select("nav.contents a")]
    assert listed == [(f"#{element['id']}", element.get_text()) for element in headings]
    anchors = [element["id"] for element in page.find_all(id=True)]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("slug", ESSAYS)
def test_notes_lead_there_and_back(sample_page: PageOf, slug: str) -> None:
    """A footnote number links to its note, and the note back to the number."""
    page = sample_page(f"essays/{slug}.html")
    calls = page.select("a.footnote-ref")
    assert calls
    for call in calls:
        note = page.find(id=call["href"].removeprefix("#"))
        back = note.select_one("a.footnote-backref")
        assert page.find(id=back["href"].removeprefix("#")) is call.parent
        assert back["aria-label"]


@pytest.mark.parametrize("slug", ESSAYS)
def test_an_essay_says_how_long_it_takes(sample_page: PageOf, slug: str) -> None:
    """Page and card show the reading time in minutes of about 200 words."""
    reading_time = sample_page(f"essays/{slug}.html").select_one(".post-head .length").get_text()
    minutes = int(reading_time.split()[0])
    assert reading_time == f"{minutes} Minuten Lesezeit"
    assert abs(minutes - len(sample_page(f"essays/{slug}.html").select_one(".prose").get_text().split()) / 200) < 1
    card = sample_page("essays.html").find("a", href=f"essays/{slug}.html").find_parent("article")
    assert card.select_one(".length").get_text() == reading_time


def test_a_short_essay_has_no_contents(tiny: TinyEdition) -> None:
    """An essay with two parts shows no contents, but its headings have anchors."""
    tiny.essay("kurz", body="Anfang.\n\n## Eins\n\nA.\n\n## Zwei\n\nB.")
    build_site(tiny.root)
    page = soup(tiny.root, "essays/kurz.html")
    assert page.find("nav", class_="contents") is None
    assert [element["id"] for element in page.select(".prose h2")] == ["h-eins", "h-zwei"]


def test_parts_of_a_part_stand_below_it() -> None:
    """h3 stand below the h2 before them, without footnote numbers; headings without an anchor are left out."""
    html = (
        '<h3 id="h-vor">Vor</h3><h2 id="h-a">A &amp; <em>B</em><sup id="fnref:1"><a href="#fn:1">1</a></sup></h2>'
        '<p>x</p><h3 id="h-c">C</h3><h2>ohne Anker</h2><h4 id="h-d">D</h4>'
    )
    assert find_headings(html) == (Heading("h-vor", "Vor"), Heading("h-a", "A & B", (Heading("h-c", "C"),)))
