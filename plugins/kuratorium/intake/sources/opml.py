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
from ...edition.validation import decode
from ...errors import EditionError, UsageError
from ...files import write_atomically
from ...slugs import slug_of
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
    def groups(self) -> tuple[str, ...]:
        """All that may name a topic."""
        return (*self.folders, *self.categories)


def read(data: bytes, name: str) -> tuple[Outline, ...]:
    """Read the feeds of an OPML document in its order; `name` is what errors call it.

    Raises UsageError where it is no OPML, or declares entities, which only an attack does.
    """
    root = _tree(data.lstrip(), name)
    if root.tag.lower() != "opml":
        raise UsageError(f"{name} is no OPML file: its root element is <{root.tag}>. Export the list as OPML 2.0.")
    return tuple(_outlines(root))


def _tree(data: bytes, name: str) -> ET.Element:
    try:
        try:
            return _parsed(data, name)
        except ET.ParseError:  # every second exporter forgets to escape «&»
            return _parsed(_BARE_AMPERSAND.sub(b"&amp;", data), name)
    except ET.ParseError as error:
        raise UsageError(f"{name} is no XML: {error}. Export the list as OPML 2.0.") from error
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise UsageError(f"{name} cannot be decoded: {error}. Save it as UTF-8.") from error


def _parsed(data: bytes, name: str) -> ET.Element:
    def refuse(entity: str, *_: object) -> None:
        raise UsageError(f"{name} declares the entity «{entity}»: Kuratorium reads no list that does. Export it anew.")

    guard = expat.ParserCreate()
    guard.EntityDeclHandler = refuse
    with suppress(expat.ExpatError):  # the parser below tells it better
        guard.Parse(data, True)
    return ET.fromstring(data)  # noqa: S314 - the guard has seen that no entity is declared


def _outlines(root: ET.Element) -> Iterator[Outline]:
    """Walk the outlines in their order, without recursion: a hostile list may nest deeper than Python does."""
    pending: list[tuple[ET.Element, tuple[str, ...]]] = [(one, ()) for one in reversed(root.findall("./body/*"))]
    while pending:
        element, folders = pending.pop()
        attributes = {key.lower(): plain_text.clean(value) for key, value in element.attrib.items()}
        title = attributes.get("title") or attributes.get("text", "")
        if attributes.get("iscomment", "").lower() == "true":
            continue
        inside = folders
        if feed := attributes.get("xmlurl", ""):
            yield _outline(attributes, title, feed, folders)
        elif title:
            inside = (*folders, title)
        pending += [(child, inside) for child in reversed(list(element))]


def _outline(attributes: dict[str, str], title: str, feed: str, folders: tuple[str, ...]) -> Outline:
    categories = re.split(r"[,/]", attributes.get("category", ""))
    named = dict.fromkeys(category.strip() for category in categories if category.strip())
    return Outline(
        title=title,
        feed=feed,
        site=attributes.get("htmlurl", ""),
        lang=plain_text.language(attributes.get("language", "")),
        folders=tuple(dict.fromkeys(folders)),
        categories=tuple(name for name in named if name not in folders),
    )


FILE = "curation/sources.yaml"
TOPICS = "curation/topics.yaml"


class Merged(Struct, frozen=True, kw_only=True):
    """The new text of sources.yaml; which sources were added; which feeds were there; which are no addresses.

    `topics` were made for folders of the list; `folders` of added feeds are none. `topics_text` is that of topics.yaml.
    """

    text: str
    added: tuple[Source, ...]
    known: tuple[Outline, ...]
    refused: tuple[Outline, ...]
    folders: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    topics_text: str = ""


def import_opml(root: Path, file: Path, *, topics: bool = False) -> Merged:
    """Merge the OPML list `file` into the sources of the edition at `root`; `topics` makes topics of its folders.

    Raises UsageError where the list cannot be read, EditionError where curation/ is wrong as it is.
    """
    known, problems = registry.read(root)
    if problems:
        raise EditionError(problems)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    outlines = [_placed(outline, file.resolve().parent, root.resolve()) for outline in read(data, str(file))]
    text = (root / FILE).read_bytes().decode()
    merged = merge(text, outlines, known.sources, known.topics)
    if topics and (made := topics_of(merged.folders, known.topics)):
        merged = merge(text, outlines, known.sources, known.topics | {topic.id: topic for topic in made})
        entries = [{"id": topic.id, "name": topic.name} for topic in made]
        told = yaml_edit.append((root / TOPICS).read_bytes().decode(), entries, TOPICS)
        merged = replace(merged, topics=made, topics_text=told)
        write_atomically(root / TOPICS, told)  # before the sources that name them
    if merged.added:
        write_atomically(root / FILE, merged.text)
    return merged


def export_opml(root: Path, title: str) -> bytes:
    """Write the sources of the edition at `root` as an OPML list. Raises EditionError."""
    known, problems = registry.read(root)
    if problems:
        raise EditionError(problems)
    return opml.write(known.sources.values(), known.topics, title)


def merge(text: str, outlines: Iterable[Outline], sources: dict[str, Source], topics: dict[str, Topic]) -> Merged:
    """Append the outlines that are new to `text`, the YAML that says `sources`; feeds are addresses or final paths.

    A feed that stands in several folders of the list is one source with the topics of all of them.
    """
    listed = [_with_safe_feed(outline) for outline in outlines]
    groups: dict[str, list[str]] = {}
    for outline in listed:
        groups.setdefault(urls.normal(outline.feed), []).extend(outline.groups)
    addresses = {urls.normal(source.feed) for source in sources.values()}
    taken = set(sources)
    added: list[Source] = []
    known: list[Outline] = []
    refused: list[Outline] = []
    folders: dict[str, None] = {}
    for outline in listed:
        address = urls.normal(outline.feed)
        source = _source(outline, taken, topics_in(groups[address], topics))
        if source is None:
            refused.append(outline)
        elif address in addresses:
            known.append(outline)
        else:
            addresses.add(address)
            taken.add(source.id)
            added.append(source)
    new = {urls.normal(source.feed) for source in added}
    for outline in listed:
        if urls.normal(outline.feed) in new:
            folders |= dict.fromkeys(name for name in outline.folders if not topics_in([name], topics))
    return Merged(
        text=append(text, added), added=tuple(added), known=tuple(known), refused=tuple(refused), folders=tuple(folders)
    )


def topics_in(groups: Iterable[str], topics: dict[str, Topic]) -> tuple[str, ...]:
    """Tell the ids of the topics that folders or categories name, by name or id, in the order of the groups."""
    ids = {slug_of(topic.name): topic.id for topic in topics.values()} | {
        topic.id: topic.id for topic in topics.values()
    }
    return tuple(dict.fromkeys(ids[slug] for group in groups if (slug := slug_of(group)) in ids))


def topics_of(folders: Iterable[str], topics: dict[str, Topic]) -> tuple[Topic, ...]:
    """Make a topic of each folder whose name has a letter for its id, and which is none of `topics` yet."""
    made: dict[str, Topic] = {}
    for folder in folders:
        if (slug := slug_of(folder)) and slug not in topics:
            made.setdefault(slug, Topic(id=slug, name=folder))
    return tuple(made.values())


def append(text: str, sources: Iterable[Source]) -> str:
    """Append sources to the text of sources.yaml, whose every byte stays. Raises UsageError where that cannot be."""
    return yaml_edit.append(text, [_values(source) for source in sources], FILE)


def _placed(outline: Outline, folder: Path, root: Path) -> Outline:
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


def _with_safe_feed(outline: Outline) -> Outline:
    return replace(outline, feed=urls.absolute(outline.feed)) if urls.is_web(outline.feed) else outline


def _source(outline: Outline, taken: Collection[str], topics: tuple[str, ...]) -> Source | None:
    feed, site = outline.feed, urls.absolute(outline.site)
    if not feed or (not urls.is_web(feed) and re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", feed)):
        return None
    name = outline.title or urlsplit(site or feed).hostname or Path(feed).stem
    values = {
        "id": _free_id(slug_of(name, 60) or slug_of(urlsplit(site or feed).hostname or "") or "source", taken),
        "name": name,
        "feed": feed,
        "site": site,
        "topics": list(topics),
        "lang": outline.lang,
    }
    source, _ = decode(Source, {key: value for key, value in values.items() if value})
    return source


def _free_id(base: str, taken: Collection[str]) -> str:
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}-{number}"
    return free


def _values(source: Source) -> dict[str, Any]:
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
