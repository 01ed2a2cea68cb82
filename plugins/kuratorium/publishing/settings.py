"""What pelicanconf.py says to a build, and whether it asks for a whole build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..edition import settings
from ..edition.formats import FORMATS
from ..edition.paths import SETTINGS_FILE
from ..errors import Problem

# The settings that our own generators and writers honour. Any other setting of Pelican's asks for a whole build, in
# which Pelican makes its own articles and contexts.
_SUPPORTED_KEYS = {
    *("SITENAME", "SITESUBTITLE", "SITEURL", "DEFAULT_LANG", "TIMEZONE", "OUTPUT_PATH", "OUTPUT_RETENTION"),
    *("THEME", "THEME_STATIC_PATHS", "THEME_STATIC_DIR", "STATIC_PATHS", "STATIC_EXCLUDES", "IGNORE_FILES"),
    *("JINJA_ENVIRONMENT", "PLUGIN_PATHS", "PLUGINS", "PELICAN_CLASS", "PLAIN_MARKDOWN", "PRECOMPRESS"),
}
_OWN_PLUGIN = "kuratorium.publishing"  # editions name it that were begun before PELICAN_CLASS was needed
COPY_ENDINGS = (".gz", ".br")
"""What the names of compressed copies end in."""
SEARCH_FOLDER = "pagefind"
"""Folder of the site with the index of the search: `search_index` writes it when the rest is there."""

# An edition's own list replaces the default. A history cannot be built again, and the search has its own folder.
_ALWAYS_RETAINED = (".git", SEARCH_FOLDER)
# With these values Pelican adds nothing of its own to the site.
_NEUTRAL_VALUES: dict[str, Any] = {
    "PATH": "content",
    "ARTICLE_PATHS": [f"../{format.folder}" for format in FORMATS],
    "PAGE_PATHS": ["pages"],
    "DIRECT_TEMPLATES": [],
    "USE_FOLDER_AS_CATEGORY": False,
    "WITH_FUTURE_DATES": True,
    "RELATIVE_URLS": True,
    **dict.fromkeys(("ARTICLE_TRANSLATION_ID", "PAGE_TRANSLATION_ID"), False),
    **dict.fromkeys(("CACHE_CONTENT", "LOAD_CONTENT_CACHE"), False),
    **dict.fromkeys(("AUTHOR_SAVE_AS", "CATEGORY_SAVE_AS", "TAG_SAVE_AS"), ""),
    **dict.fromkeys(("DRAFT_SAVE_AS", "DRAFT_LANG_SAVE_AS", "DRAFT_PAGE_SAVE_AS", "DRAFT_PAGE_LANG_SAVE_AS"), ""),
    **dict.fromkeys(("FEED_ALL_ATOM", "FEED_ALL_RSS", "CATEGORY_FEED_ATOM", "TRANSLATION_FEED_ATOM"), None),
    **dict.fromkeys(("AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS"), None),
}
# Setting -> why it has only its neutral value here.
_IGNORED_SETTINGS = {"RELATIVE_URLS": "links within the site are always relative, those in feeds begin with SITEURL"}


class Settings(Struct, frozen=True, kw_only=True):
    """The site, its folders (from the edition's root), what is copied, and how Jinja is set up.

    `plain_markdown`: whether plain bodies are converted without python-markdown.
    `precompress`: whether texts have compressed copies beside them.
    `has_sitemap_plugin`: whether pelican-sitemap writes the sitemap.
    `whole_build_reason`: why every build must render every file; empty if it may render only what changed.
    """

    site: settings.SiteSettings
    output: str
    theme: str
    output_retention: tuple[str, ...]
    static_paths: tuple[str, ...]
    static_excludes: tuple[str, ...]
    ignored_patterns: tuple[str, ...]
    theme_static_paths: tuple[str, ...]
    theme_static_dir: str
    jinja_options: dict[str, Any]
    plain_markdown: bool = True
    precompress: bool = False
    has_sitemap_plugin: bool = False
    whole_build_reason: str = ""


def read_settings(root: Path) -> Settings:
    """Return the settings of the edition at `root`; raises EditionError."""
    return interpret_settings(root, settings.run_settings_file(root))


def interpret_settings(root: Path, values: Mapping[str, Any]) -> Settings:
    """Return the settings of the edition at `root` from what its pelicanconf.py defines; raises EditionError."""
    settings.parse_site_settings(values)  # for its checks of types, which all that follows trusts
    settings.check_text_folders(values)
    return parse_settings(root, values, next(_find_whole_build_reasons(root, values), ""))


def find_ignored_settings(values: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each setting of Pelican that pelicanconf.py sets, and that has no effect here."""
    return [
        Problem(SETTINGS_FILE, 0, key, f"this setting has no effect: {reason}", "Delete the line.")
        for key, reason in _IGNORED_SETTINGS.items()
        if values.get(key, _NEUTRAL_VALUES[key]) != _NEUTRAL_VALUES[key]
    ]


def has_other_plugins(values: Mapping[str, Any]) -> bool:
    """Return whether pelicanconf.py names plugins beside our own, or leaves PLUGINS unset."""
    return values.get("PLUGINS") not in ([], [_OWN_PLUGIN])


def _has_sitemap_plugin(values: Mapping[str, Any]) -> bool:
    """Return whether pelican-sitemap is active; without PLUGINS, every installed plugin is."""
    if (plugins := values.get("PLUGINS")) is None:
        return find_spec("pelican.plugins.sitemap") is not None
    names = (str(getattr(plugin, "__name__", plugin)) for plugin in plugins)
    return any(name.rpartition(".")[2] == "sitemap" for name in names)


def parse_settings(root: Path, values: Mapping[str, Any], whole_build_reason: str = "") -> Settings:
    """Return what a build needs of Pelican's settings, or of pelicanconf.py; raises EditionError."""
    site = settings.parse_site_settings(values)
    settings.check_folders(root, values)
    settings.check_language(root, site)
    # What the file does not set has Pelican's own default.
    return Settings(
        site=site,
        output=make_relative_path(root, values.get("OUTPUT_PATH", "output")),
        theme=make_relative_path(root, settings.get_theme(values)),
        output_retention=tuple(dict.fromkeys((*_ALWAYS_RETAINED, *values.get("OUTPUT_RETENTION", ())))),
        static_paths=tuple(values.get("STATIC_PATHS", ("images",))),
        static_excludes=tuple(values.get("STATIC_EXCLUDES", ())),
        ignored_patterns=tuple(values.get("IGNORE_FILES", ("**/.*",))),
        theme_static_paths=tuple(values.get("THEME_STATIC_PATHS", ("static",))),
        theme_static_dir=values.get("THEME_STATIC_DIR", "theme"),
        jinja_options={} if whole_build_reason else _serialize_jinja_options(values.get("JINJA_ENVIRONMENT", {})),
        plain_markdown=bool(values.get("PLAIN_MARKDOWN", True)),
        precompress=bool(values.get("PRECOMPRESS", False)),
        has_sitemap_plugin=_has_sitemap_plugin(values),
        whole_build_reason=whole_build_reason,
    )


def make_relative_path(root: Path, path: str) -> str:
    """Return a path relative to `root` if it lies below it, so that an edition may be moved; else as it is."""
    whole = Path(root, path)
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else str(whole)


def _find_whole_build_reasons(root: Path, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what asks for a whole build: other plugins, and settings that only Pelican itself honours."""
    if has_other_plugins(values):
        yield "PLUGINS names other plugins" if "PLUGINS" in values else "without PLUGINS, all installed plugins run"
    # Missing counts, too: Pelican's own defaults write pages and feeds of their own.
    for key, value in _NEUTRAL_VALUES.items():
        if key not in values or values[key] != value:
            yield f"{key} is not {value!r}"
    if not Path(root, settings.get_theme(values)).is_dir():
        yield "THEME is not a folder of the edition"
    if not all(map(_is_plain_option, values.get("JINJA_ENVIRONMENT", {}).items())):
        yield "JINJA_ENVIRONMENT holds more than plain values"
    others = [key for key in values if key.isupper() and key not in _SUPPORTED_KEYS and key not in _NEUTRAL_VALUES]
    if others:
        from pelican.settings import DEFAULT_CONFIG  # noqa: PLC0415 - it takes 0.3 s, and few editions need it

        yield from (f"it sets {key}" for key in others if key in DEFAULT_CONFIG or "FEED" in key)


def _is_plain_option(option: tuple[str, Any]) -> bool:
    key, value = option
    if key == "undefined":
        # Jinja's own classes can be found again by their name; a class of the edition's cannot.
        return getattr(value, "__module__", "") == "jinja2.runtime"
    if isinstance(value, list | tuple):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, bool | int | str)


def _serialize_jinja_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return Jinja's options as plain values that the cache can store: the class `undefined` by its name."""
    return {key: value.__name__ if key == "undefined" else value for key, value in options.items()}
