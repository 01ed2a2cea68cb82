"""The builds of one edition in one process: detect changes, and let Pelican run if there are any."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...edition import paths
from ...edition.paths import LinkedFiles, stamp_with_mtime
from ...errors import EditionError
from ..output_folder import refuse_foreign_output
from ..settings import Settings
from . import changes, publish, scan
from .cache import Cache
from .changes import CachedFiles, DetectedChanges, Snapshot
from .last_build import LastBuild
from .model import BuildRequest, BuildResult, ProgressListener, PublishResult
from .publish import Stage
from .snapshot_file import STAGE_FOLDER, UNFINISHED_FILE, Comparison, compare_site

if TYPE_CHECKING:
    from jinja2 import Environment

    from ..writers.feed_items import PreviousItems
    from .steps import BuildSteps

# What reads, plans and renders, and Pelican itself, are imported when they are needed: a build that finds nothing
# changed does without.


class PelicanRunner(Protocol):
    """Pelican, as a build needs it."""

    def run_steps(self, steps: BuildSteps) -> None:
        """Run Pelican: its generators take the steps of this build, and write into the build's stage."""


PelicanFactory = Callable[[], PelicanRunner]
"""Imports Pelican and sets it up for the edition; called at most once a session, when something must be built."""


class BuildSession:
    """The builds of one edition in one process: one for a command, many for a preview.

    `is_whole`: every file is rendered and staged, where other plugins of Pelican see it.
    """

    def __init__(self, root: Path, cache: Cache, make_site: PelicanFactory, *, is_whole: bool = False) -> None:
        self.root = root
        self._records = LastBuild(cache)
        self._cache = cache
        self._make_site = make_site
        self._site: PelicanRunner | None = None
        self._is_whole = is_whole
        self._environment: Environment | None = None
        self._previous_items: PreviousItems | None = None

    def build(self, request: BuildRequest, progress: ProgressListener) -> BuildResult | None:
        """Build what changed; raises EditionError, and then the site is as it was.

        Returns None, with nothing done, if the settings ask for a whole build and this is not a session for one.
        """
        begin = time.perf_counter()
        self._cache.begin()
        try:
            published = self._build_if_changed(request, progress)
            return self._make_result(published, request, time.perf_counter() - begin) if published else None
        except BaseException:
            self._records.forget()
            self._environment = self._previous_items = None  # they may hold half of what the failed build changed
            raise
        finally:
            self._cache.rollback()  # does nothing after a commit

    def is_site_altered(self, output: Path) -> bool:
        """Return whether a file that the last build left in `output` is gone or is another one."""
        stamps = ((path, record[0]) for path, record in self._records.outputs.items())
        return any(paths.stamp_file(f"{output}/{path}", stamp_with_mtime) != stamp for path, stamp in stamps)

    def _build_if_changed(self, request: BuildRequest, progress: ProgressListener) -> PublishResult | None:
        records = self._records
        with progress.phase("compare"):
            publish.resume_interrupted_move(self.root / STAGE_FOLDER)
            records.forget_if_stale()
            state = records.read_state()
            comparison = self._compare_site(request) if state and state.is_complete else None
            if comparison and not comparison.changed_files:
                records.state = state
                return PublishResult(written=(), unchanged_count=comparison.site.file_count, deleted=())
            # If policy.yaml changed, the whole site is planned anyway, for the date that it names.
            as_of = request.as_of or (state and state.pinned_date) or request.now
            # With the last settings and links; if these changed, the snapshot differs, or is taken again below.
            snapshot = self._take_snapshot(state.settings, state.linked_files, request, comparison) if state else None
            records.load()
            settings = request.settings or changes.read_settings_if_changed(self.root, records.state, records.inputs)
            if settings.whole_build_reason and not self._is_whole:
                return None
            if not snapshot or snapshot.settings != settings:
                snapshot = self._take_snapshot(settings, state.linked_files if state else LinkedFiles(), request)
            detected = self._detect_changes(snapshot, as_of, request)
        if detected.needs_no_build:
            records.save_touched_stamps(detected)
            published = PublishResult(written=(), unchanged_count=len(records.outputs), deleted=())
        else:
            published = self._run_site(detected, request, progress)
        records.input_stamps = detected.input_stamps
        self._save_snapshot(snapshot)
        return published

    def _take_snapshot(
        self,
        settings: Settings,
        linked_files: LinkedFiles,
        request: BuildRequest,
        comparison: Comparison | None = None,
    ) -> Snapshot:
        """Stamp all files, or only those that changed if a watcher or the last snapshot tell which did."""
        if request.output:  # before its files are stamped: it may be the whole disk
            refuse_foreign_output(self.root, request.output, settings.output_retention)
        reported = comparison.changed_files if comparison else request.changed_files
        previous_stamps = comparison.input_stamps if comparison else self._records.input_stamps
        return changes.take_snapshot(
            self.root,
            settings,
            linked_files,
            self._find_output(settings, request),
            input_stamps=scan.update_stamps(self.root, previous_stamps, reported),
            folder_stamps=comparison.folder_stamps if comparison else {},
            reported_files=reported,
        )

    def _compare_site(self, request: BuildRequest) -> Comparison | None:
        # A watcher that reports changed files has answered the question.
        if not self._cache.path or request.changed_files:
            return None
        as_of = request.as_of.timestamp() if request.as_of else None
        return compare_site(str(self.root), request.now.timestamp(), as_of)

    def _save_snapshot(self, snapshot: Snapshot) -> None:
        """Save the stamps with which the next build finds nothing changed; a preview would do so at every edit."""
        state = self._records.state
        if self._cache.path and state and not self._cache.serves_many_builds:
            output = self.root / state.settings.output
            changes.save_snapshot(self.root, snapshot, state, self._cached_files, output)

    @property
    def _cached_files(self) -> CachedFiles:
        return CachedFiles(self._records.inputs, self._records.outputs)

    def _detect_changes(self, snapshot: Snapshot, as_of: datetime, request: BuildRequest) -> DetectedChanges:
        """Compare the snapshot with the records; raises EditionError if the output folder is not ours to change.

        Likewise without content/, of which Pelican only says that it needs some path.
        """
        paths.require_content_folder(self.root)
        output = self._find_output(snapshot.settings, request)
        refuse_foreign_output(self.root, output, snapshot.settings.output_retention)
        return changes.detect_changes(
            snapshot,
            self.root,
            state=self._records.state,
            cached_files=self._cached_files,
            output=output,
            as_of=as_of,
            draws_cards=request.draws_cards,
        )

    def _run_site(self, detected: DetectedChanges, request: BuildRequest, progress: ProgressListener) -> PublishResult:
        """Run Pelican to read, plan and render what changed; then publish it."""
        from .steps import BuildSteps

        self._site = self._site or self._make_site()
        output, retained = self._find_output(detected.settings, request), detected.settings.output_retention
        with ExitStack() as stack:
            stage = stack.enter_context(Stage(self.root / STAGE_FOLDER, output, retained, is_complete=self._is_whole))
            steps = BuildSteps(
                self.root,
                self._records,
                detected,
                request,
                stage=stage,
                progress=progress,
                environment=self._environment,
                previous_items=self._previous_items,
                is_whole=self._is_whole,
            )
            stack.callback(steps.close)
            try:
                self._site.run_steps(steps)
                if self._cache.path:
                    (self.root / UNFINISHED_FILE).touch()  # before the site changes: the program may be killed then
                published = steps.publish()
            except EditionError:
                steps.keep_texts()
                raise
        self._environment, self._previous_items = steps.environment, steps.previous_items
        return published

    def _find_output(self, settings: Settings, request: BuildRequest) -> Path:
        return request.output or self.root / settings.output

    def _make_result(self, published: PublishResult, request: BuildRequest, seconds: float) -> BuildResult:
        state = self._records.state
        assert state  # noqa: S101 - a build that ended well has saved it
        return BuildResult(
            post_count=state.post_count,
            page_count=state.page_count,
            written_count=len(published.written),
            unchanged_count=published.unchanged_count,
            deleted_count=len(published.deleted),
            seconds=seconds,
            output=self._find_output(state.settings, request),
            lang=state.settings.site.lang,
            precompresses=state.settings.precompress,
            site_version=(self._cache.read_value("site_version") or b"").decode() if self._cache.path else "",
            changed_paths=frozenset((*published.written, *published.deleted)),
            whole_build_reason=state.settings.whole_build_reason,
        )
