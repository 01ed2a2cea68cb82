"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF: bytes -> Feed, read by feedparser.

Only its parser is used: it gets bytes, never an address or a path, so that it opens nothing. It need not sanitise
HTML or resolve links in it, for no markup is kept.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import feedparser

from ... import urls
from ...edition.model import Speaker
from ...errors import SourceError
from .. import schedule
from . import dates, fast_xml, plain_text, podcasts
from .fast_xml.text import UnsupportedFeedError
from .model import Entry, Feed

_ENCODING_DECLARATION = re.compile(rb"\A<\?xml[^>]*encoding\s*=", re.I)
_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_DOCTYPE = re.compile(rb"(?:[^<]++|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE[^>]*\[", re.DOTALL | re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY\s[^\"'>]*(\"[^\"]*\"|'[^']*')")
_ENTITY_REFERENCE = re.compile(rb"&(?!#|amp;|lt;|gt;|quot;|apos;)")
_MAX_ENTITY_BYTES = 20_000  # bytes; HTML's own are half of that
_MAIL_ADDRESS = re.compile(r"\S+@\S+")
_TRUNCATED_MAIL_ADDRESS = re.compile(r"\A[^()]*\((?P<name>[^()]+)\Z")


def parse_xml_feed(data: bytes, content_type: str, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed; `bases` are the addresses that its relative links may mean, the likeliest first.

    A broken document is used as far as it can be read. Raises SourceError where it is no feed, or a trap.
    """
    data = data.lstrip()
    _refuse_entity_bombs(data)
    try:
        found: Any = fast_xml.parse_with_expat(data, _find_charset(content_type))
    except UnsupportedFeedError:
        found = parse_with_feedparser(data, content_type)
    if not found["entries"] and (found["bozo"] or not found["version"]):
        raise _build_error(found)
    return build_feed(found, base_urls)


def parse_wellformed_xml(data: bytes, content_type: str, base_urls: tuple[str, ...]) -> Feed | None:
    """Read a feed that is in good order and has entries; None for any other. Raises SourceError where it is a trap."""
    data = data.lstrip()
    _refuse_entity_bombs(data)
    try:
        found = fast_xml.parse_with_expat(data, _find_charset(content_type))
    except UnsupportedFeedError:
        return None
    return build_feed(found, base_urls) if found["entries"] else None


def _refuse_entity_bombs(data: bytes) -> None:
    """Refuse entities that are made of entities, or too large: expanded, a few bytes would fill the memory."""
    entities = _ENTITY_DECLARATION.findall(data) if _DOCTYPE.match(data) else []
    if any(_ENTITY_REFERENCE.search(value) for value in entities) or sum(map(len, entities)) > _MAX_ENTITY_BYTES:
        raise SourceError("bomb", "the feed defines entities that expand without end (an XML bomb); it was not read")


def parse_with_feedparser(data: bytes, content_type: str) -> Any:
    """Let feedparser read a document. Raises SourceError where even that fails."""
    headers = {"content-type": f"application/xml{_choose_charset(data, content_type)}"}
    try:
        return feedparser.parse(
            io.BytesIO(data), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as error:  # foreign bytes may break feedparser in any way
        what = f"the feed cannot be read: {error.__class__.__name__}: {error}"
        raise SourceError("broken", plain_text.truncate_words(plain_text.clean_text(what), 40)) from error


def _find_charset(content_type: str) -> str:
    """Tell the charset that a server tells."""
    told = _CHARSET_PARAMETER.search(content_type)
    return told[1] if told else ""


def _choose_charset(data: bytes, content_type: str) -> str:
    """Choose what feedparser is told of the encoding: what the bytes prove, before what anyone says."""
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "; charset=utf-8"
    told = _find_charset(content_type)
    return f"; charset={told}" if told and not _ENCODING_DECLARATION.match(data) else ""


def _build_error(found: Any) -> SourceError:
    reason = plain_text.clean_text(str(found.get("bozo_exception", ""))).removeprefix("<unknown>:")
    if found["version"]:
        return SourceError("broken", f"the feed breaks off before its first entry ({reason})")
    return SourceError("no-feed", "this is neither RSS, Atom nor JSON Feed" + (f" ({reason})" if reason else ""))


def build_feed(parsed: Any, base_urls: tuple[str, ...]) -> Feed:
    """Turn what `judge` or `wellformed.read` has found into a feed."""
    channel = parsed["feed"]
    link = urls.make_absolute_url(channel.get("link") or "", *base_urls)
    lang = plain_text.normalize_language(channel.get("language") or "")
    # Atom lets an entry inherit the feed's author; RSS names an editor there, who is somebody else.
    inherited = _read_authors(channel) if parsed["version"].startswith("atom") else ()
    people = podcasts.read_people(channel)
    return Feed(
        title=_read_text(channel, "title"),
        link=link,
        lang=lang,
        pull_interval=_read_pull_interval(channel),
        entries=tuple(_build_entry(entry, (link, *base_urls), lang, inherited, people) for entry in parsed["entries"]),
    )


def _read_pull_interval(channel: Any) -> float:
    """Tell the seconds that a feed wants between two pulls: its ttl (minutes), or what syndication calls its period."""
    told, period, often = (channel.get(key) for key in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    minutes = told.strip() if isinstance(told, str) else ""
    ttl = 60.0 * int(minutes[:9]) if minutes.isascii() and minutes.isdigit() else 0.0
    update = (
        schedule.read_update_period(period, often if isinstance(often, str) else "") if isinstance(period, str) else 0.0
    )
    return max(ttl, update)


def _build_entry(
    entry: Any, bases: tuple[str, ...], lang: str, inherited: tuple[str, ...], hosting: tuple[Speaker, ...]
) -> Entry:
    enclosures = podcasts.read_enclosures(entry, bases)
    people = podcasts.read_people(entry) or (hosting if enclosures else ())
    content = " ".join(
        _to_plain_text(part.get("value") or "", part.get("type") or "") for part in entry.get("content") or ()
    )
    return Entry(
        id=plain_text.clean_text(entry.get("id") or ""),
        link=_find_link(entry, bases)
        or podcasts.build_video_address(entry)
        or next((one.link for one in enclosures), ""),
        title=_read_text(entry, "title"),
        authors=_read_authors(entry) or inherited or podcasts.list_host_names(people),
        published=_read_date(entry, "published"),
        updated=_read_date(entry, "updated"),
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


def _read_date(entry: Any, key: str) -> datetime | None:
    """Read a date as it is written, else take what feedparser made of it.

    Both are looked up as they stand: feedparser's own look-up warns when it takes one date for another.
    """
    written = dict.get(entry, key)
    read = dates.parse_date(written) if isinstance(written, str) else None
    return read or dates.convert_struct_time(dict.get(entry, f"{key}_parsed"))


def _read_text(holder: Any, key: str) -> str:
    detail = holder.get(f"{key}_detail") or {}
    return _to_plain_text(holder.get(key) or "", detail.get("type") or "")


@lru_cache(maxsize=4)  # an entry's summary is often its content once more
def _to_plain_text(value: str, media_type: str) -> str:
    return plain_text.to_plain_text(value) if media_type == "text/plain" else plain_text.html_to_text(value)


def _find_link(entry: Any, bases: tuple[str, ...]) -> str:
    told = entry.get("link") or ""
    if entry.get("guidislink") and "/" not in told:
        told = ""  # a bare number that is no permalink, though its feed forgot to say so
    if link := urls.make_absolute_url(told, *bases):
        return link
    others = (one.get("href") or "" for one in entry.get("links") or () if one.get("rel") == "alternate")
    candidates = (
        *(urls.make_absolute_url(other, *bases) for other in others),
        urls.make_absolute_url(entry.get("id") or ""),
    )
    return next((one for one in candidates if one), "")


def _find_canonical(entry: Any, bases: tuple[str, ...]) -> str:
    """Tell the article's own address, where its link leads elsewhere first."""
    named = (one.get("href") or "" for one in entry.get("links") or () if one.get("rel") == "canonical")
    original = entry.get("feedburner_origlink")
    candidates = (*named, original if isinstance(original, str) else "")
    return next((link for one in candidates if (link := urls.make_absolute_url(one, *bases))), "")


def _read_authors(holder: Any) -> tuple[str, ...]:
    names = (_clean_author(one.get("name") or "") for one in holder.get("authors") or ())
    return tuple(dict.fromkeys(name for name in names if name))


def _clean_author(told: str) -> str:
    """Take the name out of what feedparser took for one: mail addresses are nobody's business.

    Of «mail@host.example (Name)» it leaves «ple (Name», for it knows no top-level domain of five letters.
    """
    text = plain_text.to_plain_text(told)
    half = _TRUNCATED_MAIL_ADDRESS.match(text)
    name = _MAIL_ADDRESS.sub("", half["name"] if half else text).strip(" <>,;")
    return name[1:-1].strip() if name.startswith("(") and name.endswith(")") else name


def _find_language(entry: Any, feed_lang: str) -> str:
    details = (entry.get("title_detail") or {}, *(entry.get("content") or ()))
    stated = (plain_text.normalize_language(one.get("language") or "") for one in details)
    return next((lang for lang in stated if lang and lang != feed_lang), "")


def _read_categories(entry: Any) -> Iterator[str]:
    seen = set()
    for tag in entry.get("tags") or ():
        name = plain_text.to_plain_text(tag.get("label") or tag.get("term") or "")
        if name and name not in seen:
            seen.add(name)
            yield name
