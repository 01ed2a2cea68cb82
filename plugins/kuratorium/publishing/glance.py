"""The quickest look: one digest of all stamps tells that nothing changed, without reading what each file's was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct

from ..folders import Stamp
from . import scan
from .decision import State
from .look import Gathered
from .store import Store


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
    young = any(scan.is_young(stamp, was.at) for stamp in files.values())
    return not young and _digest(files, gathered.site or {}) == was.digest


def keep(store: Store, at: int, files: Mapping[str, Stamp], site: Mapping[str, Stamp]) -> None:
    """Keep the digest of the edition's files as they were `at` that time, and of the site's."""
    store.keep_value("glance", msgspec.msgpack.encode(Glance(at, _digest(files, site))))


def forget(store: Store) -> None:
    """Make the next build look at every file."""
    store.keep_value("glance", b"")


def _digest(files: Mapping[str, Stamp], site: Mapping[str, Stamp]) -> bytes:
    return blake2b(msgspec.msgpack.encode((sorted(files.items()), sorted(site.items()))), digest_size=16).digest()
