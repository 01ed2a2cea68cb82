from __future__ import annotations

import re

import pytest

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.links import find_link_targets, rewrite_links
from tests.editions import TinyEdition
from tests.publishing.histories.workspace import replace_setting

FILE = "curation/notes/2026/eins.md"
ADDRESSES = {
    FILE: "notizen/eins.html",
    "curation/notes/2026/zwei.md": "notizen/zwei.html",
    "content/images/rotes haus.png": "images/rotes haus.png",
    "content/images/plan.png": "images/plan.png",
}
SITE = "https://werk.example/blatt/"


def rewrite(html: str, root: str) -> str:
    """Return a body as a page shows it from which `root` leads to the site's root."""
    return rewrite_links(html, FILE, root, ADDRESSES.get)


@pytest.mark.parametrize(
    ("address", "on_page", "in_feed"),
    [
        ("{filename}zwei.md#teil", "../notizen/zwei.html#teil", f"{SITE}notizen/zwei.html#teil"),
        ("zwei.md", "../notizen/zwei.html", f"{SITE}notizen/zwei.html"),
        ("zwei.html?a=b", "../notizen/zwei.html?a=b", f"{SITE}notizen/zwei.html?a=b"),
        ("../themen/", "../themen/", f"{SITE}themen/"),
        ("{static}/images/rotes%20haus.png", "../images/rotes%20haus.png", f"{SITE}images/rotes%20haus.png"),
        ("images/plan.png", "../images/plan.png", f"{SITE}images/plan.png"),
        ("/images/plan.png", "../images/plan.png", f"{SITE}images/plan.png"),
        ("/blatt/notizen/zwei.html", "/blatt/notizen/zwei.html", f"{SITE}notizen/zwei.html"),
        ("//amtsblog.example/a", "https://amtsblog.example/a", "https://amtsblog.example/a"),
        ("www.amtsblog.example/a?b", "https://www.amtsblog.example/a?b", "https://www.amtsblog.example/a?b"),
        ("anna@werk.example", "mailto:anna@werk.example", "mailto:anna@werk.example"),
        ("https://amtsblog.example/", "https://amtsblog.example/", "https://amtsblog.example/"),
        ("?seite=2", "?seite=2", f"{SITE}notizen/eins.html?seite=2"),
        ("#fn:1", "#fn:1", "#fn:1"),
        ("", "", ""),
        ("{static}/fehlt.png", "{static}/fehlt.png", "{static}/fehlt.png"),
        ("{author}x", "{author}x", "{author}x"),
    ],
)
def test_a_link_works_on_a_page_and_in_a_feed(address: str, on_page: str, in_feed: str) -> None:
    """A file becomes its address in the site, a relative one goes on from the post's page, a feed has whole ones."""
    assert rewrite(f'<p><a href="{address}">x</a></p>', "../") == f'<p><a href="{on_page}">x</a></p>'
    assert rewrite(f'<p><a href="{address}">x</a></p>', SITE) == f'<p><a href="{in_feed}">x</a></p>'


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/notizen/zwei.html", "notizen/zwei.html"),
        ("/notizen/zwei.html?a=b#teil", "notizen/zwei.html?a=b#teil"),
        ("/blatt/notizen/zwei.html", "notizen/zwei.html"),
        ("/blattwerk/eins.html", "blattwerk/eins.html"),
        ("/blatt", ""),
        ("/", ""),
        ("/images/plan.png", "images/plan.png"),
    ],
)
def test_a_link_from_the_root_goes_from_that_of_the_site(address: str, path: str) -> None:
    """Also where the site is a folder of its host, which the link may name; feeds have the whole address."""
    for root in ("../", "", SITE):
        shown = rewrite_links(f'<a href="{address}">x</a>', FILE, root, ADDRESSES.get, SITE.rstrip("/"))
        assert shown == f'<a href="{root}{path}">x</a>'.replace('""', '"./"')


def test_a_link_from_the_root_of_a_host_is_right_as_it_is() -> None:
    """Where the site is all of its host, only feeds need more."""
    html = '<a href="/notizen/zwei.html">x</a>'
    assert rewrite_links(html, FILE, "../", ADDRESSES.get, "https://werk.example") == html
    assert "https://werk.example/notizen/zwei.html" in rewrite_links(
        html, FILE, "https://werk.example/", ADDRESSES.get, "https://werk.example"
    )


def test_a_site_in_a_folder_is_linked_from_pages_and_feeds(tiny: TinyEdition) -> None:
    """A whole build: the page goes up to the site's root, the feed names the folder."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(replace_setting(settings.read_text(), "SITEURL", "https://werk.example/blatt"))
    tiny.note("zweite", body="Mehr in der [ersten](/notizen/erste-notiz.html) und im [Impressum](/impressum.html).")
    build_site(tiny.root)
    page = (tiny.root / "output/notizen/zweite.html").read_text()
    assert 'href="../notizen/erste-notiz.html"' in page
    assert 'href="../impressum.html"' in page
    assert "https://werk.example/blatt/notizen/erste-notiz.html" in (tiny.root / "output/feed.xml").read_text()


def test_every_attribute_with_an_address_is_rewritten() -> None:
    """Pictures of several sizes, posters and the source of a quotation lead somewhere, too."""
    html = '<img alt="1 > 0" src="a.png" srcset="a.png 1x, images/plan.png 2x"><blockquote cite="zwei.md"></blockquote>'
    assert rewrite(html, SITE) == (
        f'<img alt="1 > 0" src="{SITE}notizen/a.png" '
        f'srcset="{SITE}notizen/a.png 1x, {SITE}images/plan.png 2x">'
        f'<blockquote cite="{SITE}notizen/zwei.html"></blockquote>'
    )
    assert rewrite('<video poster="images/plan.png"></video>', "") == '<video poster="images/plan.png"></video>'


def test_no_picture_is_asked_of_another_host() -> None:
    """An address without its scheme becomes a link, never a picture that a page loads from elsewhere."""
    html = '<img src="www.fern.example/a.png"><img srcset="www.fern.example/a.png 2x">'
    for root in ("../", SITE):
        sources = re.findall(r'="([^" ]*)', rewrite(html, root))
        assert not [source for source in sources if source.startswith(("https://www.", "//"))]


def test_text_that_looks_like_a_link_stays() -> None:
    """Code that shows a tag, and attributes that hold words, are no links."""
    html = '<p title="a.png">&lt;img src="a.png"&gt; <code>href="zwei.md"</code></p>'
    assert rewrite(html, SITE) == html


def test_files_that_a_body_may_show_are_known() -> None:
    """A picture named without keyword counts, from the folder of the text and from content/, also before it exists."""
    html = '<img src="bild.png"><a href="https://a.example/">x</a><a href="#a">y</a><a href="a@b.example">z</a>'
    assert find_link_targets(html, FILE) == ("curation/notes/2026/bild.png", "content/bild.png")
    assert find_link_targets('<a href="https://a.example/">x</a>', FILE) == ()
