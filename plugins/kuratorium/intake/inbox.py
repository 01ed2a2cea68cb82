"""The inbox file of an entry: its path, its text, the topics it is suggested for, and the reasons. Pure.

An inbox file is a function of the entry, its source and the registry, so that two clones write the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date as Day
from datetime import datetime, timedelta, tzinfo
from gettext import NullTranslations
from typing import Any

from msgspec import Struct

from .. import urls
from ..edition import frontmatter, yaml
from ..edition.curation import Person, Source, Topic
from ..edition.paths import INBOX_FOLDER
from ..edition.registry import Registry
from ..slugs import slugify
from ..text.collation import fold_words
from . import identity
from .filtering import find_folded_keywords
from .identity import IdentifiedEntry
from .parsers import dates, names, plain_text, podcasts
from .parsers.model import Entry, Feed
from .suggestions.credit import build_credit, merge_credit

FRONT_MATTER_KEYS = (
    *("uid", "title", "date", "lang", "authors", "topics", "via", "disclosure", "bookmark_of", "also_in", "teaser"),
    *("reasons", "suggestions"),
)
MAX_TITLE_LENGTH = 300  # characters; some feeds have the whole text as title
_TEASER_WORDS = 60
_TITLE_WORDS = 12
_MAX_DATE_AHEAD = timedelta(days=1)  # a local time that is given as UTC is some hours ahead


class InboxFile(Struct, frozen=True):
    """A file to write: path (from the edition's root), text and uid, and the text that it replaces (or empty)."""

    path: str
    text: str
    uid: str
    previous_text: str = ""

    @property
    def accepted_digests(self) -> str:
        """The digests of the new and the previous text, separated by blanks.

        The archive stores them before the file is written: if the pull is killed in between, either text counts as
        untouched.
        """
        return " ".join(compute_text_digest(text) for text in (self.text, self.previous_text) if text)


class InboxContext(Struct, frozen=True, kw_only=True):
    """What a pull knows of the edition: the registry, its date (in its time zone) and its language.

    An inbox file depends on the date's zone; on the date itself only if its entry is dated in the future.
    """

    registry: Registry
    now: datetime
    translations: NullTranslations


def build_inbox_file(identified: IdentifiedEntry, feed: Feed, source: Source, context: InboxContext) -> InboxFile:
    """Return the inbox file of a new entry in a source's feed."""
    uid = identity.build_uid(identified.key)
    values = _build_values(identified, feed, source, context)
    slug = slugify(values["title"], 50)
    day = _format_date(identified.entry, context)[:10]
    # A part of the uid keeps two articles of one day and title apart; the slug may be empty (a title in Chinese).
    name = "-".join(part for part in (day, slug, uid[:8]) if part)
    return InboxFile(f"{INBOX_FOLDER}/{name}.md", render_front_matter({"uid": uid, **values}), uid)


def render_updated_item(
    text: str, identified: IdentifiedEntry, feed: Feed, source: Source, context: InboxContext
) -> str:
    """Return the new text of the inbox file of an entry that was edited in its feed.

    `text` is the present one. Its uid stays, and so do other sources of its article with their suggestions.
    """
    old = read_values(text)
    new = _build_values(identified, feed, source, context)
    other_references = [reference for reference in old.get("also_in") or () if reference["source"] != source.id]
    also_in = [*new.get("also_in", ()), *other_references]
    merged = merge_item_values([new, old], source.id, context) if other_references else {}
    return render_front_matter({**new, **merged, "uid": old["uid"], "also_in": also_in})


def render_front_matter(values: dict[str, Any]) -> str:
    """Return the text of an inbox file: its values in a fixed order, without empty ones, and no body."""
    return frontmatter.format_markdown_file({key: values[key] for key in FRONT_MATTER_KEYS if values.get(key)}, "")


def read_values(text: str) -> dict[str, Any]:
    """Return the plain values in the front matter of an inbox file; empty if they cannot be read."""
    try:
        values = yaml.load_yaml(frontmatter.split_front_matter("", text).front_matter)
    except (frontmatter.InvalidFileError, yaml.InvalidYamlError):
        return {}
    return values if isinstance(values, dict) else {}


def is_usable(entry: Entry, feed: Feed, source: Source) -> bool:
    """Return whether an entry has any content, and an address where it can be read."""
    has_content = entry.link or not all(map(plain_text.is_blank, (entry.title, entry.summary, entry.content)))
    return bool(has_content and choose_address(entry, feed, source))


def choose_address(entry: Entry, feed: Feed, source: Source) -> str:
    """Return the address of an entry, else of its site; empty if there is neither."""
    # Without tracking parameters, for this is the address that a note will publish.
    return urls.remove_tracking(entry.canonical or entry.link or feed.link or source.site, source.feed)


def choose_title(entry: Entry, source: Source) -> str:
    """Return the title of an entry; without one the first words of its text, else its link, else its source's name."""
    texts = (entry.title, *(plain_text.truncate_words(text, _TITLE_WORDS) for text in (entry.summary, entry.content)))
    title = next((text for text in (*texts, entry.link) if not plain_text.is_blank(text)), source.name)
    return plain_text.shorten(title, MAX_TITLE_LENGTH)


def _build_values(identified: IdentifiedEntry, feed: Feed, source: Source, context: InboxContext) -> dict[str, Any]:
    """Return the front matter of an entry's inbox file without its uid and without empty values."""
    entry, topics = identified.entry, context.registry.topics
    topic_ids, reasons = _suggest_topics(entry, source, topics, context.translations)
    values = {
        "title": choose_title(entry, source),
        "date": _format_date(entry, context),
        "lang": _choose_language(entry, feed, source),
        "authors": _suggest_authors(topic_ids, topics),
        "topics": topic_ids,
        "bookmark_of": [_build_work(identified, feed, source, context)],
        "also_in": _build_references(identified, source),
        # What a person says of a work stands below `suggestions`, and is no text of it.
        "teaser": "" if source.type == "suggestions" else _build_teaser(entry, context.translations),
        "reasons": reasons,
    }
    form = feed.suggestions.get(entry.id)
    values |= build_credit(form, context.translations) if form else {}
    return {key: value for key, value in values.items() if value}


def _format_date(entry: Entry, context: InboxContext) -> str:
    """Return the moment of an entry's publication in the edition's time zone; empty if the feed does not say."""
    # Not the moment of the pull: two clones that pull the same entry write the same bytes, which git merges.
    moment = _choose_date(entry, context.now)
    if moment is None:
        return ""
    try:
        return moment.astimezone(context.now.tzinfo).isoformat(timespec="seconds")
    except OverflowError:  # the first day that datetime can hold
        return moment.isoformat(timespec="seconds")


def _choose_date(entry: Entry, now: datetime) -> datetime | None:
    """Return the date of an entry; None if it has none, or one so far ahead that it is a mistake."""
    return entry.date if has_believable_date(entry, now) else None


def has_believable_date(entry: Entry, now: datetime) -> bool:
    """Return whether an entry has no date, or one that is not so far ahead that it, or the clock, is wrong."""
    return entry.date is None or entry.date <= now + _MAX_DATE_AHEAD


def _build_work(identified: IdentifiedEntry, feed: Feed, source: Source, context: InboxContext) -> dict[str, Any]:
    """Return the work that the note will recommend: an entry of `bookmark_of`."""
    entry, people = identified.entry, context.registry.people
    work = {
        "url": choose_address(entry, feed, source),
        "title": choose_title(entry, source),
        "authors": _list_entry_authors(entry, people) or _list_source_authors(entry, source, people),
        "publication": names.limit_name(entry.publication) or source.name,
        "source": source.id,
        # The date of a suggestion is not that of the work.
        "published": None if source.type == "suggestions" else _find_publication_day(entry, source, context),
        "lang": _choose_language(entry, feed, source),
        "item": identified.key,
    }
    return {key: value for key, value in work.items() if value}


def _find_publication_day(entry: Entry, source: Source, context: InboxContext) -> Day | None:
    """Return the day on which an entry was published, by its source's clock; None if its feed does not say."""
    moment = _choose_date(entry, context.now)
    return dates.get_written_day(moment, entry.utc_offset, find_source_zone(source, context)) if moment else None


def find_source_zone(source: Source, context: InboxContext) -> tzinfo | None:
    """Return the time zone of a source: its own, else that of its language, else the site's."""
    return dates.find_zone(source.zone, source.lang, context.now.tzinfo)


def _list_entry_authors(entry: Entry, people: Mapping[str, Person]) -> list[str]:
    """Return the authors whom an entry names, each alone where a field lists people of the edition."""
    known_names = {person.name.lower() for person in people.values()} if entry.authors else ()
    authors = (person for name in entry.authors for person in names.split_people(name, known_names))
    return [*names.limit_names(authors)]


def _list_source_authors(entry: Entry, source: Source, people: Mapping[str, Person]) -> list[str]:
    """Return the names of a source's people; none for an entry that the source took from another feed."""
    return [] if entry.publication else [people[person].name for person in source.people if person in people]


def _build_references(identified: IdentifiedEntry, source: Source) -> list[dict[str, str]]:
    """Return `also_in` of a new file: the entry's link, if it differs from the article's own address."""
    if not identified.alternate_link:
        return []
    return [{"source": source.id, "url": urls.remove_tracking(identified.alternate_link, source.feed)}]


def _build_teaser(entry: Entry, translations: NullTranslations) -> str:
    facts = podcasts.describe_recording(entry, translations)
    body = entry.content if plain_text.is_blank(entry.summary) else entry.summary
    text = "" if plain_text.is_blank(body) else plain_text.truncate_words(body, _TEASER_WORDS)
    return " — ".join(part for part in (facts, text) if part)


def _choose_language(entry: Entry, feed: Feed, source: Source) -> str:
    """Return an entry's language: its own, else the source's, else the feed's."""
    # The editors' statement in sources.yaml beats the feed's, which is often just the default of its software.
    return plain_text.get_primary_language(entry.lang or source.lang or feed.lang)


def _suggest_topics(
    entry: Entry, source: Source, topics: dict[str, Topic], translations: NullTranslations
) -> tuple[list[str], list[str]]:
    """Return the ids of the topics that an entry is suggested for, and the reasons."""
    # Not the content, which mentions too many other things.
    text = fold_words("\n".join((entry.title, entry.summary, *entry.categories)))
    keywords_by_topic = {topic.id: find_folded_keywords(topic.keywords, text) for topic in topics.values()}
    source_topics = [topic for topic in source.topics if topic in topics]
    ids = [
        *source_topics,
        *(topic for topic, keywords in keywords_by_topic.items() if keywords and topic not in source_topics),
    ]
    reasons = [_build_source_reason(topic, translations) for topic in source_topics]
    reasons += [_build_keyword_reason(keyword, translations) for keyword in _list_unique(keywords_by_topic.values())]
    return ids, reasons


def _suggest_authors(topic_ids: Sequence[str], topics: Mapping[str, Topic]) -> list[str]:
    """Return the first curator of the first topic as the author of the note, if there is one."""
    first = topics.get(topic_ids[0]) if topic_ids else None
    return [*first.curators[:1]] if first else []


def merge_item_values(item_values: Sequence[dict[str, Any]], source_id: str, context: InboxContext) -> dict[str, Any]:
    """Return the merged authors, topics, reasons and credits of inbox files about one article.

    `item_values` are the front matters of the files, `source_id` is the id of the source whose file stays.
    """
    registry = context.registry
    source = registry.sources.get(source_id)
    topics = merge_suggestions(item_values, source.topics if source else (), registry.topics, context.translations)
    return topics | merge_credit(item_values, context.translations)


def merge_suggestions(
    item_values: Sequence[Mapping[str, Any]],
    source_topics: Sequence[str],
    topics: Mapping[str, Topic],
    translations: NullTranslations,
) -> dict[str, list[str]]:
    """Return the merged topics and reasons of inbox files (their front matters), and the author who follows from them.

    `source_topics` are the topics of the source whose file stays, `topics` all topics of the edition. The order does
    not depend on the order of the files: first `source_topics`, then the topics of other sources, then those of
    keywords, then all others, sorted.
    """
    # Others: the topic may have been removed since, or the reason is in an earlier language of the edition.
    topic_ids, reasons = _collect_values(item_values, "topics"), _collect_values(item_values, "reasons")
    reason_by_topic = {topic: _build_source_reason(topic, translations) for topic in (*source_topics, *topics)}
    followed = [topic for topic, reason in reason_by_topic.items() if topic in topic_ids and reason in reasons]
    ordered_topics = [
        *dict.fromkeys((*followed, *(topic for topic in topics if topic in topic_ids), *sorted(topic_ids)))
    ]
    keyword_reasons = (
        _build_keyword_reason(keyword, translations) for topic in topics.values() for keyword in topic.keywords
    )
    ordered_reasons = dict.fromkeys(
        (*(reason_by_topic[topic] for topic in followed), *keyword_reasons, *sorted(reasons))
    )
    return {
        "authors": _suggest_authors(ordered_topics, topics),
        "topics": ordered_topics,
        "reasons": [reason for reason in ordered_reasons if reason in reasons],
    }


def _collect_values(item_values: Iterable[Mapping[str, Any]], key: str) -> set[str]:
    return {value for values in item_values for value in values.get(key) or ()}


def compute_text_digest(text: str) -> str:
    """Return the digest by which the archive recognizes the text of an inbox file."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_untouched(text: str, digests: str | None, context: InboxContext) -> bool:
    """Return whether an inbox file is as a pull wrote it, so that a pull may change or remove it.

    `digests` are those of the file in the archive, separated by blanks. Without them, the file must be what a pull
    would write of its values: no body, our keys in our style, the title of the work, and topics and authors that
    follow from its reasons. In doubt, an editor has changed it.
    """
    if digests:
        return compute_text_digest(text) in digests.split()
    # The archive (var/) is not in git: in a new clone it is empty.
    values = read_values(text)
    works = values.get("bookmark_of")
    if not isinstance(works, list) or len(works) != 1 or not isinstance(works[0], dict):
        return False
    work = works[0]
    if not all(_is_reference(reference) for reference in values.get("also_in", [])):
        return False
    return (
        values.get("uid") == identity.build_uid(str(work.get("item")))
        and all(values.get(key) == work.get(key) for key in ("title", "lang"))
        and _has_original_suggestions(values, context)
        and render_front_matter(values) == text
    )


def _has_original_suggestions(values: dict[str, Any], context: InboxContext) -> bool:
    """Return whether the topics of an inbox file follow from its reasons, and its authors from its topics."""
    topic_ids, reasons = values.get("topics", []), values.get("reasons", [])
    if not _is_text_list(topic_ids) or not _is_text_list(reasons):
        return False
    topics = context.registry.topics
    translations = context.translations
    source_topics = [topic for topic in topic_ids if _build_source_reason(topic, translations) in reasons]
    other_reasons = set(reasons) - {_build_source_reason(topic, translations) for topic in source_topics}
    keyword_reasons = {
        topic.id: {_build_keyword_reason(keyword, translations) for keyword in topic.keywords} & other_reasons
        for topic in topics.values()
    }
    expected_topics = [
        *source_topics,
        *(topic for topic, matches in keyword_reasons.items() if matches and topic not in source_topics),
    ]
    return (
        topic_ids == expected_topics
        and other_reasons == set().union(*keyword_reasons.values())
        and values.get("authors", []) == _suggest_authors(topic_ids, topics)
    )


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("source", "url"))


def _is_text_list(value: object) -> bool:
    # An editor's `- keyword: x` without quotes is a mapping for YAML, and cannot be looked up among texts.
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _build_source_reason(topic: str, translations: NullTranslations) -> str:
    return translations.gettext("source for {topic}").format(topic=topic)


def _build_keyword_reason(keyword: str, translations: NullTranslations) -> str:
    return translations.gettext("keyword: {keyword}").format(keyword=keyword)


def _list_unique(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from dict.fromkeys(word for group in groups for word in group)
