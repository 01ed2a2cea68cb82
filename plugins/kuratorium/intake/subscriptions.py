"""Merges feeds into the text of curation/sources.yaml, and keeps every byte that is there."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from msgspec import Struct

from .. import registry, yaml12
from ..errors import EditionError, UsageError
from ..files import write_atomically
from ..model import Source, Topic
from ..records import decode
from ..slugs import slug_of
from . import links, opml
from .opml import Outline

FILE = "curation/sources.yaml"


class Merged(Struct, frozen=True, kw_only=True):
    """The new text of sources.yaml; which sources were added; which feeds were there; which are no addresses."""

    text: str
    added: tuple[Source, ...]
    known: tuple[Outline, ...]
    refused: tuple[Outline, ...]


def import_opml(root: Path, file: Path) -> Merged:
    """Merge the OPML list `file` into the sources of the edition at `root`.

    Raises UsageError where the list cannot be read, EditionError where curation/ is wrong as it is.
    """
    known, problems = registry.read(root)
    if problems:
        raise EditionError(problems)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    outlines = [_placed(outline, file.resolve().parent, root.resolve()) for outline in opml.read(data, str(file))]
    merged = merge((root / FILE).read_bytes().decode(), outlines, known.sources, known.topics)
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
    """Append the outlines that are new to `text`, the YAML that says `sources`; feeds are addresses or final paths."""
    addresses = {links.normal(source.feed) for source in sources.values()}
    taken = set(sources)
    added: list[Source] = []
    known: list[Outline] = []
    refused: list[Outline] = []
    for outline in outlines:
        source = _source(outline, taken, topics)
        if source is None:
            refused.append(outline)
        elif links.normal(source.feed) in addresses:
            known.append(outline)
        else:
            addresses.add(links.normal(source.feed))
            taken.add(source.id)
            added.append(source)
    return Merged(text=append(text, added), added=tuple(added), known=tuple(known), refused=tuple(refused))


def append(text: str, sources: Iterable[Source]) -> str:
    """Append sources to the text of sources.yaml, whose every byte stays. Raises UsageError where that cannot be."""
    entries = [_values(source) for source in sources]
    if not entries:
        return text
    node = yaml12.nodes(text).get(())
    before, indent, after = _place(text, node)
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = [yaml12.dump([{key: _inline(value) for key, value in entry.items()}]) for entry in entries]
    lines = "\n".join(blocks).replace("\n", f"\n{indent}").rstrip()
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    whole = before + gap + indent + re.sub(r"(?m)^[ ]+$", "", lines).replace("\n", newline) + newline + after
    if (yaml12.load(whole) or []) != [*(yaml12.load(text) or []), *entries]:
        raise UsageError(f"{FILE} cannot be added to; does it end in «...» or hold several documents?")
    return whole


def _place(text: str, node: yaml.Node | None) -> tuple[str, str, str]:
    """Tell what stands before new entries, how far they are indented, and what stands after them."""
    if not isinstance(node, yaml.SequenceNode):
        return text, "", ""  # empty, or nothing but comments
    if not node.flow_style:
        return text, " " * node.start_mark.column, ""
    if node.value:
        raise UsageError(f"{FILE} is one list in [ ]: begin each entry with «- id:» instead, then feeds can be added.")
    # An empty list gives way, and the comments around it stay.
    return text[: node.start_mark.index], "", text[node.end_mark.index :].lstrip(" \t\r\n")


def _placed(outline: Outline, folder: Path, root: Path) -> Outline:
    """Make a feed's path, which is relative to its list, one from the edition's root, or absolute outside of it."""
    feed = re.sub(
        r"\Afeed:(?://)?(?=https?:)|\Afeed(?=://)", lambda match: "" if match[0][4:] else "http", outline.feed
    )
    if feed.startswith("file:"):
        feed = unquote(urlsplit(feed).path)
    elif re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", feed):
        return _with_feed(outline, feed)
    path = Path(os.path.normpath(folder / feed))
    if not path.exists() and "%" in feed:
        path = Path(os.path.normpath(folder / unquote(feed)))
    return _with_feed(outline, path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path))


def _with_feed(outline: Outline, feed: str) -> Outline:
    return Outline(title=outline.title, feed=feed, site=outline.site, lang=outline.lang, groups=outline.groups)


def _source(outline: Outline, taken: Collection[str], topics: dict[str, Topic]) -> Source | None:
    web = links.is_web(outline.feed)
    feed = links.absolute(outline.feed) if web else outline.feed
    site = links.absolute(outline.site)
    if not feed or (not web and re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", feed)):
        return None
    name = outline.title or urlsplit(site or feed).hostname or Path(feed).stem
    values = {
        "id": _free_id(slug_of(name, 60) or slug_of(urlsplit(site or feed).hostname or "") or "source", taken),
        "name": name,
        "feed": feed,
        "site": site,
        "topics": [topic.id for topic in topics.values() if _is_among(topic, outline.groups)],
        "lang": outline.lang,
    }
    source, _ = decode(Source, {key: value for key, value in values.items() if value})
    return source


def _is_among(topic: Topic, groups: Iterable[str]) -> bool:
    return bool({topic.id, slug_of(topic.name)} & {slug_of(group) for group in groups})


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
        "site": source.site,
        "people": [*source.people],
        "topics": [*source.topics],
        "lang": source.lang,
    }
    return {key: value for key, value in values.items() if value}


def _inline(value: Any) -> Any:
    return yaml12.Inline(value) if isinstance(value, list) else value
