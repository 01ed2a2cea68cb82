"""An entry -> its inbox file, name and text. Pure.

What several sources of one article suggest it for, taken together: pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition import frontmatter, yaml
from ..edition.curation import Source, Topic
from ..edition.registry import Registry
from ..slugs import slug_of
from . import identity
from .filtering import Keyed, mentioned
from .parsers import dates, plain_text, podcasts
from .parsers.model import Entry, Feed


def join_suggestions(
    told: Sequence[Mapping[str, Any]], first: Sequence[str], topics: Mapping[str, Topic], words: Mapping[str, str]
) -> dict[str, list[str]]:
    """Join the topics and reasons of inbox files (their values), and tell the author who follows from them.

    `first` are the topics of the source that the article stays with, `topics` all that there are, `words` those of the
    reasons. The order does not depend on that of the files: those of `first`, what else a source is followed for, what
    keywords tell; what is none of these (an editor's language may have changed) comes last.
    """
    named, reasons = _all(told, "topics"), _all(told, "reasons")
    followed = {topic: words["source"].format(topic=topic) for topic in (*first, *topics)}
    own = [topic for topic, reason in followed.items() if topic in named and reason in reasons]
    known = dict.fromkeys((*own, *(topic for topic in topics if topic in named), *sorted(named)))
    keywords = (words["keyword"].format(keyword=word) for topic in topics.values() for word in topic.keywords)
    ordered = dict.fromkeys((*(followed[topic] for topic in own), *keywords, *sorted(reasons)))
    leading = next(iter(known), "")
    return {
        "authors": [*topics[leading].curators[:1]] if leading in topics else [],
        "topics": [*known],
        "reasons": [reason for reason in ordered if reason in reasons],
    }


def _all(told: Iterable[Mapping[str, Any]], key: str) -> set[str]:
    return {one for values in told for one in values.get(key) or ()}


FOLDER = "curation/inbox"
KEYS = ("uid", "title", "date", "lang", "authors", "topics", "bookmark_of", "also_in", "teaser", "reasons")
_TEASER_WORDS = 60
_TITLE_WORDS = 12
_REASONS = {  # by the edition's language
    "de": {"source": "Quelle für {topic}", "keyword": "Stichwort: {keyword}"},
    "en": {"source": "source for {topic}", "keyword": "keyword: {keyword}"},
}


class InboxFile(Struct, frozen=True):
    """A file to write: its path from the edition's root, its text, the uid in it, and the text that stood there."""

    path: str
    text: str
    uid: str
    before: str = ""

    @property
    def digests(self) -> str:
        """What the archive is told before it is written: who is stopped in between finds either text known."""
        return " ".join(digest_of(text) for text in (self.text, self.before) if text)


class Setting(Struct, frozen=True, kw_only=True):
    """What all inbox files of a pull depend on: the registry, the edition's date and its language."""

    registry: Registry
    now: datetime
    lang: str


def file_of(one: Keyed, feed: Feed, source: Source, setting: Setting) -> InboxFile:
    """Make the inbox file of an entry of a source's feed."""
    uid = identity.uid_of(one.key)
    values = _values(one, feed, source, setting)
    slug = slug_of(values["title"], 50)
    name = "-".join(part for part in (setting.now.date().isoformat(), slug, uid[:8]) if part)
    return InboxFile(f"{FOLDER}/{name}.md", written({"uid": uid, **values}), uid)


def updated(text: str, one: Keyed, feed: Feed, source: Source, setting: Setting) -> str:
    """Write the text of an entry's inbox file anew, as the feed tells it now; date and other sources stay.

    What those suggest it for stays, too.
    """
    values = values_of(text)
    pulled = dates.of_text(str(values.get("date"))) or setting.now
    told = _values(one, feed, source, replace(setting, now=pulled.astimezone(setting.now.tzinfo)))
    others = [other for other in values.get("also_in") or () if other["source"] != source.id]
    also = [*told.get("also_in", ()), *others]
    suggested = together([told, values], source.id, setting) if others else {}
    return written({**told, **suggested, "uid": values["uid"], "date": values["date"], "also_in": also})


def together(told: Sequence[dict[str, Any]], source_id: str, setting: Setting) -> dict[str, Any]:
    """Tell the authors, topics and reasons of files about one article (their values), which stays with a source."""
    known = setting.registry
    source = known.sources.get(source_id)
    return join_suggestions(told, source.topics if source else (), known.topics, _words(setting.lang))


def written(values: dict[str, Any]) -> str:
    """Write an inbox file's front matter: the keys that say something, in their order."""
    return frontmatter.write({key: values[key] for key in KEYS if values.get(key)}, "")


def values_of(text: str) -> dict[str, Any]:
    """Read the plain values of an inbox file's front matter; empty where there is none to read."""
    try:
        values = yaml.load(frontmatter.split("", text).front)
    except (frontmatter.BadFile, yaml.YamlError):
        return {}
    return values if isinstance(values, dict) else {}


def digest_of(text: str) -> str:
    """Make the digest by which the archive knows an inbox file as it was written."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_untouched(text: str, digests: str | None, setting: Setting) -> bool:
    """Tell whether an inbox file is as a pull wrote it; `digests` are the archive's, where it knows some.

    Without it, the file must be what we would write of its own values: no body, our keys, our style, a title that is
    the work's, and topics and authors that follow from its reasons. In doubt an editor was there.
    """
    if digests:
        return digest_of(text) in digests.split()
    values = values_of(text)
    works = values.get("bookmark_of")
    if not isinstance(works, list) or len(works) != 1 or not isinstance(works[0], dict):
        return False
    work = works[0]
    return (
        values.get("uid") == identity.uid_of(str(work.get("item")))
        and all(values.get(key) == work.get(key) for key in ("title", "lang"))
        and _follows(values, setting)
        and written(values) == text
    )


def _follows(values: dict[str, Any], setting: Setting) -> bool:
    """Tell whether topics follow from the reasons, and the authors from the topics."""
    known = setting.registry.topics
    topics, reasons = values.get("topics", []), values.get("reasons", [])
    if not isinstance(topics, list) or not isinstance(reasons, list):
        return False
    words = _words(setting.lang)
    own = [topic for topic in topics if words["source"].format(topic=topic) in reasons]
    told = set(reasons) - {words["source"].format(topic=topic) for topic in own}
    by_word = {
        topic.id: {words["keyword"].format(keyword=keyword) for keyword in topic.keywords} & told
        for topic in known.values()
    }
    expected = [*own, *(topic for topic, found in by_word.items() if found and topic not in own)]
    first = known.get(topics[0]) if topics and isinstance(topics[0], str) else None
    return (
        topics == expected
        and told == set().union(*by_word.values())
        and values.get("authors", []) == [*(first.curators[:1] if first else ())]
    )


def address_of(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell where an entry can be read: its own address, else the site it stands on; empty where neither is known.

    What the feed hangs on it to track readers is left out: it is an address to publish.
    """
    return urls.untracked(entry.canonical or entry.link or feed.link or source.site, source.feed)


def is_usable(entry: Entry, feed: Feed, source: Source) -> bool:
    """Tell whether an entry says anything, and can be read somewhere."""
    says = entry.link or entry.title or entry.summary or entry.content
    return bool(says and address_of(entry, feed, source))


def title_of(entry: Entry, source: Source) -> str:
    """Tell an entry's title; one without has the first words of its text, or where it comes from."""
    text = entry.title or plain_text.cut(entry.summary or entry.content, _TITLE_WORDS)
    return text or entry.link or source.name


def _values(one: Keyed, feed: Feed, source: Source, setting: Setting) -> dict[str, Any]:
    entry, known = one.entry, setting.registry.topics
    topics, reasons = _suggested(entry, source, known, setting.lang)
    values = {
        "title": title_of(entry, source),
        "date": setting.now.isoformat(timespec="seconds"),
        "lang": _language(entry, feed, source),
        "authors": [*known[topics[0]].curators[:1]] if topics else [],
        "topics": topics,
        "bookmark_of": [_work(one, feed, source, setting)],
        "also_in": [{"source": source.id, "url": urls.untracked(one.detour, source.feed)}] if one.detour else [],
        "teaser": _teaser(entry, setting.lang),
        "reasons": reasons,
    }
    return {key: value for key, value in values.items() if value}


def _teaser(entry: Entry, lang: str) -> str:
    facts = podcasts.facts(entry, plain_text.primary(lang))
    text = plain_text.cut(entry.summary or entry.content, _TEASER_WORDS)
    return " — ".join(part for part in (facts, text) if part)


def _work(one: Keyed, feed: Feed, source: Source, setting: Setting) -> dict[str, Any]:
    entry, known = one.entry, setting.registry.people
    work = {
        "url": address_of(entry, feed, source),
        "title": title_of(entry, source),
        "authors": [*entry.authors] or [known[person].name for person in source.people if person in known],
        "publication": source.name,
        "source": source.id,
        "published": dates.day_of(dates.settled(entry.date, setting.now), setting.now.tzinfo) if entry.date else None,
        "lang": _language(entry, feed, source),
        "item": one.key,
    }
    return {key: value for key, value in work.items() if value}


def _language(entry: Entry, feed: Feed, source: Source) -> str:
    """Tell an entry's language: its own word first, then the editors', then the feed's, which is often a default."""
    return plain_text.primary(entry.lang or source.lang or feed.lang)


def _suggested(entry: Entry, source: Source, topics: dict[str, Topic], lang: str) -> tuple[list[str], list[str]]:
    """List the topics an entry is suggested for, and why."""
    words = _words(lang)
    text = "\n".join((entry.title, entry.summary, *entry.categories))
    hits = {topic.id: mentioned(topic.keywords, text) for topic in topics.values()}
    own = [topic for topic in source.topics if topic in topics]
    ids = [*own, *(topic for topic, found in hits.items() if found and topic not in own)]
    reasons = [words["source"].format(topic=topic) for topic in own]
    reasons += [words["keyword"].format(keyword=word) for word in _once(hits.values())]
    return ids, reasons


def _words(lang: str) -> dict[str, str]:
    return _REASONS.get(plain_text.primary(lang), _REASONS["en"])


def _once(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from dict.fromkeys(word for group in groups for word in group)
