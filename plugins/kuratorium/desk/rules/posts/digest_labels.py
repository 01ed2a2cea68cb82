"""The rule that a digest repeats the labels of the posts that it lists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ....edition.labels import DISCLOSURES
from ....edition.loader import Edition
from ....edition.model import PostFile
from ....edition.rules.links import find_links
from ....edition.settings import SiteSettings
from ....errors import Problem
from ....translations import read_translations


def check_disclosure_labels(edition: Edition, site: SiteSettings | None) -> Iterator[Problem]:
    """Find lines of digests that link to a post with a disclosure, but lack its label.

    An error, not a warning: advertising must be recognizable wherever it is shown (§ 22 MStV, § 6 DDG).
    """
    if not site:  # reported elsewhere; the language is not known
        return
    disclosures = {post.file: post.meta.disclosure for post in edition.post_files if post.meta.disclosure}
    # Few editions have such a link, so a catalogue is only read for the first one in its language.
    find_translations = cache(lambda lang: read_translations(edition.root / site.theme, lang or site.lang))
    for digest in edition.post_files:
        if digest.meta.period:
            for link in find_links(digest):
                if target := next((file for file in link.candidates if file in disclosures), None):
                    label = DISCLOSURES[disclosures[target].kind]
                    yield from _require_label(digest, link.line, find_translations(digest.meta.lang).gettext(label))


def _require_label(digest: PostFile, line: int, label: str) -> Iterator[Problem]:
    """Report a line (from 0) of a digest's body if it lacks a label."""
    if label.casefold() not in digest.body.split("\n")[line].casefold():
        message = "this line links to a post with a disclosure, but lacks its label"
        hint = f'Write "{label}: " before the link, as the post itself does.'
        yield Problem(digest.file, digest.body_line + line, "", message, hint)
