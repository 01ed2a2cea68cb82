"""Render planned pages and copy assets onto the stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jinja2 import Environment

from ...edition.model import Post
from ...edition.pictures.model import Picture
from ...files import hash_bytes
from ...process_pool import can_fork, choose_process_count, count_processors, map_chunks
from ...translations import load_translations
from .. import links
from ..assets import build_copy_error
from ..drawing.store import PictureStore
from ..page import BodyFinder, Page, PicturePage
from ..writers.feed_items import PreviousItems
from ..writers.render import Renderer
from ..writers.spool import Spool
from .model import NO_FINGERPRINT, ProgressListener
from .publish import Stage
from .render_plan import BuildContext, RenderPlan, RenderTask
from .snapshot_file import STAGE_FOLDER

Output = tuple[bytes, bytes]
"""Hash and fingerprint of a file of the site."""


def copy_assets(context: BuildContext, stage: Stage) -> dict[str, Output]:
    """Stage new and changed assets; return path -> output. Raises EditionError if one cannot be read."""
    copied = {}
    bundles = {path: (name, digest) for name, (path, digest) in context.theme_digests.bundles.items()}
    for path, file in context.assets.items():
        name, digest = bundles.get(path) or ("", context.file_hashes[file])
        record = context.output_records.get(path)
        if record is None or record[1:] != (digest, NO_FINGERPRINT) or path in context.changes.altered_outputs:
            if not (_stage_bundle(context, stage, name) if name else _stage_copy(context, stage, path, file)):
                stage.mark_unchanged([path])
            copied[path] = (digest, NO_FINGERPRINT)
    return copied


def _stage_bundle(context: BuildContext, stage: Stage, name: str) -> bool:
    bundle = context.bundler.build(name)
    assert bundle  # noqa: S101 - its file is among the assets
    return stage.write_if_changed(bundle.path, bundle.data)


def _stage_copy(context: BuildContext, stage: Stage, path: str, file: str) -> bool:
    try:
        return stage.copy_if_changed(path, str(context.root / file))
    except OSError as error:
        raise build_copy_error(file, error) from error


def make_renderer(
    context: BuildContext, environment: Environment, find_body: BodyFinder, previous_items: PreviousItems | None
) -> Renderer:
    """Return a renderer with the catalogue of the theme in the site's language."""
    translations = load_translations(context.cache.read_value("words"))
    settings, folder = context.settings.site, context.root / STAGE_FOLDER
    return Renderer(
        environment,
        translations,
        settings,
        find_body,
        spool_folder=folder.parent,
        previous_items=previous_items,
        pictures=PictureStore(context.root, context.bundler.assets, context.look),
        asset_paths=context.theme_digests.bundle_paths,
    )


def draw_pictures(plan: RenderPlan, context: BuildContext, *, jobs: int | None, progress: ProgressListener) -> None:
    """Draw the pictures of the planned pages into the store, each once, in `jobs` processes (None: all processors)."""
    pages = (task.page for task in plan.tasks)
    pictures = {page.picture.digest: page.picture for page in pages if isinstance(page, PicturePage)}
    if not pictures:
        return
    store = PictureStore(context.root, context.assets)

    def draw_chunk(chunk: Sequence[Picture]) -> int:
        for picture in chunk:
            store.draw_missing_variants(picture)
        return len(chunk)

    with progress.phase("pictures", len(pictures)):
        processes = (jobs or count_processors()) if can_fork() and len(pictures) > 1 else 1
        for count in map_chunks(list(pictures.values()), draw_chunk, processes, chunk_size=1):
            progress.advance(count)


def render_pages(
    plan: RenderPlan, renderer: Renderer, stage: Stage, *, jobs: int | None, progress: ProgressListener
) -> dict[str, Output]:
    """Render the planned pages onto the stage, in `jobs` processes (None: as many as pay); return path -> output."""

    def render_chunk(tasks: Sequence[RenderTask]) -> list[tuple[str, bytes, bool]]:
        results = []
        for task in tasks:
            # Workers write to the stage themselves: only hashes pass through the pipe, not whole pages.
            data = renderer.render(task.page)
            results.append((task.page.path, hash_bytes(data), stage.write_if_changed(task.page.path, data)))
        return results

    hashes: dict[str, bytes] = {}
    process_count = choose_process_count(len(plan.tasks), jobs)
    if process_count > 1:
        renderer.load_templates()
    with progress.phase("render", len(plan.tasks)):
        for results in map_chunks(sort_by_time(plan.tasks), render_chunk, process_count):
            hashes.update({path: digest for path, digest, _ in results})
            stage.mark_unchanged(path for path, _, is_new in results if not is_new)
            progress.advance(len(results))
    return {task.page.path: (hashes[task.page.path], task.fingerprint) for task in plan.tasks}


def sort_by_time(tasks: Iterable[RenderTask]) -> list[RenderTask]:
    """Return pages in the order of the newest post that each shows: pages of one time show the same fragments."""
    return sorted(tasks, key=lambda task: _find_time(task.page))


def _find_time(page: Page) -> float:
    for value in page.context.values():
        first = value[0] if isinstance(value, tuple) and value else value
        if isinstance(first, Post):
            return first.date.timestamp()
    return 0


def make_output_record(task: RenderTask, data: bytes) -> Output:
    """Return the hash and the fingerprint of a rendered page."""
    return hash_bytes(data), task.fingerprint


class BodyLoader:
    """The HTML of the bodies that the planned pages show.

    It is loaded before any worker is forked: a SQLite connection must not be used across a fork
    (sqlite.org/howtocorrupt.html, section 2.6).
    """

    def __init__(self, context: BuildContext, plan: RenderPlan, spool: Spool) -> None:
        self._context = context
        self._spool = spool
        self._files: dict[str, str] = {}
        self._has_open_addresses: dict[str, bool] = {}
        for key in {key for task in plan.tasks for key in task.page.body_keys}:
            file = context.posts.find_body_file(key)
            if file not in spool:
                file, html = context.cache.read_body(key)
                spool.write(file, html)
            self._files[key] = file

    def load_body(self, key: str, path_to_root: str) -> str:
        """Return a body with its links rewritten for a page from which `path_to_root` leads to the site's root."""
        file, context = self._files[key], self._context
        html = self._spool.read(file)
        has_open_addresses = self._has_open_addresses.get(file)
        if has_open_addresses is None:
            has_open_addresses = self._has_open_addresses[file] = links.has_open_addresses(html)
        if not has_open_addresses:
            return html
        return links.rewrite_links(html, file, path_to_root, context.find_address, context.settings.site.url)
