"""Embeds in a body: a Markdown extension for lines `[[provider:identifier …]]`, and a function that finds them in HTML.

In the body's HTML, and so in feeds, an embed is a plain link. Only the theme makes it a frame, which loads nothing
before the reader agrees (partials/embed.html; § 25 TDDDG).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markupsafe import Markup
from msgspec import Struct

from ...edition.embeds import Embed
from ...edition.markdown.embed_lines import parse_embed_line
from ...edition.pictures.model import Picture
from ...edition.pictures.texts import find_picture

_PARAGRAPH_START = '<p class="embed"'
_EMBED_PARAGRAPH = re.compile(rf'{_PARAGRAPH_START} title="(?P<content>[^"]*)">.*?</p>', re.S)

# A noncharacter, which no body has: the converter removes them (https://www.unicode.org/faq/private_use.html#noncharacters).
_MARK = "\ufdd0"
_PLACEHOLDER = re.compile(rf"<p>{_MARK}(\d+){_MARK}</p>")


class BodySegment(Struct, frozen=True):
    """A part of a body: either HTML or an embed."""

    html: Markup = Markup()
    embed: Embed | None = None


class EmbedsExtension(Extension):
    """Markdown extension that turns embed lines into placeholders, which `insert_embeds` turns into links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register after fenced code (priority 25): an embed line within it is code."""
        md.preprocessors.register(_EmbedPreprocessor(self, md), "embedding", 24)

    def insert_embeds(self, html: str) -> str:
        """Return the body that was converted last with its embeds as links.

        After the allow-list, which takes the class `embed` from all that an author wrote: HTML that looks like an
        embed would be shown as a frame, also of a provider that policy.yaml does not allow.
        """
        return _PLACEHOLDER.sub(lambda match: self.links[int(match[1])], html) if self.links else html


class _EmbedPreprocessor(Preprocessor):
    def __init__(self, extension: EmbedsExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        output: list[str] = []
        self.extension.links.clear()
        for line in lines:
            embed_line = parse_embed_line(line)
            embed = embed_line.build_embed() if embed_line else None
            if embed_line and embed:
                # Stashed, so that Markdown does not read it as text; blank lines make it a block of its own.
                placeholder = f"<p>{_MARK}{len(self.extension.links)}{_MARK}</p>"
                self.extension.links.append(_render_embed_link(embed, embed_line.content))
                output += ["", self.md.htmlStash.store(placeholder), ""]
            else:
                output.append(line)
        return output


def split_at_embeds(body: str) -> tuple[BodySegment, ...]:
    """Return the HTML of a body, cut at its embeds; a provider that we no longer know stays a link."""
    segments: list[BodySegment] = []
    end = 0
    for match in _EMBED_PARAGRAPH.finditer(body):
        embed_line = parse_embed_line(f"[[{html.unescape(match['content'])}]]")
        if embed_line and (embed := embed_line.build_embed()):
            segments += [BodySegment(html=_mark_as_safe(body[end : match.start()])), BodySegment(embed=embed)]
            end = match.end()
    return (*segments, BodySegment(html=_mark_as_safe(body[end:])))


def insert_stills(body: str, pictures: Collection[Picture]) -> str:
    """Return the HTML of a body whose embeds name the drawn files of their stills, which are among `pictures`."""

    def replace_still(match: re.Match[str]) -> str:
        content = html.unescape(match["content"])
        line = parse_embed_line(f"[[{content}]]")
        name = line.read_details().get("poster", "") if line else ""
        if not (still := find_picture(name, pictures)):
            return match[0]
        drawn = content.replace(f"poster={name}", f"poster={still.path}")
        drawn = drawn.replace(f'poster="{name}"', f"poster={still.path}")
        start, end = match.span("content")
        return f"{match[0][: start - match.start()]}{html.escape(drawn)}{match[0][end - match.start() :]}"

    return _EMBED_PARAGRAPH.sub(replace_still, body) if _PARAGRAPH_START in body else body


def find_embeds(body: str) -> list[Embed]:
    """Return what a body embeds."""
    return [segment.embed for segment in split_at_embeds(body) if segment.embed] if _PARAGRAPH_START in body else []


def _render_embed_link(embed: Embed, content: str) -> str:
    # `title` carries the line to the theme, through the cache and through other plugins.
    text = html.escape(embed.title or embed.page_url.removeprefix("https://"))
    link = f'{embed.name}: <a href="{html.escape(embed.page_url)}">{text}</a>'
    duration = f" ({embed.duration})" if embed.duration else ""
    return f'<p class="embed" title="{html.escape(content)}">{link}{duration}</p>'


def _mark_as_safe(body_part: str) -> Markup:
    return Markup(body_part)  # noqa: S704 - it passed the allow-list
