"""Jinja for the theme: the environment, its filters, and fragments that are rendered once per build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import jinja2
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from jinja2 import BytecodeCache, Environment, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from msgspec import Struct

from ...dates import format_date_range, parse_locale
from ...edition.curation import Person
from ...edition.model import Post, Speaker
from ...edition.settings import SiteSettings
from ...edition.theme.loader import make_loader
from ...local_time import find_day
from ...text.timecodes import parse_timecode
from ..admin.fields import TRANSLATED_KEYS
from ..drawing.topic_signs import render_topic_sign
from ..markdown import turns
from ..markdown.converter import convert_inline_links, convert_short_markdown, find_headings
from ..markdown.embeds import split_at_embeds
from ..markdown.excerpt import begins_with
from ..markdown.page_blocks import split_at_blocks
from ..markdown.pictures import build_initials, render_credit, render_picture, render_portrait
from ..metadata.head import build_locale_name
from ..settings import Settings
from .spool import TextCache
from .theme_environment import ThemeEnvironment

_MAX_MOMENTS = 4_096


def build_filters(site: SiteSettings) -> dict[str, Callable[..., object]]:
    """Return the filters of a site's templates by name; dates are in its language and time zone.

    Babel formats dates slowly, and ten thousand posts share few of them, so each day is formatted once.
    """
    zone = ZoneInfo(site.timezone)
    locale = parse_locale(site.lang)

    # Equal moments have one day, whatever their offsets are.
    @lru_cache(_MAX_MOMENTS)
    def get_day(moment: date | datetime) -> date:
        return find_day(moment, zone) if isinstance(moment, datetime) else moment

    def day_format(pattern: str) -> Callable[[date | datetime], str]:
        format_day = cache(lambda day: format_date(day, pattern, locale=locale))
        return lambda moment: format_day(get_day(moment))

    format_short_day = cache(lambda day: format_skeleton("MMMd", day, locale=locale))
    return {
        "day": day_format("long"),
        "medium_day": day_format("medium"),
        "short_day": lambda moment: format_short_day(get_day(moment)),
        "month": day_format("LLLL"),
        "weekday": day_format("EEEE"),
        "time": lambda moment: format_time(moment.astimezone(zone), "short", locale=locale),
        "year": lambda moment: get_day(moment).year,
        "iso": lambda moment: moment.isoformat(),
        "span": lambda since, until: format_date_range(since, until, locale),
        "language": cache(lambda lang: _build_language_name(lang, locale)),
        "locale_name": build_locale_name,
        "base_language": lambda lang: lang.partition("-")[0],
        # Every address in the contract has a host: its pattern requires one.
        "host": lambda url: url.split("/")[2].removeprefix("www."),
        "initials": build_initials,
        "contents": find_headings,
        "begins_with": begins_with,
        "seconds": parse_timecode,
        "markdown": convert_short_markdown,
        "picture": render_picture,
        "portrait": render_portrait,
        "topic_sign": render_topic_sign,
        "credit": render_credit,
        "links": convert_inline_links,
        "zone": lambda moment: get_timezone_name(moment.astimezone(zone), "short", locale=locale),
        "same_day": lambda moment, other: get_day(moment) == get_day(other),
        "page_segments": split_at_blocks,
        "passages": lambda body: split_at_embeds(_make_code_reachable(body)),
        "weigh_quotations": weigh_quotations,
        "mails": lambda people: ",".join(_list_emails(people)),
        "questions": turns.find_questions,
        "configuration": _write_configuration,
    }


@pass_context
def _write_configuration(context: Context, configuration: Mapping[str, object]) -> Markup:
    """Return the configuration of the page /admin/ as JSON, with its words in the language of the site."""

    def translate(value: object, *, is_word: bool = False) -> object:
        if isinstance(value, Mapping):
            return {
                key: translate(item, is_word=key in TRANSLATED_KEYS or is_word or key == "words")
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [translate(item) for item in value]
        return str(context["gettext"](context, value)) if is_word and isinstance(value, str) and value else value

    return htmlsafe_json_dumps(translate(configuration))


def _make_code_reachable(body: str) -> str:
    """Return a body whose code can be scrolled by the keyboard, in browsers that do not see to it themselves."""
    return str(body).replace("<pre>", '<pre tabindex="0">')


def weigh_quotations(body: str) -> str:
    """Return the HTML of a body whose quotations count less for the search than the words around them."""
    return str(body).replace("<blockquote", '<blockquote data-pagefind-weight="0.5"')


def _list_emails(people: Iterable[Person | Speaker]) -> list[str]:
    return [person.email for person in people if isinstance(person, Person) and person.email]


def _build_language_name(lang: str, locale: Locale) -> str:
    """Return the name of a language in the site's; its code if Babel does not know it."""
    try:
        return Locale.parse(lang, sep="-").get_language_name(locale) or lang
    except (UnknownLocaleError, ValueError):
        return lang


_ROOT_PLACEHOLDER = "\0"  # NUL: neither HTML nor YAML allows it, so no template or text has it


class FragmentPageMeta(Struct, frozen=True):
    """What a fragment sees in place of its page's meta data: a placeholder that each page replaces by its own root."""

    root: str = _ROOT_PLACEHOLDER


def make_asset_function(paths: Mapping[str, str]) -> Callable[..., str]:
    """Return `asset` for templates: `asset("css/site.css")` is the address of that file of the theme for the page."""

    @pass_context
    def asset(context: Context, name: str) -> str:
        return f"{context['meta'].root}{find_asset(name, paths)}"

    return asset


def find_asset(name: str, paths: Mapping[str, str]) -> str:
    """Return the path in the site of a bundle; raise LookupError, which names the template, if there is none."""
    if name not in paths:
        raise LookupError(f'asset("{name}") names no style sheet or script of the theme\'s static folder')
    return paths[name]


_MAX_FRAGMENTS_IN_MEMORY = 2_000  # those of ten thousand posts would take as much memory as the posts


class Fragments:
    """The fragments of one build: parts that many pages show alike, such as the card of a post.

    Each is rendered once, with a placeholder for the way to the site's root. Templates call `fragment(name, post, …)`.
    Those that memory has no place for wait in a file in `folder`.
    """

    def __init__(self, environment: Environment, folder: Path | None = None) -> None:
        self._environment = environment
        self._rendered = TextCache(_MAX_FRAGMENTS_IN_MEMORY, folder)

    @pass_context
    def render_fragment(self, context: Context, name: str, post: Post | None = None, **options: object) -> Markup:
        """Return partials/`name`.html for the page in `context`.

        The partial sees the site, `meta.root`, `post` and `options` (hashable), and nothing else: a fragment that saw
        more would depend on the first page that shows it.
        """
        key = (name, post.uid if post else "", *options.items())
        html = self._rendered.find(key)
        if html is None:
            template = self._environment.get_template(f"partials/{name}.html")
            html = template.render(site=context["site"], meta=FragmentPageMeta(), post=post, **options)
            self._rendered.keep(key, html)
        return Markup(html.replace(_ROOT_PLACEHOLDER, context["meta"].root))  # noqa: S704 - a template rendered it, with escaping on


class TemplateCodeCache(Protocol):
    """Stores compiled templates by key; the build's cache does."""

    def read_template_code(self, key: str) -> bytes | None:
        """Return the code stored for a template; None if there is none."""

    def save_template_code(self, key: str, code: bytes) -> None:
        """Store the code of a template."""


class CachedBytecode(BytecodeCache):
    """Jinja's compiled templates in the build's cache, so that a build does not compile the theme again.

    Jinja itself compares the checksum of the source, so an edited template is compiled anew. Ours covers Jinja's
    `options`, too: the same source compiles to other code with others.
    """

    def __init__(self, cache: TemplateCodeCache, options: Mapping[str, object]) -> None:
        self._cache = cache
        self._options = repr(sorted(options.items()))
        self._process = os.getpid()

    def get_source_checksum(self, source: str) -> str:
        """Return a checksum of a template's source and of the options it is compiled with."""
        return super().get_source_checksum(f"{self._options}\0{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with the stored code, if there is any."""
        code = self._cache.read_template_code(bucket.key) if self._may_use_cache else None
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code in the bucket."""
        if self._may_use_cache:
            self._cache.save_template_code(bucket.key, bucket.bytecode_to_string())

    @property
    def _may_use_cache(self) -> bool:
        # A forked worker must not use its parent's connection to SQLite (sqlite.org/howtocorrupt.html, section 2.6).
        return os.getpid() == self._process


def build_environment(root: Path, settings: Settings, cache: TemplateCodeCache | None = None) -> Environment:
    """Return Jinja's environment for the theme of the edition at `root`, with the options of the settings."""
    # Without a limit to the templates that are held, Jinja needs no lock to count their uses.
    options = {"trim_blocks": True, "lstrip_blocks": True, "cache_size": -1} | settings.jinja_options
    if "undefined" in options:  # settings hold the name of the class, because the cache stores them as text
        options["undefined"] = getattr(jinja2, options["undefined"])
    environment_class = Environment if options.get("enable_async") else ThemeEnvironment
    return environment_class(
        loader=make_loader(root, settings.theme),
        bytecode_cache=CachedBytecode(cache, settings.jinja_options) if cache else None,
        **options,
    )
