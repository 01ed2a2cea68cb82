"""All that a page may say of itself: what it declares, its text, its title and the words of the site's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from gettext import NullTranslations

from msgspec import Struct

from ..page import SiteMeta
from ..template_inputs import PageMeta, Pager


class PageWording(Struct, frozen=True):
    """How the words of a site are written: its catalogue, and the names of months."""

    translations: NullTranslations
    format_month: Callable[[date], str]


class PageFacts(Struct, frozen=True, kw_only=True):
    """A page before its head is written.

    `inputs` are those that it declares for its template, `body` is the HTML of its text; `title` and `description` are
    plain text.
    """

    template: str
    site: SiteMeta
    meta: PageMeta
    inputs: Mapping[str, object]
    body: str
    title: str
    wording: PageWording
    description: str = ""

    @property
    def is_older_page(self) -> bool:
        """Return whether the page continues a list: the front page shows what this one does not."""
        pager = self.inputs.get("pager")
        return isinstance(pager, Pager) and bool(pager.newer)

    @property
    def url(self) -> str:
        """Return the page's own address; that of the home page is the site's, without index.html."""
        return f"{self.site.url}/" if self.meta.kind == "home" else self.link(self.meta.path)

    def link(self, path: str) -> str:
        """Return the absolute address of a path of the site."""
        return f"{self.site.url}/{path}"

    def translate(self, message: str) -> str:
        """Return a message in the language of the site."""
        return self.wording.translations.gettext(message)
