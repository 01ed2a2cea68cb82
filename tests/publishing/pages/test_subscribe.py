from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.build_command import build_site
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import soup

PageOf = Callable[[str], BeautifulSoup]


def test_the_page_names_every_feed_in_every_type(sample_page: PageOf, sample_output: Path) -> None:
    """Grouped by what one may follow; each address leads to a feed of the site."""
    page = sample_page("abo.html")
    assert [heading.get_text() for heading in page.select("main h2")] == [
        *(
            "Alles",
            "Nach Thema",
            "Nach Format",
            "Nach Person",
            "Nach Reihe",
            "Nach Sprache",
            "Podcasts",
            "Alles auf einmal",
        ),
    ]
    addresses = {link["href"] for link in page.select(".subscriptions a.feed")}
    feeds = {
        path.relative_to(sample_output).as_posix()
        for pattern in ("*.xml", "*.atom", "*.json")
        for path in sample_output.rglob(pattern)
        if not path.name.endswith(".chapters.json")
        and not path.relative_to(sample_output).as_posix().startswith(("sitemap", ".well-known/"))
    }
    assert addresses == feeds
    assert page.select_one("a[href^='webcal:']")["href"] == "webcal://weichenwerk.example/kalender.ics"


def test_all_feeds_are_one_list_for_feed_readers(sample_page: PageOf, sample_output: Path) -> None:
    """As RSS, with whole addresses: a feed reader imports them all; each bears the name of the site."""
    outlines = ET.parse(sample_output / "abo.opml").findall("body/outline")
    count = len(sample_page("abo.html").select(".subscriptions li"))
    assert len(outlines) == count > 10
    assert {outline.attrib["type"] for outline in outlines} == {"rss"}
    for outline in outlines:
        assert outline.attrib["text"].startswith("Weichenwerk")
        path = outline.attrib["xmlUrl"].removeprefix("https://weichenwerk.example/")
        assert (sample_output / path).is_file()


def test_a_post_ends_with_how_to_follow(sample_page: PageOf) -> None:
    """Its topics, the issues, and the page with all feeds; of a talk, the calendar, too."""
    links = [link["href"] for link in sample_page("notizen/meldekette-auf-papier.html").select(".follow a")]
    assert links[-2:] == ["../presseschau.xml", "../abo.html"]
    assert all(link.startswith("../themen/") for link in links[:-2])
    talk = sample_page("gespraeche/weichenstellung-3-restrisiko.html")
    assert "../kalender.ics" in [link["href"] for link in talk.select(".follow a")]


@pytest.mark.parametrize("address", ["https://brief.example/?liste=1&von=<x>", "mailto:brief@tiny.example?subject=Abo"])
def test_the_issue_comes_by_mail_where_the_policy_says(tiny: TinyEdition, address: str) -> None:
    """A plain link, which loads nothing; without an address in the policy there is none."""
    build_site(tiny.root)
    assert "per Mail" not in soup(tiny.root, "abo.html").get_text()
    tiny.yaml("policy", POLICY | {"newsletter": address})
    build_site(tiny.root)
    page = soup(tiny.root, "abo.html")
    (link,) = [link for link in page.select("main a") if "per Mail" in link.get_text()]
    assert link["href"] == address
    assert not page.select("main form, main iframe, main img, main script")
