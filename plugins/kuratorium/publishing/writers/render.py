"""Pages -> bytes. A template sees what its Page declares, the theme's words, and nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup

from ...edition import embeds, formats, labels, opml
from ...edition.settings import SiteSettings as Settings
from ...errors import EditionError, Problem
from ..page import Page
from . import calendar, captions, html, mail, rss
from .html import Fragments

BodyFinder = Callable[[str, str], str]
"""uid and the way to the root (`../`, or an address) -> the body's HTML with its links made for there."""


class Renderer:
    """Renders pages with the theme's templates; made once per build."""

    def __init__(
        self, environment: Environment, translations: NullTranslations, settings: Settings, find_body: BodyFinder
    ) -> None:
        self._environment = environment
        self._find_body = find_body
        self._translations = translations
        environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(html.build_filters(settings))
        known = {"format_of": formats.get_format, "embed_of": embeds.build_embed, "labels": labels}
        environment.globals.update(known, fragment=Fragments(environment).render_fragment)

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page; raises EditionError where its template is wrong."""
        return WRITERS[page.writer](self, page)

    def render_html(self, page: Page, pelican_context: Mapping[str, object] | None = None) -> bytes:
        """Render a page's template; it sees also `pelican_context`, where that is given for other plugins."""
        root = page.context["meta"].root  # type: ignore[attr-defined]
        texts = [Markup(self._find_body(uid, root)) for uid in page.body_keys]  # noqa: S704 - they passed the allow-list
        body = {"body": texts[0]} if texts else {}
        try:
            context = {**(pelican_context or {}), **page.context, **body}
            text = self._environment.get_template(f"{page.template}.html").render(context)
        except (TemplateError, TypeError, ValueError, AttributeError) as error:
            raise EditionError([_describe_template_error(error, page)]) from error
        return text.encode()

    def write_calendar(self, page: Page) -> bytes:
        """Write a calendar."""
        return calendar.write_calendar(page, self._translations)

    def write_captions(self, page: Page) -> bytes:
        """Write captions."""
        return captions.write_captions(page, self._find_body)

    def write_transcript(self, page: Page) -> bytes:
        """Write a transcript as plain text."""
        return captions.write_transcript(page, self._find_body)

    def write_chapters(self, page: Page) -> bytes:
        """Write chapters as podcast apps read them."""
        return captions.write_chapters(page)

    def write_opml(self, page: Page) -> bytes:
        """Write the sources as a list for feed readers."""
        site, head = page.context["site"], page.context["meta"]
        topics = {topic.id: topic for topic in site.topics}  # type: ignore[attr-defined]
        return opml.build_opml(page.context["sources"], topics, head.title, public=True)  # type: ignore[arg-type,attr-defined]

    def render_mail(self, page: Page) -> bytes:
        """Render a page's template for mail programs."""
        return mail.inline_styles(self.render_html(page).decode()).encode()

    def write_plain_text(self, page: Page) -> bytes:
        """Write an issue as plain text."""
        return mail.write_plain_text(
            page, self._find_body, self._translations, self._environment.filters["span"]
        ).encode()

    def write_rss(self, page: Page) -> bytes:
        """Write a feed with the full text of its items."""
        return rss.write_rss(page, self._find_body, self._translations)


WRITERS: dict[str, Callable[[Renderer, Page], bytes]] = {
    "html": Renderer.render_html,
    "rss": Renderer.write_rss,
    "calendar": Renderer.write_calendar,
    "captions": Renderer.write_captions,
    "transcript": Renderer.write_transcript,
    "chapters": Renderer.write_chapters,
    "opml": Renderer.write_opml,
    "mail": Renderer.render_mail,
    "text": Renderer.write_plain_text,
}


def _describe_template_error(error: Exception, page: Page) -> Problem:
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
