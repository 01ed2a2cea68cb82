"""Functions that make records with defaults, so that a test names only the fields it is about."""

from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from typing import Any

from kuratorium.edition.curation import Imprint, Person, Policy, Topic
from kuratorium.edition.model import FrontMatter, Post, PostFile
from kuratorium.edition.registry import Registry
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import FEED_TYPES, FeedPage, SiteMeta
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.post_lists import TextFacts
from kuratorium.publishing.urls import Paths
from kuratorium.publishing.writers.feed_items import FeedWording, build_feed_content
from kuratorium.publishing.writers.render import SERIALISERS

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
ADA = Person(id="ada", name="Ada Lamm", role="Kuratorin")
BEN = Person(id="ben", name="Ben Roth")
OPEN = Topic(id="offen", name="Offenes Amt", question="Wem gehört der Code?", curators=("ada",))
LEAD = Topic(id="fuehrung", name="Führung", order=2)
PATHS = Paths("de")


def meta(**fields: Any) -> FrontMatter:
    """Return the front matter of a published note."""
    return FrontMatter(**({"uid": "u-000001", "title": "Ein Titel", "date": NOON, "authors": ("ada",)} | fields))


def document(body: str = "Eigene Worte.", file: str = "curation/notes/ein-titel.md", **fields: Any) -> PostFile:
    """Return a post's file, by default a note."""
    return PostFile(file=file, format=fields.pop("format", "note"), meta=meta(**fields), body=body, body_line=9)


def registry() -> Registry:
    """Return a registry with two people, two topics and no sources."""
    return Registry(
        sources={},
        people={record.id: record for record in (ADA, BEN)},
        topics={record.id: record for record in (OPEN, LEAD)},
        policy=Policy(imprint=Imprint(responsible="Ada Lamm")),
    )


def post(number: int = 1, **fields: Any) -> Post:
    """Return a listed note; a higher number is an older one."""
    base: dict[str, Any] = dict.fromkeys(
        ("modified", "strength", "via", "disclosure", "series", "event", "media", "image")
    )
    base |= dict.fromkeys(("tags", "works", "guests", "hosts", "corrections", "syndication"), ())
    base |= {
        "uid": f"u-{number:06}",
        "format": "note",
        "path": f"notizen/nr-{number}.html",
        "title": f"Nummer {number}",
        "date": NOON - timedelta(days=number),
        "lang": "de",
        "summary": "Worum es geht.",
        "authors": (ADA,),
        "topics": (OPEN,),
        "why_now": "",
        "upcoming": False,
        "hidden": False,
    }
    base |= fields
    return Post(**{"day": base["date"].date()} | base)


def catalog(*posts: Post, **fields: Any) -> Catalog:
    """Return a catalog of these posts, which must be sorted newest first."""
    listed = tuple(candidate for candidate in posts if not candidate.hidden)
    hidden = tuple(candidate for candidate in posts if candidate.hidden)
    links, names = fields.pop("outgoing_links", {}), fields.pop("quoted_names", {})
    base: dict[str, Any] = {
        "text_facts": {uid: TextFacts(links.get(uid, ()), names.get(uid, ())) for uid in {**links, **names}},
        "standalone_pages": (),
        "topics": (OPEN, LEAD),
        "people": (ADA, BEN),
        "aliases": {},
        "source_urls": {},
        "as_of": NOON,
    }
    return Catalog(posts=listed, hidden=hidden, **(base | fields))


def site(**fields: Any) -> SiteMeta:
    """Return what pages know of a German site."""
    base: dict[str, Any] = {
        "name": "Weiche",
        "subtitle": "Was zählt",
        "url": "https://weiche.example",
        "lang": "de",
        "paths": PATHS,
        "imprint": Imprint(responsible="Ada Lamm"),
        "topics": (OPEN, LEAD),
        "formats": ("note",),
        "standalone_pages": (),
    }
    return SiteMeta(**(base | fields))


def write_feed(
    published: Catalog, path: str = "feed.xml", body: str = "<p>Text &amp; mehr</p>", **site_fields: Any
) -> bytes:
    """Write the feed at `path` of a site with these fields; every post has the same body, with its uid in a comment."""
    (page,) = [page for page in plan_pages(published, site(**site_fields)) if page.path == path]
    assert isinstance(page, FeedPage)
    wording = FeedWording(NullTranslations(), str, str)
    content = build_feed_content(page, lambda uid, root: f"{body}<!--{uid} {root}-->", wording)
    return SERIALISERS[page.serialisation].write(content)


def feed_files(*names: str) -> set[str]:
    """Return the paths of these feeds in every type."""
    return {f"{name}{feed_type.ending}" for name in names for feed_type in FEED_TYPES}
