"""Write feeds: RSS 2.0 with full text, source and curator, as https://www.rssboard.org/rss-profile asks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from gettext import NullTranslations
from io import BytesIO
from typing import Any

from feedgenerator import Rss201rev2Feed
from feedgenerator.django.utils.feedgenerator import rfc2822_date

from ...edition import labels
from ...edition.model import Post, Work
from ..page import BodyFinder, FeedPage
from ..template_inputs import LookbackTarget
from .talks import EventFormatter, render_talk

# Links as our converter writes them: lower-case attributes in double quotes. Text that only looks like one stays.
_IN_PAGE_LINK = re.compile(r'(<a (?:[a-z-]+="[^"]*" )*href=")#')
_INVALID_XML_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2


def write_rss(
    page: FeedPage, find_body: BodyFinder, translations: NullTranslations, format_event: EventFormatter
) -> bytes:
    """Return the feed of the page's items; links in it are absolute, for feed readers ignore where a feed lies.

    `format_event` writes when an event takes place, in the site's language and time zone.
    """
    site, meta = page.site, page.meta
    root = f"{site.url}/"
    feed = _RssFeed(
        title=meta.title,
        link=root if page.html_path == site.paths.home else root + page.html_path,
        description=meta.description or meta.title,  # RSS requires one, and a site or topic may have none
        language=site.lang,
        feed_url=root + meta.path,
    )
    for post in page.items:
        feed.add_item(
            title=labels.label_title(post, translations),
            link=root + post.path,
            # Feed readers take a description for HTML, so plain text is escaped once more than XML needs.
            description=_escape_text(post.summary),
            unique_id=post.uid,
            pubdate=post.date,
            # A tag may have the name of a topic: each name once.
            categories=dict.fromkeys([*(topic.name for topic in post.topics), *post.tags]),
            content=_build_content(post, page, find_body, translations, format_event),
            creators=[person.name for person in post.authors],
            changed=post.last_updated,
            source=_find_source(post.works, page.sources),
        )
    buffer = BytesIO()
    feed.write(buffer, "utf-8")
    return buffer.getvalue()


class _RssFeed(Rss201rev2Feed):
    """feedgenerator's RSS with the elements that it does not write, and without characters that XML forbids.

    feedgenerator has a creator for the first author only, and neither content:encoded, source nor a self link.
    """

    def rss_attributes(self) -> dict[str, str]:
        return {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: Any) -> None:
        feed = self.feed
        for name in ("title", "link", "description", "language"):
            self._add_element(handler, name, feed[name])
        self._add_element(
            handler, "atom:link", None, {"rel": "self", "href": feed["feed_url"], "type": "application/rss+xml"}
        )
        self._add_element(handler, "generator", "Kuratorium")
        if self.items:  # the latest change, not the clock's time: the same posts give the same bytes
            self._add_element(handler, "lastBuildDate", rfc2822_date(max(item["changed"] for item in self.items)))

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        self._add_element(handler, "title", item["title"])
        self._add_element(handler, "link", item["link"])
        # The uid outlives slug and title; without isPermaLink="false" a reader would take it for an address.
        self._add_element(handler, "guid", item["unique_id"], {"isPermaLink": "false"})
        # RSS 2.0 dates are those of mail (RFC 822), atom:updated is one of RFC 3339.
        self._add_element(handler, "pubDate", rfc2822_date(item["pubdate"]))
        if (
            item["changed"] != item["pubdate"]
        ):  # RSS has no element for it; readers that know Atom's show the item again
            self._add_element(handler, "atom:updated", item["changed"].isoformat())
        # RSS' own <author> wants a mail address; dc:creator takes names, any number of them.
        for name in item["creators"]:
            self._add_element(handler, "dc:creator", name)
        for name in item["categories"]:
            self._add_element(handler, "category", name)
        self._add_element(handler, "description", item["description"])
        self._add_element(handler, "content:encoded", item["content"])
        if item["source"]:
            name, address = item["source"]
            self._add_element(handler, "source", name, {"url": address})

    def _add_element(self, handler: Any, name: str, text: str | None, attributes: dict[str, str] | None = None) -> None:
        handler.addQuickElement(name, _INVALID_XML_CHARACTERS.sub("", text) if text else text, attributes)


def _build_content(
    post: Post, page: FeedPage, find_body: BodyFinder, translations: NullTranslations, format_event: EventFormatter
) -> str:
    """Return the whole text of an item, with its corrections at the end that the policy names."""
    root = f"{page.site.url}/"
    lookback = render_lookback(post, page.lookback_targets.get(post.uid), root, translations)
    body = _resolve_in_page_links(find_body(post.uid, root), root + post.path)
    corrections = render_corrections(post, translations)
    above, below = (corrections, "") if page.site.corrections_position == "top" else ("", corrections)
    talk = render_talk(post, root, format_event, translations)
    return render_preface(post, translations) + above + talk + lookback + body + below


def render_preface(post: Post, translations: NullTranslations) -> str:
    """Return what a reader must know before the text: the disclosure (§ 22 MStV), and the originals (§ 63 UrhG)."""
    lines = []
    if post.disclosure:
        label = translations.gettext(labels.DISCLOSURES[post.disclosure.kind])
        lines.append(f"<p><strong>{_escape_text(label)}</strong> {_escape_text(post.disclosure.text)}</p>\n")
    label = translations.gettext("Recommended")
    lines += [f"<p>{_escape_text(label)}: {_render_credit(work)}</p>\n" for work in post.works]
    return "".join(lines)


def render_lookback(post: Post, target: LookbackTarget | None, root: str, translations: NullTranslations) -> str:
    """Return how a look-back begins: what it looks back on, and what has changed since; empty for any other post."""
    lines = []
    if target:
        label = translations.gettext("Seen again")
        title = _escape_text(labels.label_title(target.post, translations))
        link = f'<a href="{html.escape(root + target.post.path)}">{title}</a>'
        lines.append(f"<p>{_escape_text(label)}: {link} ({target.post.day.isoformat()})</p>\n")
    if post.changed_since:
        label = translations.gettext("What has changed since")
        changes = "".join(f"<li>{_escape_text(change)}</li>" for change in post.changed_since)
        lines.append(f"<p>{_escape_text(label)}:</p>\n<ul>{changes}</ul>\n")
    return "".join(lines)


def render_corrections(post: Post, translations: NullTranslations) -> str:
    """Return the corrections of a post as paragraphs, each with its date."""
    label = _escape_text(translations.gettext("Correction"))
    return "".join(
        f"\n<p><em>{label} ({correction.date.isoformat()}): {_escape_text(correction.text)}</em></p>\n"
        for correction in post.corrections
    )


def _render_credit(work: Work) -> str:
    names = ", ".join([*([work.publication] if work.publication else []), *work.authors])
    link = f'<a href="{html.escape(work.url)}">{_escape_text(work.title)}</a>'
    return f"{link} – {_escape_text(names)}" if names else link


def _resolve_in_page_links(body: str, page_url: str) -> str:
    """Make links within a body (footnotes, time codes) lead to its page: in a feed reader `#fn:1` leads nowhere."""
    return _IN_PAGE_LINK.sub(rf"\g<1>{page_url}#", body)


def _escape_text(text: str) -> str:
    return html.escape(text, quote=False)


def _find_source(works: Iterable[Work], sources: dict[str, str]) -> tuple[str, str] | None:
    """Return the name and address of the feed that the first recommended work came from; None if it has no address.

    An item may have one <source> only, and its `url` is required (RSS 2.0).
    """
    work = next(iter(works), None)
    if work is None or not sources.get(work.source):
        return None
    return work.publication or work.source, sources[work.source]
