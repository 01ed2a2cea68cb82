"""The forms of an issue for mail, beside its page: HTML whose styles are inlined, and plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition import labels
from ...edition.formats import get_format
from ...edition.model import Post
from ..catalog import Catalog
from ..page import Page, PageMeta, SiteMeta

if TYPE_CHECKING:
    from bs4 import Tag

LINE_WIDTH = 72  # columns; what mail programs show without breaking lines anew
_HEADING_UNDERLINES = {"h1": "=", "h2": "-"}
_BLOCK_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "dt", "dd", "td", "th"}


def plan_mail_versions(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Both forms of every issue; links in them begin at the site's address."""
    for post in (*catalog.posts, *catalog.hidden):
        if get_format(post.format).has_mail_version:
            for writer, template in (("mail", "mail/issue"), ("text", "")):
                head = PageMeta(
                    path=site.paths.mail_version(post.path, writer),
                    title=post.title,
                    kind="mail",
                    lang=post.lang,
                    description=post.summary,
                    indexed=False,
                    absolute_root=f"{site.url}/",
                )
                context = {"site": site, "meta": head, "post": post}
                yield Page(path=head.path, writer=writer, template=template, context=context, body_keys=(post.uid,))


def inline_styles(page: str) -> str:
    """Move the rules of a page's style element to its tags: mail programs drop the element. Fetches nothing."""
    import css_inline  # noqa: PLC0415 - few builds make forms for mail

    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def write_plain_text(
    page: Page, find_body: Callable[[str, str], str], translations: NullTranslations, format_span: Callable[..., str]
) -> str:
    """Write the page's post as plain text, with its label first; links stand below the paragraph that has them."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and few builds make forms for mail

    post: Post = page.context["post"]  # type: ignore[assignment]
    site: SiteMeta = page.context["site"]  # type: ignore[assignment]
    names = ", ".join(person.name for person in post.authors)
    days = format_span(post.period.since, post.period.until) if post.period else ""
    blocks = [*_wrap_block(labels.label_title(post, translations), "h1")]
    blocks += [line for line in (f"{site.name}, {days}".rstrip(", "), names) if line]
    blocks += ["", *_list_text_lines(BeautifulSoup(find_body(post.uid, f"{site.url}/"), "html.parser"))]
    for correction in post.corrections:
        said = f"{translations.gettext('Correction')} ({correction.date.isoformat()}): {correction.text}"
        blocks += [*textwrap.wrap(said, LINE_WIDTH), ""]
    blocks += ["-- ", site.name, f"{site.url}/{post.path}"]
    return "\n".join(blocks) + "\n"


def _list_text_lines(parent: Tag) -> Iterator[str]:
    """Yield the lines of what stands in a tag, with a blank one below each block."""
    from bs4 import Tag  # noqa: PLC0415 - as above

    for child in parent.children:
        if not isinstance(child, Tag):
            continue
        if child.name in _BLOCK_TAGS:
            yield from (*_wrap_block(_tag_text(child), child.name), *_list_link_addresses(child), "")
        elif child.name in {"ul", "ol"}:
            for item in child.find_all("li", recursive=False):
                yield from textwrap.wrap(_tag_text(item), LINE_WIDTH, initial_indent="- ", subsequent_indent="  ")
                yield from (f"  {link}" for link in _list_link_addresses(item))
            yield ""
        elif child.name == "blockquote":
            yield from (f"> {line}".rstrip() for line in _drop_last_blank_line([*_list_text_lines(child)]))
            yield ""
        elif child.name == "pre":
            yield from (*child.get_text().rstrip("\n").split("\n"), "")
        elif child.name == "hr":
            yield from ("* * *", "")
        else:
            yield from _list_text_lines(child)


def _wrap_block(text: str, tag: str) -> list[str]:
    lines = textwrap.wrap(text, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [*lines, _HEADING_UNDERLINES[tag] * max(map(len, lines))] if tag in _HEADING_UNDERLINES and lines else lines


def _tag_text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _list_link_addresses(tag: Tag) -> list[str]:
    """List where the links of a block lead, but for those whose address is their text."""
    found = dict.fromkeys(str(link["href"]) for link in tag.find_all("a", href=True) if _tag_text(link) != link["href"])
    return [address for address in found if not address.startswith("#")]


def _drop_last_blank_line(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines
