from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup

from kuratorium.edition import opml as blogroll
from kuratorium.edition import registry
from kuratorium.edition.curation import Source
from kuratorium.edition.works import Work
from kuratorium.intake.sources import opml, outlines
from kuratorium.intake.sources.merge import Outline
from kuratorium.publishing.pages.topics import build_source_cards
from tests.editions import REPOSITORY, tiny_edition
from tests.publishing.makers import OPEN, catalog, post

SamplePage = Callable[[str], BeautifulSoup]


def test_the_sources_page_tells_whom_we_follow_and_how_often_we_picked_them(sample_page: SamplePage) -> None:
    """Rows have name, link, topics, number of recommendations and the latest one; most recommended first."""
    soup = sample_page("quellen.html")
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert len(rows) == 10
    picked = [int(row[2]) if row[2] != "–" else 0 for row in rows]
    assert picked == sorted(picked, reverse=True)
    last = rows[-1]
    assert (last[0], last[2], last[3]) == ("Alte Leitung", "–", "")
    first = soup.select("tbody th a")[0]
    assert str(first["href"]).startswith("https://")
    assert sample_page("index.html").select('.colophon a[href="quellen.html"]')


def test_the_list_for_feed_readers_is_linked_and_whole(sample_page: SamplePage, sample_output: Path) -> None:
    """OPML lists every source; the sample's feeds are files of the edition, so it has their sites."""
    (link,) = sample_page("quellen.html").select('a[href$=".opml"]')
    assert link["href"] == "quellen.opml"
    data = (sample_output / "quellen.opml").read_bytes()
    assert data.count(b"htmlUrl=") == 10
    assert b"curation/" not in data
    assert all(outline.names_only_site for outline in outlines.read_outlines(data, "quellen.opml"))


def test_the_list_of_the_sample_can_be_imported(sample_output: Path, tmp_path: Path) -> None:
    """An edition that imports the sample's list follows all of its sources by the addresses of their sites."""
    tiny = tiny_edition(tmp_path)
    result = opml.import_opml(tiny.root, sample_output / "quellen.opml")
    assert {source.feed for source in result.merged.added_sources} == {
        source.site for source in registry.read_registry(REPOSITORY)[0].sources.values()
    }


def test_feeds_that_can_be_subscribed_to_are_told() -> None:
    """`kuratorium sources import` can read the OPML of the site."""
    source = Source(id="amt", name="Amt", feed="https://amt.example/feed", topics=("offen",))
    (outline,) = outlines.read_outlines(blogroll.build_opml([source], {"offen": OPEN}, "x"), "x")
    folders, categories = ("Offenes Amt",), ("offen",)
    assert outline == Outline(title="Amt", feed="https://amt.example/feed", folders=folders, categories=categories)


def test_sources_are_ordered_by_picks_and_then_by_name() -> None:
    """A post that recommends two works of a source counts once; a topic shows only its own sources."""
    sources = tuple(
        Source(id=source_id, name=name, feed="https://x.example/", topics=topics)
        for source_id, name, topics in (("b", "Beta", ("offen",)), ("a", "älter", ()), ("c", "Gamma", ("offen",)))
    )
    works = tuple(Work(url=f"https://c.example/{number}", title="C", source="c") for number in range(2))
    published = catalog(post(1, works=works), post(2, works=works[:1]), followed_sources=sources)
    assert [(card.source.id, card.recommendation_count) for card in build_source_cards(published)] == [
        ("c", 2),
        ("a", 0),
        ("b", 0),
    ]
    assert [card.source.id for card in build_source_cards(published, OPEN)] == ["c", "b"]
    assert build_source_cards(published)[0].newest == published.posts[0]
