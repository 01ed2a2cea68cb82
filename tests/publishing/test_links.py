from __future__ import annotations

import re

import pytest

from kuratorium.publishing.links import find_link_targets, rewrite_links

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
