"""Convert Markdown to HTML: bodies of posts and pages, and short texts of the registry; find a body's headings.

All HTML passes an allow-list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property
from html import unescape
from xml.etree.ElementTree import Element

import nh3
from markdown import Extension, Markdown, markdown
from markdown.serializers import to_html_string
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup, escape
from msgspec import Struct

from ...edition.foreign_loads import is_foreign_address, match_scheme, normalize_address
from ...edition.formats import get_format
from ...edition.markdown import allowed_html
from ...edition.model import PostFile, PostSummary, StandalonePage
from ...edition.registry import Registry
from ...slugs import slugify
from ...text.markup import INLINE_LINK
from ...text.unsafe_characters import remove_unsafe_characters
from ...urls import normalize_url
from ..links import rewrite_links
from .blocks import BlocksExtension
from .embeds import EmbedsExtension
from .footnotes import BACKLINK_TEXT
from .inline import AttributesExtension, InlineExtension
from .page_blocks import insert_blocks, mark_blocks
from .plain import convert_plain_body
from .quotes import QuotesExtension
from .turns import Participant, TurnsExtension


def _filter_attribute(_: str, attribute: str, value: str) -> str | None:
    """Return the value of an attribute as far as it is allowed; None removes the attribute."""
    if attribute == "class":
        if not any(map(allowed_html.is_reserved_class, value.split())):
            return value
        return " ".join(name for name in value.split() if not allowed_html.is_reserved_class(name)) or None
    # All addresses of an allowed scheme would do for links. A picture is loaded without a click, so no other host.
    if attribute == "src" and _is_refused_picture(value):
        return None
    return value


def _is_refused_picture(address: str) -> bool:
    return is_foreign_address(address) or match_scheme(normalize_address(address)) == "data"


_SANITIZER = nh3.Cleaner(
    tags=set(allowed_html.ALLOWED_TAGS),
    attributes={tag: set(attributes) for tag, attributes in allowed_html.ALLOWED_ATTRIBUTES.items()},
    attribute_filter=_filter_attribute,
    url_schemes=set(allowed_html.ALLOWED_SCHEMES),
    link_rel=None,
)

_SCROLLING_ELEMENT = re.compile(r"<(pre|table)(?=[\s>])", re.I)
_FIRST_LEVEL_HEADING = re.compile(r"<(/?)h1(?=[\s/>])", re.I)

# Without sane_lists, a numbered list that follows bullets would become bullets as well.
_MARKDOWN_EXTENSIONS = ("footnotes", "tables", "fenced_code", "sane_lists", "toc")


class MarkdownConverter:
    """Converts bodies one after another.

    It uses one Markdown object for all: creating one per text would take seconds at 10,000 texts. `plugin_extensions`
    are those that other plugins of Pelican add. `converts_plain`: plain bodies are converted without it (plain.py),
    to the same HTML; not beside extensions of plugins, which may give marks of their own a meaning.
    """

    def __init__(
        self, registry: Registry, plugin_extensions: Sequence[Extension] = (), *, converts_plain: bool = True
    ) -> None:
        self._registry = registry
        self._converts_plain = converts_plain and not plugin_extensions
        self._anchor_counts: Counter[str] = Counter()
        self._quotes = QuotesExtension()
        self._turns = TurnsExtension()
        self._embeds = EmbedsExtension()
        self._inline = InlineExtension()
        self._plugin_scripts = _PluginScriptsExtension()
        self._foreign = (*plugin_extensions, self._plugin_scripts) if plugin_extensions else ()

    @cached_property
    def _markdown(self) -> Markdown:
        """The Markdown object, which takes 20 ms to make, and plain bodies need none."""
        own = [AttributesExtension(), BlocksExtension(), self._quotes, self._turns, self._embeds, self._inline]
        return Markdown(
            extensions=[*_MARKDOWN_EXTENSIONS, *own, *self._foreign],
            extension_configs={
                # The default title is an English sentence; footnotes.label_backlinks gives the links a label instead.
                "footnotes": {"BACKLINK_TITLE": "↑ {}", "BACKLINK_TEXT": BACKLINK_TEXT},
                "toc": {
                    "marker": "",
                    "slugify": self._build_heading_anchor,
                },  # anchors only; the theme renders the table of contents
            },
            output_format="html",
        )

    def convert(self, text: PostFile | StandalonePage) -> str:
        """Return the HTML of a text's body.

        A post's quotations get the language of the work that they quote, its turns the names of their speakers.
        """
        self._quotes.work_languages, self._turns.participants = {}, {}
        self._anchor_counts.clear()
        if isinstance(text, PostFile):
            self._quotes.work_languages = {
                normalize_url(work.url): work.lang for work in text.meta.bookmark_of if work.lang and work.url
            }
            self._turns.participants = find_participants(text, self._registry)
        self._inline.in_conversation = bool(self._turns.participants)
        body = remove_unsafe_characters(text.body)
        if isinstance(text, StandalonePage):
            body = mark_blocks(body)
        if self._converts_plain and not self._turns.participants:
            html = convert_plain_body(body, self._quotes.work_languages, self._build_heading_anchor)
            if html is not None:
                return insert_blocks(sanitize_html(html))
            self._anchor_counts.clear()
        # Without reset(), footnotes and anchors of the text before would go on in this one.
        html = insert_blocks(sanitize_html(self._markdown.reset().convert(body)))
        return self._embeds.insert_embeds(html) + self._plugin_scripts.take_scripts()

    def _build_heading_anchor(self, heading: str, _: str = "") -> str:
        """Return a heading's anchor; the prefix keeps it apart from anchors of turns (t-, q-) and of the theme.

        Equal headings are numbered, in Markdown's own form. Markdown would count up from 1 for each of them.
        """
        anchor = f"h-{slugify(heading)}"
        count = self._anchor_counts[anchor]
        self._anchor_counts[anchor] += 1
        return f"{anchor}_{count}" if count else anchor


_SCRIPT_TAGS = ("script", "style")


class _PluginScriptsExtension(Extension):
    """Takes scripts out of a body before the allow-list removes them, and returns them for its end.

    Only extensions can make such elements: an author's raw HTML is no element of the tree, and the allow-list
    removes it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._processor = _ScriptCollector()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the processor behind all others: it must see what they add."""
        self._processor.md = md
        md.treeprocessors.register(self._processor, "plugin-scripts", -100)

    def take_scripts(self) -> str:
        """Return the HTML of the scripts of the body that was converted last, and forget them."""
        scripts, self._processor.html = self._processor.html, ""
        return scripts


class _ScriptCollector(Treeprocessor):
    html = ""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for child in [child for child in parent if child.tag in _SCRIPT_TAGS]:
                parent.remove(child)
                child.tail = None
                self.html += to_html_string(child)


def sanitize_html(html: str) -> str:
    """Return HTML without elements and attributes that edition.markdown.allowed_html does not list.

    A heading of level 1 becomes one of level 2: the page's only h1 is the title. Code and tables can have the focus:
    they scroll if they are wider than the window, and must do so by keyboard (WCAG 2.2, 2.1.1).
    """
    if "<h1" in html or "<H1" in html:
        html = _FIRST_LEVEL_HEADING.sub(r"<\1h2", html)
    if "<pre" in html or "<table" in html:
        html = _SCROLLING_ELEMENT.sub(r'<\1 tabindex="0"', html)
    return _SANITIZER.clean(html)


def find_participants(text: PostFile | PostSummary, registry: Registry) -> dict[str, Participant]:
    """Return who may speak in a conversation, by the marker of their turns; empty for other formats.

    A marker is a person's id, or the slug of a name without an entry in people.yaml. Hosts and authors ask, guests
    answer; a guest who is also a host counts as a guest.
    """
    if not get_format(text.format).is_conversation:
        return {}
    meta = text.meta
    roles = [(speaker, "host") for speaker in (*meta.authors, *meta.hosts)]
    roles += [(speaker, "guest") for speaker in meta.guests]
    participants = {}
    for speaker, role in roles:
        if isinstance(speaker, str):
            participants[speaker] = Participant(registry.people[speaker].name, role)
        else:
            participants[slugify(speaker.name)] = Participant(speaker.name, role)
    return participants


_HEADING_PATTERN = re.compile(
    r'<h(?P<level>[23])\b[^>]*?\bid="(?P<anchor>[^"]*)"[^>]*>(?P<text>.*?)</h(?P=level)>', re.S
)
_FOOTNOTE_NUMBER = re.compile(r"<sup\b.*?</sup>", re.S)  # the number of a footnote is not part of a heading
_TAG_PATTERN = re.compile(r"<[^>]+>")


class Heading(Struct, frozen=True):
    """A heading of a body: its anchor, its text, and the headings one level below it."""

    anchor: str
    text: str
    subheadings: tuple[Heading, ...] = ()


def find_headings(html: str) -> tuple[Heading, ...]:
    """Return the headings of a body's HTML: h2, with the h3 below each; an h3 before any h2 stands among these.

    The HTML is our converter's, so a pattern is enough; an HTML parser takes 0.1 s to import.
    """
    headings: list[Heading] = []
    for match in _HEADING_PATTERN.finditer(html):
        text = " ".join(unescape(_TAG_PATTERN.sub("", _FOOTNOTE_NUMBER.sub("", match["text"]))).split())
        heading = Heading(unescape(match["anchor"]), text)
        if match["level"] == "3" and headings:
            parent = headings[-1]
            headings[-1] = Heading(parent.anchor, parent.text, (*parent.subheadings, heading))
        else:
            headings.append(heading)
    return tuple(headings)


def convert_inline_links(text: str) -> Markup:
    """Return the HTML of a line of plain text in which links in Markdown are links, as in the credit of a picture."""
    parts, position = [Markup()], 0
    for link in INLINE_LINK.finditer(text):
        anchor = Markup('<a href="{}">{}</a>').format(link["address"] or link["bare"], link["words"] or link["bare"])
        parts += [escape(text[position : link.start()]), anchor]
        position = link.end()
    return Markup().join([*parts, escape(text[position:])])


@cache
def convert_short_markdown(text: str) -> Markup:
    """Return the HTML of a short text such as a topic's intro. Links in it must be addresses: it lies in no folder.

    An address without its scheme, `www.…` or that of a mailbox, is completed.

    Cached, because a person's or topic's text is shown on several pages.
    """
    extensions: list[str | Extension] = ["sane_lists", BlocksExtension(), InlineExtension()]
    html = markdown(remove_unsafe_characters(text), extensions=extensions, output_format="html")
    return Markup(rewrite_links(sanitize_html(html), "", "", lambda _: None))  # noqa: S704 - it passed the allow-list
