"""Ranges of days in the words of a language, such as "5.–11. Oktober 2026"."""

from __future__ import annotations

from datetime import date as Day

from babel import Locale
from babel.dates import format_date, format_skeleton

_SHORT_DAY_FORMATS = {"de": "d'.'"}  # languages in which a day of the same month can stand for itself


def format_date_range(since: Day, until: Day, locale: Locale) -> str:
    """Return the range from `since` to `until`, both included, naming month and year once where they are the same."""
    # Babel's format_interval writes numbers and abbreviations ("5.–11. Okt."), and has no pattern with long months.
    last = format_date(until, "long", locale=locale)
    if since == until:
        return last
    if (since.year, since.month) == (until.year, until.month) and locale.language in _SHORT_DAY_FORMATS:
        return f"{format_date(since, _SHORT_DAY_FORMATS[locale.language], locale=locale)}–{last}"
    first = (
        format_skeleton("MMMMd", since, locale=locale)
        if since.year == until.year
        else format_date(since, "long", locale=locale)
    )
    return f"{first} – {last}"
