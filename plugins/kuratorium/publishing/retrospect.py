"""What a look-back says first, in HTML for feeds: on which post it looks back, and what has changed since."""

from __future__ import annotations

from gettext import NullTranslations
from html import escape

from ..model import Post
from . import labels
from .page import Past


def retrospect(post: Post, past: Past | None, root: str, words: NullTranslations) -> str:
    """Say it of `post`; links begin with `root`. Empty for a post that looks back on nothing."""
    lines = []
    if past:
        label = words.gettext("Seen again")
        link = f'<a href="{escape(root + past.post.path)}">{_text(labels.labelled(past.post, words))}</a>'
        lines.append(f"<p>{_text(label)}: {link} ({past.post.date.date().isoformat()})</p>\n")
    if post.changed_since:
        label = words.gettext("What has changed since")
        changes = "".join(f"<li>{_text(change)}</li>" for change in post.changed_since)
        lines.append(f"<p>{_text(label)}:</p>\n<ul>{changes}</ul>\n")
    return "".join(lines)


def _text(text: str) -> str:
    return escape(text, quote=False)
