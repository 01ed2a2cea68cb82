"""The rules on links that lead to no file of the edition, and to no page that the site will have, or has already."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from ...edition import loader
from ...edition.fields import Violation
from ...edition.formats import FORMATS
from ...edition.loader import Edition
from ...edition.model import PostFile, StandalonePage
from ...edition.rules.links import find_dead_links, find_links
from ...errors import Problem
from ...languages import LANGUAGES
from .addresses import SitePaths, build_path

_LIST_WORDS = {word for language in LANGUAGES.values() for word in language.page_words.values()}
_FORMAT_WORDS = {word for language in LANGUAGES.values() for word in language.format_words.values()}
_FORMAT_WORDS |= {record.url_word for record in FORMATS}
_LIST_NAMES = {"index", "feed", *_LIST_WORDS, *_FORMAT_WORDS}
_MAIL_ENDINGS = (".mail.html", ".txt")
_PAGE_ENDINGS = (".html", ".xml", ".ics", ".opml")
_FOLDERS = {*_LIST_WORDS, "theme"}  # of topics, people, years and the like, and of the theme's files

Text = PostFile | StandalonePage


class SitePages:
    """The addresses of a site's pages, and where a relative link leads: from the page of its text, as a browser goes.

    Those of lists, topics, people and years are known by their folders only.
    """

    def __init__(self, texts: Iterable[Text], paths: SitePaths) -> None:
        self._path_by_file = {text.file: build_path(text, paths) for text in texts}
        aliases = {alias.strip("/") for text in texts if isinstance(text, PostFile) for alias in text.meta.aliases}
        self._pages = aliases | set(self._path_by_file.values())
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for page in self._pages:
            self._by_name[_get_stem(page)].append(page)

    def contains(self, text: Text | None, link: str) -> bool:
        """Return whether a link in a text can lead to a page; without a text, one from the root of the site."""
        start = "" if link.startswith("/") or not text else posixpath.dirname(self._path_by_file[text.file])
        path = posixpath.normpath(posixpath.join(start, unquote(link).lstrip("/") or "."))
        steps = [step for step in path.split("/") if step not in (".", "..")]
        if not steps or path in self._pages or _is_list(steps):
            return True
        # A digest has versions for mail beside its page.
        return any(path.endswith(end) and f"{path.removesuffix(end)}.html" in self._pages for end in _MAIL_ENDINGS)

    def propose(self, text: Text, link: str) -> str:
        """Return the link from a text to the only page that has the name of `link`; empty if there is none."""
        pages = self._by_name.get(_get_stem(unquote(link)), [])
        start = posixpath.dirname(self._path_by_file[text.file])
        return posixpath.relpath(pages[0], start or ".") if len(pages) == 1 else ""


def check_dead_links(edition: Edition, paths: SitePaths) -> Iterator[Problem]:
    """Find relative links of posts and pages that lead to no file and to no page; drafts are not finished."""
    texts: list[Text] = [*edition.post_files, *edition.standalone_pages]
    pages = SitePages(texts, paths)
    file_exists = partial(loader.is_linkable, edition.root)
    violations = [
        (text, violation)
        for text in texts
        if text.meta.status != "draft"
        for violation in find_dead_links(text, file_exists, partial(pages.contains, text), partial(pages.propose, text))
    ]
    yield from loader.report_violations(edition.root, violations)


def check_links_to_withheld(edition: Edition, as_of: datetime) -> Iterator[Problem]:
    """Find links of published texts to drafts, unreleased interviews and later posts, which have no page."""
    texts: list[Text] = [*edition.post_files, *edition.standalone_pages]
    withheld = {text.file: description for text in texts if (description := _describe_withheld(text, as_of))}
    if withheld:  # looking for links costs a pass over every body
        dates = {post.file: post.meta.date for post in edition.post_files if not post.meta.is_withheld}
        violations = [
            (text, violation)
            for text in texts
            if not text.meta.is_withheld
            for violation in _find_links_to_withheld(text, withheld, dates)
        ]
        yield from loader.report_violations(edition.root, violations)


def _find_links_to_withheld(text: Text, withheld: dict[str, str], dates: Mapping[str, datetime]) -> Iterator[Violation]:
    for link in find_links(text):
        target = next((file for file in link.candidates if file in withheld), None)
        # A post may link to an earlier one: when it appears, both have a page.
        if target and not (target in dates and text.file in dates and dates[target] <= dates[text.file]):
            message = f"link to {withheld[target]}, which has no page: {link.target}"
            hint = "Publish both together, or remove the link until then."
            yield Violation((), message, hint, text.body_line + link.line)


def _describe_withheld(text: Text, as_of: datetime) -> str:
    """Return what a text is that has no page at `as_of`; empty if it has one."""
    if text.meta.is_withheld:
        return "a draft" if text.meta.status == "draft" else "an interview that is not released"
    if isinstance(text, PostFile) and text.meta.date > as_of:
        return f"a post of a later date ({text.meta.date:%Y-%m-%d})"
    return ""


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
