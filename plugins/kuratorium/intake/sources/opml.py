"""Lists of feeds as other programs exchange them: OPML bytes -> outlines.

Merges feeds into the text of curation/sources.yaml, and keeps every byte that is there.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from msgspec import Struct
from msgspec.structs import asdict, replace

from ... import urls
from ...edition import opml, registry
from ...edition.curation import Source, Topic
from ...edition.paths import SOURCES_FILE, TOPICS_FILE
from ...edition.validation import convert_record
from ...errors import EditionError, UsageError
from ...files import write_atomically
from ...slugs import slugify
from ..parsers import plain_text
from . import yaml_edit

_BARE_AMPERSAND = re.compile(rb"&(?!(?:\w+|#\d+|#x[0-9a-fA-F]+);)")


class Outline(Struct, frozen=True, kw_only=True):
    """A feed in an OPML list, as it stands there: `feed` may be relative; `folders` from the outermost in."""

    title: str
    feed: str
    site: str = ""
    lang: str = ""
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def topic_names(self) -> tuple[str, ...]:
        """All that may name a topic."""
        return (*self.folders, *self.categories)


def read_opml(data: bytes, name: str) -> tuple[Outline, ...]:
    """Read the feeds of an OPML document in its order; `name` is what errors call it.

    Raises UsageError where it is no OPML, or declares entities, which only an attack does.
    """
    root = _parse_xml(data.lstrip(), name)
    if root.tag.lower() != "opml":
        raise UsageError(f"{name} is no OPML file: its root element is <{root.tag}>. Export the list as OPML 2.0.")
    return tuple(_walk_outlines(root))


def _parse_xml(data: bytes, name: str) -> ET.Element:
    try:
        try:
            return _parse_without_entities(data, name)
        except ET.ParseError:  # every second exporter forgets to escape «&»
            return _parse_without_entities(_BARE_AMPERSAND.sub(b"&amp;", data), name)
    except ET.ParseError as error:
        raise UsageError(f"{name} is no XML: {error}. Export the list as OPML 2.0.") from error
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise UsageError(f"{name} cannot be decoded: {error}. Save it as UTF-8.") from error


def _parse_without_entities(data: bytes, name: str) -> ET.Element:
    def refuse(entity: str, *_: object) -> None:
        raise UsageError(f"{name} declares the entity «{entity}»: Kuratorium reads no list that does. Export it anew.")

    guard = expat.ParserCreate()
    guard.EntityDeclHandler = refuse
    with suppress(expat.ExpatError):  # the parser below tells it better
        guard.Parse(data, True)
    return ET.fromstring(data)  # noqa: S314 - the guard has seen that no entity is declared


def _walk_outlines(root: ET.Element) -> Iterator[Outline]:
    """Walk the outlines in their order, without recursion: a hostile list may nest deeper than Python does."""
    pending: list[tuple[ET.Element, tuple[str, ...]]] = [(one, ()) for one in reversed(root.findall("./body/*"))]
    while pending:
        element, folders = pending.pop()
        attributes = {key.lower(): plain_text.clean_text(value) for key, value in element.attrib.items()}
        title = attributes.get("title") or attributes.get("text", "")
        if attributes.get("iscomment", "").lower() == "true":
            continue
        inside = folders
        if feed := attributes.get("xmlurl", ""):
            yield _build_outline(attributes, title, feed, folders)
        elif title:
            inside = (*folders, title)
        pending += [(child, inside) for child in reversed(list(element))]


def _build_outline(attributes: dict[str, str], title: str, feed: str, folders: tuple[str, ...]) -> Outline:
    categories = re.split(r"[,/]", attributes.get("category", ""))
    named = dict.fromkeys(category.strip() for category in categories if category.strip())
    return Outline(
        title=title,
        feed=feed,
        site=attributes.get("htmlurl", ""),
        lang=plain_text.normalize_language(attributes.get("language", "")),
        folders=tuple(dict.fromkeys(folders)),
        categories=tuple(name for name in named if name not in folders),
    )


class MergeResult(Struct, frozen=True, kw_only=True):
    """The new text of sources.yaml; which sources were added; which feeds were there; which are no addresses.

    `topics` were made for folders of the list; `folders` of added feeds are none. `topics_text` is that of topics.yaml.
    """

    sources_text: str
    added_sources: tuple[Source, ...]
    existing_outlines: tuple[Outline, ...]
    refused_outlines: tuple[Outline, ...]
    unmatched_folders: tuple[str, ...] = ()
    new_topics: tuple[Topic, ...] = ()
    topics_text: str = ""


def import_opml(root: Path, file: Path, *, with_topics: bool = False) -> MergeResult:
    """Merge the OPML list `file` into the sources of the edition at `root`; `topics` makes topics of its folders.

    Raises UsageError where the list cannot be read, EditionError where curation/ is wrong as it is.
    """
    known, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    outlines = [
        _resolve_feed_path(outline, file.resolve().parent, root.resolve()) for outline in read_opml(data, str(file))
    ]
    text = (root / SOURCES_FILE).read_bytes().decode()
    merged = merge_outlines(text, outlines, known.sources, known.topics)
    if with_topics and (made := create_topics(merged.unmatched_folders, known.topics)):
        merged = merge_outlines(text, outlines, known.sources, known.topics | {topic.id: topic for topic in made})
        entries = [{"id": topic.id, "name": topic.name} for topic in made]
        told = yaml_edit.append_entries((root / TOPICS_FILE).read_bytes().decode(), entries, TOPICS_FILE)
        merged = replace(merged, new_topics=made, topics_text=told)
        write_atomically(root / TOPICS_FILE, told)  # before the sources that name them
    if merged.added_sources:
        write_atomically(root / SOURCES_FILE, merged.sources_text)
    return merged


def export_opml(root: Path, title: str) -> bytes:
    """Write the sources of the edition at `root` as an OPML list. Raises EditionError."""
    known, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    return opml.build_opml(known.sources.values(), known.topics, title)


def merge_outlines(
    text: str, outlines: Iterable[Outline], sources: dict[str, Source], topics: dict[str, Topic]
) -> MergeResult:
    """Append the outlines that are new to `text`, the YAML that says `sources`; feeds are addresses or final paths.

    A feed that stands in several folders of the list is one source with the topics of all of them.
    """
    listed = [_normalize_feed_address(outline) for outline in outlines]
    groups: dict[str, list[str]] = {}
    for outline in listed:
        groups.setdefault(urls.normalize_url(outline.feed), []).extend(outline.topic_names)
    addresses = {urls.normalize_url(source.feed) for source in sources.values()}
    taken = set(sources)
    added: list[Source] = []
    known: list[Outline] = []
    refused: list[Outline] = []
    folders: dict[str, None] = {}
    for outline in listed:
        address = urls.normalize_url(outline.feed)
        source = _build_source(outline, taken, match_topics(groups[address], topics))
        if source is None:
            refused.append(outline)
        elif address in addresses:
            known.append(outline)
        else:
            addresses.add(address)
            taken.add(source.id)
            added.append(source)
    new = {urls.normalize_url(source.feed) for source in added}
    for outline in listed:
        if urls.normalize_url(outline.feed) in new:
            folders |= dict.fromkeys(name for name in outline.folders if not match_topics([name], topics))
    return MergeResult(
        sources_text=append_sources(text, added),
        added_sources=tuple(added),
        existing_outlines=tuple(known),
        refused_outlines=tuple(refused),
        unmatched_folders=tuple(folders),
    )


def match_topics(names: Iterable[str], topics: dict[str, Topic]) -> tuple[str, ...]:
    """Tell the ids of the topics that folders or categories name, by name or id, in the order of the groups."""
    ids = {slugify(topic.name): topic.id for topic in topics.values()} | {
        topic.id: topic.id for topic in topics.values()
    }
    return tuple(dict.fromkeys(ids[slug] for group in names if (slug := slugify(group)) in ids))


def create_topics(folders: Iterable[str], topics: dict[str, Topic]) -> tuple[Topic, ...]:
    """Make a topic of each folder whose name has a letter for its id, and which is none of `topics` yet."""
    made: dict[str, Topic] = {}
    for folder in folders:
        if (slug := slugify(folder)) and slug not in topics:
            made.setdefault(slug, Topic(id=slug, name=folder))
    return tuple(made.values())


def append_sources(text: str, sources: Iterable[Source]) -> str:
    """Append sources to the text of sources.yaml, whose every byte stays. Raises UsageError where that cannot be."""
    return yaml_edit.append_entries(text, [_to_yaml_values(source) for source in sources], SOURCES_FILE)


def _resolve_feed_path(outline: Outline, folder: Path, root: Path) -> Outline:
    """Make a feed's path, which is relative to its list, one from the edition's root, or absolute outside of it."""
    feed = re.sub(
        r"\Afeed:(?://)?(?=https?:)|\Afeed(?=://)", lambda match: "" if match[0][4:] else "http", outline.feed
    )
    if feed.startswith("file:"):
        feed = unquote(urlsplit(feed).path)
    elif re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", feed):
        return replace(outline, feed=feed)
    path = Path(os.path.normpath(folder / feed))
    if not path.exists() and "%" in feed:
        path = Path(os.path.normpath(folder / unquote(feed)))
    return replace(outline, feed=path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path))


def _normalize_feed_address(outline: Outline) -> Outline:
    return replace(outline, feed=urls.make_absolute_url(outline.feed)) if urls.is_http_url(outline.feed) else outline


def _build_source(outline: Outline, taken: Collection[str], topics: tuple[str, ...]) -> Source | None:
    feed, site = outline.feed, urls.make_absolute_url(outline.site)
    if not feed or (not urls.is_http_url(feed) and re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", feed)):
        return None
    name = outline.title or urlsplit(site or feed).hostname or Path(feed).stem
    values = {
        "id": _free_id(slugify(name, 60) or slugify(urlsplit(site or feed).hostname or "") or "source", taken),
        "name": name,
        "feed": feed,
        "site": site,
        "topics": list(topics),
        "lang": outline.lang,
    }
    source, _ = convert_record(Source, {key: value for key, value in values.items() if value})
    return source


def _free_id(base: str, taken: Collection[str]) -> str:
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}-{number}"
    return free


def _to_yaml_values(source: Source) -> dict[str, Any]:
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
