"""Ranges of days in the words of a language, such as "5.–11. Oktober 2026"."""

from __future__ import annotations

from datetime import date as Day

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

from .languages import find_language


def format_date_range(since: Day, until: Day, locale: Locale) -> str:
    """Return the range from `since` to `until`, both included, naming month and year once where they are the same."""
    # Babel's format_interval writes numbers and abbreviations ("5.–11. Okt."), and has no pattern with long months.
    last = format_date(until, "long", locale=locale)  # the last day always has its month and year
    if since == until:
        return last
    short_day_pattern = find_language(locale.language).short_day_pattern
    if short_day_pattern and (since.year, since.month) == (until.year, until.month):
        return f"{format_date(since, short_day_pattern, locale=locale)}–{last}"
    first = (
        format_skeleton("MMMMd", since, locale=locale)
        if since.year == until.year
        else format_date(since, "long", locale=locale)
    )
    return f"{first} – {last}"


def parse_locale(lang: str) -> Locale:
    """Return the locale in which dates are written for a language code (`de-at`, `pt_BR`); English if it is unknown."""
    # Locale.parse expects "_" by default; BCP 47, which HTML uses, separates the parts of a language code by "-".
    try:
        return Locale.parse(lang.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
