"""The page of the sources: whom we follow, how often we picked them, what is fresh; and their list as OPML."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Topic
from . import fresh
from .catalog import Catalog
from .declaring import html_page, list_head
from .page import Head, Page, Site, SourceCard

HEADLINES = 60


def sources(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Declare the page and the list, where there is a source."""
    if not catalog.followed:
        return
    yield html_page(
        site,
        list_head(site, site.paths.sources(), "Sources"),
        "sources",
        sources=source_cards(catalog),
        headlines=fresh.headlines(catalog.fresh, HEADLINES),
    )
    head = Head(path=site.paths.opml(), title=site.name, kind="opml", lang=site.lang)
    context = {"site": site, "page": head, "sources": catalog.followed}
    yield Page(path=head.path, writer="opml", context=context)


def source_cards(catalog: Catalog, topic: Topic | None = None) -> tuple[SourceCard, ...]:
    """The sources, or those that are followed for a topic: those picked most first, then by name and id."""
    cards = [
        SourceCard(source=source, picked=len(picks), newest=picks[0] if picks else None)
        for source in catalog.followed
        if topic is None or topic.id in source.topics
        for picks in [catalog.by_source.get(source.id, [])]
    ]
    return tuple(sorted(cards, key=lambda card: (-card.picked, card.source.name.casefold(), card.source.id)))
