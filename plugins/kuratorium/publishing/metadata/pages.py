"""All pages but those of posts: lists, people, standalone pages; and the way from the home page to each page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...edition.formats import get_format
from . import vocabulary as schema
from .contributors import build_profile, refer_to_organization, refer_to_website
from .conversations import has_recording
from .facts import PageFacts
from .items import ListedItem, list_items


def build_collection_page(facts: PageFacts) -> schema.CollectionPage:
    """Return a list page, with what it lists."""
    return schema.CollectionPage(**_describe_page(facts), main_entity=_build_item_list(facts))


def build_web_page(facts: PageFacts) -> schema.WebPage:
    """Return a page that is no list."""
    return schema.WebPage(**_describe_page(facts))


def build_profile_page(facts: PageFacts) -> schema.ProfilePage | schema.CollectionPage:
    """Return the page of a person; an older one is a mere list of their posts."""
    if facts.is_older_page:
        return build_collection_page(facts)
    person: Any = facts.inputs["person"]
    return schema.ProfilePage(**_describe_page(facts), main_entity=build_profile(person, facts))


def build_series_page(facts: PageFacts) -> schema.CollectionPage:
    """Return the page of a series; with recordings it is a podcast."""
    inputs: Any = facts.inputs
    fields: dict[str, Any] = {
        "id": f"{facts.url}#series",
        "name": facts.title,
        "description": facts.meta.description,
        "url": facts.url,
        "publisher": refer_to_organization(facts.site),
    }
    series: schema.CreativeWorkSeries
    if any(map(has_recording, inputs["episodes"])):
        podcast = inputs["podcast"]
        series = schema.PodcastSeries(**fields, web_feed=facts.link(podcast) if podcast else "")
    else:
        series = schema.CreativeWorkSeries(**fields)
    return schema.CollectionPage(**_describe_page(facts), about=series, main_entity=_build_item_list(facts))


def _describe_page(facts: PageFacts) -> dict[str, Any]:
    return {
        "id": facts.url,
        "url": facts.url,
        "name": facts.title,
        "description": facts.description,
        "in_language": facts.meta.lang,
        "is_part_of": (refer_to_website(facts.site),),
        "breadcrumb": None if facts.meta.kind == "home" else schema.Reference(f"{facts.url}#breadcrumb"),
    }


def _build_item_list(facts: PageFacts) -> schema.ItemList:
    return schema.ItemList(
        item_list_element=tuple(
            [
                # Search engines read the name on the page that the address leads to.
                schema.ListItem(position=position, name="" if item.url else item.name, url=item.url)
                for position, item in enumerate(list_items(facts), 1)
            ]
        )
    )


def build_breadcrumb(facts: PageFacts) -> schema.BreadcrumbList:
    """Return the way from the home page to a page: its steps, the last of which is the page itself."""
    home = ListedItem(facts.site.name, f"{facts.site.url}/")
    list_steps = _list_format if facts.meta.kind == "post" else BREADCRUMBS.get(facts.template, _list_no_steps)
    steps = [home, *list_steps(facts.inputs, facts), ListedItem(facts.title, facts.url)]
    return schema.BreadcrumbList(
        id=f"{facts.url}#breadcrumb",
        item_list_element=tuple(
            [
                schema.ListItem(position=position, name=step.name, item=step.url)
                for position, step in enumerate(steps, 1)
            ]
        ),
    )


def _list_no_steps(_: Any, __: PageFacts) -> Iterator[ListedItem]:
    return iter(())


def _make_step(message: str, find_path: Callable[[PageFacts], str]) -> Callable[[Any, PageFacts], Iterator[ListedItem]]:
    """Return a function that yields one step: a page of the site, and its name in English."""
    return lambda _, facts: iter([ListedItem(facts.translate(message), facts.link(find_path(facts)))])


_list_topics = _make_step("Topics", lambda facts: facts.site.paths.topics())
_list_archive = _make_step("Archive", lambda facts: facts.site.paths.archive())


def _list_format(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    """Yield the list of a post's format, if there is one: of hidden posts alone there is none."""
    format = inputs["post"].format
    if format in facts.site.formats:
        yield ListedItem(facts.translate(get_format(format).plural), facts.link(facts.site.paths.format(format)))


def _list_topic_steps(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    yield from _list_topics(inputs, facts)
    topic = inputs["topic"]
    yield ListedItem(topic.name, facts.link(facts.site.paths.topic(topic)))


def _list_month_steps(inputs: Any, facts: PageFacts) -> Iterator[ListedItem]:
    yield from _list_archive(inputs, facts)
    year = inputs["first_day"].year
    yield ListedItem(str(year), facts.link(facts.site.paths.year(year)))


BREADCRUMBS: dict[str, Callable[[Any, PageFacts], Iterator[ListedItem]]] = {
    "topic": _list_topics,
    "topic_format": _list_topic_steps,
    "person": _make_step("People", lambda facts: facts.site.paths.people()),
    "series": _make_step("Series", lambda facts: facts.site.paths.all_series()),
    "tag": _make_step("Tags", lambda facts: facts.site.paths.tags()),
    "language": _list_archive,
    "year": _list_archive,
    "month": _list_month_steps,
}
"""Template -> function that lists the steps between the home page and its pages; the others have none."""
