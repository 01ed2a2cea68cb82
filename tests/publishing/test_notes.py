import html
import json
from collections.abc import Callable

import pytest
from babel.dates import format_date
from bs4 import BeautifulSoup, Tag

from kuratorium.edition import frontmatter
from kuratorium.edition.model import FrontMatter
from kuratorium.edition.works import Work
from kuratorium.publishing.build_command import build_site
from tests.editions import REPOSITORY, TinyEdition, read_valid_edition
from tests.publishing.build.test_run import soup

PageOf = Callable[[str], BeautifulSoup]
LANGUAGES = {"de": "Deutsch", "en": "Englisch"}
STRENGTHS = {1: "Lesenswert", 2: "Wichtig", 3: "Pflichtlektüre"}
NOTES = ("zwei-rechnungen-ueber-denselben-schlaf", "husten-im-ausschuss", "the-rota-is-the-org-chart")


def read_front_matter(slug: str) -> FrontMatter:
    """Return the front matter of a note of the sample."""
    file = f"curation/notes/2026/{slug}.md"
    return frontmatter.parse_front_matter(file, (REPOSITORY / file).read_text(), FrontMatter)[0]


def words(tag: Tag | None) -> str:
    """Return an element's text with single spaces."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize("slug", NOTES)
def test_every_work_is_credited_above_the_title(sample_page: PageOf, slug: str) -> None:
    """Credits are in the editor's order, with publication, authors, linked title, date, language and paywall."""
    page = sample_page(f"notizen/{slug}.html")
    works = read_front_matter(slug).bookmark_of
    blocks = page.select(".credit")
    assert [credit.select_one(".credit-title a")["href"] for credit in blocks] == [work.url for work in works]
    for credit, work in zip(blocks, works, strict=True):
        assert credit.find_next("h1") is page.h1
        assert_credited(credit, work)


def assert_credited(credit: Tag, work: Work) -> None:
    """Assert that a credit block shows all that the front matter says of a work."""
    text = words(credit)
    assert words(credit.select_one(".p-publication")) == work.publication
    assert [words(element) for element in credit.select(".p-author")] == list(work.authors)
    title = credit.select_one(".credit-title a")
    assert (words(title), title["hreflang"], title["lang"]) == (work.title, work.lang, work.lang)
    assert words(credit.time) == format_date(work.published, "long", locale="de")
    assert LANGUAGES[work.lang] in text
    assert ("Bezahlschranke" in text) == work.paywall
    assert (f" {work.minutes} Minuten" in text) == (work.minutes is not None)
    assert bool(credit.find("a", string="Archivierte Fassung")) == bool(work.archived)


@pytest.mark.parametrize("slug", NOTES)
def test_every_quotation_leads_to_its_source_in_its_language(sample_page: PageOf, slug: str) -> None:
    """The caption of a quotation links to one of the works; the quotation is marked with the work's language."""
    works_by_url = {work.url: work for work in read_front_matter(slug).bookmark_of}
    quotations = sample_page(f"notizen/{slug}.html").select(".prose blockquote")
    assert quotations
    for quotation in quotations:
        work = works_by_url[quotation["cite"]]
        link = quotation.find_parent("figure").figcaption.a
        assert (link["href"], link["hreflang"], words(link)) == (work.url, work.lang, work.title)
        assert quotation["lang"] == link["lang"] == work.lang
    assert {quotation["cite"] for quotation in quotations} == works_by_url.keys()


@pytest.mark.parametrize("slug", NOTES)
def test_a_note_says_how_strongly_why_now_and_who_signs(sample_page: PageOf, slug: str) -> None:
    """A note shows strength, why now and via; its curators have a picture, a role and their whole bio."""
    page, meta = sample_page(f"notizen/{slug}.html"), read_front_matter(slug)
    assert words(page.select_one(".post-head .strength")) == STRENGTHS[meta.strength or 0]
    assert words(page.select_one(".why")).endswith(meta.why_now)
    assert bool(page.find("h2", string="Gefunden durch")) == bool(meta.via)
    assert not meta.via or page.find("a", string=meta.via.name)["href"] == meta.via.url
    signed = page.select_one(".signatures")
    assert signed.h2.string == "Gezeichnet von"
    assert [link["href"] for link in signed.select("a.p-name")] == [
        f"../menschen/{person_id}.html" for person_id in meta.authors
    ]
    assert len(signed.select("img.portrait")) == len(signed.select(".role")) == len(meta.authors)
    people = {person.id: person for person in read_valid_edition(REPOSITORY).registry.people.values()}
    assert [words(bio) for bio in signed.select(".bio")] == [people[person_id].bio for person_id in meta.authors]


def test_a_disclosure_comes_first(sample_page: PageOf) -> None:
    """It stands before all else on page and card, and before the title in lists and previews."""
    slug = NOTES[0]
    page = sample_page(f"notizen/{slug}.html")
    text = (read_front_matter(slug).disclosure or pytest.fail("the sample discloses nothing")).text
    first = next(tag for tag in page.article.find_all(True) if tag.string and tag.string.strip())
    assert first.string == "Einladung oder Geschenk"
    assert words(first.parent) == f"Einladung oder Geschenk {text}"
    assert page.title.string.startswith("Einladung oder Geschenk: ")
    assert page.find("meta", property="og:title")["content"].startswith("Einladung oder Geschenk: ")
    card = sample_page("notizen.html").find("a", href=f"notizen/{slug}.html").find_parent("article")
    assert words(card).startswith(f"Einladung oder Geschenk {text}")
    row = sample_page("archiv/2026/10.html").find("a", href=f"../../notizen/{slug}.html").parent
    assert words(row).startswith("Einladung oder Geschenk ")


def test_a_note_without_disclosure_has_no_label(sample_page: PageOf) -> None:
    """A note that discloses nothing has neither a label nor a prefix in its title."""
    page = sample_page(f"notizen/{NOTES[1]}.html")
    assert page.select_one(".post-head .disclosure") is None
    assert page.title.string.startswith("Derselbe Ausschuss")


def test_a_work_in_print_is_credited_without_a_link(tiny: TinyEdition) -> None:
    """Page, card, feeds and the graph for search engines name publication, issue and page, and no empty address."""
    printed = {"title": "Das stille Amt", "publication": "Stadtblatt", "issue": "3/1998", "page": "S. 5"}
    tiny.note("alt", bookmark_of=[printed])
    tiny.note("auch", bookmark_of=[printed | {"title": "Anderes"}])
    build_site(tiny.root)
    site = tiny.root / "output"
    page = soup(tiny.root, "notizen/alt.html")
    credit = page.select_one(".credit")
    assert [words(part) for part in credit.select(".credit-facts span")] == ["3/1998", "S. 5"]
    assert words(credit.select_one("cite.p-name")) == "Das stille Amt"
    assert not credit.select("a")
    (graph,) = page.select('script[type="application/ld+json"]')
    assert '"Das stille Amt"' in graph.string
    assert '""' not in graph.string
    assert 'href=""' not in (site / "index.html").read_text()
    assert "Das stille Amt – Stadtblatt, 3/1998, S. 5" in (site / "feed.xml").read_text()
    items = json.loads((site / "feed.json").read_text())["items"]
    assert all(item.get("external_url", "x") for item in items)


def test_a_look_back_on_a_work_elsewhere_credits_it(tiny: TinyEdition) -> None:
    """Its page, feeds and graph name and link the work, as something read again and not as a recommendation."""
    past = {
        "url": "https://alt.example/akte",
        "title": "Die Akte",
        "publication": "Altblatt",
        "date": "2016-10-01",
    }
    tiny.post("content/lookbacks/2026/x.md", authors=["anna-berg"], lookback_of=past, changed_since=["Alles."])
    build_site(tiny.root)
    page = soup(tiny.root, "rueckblicke/x.html")
    assert words(page.select_one(".credit-label")) == "Wiedergelesen"
    assert page.select_one(".credit time")["datetime"] == "2016-10-01"
    assert page.select_one(".credit a.u-url")["href"] == past["url"]
    assert '"isBasedOn":["https://alt.example/akte"]' in page.select_one("script[type='application/ld+json']").string
    assert 'Wiedergelesen: <a href="https://alt.example/akte">Die Akte</a> – Altblatt' in html.unescape(
        (tiny.root / "output/feed.xml").read_text()
    )
