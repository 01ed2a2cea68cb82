"""The pages that a site has, and where a link in a text leads: from the page of its text, as a browser goes."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from msgspec import structs

from ....edition.curation import Person, Topic
from ....edition.formats import FORMATS
from ....edition.loader import Edition, Text
from ....edition.model import PostFile
from ....edition.settings import SiteSettings
from ....languages import LANGUAGES
from ....urls import encode_host
from .addresses import SitePaths, build_path

_LIST_WORDS = {word for language in LANGUAGES.values() for word in language.page_words.values()}
_FORMAT_WORDS = {word for language in LANGUAGES.values() for word in language.format_words.values()}
_FORMAT_WORDS |= {record.url_word for record in FORMATS}
_LIST_NAMES = {"404", "index", "feed", "sitemap", *_LIST_WORDS, *_FORMAT_WORDS}
_MAIL_ENDINGS = (".mail.html", ".txt")
_PAGE_ENDINGS = (".html", ".xml", ".ics", ".opml")
_FOLDERS = {*_LIST_WORDS, "theme"}  # of topics, people, years and the like, and of the theme's files
# Where a link's target begins, in Markdown or in HTML.
_WHOLE_ADDRESS = re.compile(
    r"""(?P<before>(?:[("']|\]:)[ \t]*<?|<)(?:https?:)?//(?P<host>[^\s/?#()<>"']+)(?P<path>[^\s?#()<>"']*)""", re.I
)


class SitePages:
    """The addresses of a site's pages; those of lists, topics, people and years are known by their folders only.

    `texts`: the judged posts and standalone pages. In their links, whole addresses of the site's own pages begin with
    "/", so that links within the site are the same for the rules however they are written. `all_texts` have the pages;
    without `paths`, no page is known.
    `ids`: the folders of topics, people and series, and the ids that have a page in them.
    """

    def __init__(
        self,
        texts: Iterable[Text],
        all_texts: Sequence[Text],
        paths: SitePaths | None,
        site_url: str,
        ids: Mapping[str, Collection[str]],
    ) -> None:
        self.all_texts = all_texts
        self.texts = [_shorten_own_addresses(text, site_url) for text in texts]
        self._ids = ids
        self._folder = f"{urlsplit(site_url).path.rstrip('/')}/"
        self._path_by_file = {text.file: build_path(text, paths) for text in all_texts} if paths else {}
        self._file_by_path = {
            alias.strip("/"): text.file
            for text in all_texts
            if isinstance(text, PostFile)
            for alias in text.meta.aliases
        }
        self._file_by_path |= {path: file for file, path in self._path_by_file.items()}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for page in self._file_by_path:
            self._by_name[_get_stem(page)].append(page)

    @property
    def are_known(self) -> bool:
        """Whether the addresses of pages are known."""
        return bool(self._path_by_file)

    def contains(self, text: Text | None, link: str) -> bool:
        """Return whether a link in a text can lead to a page; without a text, one from the root of the site."""
        return self.is_list(text, link) or bool(self.find_file(text, link))

    def is_list(self, text: Text | None, link: str) -> bool:
        """Return whether a link in a text can lead to a list, to a feed, or to the site's root."""
        if not self._path_by_file:
            return False
        steps = [step for step in self._resolve(text, link).split("/") if step not in (".", "..")]
        if len(steps) > 1 and steps[0] in self._ids and _get_stem(steps[1]) not in self._ids[steps[0]]:
            return steps[1] in _LIST_WORDS  # the pages of a long list
        return not steps or _is_list(steps)

    def find_file(self, text: Text | None, link: str) -> str:
        """Return the file of the text whose page a link in a text leads to; empty if it leads to none."""
        if not self._path_by_file:
            return ""
        path = self._resolve(text, link)
        # A digest has versions for mail beside its page.
        pages = (path, *(f"{path.removesuffix(end)}.html" for end in _MAIL_ENDINGS if path.endswith(end)))
        return next((self._file_by_path[page] for page in pages if page in self._file_by_path), "")

    def propose(self, text: Text, link: str) -> str:
        """Return the link from a text to the only page that has the name of `link`; empty if there is none."""
        pages = self._by_name.get(_get_stem(unquote(link)), [])
        start = posixpath.dirname(self._path_by_file[text.file])
        return posixpath.relpath(pages[0], start or ".") if len(pages) == 1 else ""

    def _resolve(self, text: Text | None, link: str) -> str:
        start = "" if link.startswith("/") or not text else posixpath.dirname(self._path_by_file[text.file])
        if link.startswith(self._folder):  # a site may be a folder of its host
            link = f"/{link.removeprefix(self._folder)}"
        return posixpath.normpath(posixpath.join(start, unquote(link).lstrip("/") or "."))


def build_site_pages(
    edition: Edition, judged: Edition, paths: SitePaths | None, site: SiteSettings | None
) -> SitePages:
    """Return the pages of an edition's site, and the `judged` texts; without valid settings no address is known."""
    site_url = site.url if site else ""
    texts: list[Text] = [*judged.post_files, *judged.standalone_pages]
    all_texts: list[Text] = [*edition.post_files, *edition.standalone_pages]
    return SitePages(texts, all_texts, paths, site_url, _list_ids(edition, paths) if paths else {})


def _list_ids(edition: Edition, paths: SitePaths) -> dict[str, Collection[str]]:
    """Return the ids of topics, people and series by the folder of their pages."""
    registry = edition.registry
    # A series needs no record.
    series = {*registry.series, *(post.meta.series.id for post in edition.post_files if post.meta.series)}
    if not registry.is_complete:  # an id that is missing may exist
        return {}
    rows = (
        (paths.topic(Topic(id="id", name="")), registry.topics),
        (paths.person(Person(id="id", name="")), registry.people),
        (paths.series("id"), series),
    )
    return {posixpath.dirname(path): ids for path, ids in rows}


def _shorten_own_addresses(text: Text, site_url: str) -> Text:
    """Return a text in whose links the whole addresses of the site's own pages begin with "/"."""
    site = urlsplit(site_url)
    folder = site.path.rstrip("/")
    if not site.hostname or "//" not in text.body:
        return text

    def shorten(match: re.Match[str]) -> str:
        is_own = f"{match['path']}/".startswith(f"{folder}/") and _is_same_host(match["host"], site.netloc)
        before = "](<" if match["before"] == "<" else match["before"]  # <https://…> is a link, </…> is none
        return f"{before}{match['path'].removeprefix(folder) or '/'}" if is_own else match[0]

    return structs.replace(text, body=_WHOLE_ADDRESS.sub(shorten, text.body))


def _is_same_host(host: str, site_host: str) -> bool:
    try:
        return encode_host(host).removesuffix(":443").removesuffix(":80") == encode_host(site_host)
    except ValueError:
        return False


def _is_list(steps: list[str]) -> bool:
    """Return whether an address, in its steps, can be that of a list, a feed, or a page that is no post's."""
    *folders, name = steps
    if not name.endswith(_PAGE_ENDINGS) and folders[:1] != ["theme"]:
        return False
    if not folders:
        return _get_stem(name) in _LIST_NAMES
    return folders[0] in _FOLDERS or (folders[0] in _FORMAT_WORDS and folders[1:2] != [] and folders[1] in _FOLDERS)


def _get_stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].partition(".")[0]
