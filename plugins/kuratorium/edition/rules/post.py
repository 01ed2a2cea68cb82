"""Rules about one post: what its format requires, ids, dates and its event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ...local_time import find_day
from ...slugs import slugify
from .. import prose
from ..fields import Violation
from ..formats import get_format
from ..model import FrontMatter, PostFile, PostSummary, Speaker, StandalonePage
from ..registry import Registry, report_unknown_id
from ..yaml import YamlPath

_FIELD_EXAMPLES = {
    "authors": "authors: [id-of-a-curator]",
    "bookmark_of": "bookmark_of: [{url: https://…, title: …}]",
    "guests": "guests: [id-of-a-person] or guests: [{name: …, role: …}]",
    "hosts": "hosts: [id-of-a-person]",
    "event": "event: {start: 2026-11-05T17:00:00+01:00, end: …}",
    "lookback_of": "lookback_of: the uid of the post that this one looks back on",
    "changed_since": 'changed_since: ["What is different by now."]',
    "period": "period: {from: 2026-10-05, to: 2026-10-11}",
    "release": "release: given, once the partner has released the text (until then release: open)",
}
_MAX_SLUG_LENGTH = 120  # characters, as in fields.Slug


def check_fields_of_format(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that a post has the fields that its format requires; a draft may lack them."""
    if post_file.meta.status == "draft":
        return
    for field in get_format(post_file.format).required_fields:
        if not getattr(post_file.meta, field):
            message = f"is missing: {_add_article(post_file.format)} needs it"
            yield Violation((field,), message, f"Add {_FIELD_EXAMPLES.get(field, f'{field}: …')}.")


def check_format(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that the field `format`, if there is one, says what the folder says."""
    if post_file.meta.format not in ("", post_file.format):
        message = f'this is "{post_file.meta.format}", but the file is in {get_format(post_file.format).folder}/'
        yield Violation(("format",), message, "Move the file, or delete this line: the folder gives the format.")


def check_own_words(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that a note has words of the curator's own, and any other post a text.

    Without own words, a note with a quotation is not covered by the right to quote (§ 51 UrhG).
    """
    if post_file.meta.status == "draft":
        return
    if get_format(post_file.format).is_note and not prose.has_own_words(post_file.body):
        hint = "Say below the front matter why it is worth reading; until then set status: draft."
        yield Violation((), "this note has no words of your own", hint, post_file.body_line)
    elif not prose.has_text(post_file.body):
        hint = "Write below the front matter; until then set status: draft."
        yield Violation((), "there is no text", hint, post_file.body_line)


def check_slug(content_file: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that the last part of a post's or page's address is a slug; without `slug`, it is the file's name."""
    slug = slugify(content_file.slug, _MAX_SLUG_LENGTH)
    if slug != content_file.slug:
        hint = f'Rename the file, or add a line "slug: {slug or "some-words-like-these"}".'
        yield Violation(("slug",), f'the file\'s name "{content_file.slug}" is not a slug', hint)


def check_references(post_file: PostFile | PostSummary, registry: Registry) -> Iterator[Violation]:
    """Check that every id in front matter is that of a person, topic, source or series, and occurs once."""
    meta = post_file.meta
    for field, kind in (("authors", "people"), ("topics", "topics"), ("guests", "people"), ("hosts", "people")):
        records = registry.people if kind == "people" else registry.topics
        for index, reference in enumerate(getattr(meta, field)):
            if isinstance(reference, str) and reference not in records:
                yield report_unknown_id((field, index), kind, reference, records)
            elif isinstance(reference, Speaker) and reference.name in records:
                message = f'"{reference.name}" is an id, and readers see it as it is'
                yield Violation((field, index, "name"), message, f"Write {field}: [{reference.name}], or the name.")
        yield from _check_doubles(field, getattr(meta, field))
    yield from _check_doubles("tags", meta.tags)
    for index, work in enumerate(meta.bookmark_of):
        if work.source and work.source not in registry.sources:
            yield report_unknown_id(("bookmark_of", index, "source"), "sources", work.source, registry.sources)
    # Without curation/series.yaml a series is named by its id; with it, an id that is not in it is a slip.
    if meta.series and registry.series and meta.series.id not in registry.series:
        yield report_unknown_id(("series", "id"), "series", meta.series.id, registry.series)


def _check_doubles(field: str, values: Sequence[str | Speaker]) -> Iterator[Violation]:
    """Check that no value of a list occurs twice, as a page would show it twice; tags of one page are the same."""
    names = [value if isinstance(value, str) else value.name for value in values]
    keys = [slugify(name) or name for name in names]  # letters such as 日本 leave no slug
    for index, (name, key) in enumerate(zip(names, keys, strict=True)):
        if key in keys[:index]:
            yield Violation((field, index), f'"{name}" occurs twice', "Delete one of them.")


def check_work_addresses(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that readers can find each work: by its address, or in print by publication, and issue or page."""
    for index, work in enumerate(post_file.meta.works):
        if not work.url and not (work.publication and (work.issue or work.page)):
            hint = 'Add a line "url: …"; a work in print has publication, and issue or page.'
            is_bookmark = index < len(post_file.meta.bookmark_of)
            yield Violation((*(("bookmark_of", index) if is_bookmark else ("lookback_of",)), "url"), "is missing", hint)


def check_dates(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that dates have a plausible year: 0226 is mistyped, and Python's calendar ends with 9999."""
    for path, moment in list_moments(post_file.meta):
        if not 1900 <= moment.year < 3000:
            hint = "Correct the year, as in 2026-09-30T09:00:00+02:00."
            yield Violation(path, f"the year {moment.year:04} is not between 1900 and 2999", hint)


def list_moments(meta: FrontMatter) -> Iterator[tuple[YamlPath, datetime]]:
    """Yield the moments of front matter with their fields."""
    event = meta.event
    moments: list[tuple[YamlPath, datetime | None]] = [(("date",), meta.date), (("modified",), meta.modified)]
    moments += [(("event", "start"), event.start), (("event", "end"), event.end)] if event else []
    yield from ((path, moment) for path, moment in moments if moment)


def check_corrections(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that no correction is older than the post."""
    for index, correction in enumerate(post_file.meta.corrections):
        if correction.date < find_day(post_file.meta.date, registry.zone):
            message = f"{correction.date} is before the post's own date"
            yield Violation(("corrections", index, "date"), message, "Write the day on which it was corrected.")


def check_event(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that an event has an end, after its start; a draft's end may be open."""
    event = post_file.meta.event
    if event and not event.end and post_file.meta.status != "draft":
        hint = "Add end: 2026-11-05T18:00:00+01:00."
        yield Violation(("event", "end"), "is missing: calendars show how long the event takes", hint)
    elif event and event.end and event.end <= event.start:
        yield Violation(("event", "end"), "the event ends before it begins", "Correct start or end.")


def check_withdrawal(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Check that a withdrawn post says when and why, and that no other post does."""
    meta = post_file.meta
    if meta.status == "withdrawn" and not meta.withdrawn:
        hint = "Add withdrawn: {date: 2026-10-14, reason: …}, which the notice at its address shows."
        yield Violation(("withdrawn",), "is missing: readers learn when and why it was withdrawn", hint)
    elif meta.withdrawn and meta.status != "withdrawn":
        message = f'the status is "{meta.status}", and this says that the post is withdrawn'
        yield Violation(("withdrawn",), message, "Write status: withdrawn, or delete this.")
    elif meta.withdrawn and meta.withdrawn.date < find_day(meta.date, registry.zone):
        message = f"{meta.withdrawn.date} is before the post's own date"
        yield Violation(("withdrawn", "date"), message, "Write the day on which it was withdrawn.")


def check_period(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that the last day of a digest's period is not before its first."""
    period = post_file.meta.period
    if period and period.until < period.since:
        yield Violation(("period", "to"), "the period ends before it begins", "Correct from or to.")


def _add_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
