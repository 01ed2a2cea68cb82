"""Who made it: the publisher, people, the authors of recommended works, sponsors, and pictures with their credit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...edition import curation
from ...edition.curation import Image
from ...edition.model import Post, Speaker
from ...edition.pictures.model import Picture
from ...edition.works import Work
from ..page import SiteMeta
from .facts import PageFacts
from .vocabulary import (
    Article,
    CreativeWork,
    EntryPoint,
    ImageObject,
    Organization,
    Periodical,
    Person,
    PublicationIssue,
    Reference,
    SearchAction,
    WebSite,
)


def build_organization(site: SiteMeta) -> Organization:
    """Return the publisher, with where it says how it works, corrects mistakes and earns its money."""
    root = f"{site.url}/"
    principles = site.principles
    return Organization(
        id=f"{root}#organization",
        name=site.name,
        legal_name=site.imprint.publisher,
        url=root,
        email=site.imprint.email,
        logo=ImageObject(url=root + site.paths.icon, content_url=root + site.paths.icon),
        publishing_principles=root + principles.publishing if principles.publishing else "",
        corrections_policy=root + principles.corrections if principles.corrections else "",
        ownership_funding_info=root + principles.funding if principles.funding else "",
    )


def build_website(site: SiteMeta) -> WebSite:
    """Return the site."""
    root = f"{site.url}/"
    return WebSite(
        id=f"{root}#website",
        name=site.name,
        description=site.subtitle,
        url=root,
        in_language=site.lang,
        publisher=refer_to_organization(site),
        potential_action=_build_search(site) if site.has_search else None,
    )


def _build_search(site: SiteMeta) -> SearchAction:
    template = f"{site.url}/{site.paths.search()}?q={{search_term_string}}"
    return SearchAction(target=EntryPoint(url_template=template), query_input="required name=search_term_string")


def refer_to_organization(site: SiteMeta) -> Reference:
    """Return a reference to the publisher."""
    return Reference(f"{site.url}/#organization")


def refer_to_website(site: SiteMeta) -> Reference:
    """Return a reference to the site."""
    return Reference(f"{site.url}/#website")


def build_people(people: Iterable[curation.Person | Speaker], facts: PageFacts) -> tuple[Person, ...]:
    """Return people as a post names them: those with a page by its address, each once."""
    return tuple(dict.fromkeys([_build_person(person, facts) for person in people]))


def _build_person(person: curation.Person | Speaker, facts: PageFacts) -> Person:
    if isinstance(person, Speaker):
        return Person(name=person.name, job_title=person.role)
    url = facts.link(facts.site.paths.person(person))
    return Person(id=f"{url}#person", name=person.name, url=url, job_title=person.role)


def build_profile(person: curation.Person, facts: PageFacts) -> Person:
    """Return a person as their own page shows them."""
    url = facts.link(facts.site.paths.person(person))
    return Person(
        id=f"{url}#person",
        name=person.name,
        url=url,
        job_title=person.role,
        description=person.bio,
        image=build_picture(person.image, facts, person.portrait) if person.image else "",
        same_as=tuple(person.links.values()),
        member_of=refer_to_organization(facts.site) if person.member else None,
    )


def build_work(work: Work) -> CreativeWork:
    """Return a recommended work, with the credit that it is owed (§ 63 UrhG)."""
    publication = Organization(name=work.publication) if work.publication else None
    known: dict[str, Any] = {
        "name": work.title,
        "url": work.url,
        "author": tuple([Person(name=name) for name in work.authors]),
        "publisher": publication,
        "date_published": work.published.isoformat() if work.published else "",
        "in_language": work.lang,
        "is_accessible_for_free": False if work.paywall else None,
    }
    if not (work.issue or work.page):
        return CreativeWork(**known)
    periodical = Periodical(name=work.publication)
    whole = PublicationIssue(issue_number=work.issue, is_part_of=(periodical,)) if work.issue else periodical
    return Article(**known, is_part_of=(whole,), pagination=work.page)


def build_picture(image: Image, facts: PageFacts, picture: Picture | None = None) -> ImageObject:
    """Return a picture with its credit and licence."""
    url = facts.link(picture.path if picture else image.file)
    return ImageObject(url=url, content_url=url, caption=image.alt, credit_text=image.credit)


def build_sponsors(post: Post, site: SiteMeta) -> tuple[Organization, ...]:
    """Return who paid for a post: the sponsors that its disclosure names, else its disclosure in words."""
    disclosure = post.disclosure
    if not disclosure or disclosure.kind != "sponsor":
        return ()
    text = disclosure.text.casefold()
    named = [sponsor.name for sponsor in site.sponsors if _is_named(sponsor, text)]
    return tuple(Organization(name=name) for name in named) or (Organization(description=disclosure.text),)


def _is_named(sponsor: curation.Sponsor, text: str) -> bool:
    return any(name.casefold() in text for name in (sponsor.name, *sponsor.aliases))
