"""The share cards: one of each post, topic and person, and one of the site for all other pages."""

from __future__ import annotations

from collections.abc import Iterator

from ...edition.curation import Person, Topic
from ...edition.model import Post
from ...edition.pictures.texts import find_picture
from ..assets import COLOURS_FILE
from ..catalog import Catalog
from ..drawing.store import LOOK
from ..page import ShareCardPage, SiteMeta
from ..urls import Paths

MAX_PORTRAITS = 2


def find_card_path(path: str, site: SiteMeta) -> str:
    """Return the path of the share card of a page; empty if the policy wants none."""
    return site.paths.card(path) if site.has_share_cards else ""


def plan_share_cards(catalog: Catalog, site: SiteMeta) -> Iterator[ShareCardPage]:
    """Yield the share cards. After a new post only those of posts: no other shows one."""
    if not site.has_share_cards:
        return
    for post in catalog.posts_with_pages:
        yield _build_page(post.path, catalog, site, post=post, people=find_people_on_card(post))
    if catalog.added:
        return
    yield _build_page(site.paths.home, catalog, site)
    for topic in catalog.topics:
        yield _build_page(site.paths.topic(topic), catalog, site, topic=topic)
    for person in catalog.people:
        yield _build_page(site.paths.person(person), catalog, site, person=person, people=(person,))


def find_people_on_card(post: Post) -> tuple[Person, ...]:
    """Return those who have a page here among the people of a post: its guests if it has any, else its authors."""
    return tuple(person for person in (post.guests or post.authors or post.hosts) if isinstance(person, Person))


def _build_page(
    path: str,
    catalog: Catalog,
    site: SiteMeta,
    *,
    people: tuple[Person, ...] = (),
    post: Post | None = None,
    topic: Topic | None = None,
    person: Person | None = None,
) -> ShareCardPage:
    names = [COLOURS_FILE, LOOK, *(one.portrait.file for one in people[:MAX_PORTRAITS] if one.portrait)]
    picture = post.picture if post else find_picture(topic.image, catalog.pictures.values()) if topic else None
    files = {name: catalog.drawn_files[name] for name in names if name in catalog.drawn_files}
    return ShareCardPage(
        path=Paths(site.lang).card(path),
        site_name=site.name,
        site_url=site.url,
        site_subtitle=site.subtitle,
        site_lang=site.lang,
        files={**files, picture.file: picture.digest} if picture else files,
        picture=picture.file if picture else "",
        post=post,
        topic=topic,
        person=person,
        people=people,
    )
