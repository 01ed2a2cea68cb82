"""The day that an editor types, at the desk or after `--until`."""

from __future__ import annotations

import re
from datetime import date as Day
from datetime import timedelta
from gettext import NullTranslations

_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")
# In both languages of the desk, whichever it has: a hand knows its own word.
_TOMORROW = frozenset({"tomorrow", "morgen"})


def parse_day(text: str, today: Day) -> Day | None:
    """Return the day that an editor means; None if it is neither a date, nor "tomorrow", nor a number of days.

    A German date without a year is the next such day.
    """
    text = text.strip()
    try:
        if text.lower() in _TOMORROW:
            return today + timedelta(days=1)
        if text.isdecimal():
            return today + timedelta(days=int(text))
        if match := _GERMAN_DAY.fullmatch(text):
            day, month, year = int(match[1]), int(match[2]), int(match[3] or today.year)
            found = Day(year, month, day)
            return found if match[3] or found > today else found.replace(year=year + 1)
        return Day.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def find_day_mistake(text: str, today: Day, translations: NullTranslations) -> str:
    """Return a sentence on a line that names no day in the future; empty if it does."""
    day = parse_day(text, today)
    if day is None:
        return translations.gettext(
            '"{text}" is no day: write a date such as {day}, tomorrow, or a number of days'
        ).format(text=text, day=today)
    return "" if day > today else translations.gettext("{day} is not in the future").format(day=day)
