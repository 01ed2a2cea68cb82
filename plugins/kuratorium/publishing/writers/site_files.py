"""Write the files of pages.site_files. SITE_FILES is the table of them; one more is a function and one line in it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ...edition.hosting.media_types import FEED_TYPES, LASTING_ADDRESS, LONG_CACHING, MEDIA_TYPES
from ...edition.pictures.model import PICTURES_FOLDER
from ..assets import COLOURS_FILE
from ..delivery.headers import OTHER_HEADERS
from ..drawing.store import PictureStore
from ..page import SiteFilePage
from ..template_inputs import SitemapEntry

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
# Programs that collect texts to train models; those that look up an answer for a person are not among them.
TRAINING_CRAWLERS = (
    *("AI2Bot", "Amazonbot", "Applebot-Extended", "Bytespider", "CCBot", "ClaudeBot", "cohere-training-data-crawler"),
    *("FacebookBot", "Google-Extended", "GPTBot", "meta-externalagent", "omgili", "PanguBot", "Webzio-Extended"),
)
_RESERVATION = """\
# Text and data mining is reserved (§ 44b (3) UrhG, Art. 4 (3) of Directive (EU) 2019/790).
# Text und Data Mining ist vorbehalten (§ 44b Abs. 3 UrhG).
"""


def write_sitemap(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write a part of the sitemap."""
    # Not as a tree: it would take ten times as long, for each post of a site.
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">']
    entries: Iterable[SitemapEntry] = page.inputs["entries"]  # type: ignore[assignment]
    for entry in entries:
        # An address is percent-encoded, and a date and a language hold nothing to escape, but for the site's own part.
        lines += ["  <url>", f"    <loc>{escape(_build_address(page, entry.path))}</loc>"]
        if entry.post:
            lines.append(f"    <lastmod>{entry.post.last_updated.isoformat(timespec='seconds')}</lastmod>")
        for version in entry.languages:
            address = quoteattr(_build_address(page, version.path))
            lines.append(f'    <xhtml:link rel="alternate" hreflang="{version.name}" href={address}/>')
        lines.append("  </url>")
    return _join([*lines, "</urlset>"])


def write_sitemap_index(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write the list of the parts of the sitemap."""
    root = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
    for part in _get_tuple(page, "parts"):
        ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = _build_address(page, part)
    return _write_xml(root)


def write_news_sitemap(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write the posts of the last days for search engines for news."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:news": _NEWS})
    for post in _get_tuple(page, "posts"):
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = _build_address(page, post.path)
        news = ET.SubElement(url, "news:news")
        publication = ET.SubElement(news, "news:publication")
        ET.SubElement(publication, "news:name").text = str(page.inputs["site_name"])
        ET.SubElement(publication, "news:language").text = post.lang.partition("-")[0]
        ET.SubElement(news, "news:publication_date").text = post.date.isoformat(timespec="seconds")
        ET.SubElement(news, "news:title").text = post.title
    return _write_xml(root)


def write_robots(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write robots.txt: all may read everything, but those that train models, if mining is reserved."""
    lines = ["User-agent: *", "Allow: /", ""]
    if page.inputs["is_reserved"]:
        lines = [*_RESERVATION.splitlines(), *lines]
        lines += [*(f"User-agent: {name}" for name in TRAINING_CRAWLERS), "Disallow: /", ""]
    lines += [f"Sitemap: {_build_address(page, path)}" for path in _get_tuple(page, "sitemaps")]
    return _join(lines)


def write_tdm_reservation(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write whether text and data mining is reserved, as the TDM Reservation Protocol of the W3C's group has it."""
    return _write_json([{"location": "/", "tdm-reservation": int(bool(page.inputs["is_reserved"]))}])


def write_security(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write security.txt (RFC 9116)."""
    inputs = page.inputs
    return _join(
        [
            f"Contact: {inputs['contact']}",
            f"Expires: {inputs['expires']}T00:00:00Z",
            f"Preferred-Languages: {inputs['lang']}",
            f"Canonical: {_build_address(page, page.path)}",
        ]
    )


def write_manifest(page: SiteFilePage, pictures: PictureStore) -> bytes:
    """Write the manifest, from which a phone makes an app of the site."""
    inputs = page.inputs
    paper = pictures.read_schemes(COLOURS_FILE).day.paper
    icons = [
        {"src": path, "sizes": "{0}x{0}".format(path.removesuffix(".png").rpartition("-")[2]), "type": "image/png"}
        for path in _get_tuple(page, "icons")
    ]
    return _write_json(
        {
            "name": inputs["name"],
            "short_name": inputs["name"],
            "description": inputs["description"],
            "lang": inputs["lang"],
            "start_url": inputs["home"],
            "scope": ".",
            "display": "minimal-ui",
            "background_color": paper,
            "theme_color": paper,
            "icons": icons,
        }
    )


def write_icon(page: SiteFilePage, pictures: PictureStore) -> bytes:
    """Write the icon in one size."""
    return pictures.draw_icon(int(str(page.inputs["size"])), COLOURS_FILE)


def write_logo(page: SiteFilePage, pictures: PictureStore) -> bytes:
    """Write the logo as pages show it, if it is no part of them."""
    return pictures.draw_logo(int(str(page.inputs["height"])))


def write_headers(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write headers of responses as Netlify, Cloudflare Pages and others read them."""
    folder = _find_folder(page)
    lines = [f"/{folder}*", *(f"  {name}: {value}" for name, value in _list_headers(page))]
    for path in (*map(quote, _get_tuple(page, "bundles")), f"{PICTURES_FOLDER}/*"):
        lines += [f"/{folder}{path}", f"  Cache-Control: {LONG_CACHING}"]
    return _join(lines)


def write_nginx_headers(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write headers of responses, and the types of files, for a `server` of nginx."""
    lines = [f'add_header {name} "{value}" always;' for name, value in _list_headers(page)]
    # nginx drops the headers of a server where a location adds its own.
    location = [*lines, f'add_header Cache-Control "{LONG_CACHING}";']
    types = [f'    "{media_type}" {ending};' for ending, media_type in MEDIA_TYPES.items()]
    # nginx goes by names only: all XML is a feed, but sitemaps.
    feeds = ["types {}", f'default_type "{FEED_TYPES[b"<rss"]}";']
    return _join(
        [
            *lines,
            *("types {", *types, "}"),
            *(f'location ~ "{LASTING_ADDRESS}" {{', *(f"    {line}" for line in location), "}"),
            *('location ~ "^(?!.*sitemap).*\\.xml$" {', *(f"    {line}" for line in feeds), "}"),
        ]
    )


def write_caddy_headers(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write headers of responses, and the types of files, for a site block of a Caddyfile, which imports them."""
    lines = ["header {", *(f'    {name} "{value}"' for name, value in _list_headers(page)), "}"]
    lines += [f"@lasting path_regexp {LASTING_ADDRESS}", f'header @lasting Cache-Control "{LONG_CACHING}"']
    for ending, media_type in MEDIA_TYPES.items():
        lines += [f"@{ending} path *.{ending}", f'header @{ending} Content-Type "{media_type}"']
    lines += ["@feeds {", "    path *.xml", "    not path *sitemap*", "}"]
    return _join([*lines, f'header @feeds Content-Type "{FEED_TYPES[b"<rss"]}"'])


def _list_headers(page: SiteFilePage) -> Iterator[tuple[str, object]]:
    yield "Content-Security-Policy", page.inputs["content_policy"]
    yield from OTHER_HEADERS.items()


def write_redirects(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write former addresses as Netlify, Cloudflare Pages and others read them."""
    return _join(f"{source} {target} 301" for source, target in _list_moves(page))


def write_nginx_map(page: SiteFilePage, _: PictureStore) -> bytes:
    """Write former addresses for a `map` of nginx, which compares them decoded."""
    return _join(f'"{_escape_nginx(source)}" "{target}";' for source, target in _list_moves(page, encoded=False))


def _list_moves(page: SiteFilePage, *, encoded: bool = True) -> Iterator[tuple[str, str]]:
    """Yield former and present addresses from the root of the host; that of a folder with and without a slash."""
    folder = _find_folder(page)
    for alias, path in _get_tuple(page, "moves"):
        source, target = f"/{folder}{alias}", quote(f"/{folder}{path}")
        for former in (source,) if source.endswith(".html") else (source, f"{source}/"):
            yield quote(former) if encoded else former, target


def _find_folder(page: SiteFilePage) -> str:
    """Return the folder of the host that the site is in, with a slash at its end; empty for a host of its own."""
    return page.site_url.split("/", 3)[3] + "/" if page.site_url.count("/") > 2 else ""


def _escape_nginx(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _get_tuple(page: SiteFilePage, name: str) -> tuple[Any, ...]:
    value = page.inputs[name]
    assert isinstance(value, tuple)  # noqa: S101 - for mypy: inputs hold values of any type
    return value


def _build_address(page: SiteFilePage, path: str) -> str:
    return f"{page.site_url}/{quote(path)}"


def _join(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _write_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _write_xml(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


SITE_FILES: dict[str, Callable[[SiteFilePage, PictureStore], bytes]] = {
    "sitemap": write_sitemap,
    "sitemap_index": write_sitemap_index,
    "news_sitemap": write_news_sitemap,
    "robots": write_robots,
    "tdm_reservation": write_tdm_reservation,
    "security": write_security,
    "manifest": write_manifest,
    "icon": write_icon,
    "logo": write_logo,
    "headers": write_headers,
    "nginx_headers": write_nginx_headers,
    "caddy_headers": write_caddy_headers,
    "redirects": write_redirects,
    "nginx_map": write_nginx_map,
}
"""Kind of a SiteFilePage -> function that writes it."""
