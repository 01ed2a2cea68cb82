"""What is known of languages: words of addresses, days without a month, time zones, quotation marks.

All other words of a language stand in its catalogue, theme/translations/LANGUAGE.po. Words of addresses do not: once a
page is published its address must never change, whatever a translator improves.
"""

from __future__ import annotations

from msgspec import Struct


class Language(Struct, frozen=True, kw_only=True):
    """The words of one language in addresses, its way to write a range of days, its time zones and quotation marks.

    `page_words` maps the keys of the English row to words in the addresses of pages, `format_words` the ids of formats
    to theirs. In place of a missing word stands the English one, for a format the `url_word` of its record.
    `short_day_pattern` is the date pattern of a day whose month and year follow in the same range ("5.–11. Oktober");
    empty if the language names the month twice. `time_zone` is where its texts are written, `time_zones_by_region`
    where those of a region are (`at` for de-AT); empty if there is no one place. `quotation_marks` are the opening and
    the closing one, `quotation_marks_by_region` those of a region. `foreign_quotes` are pairs of quotation marks that
    are wrong around a whole text in it, single ones included: they come from a program that changed straight ones.
    """

    page_words: dict[str, str]
    format_words: dict[str, str] = {}
    short_day_pattern: str = ""  # https://unicode.org/reports/tr35/tr35-dates.html
    time_zone: str = ""
    time_zones_by_region: dict[str, str] = {}
    quotation_marks: tuple[str, str] | None = None
    quotation_marks_by_region: dict[str, tuple[str, str]] = {}
    foreign_quotes: tuple[str, ...] = ()


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
            "subscribe": "abo",
            "search": "suche",
            "page": "seite",
            "languages": "sprachen",
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
        time_zone="Europe/Berlin",
        time_zones_by_region={"at": "Europe/Vienna", "ch": "Europe/Zurich"},
        quotation_marks=("„", "“"),
        quotation_marks_by_region={"ch": ("«", "»")},
        foreign_quotes=("“”", "””", "‘’", "’’", "‚‘", "‚’", "«»", "‹›", "›‹"),
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
            "subscribe": "subscribe",
            "search": "search",
            "page": "page",
            "languages": "languages",
        },
        quotation_marks=("“", "”"),
        foreign_quotes=("„“", "„”", "‚‘", "‚’", "’’", "«»", "»«", "‹›", "›‹"),  # ‘…’ are those of Britain
    ),
}
_ENGLISH = LANGUAGES["en"]


def find_language(lang: str) -> Language:
    """Return the row of `lang`, else of the language without its region (`de-at` takes that of `de`), else English."""
    return LANGUAGES.get(lang) or LANGUAGES.get(lang.partition("-")[0]) or _ENGLISH


def get_page_word(lang: str, key: str) -> str:
    """Return the word that stands for a kind of page in the addresses of a site in `lang`."""
    return find_language(lang).page_words.get(key) or _ENGLISH.page_words[key]


def find_time_zone(lang: str) -> str:
    """Return the name of the time zone in which texts of a language are written; empty if there is no one."""
    language, _, region = lang.lower().partition("-")
    row = LANGUAGES.get(language)
    return row.time_zones_by_region.get(region, row.time_zone) if row else ""


def find_quotation_marks(lang: str) -> tuple[str, str] | None:
    """Return the opening and the closing quotation mark of a language; None if it is not known."""
    language, _, region = lang.lower().partition("-")
    row = LANGUAGES.get(language)
    return row.quotation_marks_by_region.get(region, row.quotation_marks) if row else None
