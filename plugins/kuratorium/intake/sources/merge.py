"""Merge feeds into curation/sources.yaml, and leave every byte that is there as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from ... import urls
from ...edition.curation import Source, Topic
from ...edition.fields import convert_record
from ...edition.paths import SOURCES_FILE
from ...slugs import find_free_name, slugify
from ..parsers import plain_text
from . import yaml_edit

_MAX_ID_LENGTH = 60  # of an id that is derived from a name


class Outline(Struct, frozen=True, kw_only=True):
    """A feed to add, as an OPML list has it: `feed` is an address or a path; if it is that of `site`, no feed is known.

    `folders` may become topics, from the outermost in; `categories` only match topics that exist.
    """

    title: str
    feed: str
    site: str = ""
    lang: str = ""
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def topic_names(self) -> tuple[str, ...]:
        """The folders and categories, any of which may name a topic."""
        return (*self.folders, *self.categories)

    @property
    def names_only_site(self) -> bool:
        """Whether the list names the site of the feed, but not the feed's own address."""
        return bool(self.site) and urls.normalize_url(self.feed) == urls.normalize_url(self.site)


class MergeResult(Struct, frozen=True, kw_only=True):
    """The new text of sources.yaml, the sources added, the outlines that are followed already, and those refused.

    An outline is refused if its feed is neither a web address nor a path. `missing_topics` are, by the id of a source
    that is followed already, the topics that the list has for it and the source has not. `unmatched_folders` are the
    folders of feeds that name no topic.
    """

    sources_text: str
    added_sources: tuple[Source, ...]
    existing_outlines: tuple[Outline, ...]
    refused_outlines: tuple[Outline, ...]
    missing_topics: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unmatched_folders: tuple[str, ...] = ()


def merge_outlines(
    text: str, outlines: Iterable[Outline], sources: dict[str, Source], topics: dict[str, Topic]
) -> MergeResult:
    """Append the outlines that are new to `text`, the YAML of `sources`.

    Paths of feeds must be relative to the edition's root, or absolute. A feed that stands in several folders becomes
    one source with the topics of all of them.
    """
    normalized = [_normalize_feed_address(outline) for outline in outlines]
    topic_names: dict[str, list[str]] = {}
    for outline in normalized:
        topic_names.setdefault(urls.normalize_url(outline.feed), []).extend(outline.topic_names)
    merge = _Merge(sources)
    for outline in normalized:
        merge.add(outline, match_topics(topic_names[urls.normalize_url(outline.feed)], topics))
    return MergeResult(
        sources_text=append_sources(text, merge.added),
        added_sources=tuple(merge.added),
        existing_outlines=tuple(merge.existing),
        refused_outlines=tuple(merge.refused),
        missing_topics=merge.missing_topics,
        unmatched_folders=tuple(folder for folder in merge.folders if not match_topics([folder], topics)),
    )


def match_topics(names: Iterable[str], topics: dict[str, Topic]) -> tuple[str, ...]:
    """Return the ids of the topics that folders or categories name, by name or id, in the order of `names`."""
    # Ids last: if a topic's name looks like the id of another one, the id counts.
    ids = {slugify(topic.name): topic.id for topic in topics.values()} | {
        topic.id: topic.id for topic in topics.values()
    }
    return tuple(dict.fromkeys(ids[slug] for name in names if (slug := slugify(name)) in ids))


def create_topics(folders: Iterable[str], topics: dict[str, Topic]) -> tuple[Topic, ...]:
    """Return a new topic for each folder whose name gives an id that is not in `topics` yet."""
    new_topics: dict[str, Topic] = {}
    for folder in folders:
        if (slug := slugify(folder)) and slug not in topics:
            new_topics.setdefault(slug, Topic(id=slug, name=folder))
    return tuple(new_topics.values())


def append_sources(text: str, sources: Iterable[Source]) -> str:
    """Return the text of sources.yaml with more sources at its end. Raises UsageError if that is not possible."""
    return yaml_edit.append_entries(text, [_to_yaml_values(source) for source in sources], SOURCES_FILE)


class _Merge:
    """The added sources, existing outlines and refused outlines of a merge; addresses and ids stay unique."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = {urls.normalize_url(source.feed): source for source in sources.values()}
        self._sites = {urls.normalize_url(source.site): source for source in sources.values() if source.site}
        self._ids = set(sources)
        self.added: list[Source] = []
        self.existing: list[Outline] = []
        self.refused: list[Outline] = []
        self.folders: dict[str, None] = {}  # an ordered set
        self.missing_topics: dict[str, tuple[str, ...]] = {}

    def add(self, outline: Outline, topics: tuple[str, ...]) -> None:
        """Add an outline as a source for `topics` (ids), unless it exists or is refused."""
        address = urls.normalize_url(outline.feed)
        followed = self._sources.get(address) or (self._sites.get(address) if outline.names_only_site else None)
        source = None if followed else _build_source(outline, self._ids, topics)
        if source:
            self._sources[address] = source
            self._ids.add(source.id)
            self.added.append(source)
        elif followed:
            self.existing.append(outline)
            if missing := tuple(topic for topic in topics if topic not in followed.topics):
                self.missing_topics[followed.id] = missing
        else:
            self.refused.append(outline)
            return
        self.folders.update(dict.fromkeys(outline.folders))


def _normalize_feed_address(outline: Outline) -> Outline:
    return replace(outline, feed=urls.make_absolute_url(outline.feed)) if urls.is_http_url(outline.feed) else outline


def _build_source(outline: Outline, taken_ids: Collection[str], topics: tuple[str, ...]) -> Source | None:
    """Return the source of an outline; None if its feed is neither a web address nor a path, or the record invalid."""
    feed, site = outline.feed, urls.make_absolute_url(outline.site)
    # A scheme has two letters at least: "C:" begins a path on Windows.
    if not feed or (not urls.is_http_url(feed) and re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", feed)):
        return None
    host = urlsplit(site or feed).hostname or ""
    name = outline.title or host or Path(feed).stem
    values = {
        "id": find_free_name(slugify(name, _MAX_ID_LENGTH) or slugify(host) or "source", taken_ids),
        "name": name,
        "feed": feed,
        "site": site,
        "topics": list(topics),
        "lang": plain_text.get_primary_language(outline.lang),  # a region tells a curator nothing
    }
    source, _ = convert_record(Source, {key: value for key, value in values.items() if value})
    return source


def _to_yaml_values(source: Source) -> dict[str, Any]:
    """Return the fields of a source that are set, in the order of the contract."""
    values = {
        "id": source.id,
        "name": source.name,
        "feed": source.feed,
        "type": source.type if source.select else "",
        "select": {key: value for key, value in asdict(source.select).items() if value} if source.select else {},
        "site": source.site,
        "people": [*source.people],
        "topics": [*source.topics],
        "lang": source.lang,
    }
    return {key: value for key, value in values.items() if value}
