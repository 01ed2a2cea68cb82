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

_EMBED_PARAGRAPH = re.compile(r'<p class="embed" title="(?P<provider>[a-z0-9-]+):(?P<what>[^"]*)">.*?</p>', re.S)


class BodySegment(Struct, frozen=True):
    """A stretch of a body: its HTML, or what somebody else hosts."""

    html: Markup = Markup()
    embed: Embed | None = None


class EmbedsExtension(Extension):
    """Turns lines that are embeds into links."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Work after code fences (25) are taken out, for what is code is shown as it is."""
        md.preprocessors.register(_EmbedPreprocessor(md), "embedding", 24)


class _EmbedPreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        made: list[str] = []
        for line in lines:
            found = embeds.parse_embed_line(line)
            embed = embeds.build_embed(*found) if found else None
            made += ["", self.md.htmlStash.store(_render_embed_link(embed, *found)), ""] if found and embed else [line]
        return made


def split_at_embeds(body: str) -> tuple[BodySegment, ...]:
    """Cut the HTML of a body at its embeds."""
    found: list[BodySegment] = []
    end = 0
    for match in _EMBED_PARAGRAPH.finditer(body):
        if embed := embeds.build_embed(match["provider"], html.unescape(match["what"])):
            found += [BodySegment(html=_mark_as_safe(body[end : match.start()])), BodySegment(embed=embed)]
            end = match.end()
    return (*found, BodySegment(html=_mark_as_safe(body[end:])))


def _render_embed_link(embed: Embed, provider: str, what: str) -> str:
    page = html.escape(embed.page_url)
    shown = html.escape(embed.page_url.removeprefix("https://"))
    return f'<p class="embed" title="{provider}:{html.escape(what)}">{embed.name}: <a href="{page}">{shown}</a></p>'


def _mark_as_safe(part: str) -> Markup:
    return Markup(part)  # noqa: S704 - it passed the allow-list
