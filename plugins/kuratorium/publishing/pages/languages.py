"""The lists of the posts in one language, where a site has posts in several: of all formats, and of each."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalog import Catalog
from ..page import Page, SiteMeta, build_list_meta, build_list_pages
from ..template_inputs import Link, PageMeta


def plan_language_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of each language, and that of each of its formats of which there are posts in other languages."""
    for lang in find_languages(catalog):
        if catalog.may_change("lang", lang):
            meta = _build_meta(lang, "", site)
            front_inputs = {"languages": link_languages(catalog, site)}
            posts = catalog.lists("lang")[lang]
            yield from build_list_pages(site, meta, "language", posts, front_inputs, lang=lang, format="")
    for format in catalog.formats:
        links = link_languages(catalog, site, format.id)
        for lang in [link.name for link in links]:
            if catalog.may_change("lang_format", f"{lang}/{format.id}"):
                meta = _build_meta(lang, format.id, site)
                posts = catalog.lists("lang_format")[f"{lang}/{format.id}"]
                front_inputs = {"languages": links}
                yield from build_list_pages(site, meta, "language", posts, front_inputs, lang=lang, format=format.id)


def find_languages(catalog: Catalog, format_id: str = "") -> tuple[str, ...]:
    """Return the languages of the posts, or of those of a format; none if all are in one."""
    languages = sorted(catalog.lists("lang").counts)
    if format_id:
        languages = [lang for lang in languages if f"{lang}/{format_id}" in catalog.lists("lang_format").counts]
    return tuple(languages) if len(languages) > 1 else ()


def link_languages(catalog: Catalog, site: SiteMeta, format_id: str = "") -> tuple[Link, ...]:
    """Link the lists of all languages by language code, or those of a format; empty if all posts are in one."""
    return tuple(Link(lang, site.paths.language(lang, format_id)) for lang in find_languages(catalog, format_id))


def _build_meta(lang: str, format_id: str, site: SiteMeta) -> PageMeta:
    return build_list_meta(site, site.paths.language(lang, format_id), lang)
