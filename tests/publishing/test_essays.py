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
    """Each heading of the text has its line in the contents, with its words, and its anchor on the page, once."""
    page = sample_page(f"essays/{slug}.html")
    headings = page.select(".prose h2")
    assert len(headings) > 3
    listed = [(one["href"], one.get_text()) for one in page.select("nav.contents a")]
    assert listed == [(f"#{one['id']}", one.get_text()) for one in headings]
    anchors = [one["id"] for one in page.find_all(id=True)]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("slug", ESSAYS)
def test_notes_lead_there_and_back(sample_page: PageOf, slug: str) -> None:
    """A number in the text leads to the note below it, and the note back to where it was called."""
    page = sample_page(f"essays/{slug}.html")
    calls = page.select("a.footnote-ref")
    assert calls
    for call in calls:
        note = page.find(id=call["href"].removeprefix("#"))
        back = note.select_one("a.footnote-backref")
        assert page.find(id=back["href"].removeprefix("#")) is call.parent
        assert back["title"]


@pytest.mark.parametrize("slug", ESSAYS)
def test_an_essay_says_how_long_it_takes(sample_page: PageOf, slug: str) -> None:
    """In minutes, about 200 words each, on its page and on its card."""
    said = sample_page(f"essays/{slug}.html").select_one(".post-head .length").get_text()
    minutes = int(said.split()[0])
    assert said == f"{minutes} Minuten Lesezeit"
    assert abs(minutes - len(sample_page(f"essays/{slug}.html").select_one(".prose").get_text().split()) / 200) < 1
    card = sample_page("essays.html").find("a", href=f"essays/{slug}.html").find_parent("article")
    assert card.select_one(".length").get_text() == said


def test_a_short_essay_has_no_contents(tiny: TinyEdition) -> None:
    """Two parts are found without a table; they can be linked to all the same."""
    tiny.essay("kurz", body="Anfang.\n\n## Eins\n\nA.\n\n## Zwei\n\nB.")
    build_site(tiny.root)
    page = soup(tiny.root, "essays/kurz.html")
    assert page.find("nav", class_="contents") is None
    assert [one["id"] for one in page.select(".prose h2")] == ["h-eins", "h-zwei"]


def test_parts_of_a_part_stand_below_it() -> None:
    """h3 below the h2 before it, without numbers of notes; an anchor is the page's own."""
    html = (
        '<h3 id="h-vor">Vor</h3><h2 id="h-a">A &amp; <em>B</em><sup id="fnref:1"><a href="#fn:1">1</a></sup></h2>'
        '<p>x</p><h3 id="h-c">C</h3><h2>ohne Anker</h2><h4 id="h-d">D</h4>'
    )
    assert find_headings(html) == (Heading("h-vor", "Vor"), Heading("h-a", "A & B", (Heading("h-c", "C"),)))
