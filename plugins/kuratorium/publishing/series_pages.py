"""The pages of series: an overview, and each series with its episodes in order."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import NamedSeries, Post
from ..words import plain
from .catalog import Catalog
from .declaring import html_page, list_head
from .page import Head, Page, SeriesCard, Site


def series(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Declare the overview and the series' pages, where there is one."""
    if not catalog.series:
        return
    cards = tuple(_card(one, catalog.by_series[one.id]) for one in catalog.series)
    yield html_page(site, list_head(site, site.paths.all_series(), "Series"), "all_series", cards=cards)
    for one in catalog.series:
        head = Head(
            path=site.paths.series(one.id), title=one.name, kind="list", lang=site.lang, description=plain(one.intro)
        )
        yield html_page(site, head, "series", series=one, episodes=tuple(catalog.by_series[one.id]))


def _card(one: NamedSeries, episodes: list[Post]) -> SeriesCard:
    coming = next((post for post in episodes if post.upcoming), None)
    newest = next((post for post in reversed(episodes) if not post.upcoming), None)
    return SeriesCard(series=one, count=len(episodes), coming=coming, newest=newest)
