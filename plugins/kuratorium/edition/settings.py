"""What pelicanconf.py says of the site, read without Pelican."""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from ..errors import EditionError, Problem

SETTINGS_FILE = "pelicanconf.py"
DEFAULT_THEME = "theme"


class SiteSettings(Struct, frozen=True, kw_only=True):
    """The site's name, subtitle, address (no slash at its end), language and time zone (IANA name).

    `theme`: the folder of its theme, from the edition's root or from that of the file system.
    """

    name: str
    subtitle: str
    url: str
    lang: str
    timezone: str
    theme: str = DEFAULT_THEME


def read_site_settings(root: Path) -> SiteSettings:
    """Read the site's settings from the edition at `root`; raises EditionError."""
    return parse_site_settings(run_settings_file(root))


def run_settings_file(root: Path) -> dict[str, Any]:
    """Run pelicanconf.py of the edition at `root`, and return all its names; raises EditionError."""
    try:
        return runpy.run_path(str(root / SETTINGS_FILE))
    except SyntaxError as error:
        raise _build_error(error.lineno or 0, "", f"this is no Python: {error.msg}", "Mend that line.") from error
    except Exception as error:
        what = f"cannot be run: {error.__class__.__name__}: {error}"
        raise _build_error(0, "", what, 'It holds settings such as SITENAME = "…".') from error


def parse_site_settings(settings: Mapping[str, Any]) -> SiteSettings:
    """Take the site out of Pelican's settings; raises EditionError where one is missing or no text."""
    values = {}
    for key, field in _SITE_FIELDS.items():
        value = settings.get(key, "")
        if not isinstance(value, str) or (not value and key != "SITESUBTITLE"):
            raise _build_error(0, key, "expected some text", f'Write {key} = "…".')
        values[field] = value
    if not re.match(r"\Ahttps?://[^\s/?#\"'<>]+(?:/[^\s?#\"'<>]*)?\Z", values["url"]):
        raise _build_error(
            0, "SITEURL", f"expected an http or https address, found «{values['url']}»", 'Write SITEURL = "https://…".'
        )
    if not re.match(r"\A[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z", values["lang"]):
        what = f"expected a language code, found «{values['lang']}»"
        raise _build_error(0, "DEFAULT_LANG", what, 'Write one such as DEFAULT_LANG = "de" or "en".')
    try:
        ZoneInfo(values["timezone"])
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # what it raises depends on how the name is wrong
        what = f"there is no time zone «{values['timezone']}»"
        raise _build_error(0, "TIMEZONE", what, 'Write one such as TIMEZONE = "Europe/Berlin".') from error
    values |= {"url": values["url"].rstrip("/"), "lang": values["lang"].lower(), "theme": get_theme(settings)}
    return SiteSettings(**values)


def get_theme(settings: Mapping[str, Any]) -> str:
    """Return the theme's folder as Pelican's settings name it."""
    return str(settings.get("THEME", DEFAULT_THEME))


_SITE_FIELDS = {
    "SITENAME": "name",
    "SITESUBTITLE": "subtitle",
    "SITEURL": "url",
    "DEFAULT_LANG": "lang",
    "TIMEZONE": "timezone",
}


def _build_error(line: int, field: str, message: str, hint: str) -> EditionError:
    return EditionError([Problem(SETTINGS_FILE, line, field, message, hint)])
