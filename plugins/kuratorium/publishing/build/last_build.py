"""The records of the last build: read from the cache when a build begins, saved when its result is certain."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ...edition.paths import REGISTRY_FILES, FileStamp, is_post_or_page
from ...files import hash_file
from .cache import Cache
from .changes import DetectedChanges
from .model import BuildState, InputRecord, OutputRecords, PublishResult

if TYPE_CHECKING:
    from pathlib import Path

    from .cached_posts import CachedPosts
    from .read import ReadResult
    from .render_plan import BuildContext, RenderPlan

# CachedPosts decodes posts: a build that finds nothing changed must not wait for its import.


class LastBuild:
    """Stamps, hashes and state of the last build, in memory as long as a preview runs.

    The cache counts commits (`build_number`): another process that built meanwhile makes these records stale.
    """

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.state: BuildState | None = None
        self.inputs: dict[str, InputRecord] = {}
        self.outputs: OutputRecords = {}
        self.input_stamps: dict[str, FileStamp] = {}
        self._build_number = b""
        self._posts: CachedPosts | None = None

    @property
    def posts(self) -> CachedPosts:
        """The texts and the registry as the last build read them."""
        from .cached_posts import CachedPosts

        self._posts = self._posts or CachedPosts(self.cache)
        return self._posts

    # --- load ------------------------------------------------------------------------------------

    def read_state(self) -> BuildState | None:
        """Return the state that the cache holds, whichever process saved it; None if there is none."""
        data = self.cache.read_value("state")
        return msgspec.json.decode(data, type=BuildState) if data else None

    def forget_if_stale(self) -> None:
        """Forget what is in memory if another process built since, or the last build failed."""
        if self._build_number != self.cache.read_value("build_number"):
            self.forget()

    def forget(self) -> None:
        """Forget what is in memory: the cache is right, or will be after a rollback."""
        self._build_number, self.input_stamps = b"", {}

    def load(self) -> None:
        """Read all records from the cache, unless they are in memory."""
        build_number = self.cache.read_value("build_number")
        if self._build_number and self._build_number == build_number:
            return
        self._build_number = build_number
        self.state = self.read_state()
        self.inputs = self.cache.read_input_records()
        self.outputs = self.cache.read_output_records()
        self.input_stamps = {}
        self._posts = None

    # --- save ------------------------------------------------------------------------------------

    def save_touched_stamps(self, detected: DetectedChanges) -> None:
        """Save the stamps of files that were touched but hold the same bytes."""
        assert self.state  # noqa: S101 - without a state, everything would have changed
        hashes = detected.input_differences.hashes
        if hashes or detected.touched_stamps:
            self._save_inputs(detected, hashes)
            self._save_outputs(self._restamp_outputs(detected))
            self.commit(self.state)

    def save_texts(self, root: Path, detected: DetectedChanges, result: ReadResult) -> None:
        """Save the registry and the valid texts; without a record, the next build reads a text with problems again."""
        self.posts.save_texts(result.registry, result.texts, result.removed_texts)
        self.posts.save_inbox_items(result.inbox_items)
        self._delete_inputs({*result.removed_texts, *(text.file for text in result.texts if text.problems)})
        self._save_inputs(detected, {text.file: text.hash for text in result.texts if not text.problems})
        # A file that is gone has no stamp any more: its record is deleted and not saved again.
        self._delete_inputs(result.inbox_hashes)
        self._save_inputs(detected, result.inbox_hashes)
        if detected.changes.registry_changed:
            self._save_inputs(detected, {file: hash_file(f"{root}/{file}") for file in REGISTRY_FILES})

    def save_build(
        self,
        detected: DetectedChanges,
        context: BuildContext,
        plan: RenderPlan,
        published: PublishResult,
        outputs: OutputRecords,
    ) -> None:
        """Save the records of a build that was published."""
        self._save_inputs(detected, self._find_new_hashes(detected, context.file_hashes.new))
        self._delete_inputs(self.inputs.keys() - detected.all_stamps.keys() - {*context.assets.values()})
        obsolete = {*published.deleted, *plan.obsolete_paths} - outputs.keys()
        self.cache.delete_output_records(obsolete)
        for path in obsolete:
            self.outputs.pop(path, None)
        self._save_outputs(self._restamp_outputs(detected) | outputs)
        # Imported late, as a build that finds nothing changed does without.
        from .render_plan import save_page_inputs

        save_page_inputs(self.cache, plan.tasks)
        self.cache.save_post_lists(plan.lists, replace_all=plan.is_full)
        if plan.is_full:
            self.posts.lists.clear()
        if published.written or published.deleted or not self.cache.read_value("site_version"):
            # The time and no count, which a new cache would begin again: the index of the search is compared by it.
            self.cache.save_value("site_version", str(time.time_ns()).encode())
        self.commit(plan.state)

    def commit_texts(self, detected: DetectedChanges) -> None:
        """Commit texts that were read although the site does not show them yet.

        A text that takes words from another file, such as captions, is committed only if that file is as its record
        says. A refused build saves no record of such a file: if it were changed back, the next build would see no
        change, and keep the text that was made of its other state.
        """
        differences = detected.input_differences
        differing = differences.changed | differences.new | differences.removed
        known_files = detected.all_stamps.keys() - differing
        self._delete_inputs(
            [
                body.file
                for body in self.posts.bodies.values()
                if any(file not in known_files and not is_post_or_page(file) for file in body.links)
            ]
        )
        self.commit(replace(self.state or BuildState(settings=detected.settings), is_complete=False))

    def commit(self, state: BuildState) -> None:
        """Commit all that was saved."""
        self.state = state
        self._build_number = str(int(self.cache.read_value("build_number") or b"0") + 1).encode()
        self.cache.save_value("state", msgspec.json.encode(state))
        self.cache.save_value("build_number", self._build_number)
        self.cache.commit()

    def _find_new_hashes(self, detected: DetectedChanges, hashes: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the new hashes without those of texts, which were saved when they were read."""
        differences = detected.input_differences
        texts = {file for file in differences.changed | differences.new if is_post_or_page(file)}
        return {file: digest for file, digest in hashes.items() if file in detected.all_stamps and file not in texts}

    def _restamp_outputs(self, detected: DetectedChanges) -> OutputRecords:
        return {
            path: (stamp, *self.outputs[path][1:])
            for path, stamp in detected.touched_stamps.items()
            if path in self.outputs
        }

    def _save_inputs(self, detected: DetectedChanges, hashes: Mapping[str, bytes]) -> None:
        records = {
            file: (detected.all_stamps[file], digest, detected.taken_at)
            for file, digest in hashes.items()
            if file in detected.all_stamps
        }
        self.inputs.update(records)
        self.cache.save_input_records((file, *record) for file, record in records.items())

    def _delete_inputs(self, files: Iterable[str]) -> None:
        files = set(files)
        self.cache.delete_input_records(files)
        for file in files:
            self.inputs.pop(file, None)

    def _save_outputs(self, outputs: OutputRecords) -> None:
        self.outputs.update(outputs)
        self.cache.save_output_records((path, *record) for path, record in outputs.items())
