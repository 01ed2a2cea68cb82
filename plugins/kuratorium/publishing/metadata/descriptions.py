"""The description of a page, for search engines and previews: of what it shows, in the words of its own language."""

from __future__ import annotations

from collections.abc import Iterable

from ...edition.formats import get_format
from ...edition.model import Post
from ...translations import N_
from .facts import PageFacts
from .items import list_items

MAX_LENGTH = 300  # characters: search engines show about 160, chat previews up to 300
_SEPARATOR = " · "  # no title holds it for sure, as it might a comma or a quotation mark
_SENTENCES = {
    "404": N_("There is nothing at this address. Go on from here:"),
    "sources": N_("Whom we read so that you need not read everything."),
    "subscribe": N_("Read what you chose, where you choose, and nobody learns of it."),
}
"""Template -> a sentence of its own page that says more than what the page lists."""


def describe_page(facts: PageFacts) -> str:
    """Return a page's description as plain text, at most MAX_LENGTH characters; no two pages have the same.

    What an editor wrote comes first: a summary, a topic's question, a person's life. Else it is the page's title, and
    what the page lists.
    """
    return shorten("" if facts.is_older_page else facts.meta.description) or _describe_contents(facts)


def _describe_contents(facts: PageFacts) -> str:
    post = facts.inputs.get("post")
    if isinstance(post, Post):  # its text has no sentence
        by = ", ".join(person.name for person in (*post.guests, *post.authors))
        return join_names(f"{facts.translate(get_format(post.format).singular)}: {post.title}", [by] if by else [])
    title, site = facts.title, facts.site.name
    beginning = title if title == site else f"{title} – {site}"
    if facts.template in _SENTENCES:
        sentence = facts.translate(_SENTENCES[facts.template]).rstrip(":")
        return shorten(f"{beginning}: {sentence}")
    return join_names(beginning, (item.name for item in list_items(facts)))


def join_names(beginning: str, names: Iterable[str]) -> str:
    """Return a beginning, and behind a colon as many names as there is room for."""
    text, separator = shorten(beginning), ": "
    for name in names:
        if len(text) + len(separator) + len(name) > MAX_LENGTH:
            # A name that alone is too long is cut: better than none.
            return shorten(f"{text}{separator}{name}") if separator == ": " else f"{text} …"
        text, separator = f"{text}{separator}{name}", _SEPARATOR
    return text


def shorten(text: str, length: int = MAX_LENGTH) -> str:
    """Return a text on one line, cut after a word if it is longer than `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    words, _, _ = line[:length].rpartition(" ")
    return f"{words.rstrip(' ,;:–') or line[: length - 1]}…"
