"""The pages of people: curators, guests, authors of originals, and in which part each of them appears."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ...edition.curation import Person
from ...edition.model import Post
from ...similarity import normalize_title
from ..catalog import Catalog
from ..page import (
    Page,
    PageMeta,
    PersonCard,
    Recommendation,
    SiteMeta,
    build_html_page,
    build_list_meta,
    build_list_pages,
)


class PersonActivity(Struct, frozen=True, kw_only=True):
    """What a person did here: signed, asked, answered; which works of theirs were recommended; where else quoted."""

    authored_posts: list[Post]
    hosted_posts: tuple[Post, ...]
    guest_posts: tuple[Post, ...]
    recommendations: tuple[Recommendation, ...]
    quoting_posts: tuple[Post, ...]


def plan_people_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The list of people, and each with all their parts."""
    parts = find_activities(catalog)
    cards = tuple(_build_person_card(person, parts[person.id]) for person in catalog.people)
    if cards:
        yield build_html_page(site, build_list_meta(site, site.paths.people(), "People"), "people", people=cards)
    for person in catalog.people:
        head = PageMeta(
            path=site.paths.person(person),
            title=person.name,
            kind="list",
            lang=site.lang,
            description=person.bio or person.role,
        )
        found = parts[person.id]
        yield from build_list_pages(
            site,
            head,
            "person",
            found.authored_posts,
            person=person,
            hosted_posts=found.hosted_posts,
            guest_posts=found.guest_posts,
            recommendations=found.recommendations,
            quoting_posts=found.quoting_posts,
            curated_topics=tuple(topic for topic in catalog.topics if person.id in topic.curators),
            sources=tuple(source for source in catalog.followed_sources if person.id in source.people),
        )


def find_activities(catalog: Catalog) -> dict[str, PersonActivity]:
    """Person id -> their parts, newest first. What one signed and asked or answered in stands there only."""
    by_name = _index_by_name(catalog.people)
    picks = _find_recommendations(catalog, by_name)
    quoted = _find_quoting_posts(catalog, by_name, picks)
    found = {}
    for person in catalog.people:
        spoke = catalog.by_speaker.get(person.id, [])
        answered = tuple(post for post in spoke if person in post.guests)
        asked = tuple(post for post in spoke if person not in post.guests)
        there = {post.uid for post in spoke}
        found[person.id] = PersonActivity(
            authored_posts=[post for post in catalog.by_author.get(person.id, ()) if post.uid not in there],
            hosted_posts=asked,
            guest_posts=answered,
            recommendations=tuple(picks[person.id]),
            quoting_posts=tuple(quoted[person.id]),
        )
    return found


def _build_person_card(person: Person, activity: PersonActivity) -> PersonCard:
    spoke = len(activity.hosted_posts) + len(activity.guest_posts)
    return PersonCard(
        person=person,
        post_count=len(activity.authored_posts),
        conversation_count=spoke,
        recommendation_count=len(activity.recommendations),
    )


def _index_by_name(people: Iterable[Person]) -> dict[str, str]:
    """Name -> id; a name that two people share tells neither: works and quotations know only names."""
    names = Counter(normalize_title(person.name) for person in people)
    return {name: person.id for person in people if names[name := normalize_title(person.name)] == 1}


def _find_recommendations(catalog: Catalog, by_name: dict[str, str]) -> dict[str, list[Recommendation]]:
    found: dict[str, list[Recommendation]] = defaultdict(list)
    for post in catalog.posts:
        for place, work in enumerate(post.works):
            for name in work.authors:
                if person := by_name.get(normalize_title(name)):
                    found[person].append(Recommendation(post=post, work_index=place))
    return found


def _find_quoting_posts(
    catalog: Catalog, by_name: dict[str, str], recommendations: dict[str, list[Recommendation]]
) -> dict[str, list[Post]]:
    """Find who is quoted where, but for posts that recommend them: there a quotation goes without saying."""
    known = {(person, pick.post.uid) for person, found in recommendations.items() for pick in found}
    found: dict[str, list[Post]] = defaultdict(list)
    for post in catalog.posts:
        people = dict.fromkeys(
            by_name.get(normalize_title(name), "") for name in catalog.quoted_names.get(post.uid, ())
        )
        for person in people:
            if person and (person, post.uid) not in known:
                found[person].append(post)
    return found
