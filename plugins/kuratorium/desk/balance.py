"""`kuratorium balance`: whom and what the posts of some time recommend, and what they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date as Day
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from ..edition import loader, settings
from ..edition.loader import Edition
from ..edition.model import PostFile
from ..edition.works import Work
from ..errors import EditionError
from ..local_time import find_day
from ..urls import get_host

_DEFAULT_PERIOD = timedelta(days=365)


class Share(Struct, frozen=True):
    """How many of all picks are of one outlet, author, topic, …; `total` is the number of what was counted."""

    group: str
    name: str
    count: int
    total: int


class Balance(Struct, frozen=True, kw_only=True):
    """The picks of a period: the works that its published posts recommend, counted by what they are.

    `shares`: by group, the largest first.
    `silent_topics`: topics without a post in the period, each with the day of its last one, or None.
    `unpicked_sources`: ids of sources of which no work was recommended.
    """

    since: Day
    until: Day
    post_count: int
    pick_count: int
    shares: tuple[Share, ...]
    silent_topics: tuple[tuple[str, Day | None], ...]
    unpicked_sources: tuple[str, ...]


def read_balance(root: Path, since: Day | None, now: datetime) -> Balance:
    """Weigh the published posts of the edition at `root` from `since` on, by default of a year.

    Raises EditionError if the edition cannot be read.
    """
    edition, problems = loader.read_edition(root)
    if problems:
        raise EditionError(problems)
    as_of = edition.resolve_as_of(None, now)
    until = find_day(as_of, edition.registry.zone)
    lang = settings.read_site_settings(root).lang
    return weigh_posts(edition, since or until - _DEFAULT_PERIOD, until, lang)


def weigh_posts(edition: Edition, since: Day, until: Day, lang: str) -> Balance:
    """Count what the published posts of a period recommend; `lang` is the language of works that name none."""
    days = {
        post.file: find_day(post.meta.date, edition.registry.zone)
        for post in edition.post_files
        if not post.meta.is_withheld
    }
    published = [post for post in edition.post_files if days.get(post.file, Day.max) <= until]
    posts = [post for post in published if days[post.file] >= since]
    picks = [(post, work) for post in posts for work in post.meta.bookmark_of]
    last_days = find_last_days((post, days[post.file]) for post in published)
    picked = {work.source for _, work in picks}
    silent = [(topic, last_days.get(topic)) for topic in edition.registry.topics]
    return Balance(
        since=since,
        until=until,
        post_count=len(posts),
        pick_count=len(picks),
        shares=tuple(_count_shares(posts, picks, lang)),
        silent_topics=tuple((topic, day) for topic, day in silent if not day or day < since),
        unpicked_sources=tuple(
            source.id for source in edition.registry.sources.values() if source.is_followed and source.id not in picked
        ),
    )


def find_last_days(posts: Iterable[tuple[PostFile, Day]]) -> dict[str, Day]:
    """Return, by topic, the day of its last post; each post comes with its day."""
    last_days: dict[str, Day] = {}
    for post, day in posts:
        for topic in post.meta.topics:
            last_days[topic] = max(day, last_days.get(topic, day))
    return last_days


def _count_shares(posts: list[PostFile], picks: list[tuple[PostFile, Work]], lang: str) -> Iterator[Share]:
    works = [work for _, work in picks]
    yield from _rank("outlet", (work.publication or get_host(work.url) for work in works), len(works))
    yield from _rank("author", (author for work in works for author in dict.fromkeys(work.authors)), len(works))
    yield from _rank("topic", (topic for post in posts for topic in post.meta.topics), len(posts))
    languages = (work.lang or post.meta.lang or lang for post, work in picks)
    yield from _rank("language", languages, len(works))
    yield from _rank("paywall", ("behind a paywall" if work.paywall else "free" for work in works), len(works))
    kinds = (post.meta.disclosure.kind if post.meta.disclosure else "none" for post in posts)
    yield from _rank("disclosure", kinds, len(posts))


def _rank(group: str, names: Iterable[str], total: int) -> Iterator[Share]:
    """Yield the shares of a group, the largest first, ties by name."""
    counts = Counter(names)
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Share(group, name, count, total)
