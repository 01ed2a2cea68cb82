"""Read the files of posts and standalone pages: a summary of each, the HTML of its body, and its problems.

Summaries are all that lists, feeds, relations and navigation need of a text, so a build keeps them without the bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date as Day
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ..edition import loader, prose
from ..edition.curation import Sponsor
from ..edition.formats import get_format
from ..edition.frontmatter import InvalidFileError
from ..edition.markdown.page_blocks import BLOCKS, find_blocks
from ..edition.model import FrontMatter, PostFile, PostSummary, StandalonePage, StandalonePageSummary
from ..edition.pictures.texts import read_pictures
from ..edition.podcasts import recordings
from ..edition.registry import Registry
from ..edition.rules import media, post
from ..edition.rules.links import find_links
from ..edition.transcripts import attachment
from ..errors import Problem
from ..files import digest_value, hash_bytes
from ..local_time import find_end
from ..text.unsafe_characters import remove_unsafe_characters
from . import links
from .inbox_headlines import PublicInboxItem
from .markdown.converter import MarkdownConverter, find_participants
from .markdown.embeds import insert_stills
from .markdown.excerpt import extract_first_sentence
from .markdown.pictures import ShownPictures

CALENDAR_DAYS = 30
"""How long a talk that is over stays in the calendar, so that a subscriber who was away still finds it."""

WORDS_PER_MINUTE = 200  # a common reading speed, rounded down


class EditionSummary(Struct, frozen=True, kw_only=True):
    """The summaries of posts and standalone pages by format and file, the registry with their ids, the open inbox."""

    registry: Registry
    posts: tuple[PostSummary, ...]
    standalone_pages: tuple[StandalonePageSummary, ...]
    inbox_items: tuple[PublicInboxItem, ...] = ()


def find_change_times(posts: Iterable[PostSummary], registry: Registry) -> Iterator[datetime]:
    """Yield the moments at which posts change without an edit.

    A post falls due, its event begins, is over, and leaves the calendar; it no longer leads the front page. A build
    between two of these moments can be skipped if no file changed. What `is_published_at`, `is_featured`,
    `Post.upcoming`, `Post.live` or `Catalog.calendar_posts` compares with the date of the build must be among them.
    """
    for meta in [summary.meta for summary in posts if not summary.meta.is_withheld]:
        yield meta.date
        if meta.event:
            end = meta.event.end or meta.event.start
            yield from (meta.event.start, end, end + timedelta(days=CALENDAR_DAYS))
        if isinstance(meta.featured, Day):
            yield find_end(meta.featured, registry.zone)
    if registry.policy and registry.policy.lead and registry.policy.lead.until:
        yield find_end(registry.policy.lead.until, registry.zone)


def summarize_text(text: PostFile | StandalonePage, html: str) -> PostSummary | StandalonePageSummary:
    """Return the summary of a text: all but its body, and what is derived from that and from its HTML."""
    # What editors write is plain text, as a title is. The converter has removed unsafe characters, but not what
    # character references of another form became.
    summary = remove_unsafe_characters(" ".join(text.meta.summary.split()) or extract_first_sentence(html))
    if isinstance(text, StandalonePage):
        blocks = tuple(sorted({name for _, name in find_blocks(text.body) if name in BLOCKS}))
        return StandalonePageSummary(file=text.file, meta=text.meta, summary=summary, blocks=blocks)
    # A text of a few words still takes a minute: "0 minutes" would look like a mistake.
    minutes = max(1, round(len(text.body.split()) / WORDS_PER_MINUTE))
    return PostSummary(
        file=text.file,
        format=text.format,
        meta=text.meta,
        summary=summary,
        minutes=minutes,
        linked_files=tuple(
            dict.fromkeys(file for link in find_links(text) for file in link.candidates if file.endswith(".md"))
        ),
        quoted_names=tuple(dict.fromkeys(_find_quoted_names(text))),
        has_timecodes=_has_timecodes(text),
    )


def _has_timecodes(post: PostFile) -> bool:
    return get_format(post.format).is_conversation and any(turn.time for turn in prose.find_turns(post.body))


def outline_text(text: PostFile | StandalonePage) -> PostSummary | StandalonePageSummary:
    """Return the summary of a text as far as the addresses of its pages depend on it, which is quicker."""
    if isinstance(text, StandalonePage):
        return StandalonePageSummary(file=text.file, meta=text.meta, summary="")
    return PostSummary(
        file=text.file, format=text.format, meta=text.meta, summary="", minutes=1, has_timecodes=_has_timecodes(text)
    )


def is_published_at(post: PostSummary, as_of: datetime) -> bool:
    """Return whether a post is published at `as_of`: no draft, not dated later, and released if it is an interview."""
    meta = post.meta
    return (meta.date <= as_of or bool(post.shown_early)) and not meta.is_withheld


def describe_unpublished(summary: PostSummary, as_of: datetime) -> Literal["", "draft", "unreleased", "scheduled"]:
    """Return why readers do not see a post at `as_of` that a preview shows them early; empty if they do."""
    if summary.shown_early == "later":
        return "scheduled" if summary.meta.date > as_of else ""
    return summary.shown_early


def show_early(text: LoadedText) -> LoadedText:
    """Return a text for a preview with drafts: as if it were published, with the reason why it is not."""
    summary = text.summary
    if not isinstance(summary, PostSummary) or summary.meta.withdrawn:
        return text
    meta = summary.meta
    is_draft = meta.status == "draft"
    reason: Literal["draft", "unreleased", "later"]
    reason = "draft" if is_draft else "unreleased" if meta.is_unreleased else "later"
    status: Literal["published", "hidden"] = "hidden" if meta.status == "hidden" else "published"
    release: Literal["given"] | None = "given" if meta.is_unreleased else None
    shown = replace(meta, status=status, release=release)
    return replace(text, summary=replace(summary, meta=shown, shown_early=reason))


def collect_summaries(
    registry: Registry,
    summaries: Iterable[PostSummary | StandalonePageSummary],
    inbox_items: Iterable[PublicInboxItem] = (),
) -> EditionSummary:
    """Return the summary of an edition from those of its texts."""
    summaries = list(summaries)
    return EditionSummary(
        registry=registry,
        inbox_items=tuple(inbox_items),
        posts=tuple(summary for summary in summaries if isinstance(summary, PostSummary)),
        standalone_pages=tuple(summary for summary in summaries if isinstance(summary, StandalonePageSummary)),
    )


def _find_quoted_names(post: PostFile) -> Iterator[str]:
    for quotation in prose.find_quotations(post.body):
        yield from prose.parse_attribution_names(quotation.attribution)


class LoadedText(Struct, frozen=True, kw_only=True):
    """A text as it was read: its summary, None if it cannot be read, and its HTML, empty if it has problems.

    The HTML is UTF-8: as text, a dash would make it twice as large. `html_digest` stays when the HTML is dropped.
    `links` are the files of the edition that it refers to, from the edition's root.
    """

    file: str
    hash: bytes = b""
    summary: PostSummary | StandalonePageSummary | None = None
    html: bytes = b""
    html_digest: str = ""
    links: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def get_body_key(summary: PostSummary | StandalonePageSummary) -> str:
    """Return the key of a text's body: a post's uid, a standalone page's file."""
    return summary.meta.uid if isinstance(summary.meta, FrontMatter) else summary.file


def make_text_reader(
    root: Path, registry: Registry, formats: Mapping[str, str], make_converter: Callable[[], MarkdownConverter]
) -> Callable[[Sequence[str]], list[LoadedText]]:
    """Return a function that reads a chunk of files of the edition at `root`; `formats` are the files' formats."""
    # Made at the first call, so that each worker process has a converter of its own: it has state.
    get_converter = cache(make_converter)

    def read_files(files: Sequence[str]) -> list[LoadedText]:
        return [_read_file(root, file, formats[file], registry, get_converter()) for file in files]

    return read_files


def _read_file(root: Path, file: str, format: str, registry: Registry, converter: MarkdownConverter) -> LoadedText:
    try:
        data = loader.read_bytes(root, file)
        text = loader.parse_content_file(file, format, data, registry)
    except InvalidFileError as error:
        return LoadedText(file=file, problems=error.problems)
    text, violations = recordings.complete_recording(root, text)  # the rules compare chapters with its length
    pictures, picture_violations = read_pictures(root, text)
    violations += picture_violations
    violations += loader.find_violations(text, registry, partial(loader.is_linkable, root))
    # After the rules, which look at what the editor wrote; before the summary, which counts the transcript's words.
    text, transcript_problems = attachment.append_transcript(root, text, registry)
    # The converter looks ids up in the registry: with holes in it, or with unknown ids, it would fail.
    if violations or transcript_problems or not registry.is_complete:
        problems = loader.report_violations(root, [(text, violation) for violation in violations])
        return LoadedText(file=file, summary=summarize_text(text, ""), problems=(*problems, *transcript_problems))
    try:
        html = converter.convert(text)
    except RecursionError:  # edition.markdown.limits refuses what is known to cause one
        hint = "Write it with fewer lists, quotations, brackets or HTML elements within one another."
        problem = Problem(file, text.body_line, "", "this text is nested too deeply", hint)
        return LoadedText(file=file, summary=summarize_text(text, ""), problems=(problem,))
    # Both: the rules know the links that Markdown writes, find_link_targets also those in HTML within it.
    references = tuple(dict.fromkeys((*media.list_referenced_files(text), *links.find_link_targets(html, file))))
    summary = summarize_text(text, html)  # of the words alone, not of captions
    if "<img" in html or pictures:
        shown = ShownPictures(root, file, pictures)
        html = insert_stills(shown.insert(html), pictures.values())
        linked = {*links.find_link_targets(html, file), *media.list_files_shown_as_they_are(text)}
        summary = replace(
            summary,
            pictures=tuple(shown.pictures.values()),
            linked_pictures=tuple(name for name in shown.pictures if name in linked),
        )
    return LoadedText(
        file=file,
        hash=hash_bytes(data),
        summary=summary,
        html=html.encode(),
        html_digest=digest_value(html),
        links=references,
    )


def must_reread_for_registry(
    summary: PostSummary | StandalonePageSummary, old_registry: Registry, new_registry: Registry
) -> bool:
    """Return whether a text must be read again though its file did not change, because the registry did."""
    # An embed that is not allowed any more is a violation in any text; so may be a date that is on another day.
    if _allowed_embeds(old_registry) != _allowed_embeds(new_registry) or old_registry.timezone != new_registry.timezone:
        return True
    # Standalone pages name no ids. An incomplete registry has problems of its own, and these stop the build.
    if isinstance(summary, StandalonePageSummary) or not new_registry.is_complete:
        return False
    if next(post.check_references(summary, new_registry), None):
        return True
    if _sponsors(old_registry) != _sponsors(new_registry) or (
        _sponsors(new_registry)
        and _find_named_records(summary, old_registry) != _find_named_records(summary, new_registry)
    ):
        return True  # a sponsor must be disclosed wherever its name stands, a guest's role included
    return find_participants(summary, old_registry) != find_participants(summary, new_registry)


def _allowed_embeds(registry: Registry) -> tuple[str, ...] | None:
    """Return the providers whose videos, posts and maps may stand in a text; None if policy.yaml cannot be read."""
    return registry.policy.embeds if registry.policy else None


def _sponsors(registry: Registry) -> tuple[Sponsor, ...]:
    return registry.policy.sponsors if registry.policy else ()


def _find_named_records(summary: PostSummary, registry: Registry) -> list[object]:
    """Return the people and the series that a post shows, in whose names and roles a sponsor may stand."""
    meta = summary.meta
    people = [registry.people.get(name) for name in (*meta.authors, *meta.guests, *meta.hosts) if isinstance(name, str)]
    return [*people, registry.get_series(meta.series.id) if meta.series else None]
