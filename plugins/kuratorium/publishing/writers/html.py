"""What templates may do with dates, languages and names, in the language and time zone of the site.

Pieces: parts that many pages show alike, such as the card of a post, are rendered once per build.

Jinja's environment for the theme, with compiled templates kept by the store.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import jinja2
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from jinja2 import BytecodeCache, Environment, FileSystemLoader, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup
from msgspec import Struct

from ...dates import format_date_range, parse_locale
from ...edition.curation import Person
from ...edition.model import Post
from ...edition.prose import extract_first_sentence
from ...edition.settings import SiteSettings
from ...edition.timecodes import parse_timecode
from ..markdown import turns
from ..markdown.converter import convert_short_markdown, find_headings
from ..markdown.embeds import split_at_embeds
from ..settings import Settings


def build_filters(site: SiteSettings) -> dict[str, Callable[..., object]]:
    """Make the filters of a site; days are spelled out once each, for ten thousand posts share few of them."""
    zone = ZoneInfo(site.timezone)
    locale = parse_locale(site.lang)

    def local(moment: date | datetime) -> date:
        return moment.astimezone(zone) if isinstance(moment, datetime) else moment

    def day_format(pattern: str) -> Callable[[date | datetime], str]:
        spell = cache(lambda day: format_date(day, pattern, locale=locale))
        return lambda moment: spell(date(*local(moment).timetuple()[:3]))

    short = cache(lambda day: format_skeleton("MMMd", day, locale=locale))
    return {
        "day": day_format("long"),
        "short_day": lambda moment: short(date(*local(moment).timetuple()[:3])),
        "month": day_format("LLLL"),
        "weekday": day_format("EEEE"),
        "time": lambda moment: format_time(moment.astimezone(zone), "short", locale=locale),
        "year": lambda moment: local(moment).year,
        "iso": lambda moment: moment.isoformat(),
        "span": lambda since, until: format_date_range(since, until, locale),
        "language": cache(lambda lang: _build_language_name(lang, locale)),
        "host": lambda url: url.split("/")[2].removeprefix("www."),
        "initials": _build_initials,
        "contents": find_headings,
        "first_sentence": extract_first_sentence,
        "seconds": parse_timecode,
        "markdown": convert_short_markdown,
        "zone": lambda moment: get_timezone_name(moment.astimezone(zone), "short", locale=locale),
        "same_day": lambda moment, other: local(moment).timetuple()[:3] == local(other).timetuple()[:3],
        "passages": split_at_embeds,
        "mails": lambda people: ",".join(one.email for one in people if isinstance(one, Person) and one.email),
        "questions": turns.find_questions,
    }


def _build_initials(name: str) -> str:
    """Make a monogram: the first letters of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:]))


def _build_language_name(lang: str, locale: Locale) -> str:
    try:
        return Locale.parse(lang, sep="-").get_language_name(locale) or lang
    except (UnknownLocaleError, ValueError):
        return lang


_ROOT_PLACEHOLDER = "\0"


class FragmentPageMeta(Struct, frozen=True):
    """What a piece sees in place of its page: only a way to the root, which each page replaces by its own."""

    root: str = _ROOT_PLACEHOLDER


class Fragments:
    """Keeps the pieces of one build; templates call `piece`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._rendered: dict[tuple[object, ...], str] = {}

    @pass_context
    def render_fragment(self, context: Context, name: str, post: Post | None = None, **options: object) -> Markup:
        """Return partials/`name`.html for the page in `context`.

        The partial sees the site, `page.root`, `post` and `options` (hashable), and nothing else.
        """
        key = (name, post.uid if post else "", *options.items())
        made = self._rendered.get(key)
        if made is None:
            template = self._environment.get_template(f"partials/{name}.html")
            made = template.render(site=context["site"], meta=FragmentPageMeta(), post=post, **options)
            self._rendered[key] = made
        return Markup(made.replace(_ROOT_PLACEHOLDER, context["meta"].root))  # noqa: S704 - a template made it, with escaping on


class TemplateCodeCache(Protocol):
    """Keeps code by key; the store does."""

    def read_template_code(self, key: str) -> bytes | None:
        """Give what was kept."""

    def save_template_code(self, key: str, code: bytes) -> None:
        """Keep it."""


class CachedBytecode(BytecodeCache):
    """Jinja's compiled templates in the store; Jinja holds them against the templates' own checksums."""

    def __init__(self, cache: TemplateCodeCache) -> None:
        self._cache = cache

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was kept, if anything."""
        code = self._cache.read_template_code(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in the bucket."""
        self._cache.save_template_code(bucket.key, bucket.bytecode_to_string())


def build_environment(root: Path, settings: Settings, cache: TemplateCodeCache | None = None) -> Environment:
    """Set Jinja up as the settings say, for the theme of the edition at `root`."""
    options = {"trim_blocks": True, "lstrip_blocks": True} | settings.jinja_options
    if "undefined" in options:
        options["undefined"] = getattr(jinja2, options["undefined"])
    return Environment(  # noqa: S701 - the settings say autoescape
        loader=FileSystemLoader(root / settings.theme / "templates"),
        bytecode_cache=CachedBytecode(cache) if cache else None,
        **options,
    )
