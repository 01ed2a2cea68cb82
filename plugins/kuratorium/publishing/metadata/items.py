"""What a page lists, in its order: LISTED_ITEMS has a function for each template that shows a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from ...edition.labels import label_title
from ...edition.model import Post
from .facts import PageFacts


class ListedItem(Struct, frozen=True):
    """An item of a list: its name as plain text, and its absolute address, empty if it has none."""

    name: str
    url: str


def list_items(facts: PageFacts) -> Iterator[ListedItem]:
    """Yield the items of a page's list: its posts, unless LISTED_ITEMS says otherwise."""
    return LISTED_ITEMS.get(facts.template, _list_shown_posts)(facts.inputs, facts)


def _list_posts(posts: Iterable[Post], facts: PageFacts) -> Iterator[ListedItem]:
    translations = facts.wording.translations
    return (ListedItem(label_title(post, translations), facts.link(post.path)) for post in posts)


def _list_shown_posts(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    return _list_posts(inputs.get("posts", ()), facts)


def _list_front_page(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    shelved = [post for shelf in inputs["shelves"] for post in shelf.posts]
    return _list_posts([*([inputs["lead"]] if inputs["lead"] else []), *inputs["upcoming"], *shelved], facts)


def _list_topic(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    shelved = [post for shelf in inputs["shelves"] for post in shelf.posts]
    return _list_posts([*inputs["upcoming"], *inputs["pinned"], *shelved], facts)


def _list_episodes(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    return _list_posts([*inputs["upcoming"], *inputs["episodes"]], facts)


def _list_anniversaries(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    return _list_posts([post for anniversary in inputs["anniversaries"] for post in anniversary.posts], facts)


def _list_topics(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    paths = facts.site.paths
    return (ListedItem(card.topic.name, facts.link(paths.topic(card.topic))) for card in inputs["topics"])


def _list_people(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    paths = facts.site.paths
    return (ListedItem(card.person.name, facts.link(paths.person(card.person))) for card in inputs["people"])


def _list_series(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    paths = facts.site.paths
    return (ListedItem(card.series.name, facts.link(paths.series(card.series.id))) for card in inputs["cards"])


def _list_sources(inputs: Any, _: PageFacts) -> Iterator[ListedItem]:
    return (ListedItem(card.source.name, card.source.site) for card in inputs["sources"])


def _list_tags(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    return (ListedItem(tag.name, facts.link(tag.path)) for tag in inputs["tags"])


def _list_years(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    return (ListedItem(year.name, facts.link(year.path)) for year in inputs["years"])


def _list_months(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    format_month = facts.wording.format_month
    return (ListedItem(format_month(month.first_day), facts.link(month.path)) for month in inputs["months"])


def _list_feed_names(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    for _, feeds in inputs["groups"]:
        for feed in feeds:
            name = feed.name or (facts.translate(feed.name_label) if feed.name_label else facts.site.name)
            yield ListedItem(name, facts.link(feed.path))


LISTED_ITEMS: dict[str, Callable[[Any, PageFacts], Iterator[ListedItem]]] = {
    "home": _list_front_page,
    "topics": _list_topics,
    "topic": _list_topic,
    "people": _list_people,
    "all_series": _list_series,
    "series": _list_episodes,
    "sources": _list_sources,
    "tags": _list_tags,
    "archive": _list_years,
    "year": _list_months,
    "years_ago": _list_anniversaries,
    "subscribe": _list_feed_names,
}
"""Template -> function that lists the items of its pages; the others list the posts that they declare, if any."""
