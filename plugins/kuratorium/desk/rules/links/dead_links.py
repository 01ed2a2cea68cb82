"""The rules on links that lead to no file of the edition, and to no page that the site will have, or has already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from ....edition import loader
from ....edition.fields import Violation
from ....edition.loader import Edition, Text
from ....edition.model import PostFile
from ....edition.rules.links import FoundLink, find_dead_links, find_links
from ....errors import Problem
from .site_pages import SitePages


def check_dead_links(edition: Edition, pages: SitePages) -> Iterator[Problem]:
    """Find links of posts and pages within the site that lead to no file and to no page; drafts are not finished."""
    file_exists = partial(loader.is_linkable, edition.root)
    violations = [
        (text, violation)
        for text in pages.texts
        if not text.meta.has_no_readers
        for violation in find_dead_links(text, file_exists, partial(pages.contains, text), partial(pages.propose, text))
    ]
    yield from loader.report_violations(edition.root, violations)


_WITHDRAWN = "a withdrawn post"


def check_links_to_withheld(edition: Edition, pages: SitePages, as_of: datetime) -> Iterator[Problem]:
    """Find links of published texts to drafts, unreleased interviews and later posts, which have no page."""
    withheld = {text.file: description for text in pages.all_texts if (description := _describe_withheld(text, as_of))}
    if withheld:  # looking for links costs a pass over every body
        dates = {post.file: post.meta.date for post in edition.post_files if not post.meta.is_withheld}
        violations = [
            (text, violation)
            for text in pages.texts
            if not text.meta.is_withheld
            for violation in _find_links_to_withheld(text, withheld, dates, pages)
        ]
        yield from loader.report_violations(edition.root, violations)


def _find_links_to_withheld(
    text: Text, withheld: Mapping[str, str], dates: Mapping[str, datetime], pages: SitePages
) -> Iterator[Violation]:
    for link in find_links(text):
        target = next((file for file in link.candidates if file in withheld), None) or _find_page(text, link, pages)
        # A post may link to an earlier one: when it appears, both have a page.
        if target in withheld and not (target in dates and text.file in dates and dates[target] <= dates[text.file]):
            is_withdrawn = withheld[target] == _WITHDRAWN
            message = f"link to {withheld[target]}, which has no page: {link.target}"
            hint = "Publish both together, or remove the link until then."
            if is_withdrawn:
                message = f"link to {_WITHDRAWN}, of which only the notice is left: {link.target}"
                hint = "Remove the link, or say that the post was withdrawn."
            yield Violation((), message, hint, text.body_line + link.line)


def _find_page(text: Text, link: FoundLink, pages: SitePages) -> str:
    """Return the file of the text whose page a link names by its address; empty if it names none."""
    return "" if link.target.keyword else pages.find_file(text, link.target.path)


def _describe_withheld(text: Text, as_of: datetime) -> str:
    """Return what a text is that has no page at `as_of`; empty if it has one."""
    if text.meta.is_withheld:
        names = {"draft": "a draft", "withdrawn": _WITHDRAWN}
        return names.get(text.meta.status, "an interview that is not released")
    if isinstance(text, PostFile) and text.meta.date > as_of:
        return f"a post of a later date ({text.meta.date:%Y-%m-%d})"
    return ""
