"""The site's settings in pelicanconf.py, read without Pelican."""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from .. import urls
from ..errors import EditionError, Problem
from ..translations import SOURCE_LANGUAGE
from .paths import SETTINGS_FILE

DEFAULT_THEME = "theme"
_SITE_FIELDS = {  # Pelican's setting -> field of SiteSettings
    "SITENAME": "name",
    "SITESUBTITLE": "subtitle",
    "SITEURL": "url",
    "DEFAULT_LANG": "lang",
    "TIMEZONE": "timezone",
}
_OPTIONAL_SETTINGS = {"SITESUBTITLE"}
_LIST_SETTINGS = ("OUTPUT_RETENTION", "STATIC_PATHS", "STATIC_EXCLUDES", "IGNORE_FILES", "THEME_STATIC_PATHS")
# The address is written into HTML, feeds and calendars, so it has no query, fragment or characters of markup.
_SITE_URL = re.compile(r"\Ahttps?://[^\s/?#\"'<>]+(?:/[^\s?#\"'<>]*)?\Z")
_LANGUAGE = re.compile(r"\A[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


class SiteSettings(Struct, frozen=True, kw_only=True):
    """What the build needs to know of the site.

    `url`: its address, without a slash at the end.
    `lang`: language code in lower case.
    `timezone`: IANA name.
    `theme`: the folder of its theme, from the edition's root or absolute.
    """

    name: str
    subtitle: str
    url: str
    lang: str
    timezone: str
    theme: str = DEFAULT_THEME


def read_site_settings(root: Path) -> SiteSettings:
    """Return the site's settings of the edition at `root`; raises EditionError."""
    site = parse_site_settings(run_settings_file(root))
    check_language(root, site)
    return site


def check_language(root: Path, site: SiteSettings) -> None:
    """Raise EditionError if the theme has no words in the site's language; its pages would be English."""
    folder = Path(root, site.theme, "translations")
    language = site.lang.partition("-")[0]
    # English is the language of the messages themselves. A folder that is missing is an error of the build.
    if language == SOURCE_LANGUAGE or not folder.is_dir():
        return
    names = {path.stem for path in folder.glob("*.po")}
    if not {site.lang, language} & names:
        known = ", ".join(sorted({*names, SOURCE_LANGUAGE}))
        hint = f"Write one of {known}, or add {site.theme}/translations/{language}.po."
        raise _build_error(0, "DEFAULT_LANG", f'the theme has no words in the language "{site.lang}"', hint)


def run_settings_file(root: Path) -> dict[str, Any]:
    """Run pelicanconf.py of the edition at `root` and return all names that it defines; raises EditionError."""
    if not (root / SETTINGS_FILE).is_file():
        raise _build_error(0, "", "the file is missing", "Restore it, for example from git.")
    try:
        # Run, not parsed, as Pelican does: a setting may be computed or imported.
        return runpy.run_path(str(root / SETTINGS_FILE))
    except SyntaxError as error:
        raise _build_error(error.lineno or 0, "", f"this is not Python: {error.msg}", "Correct that line.") from error
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("kuratorium"):
            raise _build_error(0, "", f"cannot be run: {error}", "Install the module, or remove the import.") from error
        hint = 'Keep SITENAME to TIMEZONE, and write "from kuratorium.defaults import *" in place of all else.'
        raise _build_error(0, "", f"is of an earlier version: {error}", hint) from error
    except (Exception, SystemExit) as error:  # the file is the user's code and can raise anything
        message = f"cannot be run: {error.__class__.__name__}: {error}"
        raise _build_error(0, "", message, 'It contains settings such as SITENAME = "…".') from error


def parse_site_settings(settings: Mapping[str, Any]) -> SiteSettings:
    """Return the site's settings from those of Pelican; raises EditionError if one is missing or invalid."""
    values = {field: _get_text(settings, name) for name, field in _SITE_FIELDS.items()}
    for name in _LIST_SETTINGS:
        _require_list(name, settings.get(name, []))
    if not _SITE_URL.match(values["url"]):
        message = f'expected an http or https address, found "{values["url"]}"'
        raise _build_error(0, "SITEURL", message, 'Write SITEURL = "https://…".')
    if not _LANGUAGE.match(values["lang"]):
        message = f'expected a language code, found "{values["lang"]}"'
        raise _build_error(0, "DEFAULT_LANG", message, 'Write one such as DEFAULT_LANG = "de" or "en".')
    try:
        ZoneInfo(values["timezone"])
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # ValueError for "../x", OSError for a folder's name
        message = f'unknown time zone "{values["timezone"]}"'
        raise _build_error(0, "TIMEZONE", message, 'Write one such as TIMEZONE = "Europe/Berlin".') from error
    values |= {"url": _encode_site_url(values["url"]), "lang": values["lang"].lower(), "theme": get_theme(settings)}
    return SiteSettings(**values)


def _encode_site_url(url: str) -> str:
    """Return the site's address without a slash at the end, its host in ASCII: feed readers know no other form."""
    parts = urlsplit(url)
    try:
        _ = parts.port  # raises ValueError if it is no number
        return parts._replace(netloc=urls.encode_host(parts.netloc)).geturl().rstrip("/")
    except ValueError as error:
        message = f'"{parts.netloc}" cannot be the name of a host'
        raise _build_error(0, "SITEURL", message, 'Write SITEURL = "https://…".') from error


def get_theme(settings: Mapping[str, Any]) -> str:
    """Return the theme's folder as Pelican's settings name it."""
    return str(settings.get("THEME", DEFAULT_THEME))


def _get_text(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name, "")
    if not isinstance(value, str) or (not value and name not in _OPTIONAL_SETTINGS):
        raise _build_error(0, name, "expected some text", f'Write {name} = "…".')
    return value


def _require_list(name: str, value: object) -> None:
    """Raise EditionError unless the value is a list of texts: the letters of a text would be taken for its items."""
    if isinstance(value, str):
        raise _build_error(0, name, "expected a list, found a text", f"Write {name} = [{value!r}].")
    if not isinstance(value, list | tuple) or not all(item and isinstance(item, str) for item in value):
        raise _build_error(0, name, "expected a list of texts", f'Write {name} = ["…", "…"].')


def _build_error(line: int, field: str, message: str, hint: str) -> EditionError:
    return EditionError([Problem(SETTINGS_FILE, line, field, message, hint)])
