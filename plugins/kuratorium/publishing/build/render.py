"""Render planned pages and copy assets onto the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment

from ...files import hash_bytes
from ...process_pool import choose_process_count, map_chunks
from ...translations import load_translations
from .. import links
from ..assets import build_copy_error
from ..page import BodyFinder
from ..writers.render import Renderer
from . import fingerprints
from .model import NO_FINGERPRINT, ProgressListener
from .publish import Stage
from .render_plan import BuildContext, RenderPlan, RenderTask

Output = tuple[bytes, bytes]
"""Hash and fingerprint of a file of the site."""


def copy_assets(context: BuildContext, stage: Stage) -> dict[str, Output]:
    """Stage new and changed assets; return path -> output. Raises EditionError if one cannot be read."""
    copied = {}
    for path, file in context.assets.items():
        digest = context.file_hashes[file]
        record = context.output_records.get(path)
        if record is None or record[1:] != (digest, NO_FINGERPRINT) or path in context.changes.altered_outputs:
            try:
                if not stage.copy_if_changed(path, f"{context.root}/{file}"):
                    stage.mark_unchanged([path])
            except OSError as error:
                raise build_copy_error(file, error) from error
            copied[path] = (digest, NO_FINGERPRINT)
    return copied


def make_renderer(context: BuildContext, environment: Environment, find_body: BodyFinder) -> Renderer:
    """Return a renderer with the catalogue of the theme in the site's language."""
    translations = load_translations(context.cache.read_value("words"))
    return Renderer(environment, translations, context.settings.site, find_body)


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
    with progress.phase("render", len(plan.tasks)):
        for results in map_chunks(plan.tasks, render_chunk, process_count):
            hashes.update({path: digest for path, digest, _ in results})
            stage.mark_unchanged(path for path, _, is_new in results if not is_new)
            progress.advance(len(results))
    return {
        task.page.path: (hashes[task.page.path], fingerprints.compute_fingerprint(task.encoded_inputs))
        for task in plan.tasks
    }


def make_output_record(task: RenderTask, data: bytes) -> Output:
    """Return the hash and the fingerprint of a rendered page."""
    return hash_bytes(data), fingerprints.compute_fingerprint(task.encoded_inputs)


class BodyLoader:
    """The HTML of the bodies that the planned pages show.

    It is loaded before any worker is forked: a SQLite connection must not be used across a fork
    (sqlite.org/howtocorrupt.html, section 2.6).
    """

    def __init__(self, context: BuildContext, plan: RenderPlan, new_html: Mapping[str, str]) -> None:
        self._context = context
        keys = {key for task in plan.tasks for key in task.page.body_keys}
        self._html_by_key = {key: context.posts.read_body(key, new_html) for key in keys}

    def load_body(self, key: str, path_to_root: str) -> str:
        """Return a body with its links rewritten for a page from which `path_to_root` leads to the site's root."""
        file, html = self._html_by_key[key]
        context = self._context
        return links.rewrite_links(html, file, path_to_root, context.find_address, context.settings.site.url)
