"""What an issue lists is labelled in it, too: advertisements, gifts, relations."""

from __future__ import annotations

from collections.abc import Iterator

from .. import rules
from ..edition import Edition
from ..errors import Problem
from ..model import Document
from .issue import said


def unlabelled(known: Edition) -> Iterator[Problem]:
    """Find the lines of issues that lead to a post with a disclosure, and lack its label."""
    posts = {document.file: document for document in known.documents}
    for issue in known.documents:
        if issue.meta.period:
            lines = issue.body.split("\n")
            for number, _, target in rules.links(issue):
                if label := _missing(posts.get(target or ""), lines[number], issue.meta.lang):
                    what = "this leads to a post with a disclosure, and does not say so"
                    mend = f"Write «{label}: » before the link, as the post itself does."
                    yield Problem(issue.file, issue.body_line + number, "", what, mend)


def _missing(post: Document | None, line: str, lang: str) -> str:
    """The label that a line should have and has not."""
    if post is None or not post.meta.disclosure:
        return ""
    label = said(lang).labels[post.meta.disclosure.kind]
    return "" if label.casefold() in line.casefold() else label
