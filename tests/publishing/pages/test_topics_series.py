from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from kuratorium.edition.curation import Series
from kuratorium.edition.model import Event, SeriesPosition
from kuratorium.publishing.pages.outputs import plan_pages
from tests.editions import TinyEdition
from tests.publishing.makers import NOON, catalog, post, site

SamplePage = Callable[[str], BeautifulSoup]


def test_episodes_stand_in_their_order(sample_page: SamplePage) -> None:
    """What is coming is first, all others are ordered by position, and the intro stands above."""
    soup = sample_page("reihen/weichenstellung.html")
    assert soup.h1 is not None
    assert soup.h1.text == "Weichenstellung"
    assert "eine Entscheidung" in soup.select_one(".intro").text  # type: ignore[union-attr]
    assert [link["href"] for link in soup.select(".station .headline a")] == [
        "../gespraeche/weichenstellung-3-restrisiko.html",
        "../gespraeche/weichenstellung-1-ausstieg.html",
        "../gespraeche/weichenstellung-2-stoerung.html",
    ]
    assert [heading.text for heading in soup.select("main h2")][:2] == ["Demnächst", "Folgen"]
    assert [element.select_one(".headline").text[:16] for element in soup.select(".station-next")] == [
        "Weichenstellung "
    ]  # type: ignore[union-attr]


def test_a_series_may_be_of_interviews(sample_page: SamplePage) -> None:
    """Interviews can be episodes; the second one of the sample is not released, so it is not listed."""
    links = [link["href"] for link in sample_page("reihen/dienstgespraech.html").select(".station .headline a")]
    assert links == ["../interviews/samir-haddad-markenbotschafter.html"]


def test_the_overview_tells_how_many_and_what_comes_next(sample_page: SamplePage) -> None:
    """It shows the number of episodes and the next one; every page's footer links here."""
    soup = sample_page("reihen.html")
    first = soup.select("main li")[0]
    assert "3 Folgen – demnächst: Weichenstellung 3" in " ".join(first.text.split())
    assert sample_page("index.html").select('.colophon a[href="reihen.html"]')


def test_a_series_without_a_name_goes_by_its_id() -> None:
    """A series with an entry has its name and intro; its page lists the episodes by position."""
    first = post(1, series=SeriesPosition(id="zeta", position=2))
    second = post(2, series=SeriesPosition(id="zeta", position=1))
    named = Series(id="zeta", name="Zeta-Reihe", intro="Worum es *geht*.")
    published = catalog(first, second, series=(named,))
    pages = {page.path: page for page in plan_pages(published, site())}
    assert pages["reihen/zeta.html"].context["episodes"] == (second, first)
    (card,) = pages["reihen.html"].context["cards"]  # type: ignore[misc]
    assert (card.count, card.upcoming, card.newest) == (2, None, first)
    assert pages["reihen/zeta.html"].context["meta"].description == "Worum es geht."  # type: ignore[attr-defined]


def test_what_is_coming_is_told_before_what_was() -> None:
    """The card of a series shows the upcoming talk and the latest past one."""
    event = Event(start=NOON, end=NOON)
    talk = post(1, format="talk", upcoming=True, event=event, series=SeriesPosition(id="abende", position=2))
    past = post(2, format="talk", event=event, series=SeriesPosition(id="abende", position=1))
    published = catalog(talk, past, series=(Series(id="abende", name="abende"),))
    (card,) = next(page for page in plan_pages(published, site()) if page.path == "reihen.html").context["cards"]  # type: ignore[misc]
    assert (card.upcoming, card.newest) == (talk, past)


def test_an_edition_without_series_has_no_page_for_them(tiny: TinyEdition) -> None:
    """Neither the page nor a link to it exists."""
    from kuratorium.publishing.build_command import build_site  # noqa: PLC0415

    build_site(tiny.root)
    assert not (tiny.root / "output/reihen.html").exists()
    assert "reihen.html" not in (tiny.root / "output/index.html").read_text()
