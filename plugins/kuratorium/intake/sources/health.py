"""The health of the sources, as `kuratorium sources status` shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from ...edition import frontmatter, yaml
from ...edition.curation import Source
from ...edition.paths import NOTES_FOLDER
from ...edition.registry import Registry
from ..archive import Archive
from ..identity import MAX_BAD_GUID_SHARE
from ..schedule import SourceState
from . import shared_state

_RECENT_WEEKS = 13  # a quarter of a year
# The line of a work's source in block style; for thousands of notes, much faster than a YAML parser.
_SOURCE_LINE = re.compile(r"^[ ]*(?:-[ ]+)?source:[ \t]*[\"']?([a-z0-9-]+)[\"']?[ \t]*(?:#.*)?$", re.M)

HealthStatus = Literal["fine", "failing", "moved", "never", "let alone"]


class SourceHealth(Struct, frozen=True, kw_only=True):
    """The health of one source; moments are aware, and None for what never happened.

    `reason` is the code of the failures since `failing_since`, `words` the message. `per_week` is the rate of the last
    quarter; None if no entry is known. `picks` counts the notes that recommend a work of the source. `bad_ids` is the
    share (0 to 1) of entries whose id is blank or repeated; `ids_judged` is whether there are so many that its ids
    alone are not trusted.
    """

    # The names of the fields and statuses are those of `kuratorium sources status --json`.

    id: str
    name: str
    feed: str
    status: HealthStatus
    last_success: datetime | None = None
    reason: str = ""
    words: str = ""
    failing_since: datetime | None = None
    failures: int = 0
    next_due: datetime | None = None
    per_week: float | None = None
    picks: int = 0
    bad_ids: float = 0.0
    ids_judged: bool = False
    moved_to: str = ""
    held_back: int = 0


def read_health(root: Path, registry: Registry, archive: Archive, today: date) -> tuple[SourceHealth, ...]:
    """Return the health of every source of the edition at `root`, in the order of sources.yaml."""
    states = shared_state.read_states(root, archive)
    recent = archive.count_since((today - timedelta(weeks=_RECENT_WEEKS)).isoformat())
    picks = count_picks(root)
    return tuple(
        build_health(
            source, states.get(source.id), calculate_recent_rate(recent.get(source.id), today), picks[source.id]
        )
        for source in registry.sources.values()
    )


def build_health(
    source: Source, state: SourceState | None, per_week: float | None = None, picks: int = 0
) -> SourceHealth:
    """Return the health of one source; a state of an address that is no longer its feed's does not count."""
    common: dict[str, Any] = {
        "id": source.id,
        "name": source.name,
        "feed": source.feed,
        "picks": picks,
        "per_week": per_week,
    }
    if state is None or state.address != source.feed:
        return SourceHealth(**common, status="let alone" if source.rights.opt_out else "never")
    next_due = max((moment for moment in (state.next_due, state.not_before) if moment), default=None)
    return SourceHealth(
        **common,
        status=_determine_status(source, state),
        last_success=state.last_success,
        reason=state.last_error,
        words=state.last_error_message,
        failing_since=state.failing_since,
        failures=state.failures,
        next_due=next_due,
        bad_ids=state.bad_guid_share,
        ids_judged=state.bad_guid_share > MAX_BAD_GUID_SHARE,
        moved_to=state.moved_to,
        held_back=state.held_back,
    )


def calculate_recent_rate(count_and_first_day: tuple[int, str] | None, today: date) -> float | None:
    """Return the number of entries per week, from their number and the day of the first; None if there are none."""
    if not count_and_first_day:
        return None
    count, first_day = count_and_first_day
    weeks = ((today - date.fromisoformat(first_day)).days + 1) / 7
    return round(count / max(weeks, 1), 1)  # a week at least: one entry of today is not seven per week


def count_picks(root: Path) -> Counter[str]:
    """Return the number of notes that recommend a work of each source, by source id."""
    files = (path for path in (root / NOTES_FOLDER).rglob("*.md") if path.is_file())
    return Counter(
        source for path in files for source in _find_source_ids(path.read_bytes().decode("utf-8", "replace"))
    )


def _determine_status(source: Source, state: SourceState) -> HealthStatus:
    if source.rights.opt_out:
        return "let alone"
    if state.failing_since:
        return "failing"
    return "moved" if state.moved_to else "fine" if state.last_success else "never"


def _find_source_ids(text: str) -> set[str]:
    """Return the sources whose works a note recommends.

    Only front matter with flow style ("{") or block scalars ("|", ">") needs a YAML parser: there, a line that looks
    like a source may be none, or the other way round.
    """
    try:
        front = frontmatter.split_front_matter("", text.replace("\r\n", "\n")).front_matter
    except frontmatter.InvalidFileError:
        return set()
    if not re.search(r"\{|[|>][-+0-9]*[ \t]*$", front, re.M):
        return set(_SOURCE_LINE.findall(front))
    try:
        return set(_read_work_sources(yaml.load_yaml(front)))
    except yaml.InvalidYamlError:
        return set()


def _read_work_sources(values: Any) -> Iterator[str]:
    works = values.get("bookmark_of") if isinstance(values, Mapping) else None
    for work in works if isinstance(works, list) else ():
        if isinstance(work, Mapping) and isinstance(work.get("source"), str):
            yield work["source"]
