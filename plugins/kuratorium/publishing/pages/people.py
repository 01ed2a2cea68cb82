"""The pages of people: curators, guests, authors of originals, and what each of them did here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ...edition.curation import Person
from ...edition.model import Post
from ...similarity import normalize_title
from ..catalog import Catalog
from ..page import Page, SiteMeta, build_html_tree, build_list_meta, build_list_pages
from ..template_inputs import PageMeta, PersonCard, Recommendation


class PersonActivity(Struct, frozen=True, kw_only=True):
    """What a person did here: the posts they signed, hosted, answered in or are quoted in; their recommended works."""

    authored_posts: list[Post]
    hosted_posts: tuple[Post, ...]
    guest_posts: tuple[Post, ...]
    recommendations: tuple[Recommendation, ...]
    quoting_posts: tuple[Post, ...]


def plan_people_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of people, and a page for each."""
    activities = find_activities(catalog)
    cards = tuple(_build_person_card(person, activities[person.id]) for person in catalog.people)
    if cards:
        yield build_html_tree(site, build_list_meta(site, site.paths.people(), "People"), "people", people=cards)
    for person in catalog.people:
        meta = PageMeta(
            path=site.paths.person(person),
            title=person.name,
            kind="list",
            lang=site.lang,
            description=person.bio or person.role,
        )
        activity = activities[person.id]
        yield from build_list_pages(
            site,
            meta,
            "person",
            activity.authored_posts,
            person=person,
            hosted_posts=activity.hosted_posts,
            guest_posts=activity.guest_posts,
            recommendations=activity.recommendations,
            quoting_posts=activity.quoting_posts,
            curated_topics=tuple(topic for topic in catalog.topics if person.id in topic.curators),
            sources=tuple(source for source in catalog.followed_sources if person.id in source.people),
        )


def find_activities(catalog: Catalog) -> dict[str, PersonActivity]:
    """Map the id of each person to what they did here, newest first.

    A conversation that a person took part in and signed counts as a conversation only.
    """
    ids_by_name = _index_by_name(catalog.people)
    recommendations = _find_recommendations(catalog, ids_by_name)
    quoting_posts = _find_quoting_posts(catalog, ids_by_name, recommendations)
    activities = {}
    for person in catalog.people:
        conversations = catalog.by_speaker.get(person.id, [])
        conversation_uids = {post.uid for post in conversations}
        authored = catalog.by_author.get(person.id, ())
        activities[person.id] = PersonActivity(
            authored_posts=[post for post in authored if post.uid not in conversation_uids],
            hosted_posts=tuple(post for post in conversations if person not in post.guests),
            guest_posts=tuple(post for post in conversations if person in post.guests),
            recommendations=tuple(recommendations[person.id]),
            quoting_posts=tuple(quoting_posts[person.id]),
        )
    return activities


def _build_person_card(person: Person, activity: PersonActivity) -> PersonCard:
    return PersonCard(
        person=person,
        post_count=len(activity.authored_posts),
        conversation_count=len(activity.hosted_posts) + len(activity.guest_posts),
        recommendation_count=len(activity.recommendations),
    )


def _index_by_name(people: Iterable[Person]) -> dict[str, str]:
    """Map normalised names to ids, without names that several people share.

    Works and quotations have names, no ids: a shared name would credit the wrong person.
    """
    people = list(people)
    counts = Counter(normalize_title(person.name) for person in people)
    return {name: person.id for person in people if counts[name := normalize_title(person.name)] == 1}


def _find_recommendations(catalog: Catalog, ids_by_name: dict[str, str]) -> dict[str, list[Recommendation]]:
    recommendations: dict[str, list[Recommendation]] = defaultdict(list)
    for post in catalog.posts:
        for index, work in enumerate(post.works):
            for name in work.authors:
                if person_id := ids_by_name.get(normalize_title(name)):
                    recommendations[person_id].append(Recommendation(post=post, work_index=index))
    return recommendations


def _find_quoting_posts(
    catalog: Catalog, ids_by_name: dict[str, str], recommendations: dict[str, list[Recommendation]]
) -> dict[str, list[Post]]:
    """Map person ids to the posts that quote them, except those that recommend them: those quote them anyway."""
    recommending = {(person_id, item.post.uid) for person_id, items in recommendations.items() for item in items}
    quoting: dict[str, list[Post]] = defaultdict(list)
    for post in catalog.posts:
        person_ids = dict.fromkeys(
            ids_by_name.get(normalize_title(name), "") for name in catalog.quoted_names.get(post.uid, ())
        )
        for person_id in person_ids:
            # A name without a person's page has the id "".
            if person_id and (person_id, post.uid) not in recommending:
                quoting[person_id].append(post)
    return quoting
