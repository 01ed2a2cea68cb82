"""A post's Markdown -> the HTML of its body, with quotations and turns, let through the allow-list."""

from __future__ import annotations

import nh3
from markdown import Markdown

from ..formats import by_id
from ..links import normal
from ..model import Document, Leaf, Listed
from ..registry import Registry
from ..slugs import slug_of
from .embedding import Embedding
from .quotes import Quotes
from .turns import Turns, Voice

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p"),
    *("pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th"),
    *("thead", "time", "tr", "ul"),
}
_ATTRIBUTES = {
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

_CLEANER = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None)

_EXTENSIONS = ("footnotes", "tables", "fenced_code", "sane_lists", "attr_list", "toc")


class Converter:
    """Converts bodies one after another; keeps one Markdown object, which is costly to make."""

    def __init__(self, known: Registry) -> None:
        self._known = known
        self._quotes = Quotes()
        self._turns = Turns()
        self._markdown = Markdown(
            extensions=[*_EXTENSIONS, self._quotes, self._turns, Embedding()],
            extension_configs={"footnotes": {"BACKLINK_TITLE": "↑ {}"}, "toc": {"marker": "", "slugify": _anchor}},
            output_format="html",
        )

    def convert(self, text: Document | Leaf) -> str:
        """Convert a body; a post's quotations get the language of their work, its turns the names of their speakers."""
        self._quotes.languages, self._turns.voices = {}, {}
        if isinstance(text, Document):
            self._quotes.languages = {normal(work.url): work.lang for work in text.meta.bookmark_of if work.lang}
            self._turns.voices = voices(text, self._known)
        return allowed(self._markdown.reset().convert(text.body))


def _anchor(heading: str, _: str) -> str:
    """Make a heading's anchor; the letter before it keeps it apart from those of our own."""
    return f"h-{slug_of(heading)}"


def allowed(html: str) -> str:
    """Let through what may stand in a body; only http, https and mail addresses lead out of it."""
    return _CLEANER.clean(html)


def voices(text: Document | Listed, known: Registry) -> dict[str, Voice]:
    """Name those who may speak in a conversation: guests answer, hosts and authors ask."""
    if not by_id(text.format).dialogue:
        return {}
    meta = text.meta
    named = [(one, "host") for one in (*meta.authors, *meta.hosts)] + [(one, "guest") for one in meta.guests]
    found = {}
    for one, part in named:
        if isinstance(one, str):
            found[one] = Voice(known.people[one].name, part)
        else:
            found[slug_of(one.name)] = Voice(one.name, part)
    return found
