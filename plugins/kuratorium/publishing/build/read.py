"""Read the changed texts of an edition, and check the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum, auto
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ...edition import loader
from ...edition.model import PostSummary, StandalonePageSummary
from ...edition.paths import CONTENT_PREFIX, detect_format, is_post_or_page
from ...edition.registry import Registry, read_registry
from ...edition.rules import tables
from ...errors import EditionError, Problem
from ...files import digest_value
from ...process_pool import choose_process_count, map_chunks
from .. import inbox_headlines
from ..inbox_headlines import PublicInboxItem, ReadInboxFile
from ..markdown.converter import MarkdownConverter
from ..posts import LoadedText, get_body_key, is_published_at, make_text_reader, must_reread_for_registry, show_early
from .cached_posts import CachedPosts, sort_texts
from .model import BuildRequest, ChangeSet, ProgressListener


class ReadResult(Struct, frozen=True, kw_only=True):
    """The registry, the texts that were read and those that are gone, and the inbox items.

    `lists_may_change`: which posts a list, a feed or a link names may differ. Otherwise only bodies do, what pages show
    of the posts with the uids `reworded_posts`, and the lists that the post with the uid `added_post` joins ("" if none
    does). `inbox_hashes` are those of the inbox files that were read.
    """

    registry: Registry
    texts: tuple[LoadedText, ...]
    removed_texts: frozenset[str]
    lists_may_change: bool
    reworded_posts: frozenset[str]
    added_post: str
    inbox_items: dict[str, PublicInboxItem]
    inbox_hashes: dict[str, bytes]

    @property
    def pinned_date(self) -> datetime | None:
        """The date that policy.yaml pins the edition to, if any."""
        return self.registry.policy.as_of if self.registry.policy else None


class InvalidEditionError(Exception):
    """The edition has problems (`error`); `result` holds what is valid and can be saved, None if nothing can."""

    def __init__(self, result: ReadResult | None, error: EditionError) -> None:
        self.result = result
        self.error = error
        super().__init__(str(error))


def read_changed_texts(
    root: Path,
    posts: CachedPosts,
    changes: ChangeSet,
    stray_problems: Iterable[Problem],
    *,
    request: BuildRequest,
    progress: ProgressListener,
    make_converter: Callable[[Registry], MarkdownConverter],
) -> ReadResult:
    """Read what changed in the edition at `root`, and check the whole of it as if all had been read.

    Raises InvalidEditionError with all problems of the edition.
    """
    registry, problems = (
        read_registry(root) if _must_read_registry(changes) or not posts.registry else (posts.registry, [])
    )
    if request.settings:  # Pelican's, in which an option may name another time zone than the file
        registry = replace(registry, timezone=request.settings.site.timezone)
    is_registry_valid = not problems
    problems += stray_problems
    files = sorted(_find_texts_to_read(posts, changes, registry if changes.registry_changed else None))
    with progress.phase("read", len(files)):
        texts = _read_texts(
            root, registry, files, partial(make_converter, registry), request=request, progress=progress
        )
    if request.shows_drafts:
        texts = [show_early(text) for text in texts]
    inbox = inbox_headlines.read_inbox_files(root, sorted(changes.changed_inbox_files))
    as_of = registry.resolve_as_of(request.as_of, request.now)
    effects = [_find_effect(text, posts, as_of) for text in texts]
    result = ReadResult(
        registry=registry,
        texts=tuple(texts),
        removed_texts=changes.removed_texts,
        lists_may_change=bool(changes.removed_texts)
        or changes.registry_changed
        or Effect.LISTS in effects
        or effects.count(Effect.ADDED) > 1,
        reworded_posts=frozenset(_find_uids(texts, effects, Effect.WORDS)),
        added_post=next(_find_uids(texts, effects, Effect.ADDED), ""),
        inbox_items=_merge_inbox_items(posts, inbox),
        inbox_hashes={file: item.hash for file, item in inbox.items()},
    )
    problems += [problem for text in texts for problem in text.problems]
    # These rules see summaries only, which an edit of a body leaves as they are.
    if result.lists_may_change or changes.requires_full_plan:
        problems += _check_edition(root, posts, result)
    if problems:
        # A broken registry must not replace the one in the cache.
        raise InvalidEditionError(result if is_registry_valid else None, EditionError(problems))
    return result


def _check_edition(root: Path, posts: CachedPosts, result: ReadResult) -> list[Problem]:
    """Return the violations of the rules that look at several posts."""
    texts = _list_all_texts(posts, result)
    problems = [*loader.report_violations(root, tables.check_edition_rules(texts))]
    # A text that cannot be read may be the post that a topic pins.
    if all(text.summary for text in result.texts):
        problems += loader.check_named_texts(root, result.registry, texts)
    return problems + loader.check_podcasts(root, result.registry, texts)


def _must_read_registry(changes: ChangeSet) -> bool:
    """Return whether the registry may have changed: its own files, or a picture that it names."""
    return changes.registry_changed or any(file.startswith(CONTENT_PREFIX) for file in changes.changed_assets)


def _find_texts_to_read(posts: CachedPosts, changes: ChangeSet, new_registry: Registry | None) -> set[str]:
    """Return the texts to read: changed ones, and those whose links or people other changes may affect."""
    files = set(changes.changed_texts)
    if changes.conversion_changed:
        files |= posts.summaries.keys()
    missing = changes.removed_texts | changes.changed_assets
    # Only then, because `bodies` reads a row per text from the cache.
    if missing:
        files |= {body.file for body in posts.bodies.values() if not missing.isdisjoint(body.links)}
    old_registry = posts.registry
    if new_registry and old_registry:
        files |= {
            file
            for file, summary in posts.summaries.items()
            if must_reread_for_registry(summary, old_registry, new_registry)
        }
    return files - changes.removed_texts


def _merge_inbox_items(posts: CachedPosts, inbox: Mapping[str, ReadInboxFile]) -> dict[str, PublicInboxItem]:
    """Return file -> item of the whole inbox: of the files that were just read, and of all others from the cache."""
    if not inbox:
        return posts.inbox_items
    unchanged = {file: item for file, item in posts.inbox_items.items() if file not in inbox}
    return unchanged | {file: inbox_file.item for file, inbox_file in inbox.items() if inbox_file.item}


def _read_texts(
    root: Path,
    registry: Registry,
    files: list[str],
    make_converter: Callable[[], MarkdownConverter],
    *,
    request: BuildRequest,
    progress: ProgressListener,
) -> list[LoadedText]:
    formats = {file: detect_format(file) or "" for file in files}
    read_chunk = make_text_reader(root, registry, formats, make_converter)
    texts: list[LoadedText] = []
    for chunk in map_chunks(files, read_chunk, choose_process_count(len(files), request.jobs)):
        texts += chunk
        progress.advance(len(chunk))
    return texts


class Effect(Enum):
    """What an edited text changes besides its own body.

    BODY: nothing. WORDS: what pages show of it. ADDED: the lists that it joins. LISTS: perhaps any list.
    """

    BODY = auto()
    WORDS = auto()
    ADDED = auto()
    LISTS = auto()


# What of a post is shown, but decides neither which pages there are nor which posts they name, in which order.
_NO_WORDS: dict[str, object] = {
    **dict.fromkeys(("title", "summary", "why_now"), ""),
    **dict.fromkeys(("via", "image", "modified")),
    **dict.fromkeys(("corrections", "syndication", "changed_since"), ()),
}


def _find_effect(text: LoadedText, posts: CachedPosts, as_of: datetime) -> Effect:
    """Return what a text changes; summaries are compared as written: 9:00 in Berlin is 7:00 in UTC."""
    old, new = posts.find_summary(text.file), text.summary
    if not text.problems and isinstance(new, PostSummary) and _joins_lists(new, old, text.links, posts, as_of):
        return Effect.ADDED
    if text.problems or posts.read_links(text.file) != text.links:
        return Effect.LISTS
    if digest_value(old) == digest_value(new):
        return Effect.BODY
    if isinstance(old, PostSummary) and isinstance(new, PostSummary) and _blank_words(old) == _blank_words(new):
        return Effect.WORDS
    return Effect.LISTS


def _find_uids(texts: Iterable[LoadedText], effects: Iterable[Effect], effect: Effect) -> Iterator[str]:
    """Yield the uids of the posts whose text has an effect."""
    for text, one in zip(texts, effects, strict=True):
        if one is effect and text.summary:
            yield get_body_key(text.summary)


def _joins_lists(
    new: PostSummary,
    old: PostSummary | StandalonePageSummary | None,
    links: tuple[str, ...],
    posts: CachedPosts,
    as_of: datetime,
) -> bool:
    """Return whether a file is that of a new post, or of a draft that was published, which changes nothing but lists.

    A post that may change more, or be against a rule that compares posts, is none of these.
    """
    meta = new.meta
    if isinstance(old, PostSummary):
        kept = ("uid", "slug", "date", "lang")
        if old.meta.status != "draft" or any(getattr(old.meta, name) != getattr(meta, name) for name in kept):
            return False
        links += posts.read_links(old.file)
    elif old:
        return False
    return (
        is_published_at(new, as_of)
        and meta.status == "published"
        and not (meta.aliases or meta.series or meta.translation_of or meta.lookback_of or meta.event or meta.media)
        and not meta.featured
        and meta.release is None
        and all(map(is_post_or_page, links))
        and posts.is_free(new)
    )


def _blank_words(post: PostSummary) -> str:
    """Return the digest of all of a post but its words."""
    return digest_value(replace(post, meta=replace(post.meta, **_NO_WORDS), summary="", minutes=0))


def _list_all_texts(posts: CachedPosts, result: ReadResult) -> list[PostSummary | StandalonePageSummary]:
    """Return the summaries of all texts, also of invalid ones as far as they can be read."""
    summaries = {file: text for file, text in posts.summaries.items() if file not in result.removed_texts}
    for text in result.texts:
        summaries.pop(text.file, None)
        if text.summary:
            summaries[text.file] = text.summary
    return sort_texts(summaries.values())
