"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF: bytes -> Feed, read by the library feedparser.

Only its parser is used: it gets bytes, never an address or a path, so that it opens nothing. It need not sanitize
HTML or resolve links in it, for no markup is kept. Well-formed documents are read by fast_xml, with the same result.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import feedparser

from ... import urls
from ...edition.model import Speaker
from ...errors import SourceError
from .. import schedule
from . import dates, names, plain_text, podcasts, rewriting
from .fast_xml.expat import parse_with_expat
from .model import Entry, Feed

# The possessive quantifiers keep a long prolog from backtracking.
_DOCTYPE = re.compile(rb"(?:[^<]++|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE[^>]*\[", re.DOTALL | re.IGNORECASE)
# Without "<", or declarations that never end would each be searched to the end of the document.
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY\s[^\"'<>]*(\"[^\"]*\"|'[^']*')")
_ENTITY_REFERENCE = re.compile(rb"&(?!#|amp;|lt;|gt;|quot;|apos;)")
# RFC 4287, 4.2.7.2: a relation may be written as an address. feedparser knows the short names only.
_IANA_RELATION = re.compile(r"https?://www\.iana\.org/assignments/(?:link-)?relations?/")
_AUTHOR_KEYS = ("name", "email", "uri", "url", "href")
_MAX_ENTITY_BYTES = 20_000  # twice what all entities of HTML take


def parse_xml_feed(data: bytes, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed in UTF-8. Relative links are resolved against the first of `base_urls` that is set.

    A broken document is used as far as it can be read. Raises SourceError if it is no feed, or an entity bomb.
    """
    data = data.lstrip()  # XML allows nothing before its declaration, but many servers send blank lines there
    _refuse_entity_bombs(data)
    parsed: Any = parse_with_expat(data)
    if parsed is None:
        parsed = parse_with_feedparser(data)
    if not parsed["entries"] and (parsed["bozo"] or not parsed["version"]):
        raise _build_error(parsed)
    return build_feed(parsed, base_urls)


def parse_wellformed_xml(data: bytes, base_urls: tuple[str, ...]) -> Feed | None:
    """Read a feed in UTF-8 that is well-formed and has entries; None for any other.

    Raises SourceError for an entity bomb.
    """
    data = data.lstrip()
    _refuse_entity_bombs(data)
    parsed = parse_with_expat(data)
    return build_feed(parsed, base_urls) if parsed and parsed["entries"] else None


def _refuse_entity_bombs(data: bytes) -> None:
    """Raise SourceError if entities contain entities or are too large."""
    # Expanded, a few bytes could fill the memory ("billion laughs").
    entities = _ENTITY_DECLARATION.findall(data) if _DOCTYPE.match(data) else []
    if any(_ENTITY_REFERENCE.search(value) for value in entities) or sum(map(len, entities)) > _MAX_ENTITY_BYTES:
        raise SourceError("bomb", "the feed defines entities that expand without end (an XML bomb); it was not read")


def parse_with_feedparser(data: bytes) -> Any:
    """Return what feedparser reads of a document in UTF-8. Raises SourceError if it crashes."""
    # It gets the content type application/xml whatever the server says: for text/xml, RFC 3023 makes it read a document
    # without a charset as ASCII.
    headers = {"content-type": "application/xml; charset=utf-8"}
    document = rewriting.rewrite_document(data.decode("utf-8", "replace"))
    try:
        parsed = feedparser.parse(
            io.BytesIO(document.encode()), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as error:  # foreign bytes may break feedparser in any way
        message = f"the feed cannot be read: {error.__class__.__name__}: {error}"
        raise SourceError("broken", plain_text.truncate_words(plain_text.clean_text(message), 40)) from error
    podcasts.add_podcast_elements(parsed, document)
    return parsed


def _build_error(parsed: Any) -> SourceError:
    reason = plain_text.clean_text(str(parsed.get("bozo_exception", ""))).removeprefix("<unknown>:")
    if parsed["version"]:
        return SourceError("broken", f"the feed breaks off before its first entry ({reason})")
    return SourceError("no-feed", "this is neither RSS, Atom nor JSON Feed" + (f" ({reason})" if reason else ""))


def build_feed(parsed: Any, base_urls: tuple[str, ...]) -> Feed:
    """Build a Feed of values under feedparser's keys, as feedparser, fast_xml and rss_json return them."""
    channel = parsed["feed"]
    for holder in (channel, *parsed["entries"]):
        _shorten_relations(holder)
    link = urls.make_absolute_url(channel.get("link") or "", *base_urls)
    lang = plain_text.normalize_language(channel.get("language") or "")
    # Atom lets an entry inherit the feed's author (RFC 4287, 4.2.1); RSS names the managing editor there.
    feed_authors = _read_authors(channel) if parsed["version"].startswith("atom") else ()
    people = podcasts.read_people(channel)
    return Feed(
        title=_read_title(channel),
        link=link,
        lang=lang,
        pull_interval=_read_pull_interval(channel),
        entries=tuple(
            _build_entry(
                entry,
                (link, *base_urls),
                lang,
                people,
                _read_credit(entry, feed_authors, _read_publication(entry, channel, (link, *base_urls))),
            )
            for entry in parsed["entries"]
        ),
    )


def _shorten_relations(holder: Any) -> None:
    """Replace the relations of links that are written as addresses by their names, as feedparser reads them."""
    for link in holder.get("links") or ():
        relation = link.get("rel") or ""
        if match := _IANA_RELATION.match(relation):
            link["rel"] = relation[match.end() :]
            if link["rel"] == "alternate" and link.get("href") and "html" in (link.get("type") or ""):
                holder["link"] = link["href"]


def _read_pull_interval(channel: Any) -> float:
    """Return the seconds that a feed asks for between two pulls; 0 if it does not say.

    RSS 2.0 has ttl (minutes), the syndication module of RSS 1.0 has updatePeriod and updateFrequency.
    """
    ttl_minutes, period, frequency = (channel.get(key) for key in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    minutes = ttl_minutes.strip() if isinstance(ttl_minutes, str) else ""
    ttl = 60.0 * int(minutes[:9]) if minutes.isascii() and minutes.isdigit() else 0.0
    if not isinstance(period, str):
        return ttl
    return max(ttl, schedule.read_update_period(period, frequency if isinstance(frequency, str) else ""))


def _read_credit(entry: Any, feed_authors: tuple[str, ...], publication: str) -> tuple[tuple[str, ...], str]:
    """Return the authors of an entry, and the outlet that it was taken from."""
    # RFC 4287, 4.2.1: the authors of the source come before those of the feed. Who keeps a planet wrote none of it.
    for holder in (entry, _get_source(entry)):
        if _names_an_author(holder):
            return _read_authors(holder), publication
    return (() if publication else feed_authors), publication


def _names_an_author(holder: Any) -> bool:
    """Return whether a feed or an entry has an author, who may have an address only."""
    authors = holder.get("authors") or ()
    return any((author.get(key) or "").strip() for author in authors for key in _AUTHOR_KEYS)


def _build_entry(
    entry: Any,
    bases: tuple[str, ...],
    lang: str,
    feed_people: tuple[Speaker, ...],
    credit: tuple[tuple[str, ...], str],
) -> Entry:
    enclosures = podcasts.read_enclosures(entry, bases)
    people = podcasts.read_people(entry) or (feed_people if enclosures else ())  # the channel's people host recordings
    authors, publication = credit
    published = _read_date(entry, "published") or _read_date(entry, "created")
    updated = _read_date(entry, "updated")
    contents = (_to_plain_text(part.get("value") or "", part.get("type") or "") for part in entry.get("content") or ())
    content = " ".join(filter(None, contents))
    return Entry(
        id=plain_text.clean_text(entry.get("id") or ""),
        link=_find_link(entry, bases)
        or podcasts.build_video_address(entry)
        or next((enclosure.link for enclosure in enclosures), ""),
        title=_read_title(entry),
        authors=authors or (() if publication else podcasts.list_host_names(people)),
        publication=publication,
        published=published.moment if published else None,
        updated=updated.moment if updated else None,
        utc_offset=date.offset if (date := published or updated) else 0,
        lang=_find_language(entry, lang),
        summary=_read_text(entry, "summary"),
        content=content,
        categories=tuple(_read_categories(entry)),
        enclosures=enclosures,
        canonical=_find_canonical(entry, bases),
        duration=podcasts.parse_duration(entry.get("itunes_duration")),
        transcript=podcasts.find_transcript(entry, bases),
        chapters=podcasts.find_chapters(entry, bases),
        people=people,
    )


def _read_date(entry: Any, key: str) -> dates.WrittenDate | None:
    """Return a date by our own reading: of a text that it does not know, feedparser takes the parts that it does."""
    # dict.get avoids feedparser's own look-up, which returns `published` for a missing `updated`, and warns.
    text = dict.get(entry, key)
    return dates.read_date(text) if isinstance(text, str) else None


def _read_title(holder: Any) -> str:
    """Return the title of a feed or an entry, else the one that is meant for programs that play podcasts."""
    title = holder.get("itunes_title")
    return _read_text(holder, "title") or plain_text.to_plain_text(title if isinstance(title, str) else "")


def _read_text(holder: Any, key: str) -> str:
    detail = holder.get(f"{key}_detail") or {}
    return _to_plain_text(holder.get(key) or "", detail.get("type") or "")


@lru_cache(maxsize=4)  # the summary of many entries is their content again
def _to_plain_text(value: str, media_type: str) -> str:
    return plain_text.to_plain_text(value) if media_type == "text/plain" else plain_text.html_to_text(value)


def _find_link(entry: Any, bases: tuple[str, ...]) -> str:
    """Return the address of an entry.

    It is its link, else another alternate link, else that of its content, else its id if that is an address.
    """
    link = entry.get("link") or ""
    contents = [part for part in entry.get("content") or () if part.get("src")]
    if entry.get("guidislink") and ("/" not in link or contents):
        link = ""  # RSS takes a guid without isPermaLink="false" for a link; many feeds write bare numbers there
    alternates = (other.get("href") or "" for other in entry.get("links") or () if other.get("rel") == "alternate")
    candidates = chain(
        (urls.make_absolute_url(address, *bases) for address in chain((link,), alternates)),
        (urls.make_absolute_url(part["src"], part.get("base") or "", *bases) for part in contents),
    )
    return next(filter(None, candidates), "") or urls.make_absolute_url(entry.get("id") or "")


def _find_canonical(entry: Any, bases: tuple[str, ...]) -> str:
    """Return the article's own address, if the feed states it besides a link that leads through a click counter."""
    canonical = (link.get("href") or "" for link in entry.get("links") or () if link.get("rel") == "canonical")
    original = entry.get("feedburner_origlink")
    candidates = (*canonical, original if isinstance(original, str) else "")
    return next((link for address in candidates if (link := urls.make_absolute_url(address, *bases))), "")


def _read_authors(holder: Any) -> tuple[str, ...]:
    return names.read_names(author.get("name") or "" for author in holder.get("authors") or ())


def _read_publication(entry: Any, channel: Any, bases: tuple[str, ...]) -> str:
    """Return the name of the feed that an entry was taken from (atom:source, RSS source), else its host.

    Empty if the entry names no source, or the feed itself.
    """
    source = _get_source(entry)
    if not source:  # true of most entries, and fast
        return ""
    link = urls.make_absolute_url(source.get("href") or source.get("link") or "")
    own_links = (link, *bases, *(other.get("href") or "" for other in channel.get("links") or ()))
    title = _read_text(source, "title")
    if title.casefold() == _read_text(channel, "title").casefold():
        return ""
    if link and urls.normalize_url(link) in {urls.normalize_url(own) for own in own_links[1:] if own}:
        return ""
    own_hosts = {urls.get_host(own) for own in bases if own}
    if source.get("href") and urls.get_host(link) in own_hosts:  # RSS of a site that names a part of itself
        return ""
    if title and not urls.is_http_url(title):
        return title
    # A source that says neither its name nor its address is still another's: see where the entry leads.
    host = urls.get_host(link or (source and urls.make_absolute_url(entry.get("link") or "")) or "")
    return host if host not in own_hosts else ""


def _get_source(entry: Any) -> Any:
    """Return what an entry says of the feed that it was taken from; empty if it says nothing."""
    source = dict.get(entry, "source")
    return source if isinstance(source, dict) else {}


def _find_language(entry: Any, feed_lang: str) -> str:
    """Return the language of an entry by its dc:language, else by its xml:lang, if it differs from the feed's."""
    if own := plain_text.normalize_language(entry.get("language") or ""):
        return own if own != feed_lang else ""
    details = (entry.get("title_detail") or {}, *(entry.get("content") or ()))
    stated = filter(None, [detail.get("language") for detail in details])
    languages = map(plain_text.normalize_language, stated)
    return next((lang for lang in languages if lang and lang != feed_lang), "")


def _read_categories(entry: Any) -> Iterator[str]:
    seen = set()
    for tag in entry.get("tags") or ():
        name = plain_text.to_plain_text(tag.get("label") or tag.get("term") or "")
        if name and name not in seen:
            seen.add(name)
            yield name
