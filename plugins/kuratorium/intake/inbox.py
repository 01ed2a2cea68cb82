"""An entry -> its inbox file, name and text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from .. import frontmatter
from ..model import Source, Topic
from ..registry import Registry
from ..slugs import slug_of
from . import dates, identity, plaintext
from .entry import Entry, Feed
from .keywords import mentioned
from .sift import Keyed

FOLDER = "curation/inbox"
_TEASER_WORDS = 60
_TITLE_WORDS = 12
_REASONS = {  # by the edition's language
    "de": {"source": "Quelle für {topic}", "keyword": "Stichwort: {keyword}"},
    "en": {"source": "source for {topic}", "keyword": "keyword: {keyword}"},
}


class InboxFile(Struct, frozen=True):
    """A file to write: its path from the edition's root, and its text."""

    path: str
    text: str


class Setting(Struct, frozen=True, kw_only=True):
    """What all inbox files of a pull depend on: the registry, the edition's date and its language."""

    registry: Registry
    now: datetime
    lang: str


def file_of(one: Keyed, feed: Feed, source: Source, setting: Setting) -> InboxFile:
    """Make the inbox file of an entry of a source's feed."""
    uid = identity.uid_of(one.key)
    values = _values(one, feed, source, setting)
    slug = slug_of(values["title"], 50)
    name = "-".join(part for part in (setting.now.date().isoformat(), slug, uid[:8]) if part)
    return InboxFile(f"{FOLDER}/{name}.md", frontmatter.write({"uid": uid, **values}, ""))


def address_of(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell where an entry can be read: its own link, else the site it stands on; empty where neither is known."""
    return entry.link or feed.link or source.site


def is_usable(entry: Entry, feed: Feed, source: Source) -> bool:
    """Tell whether an entry says anything, and can be read somewhere."""
    says = entry.link or entry.title or entry.summary or entry.content
    return bool(says and address_of(entry, feed, source))


def title_of(entry: Entry, source: Source) -> str:
    """Tell an entry's title; one without has the first words of its text, or where it comes from."""
    text = entry.title or plaintext.cut(entry.summary or entry.content, _TITLE_WORDS)
    return text or entry.link or source.name


def _values(one: Keyed, feed: Feed, source: Source, setting: Setting) -> dict[str, Any]:
    entry, known = one.entry, setting.registry.topics
    topics, reasons = _suggested(entry, source, known, setting.lang)
    values = {
        "title": title_of(entry, source),
        "date": setting.now.isoformat(timespec="seconds"),
        "lang": _language(entry, feed, source),
        "authors": [*known[topics[0]].curators[:1]] if topics else [],
        "topics": topics,
        "bookmark_of": [_work(one, feed, source, setting)],
        "teaser": plaintext.cut(entry.summary or entry.content, _TEASER_WORDS),
        "reasons": reasons,
    }
    return {key: value for key, value in values.items() if value}


def _work(one: Keyed, feed: Feed, source: Source, setting: Setting) -> dict[str, Any]:
    entry, known = one.entry, setting.registry.people
    work = {
        "url": address_of(entry, feed, source),
        "title": title_of(entry, source),
        "authors": [*entry.authors] or [known[person].name for person in source.people if person in known],
        "publication": source.name,
        "source": source.id,
        "published": dates.day_of(entry.date, setting.now.tzinfo) if entry.date else None,
        "lang": _language(entry, feed, source),
        "item": one.key,
    }
    return {key: value for key, value in work.items() if value}


def _language(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell an entry's language: its own word first, then the editors', then the feed's, which is often a default."""
    return plaintext.primary(entry.lang or source.lang or feed.lang)


def _suggested(entry: Entry, source: Source, topics: dict[str, Topic], lang: str) -> tuple[list[str], list[str]]:
    """List the topics an entry is suggested for, and why."""
    words = _REASONS.get(plaintext.primary(lang), _REASONS["en"])
    text = "\n".join((entry.title, entry.summary, *entry.categories))
    hits = {topic.id: mentioned(topic.keywords, text) for topic in topics.values()}
    own = [topic for topic in source.topics if topic in topics]
    ids = [*own, *(topic for topic, found in hits.items() if found and topic not in own)]
    reasons = [words["source"].format(topic=topic) for topic in own]
    reasons += [words["keyword"].format(keyword=word) for word in _once(hits.values())]
    return ids, reasons


def _once(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from dict.fromkeys(word for group in groups for word in group)
