"""What its format asks of a post, and where the post goes.

Ids: what front matter names is there.

Dates and events: what happens at a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...slugs import slug_of
from .. import prose
from ..formats import by_id
from ..model import Document, Leaf, Listed
from ..registry import Registry, unknown
from ..validation import Misfit
from ..yaml import Path

_EXAMPLES = {
    "authors": "authors: [id-of-a-curator]",
    "bookmark_of": "bookmark_of: [{url: https://…, title: …}]",
    "guests": "guests: [id-of-a-person] or guests: [{name: …, role: …}]",
    "hosts": "hosts: [id-of-a-person]",
    "event": "event: {start: 2026-11-05T17:00:00+01:00, end: …}",
    "lookback_of": "lookback_of: the uid of the post that is seen again",
    "changed_since": 'changed_since: ["What is different by now."]',
    "period": "period: {from: 2026-10-05, to: 2026-10-11}",
    "release": "release: given, once the partner has released the text (until then release: open)",
}


def needs(document: Document, _: Registry) -> Iterator[Misfit]:
    """A post has what its format cannot do without."""
    if document.meta.status == "draft":
        return
    for field in by_id(document.format).needs:
        if not getattr(document.meta, field):
            what = f"is missing: {_a(document.format)} cannot do without it"
            yield Misfit((field,), what, f"Add {_EXAMPLES.get(field, f'{field}: …')}.")


def format_fits_folder(document: Document, _: Registry) -> Iterator[Misfit]:
    """The folder gives the format; a field that says otherwise is a mistake."""
    if document.meta.format not in ("", document.format):
        what = f"this is «{document.meta.format}», but the file lies in {by_id(document.format).folder}/"
        yield Misfit(("format",), what, "Move the file, or delete this line: the folder gives the format.")


def own_words(document: Document, _: Registry) -> Iterator[Misfit]:
    """A note says why; every post has something to read."""
    if document.meta.status == "draft":
        return
    if by_id(document.format).notes and not prose.has_own_words(document.body):
        what = "this note has no words of your own"
        mend = "Say below the front matter why it is worth reading; until then set status: draft."
        yield Misfit((), what, mend, document.body_line)
    elif not document.body.strip():
        mend = "Write below the front matter; until then set status: draft."
        yield Misfit((), "there is no text", mend, document.body_line)


def address(document: Document | Leaf, _: Registry) -> Iterator[Misfit]:
    """The last part of a post's or page's address is a slug, from the file's name, too."""
    slug = slug_of(document.slug, 120)
    if slug != document.slug:
        mend = f"Rename the file, or add a line «slug: {slug or 'some-words-like-these'}»."
        yield Misfit(("slug",), f"the file's name «{document.slug}» is no slug", mend)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def references(document: Document | Listed, registry: Registry) -> Iterator[Misfit]:
    """Every id names a person, topic, source or series that is there."""
    meta = document.meta
    for field, kind in (("authors", "people"), ("topics", "topics"), ("guests", "people"), ("hosts", "people")):
        for index, one in enumerate(getattr(meta, field)):
            if isinstance(one, str) and one not in getattr(registry, kind):
                yield unknown((field, index), kind, one, getattr(registry, kind))
    for index, work in enumerate(meta.bookmark_of):
        if work.source and work.source not in registry.sources:
            yield unknown(("bookmark_of", index, "source"), "sources", work.source, registry.sources)
    # Without curation/series.yaml a series is called by its id; with it, an id that it does not know is a slip.
    if meta.series and registry.series and meta.series.id not in registry.series:
        yield unknown(("series", "id"), "series", meta.series.id, registry.series)


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
