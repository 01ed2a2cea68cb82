"""A post's Markdown -> the HTML of its body, with quotations and turns, let through the allow-list.

Contents: the headings of a body, to be led to from its beginning.

Short Markdown of the registry, such as a topic's intro -> HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import unescape

import nh3
from markdown import Extension, Markdown
from markupsafe import Markup
from msgspec import Struct

from ...edition.formats import get_format
from ...edition.model import PostFile, PostSummary, StandalonePage
from ...edition.registry import Registry
from ...slugs import slugify
from ...urls import normalize_url
from .embeds import EmbedsExtension
from .plugin_scripts import PluginScriptsExtension
from .quotes import QuotesExtension
from .turns import Participant, TurnsExtension

_ALLOWED_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p"),
    *("pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th"),
    *("thead", "time", "tr", "ul"),
}
_ALLOWED_ATTRIBUTES = {
    "*": {"id", "class", "lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}

_SANITIZER = nh3.Cleaner(
    tags=_ALLOWED_TAGS, attributes=_ALLOWED_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None
)

_MARKDOWN_EXTENSIONS = ("footnotes", "tables", "fenced_code", "sane_lists", "attr_list", "toc")


class MarkdownConverter:
    """Converts bodies one after another; keeps one Markdown object, which is costly to make.

    `plugin_extensions` are those that other plugins of Pelican bring.
    """

    def __init__(self, registry: Registry, plugin_extensions: Sequence[Extension] = ()) -> None:
        self._registry = registry
        self._quotes = QuotesExtension()
        self._turns = TurnsExtension()
        self._plugin_scripts = PluginScriptsExtension()
        foreign = [*plugin_extensions, self._plugin_scripts] if plugin_extensions else []
        self._markdown = Markdown(
            extensions=[*_MARKDOWN_EXTENSIONS, self._quotes, self._turns, EmbedsExtension(), *foreign],
            extension_configs={
                "footnotes": {"BACKLINK_TITLE": "↑ {}"},
                "toc": {"marker": "", "slugify": _build_heading_anchor},
            },
            output_format="html",
        )

    def convert(self, text: PostFile | StandalonePage) -> str:
        """Convert a body; a post's quotations get the language of their work, its turns the names of their speakers."""
        self._quotes.work_languages, self._turns.participants = {}, {}
        if isinstance(text, PostFile):
            self._quotes.work_languages = {
                normalize_url(work.url): work.lang for work in text.meta.bookmark_of if work.lang
            }
            self._turns.participants = find_participants(text, self._registry)
        html = sanitize_html(self._markdown.reset().convert(text.body))
        return html + self._plugin_scripts.take_scripts()


def _build_heading_anchor(heading: str, _: str) -> str:
    """Make a heading's anchor; the letter before it keeps it apart from those of our own."""
    return f"h-{slugify(heading)}"


def sanitize_html(html: str) -> str:
    """Let through what may stand in a body; only http, https and mail addresses lead out of it."""
    return _SANITIZER.clean(html)


def find_participants(text: PostFile | PostSummary, registry: Registry) -> dict[str, Participant]:
    """Name those who may speak in a conversation: guests answer, hosts and authors ask."""
    if not get_format(text.format).is_conversation:
        return {}
    meta = text.meta
    named = [(one, "host") for one in (*meta.authors, *meta.hosts)] + [(one, "guest") for one in meta.guests]
    found = {}
    for one, part in named:
        if isinstance(one, str):
            found[one] = Participant(registry.people[one].name, part)
        else:
            found[slugify(one.name)] = Participant(one.name, part)
    return found


_HEADING_PATTERN = re.compile(
    r'<h(?P<level>[23])\b[^>]*?\bid="(?P<anchor>[^"]*)"[^>]*>(?P<text>.*?)</h(?P=level)>', re.S
)
_FOOTNOTE_NUMBER = re.compile(r"<sup\b.*?</sup>", re.S)  # a footnote's number is no part of a heading
_TAG_PATTERN = re.compile(r"<[^>]+>")


class Heading(Struct, frozen=True):
    """A heading: its anchor, its words, and those one level below it."""

    anchor: str
    text: str
    subheadings: tuple[Heading, ...] = ()


def find_headings(html: str) -> tuple[Heading, ...]:
    """List the headings of a body's HTML, h3 below h2; without an h2 before it, an h3 stands among them."""
    found: list[Heading] = []
    for match in _HEADING_PATTERN.finditer(html):
        text = " ".join(unescape(_TAG_PATTERN.sub("", _FOOTNOTE_NUMBER.sub("", match["text"]))).split())
        one = Heading(unescape(match["anchor"]), text)
        if match["level"] == "3" and found:
            found[-1] = Heading(found[-1].anchor, found[-1].text, (*found[-1].subheadings, one))
        else:
            found.append(one)
    return tuple(found)


@cache
def convert_short_markdown(text: str) -> Markup:
    """Convert Markdown to what may stand in a body; links in it are addresses, for it stands in no folder."""
    from markdown import markdown  # noqa: PLC0415 - 0.1 s, and most builds make none of these pages

    return Markup(sanitize_html(markdown(text, extensions=["sane_lists"], output_format="html")))  # noqa: S704 - see allowed
