"""Texts: files of posts and pages -> what is listed of them, the HTML of their bodies, and what is wrong with them.

The edition without its bodies: what lists, feeds, relations and navigation are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from ..edition import loader, prose, transcripts
from ..edition.curation import Sponsor
from ..edition.formats import by_id
from ..edition.frontmatter import BadFile
from ..edition.model import Document, FrontMatter, Leaf, Listed, ListedLeaf
from ..edition.registry import Registry
from ..edition.rules import media, post
from ..errors import Problem
from ..files import hash_of_bytes
from . import links
from .inbox_headlines import Waiting
from .markdown.converter import Converter, voices

WORDS_A_MINUTE = 200


class Listing(Struct, frozen=True, kw_only=True):
    """Posts and standing pages in the order of format and file, the registry whose ids they name, the open inbox."""

    registry: Registry
    posts: tuple[Listed, ...]
    leaves: tuple[ListedLeaf, ...]
    waiting: tuple[Waiting, ...] = ()


def summarize(text: Document | Leaf) -> Listed | ListedLeaf:
    """Keep of a text what is listed of it."""
    summary = text.meta.summary or prose.first_sentence(text.body)
    if isinstance(text, Leaf):
        return ListedLeaf(file=text.file, meta=text.meta, summary=summary)
    minutes = max(1, round(len(text.body.split()) / WORDS_A_MINUTE))
    return Listed(
        file=text.file,
        format=text.format,
        meta=text.meta,
        summary=summary,
        minutes=minutes,
        leads=tuple(dict.fromkeys(target for _, _, target in media.links(text) if target and target.endswith(".md"))),
        quoted=tuple(dict.fromkeys(_quoted(text))),
        timed=by_id(text.format).dialogue and any(turn.time for turn in prose.turns(text.body)),
    )


def of(registry: Registry, texts: Iterable[Document | Leaf], waiting: Iterable[Waiting] = ()) -> Listing:
    """List texts that were just read."""
    return gather(registry, [summarize(text) for text in texts], waiting)


def gather(registry: Registry, found: Iterable[Listed | ListedLeaf], waiting: Iterable[Waiting] = ()) -> Listing:
    """Tell posts from standing pages."""
    kept = list(found)
    return Listing(
        registry=registry,
        waiting=tuple(waiting),
        posts=tuple(one for one in kept if isinstance(one, Listed)),
        leaves=tuple(one for one in kept if isinstance(one, ListedLeaf)),
    )


def _quoted(text: Document) -> Iterator[str]:
    for quotation in prose.quotations(text.body):
        yield from prose.named(quotation.attribution)


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
        data = loader.bytes_of(root, file)
        text = loader.parse(file, format, data)
    except BadFile as error:
        return Text(file=file, problems=error.problems)
    misfits = list(loader.broken_rules(text, known, partial(loader.is_linkable, root)))
    text, unheard = transcripts.join(root, text, known)
    listed = summarize(text)
    if misfits or unheard or not known.whole:
        problems = (*loader.place(root, [(text, misfit) for misfit in misfits]), *unheard)
        return Text(file=file, listed=listed, problems=problems)
    html = converter.convert(text)
    leads = tuple(dict.fromkeys((*media.targets(text), *links.targets(html, file))))
    return Text(file=file, hash=hash_of_bytes(data), listed=listed, html=html, links=leads)


def is_stale(listed: Listed | ListedLeaf, was: Registry, now: Registry) -> bool:
    """Tell whether a text must be read again though its file is as it was: the registry changed what it says."""
    if _allowed(was) != _allowed(now):
        return True
    if isinstance(listed, ListedLeaf) or not now.whole:  # a registry with holes says nothing, and stops the build
        return False
    if next(post.references(listed, now), None):
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
