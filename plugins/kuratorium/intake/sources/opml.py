"""OPML, the format in which programs exchange lists of feeds: import into sources.yaml, and export."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from msgspec.structs import replace

from ...compare_and_swap import edit_text
from ...edition import opml, registry
from ...edition.paths import SOURCES_FILE, TOPICS_FILE
from ...errors import EditionError, UsageError
from ..parsers import plain_text
from . import merge, yaml_edit
from .merge import MergeResult, Outline

_BARE_AMPERSAND = re.compile(rb"&(?!(?:\w+|#\d+|#x[0-9a-fA-F]+);)")


def import_opml(root: Path, file: Path, *, with_topics: bool = False) -> MergeResult:
    """Merge the OPML list `file` into the sources of the edition at `root`; `with_topics` makes its folders topics.

    Raises UsageError if the list cannot be read, EditionError if curation/ has errors already.
    """
    current, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    outlines = _read_outlines(file, root)
    text = (root / SOURCES_FILE).read_bytes().decode()
    result = merge.merge_outlines(text, outlines, current.sources, current.topics)
    if with_topics and (new_topics := merge.create_topics(result.unmatched_folders, current.topics)):
        topics = current.topics | {topic.id: topic for topic in new_topics}
        result = merge.merge_outlines(text, outlines, current.sources, topics)
        entries = [{"id": topic.id, "name": topic.name} for topic in new_topics]
        topics_text = yaml_edit.append_entries((root / TOPICS_FILE).read_bytes().decode(), entries, TOPICS_FILE)
        result = replace(result, new_topics=new_topics, topics_text=topics_text)
        # Topics before the sources that name them: an import that is killed between both leaves a valid edition.
        edit_text(root / TOPICS_FILE, lambda text: yaml_edit.append_entries(text, entries, TOPICS_FILE))
    if result.added_sources:
        edit_text(root / SOURCES_FILE, lambda text: merge.append_sources(text, result.added_sources))
    return result


def export_opml(root: Path, title: str) -> bytes:
    """Return the sources of the edition at `root` as an OPML list. Raises EditionError if curation/ has errors."""
    current, problems = registry.read_registry(root)
    if problems:
        raise EditionError(problems)
    return opml.build_opml(current.sources.values(), current.topics, title)


def _read_outlines(file: Path, root: Path) -> list[Outline]:
    """Read the feeds of an OPML file; their paths become relative to `root`. Raises UsageError if it cannot be read."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    folder = file.resolve().parent
    return [_resolve_feed_path(outline, folder, root.resolve()) for outline in read_opml(data, str(file))]


def read_opml(data: bytes, name: str) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document in its order; `name` is its name in error messages.

    Raises UsageError if it is no OPML, or declares entities, which only an attack does.
    """
    root = _parse_xml(data.lstrip(), name)
    if root.tag.lower() != "opml":
        raise UsageError(f"{name} is no OPML file: its root element is <{root.tag}>. Export the list as OPML 2.0.")
    return tuple(_walk_outlines(root))


def _parse_xml(data: bytes, name: str) -> ET.Element:
    try:
        try:
            return _parse_without_entities(data, name)
        except ET.ParseError:  # many programs export addresses without escaping "&"
            return _parse_without_entities(_BARE_AMPERSAND.sub(b"&amp;", data), name)
    except ET.ParseError as error:
        raise UsageError(f"{name} is no XML: {error}. Export the list as OPML 2.0.") from error
    except (ValueError, LookupError) as error:  # an unknown encoding
        raise UsageError(f"{name} cannot be decoded: {error}. Save it as UTF-8.") from error


def _parse_without_entities(data: bytes, name: str) -> ET.Element:
    """Parse a document. Raises UsageError if it declares an entity, before any is expanded."""

    def refuse_entity(entity: str, *_: object) -> None:
        raise UsageError(f'{name} declares the entity "{entity}": Kuratorium reads no list that does. Export it again.')

    guard = expat.ParserCreate()
    guard.EntityDeclHandler = refuse_entity
    with suppress(expat.ExpatError):  # the parser below raises the same error with a better message
        guard.Parse(data, True)
    return ET.fromstring(data)  # noqa: S314 - the guard has refused declarations of entities


def _walk_outlines(root: ET.Element) -> Iterator[Outline]:
    """Yield the outlines that are feeds, in document order."""
    # Without recursion: a hostile list may nest deeper than Python's recursion limit.
    pending: list[tuple[ET.Element, tuple[str, ...]]] = [(child, ()) for child in reversed(root.findall("./body/*"))]
    while pending:
        element, folders = pending.pop()
        attributes = {key.lower(): plain_text.clean_text(value) for key, value in element.attrib.items()}
        title = attributes.get("title") or attributes.get("text", "")
        if attributes.get("iscomment", "").lower() == "true":  # OPML 2.0: the outline and those in it are commented out
            continue
        child_folders = folders
        if feed := attributes.get("xmlurl", ""):
            yield _build_outline(attributes, title, feed, folders)
        elif title:
            child_folders = (*folders, title)
        pending += [(child, child_folders) for child in reversed(list(element))]


def _build_outline(attributes: dict[str, str], title: str, feed: str, folders: tuple[str, ...]) -> Outline:
    # OPML 2.0: category is a comma-separated list of slash-delimited paths.
    parts = re.split(r"[,/]", attributes.get("category", ""))
    categories = dict.fromkeys(part.strip() for part in parts if part.strip())
    return Outline(
        title=title,
        feed=feed,
        site=attributes.get("htmlurl", ""),
        lang=plain_text.normalize_language(attributes.get("language", "")),
        folders=tuple(dict.fromkeys(folders)),
        categories=tuple(name for name in categories if name not in folders),
    )


def _resolve_feed_path(outline: Outline, folder: Path, root: Path) -> Outline:
    """Return an outline with the path of its feed, which is relative to `folder`, made relative to the edition's root.

    Outside of the root it becomes absolute; web addresses stay.
    """
    # feed: is no scheme of its own: "feed://host/…" means http, "feed:https://…" means what follows.
    feed = re.sub(
        r"\Afeed:(?://)?(?=https?:)|\Afeed(?=://)", lambda match: "" if match[0][4:] else "http", outline.feed
    )
    if feed.startswith("file:"):
        feed = unquote(urlsplit(feed).path)
    elif re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", feed):
        return replace(outline, feed=feed)
    path = Path(os.path.normpath(folder / feed))
    if not path.exists() and "%" in feed:  # some programs escape paths like addresses
        path = Path(os.path.normpath(folder / unquote(feed)))
    return replace(outline, feed=path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path))
