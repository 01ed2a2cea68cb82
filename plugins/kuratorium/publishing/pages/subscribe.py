"""The page that says what there is to subscribe to, and the list of our feeds for feed readers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from ..catalog import Catalog
from ..page import FeedListPage, Page, SiteMeta, build_html_page, build_list_meta
from ..template_inputs import FeedLink
from .feeds import FEEDS
from .podcasts import list_podcasts


def plan_subscribe_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page, and the list as OPML."""
    groups = tuple(
        (heading, feeds)
        for heading, list_feeds in FEEDS.items()
        if (
            feeds := tuple(
                FeedLink(name=feed.name, name_label=feed.name_label, path=feed.path, html_path=feed.html_path)
                for feed in list_feeds(catalog, site)
            )
        )
    )
    meta = build_list_meta(site, site.paths.subscribe(), "Subscribe")
    podcasts = tuple(list_podcasts(catalog, site))
    yield build_html_page(
        site, meta, "subscribe", groups=groups, podcasts=podcasts, has_calendar=bool(catalog.lists("event"))
    )
    links = (
        *(link for _, feeds in groups for link in feeds),
        *(replace(podcast, name=f"{podcast.name} (Podcast)") for podcast in podcasts),
    )
    yield FeedListPage(path=site.paths.feeds_opml(), site=site, feeds=links)
