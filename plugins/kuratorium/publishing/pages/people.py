"""The pages of people: curators, guests, authors of originals, and what each of them did here."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ...edition.curation import Person
from ...edition.model import Post
from ...similarity import normalize_title
from ..catalog import Catalog
from ..page import Page, SiteMeta, build_html_page, build_list_meta, build_list_pages
from ..post_lists import PostList, put_upcoming_first
from ..template_inputs import PageMeta, PersonCard, Recommendation
from .feeds import build_feed_link, has_posts
from .share_cards import find_card_path


class PersonActivity(Struct, frozen=True, kw_only=True):
    """What a person did here: the posts they signed, hosted, answered in or are quoted in; their recommended works."""

    authored_posts: PostList
    hosted_posts: tuple[Post, ...]
    guest_posts: tuple[Post, ...]
    recommendations: tuple[Recommendation, ...]
    quoting_posts: tuple[Post, ...]


def plan_people_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of people, and a page for each."""
    cards = tuple(_build_person_card(person, catalog) for person in catalog.people)
    if cards:
        yield build_html_page(site, build_list_meta(site, site.paths.people(), "People"), "people", people=cards)
    for person in catalog.people:
        if not _may_change(person, catalog):
            continue
        feed = build_feed_link(person.name, site.paths.person(person), site)
        meta = PageMeta(
            path=site.paths.person(person),
            title=person.name,
            kind="list",
            lang=site.lang,
            description=person.bio or person.role,
            feeds=(feed,) if has_posts(person, catalog) else (),
            card=find_card_path(site.paths.person(person), site),
        )
        activity = find_activity(person, catalog)
        # Older pages show only the person's posts; with the rest, one recommendation would change them all.
        front_inputs = {
            "hosted_posts": activity.hosted_posts,
            "guest_posts": activity.guest_posts,
            "recommendations": activity.recommendations,
            "quoting_posts": activity.quoting_posts,
            "curated_topics": tuple(topic for topic in catalog.topics if person.id in topic.curators),
            "sources": tuple(source for source in catalog.followed_sources if person.id in source.people),
        }
        yield from build_list_pages(
            site, meta, "person", activity.authored_posts, front_inputs=front_inputs, person=person
        )


def find_activity(person: Person, catalog: Catalog) -> PersonActivity:
    """Return what a person did here, newest first, with upcoming talks before all else.

    A conversation that a person took part in and signed counts as a conversation only.
    """
    name = catalog.names_of_people.get(person.id, "")
    conversations = catalog.lists("speaker").find(person.id)
    # Posts that recommend a person quote them anyway.
    recommending, quoting = (catalog.lists(kind).find(name) for kind in ("recommended", "quoted"))
    return PersonActivity(
        authored_posts=catalog.lists("author").find(person.id).without(set(conversations.uids)),
        hosted_posts=tuple(put_upcoming_first(post for post in conversations if person not in post.guests)),
        guest_posts=tuple(put_upcoming_first(post for post in conversations if person in post.guests)),
        recommendations=tuple(
            Recommendation(post=post, work_index=index)
            for post in recommending.without(())
            for index, work in enumerate(post.works)
            for author in work.authors
            if normalize_title(author) == name
        ),
        quoting_posts=tuple(quoting.without(set(recommending.uids))),
    )


def _build_person_card(person: Person, catalog: Catalog) -> PersonCard:
    conversations = catalog.lists("speaker").find(person.id)
    return PersonCard(
        person=person,
        post_count=len(catalog.lists("author").find(person.id).without(set(conversations.uids))),
        conversation_count=len(conversations),
        recommendation_count=len(catalog.lists("recommended").find(catalog.names_of_people.get(person.id, ""))),
    )


def _may_change(person: Person, catalog: Catalog) -> bool:
    name = catalog.names_of_people.get(person.id, "")
    keys = {"author": person.id, "speaker": person.id, "recommended": name, "quoted": name}
    return any(key and catalog.may_change(kind, key) for kind, key in keys.items())
