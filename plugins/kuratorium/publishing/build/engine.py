"""Builds an edition, and builds it again with little work: what it found once it keeps, in the store and in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ... import files
from ...edition import paths
from ...edition.paths import REGISTRY_FILES, FileStamp, LinkedFiles
from ...errors import EditionError
from ..settings import Settings
from . import changes, hooks, publish, result
from .cache import Cache
from .changes import DetectedChanges, Snapshot
from .publish import BuildLock, Stage, refuse_foreign_output
from .result import BuildRequest, BuildResult, BuildState, ProgressListener, PublishResult

if TYPE_CHECKING:
    from .cached_posts import CachedPosts
    from .read import ReadResult
    from .rebuild import BuildContext, RenderPlan

# What reads, plans and renders is imported when it is needed: a build that finds nothing changed does without.

STAGE_FOLDER = "var/stage"


class Engine:
    """One edition and what is known of it. `output`: build there instead of where the settings say."""

    def __init__(self, root: Path, cache: Cache, output_override: Path | None = None) -> None:
        self.root = root
        self._cache = cache
        self._output_override = output_override
        self._build_number = b""
        self._state: BuildState | None = None
        self._input_records: dict[str, tuple[FileStamp, bytes, int]] = {}
        self._output_records: result.OutputRecords = {}
        self._input_stamps: dict[str, FileStamp] = {}
        self._loaded_posts: CachedPosts | None = None
        self._environment: Any = None

    def build(self, request: BuildRequest, progress: ProgressListener, lock: BuildLock) -> BuildResult | str:
        """Build, or say why only Pelican can; raises EditionError, and then the site is as it was."""
        begun = time.perf_counter()
        self._cache.begin()
        try:
            moved = self._build_if_changed(request, progress, lock)
            return moved if isinstance(moved, str) else self._make_result(moved, time.perf_counter() - begun)
        except BaseException:
            self._build_number, self._environment = b"", None  # what is in memory may be half of what was to be
            raise
        finally:
            self._cache.rollback()

    def _build_if_changed(self, order: BuildRequest, watch: ProgressListener, lock: BuildLock) -> PublishResult | str:
        with watch.phase("look"):
            publish.resume_interrupted_move(self.root / STAGE_FOLDER)
            if self._build_number != self._cache.read_value(
                "turn"
            ):  # somebody else has built since, or the last build failed
                self._build_number, self._input_stamps = b"", {}
            state = self._read_state()
            # Where policy.yaml changed, the whole site is planned anyway, for the date that it names.
            as_of = order.as_of or (state and state.pinned_date) or order.now
            gathered = self._take_snapshot(state.settings, state.linked_files, order) if state else None
            if (
                gathered
                and state
                and not order.changed_files
                and changes.is_unchanged(gathered, self._cache, state, as_of)
            ):
                self._state = state
                return PublishResult(written=(), unchanged_count=len(gathered.output_stamps or ()), deleted=())
            self._load_cache()
            settings = changes.read_settings_if_changed(self.root, self._state, self._input_records)
            if settings.pelican_reason:
                return settings.pelican_reason
            if not gathered or gathered.settings != settings:
                gathered = self._take_snapshot(settings, state.linked_files if state else LinkedFiles(), order)
            output = self._find_output_folder(settings)
            refuse_foreign_output(self.root, output, settings.output_retention)
            stage = Stage(self.root / STAGE_FOLDER, output, settings.output_retention, lock)
            known = changes.CachedFiles(self._input_records, self._output_records)
            found = changes.detect_changes(
                gathered, self.root, state=self._state, cached_files=known, output=output, as_of=as_of
            )
        try:
            moved = (
                self._save_touched_stamps(found) if found.needs_no_build else self._rebuild(found, stage, order, watch)
            )
        finally:
            stage.discard()
        self._input_stamps = found.input_stamps
        return moved

    def _find_output_folder(self, settings: Settings) -> Path:
        return self._output_override or self.root / settings.output

    def _take_snapshot(self, settings: Settings, linked: LinkedFiles, order: BuildRequest) -> Snapshot:
        seen = changes.update_stamps(self.root, self._input_stamps, order.changed_files)
        return changes.take_snapshot(self.root, settings, linked, self._find_output_folder(settings), seen)

    def _read_state(self) -> BuildState | None:
        """What the last build remembered of itself, whoever made it."""
        return changes.decode_state(self._cache.read_value("state"))

    def _load_cache(self) -> None:
        """Know what the store knows, unless it is known already."""
        turn = self._cache.read_value("turn")
        if self._build_number and self._build_number == turn:
            return
        self._build_number = turn
        self._state = changes.decode_state(self._cache.read_value("state"))
        self._input_records = self._cache.read_input_records()
        self._output_records = self._cache.read_output_records()
        self._input_stamps = {}
        self._loaded_posts = None

    @property
    def _cached_posts(self) -> CachedPosts:
        from .cached_posts import CachedPosts

        self._loaded_posts = self._loaded_posts or CachedPosts(self._cache)
        return self._loaded_posts

    def _save_touched_stamps(self, found: DetectedChanges) -> PublishResult:
        """Remember files that only were touched, and no more."""
        assert self._state  # noqa: S101 - else everything would have changed
        if found.input_differences.hashes or found.touched_stamps or not self._cache.read_value("glance"):
            self._save_input_records(found, found.input_differences.hashes)
            self._save_output_records(self._restamp_outputs(found))
            self._commit(self._state, found)
        return PublishResult(written=(), unchanged_count=len(self._output_records), deleted=())

    def _rebuild(
        self, found: DetectedChanges, stage: Stage, order: BuildRequest, watch: ProgressListener
    ) -> PublishResult:
        """Read what changed, plan, render, move, remember."""
        from . import read as reading
        from . import rebuild

        change, memory = found.changes, self._cached_posts
        try:
            read = reading.read_changed_texts(self.root, memory, change, found.problems, request=order, progress=watch)
        except reading.InvalidEditionError as unsound:
            if unsound.result:
                self._save_texts(found, unsound.result)
                self._commit_texts(found)
            raise unsound.error from None
        self._save_texts(found, read)
        self._cache.set_savepoint()
        try:
            ground = self._make_context(found, stage, read, order, watch)
            with watch.phase("plan"):
                wide = change.requires_full_plan or read.lists_may_change
                plan = rebuild.plan_all_pages(ground) if wide else rebuild.plan_changed_bodies(ground, read.texts)
            moved = rebuild.render_and_publish(
                ground,
                plan,
                self._environment,
                read.texts,
                before_move=lambda moved, outputs: self._save_build(found, ground, plan, moved, outputs),
            )
            return replace(moved, unchanged_count=len(self._output_records) - len(moved.written))
        except EditionError:  # what was read is sound, and need not be read again
            self._cache.rollback_to_savepoint()
            self._commit_texts(found)
            raise

    def _make_context(
        self, found: DetectedChanges, stage: Stage, read: ReadResult, order: BuildRequest, watch: ProgressListener
    ) -> BuildContext:
        from .. import assets as assets_files
        from ..urls import Paths
        from ..writers import html
        from . import rebuild, theme

        settings, change = found.settings, found.changes
        if self._environment is None or change.templates_changed or change.settings_changed:
            self._environment = html.build_environment(self.root, settings, self._cache)
        if read.lists_may_change or change.requires_full_plan or not self._state:
            state = BuildState(
                settings=settings,
                pinned_date=read.pinned_date,
                linked_files=self._cached_posts.find_linked_files(read.registry),
                is_complete=True,
            )
        else:
            state = self._state
        copied = assets_files.find_assets(self.root, settings, state.linked_files)
        hashes = self._hash_files(found, copied.values())
        known = (
            None
            if change.templates_changed or change.translations_changed or change.settings_changed
            else theme.read_cached_digests(self._cache)
        )
        return rebuild.BuildContext(
            root=self.root,
            settings=settings,
            registry=read.registry,
            theme_digests=known or theme.digest_theme(self.root, settings, self._environment, hashes, self._cache),
            cache=self._cache,
            cached_posts=self._cached_posts,
            stage=stage,
            request=order,
            progress=watch,
            changes=change,
            state=state,
            as_of=read.registry.resolve_as_of(order.as_of, order.now),
            assets=copied,
            file_hashes=hashes,
            output_records=self._output_records,
            find_address=self._cached_posts.make_address_finder(Paths(settings.site.lang), copied),
        )

    def _hash_files(self, found: DetectedChanges, copied: Iterable[str]) -> dict[str, bytes]:
        """Hash by file, of all that is known or needed."""
        hashes = {file: row[1] for file, row in self._input_records.items()} | found.input_differences.hashes
        for file in {*found.input_differences.new, *copied} - hashes.keys():
            hashes[file] = files.hash_file(f"{self.root}/{file}")
        return hashes

    # --- what is remembered ----------------------------------------------------------------------

    def _save_texts(self, found: DetectedChanges, read: ReadResult) -> None:
        """Keep the registry, and the texts that are sound with it; those that are not will be new to the next build."""
        self._cached_posts.save_texts(read.registry, read.texts, read.removed_texts)
        self._cached_posts.save_inbox_items(read.inbox_items)
        self._delete_input_records({*read.removed_texts, *(text.file for text in read.texts if text.problems)})
        self._save_input_records(found, {text.file: text.hash for text in read.texts if not text.problems})
        self._delete_input_records(read.inbox_hashes)
        self._save_input_records(found, read.inbox_hashes)
        if found.changes.registry_changed:
            self._save_input_records(found, {file: files.hash_file(f"{self.root}/{file}") for file in REGISTRY_FILES})

    def _save_build(
        self,
        found: DetectedChanges,
        ground: BuildContext,
        plan: RenderPlan,
        moved: PublishResult,
        outputs: result.OutputRecords,
    ) -> None:
        """Keep all that the next build needs to know of this one."""
        texts = {
            file
            for file in found.input_differences.changed | found.input_differences.new
            if paths.is_post_or_page(file)
        }
        fresh = {
            file: hashed
            for file, hashed in ground.file_hashes.items()
            if file in found.all_stamps and file not in texts
        }
        known = self._input_records
        differing = {
            file: hashed
            for file, hashed in fresh.items()
            if file in found.input_differences.hashes or file not in known or known[file][1] != hashed
        }
        self._save_input_records(found, differing)
        self._delete_input_records(known.keys() - found.all_stamps.keys() - {*ground.assets.values()})
        gone = {*moved.deleted, *plan.obsolete_paths} - outputs.keys()
        self._cache.delete_output_records(gone)
        for path in gone:
            self._output_records.pop(path, None)
        self._save_output_records(self._restamp_outputs(found) | outputs)
        self._cache.save_page_inputs(
            (task.page.path, task.encoded_inputs, task.reason, task.page.body_keys) for task in plan.tasks
        )
        hooks.queue_changes(self._cache, moved.written, moved.deleted)
        self._commit(plan.state, found)

    def _restamp_outputs(self, found: DetectedChanges) -> result.OutputRecords:
        return {
            path: (one, *self._output_records[path][1:])
            for path, one in found.touched_stamps.items()
            if path in self._output_records
        }

    def _save_input_records(self, found: DetectedChanges, hashes: dict[str, bytes]) -> None:
        rows = {
            file: (found.all_stamps[file], hashed, found.taken_at)
            for file, hashed in hashes.items()
            if file in found.all_stamps
        }
        self._input_records.update(rows)
        self._cache.save_input_records((file, *row) for file, row in rows.items())

    def _delete_input_records(self, files: Iterable[str]) -> None:
        files = set(files)
        self._cache.delete_input_records(files)
        for file in files:
            self._input_records.pop(file, None)

    def _save_output_records(self, outputs: result.OutputRecords) -> None:
        self._output_records.update(outputs)
        self._cache.save_output_records((path, *row) for path, row in outputs.items())

    def _commit_texts(self, found: DetectedChanges) -> None:
        """Make sure of texts that were read, though the site does not show them yet."""
        self._commit(replace(self._state or BuildState(settings=found.settings), is_complete=False))

    def _commit(self, state: BuildState, found: DetectedChanges | None = None) -> None:
        """Make sure of all that was kept, and tell other engines that they know less."""
        if found:
            files = {file: one for file, one in found.all_stamps.items() if file in self._input_records}
            changes.save_snapshot_digest(
                self._cache, found.taken_at, files, {path: row[0] for path, row in self._output_records.items()}
            )
        else:
            changes.clear_snapshot_digest(self._cache)
        self._state = state
        self._build_number = str(int(self._cache.read_value("turn") or b"0") + 1).encode()
        self._cache.save_value("state", changes.encode_state(state))
        self._cache.save_value("turn", self._build_number)
        self._cache.commit()

    def _make_result(self, moved: PublishResult, seconds: float) -> BuildResult:
        assert self._state  # noqa: S101 - it was remembered
        return BuildResult(
            post_count=self._state.post_count,
            page_count=self._state.page_count,
            written_count=len(moved.written),
            unchanged_count=moved.unchanged_count,
            deleted_count=len(moved.deleted),
            seconds=seconds,
            output=self._find_output_folder(self._state.settings),
            changed_paths=frozenset((*moved.written, *moved.deleted)),
        )
