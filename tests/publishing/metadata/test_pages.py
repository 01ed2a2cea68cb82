"""What lists, people and standalone pages say they are, and the way that leads to each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.pages.outputs import plan_pages
from tests.editions import TinyEdition
from tests.publishing.makers import catalog, post, site
from tests.publishing.metadata.schema_org import find_nodes, read_graph

SITE = "https://weichenwerk.example/"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "CollectionPage"),
        ("notizen.html", "CollectionPage"),
        ("themen/fuehrung.html", "CollectionPage"),
        ("reihen/weichenstellung.html", "CollectionPage"),
        ("menschen/marlene-vogt.html", "ProfilePage"),
        ("impressum.html", "WebPage"),
        ("abo.html", "WebPage"),
    ],
)
def test_a_page_says_what_it_is(sample_output: Path, path: str, kind: str) -> None:
    """With its address, its name, and the site that it is a part of."""
    page = read_graph(sample_output / path)[0]
    assert page["@type"] == kind
    assert page["url"] == SITE + ("" if path == "index.html" else path)
    assert page["isPartOf"] == [{"@id": f"{SITE}#website"}]
    assert page["name"]
    assert page["description"]


def test_a_list_names_its_items_in_their_order(
    sample_output: Path, sample_page: Callable[[str], BeautifulSoup]
) -> None:
    """Those that the page shows, with the addresses of their pages."""
    items = read_graph(sample_output / "essays.html")[0]["mainEntity"]
    shown = [link["href"] for link in sample_page("essays.html").select(".headline a")]
    assert [item["url"] for item in items["itemListElement"]] == [SITE + path for path in shown]
    assert [item["position"] for item in items["itemListElement"]] == [1, 2]


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("notizen/ralf-bleibt.html", ["Weichenwerk", "Notizen", "Offenlegung: Ralf bleibt"]),
        ("themen/fuehrung.html", ["Weichenwerk", "Themen", "Führung und IT-Organisation"]),
        ("archiv/2016/06.html", ["Weichenwerk", "Archiv", "2016", "Juni 2016"]),
        ("menschen/marlene-vogt.html", ["Weichenwerk", "Menschen", "Marlene Vogt"]),
        ("schlagworte/ki.html", ["Weichenwerk", "Schlagworte", "KI"]),
        ("reihen/zwischenruf.html", ["Weichenwerk", "Reihen", "Zwischenruf"]),
        ("impressum.html", ["Weichenwerk", "Impressum"]),
    ],
)  # fmt: skip
def test_a_breadcrumb_leads_from_the_home_page(sample_output: Path, path: str, steps: list[str]) -> None:
    """Each step is a page of the site, and the last one is the page itself."""
    (breadcrumb,) = find_nodes(read_graph(sample_output / path), "BreadcrumbList")
    items = breadcrumb["itemListElement"]
    assert [item["name"] for item in items] == steps
    assert [item["position"] for item in items] == [*range(1, len(steps) + 1)]
    assert (items[0]["item"], items[-1]["item"]) == (SITE, SITE + path)
    for item in items[1:]:
        assert (sample_output / item["item"].removeprefix(SITE)).is_file()


def test_the_home_page_is_the_beginning(sample_output: Path) -> None:
    """It has no breadcrumb; and says where the site is searched."""
    nodes = read_graph(sample_output / "index.html")
    assert not [*find_nodes(nodes, "BreadcrumbList")]
    (website,) = find_nodes(nodes, "WebSite")
    assert (website["name"], website["url"]) == ("Weichenwerk", SITE)
    assert website["potentialAction"]["target"]["urlTemplate"] == f"{SITE}suche.html?q={{search_term_string}}"


def test_a_profile_is_that_of_its_person(sample_output: Path) -> None:
    """With picture, function and the addresses elsewhere; a member of the board belongs to the publisher."""
    person = read_graph(sample_output / "menschen/marlene-vogt.html")[0]["mainEntity"]
    assert person["sameAs"] == ["https://marlene-vogt.example/", "https://stammtisch.example/@marlene"]
    assert person["jobTitle"] == "Chefkuratorin"
    assert person["image"]["creditText"] == "Zeichnung: Weichenwerk"
    assert person["memberOf"] == {"@id": f"{SITE}#organization"}
    guest = read_graph(sample_output / "menschen/ruth-feldkamp.html")[0]["mainEntity"]
    assert "memberOf" not in guest


def test_an_older_page_of_a_person_is_a_list(tiny: TinyEdition) -> None:
    """The profile is the first page; those behind it list earlier posts."""
    for number in range(50):
        tiny.note(f"notiz-{number}", date=f"2026-09-{number // 4 + 1:02}T0{number % 4}:00:00+02:00")
    build_site(tiny.root)
    output = tiny.root / "output" / "menschen"
    assert read_graph(output / "anna-berg.html")[0]["@type"] == "ProfilePage"
    older = read_graph(output / "anna-berg" / "seite" / "1.html")[0]
    assert older["@type"] == "CollectionPage"
    assert len(older["mainEntity"]["itemListElement"]) == 24


def test_a_series_with_recordings_is_a_podcast(sample_output: Path) -> None:
    """One of interviews alone is a series of works."""
    kinds = {
        name: read_graph(sample_output / f"reihen/{name}.html")[0]["about"]["@type"]
        for name in ("weichenstellung", "dienstgespraech")
    }
    assert kinds == {"weichenstellung": "PodcastSeries", "dienstgespraech": "CreativeWorkSeries"}


def test_the_graph_adds_no_input_to_any_page() -> None:
    """A page declares what its template shows, and its head is made of that: no list for machines only."""
    inputs = {page.path: sorted(page.context) for page in plan_pages(catalog(post()), site())}
    assert inputs["notizen.html"] == ["format", "languages", "meta", "pager", "posts", "site"]
    assert inputs["menschen.html"] == ["meta", "people", "site"]
