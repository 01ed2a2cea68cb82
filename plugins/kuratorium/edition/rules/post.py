"""What its format asks of a post, and where the post goes.

Ids: what front matter names is there.

Dates and events: what happens at a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...slugs import slugify
from .. import prose
from ..formats import get_format
from ..model import PostFile, PostSummary, StandalonePage
from ..registry import Registry, report_unknown_id
from ..validation import Violation
from ..yaml import YamlPath

_FIELD_EXAMPLES = {
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


def check_required_fields(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """A post has what its format cannot do without."""
    if post_file.meta.status == "draft":
        return
    for field in get_format(post_file.format).required_fields:
        if not getattr(post_file.meta, field):
            what = f"is missing: {_with_article(post_file.format)} cannot do without it"
            yield Violation((field,), what, f"Add {_FIELD_EXAMPLES.get(field, f'{field}: …')}.")


def check_format(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """The folder gives the format; a field that says otherwise is a mistake."""
    if post_file.meta.format not in ("", post_file.format):
        what = f"this is «{post_file.meta.format}», but the file lies in {get_format(post_file.format).folder}/"
        yield Violation(("format",), what, "Move the file, or delete this line: the folder gives the format.")


def check_own_words(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """A note says why; every post has something to read."""
    if post_file.meta.status == "draft":
        return
    if get_format(post_file.format).is_note and not prose.has_own_words(post_file.body):
        what = "this note has no words of your own"
        mend = "Say below the front matter why it is worth reading; until then set status: draft."
        yield Violation((), what, mend, post_file.body_line)
    elif not post_file.body.strip():
        mend = "Write below the front matter; until then set status: draft."
        yield Violation((), "there is no text", mend, post_file.body_line)


def check_slug(content_file: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """The last part of a post's or page's address is a slug, from the file's name, too."""
    slug = slugify(content_file.slug, 120)
    if slug != content_file.slug:
        mend = f"Rename the file, or add a line «slug: {slug or 'some-words-like-these'}»."
        yield Violation(("slug",), f"the file's name «{content_file.slug}» is no slug", mend)


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def check_references(post_file: PostFile | PostSummary, registry: Registry) -> Iterator[Violation]:
    """Every id names a person, topic, source or series that is there."""
    meta = post_file.meta
    for field, kind in (("authors", "people"), ("topics", "topics"), ("guests", "people"), ("hosts", "people")):
        for index, one in enumerate(getattr(meta, field)):
            if isinstance(one, str) and one not in getattr(registry, kind):
                yield report_unknown_id((field, index), kind, one, getattr(registry, kind))
    for index, work in enumerate(meta.bookmark_of):
        if work.source and work.source not in registry.sources:
            yield report_unknown_id(("bookmark_of", index, "source"), "sources", work.source, registry.sources)
    # Without curation/series.yaml a series is called by its id; with it, an id that it does not know is a slip.
    if meta.series and registry.series and meta.series.id not in registry.series:
        yield report_unknown_id(("series", "id"), "series", meta.series.id, registry.series)


def check_dates(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """A date is of our time; one of the year 0226 is mistyped, and calendars end at 9999."""
    meta, event = post_file.meta, post_file.meta.event
    moments: list[tuple[YamlPath, datetime | None]] = [(("date",), meta.date), (("modified",), meta.modified)]
    moments += [(("event", "start"), event.start), (("event", "end"), event.end)] if event else []
    for path, moment in moments:
        if moment and not 1900 <= moment.year < 3000:
            mend = "Correct the year, as in 2026-09-30T09:00:00+02:00."
            yield Violation(path, f"the year {moment.year:04} is not of our time", mend)


def check_corrections(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """What is corrected was published before."""
    for index, correction in enumerate(post_file.meta.corrections):
        if correction.date < post_file.meta.date.date():
            what = f"{correction.date} is before the post's own date"
            yield Violation(("corrections", index, "date"), what, "Write the day on which it was corrected.")


def check_event(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """An event ends, and after it begins; a draft's may still be open."""
    event = post_file.meta.event
    if event and not event.end and post_file.meta.status != "draft":
        yield Violation(
            ("event", "end"), "is missing: calendars ask how long it takes", "Add end: 2026-11-05T18:00:00+01:00."
        )
    elif event and event.end and event.end <= event.start:
        yield Violation(("event", "end"), "the event ends before it begins", "Correct start or end.")
