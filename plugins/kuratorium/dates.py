"""Days from one to another, in the words of a language: «5.–11. Oktober 2026»."""

from __future__ import annotations

from datetime import date as Day

from babel import Locale
from babel.dates import format_date, format_skeleton

_DAY_FIRST = {"de": "d'.'"}  # languages in which a day of the same month can stand for itself


def span(since: Day, until: Day, locale: Locale) -> str:
    """Spell out a span of days, both included."""
    last = format_date(until, "long", locale=locale)
    if since == until:
        return last
    if (since.year, since.month) == (until.year, until.month) and locale.language in _DAY_FIRST:
        return f"{format_date(since, _DAY_FIRST[locale.language], locale=locale)}–{last}"
    first = (
        format_skeleton("MMMMd", since, locale=locale)
        if since.year == until.year
        else format_date(since, "long", locale=locale)
    )
    return f"{first} – {last}"
