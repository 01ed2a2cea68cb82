"""Read what the desk shows: the stories of the inbox by rank, with what the archive knows of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date as Day
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ...edition import loader
from ...edition.loader import Edition
from ...edition.paths import SEEN_FOLDER
from ...edition.registry import Registry
from ...edition.settings import read_site_settings
from ...errors import Problem
from ...files import read_regular_file
from ...intake.archive import Archive
from ...intake.suggestions import history
from ...intake.suggestions.history import FormerSight, Pick
from ...local_time import find_day
from ...text.collation import fold_words
from ...translations import read_translations
from .. import inbox
from ..inbox import InboxItem
from . import ranking, stories
from .ranking import Evidence, Story

WORDS_PER_MINUTE = 200
_WARN_DAYS = 7  # before an item expires
_MIN_ARTICLE_WORDS = 150  # less is a teaser, whose length says nothing of the article
_SEEN_LINE = re.compile(r"^([0-9a-f]{16}) (\d{4}-\d\d-\d\d)(?: \S+([^\n]*))?$", re.MULTILINE)


class Filters(Struct, frozen=True, kw_only=True):
    """Which items are shown: of a topic, a source, a language, not older than `max_age` days, with all `words`."""

    topic: str = ""
    source: str = ""
    lang: str = ""
    max_age: int | None = None
    words: str = ""


class Desk(Struct, frozen=True, kw_only=True):
    """The inbox at one moment.

    `stories`: by rank. `waiting`: the items that come back later. `texts`: of the archive, by the key of the entry.
    `expiry_days`: by uid, in how many days an item leaves the inbox, of those that do so soon.
    """

    edition: Edition
    registry: Registry
    evidence: Evidence
    stories: tuple[Story, ...]
    item_count: int
    waiting: tuple[InboxItem, ...]
    texts: Mapping[str, str]
    expiry_days: Mapping[str, int]
    problems: tuple[Problem, ...]

    def get_text(self, item: InboxItem) -> str:
        """Return the plain text of an item: that of the archive, else its teaser."""
        return self.texts.get(item.work.item) or item.meta.teaser

    def count_minutes(self, item: InboxItem) -> int | None:
        """Return the time that reading an item's work takes; None if only a teaser of it is known."""
        return item.work.minutes or estimate_minutes(self.texts.get(item.work.item, ""))

    def count_age(self, item: InboxItem) -> int | None:
        """Return the days since an item's work was published; None if that is unknown."""
        return max(0, (self.evidence.today - item.day).days) if item.day else None

    def describe_expiry(self, item: InboxItem) -> str:
        """Return a sentence on when an item expires; empty if it does not do so soon."""
        days = self.expiry_days.get(item.meta.uid)
        if days is None:
            return ""
        message = self.evidence.translations.ngettext("expires in {count} day", "expires in {count} days", days)
        return message.format(count=days)


def estimate_minutes(text: str) -> int | None:
    """Return the time that reading a text takes; None if it is but a teaser."""
    words = len(text.split())
    return max(1, round(words / WORDS_PER_MINUTE)) if words >= _MIN_ARTICLE_WORDS else None


def read_desk(root: Path, now: datetime, edition: Edition | None = None) -> Desk:
    """Return the desk of the edition at `root`; `edition` is what was read of it before, which spares a reading.

    Mistakes in posts do not keep an editor from triage. Raises EditionError if pelicanconf.py cannot be read.
    """
    site = read_site_settings(root)
    edition = edition or loader.read_edition(root)[0]
    registry, local = edition.registry, edition.resolve_as_of(None, now).astimezone(ZoneInfo(site.timezone))
    translations = read_translations(root / site.theme, site.lang)
    evidence = ranking.collect_evidence(edition.post_files, local.date(), registry, translations)
    items, problems = inbox.read_inbox(root)
    open_items = [item for item in items if not item.meta.later or item.meta.later <= evidence.today]
    texts = read_texts(root, (item.work.item for item in items))
    evidence = replace(evidence, histories=_find_histories(edition, items))
    return Desk(
        edition=edition,
        registry=registry,
        evidence=evidence,
        stories=tuple(ranking.rank_stories(stories.group_items(open_items, texts), evidence)),
        item_count=len(items),
        waiting=tuple(item for item in items if item not in open_items),
        texts=texts,
        expiry_days=find_expiry_days(root, open_items, evidence.today, evidence.policy.expire_days),
        problems=tuple(problems),
    )


def _find_histories(edition: Edition, items: Sequence[InboxItem]) -> dict[str, tuple[FormerSight, ...]]:
    """Return by uid when the works that people suggest were seen before."""
    # By the key of the entry, whose own line says only that it was suggested.
    links = {item.work.item or item.meta.uid: item.work.url for item in items if item.meta.suggestions}
    if not links:
        return {}
    picks = [
        Pick(work.url, post.file, find_day(post.meta.date, edition.registry.zone).isoformat())
        for post in edition.post_files
        for work in post.meta.bookmark_of
    ]
    found = history.find_histories(edition.root, links, picks, {item.meta.uid for item in items})
    return {item.meta.uid: found.get(item.work.item or item.meta.uid, ()) for item in items}


def read_texts(root: Path, keys: Iterable[str]) -> dict[str, str]:
    """Return the texts that the archive has of entries, by their keys; empty without an archive."""
    with Archive(root, write=False) as archive:
        return {key: entry.text for key, entry in archive.read_entries([key for key in keys if key]).items()}


def read_arrivals(root: Path) -> dict[str, Day]:
    """Return by its key the day on which each entry that reached the inbox was first pulled."""
    arrivals: dict[str, Day] = {}
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")):
        try:
            text = read_regular_file(path).decode("utf-8", "replace")
        except OSError:  # the pull of its source reports it
            continue
        for digest, day, extras in _SEEN_LINE.findall(text):
            # A word without "=" says why the entry never reached the inbox.
            if all(extra.startswith("=") for extra in extras.split()):
                with suppress(ValueError):  # 2026-02-30, by hand
                    arrivals[f"{path.stem}:{digest}"] = Day.fromisoformat(day)
    return arrivals


def find_expiry_days(root: Path, items: Iterable[InboxItem], today: Day, expire_days: int) -> dict[str, int]:
    """Return, by uid, the days until an item expires: only of items that do so within a week.

    One that an editor touched never expires.
    """
    if not expire_days:
        return {}
    arrivals = read_arrivals(root)
    expiry_days = {}
    for item in items:
        day = arrivals.get(item.work.item)
        # A pull keeps what an editor touched: a nomination, a day or text.
        if day is None or item.meta.nominations or item.meta.later or item.body.strip():
            continue
        left = (day + timedelta(days=expire_days + 1) - today).days
        if left <= _WARN_DAYS:
            expiry_days[item.meta.uid] = max(left, 0)
    return expiry_days


def filter_stories(desk: Desk, filters: Filters) -> list[Story]:
    """Return the stories of which an item passes all filters; the whole story, so that it is decided on at once."""
    return [story for story in desk.stories if any(matches(desk, item, filters) for item in story.items)]


def matches(desk: Desk, item: InboxItem, filters: Filters) -> bool:
    """Return whether an item passes all filters."""
    lang = item.work.lang or item.meta.lang
    age = desk.count_age(item)
    return (
        (not filters.topic or filters.topic in item.meta.topics)
        and (not filters.source or filters.source in ranking.list_sources([item]))
        and (not filters.lang or lang.partition("-")[0] == filters.lang.lower())
        and (filters.max_age is None or (age is not None and age <= filters.max_age))
        and (not filters.words or _has_words(f"{item.meta.title}\n{desk.get_text(item)}", filters.words))
    )


def _has_words(text: str, words: str) -> bool:
    folded = fold_words(text)
    return all(word in folded for word in fold_words(words).split())


def find_story(desk: Desk, reference: str) -> Story:
    """Return the story with the item that a reference means; raises UsageError if there is none, or several."""
    items = [item for story in desk.stories for item in story.items]
    found = inbox.find_item([*items, *desk.waiting], reference)
    for story in desk.stories:
        if any(item.meta.uid == found.meta.uid for item in story.items):
            return story
    return ranking.score_story([found], desk.evidence)
