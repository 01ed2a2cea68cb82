"""Texts: files of posts and pages -> what is listed of them, the HTML of their bodies, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from .. import captions, edition, rules
from ..errors import Problem
from ..frontmatter import BadFile
from ..model import FrontMatter, Listed, ListedLeaf, Sponsor
from ..registry import Registry
from . import links, listing
from .body import Converter, voices
from .scan import hash_of_bytes


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
    text, unheard = captions.join(root, text, known)
    listed = listing.listed(text)
    if misfits or unheard or not known.whole:
        problems = (*edition.place(root, [(text, misfit) for misfit in misfits]), *unheard)
        return Text(file=file, listed=listed, problems=problems)
    html = converter.convert(text)
    leads = tuple(dict.fromkeys((*rules.targets(text), *links.targets(html, file))))
    return Text(file=file, hash=hash_of_bytes(data), listed=listed, html=html, links=leads)


def is_stale(listed: Listed | ListedLeaf, was: Registry, now: Registry) -> bool:
    """Tell whether a text must be read again though its file is as it was: the registry changed what it says."""
    if _allowed(was) != _allowed(now):
        return True
    if isinstance(listed, ListedLeaf) or not now.whole:  # a registry with holes says nothing, and stops the build
        return False
    if next(rules.references(listed, now), None):
        return True
    if _paid(was) != _paid(now) or (_paid(now) and _speakers(listed, was) != _speakers(listed, now)):
        return True  # a sponsor's name may stand anywhere, in a guest's role too, and is to be disclosed
    return voices(listed, was) != voices(listed, now)


def _allowed(known: Registry) -> tuple[str, ...]:
    """Whose videos, posts and maps may stand in a text."""
    return known.policy.embeds if known.policy else ()


def _paid(known: Registry) -> tuple[Sponsor, ...]:
    return known.policy.sponsors if known.policy else ()


def _speakers(listed: Listed, known: Registry) -> list[object]:
    return [known.people.get(one) for one in (*listed.meta.guests, *listed.meta.hosts) if isinstance(one, str)]
