"""Texts: files of posts and pages -> what is listed of them, the HTML of their bodies, and what is wrong with them.

The edition without its bodies: what lists, feeds, relations and navigation are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from markdown import Extension
from msgspec import Struct

from ..edition import loader, prose, transcripts
from ..edition.curation import Sponsor
from ..edition.formats import get_format
from ..edition.frontmatter import InvalidFileError
from ..edition.model import FrontMatter, PostFile, PostSummary, StandalonePage, StandalonePageSummary
from ..edition.registry import Registry
from ..edition.rules import media, post
from ..errors import Problem
from ..files import hash_bytes
from . import links
from .inbox_headlines import InboxItem
from .markdown.converter import MarkdownConverter, find_participants

WORDS_PER_MINUTE = 200


class EditionSummary(Struct, frozen=True, kw_only=True):
    """Posts and standing pages in the order of format and file, the registry whose ids they name, the open inbox."""

    registry: Registry
    posts: tuple[PostSummary, ...]
    standalone_pages: tuple[StandalonePageSummary, ...]
    inbox_items: tuple[InboxItem, ...] = ()


def summarize_text(text: PostFile | StandalonePage) -> PostSummary | StandalonePageSummary:
    """Keep of a text what is listed of it."""
    summary = text.meta.summary or prose.extract_first_sentence(text.body)
    if isinstance(text, StandalonePage):
        return StandalonePageSummary(file=text.file, meta=text.meta, summary=summary)
    minutes = max(1, round(len(text.body.split()) / WORDS_PER_MINUTE))
    return PostSummary(
        file=text.file,
        format=text.format,
        meta=text.meta,
        summary=summary,
        minutes=minutes,
        linked_files=tuple(
            dict.fromkeys(target for _, _, target in media.find_links(text) if target and target.endswith(".md"))
        ),
        quoted_names=tuple(dict.fromkeys(_find_quoted_names(text))),
        has_timecodes=get_format(text.format).is_conversation
        and any(turn.time for turn in prose.find_turns(text.body)),
    )


def summarize_edition(
    registry: Registry, texts: Iterable[PostFile | StandalonePage], inbox_items: Iterable[InboxItem] = ()
) -> EditionSummary:
    """List texts that were just read."""
    return collect_summaries(registry, [summarize_text(text) for text in texts], inbox_items)


def collect_summaries(
    registry: Registry, summaries: Iterable[PostSummary | StandalonePageSummary], inbox_items: Iterable[InboxItem] = ()
) -> EditionSummary:
    """Tell posts from standing pages."""
    kept = list(summaries)
    return EditionSummary(
        registry=registry,
        inbox_items=tuple(inbox_items),
        posts=tuple(one for one in kept if isinstance(one, PostSummary)),
        standalone_pages=tuple(one for one in kept if isinstance(one, StandalonePageSummary)),
    )


def _find_quoted_names(post: PostFile) -> Iterator[str]:
    for quotation in prose.find_quotations(post.body):
        yield from prose.parse_attribution_names(quotation.attribution)


class LoadedText(Struct, frozen=True, kw_only=True):
    """What came of a file. `listed` is None where it could not be read; with problems there is no HTML.

    `links` are the files it leads to, from the edition's root.
    """

    file: str
    hash: bytes = b""
    summary: PostSummary | StandalonePageSummary | None = None
    html: str = ""
    links: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def get_body_key(summary: PostSummary | StandalonePageSummary) -> str:
    """Tell what a body is known by: the post's uid, the page's file."""
    return summary.meta.uid if isinstance(summary.meta, FrontMatter) else summary.file


def make_text_reader(
    root: Path, registry: Registry, formats: Mapping[str, str], markdown_extensions: Sequence[Extension] = ()
) -> Callable[[Sequence[str]], list[LoadedText]]:
    """Make what reads files of the edition at `root`, one chunk after another; `formats` by file."""
    converter: list[MarkdownConverter] = []  # each process makes its own

    def work(files: Sequence[str]) -> list[LoadedText]:
        if not converter:
            converter.append(MarkdownConverter(registry, markdown_extensions))
        return [_read_file(root, file, formats[file], registry, converter[0]) for file in files]

    return work


def _read_file(root: Path, file: str, format: str, registry: Registry, converter: MarkdownConverter) -> LoadedText:
    try:
        data = loader.read_bytes(root, file)
        text = loader.parse_content_file(file, format, data)
    except InvalidFileError as error:
        return LoadedText(file=file, problems=error.problems)
    misfits = list(loader.find_violations(text, registry, partial(loader.is_linkable, root)))
    text, unheard = transcripts.append_transcript(root, text, registry)
    listed = summarize_text(text)
    if misfits or unheard or not registry.is_complete:
        problems = (*loader.report_violations(root, [(text, misfit) for misfit in misfits]), *unheard)
        return LoadedText(file=file, summary=listed, problems=problems)
    html = converter.convert(text)
    leads = tuple(dict.fromkeys((*media.list_referenced_files(text), *links.find_link_targets(html, file))))
    return LoadedText(file=file, hash=hash_bytes(data), summary=listed, html=html, links=leads)


def is_stale(summary: PostSummary | StandalonePageSummary, old_registry: Registry, new_registry: Registry) -> bool:
    """Tell whether a text must be read again though its file is as it was: the registry changed what it says."""
    if _allowed_embeds(old_registry) != _allowed_embeds(new_registry):
        return True
    if (
        isinstance(summary, StandalonePageSummary) or not new_registry.is_complete
    ):  # a registry with holes says nothing, and stops the build
        return False
    if next(post.check_references(summary, new_registry), None):
        return True
    if _sponsors(old_registry) != _sponsors(new_registry) or (
        _sponsors(new_registry)
        and _find_known_people(summary, old_registry) != _find_known_people(summary, new_registry)
    ):
        return True  # a sponsor's name may stand anywhere, in a guest's role too, and is to be disclosed
    return find_participants(summary, old_registry) != find_participants(summary, new_registry)


def _allowed_embeds(registry: Registry) -> tuple[str, ...]:
    """Whose videos, posts and maps may stand in a text."""
    return registry.policy.embeds if registry.policy else ()


def _sponsors(registry: Registry) -> tuple[Sponsor, ...]:
    return registry.policy.sponsors if registry.policy else ()


def _find_known_people(summary: PostSummary, registry: Registry) -> list[object]:
    return [registry.people.get(one) for one in (*summary.meta.guests, *summary.meta.hosts) if isinstance(one, str)]
