"""The files that search engines, servers and browsers look for: sitemaps, robots.txt, security.txt, icons, moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date as Day

from ...edition.curation import Policy
from ...edition.model import Post
from ..assets import COLOURS_FILE
from ..catalog import Catalog
from ..delivery.headers import build_content_policy, build_header_policy
from ..drawing.store import LOOK
from ..page import SiteFilePage, SiteMeta
from ..template_inputs import SitemapEntry
from .talks import list_page_aliases
from .versions import build_alternate_links, find_translations

ICON_SIZES = {
    "favicon.ico": 48,
    "apple-touch-icon.png": 180,
    "icon-144.png": 144,  # the most that RSS allows for the image of a channel
    "icon-192.png": 192,
    "icon-512.png": 512,
}
"""File -> width and height in pixels."""
_LOGO_HEIGHT = 96  # pixels, twice what pages show
MAX_SITEMAP_ENTRIES = 50_000  # sitemaps.org allows no more in a file

_EXPIRY_MONTHS = 11  # RFC 9116 recommends less than a year


def plan_sitemap(catalog: Catalog, site: SiteMeta) -> Iterator[SiteFilePage]:
    """Yield the sitemap: a part with the posts of each month, one with all other pages, and the list of its parts.

    So an edit changes the part of its month, and not a file with every page of the site.
    """
    parts = []
    for month, count in sorted(catalog.lists("month").counts.items()):
        paths = [site.paths.sitemap_part(month, number) for number in range(-(-count // MAX_SITEMAP_ENTRIES))]
        parts += paths
        if catalog.may_change("month", month):
            posts = catalog.lists("month")[month]
            for number, path in enumerate(paths):
                start = number * MAX_SITEMAP_ENTRIES
                entries = _list_posts(posts[start : start + MAX_SITEMAP_ENTRIES], catalog)
                yield _build_page(site, "sitemap", path, entries=tuple(entries))
    pages = tuple(_list_pages(catalog, site))
    for number, start in enumerate(range(0, len(pages), MAX_SITEMAP_ENTRIES)):
        parts.append(site.paths.sitemap_part("pages", number))
        yield _build_page(site, "sitemap", parts[-1], entries=pages[start : start + MAX_SITEMAP_ENTRIES])
    yield _build_page(site, "sitemap_index", site.paths.sitemap, parts=tuple(parts))


def _list_posts(posts: Iterable[Post], catalog: Catalog) -> Iterator[SitemapEntry]:
    for post in posts:
        languages = build_alternate_links(post, find_translations(post, catalog))
        yield SitemapEntry(path=post.path, post=post, languages=languages)


def _list_pages(catalog: Catalog, site: SiteMeta) -> Iterator[SitemapEntry]:
    """Yield the pages beside those of posts; the lists of months and tags, which a reader reaches from these, are none.

    Home page and topics change with their newest post.
    """
    newest = catalog.listed
    yield SitemapEntry(path="", post=newest[0] if newest else None)
    for topic in catalog.topics:
        posts = catalog.lists("topic").find(topic.id)
        yield SitemapEntry(path=site.paths.topic(topic), post=posts[0] if posts else None)
    lists = [site.paths.subscribe(), *map(site.paths.format, site.formats)]
    lists += [site.paths.archive()] if newest else []
    lists += [site.paths.topics()] if site.topics else []
    lists += [site.paths.people()] if site.has_people else []
    lists += [site.paths.sources()] if site.has_sources else []
    lists += [site.paths.all_series()] if site.has_series else []
    lists += [site.paths.series(series.id) for series in catalog.series]
    lists += [site.paths.person(person) for person in catalog.people]
    lists += [page.path for page in site.standalone_pages]
    yield from (SitemapEntry(path=path) for path in lists)


def plan_site_files(catalog: Catalog, site: SiteMeta) -> Iterator[SiteFilePage]:
    """Yield all other files; those that belong to a host as a whole only if the site has one of its own."""
    if not (policy := catalog.policy):
        return
    if policy.news_sitemap:
        news = tuple(post for post in catalog.news if not (post.disclosure and post.disclosure.kind == "sponsor"))
        yield _build_page(site, "news_sitemap", site.paths.news_sitemap, site_name=site.name, posts=news)
    if site.url.count("/") == 2:
        yield from _plan_host_files(policy, catalog, site)
    yield from _plan_icons(catalog, site)
    content_policy = build_header_policy(build_content_policy(policy), policy.admin)
    yield _build_page(site, "headers", "_headers", content_policy=content_policy, bundles=catalog.bundle_paths)
    yield _build_page(site, "nginx_headers", "headers.conf", content_policy=content_policy)
    yield _build_page(site, "caddy_headers", "headers.caddy", content_policy=content_policy)
    if aliases := list_page_aliases(catalog):
        moves = tuple(sorted(aliases.items()))
        yield _build_page(site, "redirects", "_redirects", moves=moves)
        yield _build_page(site, "nginx_map", "redirects.map", moves=moves)


def _plan_host_files(policy: Policy, catalog: Catalog, site: SiteMeta) -> Iterator[SiteFilePage]:
    """Yield robots.txt and what is in /.well-known/: nobody looks for them in a folder."""
    is_reserved = policy.text_and_data_mining == "reserved"
    sitemaps = (site.paths.sitemap, *([site.paths.news_sitemap] if policy.news_sitemap else []))
    yield _build_page(site, "robots", "robots.txt", is_reserved=is_reserved, sitemaps=sitemaps)
    yield _build_page(site, "tdm_reservation", ".well-known/tdmrep.json", is_reserved=is_reserved)
    imprint = policy.imprint
    contact = policy.security_contact or (f"mailto:{imprint.email}" if imprint.email else "")
    if contact and catalog.week:
        expires = find_expiry(catalog.week.monday)
        path = ".well-known/security.txt"
        yield _build_page(site, "security", path, contact=contact, expires=expires, lang=site.lang)


def find_expiry(monday: Day) -> Day:
    """Return when security.txt expires: on the first day of a month, eleven months after the month of `monday`.

    From the week of the build's date, not from its day: a build is made anew each week, and its bytes depend on
    nothing else.
    """
    months = monday.year * 12 + monday.month - 1 + _EXPIRY_MONTHS
    return Day(months // 12, months % 12 + 1, 1)


def _plan_icons(catalog: Catalog, site: SiteMeta) -> Iterator[SiteFilePage]:
    """Yield the icons in the sizes of browsers and phones, drawn from the mark, and the manifest with them."""
    files = {name: catalog.drawn_files[name] for name in (COLOURS_FILE, LOOK) if name in catalog.drawn_files}
    for path, size in ICON_SIZES.items():
        yield _build_page(site, "icon", path, files, size=size)
    if not site.mark.shapes:
        yield _build_page(site, "logo", site.paths.logo, files, height=_LOGO_HEIGHT)
    icons = tuple(path for path in ICON_SIZES if path.startswith("icon-"))
    yield _build_page(
        site,
        "manifest",
        site.paths.manifest,
        files,
        name=site.name,
        description=site.subtitle,
        lang=site.lang,
        home=site.paths.home,
        icons=icons,
    )


def _build_page(
    site: SiteMeta, kind: str, path: str, files: dict[str, str] | None = None, **inputs: object
) -> SiteFilePage:
    return SiteFilePage(path=path, kind=kind, site_url=site.url, inputs=inputs, files=files or {})
