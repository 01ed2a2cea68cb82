"""Dates as feeds and pages write them -> aware datetimes in UTC; None for a text that is no date."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from ...languages import find_time_zone

_ISO_DAY = re.compile(r"\A\s*(\d{4}-\d\d-\d\d)(?!\d)")
# Times such as "10:00", "9.30 Uhr", "9 Uhr", "4:15:30.25 p.m."; every pattern below expects one lower-case line.
_TIME_OF_DAY = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?(?:uhr\b)?"
    r"|\s*uhr\b)"
)
_TIME_ZONE = (
    r"(?:(?:gmt|utc?)?(?P<offset>[+-]\d+(?::\d+)?)|\[?(?P<place>(?!etc/)[a-z]{2,10}/[a-z_]{2,20})\]?"
    r"|\[?(?:etc/)?(?P<zone>[a-z]{1,5})\]?)?(?:\[[\w/+-]*\])?"  # Java adds the name of the zone in brackets
    r"(?:\s*\([\w +:-]*\))?"
)
_TIME_AND_ZONE = rf"(?:(?:\s*,)?(?:\s*[|·–—]|\s+um|\s+at|\s+-|t)?\s*{_TIME_OF_DAY})?\s*{_TIME_ZONE}"
_WEEKDAY = (
    r"(?:am\s+|vom\s+)?(?:[^\W\d_]{2,10}\.?\s*,\s*"
    r"|(?:mon|die|mit|don|fre|sam|son|tue|wed|thu|fri|sat|sun)[a-zäöü]*\.?\s+|(?:mo|di|mi|do|fr|sa|so)\.?\s+)?(?:den\s+)?"
)
_MONTH_NAME = r"(?P<month>(?!marras)[^\W\d_]{3,12})"  # "marraskuu" is November in Finnish, and no March
_DAY_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SEPARATOR = r"(?:\s+|-|/)"
_DATE_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/.]\s?(?P<number>\d{{1,2}})[-/.]\s?(?P<day>\d{{1,2}})\.?{_TIME_AND_ZONE}",
        rf"{_WEEKDAY}(?P<left>\d{{1,2}})[-/](?P<right>\d{{1,2}})[-/](?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_DAY_OF_MONTH}[.,]?{_SEPARATOR}\s*{_MONTH_NAME}[.,]?{_SEPARATOR}(?P<year>\d{{4}}|\d\d){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH_NAME}\.?\s+{_DAY_OF_MONTH}\s*,?\s+(?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<number>\d{{1,2}})\.\s?(?P<year>\d{{4}}|\d\d){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH_NAME}\s+{_DAY_OF_MONTH}\s+{_TIME_OF_DAY}\s*{_TIME_ZONE}\s*(?P<year>\d{{4}})",  # asctime
    )
)
# How Chinese, Japanese and Korean dates are written: the units of date and time, the days of the week, and the halves
# of a day, which come before the time. U+2212 is the minus sign of typographers.
_EAST_ASIAN_UNITS = str.maketrans(
    {**dict.fromkeys("年月년월\u2212", "-"), **dict.fromkeys("日일分분秒초", " "), **dict.fromkeys("時时시", ":")}
)
_EAST_ASIAN_WEEKDAY = re.compile(r"\s*\([月火水木金土日월화수목금토일]\)")
_EAST_ASIAN_HALF = re.compile(r"(?:(오전|上午|午前)|오후|下午|午後)\s*(\d{1,2}(?::\d\d)+)")
_BLANK_IN_TIME = re.compile(r"(?<=\d:) (?=\d\d)|(?<=\d-) (?=\d)|(?<=\d) (?=:)")
# By their first letters without accents, in English, German and Greek; "mrz" is how German software abbreviates "März".
_MONTH_NUMBERS = {
    name: number
    for number, names in (
        (1, "jan"), (2, "feb"), (3, "mar mrz mae"), (4, "apr"), (5, "may mai"), (6, "jun"),
        (7, "jul"), (8, "aug"), (9, "sep"), (10, "oct okt"), (11, "nov"), (12, "dec dez"),
        (1, "ιαν"), (2, "φεβ"), (3, "μαρ"), (4, "απρ"), (5, "μαι"), (6, "ιουν"),  # noqa: RUF001 - Greek letters
        (7, "ιουλ"), (8, "αυγ"), (9, "σεπ"), (10, "οκτ"), (11, "νοε"), (12, "δεκ"),  # noqa: RUF001 - Greek letters
    )
    for name in names.split()
}  # fmt: skip
# By the first two letters, in English and German.
_WEEKDAY_NUMBERS = {"mo": 0, "tu": 1, "di": 1, "we": 2, "mi": 2, "th": 3, "do": 3, "fr": 4, "sa": 5, "su": 6, "so": 6}
# The places by whose clocks the abbreviations of zones are meant, summer or winter: much software writes "EST" or "MEZ"
# beside local times all year. Other abbreviations are ambiguous.
_ZONE_PLACES = {
    name: place
    for place, names in (
        ("UTC", "z ut utc gmt"),
        ("Europe/Berlin", "met mez cet mest mesz cest"),
        ("Europe/London", "bst"),
        ("Europe/Lisbon", "wet west"),
        ("Europe/Athens", "eet eest"),
        ("Europe/Moscow", "msk msd"),
        ("Europe/Istanbul", "trt"),
        ("Africa/Johannesburg", "sast"),
        ("Africa/Nairobi", "eat"),
        ("Asia/Karachi", "pkt"),
        ("Asia/Hong_Kong", "hkt"),
        ("Asia/Tokyo", "jst"),
        ("Asia/Seoul", "kst"),
        ("America/Halifax", "at ast adt"),
        ("America/New_York", "et est edt"),
        ("America/Chicago", "ct cst cdt"),
        ("America/Denver", "mt mst mdt"),
        ("America/Los_Angeles", "pt pst pdt"),
        ("America/Anchorage", "akst akdt"),
        ("Pacific/Honolulu", "hst"),
        ("America/Sao_Paulo", "brt brst"),
        ("Australia/Perth", "awst"),
        ("Australia/Adelaide", "acst acdt"),
        ("Australia/Sydney", "aest aedt"),
        ("Pacific/Auckland", "nzst nzdt"),
    )
    for name in names.split()
}
_MAX_OFFSET, _MIN_OFFSET = timedelta(hours=14), timedelta(hours=-12)  # the extremes that are in use on Earth
_MINUTE = timedelta(minutes=1)
_RARE_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?:(?P<month>\d\d)\Z|(?P<number>\d{3})(?![\d-]))")
_UNIX_TIME = re.compile(r"\d{9,13}(?:\.\d+)?", re.ASCII)
# Of the years that a number may mean: there were no feeds before.
_FIRST_FEED, _LAST_YEAR = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_MAX_DATE_LENGTH = 80  # characters; bounds the work of the patterns on hostile input


class WrittenDate(Struct, frozen=True):
    """A date as it was written: the moment in UTC, and the offset in minutes; None if it has no offset.

    Without an offset the moment is the local time, taken as UTC until the source's time zone is known.
    """

    moment: datetime
    offset: int | None = None


def parse_date(text: str) -> datetime | None:
    """Return the moment of a date as feeds write it, in UTC; None if the text is no date (see `read_date`)."""
    written = read_date(text)
    return written.moment if written else None


@lru_cache(maxsize=2048)  # the fast parser checks every date, and the entry reads it again
def read_date(text: str) -> WrittenDate | None:
    """Read a date as feeds write it: RFC 3339 and RFC 822 with the usual mistakes, month names as in _MONTH_NUMBERS.

    Numbers are Unix times in seconds or milliseconds. An offset counts only if it has whole hours and minutes and lies
    between -12 and +14 hours, the name of a zone only if it is known; any other date counts as a local time. A month or
    a week counts as its first day. Return None if the text is no date, a date that does not exist, or one that may mean
    two days.
    """
    line = unicodedata.normalize("NFKC", " ".join(text[: 4 * _MAX_DATE_LENGTH].split()).lower())
    if not line.isascii():
        line = _convert_east_asian(line)
    if len(line) > _MAX_DATE_LENGTH:
        return None
    if _UNIX_TIME.fullmatch(line):
        return _read_unix_time(line)
    try:
        line = _convert_rare_day(line)
        match = next((match for pattern in _DATE_FORMATS if (match := pattern.fullmatch(line))), None)
        return _build_date(match) if match else _parse_rare_iso_date(line)
    except (ValueError, OverflowError):
        return None


def _convert_east_asian(line: str) -> str:
    """Return a date with the separators of Europe for East Asian units, and "am" or "pm" behind the time."""
    line = _EAST_ASIAN_WEEKDAY.sub("", line).translate(_EAST_ASIAN_UNITS)
    line = _BLANK_IN_TIME.sub("", " ".join(line.split()))
    return _EAST_ASIAN_HALF.sub(lambda match: f"{match[2]} {'am' if match[1] else 'pm'}", line)


def _read_unix_time(digits: str) -> WrittenDate | None:
    """Return the date of a number of seconds or milliseconds since 1970; None if no feed can be so old or new."""
    seconds = float(digits) / (1000 if len(digits.partition(".")[0]) > 11 else 1)
    return WrittenDate(datetime.fromtimestamp(int(seconds), UTC), 0) if _is_plausible(seconds) else None


def _is_plausible(seconds: float) -> bool:
    return _FIRST_FEED.timestamp() <= seconds < _LAST_YEAR.timestamp()


def _build_date(match: re.Match[str]) -> WrittenDate:
    """Build a date from the groups of a date pattern. Raises ValueError if there is no such day or time."""
    groups = match.groupdict()
    month, day = _find_month_and_day(groups, match.string[:2])
    year = int(groups["year"])
    if len(groups["year"]) == 2:  # RFC 822 years; there were no feeds before 1990
        year += 2000 if year < 90 else 1900
    hour, days = int(groups["hour"] or 0), 0
    if half := groups["half"]:
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    elif hour == 24:  # ISO 8601 allows it for the end of a day
        hour, days = 0, 1
    second = min(int(groups["second"] or 0), 59)  # a leap second is 60, which datetime refuses
    local = datetime(year, month, day, hour, int(groups["minute"] or 0), second, tzinfo=UTC)
    local += timedelta(days=days)
    place = groups["place"] or _ZONE_PLACES.get(groups["zone"] or "", "")
    offset = _find_offset(place, local) if place else _parse_offset(groups["offset"])
    return WrittenDate(local) if offset is None else WrittenDate(local - offset, offset // _MINUTE)


def _find_month_and_day(groups: dict[str, str], weekday: str) -> tuple[int, int]:
    """Return the month and the day of a date; an unknown month is 0."""
    if "left" in groups:
        return _order_month_and_day(int(groups["left"]), int(groups["right"]), int(groups["year"]), weekday)
    if "number" in groups:
        return int(groups["number"]), int(groups["day"])
    name = "".join(filter(str.isalpha, unicodedata.normalize("NFD", groups["month"])))
    return _MONTH_NUMBERS.get(name[:4]) or _MONTH_NUMBERS.get(name[:3], 0), int(groups["day"])


def _order_month_and_day(left: int, right: int, year: int, weekday: str) -> tuple[int, int]:
    """Return the month and the day of two numbers. Raises ValueError if they may mean two days.

    Of 26-11-2026 and 11/26/2026 only one number can be a month; of "Fr, 05/03/2026" the day of the week tells.
    """
    pairs = {(month, day) for month, day in ((left, right), (right, left)) if month <= 12}
    if len(pairs) > 1:
        pairs = {pair for pair in pairs if date(year, *pair).weekday() == _WEEKDAY_NUMBERS.get(weekday)}
    [pair] = pairs
    return pair


def _convert_rare_day(line: str) -> str:
    """Return a date of ISO 8601 that names a month or the number of a day, `2026-10` or `2026-285`, with month and day.

    Any other text stays as it is. Raises ValueError if the year has no such day.
    """
    match = _RARE_ISO_DAY.match(line)
    if not match:
        return line
    year, rest = int(match["year"]), line[match.end() :]
    if match["month"]:
        return f"{match[0]}-01"
    day = date(year, 1, 1) + timedelta(days=int(match["number"]) - 1)
    if day.year != year:
        raise ValueError(line)
    return f"{day.isoformat()}{rest}"


def _parse_rare_iso_date(line: str) -> WrittenDate | None:
    """Read the rarer forms of ISO 8601 (`20260930T081500Z`, `2026-W40-3`)."""
    moment = datetime.fromisoformat(line.upper()) if line[:4].isdigit() else None
    if moment is None:
        return None
    offset = moment.utcoffset()
    if offset is None or not _MIN_OFFSET <= offset <= _MAX_OFFSET:
        return WrittenDate(moment.replace(tzinfo=UTC))
    return WrittenDate(moment.astimezone(UTC), offset // _MINUTE)


def _find_offset(place: str, local: datetime) -> timedelta | None:
    """Return the offset that a place such as `europe/berlin` has at a local time.

    Raises ValueError if there is no such time zone.
    """
    try:
        return ZoneInfo(place.title() if place.islower() else place).utcoffset(local)
    except (ZoneInfoNotFoundError, OSError) as error:  # OSError for a folder's name, such as America/Indiana
        raise ValueError(place) from error


def _parse_offset(text: str | None) -> timedelta | None:
    """Return an offset from UTC; None if there is none, or if it is malformed or impossible."""
    hours, _, minutes = (text or "")[1:].partition(":")
    digits = (f"0{hours}" if len(hours) == 1 else hours) + minutes  # GMT+2, UTC+2:00
    if len(digits) not in {2, 4} or int(digits[2:] or 0) > 59:
        return None
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    offset = -size if text and text[0] == "-" else size
    return offset if _MIN_OFFSET <= offset <= _MAX_OFFSET else None


def find_zone(zone: str, lang: str, default: tzinfo | None) -> tzinfo | None:
    """Return the time zone of a source: `zone`, its own, else that of its language, else `default`, the site's."""
    name = zone or find_time_zone(lang)
    return ZoneInfo(name) if name else default


def localize(moment: datetime, offset: int | None, zone: tzinfo | None) -> datetime:
    """Return the moment of a date that may be written without an offset: then it is a local time in `zone`."""
    if offset is not None:
        return moment
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):  # the first or last day that datetime can hold
        return moment


def get_written_day(moment: datetime, offset: int | None, zone: tzinfo | None) -> date:
    """Return the day of a moment by its source's clock: as it is written, if it has an offset that is not UTC's.

    UTC is what machines write wherever they stand, so such a moment has the day in `zone`, and so has a local time.
    """
    if offset == 0:
        return to_local_day(moment, zone)
    try:
        return moment.astimezone(zone).date() if offset is None else (moment + offset * _MINUTE).date()
    except OverflowError:
        return moment.date()


def to_local_day(moment: datetime, zone: tzinfo | None) -> date:
    """Return the day of a moment in the time zone `zone` (None: this machine's)."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date()  # a day without a time arrives as midnight in UTC, and must not move to the day before
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # the first or last day that datetime can hold
        return moment.date()


def parse_written_day(text: str) -> date | None:
    """Return the day of a date as it is written, whatever its time zone; None if the text is no date.

    Of a date in ISO 8601 only the beginning counts.
    """
    match = _ISO_DAY.match(text)
    try:
        if match:
            return date.fromisoformat(match[1])
        written = read_date(text)
        return (written.moment + (written.offset or 0) * _MINUTE).date() if written else None
    except (ValueError, OverflowError):
        return None
