"""The head of pages: one graph, safe in HTML, the same bytes for the same page, and what previews show."""

from __future__ import annotations

import json
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from kuratorium.edition.model import Correction, Disclosure, Post, Speaker
from kuratorium.edition.works import Via, Work
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.metadata.facts import PageWording
from kuratorium.publishing.metadata.head import HeadBuilder, build_locale_name
from kuratorium.publishing.page import HtmlPage
from kuratorium.publishing.pages.outputs import plan_pages
from tests.editions import POLICY, TinyEdition
from tests.publishing.makers import NOON, catalog, post, site
from tests.publishing.metadata.schema_org import find_errors, find_nodes, read_graph

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]> & &amp; \"' \\ \u2028 \u2029",
    "\U0001f600 \u202eRTL שלום",
    "Donaudampfschifffahrtsgesellschaft" * 9,
)


def build_heads(*posts: Post, **fields: Any) -> dict[str, tuple[str, str]]:
    """Return description and graph of each page of a site with these posts."""
    heads = {}
    builder = HeadBuilder(PageWording(NullTranslations(), str))
    for page in plan_pages(catalog(*posts), site(**fields)):
        if isinstance(page, HtmlPage) and page.template != "redirect":
            head = builder.build(page, "<p>Text</p>", escape(page.meta.title))
            heads[page.path] = head.description, str(head.graph)
    return heads


def test_a_page_has_one_graph(sample_output: Path) -> None:
    """All but the page for unknown addresses, which has none of its own, redirects and versions for mail."""
    without = set()
    for path in sample_output.rglob("*.html"):
        graphs = path.read_bytes().count(b'<script type="application/ld+json">')
        assert graphs <= 1
        if not graphs:
            without.add(path.relative_to(sample_output).as_posix())
    assert {path for path in without if not path.endswith(".mail.html")} == {"404.html"}


def test_required_properties_are_there(sample_output: Path) -> None:
    """What Google's search asks of articles, breadcrumbs, events, people and videos (developers.google.com/search)."""
    required = {
        "Article": {"headline", "datePublished", "dateModified", "author", "publisher"},
        "BreadcrumbList": {"itemListElement"},
        "Event": {"name", "startDate", "endDate", "location", "eventStatus", "eventAttendanceMode", "organizer"},
        "ProfilePage": {"mainEntity"},
        "VideoObject": {"name", "thumbnailUrl", "uploadDate", "description"},
        "Clip": {"name", "startOffset", "url"},
        "Question": {"name", "acceptedAnswer"},
        "Answer": {"text"},
        "Person": {"name"},
        "Organization": {"name"},
        "WebSite": {"name", "url"},
        "ImageObject": {"contentUrl"},
    }
    seen = set()
    for path in sample_output.rglob("*.html"):
        if b"ld+json" in path.read_bytes():
            for kind, names in required.items():
                for node in find_nodes(read_graph(path), kind):
                    seen.add(kind)
                    assert names <= node.keys(), (path, node)
    assert seen == required.keys()


def test_every_address_is_absolute(sample_output: Path) -> None:
    """A graph is read apart from its page: no address in it is relative, and those of our own are of this site."""
    for path in sample_output.rglob("*.html"):
        if b"ld+json" in path.read_bytes():
            for node in find_nodes(read_graph(path)):
                for name in ("@id", "url", "item", "contentUrl", "mainEntityOfPage"):
                    assert node.get(name, "https://").startswith("https://"), (path, node)


@given(st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=300))
def test_no_text_leaves_the_graph(text: str) -> None:
    """Whatever titles, names and tags hold, an HTML parser finds one script, which is JSON with this text."""
    hostile = post(
        title=text,
        summary=text,
        tags=(text,),
        guests=(Speaker(name=text, role=text),),
        works=(Work(url="https://amt.example/?a=1&b=<", title=text, authors=(text,), publication=text),),
        corrections=(Correction(date=NOON.date(), text=text),),
        disclosure=Disclosure(kind="sponsor", text=text),
        via=Via(name=text),
    )
    for path, (description, graph) in build_heads(hostile, name=text, subtitle=text).items():
        if graph:
            html = f'<html><head><script type="application/ld+json">{graph}</script></head><body><p>x</p>'
            page = BeautifulSoup(html, "html.parser")
            assert [len(page.select(name)) for name in ("script", "p")] == [1, 1], path
            nodes = json.loads(page.script.string)["@graph"]
            assert nodes == json.loads(graph)["@graph"]
            if path == hostile.path:
                assert nodes[0]["headline"] == f"Advertisement: {text}"
        assert description


def test_the_same_page_has_the_same_bytes() -> None:
    """A graph holds no clock and no order of a set: built anew it is the same."""
    posts = [post(number, tags=("b", "a", "c")) for number in (1, 2)]
    assert build_heads(*posts) == build_heads(*posts)


def test_texts_without_signs_of_html_stay_readable() -> None:
    """Umlauts and quotation marks are written as they are."""
    _, graph = build_heads(post(title="„Über“ Straßen"))["notizen/nr-1.html"]
    assert '"headline":"„Über“ Straßen"' in graph


@pytest.mark.parametrize(
    ("lang", "name"), [("de", "de_DE"), ("en", "en_US"), ("de-at", "de_AT"), ("sv", "sv_SE"), ("xx", "xx")]
)
def test_open_graph_names_a_language_with_its_region(lang: str, name: str) -> None:
    """The region that a language names itself, or that where most of its readers are."""
    assert build_locale_name(lang) == name


def read_properties(root: Path, path: str) -> dict[str, list[str]]:
    """Return the properties for previews of a page, by name."""
    page = BeautifulSoup((root / "output" / path).read_bytes(), "html.parser")
    properties: dict[str, list[str]] = {}
    for meta in page.select("head meta[name], head meta[property]"):
        properties.setdefault(meta.get("property") or meta.get("name"), []).append(meta["content"])
    return properties


def test_previews_name_times_authors_and_tags(tiny: TinyEdition) -> None:
    """And the accounts of the authors in the fediverse, of those that have one."""
    tiny.yaml(
        "people",
        [
            {"id": "anna-berg", "name": "Anna Berg", "fediverse": "@anna@social.example"},
            {"id": "carl-dorn", "name": "Carl Dorn"},
            {"id": "eva-falk", "name": "Eva Falk"},
        ],
    )
    tiny.note(
        "signiert",
        authors=["anna-berg", "carl-dorn"],
        tags=["Netz & Amt"],
        modified="2026-10-03T08:00:00+02:00",
        lang="en",
    )
    build_site(tiny.root)
    properties = read_properties(tiny.root, "notizen/signiert.html")
    people = "https://weichenwerk.example/menschen"
    assert properties["article:published_time"] == ["2026-10-01T08:00:00+02:00"]
    assert properties["article:modified_time"] == ["2026-10-03T08:00:00+02:00"]
    assert properties["article:author"] == [f"{people}/anna-berg.html", f"{people}/carl-dorn.html"]
    assert properties["article:section"] == ["Transformation"]
    assert properties["article:tag"] == ["Netz & Amt"]
    assert properties["fediverse:creator"] == ["@anna@social.example"]
    assert properties["og:locale"] == ["en_US"]
    assert properties["og:type"] == ["article"]
    assert properties["twitter:card"] == ["summary_large_image"]
    person = read_properties(tiny.root, "menschen/anna-berg.html")
    assert (person["og:type"], person["fediverse:creator"]) == (["profile"], ["@anna@social.example"])
    home = read_properties(tiny.root, "index.html")
    assert (home["og:type"], home["og:locale"]) == (["website"], ["de_DE"])
    assert not any(name.startswith(("article:", "fediverse:")) for name in home)
    assert read_properties(tiny.root, "notizen.html")["twitter:card"] == ["summary"]
    tiny.yaml("policy", {**POLICY, "share_cards": False})
    build_site(tiny.root)
    assert read_properties(tiny.root, "index.html")["twitter:card"] == ["summary"]


@pytest.mark.parametrize("title", HOSTILE[:3])
def test_a_hostile_title_stays_a_title(tiny: TinyEdition, title: str) -> None:
    """On its page and on every list: text in the head, and data in the graph, where a list has only its address."""
    tiny.essay("boese", title=title, tags=["netz"], aliases=["alt"])
    build_site(tiny.root)
    shown = " ".join(title.split())
    for path in ("essays/boese.html", "essays.html", "schlagworte/netz.html", "archiv/2026/10.html", "index.html"):
        html = (tiny.root / "output" / path).read_bytes()
        assert [*find_errors(read_graph(html))] == []
        nodes = [*find_nodes(read_graph(html))]
        if path == "essays/boese.html":
            assert shown in {" ".join(node["headline"].split()) for node in nodes if "headline" in node}
        else:
            assert "https://weichenwerk.example/essays/boese.html" in {node.get("url") for node in nodes}, path
        assert not BeautifulSoup(html, "html.parser").select("head b, head p"), path
    assert read_properties(tiny.root, "essays/boese.html")["og:title"] == [title]


def test_a_template_may_give_its_title_as_text_or_as_html() -> None:
    """Signs of HTML in a title are signs, not elements."""
    (page,) = [page for page in plan_pages(catalog(), site()) if page.path == "index.html"]
    assert isinstance(page, HtmlPage)
    builder = HeadBuilder(PageWording(NullTranslations(), str))
    for title in ("A < B", Markup("A &lt; B")):
        graph = json.loads(builder.build(page, "", title).graph)
        assert graph["@graph"][0]["name"] == "A < B"
        assert [*find_errors(graph["@graph"])] == []
