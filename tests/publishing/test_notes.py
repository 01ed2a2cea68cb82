from collections.abc import Callable

import pytest
from babel.dates import format_date
from bs4 import BeautifulSoup, Tag

from kuratorium.edition import frontmatter
from kuratorium.edition.model import FrontMatter, Work
from tests.editions import REPOSITORY

PageOf = Callable[[str], BeautifulSoup]
LANGUAGES = {"de": "Deutsch", "en": "Englisch"}
STRENGTHS = {1: "Lesenswert", 2: "Wichtig", 3: "Pflichtlektüre"}
NOTES = ("zwei-rechnungen-ueber-denselben-schlaf", "husten-im-ausschuss", "the-rota-is-the-org-chart")


def written(slug: str) -> FrontMatter:
    """Read what the editor wrote above a note."""
    file = f"curation/notes/2026/{slug}.md"
    return frontmatter.parse_front_matter(file, (REPOSITORY / file).read_text(), FrontMatter)[0]


def words(tag: Tag | None) -> str:
    """The words a reader sees, with single spaces."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize("slug", NOTES)
def test_every_work_is_credited_above_the_title(sample_page: PageOf, slug: str) -> None:
    """In the editor's order: publication, authors, title with link, date, language, minutes and paywall where known."""
    page = sample_page(f"notizen/{slug}.html")
    works = written(slug).bookmark_of
    blocks = page.select(".credit")
    assert [credit.select_one(".credit-title a")["href"] for credit in blocks] == [work.url for work in works]
    for credit, work in zip(blocks, works, strict=True):
        assert credit.find_next("h1") is page.h1
        assert_credited(credit, work)


def assert_credited(credit: Tag, work: Work) -> None:
    """See that a credit block says all that is known of a work."""
    said = words(credit)
    assert words(credit.select_one(".p-publication")) == work.publication
    assert [words(one) for one in credit.select(".p-author")] == list(work.authors)
    title = credit.select_one(".credit-title a")
    assert (words(title), title["hreflang"], title["lang"]) == (work.title, work.lang, work.lang)
    assert words(credit.time) == format_date(work.published, "long", locale="de")
    assert LANGUAGES[work.lang] in said
    assert ("Bezahlschranke" in said) == work.paywall
    assert (f" {work.minutes} Minuten" in said) == (work.minutes is not None)
    assert bool(credit.find("a", string="Archivierte Fassung")) == bool(work.archived)


@pytest.mark.parametrize("slug", NOTES)
def test_every_quotation_leads_to_its_source_in_its_language(sample_page: PageOf, slug: str) -> None:
    """Below each stands whose words they are, linked to one of the works; the words bear the work's language."""
    known = {work.url: work for work in written(slug).bookmark_of}
    quotations = sample_page(f"notizen/{slug}.html").select(".prose blockquote")
    assert quotations
    for quotation in quotations:
        work = known[quotation["cite"]]
        link = quotation.find_parent("figure").figcaption.a
        assert (link["href"], link["hreflang"], words(link)) == (work.url, work.lang, work.title)
        assert quotation["lang"] == link["lang"] == work.lang
    assert {quotation["cite"] for quotation in quotations} == known.keys()


@pytest.mark.parametrize("slug", NOTES)
def test_a_note_says_how_strongly_why_now_and_who_signs(sample_page: PageOf, slug: str) -> None:
    """Strength, why now, via; the curators sign with picture, role and one line about them."""
    page, meta = sample_page(f"notizen/{slug}.html"), written(slug)
    assert words(page.select_one(".post-head .strength")) == STRENGTHS[meta.strength or 0]
    assert words(page.select_one(".why")).endswith(meta.why_now)
    assert bool(page.find("h2", string="Gefunden durch")) == bool(meta.via)
    assert not meta.via or page.find("a", string=meta.via.name)["href"] == meta.via.url
    signed = page.find("h2", string="Gezeichnet von").parent
    assert [one["href"] for one in signed.select(".person a")] == [f"../menschen/{one}.html" for one in meta.authors]
    assert len(signed.select(".person img.monogram")) == len(meta.authors)
    assert all(words(one) for one in signed.select(".role"))
    assert [words(one).count(". ") for one in signed.select(".bio")] == [0] * len(meta.authors)


def test_a_disclosure_comes_first(sample_page: PageOf) -> None:
    """Before kicker, credit and title on the page, before all on its card, before the title in lists and previews."""
    slug = NOTES[0]
    page = sample_page(f"notizen/{slug}.html")
    text = (written(slug).disclosure or pytest.fail("the sample discloses nothing")).text
    first = next(tag for tag in page.article.find_all(True) if tag.string and tag.string.strip())
    assert first.string == "Einladung oder Geschenk"
    assert words(first.parent) == f"Einladung oder Geschenk {text}"
    assert page.title.string.startswith("Einladung oder Geschenk: ")
    assert page.find("meta", property="og:title")["content"].startswith("Einladung oder Geschenk: ")
    card = sample_page("notizen.html").find("a", href=f"notizen/{slug}.html").find_parent("article")
    assert words(card).startswith(f"Einladung oder Geschenk {text}")
    row = sample_page("archiv/2026.html").find("a", href=f"../notizen/{slug}.html").parent
    assert words(row).startswith("Einladung oder Geschenk ")


def test_a_note_without_disclosure_has_no_label(sample_page: PageOf) -> None:
    """Nothing is disclosed where there is nothing to disclose."""
    page = sample_page(f"notizen/{NOTES[1]}.html")
    assert page.select_one(".post-head .disclosure") is None
    assert page.title.string.startswith("Derselbe Ausschuss")
