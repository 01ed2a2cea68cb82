"""What a share card says: the words of a post, a topic, a person or the site, in the site's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from gettext import NullTranslations
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ...edition import labels
from ...edition.curation import Person
from ...edition.formats import get_format
from ...edition.model import Post, Speaker
from ...text.markup import strip_markdown
from ...translations import N_
from ..drawing.model import Card, Station
from ..page import ShareCardPage

_TOPIC, _PERSON = N_("Topic"), N_("Person")


class CardWording(Struct, frozen=True):
    """What a card's words need of the theme: its catalogue, and the filters of its templates."""

    translations: NullTranslations
    filters: Mapping[str, Callable[..., Any]]


def build_card(page: ShareCardPage, wording: CardWording) -> Card:
    """Return what the card of a page shows."""
    _ = wording.translations.gettext
    image = page.post.image if page.post else page.topic.image if page.topic else None
    card = Card(
        site_name=page.site_name,
        host=page.site_url.split("/", 2)[2],
        lang=page.site_lang,
        picture=page.picture,
        credit=strip_markdown(image.credit) if image and page.picture else "",
    )
    if page.post:
        return _add_post(card, page.post, page, wording)
    card = replace(card, people=tuple(_build_station(person, page, wording) for person in page.people))
    if topic := page.topic:
        card = replace(card, kicker=_(_TOPIC), topic_id=topic.id, topic_colour=topic.colour or "")
        return replace(card, headline=topic.name, deck=topic.question or strip_markdown(topic.intro))
    if person := page.person:
        return replace(card, kicker=_(_PERSON), headline=person.name, deck=person.bio)
    return replace(card, headline=page.site_subtitle)


def _add_post(card: Card, post: Post, page: ShareCardPage, wording: CardWording) -> Card:
    format_ = get_format(post.format)
    people = post.guests or post.authors or post.hosts
    first_topic = post.topics[0] if post.topics else None
    topic = first_topic.name if first_topic else ""
    work = post.works[0] if post.works else None
    day, place = _describe_event(post, wording)
    return replace(
        card,
        label=wording.translations.gettext(labels.DISCLOSURES[post.disclosure.kind]) if post.disclosure else "",
        is_advertisement=bool(post.disclosure and post.disclosure.kind == "sponsor"),
        sign=format_.id,
        kicker=wording.translations.gettext(format_.singular),
        topic=topic,
        topic_id=first_topic.id if first_topic else "",
        topic_colour=(first_topic.colour or "") if first_topic else "",
        headline=post.title,
        fallback=topic,
        lang=post.lang,
        deck=post.summary,
        outlet=work.publication if work else "",
        outlet_authors=", ".join(work.authors) if work else "",
        original=work.title if work else "",
        day=day,
        place=place,
        is_upcoming=post.upcoming and bool(post.event and post.event.status in labels.TAKING_PLACE),
        footer=wording.filters["day"](post.date),
        people=tuple(_build_station(person, page, wording) for person in people),
    )


def _describe_event(post: Post, wording: CardWording) -> tuple[str, str]:
    """Return the day of a talk, and its time and place, or that it was cancelled; empty if the post has no event."""
    if not (event := post.event):
        return "", ""
    _, filters = wording.translations.gettext, wording.filters
    clock = f"{filters['time'](event.start)} {filters['zone'](event.start)}" if post.upcoming else ""
    state = labels.EVENT_STATES.get(event.status, "")
    parts = (_(state) if state else "", clock, _(labels.EVENT_MODES[event.mode]))
    return filters["day"](event.start), " · ".join(filter(None, parts))


def _build_station(person: Person | Speaker, page: ShareCardPage, wording: CardWording) -> Station:
    portrait = person.portrait if isinstance(person, Person) else None
    return Station(
        name="" if page.person else person.name,
        role=person.role,
        initials=wording.filters["initials"](person.name),
        picture=portrait.file if portrait and portrait.file in page.files else "",
    )
