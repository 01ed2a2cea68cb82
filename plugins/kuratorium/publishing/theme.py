"""The theme: what each of its templates hangs on, and the words of the site's language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from jinja2 import Environment
from msgspec import Struct

from . import closures, translations
from .recipes import digest
from .settings import Settings
from .store import Store


class Theme(Struct, frozen=True, kw_only=True):
    """Digest by template, and of what all pages see beside their inputs."""

    common: str
    templates: dict[str, str]

    def digest(self, template: str) -> str:
        """Digest all that a page of this template hangs on; a page without one sees what all see."""
        return digest([self.common, self.templates.get(f"{template}.html", "")]) if template else self.common


def read(store: Store) -> Theme | None:
    """Read what was kept of the theme."""
    kept = store.value("theme")
    return msgspec.json.decode(kept, type=Theme) if kept else None


def make(root: Path, settings: Settings, environment: Environment, hashes: Mapping[str, bytes], store: Store) -> Theme:
    """Read the theme of the edition at `root` and keep it; `hashes` of the edition's files. Raises EditionError."""
    words = translations.compiled(root / settings.theme, settings.site.lang)
    beginning = f"{settings.theme}/templates/"
    files = {file.removeprefix(beginning): hashed for file, hashed in hashes.items() if file.startswith(beginning)}
    named = closures.draws_on(environment, sorted(files))
    # Filters speak the site's language in its time zone; Jinja's options say how all templates are read.
    common = digest([words, settings.site.lang, settings.site.timezone, settings.jinja])
    made = Theme(common=common, templates=closures.digests(named, files))
    store.keep_value("words", words)
    store.keep_value("theme", msgspec.json.encode(made))
    return made
