"""What a pull remembers of each source between runs: var/http/{source}.json, safe to delete."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from ..files import write_atomically


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The validators of the last good answer (as its server wrote them) and the time before which not to ask.

    They hold for `address` only: when the editors change it, the state is void.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    not_before: datetime | None = None


def read(root: Path, source_id: str, address: str) -> State:
    """Read what is known of a source at `address`; a missing, foreign or damaged file counts as nothing known."""
    try:
        state = msgspec.json.decode(_path(root, source_id).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return State(address=address)
    return state if state.address == address else State(address=address)


def write(root: Path, source_id: str, state: State) -> None:
    """Keep `state`; a file that says so already is left alone."""
    path = _path(root, source_id)
    data = msgspec.json.encode(state) + b"\n"
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)


def _path(root: Path, source_id: str) -> Path:
    return root / "var" / "http" / f"{source_id}.json"
