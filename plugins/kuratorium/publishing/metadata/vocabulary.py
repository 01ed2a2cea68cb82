"""The types of schema.org that pages use, as records: a field is a property, an empty one is not written.

Names and inheritance are those of https://schema.org/docs/full.html (a test holds them against its vocabulary), so that
a builder cannot give a type a property that it does not have. Addresses are absolute, dates ISO 8601.
"""

from __future__ import annotations

from msgspec import Raw, Struct, field


def _rename(field: str) -> str:
    """Return a field's name in JSON-LD: `date_published` is datePublished, `id` is @id."""
    first, *others = field.split("_")
    return "@id" if field == "id" else first + "".join(word.capitalize() for word in others)


class Reference(Struct, frozen=True, rename=_rename):
    """A mention of what the graph describes elsewhere, by its id."""

    id: str


class Thing(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="@type", tag=True, rename=_rename
):  # `tag=True`: the type is the name of the class
    """Anything; `id` is by what other records refer to it."""

    id: str = ""
    name: str = ""
    description: str = ""
    url: str = ""
    image: ImageObject | str = ""
    same_as: tuple[str, ...] = ()
    main_entity_of_page: str = ""


class Organization(Thing, frozen=True, kw_only=True):
    """A publisher, a publication, a sponsor."""

    legal_name: str = ""
    email: str = ""
    logo: ImageObject | None = None
    publishing_principles: str = ""
    corrections_policy: str = ""
    ownership_funding_info: str = ""


class Person(Thing, frozen=True, kw_only=True):
    """A curator, a guest, an author of a recommended work."""

    job_title: str = ""
    member_of: Reference | None = None


class Place(Thing, frozen=True, kw_only=True):
    """Where an event takes place."""

    address: str = ""


class VirtualLocation(Thing, frozen=True, kw_only=True):
    """Where an online event takes place."""


class ListItem(Thing, frozen=True, kw_only=True):
    """An entry of a list; `item` is the address of a step of a breadcrumb."""

    position: int
    item: str = ""


class ItemList(Thing, frozen=True, kw_only=True):
    """A list, in its order."""

    item_list_element: tuple[ListItem, ...] = ()


class BreadcrumbList(ItemList, frozen=True, kw_only=True):
    """The way from the home page to a page."""


class CreativeWork(Thing, frozen=True, kw_only=True):
    """A work: of ours, or recommended.

    `about` and `citation` are what it is on, `is_based_on` the addresses of what it comments on.
    """

    headline: str = ""
    text: str = ""
    author: tuple[Person | Reference, ...] = ()
    contributor: tuple[Person, ...] = ()
    publisher: Organization | Reference | None = None
    sponsor: tuple[Organization, ...] = ()
    date_published: str = ""
    date_modified: str = ""
    in_language: str = ""
    keywords: tuple[str, ...] = ()
    is_accessible_for_free: bool | None = None
    is_part_of: tuple[Reference | CreativeWorkSeries | PublicationIssue | Periodical, ...] = ()
    has_part: tuple[CreativeWork, ...] = ()
    main_entity: Thing | None = None
    about: Thing | None = None
    citation: tuple[CreativeWork, ...] = ()
    is_based_on: tuple[str, ...] = ()
    translation_of_work: Reference | None = None
    work_translation: tuple[Reference, ...] = ()
    recorded_at: Event | None = None
    associated_media: tuple[MediaObject, ...] = ()
    correction: tuple[CorrectionComment, ...] = ()
    encoding_format: str = ""
    thumbnail_url: str = ""
    credit_text: str = ""


class Article(CreativeWork, frozen=True, kw_only=True):
    """An interview, an essay, or a work in print, with its pages."""

    article_section: tuple[str, ...] = ()
    pagination: str = ""


class PublicationIssue(CreativeWork, frozen=True, kw_only=True):
    """The issue of a newspaper or a magazine in which a work stands."""

    issue_number: str = ""


class SocialMediaPosting(Article, frozen=True, kw_only=True):
    """Between Article and BlogPosting in schema.org; no page uses it."""


class BlogPosting(SocialMediaPosting, frozen=True, kw_only=True):
    """A note, a look-back, a digest."""


class Comment(CreativeWork, frozen=True, kw_only=True):
    """What questions and answers are in schema.org; no page uses it."""


class CorrectionComment(Comment, frozen=True, kw_only=True):
    """A mistake that was corrected after publication."""


class Answer(Comment, frozen=True, kw_only=True):
    """What the guests answered to a question."""


class Question(Comment, frozen=True, kw_only=True):
    """A question of an interview."""

    accepted_answer: Answer | None = None


class CreativeWorkSeries(CreativeWork, frozen=True, kw_only=True):
    """A series of interviews or talks."""


class Periodical(CreativeWorkSeries, frozen=True, kw_only=True):
    """A newspaper or a magazine."""


class PodcastSeries(CreativeWorkSeries, frozen=True, kw_only=True):
    """A series with recordings; `web_feed` is the address of its podcast."""

    web_feed: str = ""


class Episode(CreativeWork, frozen=True, kw_only=True):
    """What a podcast's episodes are in schema.org; no page uses it."""

    episode_number: int | None = None
    part_of_series: CreativeWorkSeries | None = None


class PodcastEpisode(Episode, frozen=True, kw_only=True):
    """A talk with its recording."""


class Clip(CreativeWork, frozen=True, kw_only=True):
    """A chapter of a recording; offsets in seconds."""

    start_offset: int | None = None
    end_offset: int | None = None


class MediaObject(CreativeWork, frozen=True, kw_only=True):
    """A file, or a recording at a provider; `duration` is ISO 8601, `content_size` such as "34000000 B"."""

    content_url: str = ""
    embed_url: str = ""
    content_size: str = ""
    duration: str = ""
    upload_date: str = ""


class AudioObject(MediaObject, frozen=True, kw_only=True):
    """A recording to hear; `caption` is its file of captions."""

    transcript: str = ""
    caption: MediaObject | None = None


class VideoObject(MediaObject, frozen=True, kw_only=True):
    """A recording to watch; `caption` is its file of captions."""

    transcript: str = ""
    caption: MediaObject | None = None


class ImageObject(MediaObject, frozen=True, kw_only=True):
    """A picture; `caption` says what it shows."""

    caption: str = ""


class Event(Thing, frozen=True, kw_only=True):
    """A talk to come, or that took place; status and mode are addresses of schema.org."""

    start_date: str
    end_date: str = ""
    event_status: str = ""
    event_attendance_mode: str = ""
    location: tuple[Place | VirtualLocation, ...] = ()
    organizer: Reference | None = None
    performer: tuple[Person, ...] = ()
    in_language: str = ""
    sponsor: tuple[Organization, ...] = ()


class WebSite(CreativeWork, frozen=True, kw_only=True):
    """The site."""

    potential_action: SearchAction | None = None


class EntryPoint(Thing, frozen=True, kw_only=True):
    """Where an action begins; `url_template` has the name of what to fill in in braces."""

    url_template: str


class SearchAction(Thing, frozen=True, kw_only=True):
    """A search; `query_input` says what to fill in (as search engines read it, not a property of schema.org)."""

    target: EntryPoint
    query_input: str = field(name="query-input")


class WebPage(CreativeWork, frozen=True, kw_only=True):
    """A page that is no list."""

    breadcrumb: Reference | None = None


class CollectionPage(WebPage, frozen=True, kw_only=True):
    """A list of posts, topics, people or the like."""


class ProfilePage(WebPage, frozen=True, kw_only=True):
    """The page of a person."""


class Graph(Struct, frozen=True, rename={"context": "@context", "nodes": "@graph"}):
    """All that a page says."""

    context: str
    nodes: tuple[Thing | Raw, ...]
