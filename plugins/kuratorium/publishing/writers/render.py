"""Turn pages into bytes. WRITERS is the table of writers; adding one is a page type, a function and one line in it.

A writer reads its page, the bodies and the theme's catalogue: no file, no clock, no global.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, TemplateError, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup
from msgspec.structs import replace

from ...dates import parse_locale
from ...edition import embeds, formats, labels, opml
from ...edition.model import Post
from ...edition.settings import SiteSettings
from ...errors import EditionError, Problem
from ...program.theme import IS_INSTALLED, is_program_file
from ...translations import get_language
from ..assets import COLOURS_FILE
from ..delivery.bundles import FEED_SHEET
from ..delivery.headers import allow_frames
from ..drawing.store import PictureStore
from ..markdown.embeds import find_embeds
from ..markdown.footnotes import label_backlinks
from ..metadata.facts import PageWording
from ..metadata.head import HeadBuilder
from ..page import (
    FEED_TYPES,
    BodyFinder,
    CalendarPage,
    CaptionsPage,
    ChaptersPage,
    CoverPage,
    FeedListPage,
    FeedPage,
    MailPage,
    OpmlPage,
    Page,
    PicturePage,
    PlainTextPage,
    PodcastPage,
    ShareCardPage,
    SiteFilePage,
    TemplatePage,
    TranscriptPage,
    get_feed_path,
)
from . import (
    atom,
    calendar,
    captions,
    html,
    json_feed,
    mail,
    podcast,
    rss,
    share_card,
    site_files,
    talks,
    theme_environment,
)
from .feed_items import FeedWording, FeedWriter, PreviousItems, Serialiser
from .html import Fragments


class Renderer:
    """Renders pages with the theme's templates; one per build.

    What many pages share waits in a file in `spool_folder` (None: where the system keeps temporary files).
    `previous_items` are the items of feeds that earlier builds wrote (None: this is the only build). `asset_paths` are
    the paths of bundles in the site, by the names of their files in the theme.
    """

    def __init__(
        self,
        environment: Environment,
        translations: NullTranslations,
        settings: SiteSettings,
        find_body: BodyFinder,
        *,
        pictures: PictureStore,
        asset_paths: Mapping[str, str],
        spool_folder: Path | None = None,
        previous_items: PreviousItems | None = None,
    ) -> None:
        self._pictures = pictures
        self._environment = environment
        label, lang = translations.gettext("Back to the text"), get_language(translations)
        self._find_body: BodyFinder = lambda key, root: label_backlinks(find_body(key, root), label, lang)
        self._translations = translations
        self._format_event = talks.make_event_formatter(
            ZoneInfo(settings.timezone), parse_locale(settings.lang), translations
        )
        theme_environment.install_translations(environment, translations)
        environment.filters.update(html.build_filters(settings))
        self._heads = HeadBuilder(PageWording(translations, environment.filters["month"]))
        wording = FeedWording(translations, environment.filters["day"], self._format_event)
        if FEED_SHEET in asset_paths:
            wording = replace(wording, stylesheet=asset_paths[FEED_SHEET])
        self._feed_writer = FeedWriter(self._find_body, wording, spool_folder, previous_items)
        environment.globals.update(
            format_of=formats.get_format,
            embed_of=embeds.build_embed,
            labels=labels,
            feed_types=FEED_TYPES,
            feed_path=get_feed_path,
            fragment=Fragments(environment, spool_folder).render_fragment,
            asset=html.make_asset_function(asset_paths),
        )

    def load_templates(self) -> None:
        """Load the theme's templates, so that workers that are forked later have them without the cache."""
        for name in self._environment.list_templates(["html"]):
            with contextlib.suppress(TemplateError, UnicodeDecodeError):  # rendering a page with it reports the error
                self._environment.get_template(name)

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page; raise EditionError with file and line if its template fails."""
        return WRITERS[page.writer](self, page)

    def render_html(self, page: TemplatePage, pelican_context: Mapping[str, object] | None = None) -> bytes:
        """Render a page's template; it also sees `pelican_context`, which a whole build passes for other plugins."""
        bodies = [Markup(self._find_body(key, page.meta.root)) for key in page.body_keys]  # noqa: S704 - they passed the allow-list
        body = {"body": bodies[0]} if bodies else {}
        policy = allow_frames(page.site.content_security_policy, _list_embeds(page, body.get("body", "")))
        build_head = partial(self._heads.build, page, body.get("body", Markup()))
        try:
            text = self._environment.get_template(f"{page.template}.html").render(
                # Ours last: names that Pelican uses, too, mean to our templates what their page declares.
                {
                    **(pelican_context or {}),
                    **page.context,
                    **body,
                    "build_head": build_head,
                    "content_security_policy": policy,
                }
            )
        # What a mistake in a template raises, by what it does with a value; all else is a bug of ours.
        # RecursionError: a template that includes itself.
        except (
            TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError
        ) as error:  # fmt: skip
            raise EditionError([_describe_template_error(error, page)]) from error
        return text.encode()

    def render_mail(self, page: MailPage) -> bytes:
        """Render a page's template for mail programs."""
        return mail.inline_styles(self.render_html(page).decode()).encode()

    def write_plain_text(self, page: PlainTextPage) -> bytes:
        """Write a post as plain text."""
        format_span = self._environment.filters["span"]
        return mail.write_plain_text(page, self._find_body, self._translations, format_span).encode()

    def write_feed(self, page: FeedPage) -> bytes:
        """Write a feed with the full text of its items."""
        return self._feed_writer.write(page, SERIALISERS[page.serialisation])

    def write_podcast(self, page: PodcastPage) -> bytes:
        """Write a podcast with the full text of its episodes."""
        return podcast.write_podcast(page, self._feed_writer.build_content(page), self._translations)

    def draw_cover(self, page: CoverPage) -> bytes:
        """Draw the cover of a podcast, or take it from those that earlier builds drew."""
        return self._pictures.draw_cover(page.title, page.site_name, page.files, COLOURS_FILE)

    def write_calendar(self, page: CalendarPage) -> bytes:
        """Write a calendar."""
        return calendar.write_calendar(page, self._translations)

    def write_captions(self, page: CaptionsPage) -> bytes:
        """Write captions."""
        return captions.write_captions(page, self._find_body, self._translations)

    def write_transcript(self, page: TranscriptPage) -> bytes:
        """Write a transcript as plain text."""
        return captions.write_transcript(page, self._find_body, self._translations)

    def write_chapters(self, page: ChaptersPage) -> bytes:
        """Write chapters as podcast apps read them."""
        return captions.write_chapters(page, self._translations)

    def draw_card(self, page: ShareCardPage) -> bytes:
        """Draw a share card, or take it from the cards that earlier builds drew."""
        wording = share_card.CardWording(self._translations, self._environment.filters)
        return self._pictures.draw_card(share_card.build_card(page, wording), page.files, COLOURS_FILE)

    def draw_picture(self, page: PicturePage) -> bytes:
        """Draw a picture, or take it from those that earlier builds drew."""
        return self._pictures.draw_picture(page.picture, page.path)

    def write_site_file(self, page: SiteFilePage) -> bytes:
        """Write a file for search engines, servers or browsers."""
        return site_files.SITE_FILES[page.kind](page, self._pictures)

    def write_opml(self, page: OpmlPage) -> bytes:
        """Write the sources as a list for feed readers."""
        topics = {topic.id: topic for topic in page.site.topics}
        return opml.build_opml(page.sources, topics, page.meta.title)

    def write_feed_list(self, page: FeedListPage) -> bytes:
        """Write our own feeds as a list for feed readers."""
        site = page.site
        feeds = [
            opml.ListedFeed(
                name=feed.name or (feed.name_label and self._translations.gettext(feed.name_label)),
                address=f"{site.url}/{feed.path}",
                site=f"{site.url}/{feed.html_path}",
            )
            for feed in page.feeds
        ]
        return opml.build_feed_list(feeds, site.name)


WRITERS: dict[str, Callable[[Renderer, Any], bytes]] = {
    "html": Renderer.render_html,
    "mail": Renderer.render_mail,
    "text": Renderer.write_plain_text,
    "feed": Renderer.write_feed,
    "podcast": Renderer.write_podcast,
    "cover": Renderer.draw_cover,
    "calendar": Renderer.write_calendar,
    "captions": Renderer.write_captions,
    "transcript": Renderer.write_transcript,
    "chapters": Renderer.write_chapters,
    "opml": Renderer.write_opml,
    "feed_list": Renderer.write_feed_list,
    "card": Renderer.draw_card,
    "picture": Renderer.draw_picture,
    "site_file": Renderer.write_site_file,
}
"""Name of a writer (the `writer` of its page type) -> function that renders a page of that type."""

SERIALISERS: dict[str, Serialiser] = {
    "rss": Serialiser(rss.write_rss, rss.write_item),
    "atom": Serialiser(atom.write_atom, atom.write_entry),
    "json": Serialiser(json_feed.write_json_feed, json_feed.write_item),
}
"""Serialisation of a row of FEED_TYPES -> how a feed is written in it."""


def _list_embeds(page: TemplatePage, body: str) -> list[embeds.Embed]:
    """Return what a page embeds: in its body, and the recording of its post."""
    post = page.inputs.get("post")
    video = post.media.video if isinstance(post, Post) and post.media else None
    recording = embeds.build_embed(video.provider, video.id) if video and video.provider else None
    return [*find_embeds(body), *([recording] if recording else [])]


def _describe_template_error(error: Exception, page: TemplatePage) -> Problem:
    """Return where in the theme an error arose: the innermost frame that is a template."""
    file, line = f"theme/templates/{page.template}.html", 0
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        # Jinja rewrites tracebacks so that a frame of compiled code names the template's own file and line.
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.endswith(".html"):
                file, line = frame.filename, frame.lineno or 0
    parts = Path(file).parts
    if "templates" in parts:
        own = "kuratorium/" if IS_INSTALLED and is_program_file(file) else ""  # not of the edition's theme
        file = own + "/".join(parts[max(parts.index("templates") - 1, 0) :])
    # Jinja's own message would add the folders of this machine that it searched.
    message = f"there is no template {error.name}" if isinstance(error, TemplateNotFound) else str(error)
    what = f"the template fails: {message or error.__class__.__name__}"
    return Problem(file, line, "", what, f"Correct the template; it fails for {page.path}.")
