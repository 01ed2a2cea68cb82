"""RSS 2.0 with full text, source and curator, as https://www.rssboard.org/rss-profile asks.

What a look-back says first, in HTML for feeds: on which post it looks back, and what has changed since.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from gettext import NullTranslations
from html import escape
from io import BytesIO
from typing import Any

from feedgenerator import Rss201rev2Feed
from feedgenerator.django.utils.feedgenerator import rfc2822_date

from ...edition import labels
from ...edition.model import Post, Work
from ..page import LookbackTarget, Page, PageMeta, SiteMeta


def render_lookback_item(post: Post, target: LookbackTarget | None, root: str, translations: NullTranslations) -> str:
    """Say it of `post`; links begin with `root`. Empty for a post that looks back on nothing."""
    lines = []
    if target:
        label = translations.gettext("Seen again")
        title = _escape_lookback_text(labels.label_title(target.post, translations))
        link = f'<a href="{escape(root + target.post.path)}">{title}</a>'
        lines.append(f"<p>{_escape_lookback_text(label)}: {link} ({target.post.date.date().isoformat()})</p>\n")
    if post.changed_since:
        label = translations.gettext("What has changed since")
        changes = "".join(f"<li>{_escape_lookback_text(change)}</li>" for change in post.changed_since)
        lines.append(f"<p>{_escape_lookback_text(label)}:</p>\n<ul>{changes}</ul>\n")
    return "".join(lines)


def _escape_lookback_text(text: str) -> str:
    return escape(text, quote=False)


_IN_PAGE_LINK = re.compile(r'(<a (?:[a-z]+="[^"]*" )*href=")#')
_INVALID_XML_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no place for them


class _RssFeed(Rss201rev2Feed):
    """feedgenerator's RSS with the elements that it does not know."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def _add_element(self, handler: Any, name: str, text: str | None, attributes: dict[str, str] | None = None) -> None:
        handler.addQuickElement(name, _INVALID_XML_CHARACTERS.sub("", text) if text else text, attributes)

    def add_root_elements(self, handler: Any) -> None:
        feed = self.feed
        for name in ("title", "link", "description", "language"):
            self._add_element(handler, name, feed[name])
        self._add_element(
            handler, "atom:link", None, {"rel": "self", "href": feed["feed_url"], "type": "application/rss+xml"}
        )
        self._add_element(handler, "generator", "Kuratorium")
        if self.items:  # no clock here: a feed is as old as its youngest item
            self._add_element(handler, "lastBuildDate", rfc2822_date(max(item["changed"] for item in self.items)))

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        self._add_element(handler, "title", item["title"])
        self._add_element(handler, "link", item["link"])
        self._add_element(handler, "guid", item["unique_id"], {"isPermaLink": "false"})
        self._add_element(handler, "pubDate", rfc2822_date(item["pubdate"]))
        if item["changed"] != item["pubdate"]:
            self._add_element(handler, "atom:updated", item["changed"].isoformat())
        for name in item["creators"]:
            self._add_element(handler, "dc:creator", name)
        for name in item["categories"]:
            self._add_element(handler, "category", name)
        self._add_element(handler, "description", item["description"])
        self._add_element(handler, "content:encoded", item["content"])
        if item["source"]:
            name, address = item["source"]
            self._add_element(handler, "source", name, {"url": address})


def write_rss(page: Page, find_body: Callable[[str, str], str], translations: NullTranslations) -> bytes:
    """Write the feed that `page` declares; links in it begin at the site's address."""
    context: dict[str, Any] = dict(page.context)
    site: SiteMeta = context["site"]
    head: PageMeta = context["meta"]
    root = f"{site.url}/"
    feed = _RssFeed(
        title=head.title,
        link=root if context["html_path"] == site.paths.home else root + context["html_path"],
        description=head.description or head.title,
        language=site.lang,
        feed_url=root + head.path,
    )
    for post in context["items"]:
        again = render_lookback_item(post, context["lookback_targets"].get(post.uid), root, translations)
        feed.add_item(
            title=labels.label_title(post, translations),
            link=root + post.path,
            description=_escape_text(post.summary),
            unique_id=post.uid,
            pubdate=post.date,
            categories=dict.fromkeys([*(topic.name for topic in post.topics), *post.tags]),
            content=_build_content(
                post, site, again + _resolve_in_page_links(find_body(post.uid, root), root + post.path), translations
            ),
            creators=[person.name for person in post.authors],
            changed=post.last_updated,
            source=_find_source(post.works, context["sources"]),
        )
    written = BytesIO()
    feed.write(written, "utf-8")
    return written.getvalue()


def _build_content(post: Post, site: SiteMeta, body: str, translations: NullTranslations) -> str:
    """The whole text, with its corrections where the policy wants them."""
    corrected = render_corrections(post, translations)
    above, below = (corrected, "") if site.corrections_position == "top" else ("", corrected)
    return render_preface(post, translations) + above + body + below


def render_preface(post: Post, translations: NullTranslations) -> str:
    """What a reader must know before the text: whose interest is in play, and which originals are recommended."""
    lines = []
    if post.disclosure:
        label = translations.gettext(labels.DISCLOSURES[post.disclosure.kind])
        lines.append(f"<p><strong>{_escape_text(label)}</strong> {_escape_text(post.disclosure.text)}</p>\n")
    label = translations.gettext("Recommended")
    lines += [f"<p>{_escape_text(label)}: {_render_credit(work)}</p>\n" for work in post.works]
    return "".join(lines)


def render_corrections(post: Post, translations: NullTranslations) -> str:
    """What was corrected since."""
    label = _escape_text(translations.gettext("Correction"))
    return "".join(
        f"\n<p><em>{label} ({correction.date.isoformat()}): {_escape_text(correction.text)}</em></p>\n"
        for correction in post.corrections
    )


def _render_credit(work: Work) -> str:
    names = ", ".join([*([work.publication] if work.publication else []), *work.authors])
    link = f'<a href="{html.escape(work.url)}">{_escape_text(work.title)}</a>'
    return f"{link} – {_escape_text(names)}" if names else link


def _resolve_in_page_links(body: str, address: str) -> str:
    """Make links within a body (footnotes, time codes) lead to its page: in a feed reader `#fn:1` leads nowhere."""
    return _IN_PAGE_LINK.sub(rf"\g<1>{address}#", body)


def _escape_text(text: str) -> str:
    return html.escape(text, quote=False)


def _find_source(works: Iterable[Work], sources: dict[str, str]) -> tuple[str, str] | None:
    """The feed that the first recommended work came from: its name and its address."""
    work = next(iter(works), None)
    if work is None or not sources.get(work.source):
        return None
    return work.publication or work.source, sources[work.source]
