"""The head of a page: its description, and what it is in the vocabulary of schema.org (BUILDERS), as JSON-LD.

A template asks for it by `build_head(title)`. A builder sees what the page declares, its text and the words of the
site: it reads no other post.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec
from babel.core import get_global
from markupsafe import Markup, escape
from msgspec import Raw, Struct
from msgspec.structs import replace

from ..page import SiteMeta, TemplatePage
from . import contributors, descriptions, pages, posts
from .facts import PageFacts, PageWording
from .vocabulary import Graph, Thing

BUILDERS: dict[str, Callable[[PageFacts], Thing]] = {
    "person": pages.build_profile_page,
    "series": pages.build_series_page,
    "page": pages.build_web_page,
    "subscribe": pages.build_web_page,
}
"""Template -> function that builds what its pages are; `build_post` builds those of posts, and all others are lists."""

_CONTEXT = "https://schema.org"
_encode = msgspec.json.Encoder().encode
# A script element ends at "</script", and has other rules after "<!--". In JSON these signs stand only in texts.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class PageHead(Struct, frozen=True):
    """The description of a page as plain text, and its graph as JSON-LD; empty if it has none."""

    description: str
    graph: Markup


class HeadBuilder:
    """Builds the heads of a site's pages; what all of them say of the site is encoded once."""

    def __init__(self, wording: PageWording) -> None:
        self._wording = wording
        self._site: SiteMeta | None = None
        self._site_nodes: tuple[Raw, ...] = ()

    def build(self, page: TemplatePage, body: str, title: str) -> PageHead:
        """Return the head of a page; `title` is what its template gives it, as text or (Markup) as HTML."""
        facts = PageFacts(
            template=page.template,
            site=page.site,
            meta=page.meta,
            inputs=page.inputs,
            body=body,
            title=escape(title).striptags(),
            wording=self._wording,
        )
        facts = replace(facts, description=descriptions.describe_page(facts))
        return PageHead(facts.description, Markup(self._write_graph(facts)))  # noqa: S704 - its signs of HTML are escaped

    def _write_graph(self, facts: PageFacts) -> str:
        kind = facts.meta.kind
        if kind in ("404", "mail", "withdrawn"):  # shown at any address, at none, or nothing but a notice
            return ""
        build = posts.build_post if kind == "post" else BUILDERS.get(facts.template, pages.build_collection_page)
        steps = () if kind == "home" else (pages.build_breadcrumb(facts),)
        graph = Graph(_CONTEXT, (build(facts), *steps, *self._encode_site(facts.site)))
        return escape_json(_encode(graph).decode())

    def _encode_site(self, site: SiteMeta) -> tuple[Raw, ...]:
        if site is not self._site:
            nodes = (contributors.build_website(site), contributors.build_organization(site))
            self._site, self._site_nodes = site, tuple(Raw(_encode(node)) for node in nodes)
        return self._site_nodes


def escape_json(text: str) -> str:
    """Return JSON that may stand in a script element, whatever its texts hold."""
    for sign, replacement in _ESCAPES.items():
        text = text.replace(sign, replacement)
    return text


@cache
def build_locale_name(lang: str) -> str:
    """Return a language as Open Graph names it, with the region where most of its readers are: de is de_DE."""
    language, _, region = lang.partition("-")
    likely = get_global("likely_subtags").get(language, "").split("_")
    territory = region.upper() if len(region) == 2 else likely[-1] if len(likely) > 1 else ""
    return f"{language}_{territory}" if territory else language
