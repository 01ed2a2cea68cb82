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

from ...edition.model import Post, Work
from .. import i18n
from ..page import Head, Page, Past, Site


def retrospect(post: Post, past: Past | None, root: str, words: NullTranslations) -> str:
    """Say it of `post`; links begin with `root`. Empty for a post that looks back on nothing."""
    lines = []
    if past:
        label = words.gettext("Seen again")
        link = f'<a href="{escape(root + past.post.path)}">{_escape(i18n.labelled(past.post, words))}</a>'
        lines.append(f"<p>{_escape(label)}: {link} ({past.post.date.date().isoformat()})</p>\n")
    if post.changed_since:
        label = words.gettext("What has changed since")
        changes = "".join(f"<li>{_escape(change)}</li>" for change in post.changed_since)
        lines.append(f"<p>{_escape(label)}:</p>\n<ul>{changes}</ul>\n")
    return "".join(lines)


def _escape(text: str) -> str:
    return escape(text, quote=False)


_WITHIN = re.compile(r'(<a (?:[a-z]+="[^"]*" )*href=")#')
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no place for them


class _Feed(Rss201rev2Feed):
    """feedgenerator's RSS with the elements that it does not know."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def _add(self, handler: Any, name: str, text: str | None, attributes: dict[str, str] | None = None) -> None:
        handler.addQuickElement(name, _UNPRINTABLE.sub("", text) if text else text, attributes)

    def add_root_elements(self, handler: Any) -> None:
        feed = self.feed
        for name in ("title", "link", "description", "language"):
            self._add(handler, name, feed[name])
        self._add(handler, "atom:link", None, {"rel": "self", "href": feed["feed_url"], "type": "application/rss+xml"})
        self._add(handler, "generator", "Kuratorium")
        if self.items:  # no clock here: a feed is as old as its youngest item
            self._add(handler, "lastBuildDate", rfc2822_date(max(item["changed"] for item in self.items)))

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        self._add(handler, "title", item["title"])
        self._add(handler, "link", item["link"])
        self._add(handler, "guid", item["unique_id"], {"isPermaLink": "false"})
        self._add(handler, "pubDate", rfc2822_date(item["pubdate"]))
        if item["changed"] != item["pubdate"]:
            self._add(handler, "atom:updated", item["changed"].isoformat())
        for name in item["creators"]:
            self._add(handler, "dc:creator", name)
        for name in item["categories"]:
            self._add(handler, "category", name)
        self._add(handler, "description", item["description"])
        self._add(handler, "content:encoded", item["content"])
        if item["source"]:
            name, address = item["source"]
            self._add(handler, "source", name, {"url": address})


def write(page: Page, body_of: Callable[[str, str], str], words: NullTranslations) -> bytes:
    """Write the feed that `page` declares; links in it begin at the site's address."""
    context: dict[str, Any] = dict(page.context)
    site: Site = context["site"]
    head: Head = context["page"]
    root = f"{site.url}/"
    feed = _Feed(
        title=head.title,
        link=root if context["html"] == site.paths.home else root + context["html"],
        description=head.description or head.title,
        language=site.lang,
        feed_url=root + head.path,
    )
    for post in context["items"]:
        again = retrospect(post, context["pasts"].get(post.uid), root, words)
        feed.add_item(
            title=i18n.labelled(post, words),
            link=root + post.path,
            description=_text(post.summary),
            unique_id=post.uid,
            pubdate=post.date,
            categories=dict.fromkeys([*(topic.name for topic in post.topics), *post.tags]),
            content=_content(post, site, again + _anywhere(body_of(post.uid, root), root + post.path), words),
            creators=[person.name for person in post.authors],
            changed=post.changed,
            source=_source(post.works, context["sources"]),
        )
    written = BytesIO()
    feed.write(written, "utf-8")
    return written.getvalue()


def _content(post: Post, site: Site, body: str, words: NullTranslations) -> str:
    """The whole text, with its corrections where the policy wants them."""
    corrected = corrections(post, words)
    above, below = (corrected, "") if site.corrections == "top" else ("", corrected)
    return preface(post, words) + above + body + below


def preface(post: Post, words: NullTranslations) -> str:
    """What a reader must know before the text: whose interest is in play, and which originals are recommended."""
    lines = []
    if post.disclosure:
        label = words.gettext(i18n.DISCLOSURES[post.disclosure.kind])
        lines.append(f"<p><strong>{_text(label)}</strong> {_text(post.disclosure.text)}</p>\n")
    label = words.gettext("Recommended")
    lines += [f"<p>{_text(label)}: {_credit(work)}</p>\n" for work in post.works]
    return "".join(lines)


def corrections(post: Post, words: NullTranslations) -> str:
    """What was corrected since."""
    label = _text(words.gettext("Correction"))
    return "".join(
        f"\n<p><em>{label} ({correction.date.isoformat()}): {_text(correction.text)}</em></p>\n"
        for correction in post.corrections
    )


def _credit(work: Work) -> str:
    names = ", ".join([*([work.publication] if work.publication else []), *work.authors])
    link = f'<a href="{html.escape(work.url)}">{_text(work.title)}</a>'
    return f"{link} – {_text(names)}" if names else link


def _anywhere(body: str, address: str) -> str:
    """Make links within a body (footnotes, time codes) lead to its page: in a feed reader `#fn:1` leads nowhere."""
    return _WITHIN.sub(rf"\g<1>{address}#", body)


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _source(works: Iterable[Work], sources: dict[str, str]) -> tuple[str, str] | None:
    """The feed that the first recommended work came from: its name and its address."""
    work = next(iter(works), None)
    if work is None or not sources.get(work.source):
        return None
    return work.publication or work.source, sources[work.source]
