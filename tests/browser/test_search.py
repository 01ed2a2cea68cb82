"""The search as readers use it: a real browser, a real server, a real index of the sample and of a tiny edition."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.search.index import update_search_index
from tests.browser.serving import served
from tests.editions import SITE, TinyEdition, tiny_edition


def build_indexed(edition: TinyEdition) -> Path:
    """Build an edition with its index, and return the folder of its site."""
    result = build_site(edition.root)
    assert update_search_index(edition.root, result).page_count
    return result.output


@pytest.fixture(scope="module")
def spellings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with words that are spelled in several ways."""
    edition = tiny_edition(tmp_path_factory.mktemp("search-tiny"))
    edition.note("umlaut", title="Umlaut", body="Die Größe der Straße zählt.")
    edition.note("digraph", title="Digraph", body="Die Ueberschrift, wie sie ohne Umlaute geschrieben steht.")
    edition.note("bindestrich", title="Bindestrich", body="Wir reden von Open-Source-Software und von Cloud Diensten.")
    edition.note("english", title="English", lang="en", body="The migrations were finished by two engineers.")
    edition.note(
        "zitat",
        title="Zitat",
        body="Was andere sagen.\n\n> Weichenstellung ohne Plan.\n>\n> — Amt: [T](https://amt.example/)\n",
    )
    edition.note("eigenes", title="Eigenes", body="Ein Satz vorweg. Weichenstellung ohne Plan, so sehen wir es.")
    with served(build_indexed(edition)) as address:
        yield address


def search(page: Page, address: str, words: str) -> list[str]:
    """Return the titles of the results on the page with the search."""
    page.goto(f"{address}suche.html?q={words}")
    expect(page.locator(".search-status")).to_have_text(re.compile("Treffer|Nichts"))
    count = int((re.findall(r"\d+", page.locator(".search-status").inner_text()) or ["1"])[0])
    if "Nichts" in page.locator(".search-status").inner_text():
        return []
    expect(page.locator(".search-results li")).to_have_count(min(count, 10))
    return page.locator(".search-results a").all_inner_texts()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("groesse", "Umlaut"),
        ("Größe", "Umlaut"),
        ("strasse", "Umlaut"),
        ("Straße", "Umlaut"),
        ("überschrift", "Digraph"),
        ("ueberschrift", "Digraph"),
        ("open source", "Bindestrich"),
        ("Open-Source", "Bindestrich"),
        ("cloud-diensten", "Bindestrich"),
        ("dienst", "Bindestrich"),
        ("migration", "English"),
        ("engineer", "English"),
    ],
)
def test_a_word_is_found_however_it_is_spelled(
    open_page: Callable[..., Page], spellings: str, words: str, title: str
) -> None:
    """Umlauts and their digraphs, ß and ss, hyphen and blank, and endings in German and English."""
    assert title in search(open_page(), spellings, words)


def test_what_we_say_stands_above_what_we_quote(open_page: Callable[..., Page], spellings: str) -> None:
    """Both are found."""
    assert search(open_page(), spellings, "weichenstellung plan") == ["Eigenes", "Zitat"]


def test_nothing_found_is_said(open_page: Callable[..., Page], spellings: str) -> None:
    """And the lists of the site are offered."""
    page = open_page()
    assert search(page, spellings, "xyzzyplugh") == []
    expect(page.locator(".search-status")).to_have_text("Nichts gefunden.")


def test_a_key_opens_the_search_on_every_page(open_page: Callable[..., Page], sample: str) -> None:
    """By "/" and words, with the keyboard alone; Escape leads back to where one was."""
    page = open_page()
    page.goto(f"{sample}notizen/meldekette-auf-papier.html")
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Suche")
    expect(dialog.get_by_role("searchbox", name="Beiträge, Menschen und Themen durchsuchen")).to_be_focused()
    page.keyboard.type("uhrzeit")
    expect(dialog.get_by_role("status")).to_have_text("3 Treffer")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gespraeche/zwischenruf-1-uhrzeit.html*")


def test_a_slash_within_a_field_is_a_slash(open_page: Callable[..., Page], sample: str) -> None:
    """Who types an address into the search wants to see it."""
    page = open_page()
    page.goto(f"{sample}suche.html")
    page.locator("#search-words").click()
    page.keyboard.type("a/b")
    expect(page.locator("#search-words")).to_have_value("a/b")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_link_opens_the_search_as_well(open_page: Callable[..., Page], sample: str) -> None:
    """It is found by its name."""
    page = open_page(width=360)
    page.goto(f"{sample}index.html")
    page.get_by_role("link", name="Suche").click()
    expect(page.get_by_role("dialog", name="Suche")).to_be_visible()


def test_a_result_in_a_transcript_leads_to_the_second(open_page: Callable[..., Page], sample: str) -> None:
    """Where the word is said."""
    page = open_page()
    search(page, sample, "uhrzeit")
    link = page.get_by_role("link", name="Weichenstellung 2")
    address = link.get_attribute("href") or ""
    assert re.search(r"weichenstellung-2-stoerung\.html#t-\d+$", address)
    link.click()
    page.wait_for_url(f"**{address}")
    turn = page.locator(f"#{address.rpartition('#')[2]}")
    expect(turn).to_be_in_viewport()
    assert "Uhrzeit" in turn.inner_text()


def test_results_can_be_limited(open_page: Callable[..., Page], sample: str) -> None:
    """By format, topic, person, language and year, also without words."""
    page = open_page()
    search(page, sample, "pager")
    page.locator(".search-filters summary").click()
    before = page.locator(".search-status").inner_text()
    page.get_by_label("Sprache", exact=True).select_option("Englisch")
    expect(page.locator(".search-status")).not_to_have_text(before)
    names = [
        option
        for label in ("Format", "Thema", "Person", "Sprache", "Jahr")
        for option in page.get_by_label(label, exact=True).locator("option").all_inner_texts()
    ]
    assert {"Notizen", "Menschen", "Themen", "Markenbotschafter", "Marlene Vogt", "Deutsch", "2026"} <= set(names)
    page.locator("#search-words").fill("")
    page.get_by_label("Sprache", exact=True).select_option("Alle")
    page.get_by_label("Format", exact=True).select_option("Essays")
    expect(page.locator(".search-status")).to_have_text(re.compile("Treffer"))
    expect(page.locator(".search-facts").first).to_contain_text("Essays")


def test_nothing_foreign_is_asked_and_nothing_is_kept(open_page: Callable[..., Page], sample: str) -> None:
    """All files are the site's own; what was searched stays in no cookie and no storage."""
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    search(page, sample, "pager")
    assert [url for url in asked if not url.startswith((sample, "blob:"))] == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_without_scripts_the_link_leads_to_a_page_with_all_lists(open_page: Callable[..., Page], sample: str) -> None:
    """Archive, tags, people and topics; no form that would do nothing."""
    page = open_page(scripts=False)
    page.goto(f"{sample}index.html")
    page.get_by_role("link", name="Suche").click()
    page.wait_for_url("**/suche.html")
    expect(page.locator("#search form")).to_be_hidden()
    page.locator("#search nav").get_by_role("link", name="Archiv").click()
    page.wait_for_url("**/archiv.html")


def test_from_a_disk_the_search_says_that_it_cannot_be_loaded(
    open_page: Callable[..., Page], tiny: TinyEdition
) -> None:
    """Browsers load no modules and no index from files; the lists stay."""
    page = open_page()
    page.goto((build_indexed(tiny) / "index.html").as_uri())
    page.get_by_role("link", name="Suche").click()
    page.wait_for_url("**/suche.html")
    expect(page.locator("#search nav").get_by_role("link", name="Archiv")).to_be_visible()


def test_a_site_below_a_folder_is_searched_there(open_page: Callable[..., Page], tiny: TinyEdition) -> None:
    """Its results have its own addresses."""
    settings = (tiny.root / "pelicanconf.py").read_text()
    tiny.write("pelicanconf.py", settings.replace(SITE["SITEURL"], f"{SITE['SITEURL']}/amt"))
    tiny.note("zeile", title="Zeile", body="Hier steht Weichenschmiere.")
    output = build_indexed(tiny)
    folder = tiny.root / "host"
    folder.mkdir()
    output.rename(folder / "amt")
    with served(folder) as address:
        page = open_page()
        page.goto(f"{address}amt/notizen/zeile.html")
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("weichenschmiere")
        page.get_by_role("dialog").get_by_role("link", name="Zeile").click()
        page.wait_for_url("**/amt/notizen/zeile.html*")


def test_an_edited_index_answers_and_loads_little(tmp_path: Path, open_page: Callable[[], Page]) -> None:
    """What edits left is found, the best first; of filters, only the values are loaded until a reader chooses one."""
    edition = tiny_edition(tmp_path)
    for number in range(12):
        edition.note(f"note-{number}", title=f"Notiz {number}", body=f"Hier steht Weichenstellung, {number}.")
    build_indexed(edition)
    edition.note("beste", title="Weichenstellung", body="Weichenstellung, und nur Weichenstellung.")
    page = open_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    with served(build_indexed(edition)) as address:
        assert search(page, address, "Weichenstellung")[0] == "Weichenstellung"
        expect(page.locator(".search-status")).to_have_text("13 Treffer")
        assert not [url for url in requests if ".pf_filter" in url]
        assert len([url for url in requests if ".pf_index" in url]) <= 2
        page.locator(".search-filters summary").click()
        page.get_by_label("Format").select_option("Notizen")
        expect(page.locator(".search-status")).to_have_text("13 Treffer")
