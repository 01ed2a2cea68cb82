"""The shared state of sources, curation/state/sources.txt: validators, back-off and health for machines without var/.

A pull keeps it in an edition that has this file, which may be empty. One line per source, sorted:
`<id> <moment of the record> <state as JSON>`. Git merges it as a union, so that after the pulls of two clones a source
may have several lines: the latest one counts, and the next pull leaves only that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ...files import read_regular_file, write_atomically
from ..archive import Archive
from ..schedule import SourceState

STATE_FILE = "curation/state/sources.txt"

# A state that only says "read again" is written once a day: an hourly pull must not make 24 commits of it.
_REFRESH = timedelta(hours=20)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class _Record(Struct, frozen=True):
    moment: datetime
    state: SourceState
    line: str


def read_states(root: Path, archive: Archive) -> dict[str, SourceState]:
    """Return the state of each source: that of the archive, or the shared one where it is newer."""
    states = archive.read_states()
    for source_id, record in _parse_records(_read_text(root)).items():
        known = states.get(source_id)
        if known is None or _rank(record.state) > _rank(known):
            states[source_id] = record.state
    return states


def write_states(
    root: Path,
    states: Mapping[str, SourceState],
    *,
    now: datetime,
    source_ids: Collection[str],
    is_ours: Callable[[str], bool],
) -> None:
    """Write the states after a pull into the shared file, if the edition has one.

    Lines of sources that are not among `source_ids` are removed; those that another shard pulls stay as they are.
    """
    text = _read_text(root)
    if text is None:
        return
    records = _parse_records(text)
    lines = {source_id: record.line for source_id, record in records.items() if source_id in source_ids}
    for source_id, state in states.items():
        if source_id in source_ids and is_ours(source_id):
            shared = _select_shared(state, now)
            if _is_worth_writing(records.get(source_id), shared, now):
                lines[source_id] = _format_line(source_id, shared, now)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    changed = "".join(f"{line}\n" for line in [*dict.fromkeys(comments), *(lines[key] for key in sorted(lines))])
    if changed != text:
        write_atomically(root / STATE_FILE, changed)


def _read_text(root: Path) -> str | None:
    """Return the text of the shared file; None if the edition has none."""
    try:
        return read_regular_file(root / STATE_FILE).decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _parse_records(text: str | None) -> dict[str, _Record]:
    """Return the latest record of each source; lines that are none, such as marks of a conflict, are left out."""
    records: dict[str, _Record] = {}
    for line in (text or "").splitlines():
        source_id, _, rest = line.partition(" ")
        written, _, data = rest.partition(" ")
        with suppress(ValueError, msgspec.MsgspecError):
            moment = datetime.fromisoformat(written).astimezone(UTC)
            record = _Record(moment, msgspec.json.decode(data, type=SourceState), line)
            known = records.get(source_id)
            if known is None or (moment, line) > (known.moment, known.line):
                records[source_id] = record
    return records


def _format_line(source_id: str, state: SourceState, now: datetime) -> str:
    moment = now.astimezone(UTC).isoformat(timespec="seconds")
    return f"{source_id} {moment} {msgspec.json.encode(state).decode()}"


def _select_shared(state: SourceState, now: datetime) -> SourceState:
    """Return what other machines need to know: nothing that says how quick this one is, and no moment that is over."""
    next_due = state.next_due if state.next_due and state.next_due > now else None
    not_before = state.not_before if state.not_before and state.not_before > now else None
    return replace(state, fetch_seconds=0.0, next_due=next_due, not_before=not_before)


def _is_worth_writing(record: _Record | None, state: SourceState, now: datetime) -> bool:
    if record is None or not timedelta() <= now - record.moment < _REFRESH:
        return True
    return replace(record.state, last_success=None) != replace(state, last_success=None)


def _rank(state: SourceState) -> tuple[datetime, int]:
    """Return what grows from one pull of a source to the next."""
    return (state.last_success or _EARLIEST, state.failures)
