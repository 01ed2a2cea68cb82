"""Which pages are to be rendered: all whose recipe is another one than before, or that the site has lost.

Planned pages and assets become files, and the files the site.

What a build stands on: where it is, what is known, what changed, and who watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment
from msgspec import Struct
from msgspec.structs import replace

from ... import calendar_weeks, files
from ...edition.model import Post
from ...edition.registry import Registry
from ...errors import EditionError, Problem
from ...files import hash_bytes
from ...translations import load_translations
from .. import catalog, links
from ..assets import Assets, make_copy_error
from ..links import AddressFinder
from ..page import ASSET_RANK, Page, SiteMeta
from ..pages.outputs import build_site_meta, plan_pages
from ..posts import LoadedText, get_body_key
from ..settings import Settings
from ..urls import Paths
from ..writers.render import Renderer
from . import changes, fingerprints, workers
from .cache import Cache
from .cached_posts import CachedBody, CachedPosts, digest_bodies
from .publish import Stage
from .result import BuildRequest, BuildState, ChangeSet, OutputRecords, ProgressListener, PublishResult
from .theme import ThemeDigests


class BuildContext(Struct, frozen=True, kw_only=True):
    """All that planning and rendering need. `hashes` by file of the edition, `outputs` are what was built before."""

    root: Path
    settings: Settings
    registry: Registry
    theme_digests: ThemeDigests
    cache: Cache
    cached_posts: CachedPosts
    stage: Stage
    request: BuildRequest
    progress: ProgressListener
    changes: ChangeSet
    state: BuildState
    as_of: datetime
    assets: Assets
    file_hashes: Mapping[str, bytes]
    output_records: OutputRecords
    find_address: AddressFinder


class RenderTask(Struct, frozen=True, kw_only=True):
    """A page to render, its recipe, and what it is rendered for if not for its recipe."""

    page: Page
    encoded_inputs: bytes
    reason: str = ""


ALTERED_REASON = "the file in the site was missing, or had been changed"


class RenderPlan(Struct, frozen=True, kw_only=True):
    """Pages to render, paths that the site has no longer, and what is to be remembered."""

    tasks: list[RenderTask]
    obsolete_paths: set[str]
    state: BuildState


def plan_all_pages(context: BuildContext) -> RenderPlan:
    """Plan the whole site; raises EditionError where two outputs want the same address."""
    site_settings, known = context.settings.site, context.registry
    as_of = context.as_of.astimezone(ZoneInfo(site_settings.timezone))
    listing = context.cached_posts.build_listing(known)
    made = catalog.build_catalog(listing, Paths(site_settings.lang), site_settings.lang, as_of)
    site = build_site_meta(site_settings, known, made)
    pages = plan_pages(made, site)
    refuse_asset_collisions(pages, context.assets)
    writer = fingerprints.PageInputsEncoder(
        context.theme_digests.digest_template, digest_bodies(context.cached_posts.bodies, context.find_address)
    )
    tasks = [task for page in pages if (task := _make_task_if_changed(context, page, writer.encode(page)))]
    moments = {moment for one in listing.posts for moment in catalog.find_change_times(one)}
    since, until = changes.find_validity_period({*moments, *calendar_weeks.get_week_bounds(as_of)}, as_of)
    context.cache.save_value("site", msgspec.json.encode(site))
    there = context.output_records.keys() | context.changes.unexpected_outputs
    return RenderPlan(
        tasks=tasks,
        obsolete_paths=there - {page.path for page in pages} - context.assets.keys(),
        state=replace(
            context.state,
            valid_from=since,
            valid_until=until,
            post_count=len(made.posts) + len(made.hidden),
            page_count=sum(page.writer == "html" for page in pages),
        ),
    )


def plan_changed_bodies(context: BuildContext, new_texts: Iterable[LoadedText]) -> RenderPlan:
    """Plan only the pages that hold these bodies, and what the site has lost: no list differs."""
    made = {
        get_body_key(text.summary): CachedBody(text.file, files.digest_value(text.html), text.links)
        for text in new_texts
        if text.summary
    }
    bodies = digest_bodies(made, context.find_address)
    paths = {
        path for key in bodies for path in context.cache.find_pages_with_body(key)
    } | context.changes.altered_outputs
    finder = _CachedReferences(context)
    tasks = [task for path in sorted(paths) if (task := _make_task_from_cache(context, path, bodies, finder))]
    gone = {path for path, (_, _, mark) in context.output_records.items() if not mark and path not in context.assets}
    return RenderPlan(
        tasks=tasks,
        obsolete_paths=gone | (context.changes.unexpected_outputs - context.assets.keys()),
        state=context.state,
    )


def refuse_asset_collisions(pages: Iterable[Page], assets: Assets) -> None:
    """Raise EditionError where a page and an asset want the same address."""
    mend = "Move or rename this file, or give the page another slug."
    problems = [
        Problem(assets[page.path], 0, "", f"a page of the site has its address, {page.path}", mend)
        for page in pages
        if page.path in assets
    ]
    if problems:
        raise EditionError(problems)


def _make_task_if_changed(ground: BuildContext, page: Page, recipe: bytes) -> RenderTask | None:
    was = ground.output_records.get(page.path)
    if was is None or was[2] != fingerprints.compute_fingerprint(recipe):
        return RenderTask(page=page, encoded_inputs=recipe)
    return (
        RenderTask(page=page, encoded_inputs=recipe, reason=ALTERED_REASON)
        if page.path in ground.changes.altered_outputs
        else None
    )


def _make_task_from_cache(
    ground: BuildContext, path: str, bodies: Mapping[str, str], finder: _CachedReferences
) -> RenderTask | None:
    kept = ground.cache.read_page_inputs(path)
    if not kept:
        return None  # an asset
    was = fingerprints.decode_page_inputs(kept)
    recipe = fingerprints.replace_body_digests(
        was, {key: bodies.get(key, digest) for key, digest in was.bodies.items()}
    )
    if recipe == kept and path not in ground.changes.altered_outputs:
        return None
    return RenderTask(
        page=fingerprints.restore_page(path, was, finder.resolve),
        encoded_inputs=recipe,
        reason="" if recipe != kept else ALTERED_REASON,
    )


class _CachedReferences:
    """Finds what recipes refer to, without a catalog of all."""

    def __init__(self, ground: BuildContext) -> None:
        self._context = ground
        self._resolved: dict[tuple[str, str], Any] = {}

    def resolve(self, kind: str, name: str) -> Any:
        """Give the post, the record of the registry, or the site of this name."""
        if (kind, name) not in self._resolved:
            self._resolved[kind, name] = self._load(kind, name)
        return self._resolved[kind, name]

    def _load(self, kind: str, name: str) -> Any:
        if kind == "SiteMeta":
            return msgspec.json.decode(self._context.cache.read_value("site"), type=SiteMeta)
        if kind == "Post":
            return self._load_post(name)
        known = self._context.registry
        if kind == "Series":
            return known.get_series(name)
        return {"Person": known.people, "Topic": known.topics, "Source": known.sources}[kind][name]  # type: ignore[index]

    def _load_post(self, uid: str) -> Post:
        lang = self._context.settings.site.lang
        listed = self._context.cached_posts.get_post_summary(uid)
        return catalog.resolve_post(listed, self._context.registry, Paths(lang), lang, self._context.as_of)


NO_FINGERPRINT = b""
"""In the place of an asset's fingerprint: it has no recipe."""


def render_and_publish(
    context: BuildContext,
    plan: RenderPlan,
    environment: Environment,
    new_texts: Iterable[LoadedText],
    *,
    before_move: Callable[[PublishResult, OutputRecords], None],
) -> PublishResult:
    """Render and copy all that the plan asks for, then move it into the site.

    `fresh`: texts that were just read. `remember` is called when all is made, before the first file is moved.
    """
    made = _copy_assets(context)
    made |= _render_pages(context, plan, environment, {text.file: text.html for text in new_texts})
    ranks = {task.page.path: task.page.rank for task in plan.tasks} | dict.fromkeys(context.assets, ASSET_RANK)

    def ready(moved: PublishResult) -> None:
        outputs = {path: (context.stage.stamp_output(path), hashed, mark) for path, (hashed, mark) in made.items()}
        before_move(moved, outputs)

    with context.progress.phase("move"):
        return context.stage.publish(ranks, plan.obsolete_paths, ready)


def _copy_assets(ground: BuildContext) -> dict[str, tuple[bytes, bytes]]:
    made = {}
    for path, file in ground.assets.items():
        hashed = ground.file_hashes[file]
        was = ground.output_records.get(path)
        if was is None or was[1:] != (hashed, NO_FINGERPRINT) or path in ground.changes.altered_outputs:
            try:
                if not ground.stage.copy_if_changed(path, f"{ground.root}/{file}"):
                    ground.stage.mark_unchanged([path])
            except OSError as error:
                raise make_copy_error(file, error) from error
            made[path] = (hashed, NO_FINGERPRINT)
    return made


def _render_pages(
    ground: BuildContext, plan: RenderPlan, environment: Environment, html: Mapping[str, str]
) -> dict[str, tuple[bytes, bytes]]:
    bodies = _BodyLoader(ground, plan, html)
    words = load_translations(ground.cache.read_value("words"))
    renderer = Renderer(environment, words, ground.settings.site, bodies.load_body)

    def work(tasks: Sequence[RenderTask]) -> list[tuple[str, bytes, bool]]:
        done = []
        for task in tasks:
            data = renderer.render(task.page)
            done.append((task.page.path, hash_bytes(data), ground.stage.write_if_changed(task.page.path, data)))
        return done

    hashes: dict[str, bytes] = {}
    processes = workers.choose_process_count(len(plan.tasks), ground.request.jobs)
    with ground.progress.phase("render", len(plan.tasks)):
        for chunk in workers.map_chunks(plan.tasks, work, processes):
            hashes.update({path: hashed for path, hashed, _ in chunk})
            ground.stage.mark_unchanged(path for path, _, is_new in chunk if not is_new)
            ground.progress.advance(len(chunk))
    return {
        task.page.path: (hashes[task.page.path], fingerprints.compute_fingerprint(task.encoded_inputs))
        for task in plan.tasks
    }


class _BodyLoader:
    """The HTML of the bodies that the planned pages show."""

    def __init__(self, ground: BuildContext, plan: RenderPlan, fresh: Mapping[str, str]) -> None:
        self._context = ground
        keys = {key for task in plan.tasks for key in task.page.body_keys}
        # Before any worker is forked: none of them can share the store's connection.
        self._html_by_key = {key: ground.cached_posts.read_body(key, fresh) for key in keys}

    def load_body(self, key: str, path_to_root: str) -> str:
        """The body with its links made for a page whose way to the site's root is `root`."""
        file, html = self._html_by_key[key]
        return links.rewrite_links(html, file, path_to_root, self._context.find_address)
