"""`kuratorium proof`: one post as one file that asks nobody for anything, to send to whoever must release it."""

from __future__ import annotations

import base64
import mimetypes
import os
import re
import tempfile
from collections.abc import Iterable
from datetime import date as Day
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from markupsafe import Markup
from msgspec import Struct

from ...edition.model import FrontMatter, PostFile, Speaker
from ...edition.registry import Registry
from ...errors import UsageError
from ...files import write_atomically
from ...translations import read_translations
from ..build.model import BuildRequest, NullProgress
from ..build.run import run_build
from ..build_command import make_pelican_factory
from ..drawing.store import PictureStore
from ..settings import Settings, read_settings
from ..urls import Paths
from ..writers import html, theme_environment

if TYPE_CHECKING:
    from bs4 import Tag

PROOFS_FOLDER = "var/proofs"
_GENERATOR = '<meta name="generator" content="Kuratorium: proof">'  # of a file that may be written again
_EDITION_FOLDERS = ("content", "curation", "theme", "plugins", ".git")
# What belongs to the site around the text, or does nothing in a file on a desk.
_LEFT_OUT = "script, .rail, .post-side, .skim, audio, video, iframe, form, button, data, .materials, .kicker .band"
_CSS_ADDRESS = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""")


class Proof(Struct, frozen=True, kw_only=True):
    """What a proof says of itself: who asks for the release, and of whom, until when, and where to send the answer.

    `is_published`: readers see the post already.
    """

    post: PostFile
    asking: tuple[str, ...]
    partners: tuple[str, ...]
    mail: str
    is_published: bool
    until: Day | None = None


def describe_proof(post: PostFile, registry: Registry, until: Day | None, *, is_published: bool) -> Proof:
    """Return what the proof of a post says of itself; hosts ask, of a text without hosts its authors."""
    meta = post.meta
    asking = _find_speakers(meta.hosts or meta.authors, registry)
    imprint = registry.policy.imprint.email if registry.policy else ""
    mails = [registry.people[name].email for name in (*meta.hosts, *meta.authors) if name in registry.people]
    return Proof(
        post=post,
        asking=asking,
        partners=_find_speakers(meta.guests, registry),
        mail=next((mail for mail in mails if mail), imprint),
        is_published=is_published,
        until=until,
    )


def _find_speakers(names: Iterable[str | Speaker], registry: Registry) -> tuple[str, ...]:
    people = registry.people
    found = (name.name if isinstance(name, Speaker) else people[name].name if name in people else "" for name in names)
    return tuple(filter(None, found))


def choose_file(root: Path, post: PostFile, requested: Path | None) -> Path:
    """Return the file of a post's proof: the `requested` one, else one in var/proofs.

    Raises UsageError if it lies in the site or among the texts, or is a file that no proof is.
    """
    output = root / read_settings(root).output
    file = (requested or root / PROOFS_FOLDER / f"{post.slug}.html").resolve()
    if file.is_relative_to(output.resolve()):
        raise UsageError(f"{file} is in the folder of the site, where readers would find it: name another place.")
    if any(file.is_relative_to((root / folder).resolve()) for folder in _EDITION_FOLDERS):
        raise UsageError(f"{file} is among the files of the edition: name a place outside of it.")
    if file.is_dir() or not (file.parent.is_dir() or requested is None):
        raise UsageError(f"{file} cannot be written: name a file in a folder that exists.")
    if file.exists() and _GENERATOR.encode() not in file.read_bytes():
        raise UsageError(f"{file} exists already, and is no proof: name another file.")
    return file


def write_proof(root: Path, proof: Proof, file: Path, now: datetime) -> None:
    """Write the proof of a post into one file; raises EditionError if the edition cannot be built."""
    settings = read_settings(root)
    (root / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="proof-", dir=root / "var") as folder:
        site = Path(folder).resolve() / "site"
        request = BuildRequest(as_of=None, now=now, draws_cards=False, output=site, shows_drafts=True)
        run_build(root, request, make_pelican_factory(root, site), NullProgress())
        text = _build_document(root, settings, proof, site)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, text.encode())


def _build_document(root: Path, settings: Settings, proof: Proof, site: Path) -> str:
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import

    path = Paths(settings.site.lang).post(proof.post.format, proof.post.slug)
    page = BeautifulSoup((site / path).read_bytes(), "html.parser")
    files = _SiteFiles(root, site)
    styles = "".join(files.read_style(path, str(link["href"])) for link in page.select('link[rel="stylesheet"]'))
    article = page.select_one("article")
    assert article  # noqa: S101 - the page of a post has one
    _simplify(article, path, settings.site.url)
    for picture in article.select("img"):
        files.inline_picture(path, picture)
    environment = html.build_environment(root, settings)
    theme_environment.install_translations(environment, read_translations(root / settings.theme, settings.site.lang))
    environment.filters.update(html.build_filters(settings.site))
    meta: FrontMatter = proof.post.meta
    return environment.get_template("proof.html").render(
        site=settings.site,
        lang=meta.lang or settings.site.lang,
        title=meta.title,
        proof=proof,
        generator=Markup(_GENERATOR),  # noqa: S704 - a constant
        styles=Markup(styles.replace("</", "<\\/")),  # noqa: S704 - the theme's own
        article=Markup(str(article)),  # noqa: S704 - a template rendered it, with escaping on
    )


def _simplify(article: Tag, path: str, site_url: str) -> None:
    """Leave out what only a page of the site needs; links lead to the site, whole."""
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for source in article.select("picture source"):
        source.decompose()
    for link in article.select("a[href]"):
        href = str(link["href"])
        if not href.startswith("#") and not urlsplit(href).scheme:
            link["href"] = urljoin(f"{site_url}/{path}", href)
    for element in article.select("[poster], [srcset]"):
        del element["poster"], element["srcset"]


class _SiteFiles:
    """Reads what a page of the site at `site` shows, as data: addresses."""

    def __init__(self, root: Path, site: Path) -> None:
        self._site = site
        self._pictures = PictureStore(root, {})

    def read_style(self, page: str, address: str) -> str:
        """Return a style sheet of a page, with what it loads."""
        path = _resolve(page, address)
        text = (self._site / path).read_text("utf-8")
        return _CSS_ADDRESS.sub(lambda match: f'url("{self._encode(_resolve(path, match[1]))}")', text)

    def inline_picture(self, page: str, picture: Tag) -> None:
        """Put the file of a picture into its element."""
        for name in ("srcset", "sizes", "loading", "decoding", "fetchpriority"):
            del picture[name]
        if not str(picture.get("src", "")).startswith("data:"):
            picture["src"] = self._encode(_resolve(page, str(picture.get("src", ""))))

    def _encode(self, path: str) -> str:
        """Return a file of the site as an address; an empty one if there is no such file."""
        file = self._site / path
        data = file.read_bytes() if file.is_file() else self._pictures.draw_by_path(path)
        if data is None:
            return "data:,"
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _resolve(page: str, address: str) -> str:
    """Return the path from the site's root that an address in the file at `page` leads to."""
    return os.path.normpath(os.path.join(os.path.dirname(page), unquote(urlsplit(address).path)))  # noqa: PTH118, PTH120 - addresses, no files
