"""What templates may do with dates, languages and names, in the language and time zone of the site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name

from ..conf import Site
from ..model import Person
from ..spans import span
from ..timecodes import seconds
from ..words import first_sentence
from . import turns
from .contents import contents
from .embedding import passages
from .prose import prose


def of(site: Site) -> dict[str, Callable[..., object]]:
    """Make the filters of a site; days are spelled out once each, for ten thousand posts share few of them."""
    zone = ZoneInfo(site.timezone)
    locale = _locale(site.lang)

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
        "span": lambda since, until: span(since, until, locale),
        "language": cache(lambda lang: _language(lang, locale)),
        "host": lambda url: url.split("/")[2].removeprefix("www."),
        "initials": _initials,
        "contents": contents,
        "first_sentence": first_sentence,
        "seconds": seconds,
        "markdown": prose,
        "zone": lambda moment: get_timezone_name(moment.astimezone(zone), "short", locale=locale),
        "same_day": lambda moment, other: local(moment).timetuple()[:3] == local(other).timetuple()[:3],
        "passages": passages,
        "mails": lambda people: ",".join(one.email for one in people if isinstance(one, Person) and one.email),
        "questions": turns.questions,
    }


def _locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _initials(name: str) -> str:
    """Make a monogram: the first letters of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:]))


def _language(lang: str, locale: Locale) -> str:
    try:
        return Locale.parse(lang, sep="-").get_language_name(locale) or lang
    except (UnknownLocaleError, ValueError):
        return lang
