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

from ...edition import paths
from ...edition.formats import FOLDERS
from ...edition.paths import GONE, INBOX, REGISTRY, Linked, Stamp, is_settings, is_text, stamp, visible, written
from ...errors import Problem
from ...files import hash_of
from .. import assets
from .. import settings as conf
from ..settings import Settings
from .cache import Store
from .result import Change, Outputs, State

Known = Mapping[str, tuple[Stamp, bytes, int]]
"""File -> stamp, hash, and when it was looked at (nanoseconds)."""

_TICK = 20_000_000  # nanoseconds: file systems tell the time of a moment ago
_SECOND = 1_000_000_000


class Inputs(Struct, frozen=True, kw_only=True):
    """Files with their stamps, from the edition's root, and what is wrong with the folders of texts."""

    files: dict[str, Stamp]
    problems: tuple[Problem, ...]


class Difference(Struct, frozen=True, kw_only=True):
    """Files whose bytes changed, that are new, that are gone; `hashes` of all that were hashed for it."""

    changed: frozenset[str]
    new: frozenset[str]
    gone: frozenset[str]
    hashes: dict[str, bytes]


class Site(Struct, frozen=True, kw_only=True):
    """Files missing or not as a build left them, files of nobody, and new stamps of those that only were touched."""

    lost: frozenset[str]
    strange: frozenset[str]
    touched: dict[str, Stamp]


def settings_stamps(root: Path) -> dict[str, Stamp]:
    """Stamp what the settings may come from: the Python files at the top of the edition."""
    names = [name for name in os.listdir(root) if name.endswith(".py")]  # noqa: PTH208 - as the others here
    return {name: stamp(f"{root}/{name}", written) for name in sorted(names)}


def inputs(root: Path, theme: str) -> Inputs:
    """Stamp texts, registry and theme; assets are found by `assets.find`."""
    files: dict[str, Stamp] = {file: stamp(f"{root}/{file}", written) for file in REGISTRY}
    problems: list[Problem] = []
    for folder in FOLDERS.values():
        unread: list[OSError] = []
        found = visible(str(root), folder, unread)
        if unread or not all(file.endswith(".md") for file in found):
            from ...edition import loader  # noqa: PLC0415 - it reads YAML, which a build that finds nothing changed does not

            problems += loader.strays(root, sorted(found), unread)
        files.update((file, one) for file, one in found.items() if file.endswith(".md"))
    inbox = visible(str(root), INBOX, [])
    files.update((file, one) for file, one in inbox.items() if file.endswith(".md"))
    for folder in ("templates", "translations"):
        files.update((f"{theme}/{file}", one) for file, one in visible(str(root / theme), folder, []).items())
    return Inputs(files=files, problems=tuple(problems))


def differences(root: Path, now: Mapping[str, Stamp], known: Known) -> Difference:
    """Compare files with what is known of them. What only was touched, or is too young to tell, is hashed."""
    hashes: dict[str, bytes] = {}
    changed: set[str] = set()
    new: set[str] = set()
    for file, found in now.items():
        was = known.get(file)
        if was is None:
            new.add(file)
        elif found != was[0] or is_young(found, was[2]):
            hashes[file] = hash_of(f"{root}/{file}")
            if hashes[file] != was[1]:
                changed.add(file)
    gone = frozenset(known.keys() - now.keys())
    return Difference(changed=frozenset(changed), new=frozenset(new), gone=gone, hashes=hashes)


def is_young(found: Stamp, seen: int) -> bool:
    """Tell whether a file may have been written again after it was looked at, without another time to show for it."""
    coarse = found[1] % _SECOND == 0  # a file system that counts seconds
    return found[1] > seen - (2 * _SECOND if coarse else _TICK)


def outputs(output: Path, foreign: Collection[str]) -> dict[str, Stamp]:
    """Stamp the files of the site, but for the `foreign` entries at its top."""
    found: dict[str, Stamp] = {}
    ahead = [""]
    while ahead:
        here = ahead.pop()
        try:
            entries = list(os.scandir(f"{output}/{here}"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if not here and entry.name in foreign:
                continue
            if entry.is_dir(follow_symlinks=False):
                ahead.append(f"{here}{entry.name}/")
            else:
                stat = entry.stat(follow_symlinks=False)
                found[here + entry.name] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def site_difference(
    output: Path, now: Mapping[str, Stamp] | None, known: Mapping[str, tuple[Stamp, bytes, bytes]]
) -> Site:
    """Compare the site with what the last build left; without `now` it is taken to be that."""
    if now is None:
        return Site(lost=frozenset(), strange=frozenset(), touched={})
    differing = [path for path, (was, _, _) in known.items() if now.get(path) != was]
    touched = {path: now[path] for path in differing if path in now and hash_of(f"{output}/{path}") == known[path][1]}
    return Site(
        lost=frozenset(path for path in differing if path not in touched),
        strange=frozenset(now.keys() - known.keys()),
        touched=touched,
    )


def stamps(root: Path, files: Iterable[str]) -> dict[str, Stamp]:
    """Stamp these files."""
    return {file: stamp(f"{root}/{file}", written) for file in files}


def decide(found: Difference, *, state: State, settings: Settings, as_of: datetime, site: Site) -> Change:
    """Sort what differs from the last build."""
    differing = found.changed | found.new | found.gone
    texts = {file for file in differing if is_text(file)}
    templates = {file for file in differing if file.startswith(f"{settings.theme}/templates/")}
    words = {file for file in differing if file.startswith(f"{settings.theme}/translations/")}
    registry = differing & set(REGISTRY)
    inbox = {file for file in differing if is_inbox(file)}
    assets = {file for file in differing - texts - templates - words - registry - inbox if not is_settings(file)}
    return Change(
        texts=frozenset(texts - found.gone),
        gone=frozenset(texts & found.gone),
        registry=bool(registry),
        inbox=frozenset(inbox),
        templates=bool(templates),
        words=bool(words),
        assets=frozenset(assets),
        settings=settings != state.settings,
        day=not state.holds(as_of),
        lost=site.lost,
        strange=site.strange,
        unfinished=not state.whole,
    )


def is_inbox(file: str) -> bool:
    """Tell what waits for a note."""
    return file.startswith(f"{INBOX}/")


def window(moments: set[datetime], as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """Say from when until when a site made for `as_of` stays as it is, if only at these moments something changes."""
    past = [moment for moment in moments if moment <= as_of]
    ahead = [moment for moment in moments if moment > as_of]
    return max(past, default=None), min(ahead, default=None)


def encode(state: State) -> bytes:
    """Write the state down."""
    return msgspec.json.encode(state)


def decode(text: bytes) -> State | None:
    """Read the state, if there is one."""
    return msgspec.json.decode(text, type=State) if text else None


class CachedFiles(Struct, frozen=True):
    """What is remembered of the edition's files, and of the site's."""

    inputs: Known
    outputs: Outputs


class Gathered(Struct, frozen=True, kw_only=True):
    """All stamps: of texts, registry and theme (`seen`), settings, assets, and the site (None: not looked at)."""

    at: int
    settings: Settings
    seen: dict[str, Stamp]
    scripts: dict[str, Stamp]
    assets: assets.Assets
    copied: dict[str, Stamp]
    site: dict[str, Stamp] | None
    problems: tuple[Problem, ...]


class Look(Struct, frozen=True, kw_only=True):
    """Texts, registry and theme (`seen`), these and all other files with their stamps, what differs, what is wrong.

    `at` is when (nanoseconds); `touched` are new stamps of files of the site that are as they were.
    """

    at: int
    settings: Settings
    seen: dict[str, Stamp]
    files: dict[str, Stamp]
    assets: assets.Assets
    found: Difference
    problems: tuple[Problem, ...]
    change: Change
    touched: dict[str, Stamp]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do, and nothing to complain of."""
        return self.change.nothing and not self.problems


def read_settings(root: Path, state: State | None, known: Known) -> Settings:
    """Read the settings, if what they come from is not as it was."""
    was = {file: row for file, row in known.items() if paths.is_settings(file)}
    differing = differences(root, settings_stamps(root), was)
    if state and not (differing.changed or differing.new or differing.gone):
        return state.settings
    return conf.read(root)


def seen(root: Path, before: Mapping[str, Stamp], changed: frozenset[str] | None) -> dict[str, Stamp] | None:
    """Stamp only the files that are said to have changed; None where that does not do, and all must be looked at.

    `before` is what was seen before, or nothing where that is of no use.
    """
    if changed is None or not before or not changed <= before.keys():
        return None
    now = {file: stamp(f"{root}/{file}", written) for file in changed}
    return None if GONE in now.values() else {**before, **now}


def gather(
    root: Path, settings: Settings, linked: Linked, output: Path, seen: dict[str, Stamp] | None = None
) -> Gathered:
    """Stamp everything; where texts, registry and theme were `seen` already, only what else the edition has."""
    at = time.time_ns()
    problems: tuple[Problem, ...] = ()
    site = None
    if seen is None:
        looked = inputs(root, settings.theme)
        seen, problems = looked.files, looked.problems
        site = outputs(output, settings.retention)
    copied = assets.find(root, settings, linked)
    return Gathered(
        at=at,
        settings=settings,
        seen=seen,
        scripts=settings_stamps(root),
        assets=copied,
        copied=stamps(root, copied.values()),
        site=site,
        problems=problems,
    )


def look(
    gathered: Gathered, root: Path, *, state: State | None, known: CachedFiles, output: Path, as_of: datetime
) -> Look:
    """Compare what was gathered with what is known."""
    files = {**gathered.seen, **gathered.scripts, **gathered.copied}
    differing = differences(root, files, known.inputs)
    site = site_difference(output, gathered.site, known.outputs)
    state = state or State(settings=gathered.settings)
    change = decide(differing, state=state, settings=gathered.settings, as_of=as_of, site=site)
    return Look(
        at=gathered.at,
        settings=gathered.settings,
        seen=gathered.seen,
        files=files,
        assets=gathered.assets,
        found=differing,
        problems=gathered.problems,
        change=change,
        touched=site.touched,
    )


class Glance(Struct, frozen=True):
    """When it was taken (nanoseconds), and the digest of all stamps."""

    at: int
    digest: bytes


def unchanged(gathered: Gathered, store: Store, state: State, as_of: datetime) -> bool:
    """Tell whether neither the edition nor its site nor the date changed anything since the last build."""
    kept = store.value("glance")
    if not kept or not state.whole or not state.holds(as_of) or gathered.problems:
        return False
    was = msgspec.msgpack.decode(kept, type=Glance)
    files = {**gathered.seen, **gathered.scripts, **gathered.copied}
    young = any(is_young(stamp, was.at) for stamp in files.values())
    return not young and _digest(files, gathered.site or {}) == was.digest


def keep(store: Store, at: int, files: Mapping[str, Stamp], site: Mapping[str, Stamp]) -> None:
    """Keep the digest of the edition's files as they were `at` that time, and of the site's."""
    store.keep_value("glance", msgspec.msgpack.encode(Glance(at, _digest(files, site))))


def forget(store: Store) -> None:
    """Make the next build look at every file."""
    store.keep_value("glance", b"")


def _digest(files: Mapping[str, Stamp], site: Mapping[str, Stamp]) -> bytes:
    return blake2b(msgspec.msgpack.encode((sorted(files.items()), sorted(site.items()))), digest_size=16).digest()
