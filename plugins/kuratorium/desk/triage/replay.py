"""Measure the rank on the edition's own history: how many entries that became notes stood in the top ten of their day.

Which entries came on a day is in the seen files; what they said is in the archive, the inbox and the notes. Each day is
ranked with the posts that were published before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Day
from datetime import timedelta
from gettext import NullTranslations

from msgspec import Struct

from ... import urls
from ...edition.curation import Topic
from ...edition.model import InboxFrontMatter, PostFile
from ...edition.registry import Registry
from ...edition.works import Work
from ...intake.archive import ArchivedEntry
from ...intake.filtering import find_keywords
from ...intake.identity import build_uid
from ...local_time import find_day
from ..inbox import InboxItem
from . import ranking, stories
from .ranking import Story

TOP = 10


class ReplayedDay(Struct, frozen=True, kw_only=True):
    """A day of the history: how many entries and stories came, the places of those that became notes, from 1."""

    day: Day
    entry_count: int
    story_count: int
    places: tuple[int, ...]


class Replay(Struct, frozen=True, kw_only=True):
    """The days on which entries came that became notes; `missing_count` of all entries of them are in no archive."""

    days: tuple[ReplayedDay, ...]
    missing_count: int

    @property
    def pick_count(self) -> int:
        """The number of entries that became notes."""
        return sum(len(day.places) for day in self.days)

    @property
    def top_count(self) -> int:
        """The number of those that stood in the top ten of their day."""
        return sum(place <= TOP for day in self.days for place in day.places)

    @property
    def chance(self) -> float:
        """The share that would have stood there if the order were by chance."""
        expected = sum(len(day.places) * min(1, TOP / day.story_count) for day in self.days if day.story_count)
        return expected / self.pick_count if self.pick_count else 0.0


def replay_history(
    registry: Registry,
    posts: Sequence[PostFile],
    arrivals: Mapping[str, Day],
    entries: Mapping[str, ArchivedEntry],
    translations: NullTranslations,
) -> Replay:
    """Return how the days would have been ranked.

    `arrivals` has by the key of each entry that reached the inbox its day, `entries` what the archive has of them.
    """
    links = {urls.normalize_url(entry.link): key for key, entry in entries.items()}
    works = [(work, post) for post in posts for work in post.meta.bookmark_of]
    picked = {
        key: post
        for work, post in works
        if (key := work.item if work.item in arrivals else links.get(urls.normalize_url(work.url), "")) in arrivals
    }
    arrivals = {key: _find_day(day, entries.get(key)) for key, day in arrivals.items()}
    keys_by_day: dict[Day, list[str]] = defaultdict(list)
    for key, day in arrivals.items():
        keys_by_day[day].append(key)
    by_date = sorted((post for post in posts if not post.meta.is_withheld), key=lambda post: post.meta.date)
    days, missing = [], 0
    for day in sorted({arrivals[key] for key in picked}):
        items = [_build_item(key, day, entries.get(key), picked.get(key), registry) for key in sorted(keys_by_day[day])]
        present = [item for item in items if item]
        missing += len(items) - len(present)
        earlier = (post for post in by_date if find_day(post.meta.date, registry.zone) < day)
        evidence = ranking.collect_evidence(earlier, day, registry, translations)
        texts = {key: entries[key].text for key in keys_by_day[day] if key in entries}
        ranked = ranking.rank_stories(stories.group_items(present, texts), evidence)
        places = tuple(_list_places(ranked, picked))
        days.append(ReplayedDay(day=day, entry_count=len(items), story_count=len(ranked), places=places))
    return Replay(days=tuple(days), missing_count=missing)


def _find_day(pulled: Day, entry: ArchivedEntry | None) -> Day:
    """Return the day of an entry: that of its publication, if a first pull brought it later."""
    return min(pulled, Day.fromisoformat(entry.published)) if entry and entry.published else pulled


def _list_places(ranked: Iterable[Story], picked: Mapping[str, PostFile]) -> Iterable[int]:
    for place, story in enumerate(ranked, 1):
        yield from (place for item in story.items if item.work.item in picked)


def _build_item(
    key: str, day: Day, entry: ArchivedEntry | None, post: PostFile | None, registry: Registry
) -> InboxItem | None:
    """Return an entry as the inbox had it; None if nothing is known of it any more.

    What was decided later, such as the topics of its note, must not count.
    """
    source = registry.sources.get(key.rpartition(":")[0])
    if entry:
        authors = tuple(name for name in entry.authors.split(", ") if name)
        named = (
            [registry.people[person].name for person in source.people if person in registry.people] if source else []
        )
        published = Day.fromisoformat(entry.published) if entry.published else None
        title, text = entry.title or entry.link, entry.text[:400]
        work = Work(url=entry.link, title=title, authors=authors or tuple(named), published=published, item=key)
    elif post:
        work = next((work for work in post.meta.bookmark_of if work.item == key), post.meta.bookmark_of[0])
        title, text = work.title, ""
    else:
        return None
    work = Work(
        **{name: getattr(work, name) for name in work.__struct_fields__} | {"source": source.id if source else ""}
    )
    topics = _suggest_topics(f"{title}\n{text}", source.topics if source else (), registry.topics)
    meta = InboxFrontMatter(uid=build_uid(key), title=title, topics=topics, bookmark_of=(work,), teaser=text)
    return InboxItem(file="", short_id="", meta=meta, body="", day=work.published or day)


def _suggest_topics(text: str, of_source: Iterable[str], topics: Mapping[str, Topic]) -> tuple[str, ...]:
    named = (topic.id for topic in topics.values() if find_keywords(topic.keywords, text))
    return tuple(dict.fromkeys((*of_source, *named)))


def list_weeks(replay: Replay) -> list[tuple[Day, int, int]]:
    """Return for each week (its Monday) the number of picks and of those in the top ten."""
    weeks: dict[Day, list[int]] = defaultdict(list)
    for day in replay.days:
        weeks[day.day - timedelta(days=day.day.weekday())] += day.places
    return [(monday, len(places), sum(place <= TOP for place in places)) for monday, places in sorted(weeks.items())]
