"""What lies on the disk now, beside what a build remembers of it: files that changed, appeared or went.

What is to be done: a pure function of what a build finds and what it remembers.

What an engine finds when it looks at an edition and its site, beside what it remembers of them.

The quickest look: one digest of all stamps tells that nothing changed, without reading what each file's was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from ...edition.formats import FOLDERS_BY_FORMAT
from ...edition.paths import (
    INBOX_FOLDER,
    MISSING_FILE,
    REGISTRY_FILES,
    FileStamp,
    LinkedFiles,
    is_post_or_page,
    is_settings_file,
    scan_visible_files,
    stamp_file,
    stamp_with_ctime,
)
from ...errors import Problem
from ...files import hash_file
from .. import assets
from .. import settings as conf
from ..settings import Settings
from .cache import Cache
from .model import BuildState, ChangeSet, InputRecord, OutputRecords

InputRecords = Mapping[str, InputRecord]
"""File of the edition -> its record."""

_CLOCK_TICK_NS = 20_000_000  # nanoseconds: file systems tell the time of a moment ago
_SECOND_NS = 1_000_000_000


class InputScan(Struct, frozen=True, kw_only=True):
    """Files with their stamps, from the edition's root, and what is wrong with the folders of texts."""

    stamps: dict[str, FileStamp]
    problems: tuple[Problem, ...]


class InputDifferences(Struct, frozen=True, kw_only=True):
    """Files whose bytes changed, that are new, that are gone; `hashes` of all that were hashed for it."""

    changed: frozenset[str]
    new: frozenset[str]
    removed: frozenset[str]
    hashes: dict[str, bytes]


class OutputDifferences(Struct, frozen=True, kw_only=True):
    """Files missing or not as a build left them, files of nobody, and new stamps of those that only were touched."""

    altered: frozenset[str]
    unexpected: frozenset[str]
    touched_stamps: dict[str, FileStamp]


def scan_settings_files(root: Path) -> dict[str, FileStamp]:
    """Stamp what the settings may come from: the Python files at the top of the edition."""
    names = [name for name in os.listdir(root) if name.endswith(".py")]  # noqa: PTH208 - as the others here
    return {name: stamp_file(f"{root}/{name}", stamp_with_ctime) for name in sorted(names)}


def scan_inputs(root: Path, theme: str) -> InputScan:
    """Stamp texts, registry and theme; assets are found by `assets.find`."""
    files: dict[str, FileStamp] = {file: stamp_file(f"{root}/{file}", stamp_with_ctime) for file in REGISTRY_FILES}
    problems: list[Problem] = []
    for folder in FOLDERS_BY_FORMAT.values():
        unread: list[OSError] = []
        found = scan_visible_files(str(root), folder, unread)
        if unread or not all(file.endswith(".md") for file in found):
            from ...edition import loader  # noqa: PLC0415 - it reads YAML, which a build that finds nothing changed does not

            problems += loader.check_stray_files(root, sorted(found), unread)
        files.update((file, one) for file, one in found.items() if file.endswith(".md"))
    inbox = scan_visible_files(str(root), INBOX_FOLDER, [])
    files.update((file, one) for file, one in inbox.items() if file.endswith(".md"))
    for folder in ("templates", "translations"):
        files.update(
            (f"{theme}/{file}", one) for file, one in scan_visible_files(str(root / theme), folder, []).items()
        )
    return InputScan(stamps=files, problems=tuple(problems))


def compare_inputs(root: Path, now: Mapping[str, FileStamp], records: InputRecords) -> InputDifferences:
    """Compare files with what is known of them. What only was touched, or is too young to tell, is hashed."""
    hashes: dict[str, bytes] = {}
    changed: set[str] = set()
    new: set[str] = set()
    for file, found in now.items():
        was = records.get(file)
        if was is None:
            new.add(file)
        elif found != was[0] or is_too_recent(found, was[2]):
            hashes[file] = hash_file(f"{root}/{file}")
            if hashes[file] != was[1]:
                changed.add(file)
    gone = frozenset(records.keys() - now.keys())
    return InputDifferences(changed=frozenset(changed), new=frozenset(new), removed=gone, hashes=hashes)


def is_too_recent(file_stamp: FileStamp, checked_at: int) -> bool:
    """Tell whether a file may have been written again after it was looked at, without another time to show for it."""
    coarse = file_stamp[1] % _SECOND_NS == 0  # a file system that counts seconds
    return file_stamp[1] > checked_at - (2 * _SECOND_NS if coarse else _CLOCK_TICK_NS)


def scan_outputs(output: Path, retained: Collection[str]) -> dict[str, FileStamp]:
    """Stamp the files of the site, but for the `foreign` entries at its top."""
    found: dict[str, FileStamp] = {}
    ahead = [""]
    while ahead:
        here = ahead.pop()
        try:
            entries = list(os.scandir(f"{output}/{here}"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if not here and entry.name in retained:
                continue
            if entry.is_dir(follow_symlinks=False):
                ahead.append(f"{here}{entry.name}/")
            else:
                stat = entry.stat(follow_symlinks=False)
                found[here + entry.name] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def compare_outputs(
    output: Path, now: Mapping[str, FileStamp] | None, records: Mapping[str, tuple[FileStamp, bytes, bytes]]
) -> OutputDifferences:
    """Compare the site with what the last build left; without `now` it is taken to be that."""
    if now is None:
        return OutputDifferences(altered=frozenset(), unexpected=frozenset(), touched_stamps={})
    differing = [path for path, (was, _, _) in records.items() if now.get(path) != was]
    touched = {
        path: now[path] for path in differing if path in now and hash_file(f"{output}/{path}") == records[path][1]
    }
    return OutputDifferences(
        altered=frozenset(path for path in differing if path not in touched),
        unexpected=frozenset(now.keys() - records.keys()),
        touched_stamps=touched,
    )


def stamp_files(root: Path, files: Iterable[str]) -> dict[str, FileStamp]:
    """Stamp these files."""
    return {file: stamp_file(f"{root}/{file}", stamp_with_ctime) for file in files}


def classify_changes(
    input_differences: InputDifferences,
    *,
    state: BuildState,
    settings: Settings,
    as_of: datetime,
    output_differences: OutputDifferences,
) -> ChangeSet:
    """Sort what differs from the last build."""
    differing = input_differences.changed | input_differences.new | input_differences.removed
    texts = {file for file in differing if is_post_or_page(file)}
    templates = {file for file in differing if file.startswith(f"{settings.theme}/templates/")}
    words = {file for file in differing if file.startswith(f"{settings.theme}/translations/")}
    registry = differing & set(REGISTRY_FILES)
    inbox = {file for file in differing if file.startswith(f"{INBOX_FOLDER}/")}
    assets = {file for file in differing - texts - templates - words - registry - inbox if not is_settings_file(file)}
    return ChangeSet(
        changed_texts=frozenset(texts - input_differences.removed),
        removed_texts=frozenset(texts & input_differences.removed),
        registry_changed=bool(registry),
        changed_inbox_files=frozenset(inbox),
        templates_changed=bool(templates),
        translations_changed=bool(words),
        changed_assets=frozenset(assets),
        settings_changed=settings != state.settings,
        date_changed=not state.is_valid_at(as_of),
        altered_outputs=output_differences.altered,
        unexpected_outputs=output_differences.unexpected,
        last_build_incomplete=not state.is_complete,
    )


class CachedFiles(Struct, frozen=True):
    """What is remembered of the edition's files, and of the site's."""

    input_records: InputRecords
    output_records: OutputRecords


class Snapshot(Struct, frozen=True, kw_only=True):
    """All stamps: of texts, registry and theme (`seen`), settings, assets, and the site (None: not looked at)."""

    taken_at: int
    settings: Settings
    input_stamps: dict[str, FileStamp]
    settings_stamps: dict[str, FileStamp]
    assets: assets.Assets
    asset_stamps: dict[str, FileStamp]
    output_stamps: dict[str, FileStamp] | None
    problems: tuple[Problem, ...]


class DetectedChanges(Struct, frozen=True, kw_only=True):
    """Texts, registry and theme (`seen`), these and all other files with their stamps, what differs, what is wrong.

    `at` is when (nanoseconds); `touched` are new stamps of files of the site that are as they were.
    """

    taken_at: int
    settings: Settings
    input_stamps: dict[str, FileStamp]
    all_stamps: dict[str, FileStamp]
    assets: assets.Assets
    input_differences: InputDifferences
    problems: tuple[Problem, ...]
    changes: ChangeSet
    touched_stamps: dict[str, FileStamp]

    @property
    def needs_no_build(self) -> bool:
        """Whether there is nothing to do, and nothing to complain of."""
        return self.changes.is_empty and not self.problems


def read_settings_if_changed(root: Path, state: BuildState | None, input_records: InputRecords) -> Settings:
    """Read the settings, if what they come from is not as it was."""
    was = {file: row for file, row in input_records.items() if is_settings_file(file)}
    differing = compare_inputs(root, scan_settings_files(root), was)
    if state and not (differing.changed or differing.new or differing.removed):
        return state.settings
    return conf.read_settings(root)


def update_stamps(
    root: Path, previous_stamps: Mapping[str, FileStamp], changed_files: frozenset[str] | None
) -> dict[str, FileStamp] | None:
    """Stamp only the files that are said to have changed; None where that does not do, and all must be looked at.

    `before` is what was seen before, or nothing where that is of no use.
    """
    if changed_files is None or not previous_stamps or not changed_files <= previous_stamps.keys():
        return None
    now = {file: stamp_file(f"{root}/{file}", stamp_with_ctime) for file in changed_files}
    return None if MISSING_FILE in now.values() else {**previous_stamps, **now}


def take_snapshot(
    root: Path,
    settings: Settings,
    linked_files: LinkedFiles,
    output: Path,
    input_stamps: dict[str, FileStamp] | None = None,
) -> Snapshot:
    """Stamp everything; where texts, registry and theme were `seen` already, only what else the edition has."""
    at = time.time_ns()
    problems: tuple[Problem, ...] = ()
    site = None
    if input_stamps is None:
        looked = scan_inputs(root, settings.theme)
        input_stamps, problems = looked.stamps, looked.problems
        site = scan_outputs(output, settings.output_retention)
    copied = assets.find_assets(root, settings, linked_files)
    return Snapshot(
        taken_at=at,
        settings=settings,
        input_stamps=input_stamps,
        settings_stamps=scan_settings_files(root),
        assets=copied,
        asset_stamps=stamp_files(root, copied.values()),
        output_stamps=site,
        problems=problems,
    )


def detect_changes(
    snapshot: Snapshot,
    root: Path,
    *,
    state: BuildState | None,
    cached_files: CachedFiles,
    output: Path,
    as_of: datetime,
) -> DetectedChanges:
    """Compare what was gathered with what is known."""
    files = {**snapshot.input_stamps, **snapshot.settings_stamps, **snapshot.asset_stamps}
    differing = compare_inputs(root, files, cached_files.input_records)
    site = compare_outputs(output, snapshot.output_stamps, cached_files.output_records)
    state = state or BuildState(settings=snapshot.settings)
    change = classify_changes(differing, state=state, settings=snapshot.settings, as_of=as_of, output_differences=site)
    return DetectedChanges(
        taken_at=snapshot.taken_at,
        settings=snapshot.settings,
        input_stamps=snapshot.input_stamps,
        all_stamps=files,
        assets=snapshot.assets,
        input_differences=differing,
        problems=snapshot.problems,
        changes=change,
        touched_stamps=site.touched_stamps,
    )


class SnapshotDigest(Struct, frozen=True):
    """When it was taken (nanoseconds), and the digest of all stamps."""

    taken_at: int
    digest: bytes


def is_unchanged(snapshot: Snapshot, cache: Cache, state: BuildState, as_of: datetime) -> bool:
    """Tell whether neither the edition nor its site nor the date changed anything since the last build."""
    kept = cache.read_value("glance")
    if not kept or not state.is_complete or not state.is_valid_at(as_of) or snapshot.problems:
        return False
    was = msgspec.msgpack.decode(kept, type=SnapshotDigest)
    files = {**snapshot.input_stamps, **snapshot.settings_stamps, **snapshot.asset_stamps}
    young = any(is_too_recent(stamp, was.taken_at) for stamp in files.values())
    return not young and _digest_stamps(files, snapshot.output_stamps or {}) == was.digest


def save_snapshot_digest(
    cache: Cache, taken_at: int, input_stamps: Mapping[str, FileStamp], output_stamps: Mapping[str, FileStamp]
) -> None:
    """Keep the digest of the edition's files as they were `at` that time, and of the site's."""
    cache.save_value(
        "glance", msgspec.msgpack.encode(SnapshotDigest(taken_at, _digest_stamps(input_stamps, output_stamps)))
    )


def clear_snapshot_digest(cache: Cache) -> None:
    """Make the next build look at every file."""
    cache.save_value("glance", b"")


def _digest_stamps(files: Mapping[str, FileStamp], site: Mapping[str, FileStamp]) -> bytes:
    return blake2b(msgspec.msgpack.encode((sorted(files.items()), sorted(site.items()))), digest_size=16).digest()
