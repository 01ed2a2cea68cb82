"""The forms of an issue for mail, beside its page: HTML whose styles are inlined, and plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition.formats import by_id
from ...edition.model import Post
from .. import i18n
from ..catalog import Catalog
from ..page import Head, Page, Site

if TYPE_CHECKING:
    from bs4 import Tag

WIDTH = 72  # columns; what mail programs show without breaking lines anew
_RULES = {"h1": "=", "h2": "-"}
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "dt", "dd", "td", "th"}


def forms(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Both forms of every issue; links in them begin at the site's address."""
    for post in (*catalog.posts, *catalog.hidden):
        if by_id(post.format).mailed:
            for writer, template in (("mail", "mail/issue"), ("text", "")):
                head = Head(
                    path=site.paths.mailed(post.path, writer),
                    title=post.title,
                    kind="mail",
                    lang=post.lang,
                    description=post.summary,
                    indexed=False,
                    rooted=f"{site.url}/",
                )
                context = {"site": site, "page": head, "post": post}
                yield Page(path=head.path, writer=writer, template=template, context=context, bodies=(post.uid,))


def inlined(page: str) -> str:
    """Move the rules of a page's style element to its tags: mail programs drop the element. Fetches nothing."""
    import css_inline  # noqa: PLC0415 - few builds make forms for mail

    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def text(page: Page, body_of: Callable[[str, str], str], words: NullTranslations, span: Callable[..., str]) -> str:
    """Write the page's post as plain text, with its label first; links stand below the paragraph that has them."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and few builds make forms for mail

    post: Post = page.context["post"]  # type: ignore[assignment]
    site: Site = page.context["site"]  # type: ignore[assignment]
    names = ", ".join(person.name for person in post.authors)
    days = span(post.period.since, post.period.until) if post.period else ""
    blocks = [*_filled(i18n.labelled(post, words), "h1")]
    blocks += [line for line in (f"{site.name}, {days}".rstrip(", "), names) if line]
    blocks += ["", *_blocks(BeautifulSoup(body_of(post.uid, f"{site.url}/"), "html.parser"))]
    for correction in post.corrections:
        said = f"{words.gettext('Correction')} ({correction.date.isoformat()}): {correction.text}"
        blocks += [*textwrap.wrap(said, WIDTH), ""]
    blocks += ["-- ", site.name, f"{site.url}/{post.path}"]
    return "\n".join(blocks) + "\n"


def _blocks(parent: Tag) -> Iterator[str]:
    """Yield the lines of what stands in a tag, with a blank one below each block."""
    from bs4 import Tag  # noqa: PLC0415 - as above

    for child in parent.children:
        if not isinstance(child, Tag):
            continue
        if child.name in _BLOCKS:
            yield from (*_filled(_words(child), child.name), *_links(child), "")
        elif child.name in {"ul", "ol"}:
            for item in child.find_all("li", recursive=False):
                yield from textwrap.wrap(_words(item), WIDTH, initial_indent="- ", subsequent_indent="  ")
                yield from (f"  {link}" for link in _links(item))
            yield ""
        elif child.name == "blockquote":
            yield from (f"> {line}".rstrip() for line in _trimmed([*_blocks(child)]))
            yield ""
        elif child.name == "pre":
            yield from (*child.get_text().rstrip("\n").split("\n"), "")
        elif child.name == "hr":
            yield from ("* * *", "")
        else:
            yield from _blocks(child)


def _filled(words: str, tag: str) -> list[str]:
    lines = textwrap.wrap(words, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [*lines, _RULES[tag] * max(map(len, lines))] if tag in _RULES and lines else lines


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _links(tag: Tag) -> list[str]:
    """List where the links of a block lead, but for those whose address is their text."""
    found = dict.fromkeys(str(link["href"]) for link in tag.find_all("a", href=True) if _words(link) != link["href"])
    return [address for address in found if not address.startswith("#")]


def _trimmed(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines
