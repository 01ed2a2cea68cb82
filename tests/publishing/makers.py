"""Small makers of records, so that a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kuratorium.edition.curation import Imprint, Person, Policy, Topic
from kuratorium.edition.model import FrontMatter, Post, PostFile
from kuratorium.edition.registry import Registry
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import SiteMeta
from kuratorium.publishing.urls import Paths

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
ADA = Person(id="ada", name="Ada Lamm", role="Kuratorin")
BEN = Person(id="ben", name="Ben Roth")
OPEN = Topic(id="offen", name="Offenes Amt", question="Wem gehört der Code?", curators=("ada",))
LEAD = Topic(id="fuehrung", name="Führung", order=2)
PATHS = Paths("de")


def meta(**fields: Any) -> FrontMatter:
    """Front matter of a published note."""
    return FrontMatter(**({"uid": "u-000001", "title": "Ein Titel", "date": NOON, "authors": ("ada",)} | fields))


def document(body: str = "Eigene Worte.", file: str = "curation/notes/ein-titel.md", **fields: Any) -> PostFile:
    """A post's file, a note if nothing else is said."""
    return PostFile(file=file, format=fields.pop("format", "note"), meta=meta(**fields), body=body, body_line=9)


def registry() -> Registry:
    """Two people, two topics, no sources."""
    return Registry(
        sources={},
        people={one.id: one for one in (ADA, BEN)},
        topics={one.id: one for one in (OPEN, LEAD)},
        policy=Policy(imprint=Imprint(responsible="Ada Lamm")),
    )


def post(number: int = 1, **fields: Any) -> Post:
    """A listed note; a higher number is an older one."""
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
    return Post(**(base | fields))


def catalog(*posts: Post, **fields: Any) -> Catalog:
    """A catalog of these posts, newest first."""
    listed = tuple(one for one in posts if not one.hidden)
    hidden = tuple(one for one in posts if one.hidden)
    base: dict[str, Any] = {
        "standalone_pages": (),
        "topics": (OPEN, LEAD),
        "people": (ADA, BEN),
        "aliases": {},
        "source_urls": {},
    }
    return Catalog(posts=listed, hidden=hidden, **(base | fields))


def site(**fields: Any) -> SiteMeta:
    """A German site."""
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
