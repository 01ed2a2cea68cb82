"""The site's settings in pelicanconf.py, read without Pelican."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..errors import EditionError, Problem
from ..program.theme import list_theme_folders
from ..translations import SOURCE_LANGUAGE, MessageTranslator, read_messages
from .formats import FORMATS
from .paths import SETTINGS_FILE

DEFAULT_THEME = "theme"
DEFAULT_PATH = "content"
_SITE_FIELDS = {  # Pelican's setting -> field of SiteSettings
    "SITENAME": "name",
    "SITESUBTITLE": "subtitle",
    "SITEURL": "url",
    "DEFAULT_LANG": "lang",
    "TIMEZONE": "timezone",
}
_OPTIONAL_SETTINGS = {"SITESUBTITLE"}
_LIST_SETTINGS = (
    *("OUTPUT_RETENTION", "STATIC_PATHS", "STATIC_EXCLUDES", "IGNORE_FILES", "THEME_STATIC_PATHS"),
    *("ARTICLE_PATHS", "PAGE_PATHS", "PLUGIN_PATHS"),
)
_TEXT_SETTINGS = ("PATH", "THEME", "OUTPUT_PATH", "THEME_STATIC_DIR")
# Setting -> its type, and what to write.
_OTHER_TYPES: dict[str, tuple[type, str]] = {
    "PLUGINS": (list, 'Write PLUGINS = ["…", "…"], or [] for none.'),
    "JINJA_ENVIRONMENT": (dict, 'Write JINJA_ENVIRONMENT = JINJA_ENVIRONMENT | {"…": …}.'),
    "MARKDOWN": (dict, "Write MARKDOWN = {…}, or delete the line."),
    "PLAIN_MARKDOWN": (bool, "Write PLAIN_MARKDOWN = True or False."),
}
_JINJA_OPTIONS = frozenset(  # https://jinja.palletsprojects.com/en/stable/api/#jinja2.Environment
    (
        *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "optimized"),
        *("comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix", "finalize"),
        *("trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline", "extensions", "undefined"),
        *("autoescape", "loader", "cache_size", "auto_reload", "bytecode_cache", "enable_async"),
    )
)
_PELICANS_THEMES = ("simple", "notmyidea")
_DEFAULTS_HINT = 'Write "from kuratorium.defaults import *" above all settings.'
# The address is written into HTML, feeds and calendars, so it has no query, fragment or characters of markup.
_SITE_URL = re.compile(r"\Ahttps?://(?!https?[:/])[^\s/?#\"'<>]+(?:/[^\s?#\"'<>]*)?\Z")
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
    return interpret_values(root, run_settings_file(root))


def find_site_settings(root: Path) -> SiteSettings | None:
    """Return the site's settings; None if they are invalid, which `check` and the build report."""
    try:
        return read_site_settings(root)
    except EditionError:
        return None


def interpret_values(root: Path, settings: Mapping[str, Any]) -> SiteSettings:
    """Return the site's settings from all those of the edition at `root`; raises EditionError."""
    site = parse_site_settings(settings)
    check_text_folders(settings)
    check_folders(root, settings)
    check_language(root, site)
    return site


class SettingsFile(Struct, frozen=True, kw_only=True):
    """What pelicanconf.py sets: all `values`, and the settings of the `site` (None if one of them is invalid)."""

    values: Mapping[str, Any]
    site: SiteSettings | None
    problems: tuple[Problem, ...] = ()


def read_settings_file(root: Path) -> SettingsFile:
    """Return what pelicanconf.py of the edition at `root` sets, as far as it can be run, with its problems."""
    values: Mapping[str, Any] = {}
    try:
        values = run_settings_file(root)
        return SettingsFile(values=values, site=interpret_values(root, values))
    except EditionError as error:
        return SettingsFile(values=values, site=None, problems=error.problems)


def read_catalogue(root: Path, *folders: str) -> dict[str, str]:
    """Return messages in the language of the edition at `root`, of some folders of catalogues; empty if not known."""
    values = read_settings_file(root).values
    theme, lang = Path(root, get_theme(values)), str(values.get("DEFAULT_LANG", "")).lower().replace("_", "-")
    catalogue: dict[str, str] = {}
    with suppress(EditionError):  # such as a merge that is not finished, which a rule reports
        for folder in folders if lang else ():
            catalogue |= read_messages(theme, lang, folder)
    return catalogue


def translate_problems(root: Path, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the language of the edition at `root`, in their order.

    They stay English if the language is not known, or the theme has no words of it.
    """
    translator = MessageTranslator(read_catalogue(root, "messages"))
    return [
        replace(problem, message=translator.translate(problem.message), hint=translator.translate(problem.hint))
        for problem in problems
    ]


def describe_error(root: Path, error: Exception) -> str:
    """Return the words of an error in the language of the edition at `root`."""
    if isinstance(error, EditionError):
        return str(EditionError(translate_problems(root, error.problems)))
    return translate_command(root, str(error))


def translate_command(root: Path, message: str) -> str:
    """Return what a command says in the language of the edition at `root`; hints of rules may be a part of it."""
    # Not the single words of rules: in "curation/topics.yaml" and "--topic" they are names.
    hints = {words: text for words, text in read_catalogue(root, "messages").items() if " " in words}
    return MessageTranslator(hints | read_catalogue(root, "commands")).translate(message)


def check_folders(root: Path, settings: Mapping[str, Any]) -> None:
    """Raise EditionError if settings name other folders for texts than those that are read, or no theme."""
    path = settings.get("PATH", DEFAULT_PATH)
    # A missing content/ is another error.
    if (root / DEFAULT_PATH).is_dir() and not _is_same_folder(root, path):
        raise _build_error(0, "PATH", f'"{path}" is not {DEFAULT_PATH}/, which is read', "Delete the line.")
    theme = get_theme(settings)
    if theme not in _PELICANS_THEMES and not Path(root, theme).is_dir():
        hint = "Restore it, for example from git." if theme == DEFAULT_THEME else f'Write THEME = "{DEFAULT_THEME}".'
        raise _build_error(0, "THEME", f'there is no folder "{theme}"', hint)


def _is_same_folder(root: Path, path: str) -> bool:
    return Path(root, path).is_dir() and Path(root, path).samefile(root / DEFAULT_PATH)


def check_language(root: Path, site: SiteSettings) -> None:
    """Raise EditionError if the theme has no words in the site's language; its pages would be English."""
    folders = [Path(root, layer, "translations") for layer in list_theme_folders(root, site.theme)]
    language = site.lang.partition("-")[0]
    # English is the language of the messages themselves. A folder that is missing is an error of the build.
    if language == SOURCE_LANGUAGE or not any(folder.is_dir() for folder in folders):
        return
    names = {path.stem for folder in folders for path in folder.glob("*.po")}
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
    _check_types(settings)
    _check_templates_options(settings.get("JINJA_ENVIRONMENT", {}))
    if not _SITE_URL.match(values["url"]):
        message = f'expected an http or https address, found "{values["url"]}"'
        meant = urls.propose_url(values["url"].partition("?")[0]) or "https://…"
        raise _build_error(0, "SITEURL", message, f'Write SITEURL = "{meant}".')
    if not _LANGUAGE.match(values["lang"]):
        message = f'expected a language code, found "{values["lang"]}"'
        meant = values["lang"].replace("_", "-")
        hint = (
            f'Write DEFAULT_LANG = "{meant}".' if _LANGUAGE.match(meant) else 'Write one such as DEFAULT_LANG = "de".'
        )
        raise _build_error(0, "DEFAULT_LANG", message, hint)
    try:
        ZoneInfo(values["timezone"])
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # ValueError for "../x", OSError for a folder's name
        message = f'unknown time zone "{values["timezone"]}"'
        raise _build_error(0, "TIMEZONE", message, 'Write one such as TIMEZONE = "Europe/Berlin".') from error
    values |= {"url": _encode_site_url(values["url"]), "lang": values["lang"].lower(), "theme": get_theme(settings)}
    return SiteSettings(**values)


def check_text_folders(settings: Mapping[str, Any]) -> None:
    """Raise EditionError if Pelican would not read the folders of posts and pages, which all other code reads."""
    if "ARTICLE_PATHS" not in settings or "PAGE_PATHS" not in settings:
        raise _build_error(0, "", "the line with the defaults of Kuratorium is missing", _DEFAULTS_HINT)
    wanted = {"ARTICLE_PATHS": [f"../{format.folder}" for format in FORMATS], "PAGE_PATHS": ["pages"]}
    for name, folders in wanted.items():
        if missing := [folder for folder in folders if folder not in settings[name]]:
            hint = f'Delete the line; for more folders, write {name} = [*{name}, "…"].'
            raise _build_error(0, name, f"lacks the folder {missing[0].removeprefix('../')}, which is read", hint)
    if settings.get("TYPOGRIFY") and not find_spec("typogrify"):
        message = "needs the library typogrify, which is not installed"
        raise _build_error(0, "TYPOGRIFY", message, "Install it, or delete the line.")


def _check_types(settings: Mapping[str, Any]) -> None:
    """Raise EditionError for a setting that is not of its type."""
    for name in _LIST_SETTINGS:
        _require_list(name, settings.get(name, []))
    for name in _TEXT_SETTINGS:
        if not isinstance(settings.get(name, name), str):
            raise _build_error(0, name, "expected a text", f'Write {name} = "…".')
    for name, (wanted, hint) in _OTHER_TYPES.items():
        value = settings.get(name, wanted())
        if not isinstance(value, (list, tuple) if wanted is list else wanted):
            raise _build_error(0, name, f"expected another kind of value, found {value!r}", hint)


def _check_templates_options(options: Mapping[str, Any]) -> None:
    """Raise EditionError for options of Jinja that it does not have, or without which a theme is unsafe or fails."""
    hint = _OTHER_TYPES["JINJA_ENVIRONMENT"][1]
    if unknown := sorted(map(str, options.keys() - _JINJA_OPTIONS)):
        raise _build_error(0, "JINJA_ENVIRONMENT", f'Jinja has no option "{unknown[0]}"', "Correct or delete it.")
    if options and options.get("autoescape") is False:
        # What feeds and editors write would be HTML on the pages.
        raise _build_error(0, "JINJA_ENVIRONMENT", "autoescape must be on", hint)
    if options and "jinja2.ext.i18n" not in options.get("extensions", ()):
        message = 'lacks the extension "jinja2.ext.i18n", which the theme needs'
        raise _build_error(0, "JINJA_ENVIRONMENT", message, hint)


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
    if not isinstance(value, str) or (not value.strip() and name not in _OPTIONAL_SETTINGS):
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
