"""Rank stories without a model: each point has a sentence that says why. Pure functions.

`SCORERS` is the table of what counts; the weights are in policy.yaml, below `triage`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date as Day
from gettext import NullTranslations

from msgspec import Struct

from ... import urls
from ...edition.curation import Topic, TriagePolicy
from ...edition.model import PostFile
from ...edition.registry import Registry
from ...intake.filtering import find_keywords
from ...intake.suggestions import credit, history
from ...intake.suggestions.history import FormerSight
from ...local_time import find_day
from ...similarity import normalize_title
from ..balance import find_last_days
from ..inbox import InboxItem, StoryGroup

_MAX_SOURCES = 5  # further sources that count; a story of fifty feeds is not ten times as good
_MAX_NOTES = 5  # earlier notes on an author that count
_MAX_KEYWORDS = 3


class Evidence(Struct, frozen=True, kw_only=True):
    """What the edition has published until `today`, and what words its sentences have.

    `last_days`: by topic, the day of its last post. `author_counts`: by name in the form of normalize_title, the notes
    on works of an author. `source_hosts`: by the id of a source, that of its site; `source_topics`: the topics that all
    its entries are suggested for. `histories`: by uid, when a suggested work was seen before.
    """

    today: Day
    policy: TriagePolicy
    topics: Mapping[str, Topic]
    last_days: Mapping[str, Day]
    author_counts: Mapping[str, int]
    source_hosts: Mapping[str, str]
    source_topics: Mapping[str, Sequence[str]]
    translations: NullTranslations
    histories: Mapping[str, Sequence[FormerSight]] = {}


class Reason(Struct, frozen=True):
    """Why a story has so many points, in a sentence of the edition's language; some count even without points."""

    points: int
    sentence: str
    is_shown: bool = False


class Story(Struct, frozen=True, kw_only=True):
    """Inbox items on the same story, the one to decide on first, and the reasons for its rank."""

    items: tuple[InboxItem, ...]
    reasons: tuple[Reason, ...]

    @property
    def item(self) -> InboxItem:
        """The item that stands for the story."""
        return self.items[0]

    @property
    def points(self) -> int:
        """The sum of the points."""
        return sum(reason.points for reason in self.reasons)


Scorer = Callable[[Sequence[InboxItem], Evidence], Iterator[Reason]]


def rank_stories(groups: Iterable[StoryGroup], evidence: Evidence) -> list[Story]:
    """Return the stories by their points, of equal ones the newest first, and by uid within a day."""
    stories = [score_story((group.item, *group.similar_items), evidence) for group in groups]
    return sorted(
        stories, key=lambda story: (-story.points, -(story.item.day or Day.min).toordinal(), story.item.meta.uid)
    )


def score_story(items: Sequence[InboxItem], evidence: Evidence) -> Story:
    """Return the story of some items with all reasons that give points."""
    reasons = [reason for scorer in SCORERS for reason in scorer(items, evidence) if reason.points or reason.is_shown]
    return Story(items=tuple(items), reasons=tuple(reasons))


def collect_evidence(
    posts: Iterable[PostFile], today: Day, registry: Registry, translations: NullTranslations
) -> Evidence:
    """Return what posts until `today` say of topics and authors; drafts and later posts do not count."""
    dated = [(post, find_day(post.meta.date, registry.zone)) for post in posts if not post.meta.is_withheld]
    published = [(post, day) for post, day in dated if day <= today]
    author_counts: Counter[str] = Counter()
    for post, _ in published:
        author_counts.update({normalize_title(name) for work in post.meta.bookmark_of for name in work.authors})
    return Evidence(
        today=today,
        policy=registry.policy.triage if registry.policy else TriagePolicy(),
        topics=registry.topics,
        last_days=find_last_days(published),
        author_counts=author_counts,
        source_topics={source.id: source.topics for source in registry.sources.values()},
        source_hosts={
            source.id: urls.get_host(source.site) for source in registry.sources.values() if source.is_followed
        },
        translations=translations,
    )


def list_sources(items: Iterable[InboxItem]) -> list[str]:
    """Return the ids of the sources that report a story, each once, that of the first item first."""
    return [
        *dict.fromkeys(
            source
            for item in items
            for source in (item.work.source, *(other.source for other in item.meta.also_in))
            if source
        )
    ]


def _score_sources(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    # Several feeds of one outlet often bring the same article.
    addresses: dict[str, str] = {}
    for item in items:
        for source, url in (
            (item.work.source, item.work.url),
            *((other.source, other.url) for other in item.meta.also_in),
        ):
            addresses.setdefault(source, url)
    count = len({evidence.source_hosts.get(source) or urls.get_host(url) for source, url in addresses.items()})
    if count > 1:
        message = evidence.translations.ngettext("{count} source reports it", "{count} sources report it", count)
        yield Reason(evidence.policy.sources * min(count - 1, _MAX_SOURCES), message.format(count=count))


def _score_silent_topic(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    """Yield the reason for the topic of the story that was silent for longest; half of it if it is only mentioned."""
    topics = {topic: False for item in items for topic in item.meta.topics if topic in evidence.topics}
    topics |= {topic: True for item in items for topic in item.meta.topics if _is_main_topic(item, topic, evidence)}
    if not topics:
        return
    topic = min(topics, key=lambda topic: (not topics[topic], evidence.last_days.get(topic, Day.min)))
    name, gettext = evidence.topics[topic].name, evidence.translations.gettext
    last_day = evidence.last_days.get(topic)
    if last_day and (evidence.today - last_day).days < evidence.policy.silent_days:
        return
    if not topics[topic]:
        sentence = gettext("mentions a silent topic: {topic}").format(topic=name)
        yield Reason(evidence.policy.silent_topic // 2, sentence)
    elif last_day is None:
        yield Reason(evidence.policy.silent_topic, gettext("nothing yet on {topic}").format(topic=name))
    else:
        days = (evidence.today - last_day).days
        sentence = gettext("{topic}: silent for {days} days").format(topic=name, days=days)
        yield Reason(evidence.policy.silent_topic, sentence)


def _is_main_topic(item: InboxItem, topic: str, evidence: Evidence) -> bool:
    """Return whether an item is on a topic, not only mentions one of its keywords in passing, below the title."""
    if topic not in evidence.topics:
        return False
    keywords = evidence.topics[topic].keywords
    return (
        topic in evidence.source_topics.get(item.work.source, ())
        or bool(find_keywords(keywords, item.meta.title))
        # What neither teaser nor the pull's reasons name, an editor has tagged.
        or not find_keywords(keywords, "\n".join((item.meta.teaser, *item.meta.reasons)))
    )


def _score_author(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    """Yield the reason for the author of the story whose works were recommended most often."""
    names = {name: evidence.author_counts.get(normalize_title(name), 0) for item in items for name in item.work.authors}
    name = max(names, key=lambda name: names[name], default="")
    if count := names.get(name):
        message = evidence.translations.ngettext("{name}: picked once", "{name}: picked {count} times", count)
        yield Reason(evidence.policy.author * min(count, _MAX_NOTES), message.format(name=name, count=count))


def _score_keywords(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    titles = "\n".join(item.meta.title for item in items)
    keywords = dict.fromkeys(
        keyword for topic in evidence.topics.values() for keyword in find_keywords(topic.keywords, titles)
    )
    message = evidence.translations.gettext("keyword {keyword} in the title")
    for keyword in [*keywords][:_MAX_KEYWORDS]:
        yield Reason(evidence.policy.keyword, message.format(keyword=keyword))


def _score_nominations(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    for nomination in (nomination for item in items for nomination in item.meta.nominations):
        sentence = evidence.translations.gettext("nominated by {name}").format(name=nomination.by)
        yield Reason(evidence.policy.nominated, f"{sentence}: {nomination.word}" if nomination.word else sentence)


def _score_suggestions(items: Sequence[InboxItem], evidence: Evidence) -> Iterator[Reason]:
    """Yield who suggests the story from outside, with what an editor must know of it."""
    say = evidence.translations.gettext
    for item in items:
        former = [history.describe(sight, evidence.translations) for sight in evidence.histories.get(item.meta.uid, ())]
        for suggestion in item.meta.suggestions:
            answers = credit.list_answers(suggestion, evidence.translations)
            sentence = f"{say('suggested by {name}').format(name=suggestion.by)}: {suggestion.why.rstrip('.')}"
            yield Reason(evidence.policy.suggested, "; ".join((sentence, *answers, *former)), is_shown=True)


SCORERS: tuple[Scorer, ...] = (
    _score_nominations,
    _score_suggestions,
    _score_sources,
    _score_author,
    _score_keywords,
    _score_silent_topic,
)
