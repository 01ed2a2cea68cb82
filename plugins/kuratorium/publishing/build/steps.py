"""The steps of one build in their order: read, plan, render, publish."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment
from markdown import Extension
from msgspec.structs import replace

from ...edition.frontmatter import find_published_merges
from ...edition.model import PostSummary
from ...edition.registry import Registry
from ...errors import EditionError, Problem
from ...files import digest_value, hash_file
from .. import assets
from ..delivery.bundles import BUNDLED_SUFFIXES, Bundler
from ..drawing.initials import build_look
from ..drawing.store import LOOK, remove_spare_cards, remove_spare_pictures
from ..markdown.converter import MarkdownConverter
from ..page import ASSET_RANK, BodyFinder
from ..posts import is_published_at
from ..settings import SEARCH_FOLDER
from ..urls import Paths
from ..writers import html
from ..writers.feed_items import PreviousItems
from ..writers.render import Renderer
from ..writers.spool import Spool
from . import render, render_plan, theme
from .cached_posts import CachedPosts
from .changes import DetectedChanges
from .last_build import LastBuild
from .model import BuildRequest, BuildState, FileHashes, OutputRecords, ProgressListener, PublishResult
from .publish import Stage
from .read import InvalidEditionError, ReadResult, read_changed_texts
from .render_plan import BuildContext, RenderPlan

_REREAD_LIMIT = 100  # texts


class BuildSteps:
    """The steps of one build, taken by Pelican's generators; each keeps its result here for the next.

    `is_whole`: every file is rendered, staged and shown to other plugins of Pelican. `environment` is Jinja's; if it is
    None, `plan` builds it. `previous_items` are those of feeds that earlier builds of this process wrote; after a build
    they are its own, too (None: there will be no other build).
    """

    def __init__(
        self,
        root: Path,
        records: LastBuild,
        detected: DetectedChanges,
        request: BuildRequest,
        *,
        stage: Stage,
        progress: ProgressListener,
        environment: Environment | None,
        previous_items: PreviousItems | None,
        is_whole: bool,
    ) -> None:
        self.root = root
        self.stage = stage
        self.settings = detected.settings
        self.environment = environment
        self.previous_items = previous_items
        self.is_whole = is_whole
        self.progress = progress
        self._records = records
        self._detected = detected
        self._request = request
        self._texts_saved = False
        self._bodies = Spool(stage.folder.parent)
        self._read: ReadResult | None = None
        self._context: BuildContext | None = None
        self._plan: RenderPlan | None = None
        self._outputs: dict[str, tuple[bytes, bytes]] = {}

    def close(self) -> None:
        """Delete what only this build needs."""
        self._bodies.close()

    @property
    def posts(self) -> CachedPosts:
        """The texts of the edition, as far as they are valid."""
        return self._records.posts

    @property
    def registry(self) -> Registry:
        """The people, topics, sources and series of the edition; read before its texts."""
        assert self._read  # noqa: S101 - the steps are taken in their order
        return self._read.registry

    @property
    def as_of(self) -> datetime:
        """The date that the site is built for."""
        return self.registry.resolve_as_of(self._request.as_of, self._request.now)

    def is_published(self, file: str) -> bool:
        """Return whether the site shows the post or standalone page in `file`: no draft, released, and due."""
        summary = self.posts.find_summary(file)
        if isinstance(summary, PostSummary):
            return is_published_at(summary, self.as_of)
        return summary is not None and not summary.meta.is_withheld

    # --- read ------------------------------------------------------------------------------------

    def read(self, markdown_extensions: Sequence[Extension] = ()) -> ReadResult:
        """Read the changed texts and check the edition; raises EditionError with all of its problems.

        `markdown_extensions` are those of other plugins. Many valid texts are saved even if others are not.
        """
        records, detected = self._records, self._detected
        try:
            result = read_changed_texts(
                self.root,
                records.posts,
                detected.changes,
                detected.problems,
                request=self._request,
                progress=self.progress,
                make_converter=partial(
                    MarkdownConverter,
                    plugin_extensions=markdown_extensions,
                    converts_plain=self.settings.plain_markdown,
                ),
            )
        except InvalidEditionError as error:
            if error.result and self._is_worth_saving(error.result):
                records.save_texts(self.root, detected, error.result)
                records.commit_texts(detected)
            # Without its cause, which only carries the texts to save.
            raise error.error from None
        records.save_texts(self.root, detected, result)
        # The texts stay valid even if planning or rendering fails: see `keep_texts`.
        records.cache.set_savepoint()
        for text in result.texts:
            self._bodies.write(text.file, text.html)
        self._read = replace(result, texts=tuple(replace(text, html=b"") for text in result.texts))
        self._texts_saved = True
        return self._read

    def keep_texts(self) -> None:
        """Save the texts that were read, if they are many, although the build failed: so they are not read again."""
        if self._texts_saved and self._read and self._is_worth_saving(self._read):
            self._records.cache.rollback_to_savepoint()
            self._records.commit_texts(self._detected)

    def _is_worth_saving(self, result: ReadResult) -> bool:
        """Return whether the texts of a failed build are saved.

        With them the cache no longer describes the site, and the next build plans all of it. A few texts are quicker
        read again: then the cache stays that of the last build, and the next one plans what has changed since.
        """
        state = self._records.state
        return not (state and state.is_complete) or len(result.texts) > _REREAD_LIMIT

    # --- plan ------------------------------------------------------------------------------------

    def plan(self) -> RenderPlan:
        """Plan which pages are to be rendered; raises EditionError if two files have the same address."""
        assert self._read  # noqa: S101 - the steps are taken in their order
        self._context = context = self._make_context(self._read)
        needs_all_pages = self._detected.changes.requires_full_plan or self._read.lists_may_change
        with self.progress.phase("plan"):
            dropped = render_plan.find_dropped_assets(context)  # looks at every file of the site: once
            has_new_files = render_plan.has_new_assets(context, dropped) or render_plan.has_changed_drawn_files(context)
            if needs_all_pages or has_new_files:
                self._plan = render_plan.plan_all_pages(context)
            else:
                texts, reworded = self._read.texts, self._read.reworded_posts
                plan = render_plan.plan_changed_texts(context, texts, reworded, dropped)
                if self._read.added_post:
                    plan = render_plan.plan_added_post(context, self._read.added_post, plan)
                self._plan = plan
        if not self._request.draws_cards:
            self._plan = render_plan.hold_back_drawings(self._plan)
        if self._records.cache.serves_many_builds and (self._plan.is_full or not self.previous_items):
            self.previous_items = PreviousItems()
        return self._plan

    def _make_context(self, result: ReadResult) -> BuildContext:
        settings, changes, posts = self.settings, self._detected.changes, self._records.posts
        is_stale = changes.templates_changed or changes.settings_changed
        # A whole build renders with Pelican's own environment: plugins may have changed it.
        if self.environment is None or (is_stale and not self.is_whole):
            self.environment = html.build_environment(self.root, settings, self._records.cache)
        state = self._records.state
        if result.lists_may_change or changes.requires_full_plan or not state:
            state = BuildState(
                settings=settings,
                pinned_date=result.pinned_date,
                linked_files=posts.find_linked_files(result.registry),
                is_complete=True,
            )
        differences = self._detected.input_differences
        problems: list[Problem] = []
        policy = result.registry.policy
        with_admin = bool(policy and policy.admin)
        files = assets.find_assets(self.root, settings, state.linked_files, problems, with_admin=with_admin)
        problems += assets.check_admin_program(self.root, policy, files)
        unknown = {file for file in files.values() if file not in self._records.inputs}
        changed = differences.changed | differences.new | unknown
        for folder in (settings.theme, "content"):
            problems += find_published_merges(self.root, folder, changed)
        problems += assets.check_foreign_loads(self.root, settings, changed)
        if problems:
            raise EditionError(problems)
        hashes = self._hash_files(files.values())
        look = build_look(self.root, settings.site, result.registry, self._records.cache)
        sheets = assets.find_edition_sheets(self.root, settings, files)
        bundler = Bundler(self.root, settings.theme_static_dir, files, look.colour_rules, sheets)
        digests = self._digest_theme(bundler, hashes)
        return BuildContext(
            root=self.root,
            settings=settings,
            registry=result.registry,
            theme_digests=digests,
            bundler=bundler,
            cache=self._records.cache,
            posts=posts,
            changes=changes,
            state=state,
            as_of=self.as_of,
            assets=bundler.rename(digests.bundle_paths),
            file_hashes=hashes,
            output_records=self._records.outputs,
            find_address=posts.build_address_finder(Paths(settings.site.lang), files),
            look=look,
            drawn_files={**assets.find_drawn_files(result.registry, files, hashes), LOOK: digest_value(look)},
        )

    def _digest_theme(self, bundler: Bundler, hashes: FileHashes) -> theme.ThemeDigests:
        """Return the digests of the theme: it is parsed, and its bundles are built, again only if it changed."""
        changes, cache = self._detected.changes, self._records.cache
        is_stale = changes.theme_changed or any(file.endswith(BUNDLED_SUFFIXES) for file in changes.changed_assets)
        digests = None if is_stale else theme.read_cached_digests(cache)
        if digests and digests.colour_rules == bundler.colour_rules:
            return digests
        assert self.environment  # noqa: S101 - `_make_context` has built it
        return theme.digest_theme(self.root, self.settings, self.environment, hashes, bundler=bundler, cache=cache)

    def _hash_files(self, asset_files: Iterable[str]) -> FileHashes:
        """Return the hash of every file of the edition that has a record, is new, or is copied into the site."""
        differences = self._detected.input_differences
        hashes = FileHashes(dict(differences.hashes), self._records.inputs)
        for file in (*differences.new, *asset_files):
            if file not in hashes:
                hashes.new[file] = hash_file(os.path.join(self.root, file))  # noqa: PTH118 - ten thousand files
        return hashes

    # --- render ----------------------------------------------------------------------------------

    @property
    def context(self) -> BuildContext:
        """All that planning and rendering need of the edition."""
        assert self._context  # noqa: S101 - the steps are taken in their order
        return self._context

    def copy_assets(self) -> None:
        """Put on the stage the assets that the site does not have yet."""
        self._outputs |= render.copy_assets(self.context, self.stage)

    def make_renderer(self, find_body: BodyFinder) -> Renderer:
        """Return the renderer of this build; raises EditionError if the theme's catalogue is broken."""
        assert self.environment  # noqa: S101 - planning has built it
        return render.make_renderer(self.context, self.environment, find_body, self.previous_items)

    def render(self) -> None:
        """Render the planned pages onto the stage, in several processes if that saves time."""
        assert self._plan and self._read  # noqa: PT018, S101 - the steps are taken in their order
        self.draw_pictures()
        bodies = render.BodyLoader(self.context, self._plan, self._bodies)
        self._outputs |= render.render_pages(
            self._plan,
            self.make_renderer(bodies.load_body),
            self.stage,
            jobs=self._request.jobs,
            progress=self.progress,
        )

    def draw_pictures(self) -> None:
        """Draw the planned pictures that no earlier build drew, so that their pages find them."""
        assert self._plan  # noqa: S101 - as above
        render.draw_pictures(self._plan, self.context, jobs=self._request.jobs, progress=self.progress)

    def record_output(self, task: render_plan.RenderTask, data: bytes) -> None:
        """Record a page that another plugin of Pelican was shown."""
        self._outputs[task.page.path] = render.make_output_record(task, data)

    # --- publish ---------------------------------------------------------------------------------

    def publish(self) -> PublishResult:
        """Move the finished files into the site, and save what the next build needs to know of it.

        In a whole build the stage holds every file, those of other plugins too: any other file is deleted.
        """
        context, plan = self.context, self._plan
        assert plan  # noqa: S101 - the steps are taken in their order
        ranks = {task.page.path: task.page.rank for task in plan.tasks}
        ranks |= dict.fromkeys(context.assets, ASSET_RANK)

        def save(published: PublishResult) -> None:
            outputs: OutputRecords = {
                path: (self.stage.stamp_output(path), digest, fingerprint)
                for path, (digest, fingerprint) in self._outputs.items()
            }
            self._records.save_build(self._detected, context, plan, published, outputs)

        with self.progress.phase("move"):
            published = self.stage.publish(ranks, None if self.is_whole else plan.obsolete_paths, save)
        if Paths(self._detected.settings.site.lang).search() in self._records.outputs:
            # The index is written after the site's folders are stamped: a new one among them would look like a change.
            with suppress(FileExistsError):
                (self.stage.output / SEARCH_FOLDER).mkdir()
        if self._request.draws_cards:
            remove_spare_cards(self.root, plan.card_count)
            remove_spare_pictures(self.root, plan.picture_count)
        if self.is_whole:
            return published
        return replace(published, unchanged_count=len(self._records.outputs) - len(published.written))
