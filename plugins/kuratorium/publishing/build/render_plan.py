"""Decide which pages to render: those whose inputs differ from the last build's, or whose file is altered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ... import calendar_weeks
from ...edition.model import Post
from ...edition.registry import Registry
from ...errors import EditionError
from .. import addresses, catalog
from ..assets import Assets
from ..delivery.bundles import BUNDLED_SUFFIXES, Bundler
from ..drawing.model import Look
from ..links import AddressFinder
from ..page import Page, PicturePage, ShareCardPage, SiteMeta, TemplatePage
from ..pages.outputs import build_site_meta, plan_pages, plan_pages_after_addition
from ..post_lists import LISTS, NO_FACTS, PostList, make_entry
from ..posts import LoadedText, collect_summaries, find_change_times, get_body_key
from ..related import RelatedPosts
from ..settings import Settings
from ..urls import Paths, tag_slug
from . import fingerprints
from .cache import Cache
from .cached_posts import BodyDigests, CachedBody, CachedIndex, CachedPosts, EncodedList, digest_bodies, encode_list
from .fingerprints import PageInputs
from .model import NO_FINGERPRINT, BuildState, ChangeSet, FileHashes, OutputRecords
from .theme import ThemeDigests


class BuildContext(Struct, frozen=True, kw_only=True):
    """All that planning and rendering need: the edition, its site, and what changed.

    `assets` hold bundles in the place of their files, which `bundler` builds. `file_hashes` are by file of the edition.
    `output_records` are those of the last build. `drawn_files` are as in Catalog.
    """

    root: Path
    settings: Settings
    registry: Registry
    theme_digests: ThemeDigests
    bundler: Bundler
    cache: Cache
    posts: CachedPosts
    changes: ChangeSet
    state: BuildState
    as_of: datetime
    assets: Assets
    file_hashes: FileHashes
    output_records: OutputRecords
    find_address: AddressFinder
    look: Look
    drawn_files: dict[str, str]


class RenderTask(Struct, frozen=True, kw_only=True):
    """A page to render, with the fingerprint of its inputs; `reason` is "" if it is rendered because these changed.

    `encoded_inputs` are empty if the cache has them already.
    """

    page: Page
    fingerprint: bytes
    encoded_inputs: bytes
    reason: str = ""


ALTERED_REASON = "the file in the site was missing, or had been changed"


class RenderPlan(Struct, frozen=True, kw_only=True):
    """Pages to render, paths to delete from the site, and the state to save when both is done.

    `lists` are the changed lists of posts; those of the whole site if the plan `is_full`. `card_count` is then the
    number of its share cards, `picture_count` that of its pictures' files.
    """

    tasks: list[RenderTask]
    obsolete_paths: set[str]
    state: BuildState
    lists: Iterable[EncodedList] = ()
    is_full: bool = False
    card_count: int = 0
    picture_count: int = 0


def plan_all_pages(context: BuildContext) -> RenderPlan:
    """Plan the whole site; raises EditionError if two outputs have the same address."""
    site_settings, registry = context.settings.site, context.registry
    as_of = context.as_of.astimezone(ZoneInfo(site_settings.timezone))
    summary, lang = context.posts.build_edition_summary(registry), site_settings.lang
    full_catalog = catalog.build_catalog(summary, Paths(lang), lang, as_of, context.drawn_files)
    full_catalog = replace(full_catalog, bundle_paths=tuple(context.theme_digests.bundle_paths.values()))
    site = build_site_meta(site_settings, registry, full_catalog, context.look)
    pages = _leave_out_replaced(context, plan_pages(full_catalog, site))
    if problems := addresses.find_address_problems(
        context.root, pages, context.assets, summary.posts, as_of, retained=context.settings.output_retention
    ):
        raise EditionError(problems)
    encoder = fingerprints.PageInputsEncoder(
        context.theme_digests.digest_template, digest_bodies(context.posts.bodies, context.find_address)
    )
    tasks = [task for page in pages if (task := _save_inputs_if_changed(context, page, encoder.encode(page)))]
    # The page of anniversaries changes with the calendar week.
    moments = set(find_change_times(summary.posts, registry))
    moments |= {post.date + catalog.NEWS_PERIOD for post in full_catalog.news}
    valid_from, valid_until = find_validity_period({*moments, *calendar_weeks.get_week_bounds(as_of)}, as_of)
    # For `plan_changed_bodies`, which renders pages without planning the site.
    context.cache.save_value("site", msgspec.json.encode(site))
    context.cache.save_value("drawn_files", msgspec.json.encode(context.drawn_files))
    # What this plan does not name is deleted.
    present = context.output_records.keys() | context.changes.unexpected_outputs
    return RenderPlan(
        tasks=tasks,
        obsolete_paths=present - {page.path for page in pages} - context.assets.keys(),
        state=replace(
            context.state,
            valid_from=valid_from,
            valid_until=valid_until,
            post_count=len(full_catalog.posts) + len(full_catalog.hidden),
            page_count=sum(page.writer == "html" for page in pages),
        ),
        lists=_encode_lists(full_catalog),
        is_full=True,
        card_count=sum(page.writer == ShareCardPage.writer for page in pages),
        picture_count=sum(page.writer == PicturePage.writer for page in pages),
    )


def _leave_out_replaced(context: BuildContext, pages: Iterable[Page]) -> list[Page]:
    has_plugin = context.settings.has_sitemap_plugin
    return addresses.leave_out_replaced(pages, context.assets, has_sitemap_plugin=has_plugin)


def has_changed_drawn_files(context: BuildContext) -> bool:
    """Return whether a portrait, the logo or the colours changed since the last plan of the whole site."""
    return context.cache.read_value("drawn_files") != msgspec.json.encode(context.drawn_files)


def hold_back_drawings(plan: RenderPlan) -> RenderPlan:
    """Return the plan without cards and pictures: the next build that draws them will find that some are missing."""
    tasks = [task for task in plan.tasks if not isinstance(task.page, ShareCardPage | PicturePage)]
    has_stale_cards = plan.state.has_stale_cards or len(tasks) < len(plan.tasks)
    return replace(plan, tasks=tasks, state=replace(plan.state, has_stale_cards=has_stale_cards))


def _encode_lists(full_catalog: catalog.Catalog) -> Iterator[EncodedList]:
    """Yield all lists of the posts of a site, and those of its hidden and of its withdrawn posts."""
    for kind in LISTS:
        for key, posts in full_catalog.lists(kind).items():
            yield encode_list(kind, key, posts.entries)
    yield encode_list("hidden", "", [make_entry(post) for post in full_catalog.hidden])
    yield encode_list("withdrawn", "", [make_entry(post) for post, _ in full_catalog.withdrawn])


def find_validity_period(moments: set[datetime], as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when until when a site built for `as_of` stays the same, if it changes only at these moments."""
    past = [moment for moment in moments if moment <= as_of]
    future = [moment for moment in moments if moment > as_of]
    return max(past, default=None), min(future, default=None)


def find_dropped_assets(context: BuildContext) -> set[str]:
    """Return the paths of the site at which the last build had an asset, and there is none any more."""
    return {
        path
        for path, (_, _, fingerprint) in context.output_records.items()
        if fingerprint == NO_FINGERPRINT and path not in context.assets
    }


def has_new_assets(context: BuildContext, dropped_assets: Iterable[str]) -> bool:
    """Return whether an asset comes to an address where the last build had none, or makes room for a file of ours.

    A page may have the address of the one; the other may have been an own robots.txt, or a sheet that feeds name.
    """
    records = context.output_records
    if any(path not in records or records[path][2] != NO_FINGERPRINT for path in context.assets):
        return True
    named = (path for path in dropped_assets if "/" not in path or path.endswith(BUNDLED_SUFFIXES))
    return any(named) or any(path.startswith(_SITE_FILE_FOLDERS) for path in dropped_assets)


_SITE_FILE_FOLDERS = (".well-known/", "sitemap/")  # and the site's root, of SiteFilePage


def plan_changed_texts(
    context: BuildContext, new_texts: Iterable[LoadedText], reworded: Iterable[str], dropped_assets: set[str]
) -> RenderPlan:
    """Plan only the pages that show these texts, and those whose file is missing or altered; no list may differ.

    `reworded` are the uids of posts of which lists show other words than before, `dropped_assets` the paths that
    `find_dropped_assets` returns. Does not go through all posts: the cache holds which pages show a body or a post, and
    the inputs they were rendered from.
    """
    new_bodies = {
        get_body_key(text.summary): CachedBody(text.file, text.html_digest, text.links)
        for text in new_texts
        if text.summary
    }
    digests = digest_bodies(new_bodies, context.find_address)
    references = _CachedReferences(context)
    posts = {uid: references.resolve(Post.__name__, uid) for uid in reworded}
    paths = {path for key in digests for path in context.cache.find_pages_with_body(key)}
    paths |= {path for uid in posts for path in context.cache.find_pages_with_post(uid)}

    def update(inputs: PageInputs) -> bytes:
        return fingerprints.update_inputs(inputs, digests, posts)

    tasks = [
        task
        for path in sorted(paths | context.changes.altered_outputs)
        if (task := _make_task_from_cache(context, path, update, references))
    ]
    return RenderPlan(
        tasks=tasks,
        obsolete_paths=dropped_assets | (context.changes.unexpected_outputs - context.assets.keys()),
        state=context.state,
    )


def plan_added_post(context: BuildContext, uid: str, plan: RenderPlan) -> RenderPlan:
    """Plan also what a listed post changes that has just come to the site: its page, its lists, its neighbours.

    Does not go through all posts, either. If it may change more than that, plans the whole site.
    """
    site_settings, registry = context.settings.site, context.registry
    as_of = context.as_of.astimezone(ZoneInfo(site_settings.timezone))
    lang, paths = site_settings.lang, Paths(site_settings.lang)
    index = CachedIndex(
        context.cache,
        context.posts,
        lambda summary: catalog.resolve_post(summary, registry, paths, lang, as_of),
        as_of,
    )
    post = index.load_post(uid)
    index.add(post)
    planned = _find_changed_posts(index, post)
    has_news_sitemap = registry.policy and registry.policy.news_sitemap
    if planned is None or _is_first_of_kind(index, post) or has_news_sitemap:
        return plan_all_pages(context)
    waiting = catalog.find_waiting_items(context.posts.inbox_items.values(), index)
    withdrawn = (context.posts.get_post_summary(uid) for _, uid in index.read("withdrawn", ""))
    summary = collect_summaries(registry, [*context.posts.list_standalone_pages(), *withdrawn], waiting)
    base = catalog.build_catalog(summary, paths, lang, as_of, context.drawn_files)
    extended = catalog.extend_catalog(base, index, registry, added=post, planned=planned)
    site = build_site_meta(site_settings, registry, extended, context.look)
    if msgspec.json.encode(site) != context.cache.read_value("site"):
        return plan_all_pages(context)
    encoder = fingerprints.PageInputsEncoder(
        context.theme_digests.digest_template, BodyDigests(context.cache, context.find_address)
    )
    tasks = {task.page.path: task for task in plan.tasks}
    new_pages = 0
    for page in _leave_out_replaced(context, plan_pages_after_addition(extended, site)):
        if task := _make_task_if_changed(context, page, encoder.encode(page)):
            if not _may_have_path(context, page):
                return plan_all_pages(context)
            tasks[page.path] = task
            new_pages += page.writer == "html" and page.path not in context.output_records
    state = plan.state
    return RenderPlan(
        tasks=list(tasks.values()),
        obsolete_paths=plan.obsolete_paths - tasks.keys(),
        state=replace(
            state,
            valid_from=max(state.valid_from or post.date, post.date),
            post_count=state.post_count + 1,
            page_count=state.page_count + new_pages,
        ),
        lists=index.encode_extended(),
    )


_HIDDEN_LIMIT = 50


def _find_changed_posts(index: CachedIndex, post: Post) -> tuple[Post, ...] | None:
    """Return the posts whose pages may change because `post` was added, itself, too; None if they are too many."""
    related = RelatedPosts(index).find_affected(post)
    hidden = {uid for _, uid in index.read("hidden", "")}
    if related is None or len(hidden) > _HIDDEN_LIMIT:
        return None
    neighbours = {other.uid for other in PostList(index.read("all", ""), index).find_neighbours(post) if other}
    same_work = {uid for key in LISTS["work"](post, NO_FACTS) for _, uid in index.read("work", key)}
    mentioned = index.find_facts(post.uid).outgoing_links
    uids = {post.uid, *neighbours, *related, *same_work, *hidden, *mentioned}
    return tuple(index.load_post(uid) for uid in sorted(uids))


def _is_first_of_kind(index: CachedIndex, post: Post) -> bool:
    """Return whether pages of other lists name a list that begins with this post, or that is named anew by it.

    Others may have translated it, or looked back on it, when it was a draft.
    """
    kinds = ("month", "year", "lang", "lang_format")
    if any(len(index.read(kind, key)) == 1 for kind in kinds for key in LISTS[kind](post, NO_FACTS)):
        return True
    slugs = {tag_slug(tag): tag for tag in post.tags}
    spellings = [tag for tag in index.count("spelling") if tag_slug(tag) in slugs]
    return len(spellings) != len(slugs) or bool(index.read("translation", post.uid) or index.read("lookback", post.uid))


def _may_have_path(context: BuildContext, page: Page) -> bool:
    """Return whether nothing else of the site can be at the path of a page, or needs it as a folder."""
    if page.path not in context.output_records:
        return addresses.is_free(page.path, context.output_records)
    stored = context.cache.read_page_inputs(page.path)
    inputs = fingerprints.decode_page_inputs(stored) if stored else None  # None: an asset
    template = page.template if isinstance(page, TemplatePage) else ""
    return inputs is not None and (inputs.writer, inputs.template) == (page.writer, template)


def _make_task_if_changed(context: BuildContext, page: Page, encoded_inputs: bytes) -> RenderTask | None:
    record, fingerprint = context.output_records.get(page.path), fingerprints.compute_fingerprint(encoded_inputs)
    is_altered = page.path in context.changes.altered_outputs
    if record and record[2] == fingerprint and not is_altered:
        return None
    reason = ALTERED_REASON if record and record[2] == fingerprint else ""
    return RenderTask(page=page, fingerprint=fingerprint, encoded_inputs=encoded_inputs, reason=reason)


def _save_inputs_if_changed(context: BuildContext, page: Page, encoded_inputs: bytes) -> RenderTask | None:
    """Return the task of a page whose inputs the cache then has: those of a whole site would fill the memory."""
    task = _make_task_if_changed(context, page, encoded_inputs)
    if task is None:
        return None
    save_page_inputs(context.cache, [task])
    return replace(task, encoded_inputs=b"")


def save_page_inputs(cache: Cache, tasks: Iterable[RenderTask]) -> None:
    """Save the inputs of the pages to render, apart from those that the cache has already."""
    cache.save_page_inputs(
        (
            task.page.path,
            task.encoded_inputs,
            task.reason,
            task.page.body_keys,
            fingerprints.find_post_uids(task.encoded_inputs),
        )
        for task in tasks
        if task.encoded_inputs
    )


def _make_task_from_cache(
    context: BuildContext, path: str, update: Callable[[PageInputs], bytes], references: _CachedReferences
) -> RenderTask | None:
    """Return the task to render the page at `path` from its stored inputs; None if nothing differs."""
    stored = context.cache.read_page_inputs(path)
    if not stored:
        return None  # an asset
    inputs = fingerprints.decode_page_inputs(stored)
    encoded_inputs = update(inputs)
    if encoded_inputs == stored and path not in context.changes.altered_outputs:
        return None
    return RenderTask(
        page=fingerprints.restore_page(path, fingerprints.decode_page_inputs(encoded_inputs), references.resolve),
        fingerprint=fingerprints.compute_fingerprint(encoded_inputs),
        encoded_inputs=encoded_inputs,
        reason=ALTERED_REASON if encoded_inputs == stored else "",
    )


class _CachedReferences:
    """Finds what stored page inputs refer to by id, without a catalog of all posts."""

    def __init__(self, context: BuildContext) -> None:
        self._context = context
        self._resolved: dict[tuple[str, str], Any] = {}

    def resolve(self, kind: str, record_id: str) -> Any:
        """Return the post, the record of the registry, or the site meta with this id."""
        if (kind, record_id) not in self._resolved:
            self._resolved[kind, record_id] = self._load(kind, record_id)
        return self._resolved[kind, record_id]

    def _load(self, kind: str, record_id: str) -> Any:
        if kind == "SiteMeta":
            return msgspec.json.decode(self._context.cache.read_value("site"), type=SiteMeta)
        if kind == "Post":
            return self._load_post(record_id)
        registry = self._context.registry
        if kind == "Series":
            return registry.get_series(record_id)
        return {"Person": registry.people, "Topic": registry.topics, "Source": registry.sources}[kind][record_id]  # type: ignore[index]

    def _load_post(self, uid: str) -> Post:
        lang = self._context.settings.site.lang
        summary = self._context.posts.get_post_summary(uid)
        return catalog.resolve_post(summary, self._context.registry, Paths(lang), lang, self._context.as_of)
