"""Texts: files of posts and pages -> what is listed of them, the HTML of their bodies, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from .. import edition, rules
from ..errors import Problem
from ..frontmatter import BadFile
from ..model import FrontMatter, Listed, ListedLeaf
from ..registry import Registry
from . import links, listing
from .body import Converter, voices


class Text(Struct, frozen=True, kw_only=True):
    """What came of a file. `listed` is None where it could not be read; with problems there is no HTML.

    `links` are the files it leads to, from the edition's root.
    """

    file: str
    hash: bytes = b""
    listed: Listed | ListedLeaf | None = None
    html: str = ""
    links: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def key_of(listed: Listed | ListedLeaf) -> str:
    """Tell what a body is known by: the post's uid, the page's file."""
    return listed.meta.uid if isinstance(listed.meta, FrontMatter) else listed.file


def hash_of(data: bytes) -> bytes:
    """Hash the bytes of a file."""
    return blake2b(data, digest_size=16).digest()


def reader(root: Path, known: Registry, formats: Mapping[str, str]) -> Callable[[Sequence[str]], list[Text]]:
    """Make what reads files of the edition at `root`, one chunk after another; `formats` by file."""
    converter: list[Converter] = []  # each process makes its own

    def work(files: Sequence[str]) -> list[Text]:
        if not converter:
            converter.append(Converter(known))
        return [_read(root, file, formats[file], known, converter[0]) for file in files]

    return work


def _read(root: Path, file: str, format: str, known: Registry, converter: Converter) -> Text:
    try:
        data = edition.bytes_of(root, file)
        text = edition.parse(file, format, data)
    except BadFile as error:
        return Text(file=file, problems=error.problems)
    misfits = list(edition.broken_rules(text, known, partial(edition.is_linkable, root)))
    listed = listing.listed(text)
    if misfits or not known.whole:
        problems = tuple(edition.place(root, [(text, misfit) for misfit in misfits]))
        return Text(file=file, listed=listed, problems=problems)
    html = converter.convert(text)
    named = [target for _, _, target in rules.links(text) if target]
    leads = tuple(dict.fromkeys((*named, *links.targets(html, file))))
    return Text(file=file, hash=hash_of(data), listed=listed, html=html, links=leads)


def is_stale(listed: Listed | ListedLeaf, was: Registry, now: Registry) -> bool:
    """Tell whether a text must be read again though its file is as it was: the registry changed what it says."""
    if isinstance(listed, ListedLeaf) or not now.whole:  # a registry with holes says nothing, and stops the build
        return False
    return bool(next(rules.references(listed, now), None)) or voices(listed, was) != voices(listed, now)
