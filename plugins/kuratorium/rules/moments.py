"""Dates and events: what happens at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..model import Document
from ..records import Misfit
from ..registry import Registry
from ..yaml12 import Path


def dates(document: Document, _: Registry) -> Iterator[Misfit]:
    """A date is of our time; one of the year 0226 is mistyped, and calendars end at 9999."""
    meta, event = document.meta, document.meta.event
    moments: list[tuple[Path, datetime | None]] = [(("date",), meta.date), (("modified",), meta.modified)]
    moments += [(("event", "start"), event.start), (("event", "end"), event.end)] if event else []
    for path, moment in moments:
        if moment and not 1900 <= moment.year < 3000:
            mend = "Correct the year, as in 2026-09-30T09:00:00+02:00."
            yield Misfit(path, f"the year {moment.year:04} is not of our time", mend)


def corrections(document: Document, _: Registry) -> Iterator[Misfit]:
    """What is corrected was published before."""
    for index, correction in enumerate(document.meta.corrections):
        if correction.date < document.meta.date.date():
            what = f"{correction.date} is before the post's own date"
            yield Misfit(("corrections", index, "date"), what, "Write the day on which it was corrected.")


def event_runs_forward(document: Document, _: Registry) -> Iterator[Misfit]:
    """An event ends, and after it begins; a draft's may still be open."""
    event = document.meta.event
    if event and not event.end and document.meta.status != "draft":
        yield Misfit(
            ("event", "end"), "is missing: calendars ask how long it takes", "Add end: 2026-11-05T18:00:00+01:00."
        )
    elif event and event.end and event.end <= event.start:
        yield Misfit(("event", "end"), "the event ends before it begins", "Correct start or end.")
