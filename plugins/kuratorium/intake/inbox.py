"""An entry -> its inbox file, name and text. Pure.

What several sources of one article suggest it for, taken together: pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from gettext import NullTranslations
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition import frontmatter, yaml
from ..edition.curation import Source, Topic
from ..edition.paths import INBOX_FOLDER
from ..edition.registry import Registry
from ..slugs import slugify
from . import identity
from .filtering import IdentifiedEntry, find_keywords
from .parsers import dates, plain_text, podcasts
from .parsers.model import Entry, Feed


def merge_suggestions(
    item_values: Sequence[Mapping[str, Any]],
    source_topics: Sequence[str],
    topics: Mapping[str, Topic],
    translations: NullTranslations,
) -> dict[str, list[str]]:
    """Join the topics and reasons of inbox files (their values), and tell the author who follows from them.

    `first` are the topics of the source that the article stays with, `topics` all that there are, `translations` the
    words of the reasons. The order does not depend on that of the files: those of `first`, what else a source is
    followed for, what keywords tell; what is none of these (an editor's language may have changed) comes last.
    """
    named, reasons = _collect_values(item_values, "topics"), _collect_values(item_values, "reasons")
    followed = {topic: _build_source_reason(topic, translations) for topic in (*source_topics, *topics)}
    own = [topic for topic, reason in followed.items() if topic in named and reason in reasons]
    known = dict.fromkeys((*own, *(topic for topic in topics if topic in named), *sorted(named)))
    keywords = (_build_keyword_reason(word, translations) for topic in topics.values() for word in topic.keywords)
    ordered = dict.fromkeys((*(followed[topic] for topic in own), *keywords, *sorted(reasons)))
    leading = next(iter(known), "")
    return {
        "authors": [*topics[leading].curators[:1]] if leading in topics else [],
        "topics": [*known],
        "reasons": [reason for reason in ordered if reason in reasons],
    }


def _collect_values(item_values: Iterable[Mapping[str, Any]], key: str) -> set[str]:
    return {one for values in item_values for one in values.get(key) or ()}


FRONT_MATTER_KEYS = ("uid", "title", "date", "lang", "authors", "topics", "bookmark_of", "also_in", "teaser", "reasons")
_TEASER_WORDS = 60
_TITLE_WORDS = 12


class InboxFile(Struct, frozen=True):
    """A file to write: its path from the edition's root, its text, the uid in it, and the text that stood there."""

    path: str
    text: str
    uid: str
    previous_text: str = ""

    @property
    def accepted_digests(self) -> str:
        """What the archive is told before it is written: who is stopped in between finds either text known."""
        return " ".join(compute_text_digest(text) for text in (self.text, self.previous_text) if text)


class PullContext(Struct, frozen=True, kw_only=True):
    """What all inbox files of a pull depend on: the registry, the edition's date and the words of its language."""

    registry: Registry
    now: datetime
    translations: NullTranslations


def build_inbox_file(identified: IdentifiedEntry, feed: Feed, source: Source, context: PullContext) -> InboxFile:
    """Make the inbox file of an entry of a source's feed."""
    uid = identity.build_uid(identified.key)
    values = _build_values(identified, feed, source, context)
    slug = slugify(values["title"], 50)
    name = "-".join(part for part in (context.now.date().isoformat(), slug, uid[:8]) if part)
    return InboxFile(f"{INBOX_FOLDER}/{name}.md", render_front_matter({"uid": uid, **values}), uid)


def render_updated_item(
    text: str, identified: IdentifiedEntry, feed: Feed, source: Source, context: PullContext
) -> str:
    """Write the text of an entry's inbox file anew, as the feed tells it now; date and other sources stay.

    What those suggest it for stays, too.
    """
    values = read_values(text)
    pulled = dates.parse_date(str(values.get("date"))) or context.now
    told = _build_values(identified, feed, source, replace(context, now=pulled.astimezone(context.now.tzinfo)))
    others = [other for other in values.get("also_in") or () if other["source"] != source.id]
    also = [*told.get("also_in", ()), *others]
    suggested = merge_item_suggestions([told, values], source.id, context) if others else {}
    return render_front_matter({**told, **suggested, "uid": values["uid"], "date": values["date"], "also_in": also})


def merge_item_suggestions(
    item_values: Sequence[dict[str, Any]], source_id: str, context: PullContext
) -> dict[str, Any]:
    """Tell the authors, topics and reasons of files about one article (their values), which stays with a source."""
    known = context.registry
    source = known.sources.get(source_id)
    return merge_suggestions(item_values, source.topics if source else (), known.topics, context.translations)


def render_front_matter(values: dict[str, Any]) -> str:
    """Write an inbox file's front matter: the keys that say something, in their order."""
    return frontmatter.format_markdown_file({key: values[key] for key in FRONT_MATTER_KEYS if values.get(key)}, "")


def read_values(text: str) -> dict[str, Any]:
    """Read the plain values of an inbox file's front matter; empty where there is none to read."""
    try:
        values = yaml.load_yaml(frontmatter.split_front_matter("", text).front_matter)
    except (frontmatter.InvalidFileError, yaml.InvalidYamlError):
        return {}
    return values if isinstance(values, dict) else {}


def compute_text_digest(text: str) -> str:
    """Make the digest by which the archive knows an inbox file as it was written."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_untouched(text: str, digests: str | None, context: PullContext) -> bool:
    """Tell whether an inbox file is as a pull wrote it; `digests` are the archive's, where it knows some.

    Without it, the file must be what we would write of its own values: no body, our keys, our style, a title that is
    the work's, and topics and authors that follow from its reasons. In doubt an editor was there.
    """
    if digests:
        return compute_text_digest(text) in digests.split()
    values = read_values(text)
    works = values.get("bookmark_of")
    if not isinstance(works, list) or len(works) != 1 or not isinstance(works[0], dict):
        return False
    work = works[0]
    return (
        values.get("uid") == identity.build_uid(str(work.get("item")))
        and all(values.get(key) == work.get(key) for key in ("title", "lang"))
        and _has_original_suggestions(values, context)
        and render_front_matter(values) == text
    )


def _has_original_suggestions(values: dict[str, Any], context: PullContext) -> bool:
    """Tell whether topics follow from the reasons, and the authors from the topics."""
    known = context.registry.topics
    topics, reasons = values.get("topics", []), values.get("reasons", [])
    if not isinstance(topics, list) or not isinstance(reasons, list):
        return False
    translations = context.translations
    own = [topic for topic in topics if _build_source_reason(topic, translations) in reasons]
    told = set(reasons) - {_build_source_reason(topic, translations) for topic in own}
    by_word = {
        topic.id: {_build_keyword_reason(keyword, translations) for keyword in topic.keywords} & told
        for topic in known.values()
    }
    expected = [*own, *(topic for topic, found in by_word.items() if found and topic not in own)]
    first = known.get(topics[0]) if topics and isinstance(topics[0], str) else None
    return (
        topics == expected
        and told == set().union(*by_word.values())
        and values.get("authors", []) == [*(first.curators[:1] if first else ())]
    )


def choose_address(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell where an entry can be read: its own address, else the site it stands on; empty where neither is known.

    What the feed hangs on it to track readers is left out: it is an address to publish.
    """
    return urls.remove_tracking(entry.canonical or entry.link or feed.link or source.site, source.feed)


def is_usable(entry: Entry, feed: Feed, source: Source) -> bool:
    """Tell whether an entry says anything, and can be read somewhere."""
    says = entry.link or entry.title or entry.summary or entry.content
    return bool(says and choose_address(entry, feed, source))


def choose_title(entry: Entry, source: Source) -> str:
    """Tell an entry's title; one without has the first words of its text, or where it comes from."""
    text = entry.title or plain_text.truncate_words(entry.summary or entry.content, _TITLE_WORDS)
    return text or entry.link or source.name


def _build_values(identified: IdentifiedEntry, feed: Feed, source: Source, context: PullContext) -> dict[str, Any]:
    entry, known = identified.entry, context.registry.topics
    topics, reasons = _suggest_topics(entry, source, known, context.translations)
    values = {
        "title": choose_title(entry, source),
        "date": context.now.isoformat(timespec="seconds"),
        "lang": _choose_language(entry, feed, source),
        "authors": [*known[topics[0]].curators[:1]] if topics else [],
        "topics": topics,
        "bookmark_of": [_build_work(identified, feed, source, context)],
        "also_in": [{"source": source.id, "url": urls.remove_tracking(identified.alternate_link, source.feed)}]
        if identified.alternate_link
        else [],
        "teaser": _build_teaser(entry, context.translations),
        "reasons": reasons,
    }
    return {key: value for key, value in values.items() if value}


def _build_teaser(entry: Entry, translations: NullTranslations) -> str:
    facts = podcasts.describe_recording(entry, translations)
    text = plain_text.truncate_words(entry.summary or entry.content, _TEASER_WORDS)
    return " — ".join(part for part in (facts, text) if part)


def _build_work(identified: IdentifiedEntry, feed: Feed, source: Source, context: PullContext) -> dict[str, Any]:
    entry, known = identified.entry, context.registry.people
    work = {
        "url": choose_address(entry, feed, source),
        "title": choose_title(entry, source),
        "authors": [*entry.authors] or [known[person].name for person in source.people if person in known],
        "publication": source.name,
        "source": source.id,
        "published": dates.to_local_day(dates.clamp_to_first_seen(entry.date, context.now), context.now.tzinfo)
        if entry.date
        else None,
        "lang": _choose_language(entry, feed, source),
        "item": identified.key,
    }
    return {key: value for key, value in work.items() if value}


def _choose_language(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell an entry's language: its own word first, then the editors', then the feed's, which is often a default."""
    return plain_text.get_primary_language(entry.lang or source.lang or feed.lang)


def _suggest_topics(
    entry: Entry, source: Source, topics: dict[str, Topic], translations: NullTranslations
) -> tuple[list[str], list[str]]:
    """List the topics an entry is suggested for, and why."""
    text = "\n".join((entry.title, entry.summary, *entry.categories))
    hits = {topic.id: find_keywords(topic.keywords, text) for topic in topics.values()}
    own = [topic for topic in source.topics if topic in topics]
    ids = [*own, *(topic for topic, found in hits.items() if found and topic not in own)]
    reasons = [_build_source_reason(topic, translations) for topic in own]
    reasons += [_build_keyword_reason(word, translations) for word in _list_unique(hits.values())]
    return ids, reasons


def _build_source_reason(topic: str, translations: NullTranslations) -> str:
    return translations.gettext("source for {topic}").format(topic=topic)


def _build_keyword_reason(keyword: str, translations: NullTranslations) -> str:
    return translations.gettext("keyword: {keyword}").format(keyword=keyword)


def _list_unique(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from dict.fromkeys(word for group in groups for word in group)
