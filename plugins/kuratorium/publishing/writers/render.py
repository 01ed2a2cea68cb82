"""Pages -> bytes. A template sees what its Page declares, the theme's words, and nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup

from ...edition import embeds, formats, opml
from ...edition.settings import Site as Settings
from ...errors import EditionError, Problem
from .. import i18n
from ..page import Page
from . import calendar, captions, html, mail, rss
from .html import Pieces

BodyOf = Callable[[str, str], str]
"""uid and the way to the root (`../`, or an address) -> the body's HTML with its links made for there."""


class Renderer:
    """Renders pages with the theme's templates; made once per build."""

    def __init__(self, environment: Environment, words: NullTranslations, settings: Settings, bodies: BodyOf) -> None:
        self._environment = environment
        self._bodies = bodies
        self._words = words
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(html.of(settings))
        known = {"format_of": formats.by_id, "embed_of": embeds.embed, "labels": i18n}
        environment.globals.update(known, piece=Pieces(environment).piece)

    def render(self, page: Page) -> bytes:
        """Make the bytes of a page; raises EditionError where its template is wrong."""
        return WRITERS[page.writer](self, page)

    def html(self, page: Page) -> bytes:
        """Render a page's template."""
        root = page.context["page"].root  # type: ignore[attr-defined]
        texts = [Markup(self._bodies(uid, root)) for uid in page.bodies]  # noqa: S704 - they passed the allow-list
        body = {"body": texts[0]} if texts else {}
        try:
            text = self._environment.get_template(f"{page.template}.html").render({**page.context, **body})
        except (TemplateError, TypeError, ValueError, AttributeError) as error:
            raise EditionError([_template_problem(error, page)]) from error
        return text.encode()

    def calendar(self, page: Page) -> bytes:
        """Write a calendar."""
        return calendar.calendar(page, self._words)

    def captions(self, page: Page) -> bytes:
        """Write captions."""
        return captions.captions(page, self._bodies)

    def transcript(self, page: Page) -> bytes:
        """Write a transcript as plain text."""
        return captions.text(page, self._bodies)

    def chapters(self, page: Page) -> bytes:
        """Write chapters as podcast apps read them."""
        return captions.chapters(page)

    def opml(self, page: Page) -> bytes:
        """Write the sources as a list for feed readers."""
        site, head = page.context["site"], page.context["page"]
        topics = {topic.id: topic for topic in site.topics}  # type: ignore[attr-defined]
        return opml.write(page.context["sources"], topics, head.title, public=True)  # type: ignore[arg-type,attr-defined]

    def mail(self, page: Page) -> bytes:
        """Render a page's template for mail programs."""
        return mail.inlined(self.html(page).decode()).encode()

    def text(self, page: Page) -> bytes:
        """Write an issue as plain text."""
        return mail.text(page, self._bodies, self._words, self._environment.filters["span"]).encode()

    def rss(self, page: Page) -> bytes:
        """Write a feed with the full text of its items."""
        return rss.write(page, self._bodies, self._words)


WRITERS: dict[str, Callable[[Renderer, Page], bytes]] = {
    "html": Renderer.html,
    "rss": Renderer.rss,
    "calendar": Renderer.calendar,
    "captions": Renderer.captions,
    "transcript": Renderer.transcript,
    "chapters": Renderer.chapters,
    "opml": Renderer.opml,
    "mail": Renderer.mail,
    "text": Renderer.text,
}


def _template_problem(error: Exception, page: Page) -> Problem:
    """Say where in the theme an error arose."""
    file, line = f"theme/templates/{page.template}.html", 0
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.endswith(".html"):
                file, line = frame.filename, frame.lineno or 0
    parts = Path(file).parts
    if "templates" in parts:
        file = "/".join(parts[max(parts.index("templates") - 1, 0) :])
    # Jinja would add where it looked on this machine.
    said = f"there is no template {error.name}" if isinstance(error, TemplateNotFound) else str(error)
    what = f"the template fails: {said or error.__class__.__name__}"
    return Problem(file, line, "", what, f"Mend the template; it was making {page.path}.")
