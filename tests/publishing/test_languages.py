from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition
from tests.publishing.build.test_run import soup

PageOf = Callable[[str], BeautifulSoup]
SITE = "https://weichenwerk.example/"
ENGLISH, GERMAN = "notizen/the-rota-is-the-org-chart.html", "notizen/der-dienstplan-ist-das-organigramm.html"


@pytest.mark.parametrize(
    ("path", "lang"), [(ENGLISH, "en"), (GERMAN, "de"), ("notizen.html", "de"), ("404.html", "de")]
)
def test_a_page_is_in_its_language(sample_page: PageOf, path: str, lang: str) -> None:
    """The html element has the post's language; the parts around the post have the site's."""
    page = sample_page(path)
    assert page.html["lang"] == lang
    for around in (page.select_one("a.skip"), page.select_one("header.masthead"), page.select_one("footer.colophon")):
        assert around["lang"] == "de"
    for inside in page.select(".post-side, .related, .neighbours, .kicker, .byline"):
        assert (inside.get("lang") or inside.find_parent(lang=True)["lang"]) == "de"


@pytest.mark.parametrize(("path", "other", "lang", "says"), [
    (ENGLISH, GERMAN, "de", "Auch auf Deutsch:"),
    (GERMAN, ENGLISH, "en", "Das Original auf Englisch:"),
])  # fmt: skip
def test_translations_lead_to_one_another(sample_page: PageOf, path: str, other: str, lang: str, says: str) -> None:
    """Readers get the title in the other language, machines hreflang links, the same on both pages."""
    page = sample_page(path)
    (item,) = page.select(".versions li")
    assert item.get_text().startswith(says)
    assert (item.a["href"], item.a["hreflang"], item.a["lang"]) == (f"../{other}", lang, lang)
    assert item.a.string == sample_page(other).h1.string
    alternates = {link["hreflang"]: link["href"] for link in page.select("head link[hreflang]")}
    assert alternates == {"de": SITE + GERMAN, "en": SITE + ENGLISH}


def test_what_is_said_once_has_no_alternate(sample_page: PageOf) -> None:
    """A post in one language has neither links to versions nor hreflang."""
    page = sample_page("notizen/husten-im-ausschuss.html")
    assert page.select("head link[hreflang], .versions") == []


def test_a_quotation_is_in_the_language_of_its_work(sample_page: PageOf) -> None:
    """English quotations in a German note are marked as English."""
    assert sample_page(GERMAN).select_one(".prose blockquote")["lang"] == "en"
    assert sample_page(GERMAN).article["lang"] == "de"


@pytest.mark.parametrize("path", ["notizen.html", "themen/fuehrung.html", "index.html"])
def test_lists_show_the_language_of_foreign_posts(sample_page: PageOf, path: str) -> None:
    """An English post shows its language in a German list, and its title is marked; a German one shows none."""
    page = sample_page(path)
    cards = {card.select_one(".headline a")["href"].removeprefix("../"): card for card in page.select("article.card")}
    foreign = [card for card in cards.values() if card.select_one(".headline")["lang"] == "en"]
    assert foreign or path == "index.html"
    for card in cards.values():
        shown = [element.string for element in card.select(".kicker .language")]
        assert shown == (["Englisch"] if card in foreign else [])


def test_only_published_translations_are_named(tiny: TinyEdition) -> None:
    """A hidden version links to the others, but none links to it; a draft is linked nowhere."""
    tiny.essay("original", uid="original-0001", lang="de")
    tiny.essay("english", uid="english-00001", lang="en", translation_of="original-0001")
    tiny.essay("francais", uid="francais-0001", lang="fr", translation_of="original-0001", status="hidden")
    tiny.essay("svensk", uid="svensk-000001", lang="sv", translation_of="original-0001", status="draft")
    build_site(tiny.root)
    languages = {
        slug: (
            [link["hreflang"] for link in soup(tiny.root, f"essays/{slug}.html").select("head link[hreflang]")],
            [link["hreflang"] for link in soup(tiny.root, f"essays/{slug}.html").select(".versions a")],
        )
        for slug in ("original", "english", "francais")
    }
    assert languages == {
        "original": (["de", "en"], ["en"]),
        "english": (["de", "en"], ["de"]),
        "francais": ([], ["de", "en"]),
    }


def test_translations_of_a_hidden_original_still_find_one_another(tiny: TinyEdition) -> None:
    """Translations of a hidden original link to each other."""
    tiny.essay("original", uid="original-0001", lang="de", status="hidden")
    tiny.essay("english", uid="english-00001", lang="en", translation_of="original-0001")
    tiny.essay("francais", uid="francais-0001", lang="fr", translation_of="original-0001")
    build_site(tiny.root)
    page = soup(tiny.root, "essays/english.html")
    (item,) = page.select(".versions li")
    assert item.get_text(" ", strip=True) == "Auch auf Französisch: Titel von francais"
