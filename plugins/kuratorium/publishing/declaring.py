"""How outputs are declared: a page of a template, a paged list. The plan and what it is made of build on this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ..model import Post
from .page import Head, Page, Pager, Site
from .paging import slices


def html_page(site: Site, head: Head, template: str, *, bodies: tuple[str, ...] = (), **inputs: object) -> Page:
    """Declare a page of a template; `inputs` and the `bodies` of these posts are all that it sees."""
    context = {"site": site, "page": head, **inputs}
    return Page(path=head.path, template=template, context=context, bodies=bodies)


def paged(site: Site, head: Head, template: str, listed: Sequence[Post], **inputs: object) -> Iterator[Page]:
    """One page per slice of a list; what precedes the list stands on the front page only."""
    cut = slices(listed)
    paths = [head.path if one.number == 0 else site.paths.older(head.path, one.number) for one in cut]
    for index, one in enumerate(cut):
        pager = Pager(
            number=len(cut) - index,
            total=len(cut),
            newer=paths[index - 1] if index else "",
            older=paths[index + 1] if index + 1 < len(cut) else "",
        )
        at = replace(head, path=paths[index])
        context = {"site": site, "page": at, "posts": one.posts, "pager": pager, **inputs}
        yield Page(path=at.path, template=template, context=context)


def list_head(site: Site, path: str, title: str) -> Head:
    """Make the head of a list in the site's language."""
    return Head(path=path, title=title, kind="list", lang=site.lang)
