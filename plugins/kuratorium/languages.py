"""The words of addresses by language, and how a language writes a day without its month.

All other words of a language stand in its catalogue, theme/translations/LANGUAGE.po. Words of addresses do not: once a
page is published its address must never change, whatever a translator improves.
"""

from __future__ import annotations

from msgspec import Struct


class Language(Struct, frozen=True, kw_only=True):
    """The words of one language in addresses, and its way to write a range of days.

    `page_words` maps the keys of the English row to words in the addresses of pages, `format_words` the ids of formats
    to theirs. In place of a missing word stands the English one, for a format the `url_word` of its record.
    `short_day_pattern` is the date pattern of a day whose month and year follow in the same range ("5.–11. Oktober");
    empty if the language names the month twice.
    """

    page_words: dict[str, str]
    format_words: dict[str, str] = {}
    short_day_pattern: str = ""  # https://unicode.org/reports/tr35/tr35-dates.html


LANGUAGES = {
    "de": Language(
        page_words={
            "topics": "themen",
            "people": "menschen",
            "tags": "schlagworte",
            "archive": "archiv",
            "years_ago": "heute-vor-jahren",
            "series": "reihen",
            "calendar": "kalender",
            "sources": "quellen",
            "page": "seite",
        },
        format_words={
            "note": "notizen",
            "interview": "interviews",
            "talk": "gespraeche",
            "essay": "essays",
            "lookback": "rueckblicke",
            "digest": "presseschau",
        },
        short_day_pattern="d'.'",
    ),
    "en": Language(
        page_words={
            "topics": "topics",
            "people": "people",
            "tags": "tags",
            "archive": "archive",
            "years_ago": "years-ago-today",
            "series": "series",
            "calendar": "calendar",
            "sources": "sources",
            "page": "page",
        },
    ),
}
_ENGLISH = LANGUAGES["en"]


def find_language(lang: str) -> Language:
    """Return the row of `lang`, else of the language without its region (`de-at` takes that of `de`), else English."""
    return LANGUAGES.get(lang) or LANGUAGES.get(lang.partition("-")[0]) or _ENGLISH


def get_page_word(lang: str, key: str) -> str:
    """Return the word that stands for a kind of page in the addresses of a site in `lang`."""
    return find_language(lang).page_words.get(key) or _ENGLISH.page_words[key]
