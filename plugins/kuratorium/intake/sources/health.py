"""How the sources are: what is known of each, as `kuratorium sources status` shows it."""

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
from ...edition.registry import Registry
from ..archive import Archive
from ..schedule import State

NOTES = "curation/notes"
_WEEKS = 13  # a quarter: what a source has done lately
_BAD = 0.05  # of a feed's ids may be blank or repeated; with more of them none is believed
_PICKED = re.compile(r"^[ ]*(?:-[ ]+)?source:[ \t]*[\"']?([a-z0-9-]+)[\"']?[ \t]*(?:#.*)?$", re.M)

Status = Literal["fine", "failing", "moved", "never", "let alone"]


class Health(Struct, frozen=True, kw_only=True):
    """What is known of one source; moments are aware, and None where it never happened.

    `reason` is the code of the failures since `failing_since`, `words` say it. `per_week` counts entries of the last
    quarter; None: none is known. `picks` are the notes that recommend a work of it. `bad_ids` is the share (0 to 1) of
    entries whose id is blank or repeated, `ids_judged` whether that is so many that none of its ids is believed.
    """

    id: str
    name: str
    feed: str
    status: Status
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


def read(root: Path, known: Registry, archive: Archive, today: date) -> tuple[Health, ...]:
    """Tell how every source of the edition at `root` is, in the order of sources.yaml."""
    states = archive.states()
    dated = archive.dated((today - timedelta(weeks=_WEEKS)).isoformat())
    picked = picks(root)
    return tuple(
        of(one, states.get(one.id), rate(dated.get(one.id), today), picked[one.id]) for one in known.sources.values()
    )


def of(source: Source, state: State | None, per_week: float | None = None, picked: int = 0) -> Health:
    """Put together what is known of one source; what was known of another address is void."""
    about: dict[str, Any] = {"id": source.id, "name": source.name, "feed": source.feed, "picks": picked}
    about["per_week"] = per_week
    if state is None or state.address != source.feed:
        return Health(**about, status="let alone" if source.rights.opt_out else "never")
    due = max((moment for moment in (state.next_due, state.not_before) if moment), default=None)
    return Health(
        **about,
        status=_status(source, state),
        last_success=state.last_success,
        reason=state.last_error,
        words=state.last_words,
        failing_since=state.failing_since,
        failures=state.failures,
        next_due=due,
        bad_ids=state.bad_guids,
        ids_judged=state.bad_guids > _BAD,
        moved_to=state.moved_to,
        held_back=state.held_back,
    )


def rate(dated: tuple[int, str] | None, today: date) -> float | None:
    """Tell how many entries a week there were of late, from their number and the day of the first."""
    if not dated:
        return None
    count, first = dated
    weeks = ((today - date.fromisoformat(first)).days + 1) / 7
    return round(count / max(weeks, 1), 1)


def picks(root: Path) -> Counter[str]:
    """Count the notes that recommend a work of each source, by source."""
    files = (path for path in (root / NOTES).rglob("*.md") if path.is_file())
    return Counter(source for path in files for source in _sources_of(path.read_bytes().decode("utf-8", "replace")))


def _status(source: Source, state: State) -> Status:
    if source.rights.opt_out:
        return "let alone"
    if state.failing_since:
        return "failing"
    return "moved" if state.moved_to else "fine" if state.last_success else "never"


def _sources_of(text: str) -> set[str]:
    """Tell which sources a note names; only front matter in braces or with texts of several lines needs a parser."""
    try:
        front = frontmatter.split("", text.replace("\r\n", "\n")).front
    except frontmatter.BadFile:
        return set()
    if not re.search(r"\{|[|>][-+0-9]*[ \t]*$", front, re.M):
        return set(_PICKED.findall(front))
    try:
        return set(_named(yaml.load(front)))
    except yaml.YamlError:
        return set()


def _named(values: Any) -> Iterator[str]:
    works = values.get("bookmark_of") if isinstance(values, Mapping) else None
    for work in works if isinstance(works, list) else ():
        if isinstance(work, Mapping) and isinstance(work.get("source"), str):
            yield work["source"]
