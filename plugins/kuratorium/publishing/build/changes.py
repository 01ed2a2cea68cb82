"""What changed in the edition and its site since the last build.

A snapshot stamps every file; a file whose stamp differs from its record, or is too recent to trust, is hashed. What
differs is classified by a pure function. Before that, `snapshot_file` shows whether anything changed at all.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from msgspec import Struct

from ...edition.paths import (
    INBOX_FOLDER,
    MISSING_FILE,
    REGISTRY_FILES,
    FileStamp,
    LinkedFiles,
    is_post_or_page,
    is_settings_file,
    stamp_with_mtime,
)
from ...edition.settings import check_language
from ...errors import Problem
from ...files import hash_file, write_atomically
from ...program.theme import is_in_theme
from .. import settings as conf
from ..assets import find_assets
from ..settings import COPY_ENDINGS, Settings
from . import scan, snapshot_file
from .cache import CACHE_FILE
from .model import BuildState, ChangeSet, InputRecord, OutputRecords
from .snapshot_file import SiteState

InputRecords = Mapping[str, InputRecord]
"""File of the edition -> its record."""

# File systems take the time from the kernel's last tick, 1 to 10 ms ago: a file written within two ticks of its stamp
# may have been written again without a new time (as git's index handles "racily clean" entries).
_CLOCK_TICK_NS = 20_000_000
_SECOND_NS = 1_000_000_000


class InputDifferences(Struct, frozen=True, kw_only=True):
    """Files whose bytes changed, that are new, and that are gone; `hashes` of all files hashed to find out."""

    changed: frozenset[str]
    new: frozenset[str]
    removed: frozenset[str]
    hashes: dict[str, bytes]


class OutputDifferences(Struct, frozen=True, kw_only=True):
    """Files of the site that are missing or altered, orphaned files, and new stamps of files only touched."""

    altered: frozenset[str]
    unexpected: frozenset[str]
    touched_stamps: dict[str, FileStamp]


def compare_inputs(
    root: Path, stamps: Mapping[str, FileStamp], records: InputRecords, candidates: Collection[str] | None = None
) -> InputDifferences:
    """Compare files with their records; a file that was touched, or is too recent to tell, is hashed.

    Only the `candidates` can differ (None: all files can), apart from those without a stamp, which are gone.
    """
    hashes: dict[str, bytes] = {}
    changed: set[str] = set()
    new: set[str] = set()
    for file in stamps if candidates is None else stamps.keys() & candidates:
        stamp, record = stamps[file], records.get(file)
        if record is None:
            new.add(file)
        # The same bytes under a new stamp, as after `git checkout`, change nothing: hence the hash.
        elif stamp != record[0] or is_too_recent(stamp, record[2]):
            hashes[file] = hash_file(os.path.join(root, file))  # noqa: PTH118 - as above
            if hashes[file] != record[1]:
                changed.add(file)
    removed = frozenset(records.keys() - stamps.keys())
    return InputDifferences(changed=frozenset(changed), new=frozenset(new), removed=removed, hashes=hashes)


def is_too_recent(file_stamp: FileStamp, checked_at: int) -> bool:
    """Return whether a file may have been written again after `checked_at` (nanoseconds) without a new timestamp."""
    has_whole_seconds = file_stamp[1] % _SECOND_NS == 0  # as on FAT, HFS+ and some network file systems
    return file_stamp[1] > checked_at - (2 * _SECOND_NS if has_whole_seconds else _CLOCK_TICK_NS)


def compare_outputs(
    output: Path, stamps: Mapping[str, FileStamp] | None, records: OutputRecords, *, precompress: bool = False
) -> OutputDifferences:
    """Compare the site's files with their records; without `stamps` the site counts as the last build left it.

    `precompress`: compressed copies of files may lie beside them.
    """
    if stamps is None:
        return OutputDifferences(altered=frozenset(), unexpected=frozenset(), touched_stamps={})
    differing = [path for path, (stamp, _, _) in records.items() if stamps.get(path) != stamp]
    touched = {
        path: stamps[path]
        for path in differing
        # A link is altered, even if it leads to the same bytes: they may change without the site.
        if path in stamps and not os.path.islink(f"{output}/{path}")  # noqa: PTH114 - may be every file of the site
        if hash_file(f"{output}/{path}") == records[path][1]
    }
    return OutputDifferences(
        altered=frozenset(path for path in differing if path not in touched),
        unexpected=frozenset(
            path
            for path in stamps.keys() - records.keys()
            if not (precompress and path.endswith(COPY_ENDINGS) and path[:-3] in records)
        ),
        touched_stamps=touched,
    )


def classify_changes(
    input_differences: InputDifferences,
    *,
    state: BuildState,
    settings: Settings,
    as_of: datetime,
    output_differences: OutputDifferences,
    draws_cards: bool = True,
) -> ChangeSet:
    """Return what differs from the last build, by what it means for the next; a pure function."""
    differing = input_differences.changed | input_differences.new | input_differences.removed
    texts = {file for file in differing if is_post_or_page(file)}
    templates = {file for file in differing if is_in_theme(file, settings.theme, "templates")}
    translations = {file for file in differing if is_in_theme(file, settings.theme, "translations")}
    registry = differing & set(REGISTRY_FILES)
    inbox = {file for file in differing if file.startswith(f"{INBOX_FOLDER}/")}
    # Assets and settings files: all else that is stamped.
    rest = differing - texts - templates - translations - registry - inbox
    return ChangeSet(
        changed_texts=frozenset(texts - input_differences.removed),
        removed_texts=frozenset(texts & input_differences.removed),
        # The registry holds the time zone, too.
        registry_changed=bool(registry) or settings.site.timezone != state.settings.site.timezone,
        changed_inbox_files=frozenset(inbox),
        templates_changed=bool(templates),
        translations_changed=bool(translations),
        changed_assets=frozenset(file for file in rest if not is_settings_file(file)),
        settings_changed=settings != state.settings,
        conversion_changed=settings.plain_markdown != state.settings.plain_markdown,
        date_changed=not state.is_valid_at(as_of),
        altered_outputs=output_differences.altered,
        unexpected_outputs=output_differences.unexpected,
        last_build_incomplete=not state.is_complete,
        cards_stale=state.has_stale_cards and draws_cards,
    )


class CachedFiles(Struct, frozen=True):
    """The records of the edition's files and of the site's."""

    input_records: InputRecords
    output_records: OutputRecords


class Snapshot(Struct, frozen=True, kw_only=True):
    """The stamps of all files at one moment (`taken_at`, nanoseconds).

    `input_stamps` are those of posts, pages, registry, inbox and theme, `folder_stamps` those of the folders in which
    these and the assets lie. `linked_files` are those that texts linked to in the last build. With a watcher, only its
    `reported_files` among the inputs can differ from the last snapshot, and `output_stamps` is None: nothing touched
    the site.
    """

    taken_at: int
    settings: Settings
    input_stamps: dict[str, FileStamp]
    settings_stamps: dict[str, FileStamp]
    asset_stamps: dict[str, FileStamp]
    linked_files: LinkedFiles
    folder_stamps: dict[str, FileStamp]
    output_stamps: dict[str, FileStamp] | None
    reported_files: frozenset[str] | None
    problems: tuple[Problem, ...]

    @property
    def edition_stamps(self) -> dict[str, FileStamp]:
        """The stamps of all files of the edition."""
        return {**self.input_stamps, **self.settings_stamps, **self.asset_stamps}


class DetectedChanges(Struct, frozen=True, kw_only=True):
    """A snapshot compared with the records: stamps, differences, and what they mean.

    `all_stamps` are those of all files of the edition, `touched_stamps` new ones of the site's files with old bytes.
    """

    taken_at: int
    settings: Settings
    input_stamps: dict[str, FileStamp]
    all_stamps: dict[str, FileStamp]
    input_differences: InputDifferences
    problems: tuple[Problem, ...]
    changes: ChangeSet
    touched_stamps: dict[str, FileStamp]

    @property
    def needs_no_build(self) -> bool:
        """Whether there is nothing to build, and no problem to report."""
        return self.changes.is_empty and not self.problems


def read_settings_if_changed(root: Path, state: BuildState | None, input_records: InputRecords) -> Settings:
    """Return the settings; pelicanconf.py is only run if a file that it may depend on changed. Raises EditionError."""
    records = {file: record for file, record in input_records.items() if is_settings_file(file)}
    differences = compare_inputs(root, scan.scan_settings_files(root), records)
    if state and not (differences.changed or differences.new or differences.removed):
        check_language(root, state.settings.site)  # a catalogue may be gone while pelicanconf.py is as it was
        return state.settings
    return conf.read_settings(root)


def take_snapshot(
    root: Path,
    settings: Settings,
    linked_files: LinkedFiles,
    output: Path,
    *,
    input_stamps: dict[str, FileStamp] | None = None,
    folder_stamps: Mapping[str, FileStamp] = MappingProxyType({}),
    reported_files: frozenset[str] | None = None,
) -> Snapshot:
    """Stamp every file; with `input_stamps` only settings and assets, because all other changes are known.

    `reported_files` are those that a watcher, or a comparison with the last snapshot, found. `folder_stamps` are those
    of the folders of all inputs, if they are known, too.
    """
    taken_at = time.time_ns()  # before the first stamp: what is written meanwhile counts as too recent
    problems: tuple[Problem, ...] = ()
    output_stamps = None
    folder_stamps = dict(folder_stamps)
    if input_stamps is None:
        reported_files = None
        inputs = scan.scan_inputs(root, settings.theme)
        input_stamps, folder_stamps, problems = inputs.stamps, inputs.folder_stamps, inputs.problems
        output_stamps = scan.scan_outputs(output, settings.output_retention)
    asset_problems: list[Problem] = []
    assets = find_assets(root, settings, linked_files, asset_problems, folder_stamps=folder_stamps)
    # Files that only drafts name, or that are drawn anew, are not published; but a mistake in them, or their loss,
    # stops a build.
    unpublished = (*linked_files.withheld, *linked_files.pictures)
    withheld = [file for file in unpublished if os.path.isfile(f"{root}/{file}")]  # noqa: PTH113 - as above
    return Snapshot(
        taken_at=taken_at,
        settings=settings,
        input_stamps=input_stamps,
        settings_stamps=scan.scan_settings_files(root),
        asset_stamps=scan.stamp_files(root, [*assets.values(), *withheld]),
        linked_files=linked_files,
        folder_stamps=folder_stamps,
        output_stamps=output_stamps,
        reported_files=reported_files,
        problems=(*problems, *asset_problems),
    )


def detect_changes(
    snapshot: Snapshot,
    root: Path,
    *,
    state: BuildState | None,
    cached_files: CachedFiles,
    output: Path,
    as_of: datetime,
    draws_cards: bool = True,
) -> DetectedChanges:
    """Compare a snapshot with the records of the last build."""
    stamps, reported = snapshot.edition_stamps, snapshot.reported_files
    candidates = None if reported is None else {*reported, *snapshot.settings_stamps, *snapshot.asset_stamps}
    input_differences = compare_inputs(root, stamps, cached_files.input_records, candidates)
    output_differences = compare_outputs(
        output, snapshot.output_stamps, cached_files.output_records, precompress=snapshot.settings.precompress
    )
    return DetectedChanges(
        taken_at=snapshot.taken_at,
        settings=snapshot.settings,
        input_stamps=snapshot.input_stamps,
        all_stamps=stamps,
        input_differences=input_differences,
        problems=snapshot.problems,
        changes=classify_changes(
            input_differences,
            state=state or BuildState(settings=snapshot.settings),
            settings=snapshot.settings,
            as_of=as_of,
            output_differences=output_differences,
            draws_cards=draws_cards,
        ),
        touched_stamps=output_differences.touched_stamps,
    )


def save_snapshot(root: Path, snapshot: Snapshot, state: BuildState, cached_files: CachedFiles, output: Path) -> None:
    """Write the stamps of all files to SNAPSHOT_FILE, for the next build to compare: the site is up to date.

    Does not if a stamp is too recent to trust, or if a file counts that the snapshot does not hold: then the next build
    compares all files with their records.
    """
    edition_stamps = snapshot.edition_stamps
    linked_files = (*state.linked_files.public, *state.linked_files.withheld, *state.linked_files.pictures)
    missing = {file for file in linked_files if file not in edition_stamps and file not in snapshot.folder_stamps}
    is_complete = (
        snapshot.linked_files == state.linked_files
        and edition_stamps.keys() <= cached_files.input_records.keys()
        and not any(os.path.lexists(f"{root}/{file}") for file in missing)
    )
    stamps = chain(edition_stamps.values(), snapshot.folder_stamps.values())
    if not is_complete or any(is_too_recent(stamp, snapshot.taken_at) for stamp in stamps):
        return
    others = {**snapshot.settings_stamps, **snapshot.asset_stamps, **dict.fromkeys(missing, MISSING_FILE)}
    others |= snapshot_file.stamp_program()
    outputs = _stamp_site(root, output, cached_files.output_records)
    if outputs:
        state_of_site = _describe_site(state, output, len(cached_files.output_records))
        with contextlib.suppress(OverflowError):
            data = snapshot_file.encode_snapshot(
                state_of_site, snapshot.input_stamps, snapshot.folder_stamps, others, outputs
            )
            write_atomically(root / snapshot_file.SNAPSHOT_FILE, data)


def _stamp_site(root: Path, output: Path, records: OutputRecords) -> dict[str, FileStamp]:
    """Return the stamps of the site's files as recorded, of its folders and of the cache.

    The move into the site changes the folders at the last moment: two ticks later, no other change has their time. On a
    file system with coarser times nothing is returned.
    """
    prefix = conf.make_relative_path(root, str(output))
    folders = {path.rpartition("/")[0] for path in records}
    folders |= {str(parent) for folder in folders for parent in PurePosixPath(folder).parents}
    changing = [CACHE_FILE, *(prefix if folder in {"", "."} else f"{prefix}/{folder}" for folder in folders)]
    for _ in range(2):
        stamps = {path: stamp_with_mtime(os.lstat(root / path)) for path in changing}
        now = time.time_ns()
        if not any(is_too_recent(stamp, now) for stamp in stamps.values()):
            return stamps | {f"{prefix}/{path}": record[0] for path, record in records.items()}
        time.sleep(2 * _CLOCK_TICK_NS / _SECOND_NS)
    return {}


def _describe_site(state: BuildState, output: Path, file_count: int) -> SiteState:
    moments = (state.valid_from, state.valid_until, state.pinned_date)
    valid_from, valid_until, pinned_date = (moment.timestamp() if moment else None for moment in moments)
    return SiteState(
        valid_from=valid_from,
        valid_until=valid_until,
        pinned_date=pinned_date,
        counts=(state.post_count, state.page_count, file_count),
        index_path=str(output / "index.html"),
    )
