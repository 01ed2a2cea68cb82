"""What others host, in a body: Markdown extension for `[[provider:what]]` lines, and how a page finds them again.

In the body's HTML, and so in feeds, an embed is a plain link. Only the theme makes a frame of it, one that loads
nothing before a reader asks (partials/embed.html).
"""

from __future__ import annotations

import html
import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import Markup
from msgspec import Struct

from ...edition import embeds
from ...edition.embeds import Embed

_PLACE = re.compile(r'<p class="embed" title="(?P<provider>[a-z0-9-]+):(?P<what>[^"]*)">.*?</p>', re.S)


class Passage(Struct, frozen=True):
    """A stretch of a body: its HTML, or what somebody else hosts."""

    html: Markup = Markup()
    embed: Embed | None = None


class Embedding(Extension):
    """Turns lines that are embeds into links."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Work after code fences (25) are taken out, for what is code is shown as it is."""
        md.preprocessors.register(_Links(md), "embedding", 24)


class _Links(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        made: list[str] = []
        for line in lines:
            found = embeds.marked(line)
            embed = embeds.embed(*found) if found else None
            made += ["", self.md.htmlStash.store(_link(embed, *found)), ""] if found and embed else [line]
        return made


def passages(body: str) -> tuple[Passage, ...]:
    """Cut the HTML of a body at its embeds."""
    found: list[Passage] = []
    end = 0
    for match in _PLACE.finditer(body):
        if embed := embeds.embed(match["provider"], html.unescape(match["what"])):
            found += [Passage(html=_made(body[end : match.start()])), Passage(embed=embed)]
            end = match.end()
    return (*found, Passage(html=_made(body[end:])))


def _link(embed: Embed, provider: str, what: str) -> str:
    page = html.escape(embed.page)
    shown = html.escape(embed.page.removeprefix("https://"))
    return f'<p class="embed" title="{provider}:{html.escape(what)}">{embed.name}: <a href="{page}">{shown}</a></p>'


def _made(part: str) -> Markup:
    return Markup(part)  # noqa: S704 - it passed the allow-list
