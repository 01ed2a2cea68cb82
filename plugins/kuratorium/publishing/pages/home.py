"""The front page: the lead story, what is coming, who stands behind the site, and the latest of each format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from ...edition.curation import Person
from ...edition.model import Post
from ..catalog import Catalog
from ..page import Page, SiteMeta, build_html_page
from ..template_inputs import PageMeta, Shelf
from . import lookbacks, share_cards, topics

LEAD_CANDIDATES = 10
LEAD_PERIOD = timedelta(days=60)  # by how much the lead story may be older than the latest post
UPCOMING_LIMIT = 4
CURATOR_LIMIT = 8
SHELF_SIZES = {"note": 8}  # by format
SHELF_SIZE = 4  # of all other formats


def plan_home_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the front page."""
    lead = find_lead_story(catalog)
    yield build_html_page(
        site,
        PageMeta(
            path=site.paths.home,
            title=site.name,
            kind="home",
            lang=site.lang,
            description=site.subtitle,
            card=share_cards.find_card_path(site.paths.home, site),
        ),
        "home",
        lead=lead,
        upcoming=tuple(post for post in catalog.upcoming[:UPCOMING_LIMIT] if post != lead),
        shelves=tuple(_build_shelves(lead, catalog, site)),
        anniversaries=lookbacks.find_anniversaries(catalog),
        topics=topics.build_topic_cards(catalog),
        curators=find_curators(catalog)[:CURATOR_LIMIT],
    )


def _build_shelves(lead: Post | None, catalog: Catalog, site: SiteMeta) -> Iterator[Shelf]:
    """Yield the latest posts of each format. A post stands once on the front page, at its most prominent place."""
    shown = {post.uid for post in (lead, *catalog.upcoming) if post}
    for format in catalog.formats:
        posts = (post for post in catalog.lists("format")[format.id] if post.uid not in shown)
        if shelf := tuple(islice(posts, SHELF_SIZES.get(format.id, SHELF_SIZE))):
            yield Shelf(format=format.id, path=site.paths.format(format.id), posts=shelf)


def find_lead_story(catalog: Catalog) -> Post | None:
    """Return the post to lead with: that which the policy names, else the newest featured one, else the strongest."""
    pinned = _find_pinned_lead(catalog)
    return pinned or next(iter(catalog.lists("featured").find("")), None) or choose_lead_story(catalog.listed)


def _find_pinned_lead(catalog: Catalog) -> Post | None:
    lead = catalog.policy.lead if catalog.policy else None
    if not lead or (lead.until and catalog.as_of and catalog.as_of.date() > lead.until):
        return None
    post = catalog.index.find_post(lead.uid)
    return post if post and not post.hidden else None


def choose_lead_story(posts: Sequence[Post]) -> Post | None:
    """Return the strongest of the latest posts, the newest of equals; None if there is none.

    Only the latest count, and none that is much older than they are, so that a must-read does not lead for months where
    nothing newer is strong. A talk to come has a place of its own.
    """
    latest = list(islice((post for post in posts if not post.upcoming), LEAD_CANDIDATES))
    recent = [post for post in latest if post.date > latest[0].date - LEAD_PERIOD]
    return max(recent, key=lambda post: post.strength or 0, default=None)


def find_curators(catalog: Catalog) -> tuple[Person, ...]:
    """Return the board; without one, the curators of topics."""
    curating = {person_id for topic in catalog.topics for person_id in topic.curators}
    members = tuple(person for person in catalog.people if person.member)
    return members or tuple(person for person in catalog.people if person.id in curating)
