"""The pages of people: curators, guests, authors of originals, and in which part each of them appears."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ...edition.curation import Person
from ...edition.model import Post
from ...similarity import normal_title
from ..catalog import Catalog
from ..page import Head, Page, PersonCard, Pick, Site, html_page, list_head, paged


class Parts(Struct, frozen=True, kw_only=True):
    """What a person did here: signed, asked, answered; which works of theirs were recommended; where else quoted."""

    signed: list[Post]
    asked: tuple[Post, ...]
    answered: tuple[Post, ...]
    picks: tuple[Pick, ...]
    quoted: tuple[Post, ...]


def people(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The list of people, and each with all their parts."""
    parts = parts_of(catalog)
    cards = tuple(_card(person, parts[person.id]) for person in catalog.people)
    if cards:
        yield html_page(site, list_head(site, site.paths.people(), "People"), "people", people=cards)
    for person in catalog.people:
        head = Head(
            path=site.paths.person(person),
            title=person.name,
            kind="list",
            lang=site.lang,
            description=person.bio or person.role,
        )
        found = parts[person.id]
        yield from paged(
            site,
            head,
            "person",
            found.signed,
            person=person,
            asked=found.asked,
            answered=found.answered,
            picks=found.picks,
            quoted=found.quoted,
            leads=tuple(topic for topic in catalog.topics if person.id in topic.curators),
            sources=tuple(source for source in catalog.followed if person.id in source.people),
        )


def parts_of(catalog: Catalog) -> dict[str, Parts]:
    """Person id -> their parts, newest first. What one signed and asked or answered in stands there only."""
    by_name = _by_name(catalog.people)
    picks = _picks(catalog, by_name)
    quoted = _quoted(catalog, by_name, picks)
    found = {}
    for person in catalog.people:
        spoke = catalog.by_speaker.get(person.id, [])
        answered = tuple(post for post in spoke if person in post.guests)
        asked = tuple(post for post in spoke if person not in post.guests)
        there = {post.uid for post in spoke}
        found[person.id] = Parts(
            signed=[post for post in catalog.by_author.get(person.id, ()) if post.uid not in there],
            asked=asked,
            answered=answered,
            picks=tuple(picks[person.id]),
            quoted=tuple(quoted[person.id]),
        )
    return found


def _card(person: Person, parts: Parts) -> PersonCard:
    spoke = len(parts.asked) + len(parts.answered)
    return PersonCard(person=person, signed=len(parts.signed), spoke=spoke, picked=len(parts.picks))


def _by_name(people: Iterable[Person]) -> dict[str, str]:
    """Name -> id; a name that two people share tells neither: works and quotations know only names."""
    names = Counter(normal_title(person.name) for person in people)
    return {name: person.id for person in people if names[name := normal_title(person.name)] == 1}


def _picks(catalog: Catalog, by_name: dict[str, str]) -> dict[str, list[Pick]]:
    found: dict[str, list[Pick]] = defaultdict(list)
    for post in catalog.posts:
        for place, work in enumerate(post.works):
            for name in work.authors:
                if person := by_name.get(normal_title(name)):
                    found[person].append(Pick(post=post, place=place))
    return found


def _quoted(catalog: Catalog, by_name: dict[str, str], picks: dict[str, list[Pick]]) -> dict[str, list[Post]]:
    """Find who is quoted where, but for posts that recommend them: there a quotation goes without saying."""
    known = {(person, pick.post.uid) for person, found in picks.items() for pick in found}
    found: dict[str, list[Post]] = defaultdict(list)
    for post in catalog.posts:
        people = dict.fromkeys(by_name.get(normal_title(name), "") for name in catalog.quoted.get(post.uid, ()))
        for person in people:
            if person and (person, post.uid) not in known:
                found[person].append(post)
    return found
