"""The theme's catalogues: theme/translations/LANGUAGE.po -> the words its templates use."""

from __future__ import annotations

import io
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from ..errors import EditionError, Problem


def read(theme: Path, lang: str) -> NullTranslations:
    """Read the catalogue of `lang` (`de-AT` falls back to `de`); a language without one reads English.

    Raises EditionError where a catalogue is broken.
    """
    return of(compiled(theme, lang))


def of(compiled: bytes) -> NullTranslations:
    """Make a catalogue of what `compiled` made."""
    return GNUTranslations(io.BytesIO(compiled)) if compiled else NullTranslations()


def compiled(theme: Path, lang: str) -> bytes:
    """Compile the catalogue of `lang`, as `read` finds it; empty where there is none."""
    for name in (lang, lang.split("-", maxsplit=1)[0]):
        path = theme / "translations" / f"{name}.po"
        if path.is_file():
            return _compile(path, name)
    return b""


def _compile(path: Path, lang: str) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - 0.05 s, and most builds have it compiled already
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang.replace("-", "_"), abort_invalid=True)
        made = io.BytesIO()
        write_mo(made, catalogue)
        GNUTranslations(io.BytesIO(made.getvalue()))  # complains of plural forms that are none
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        mend = "Each entry is a msgid line and a msgstr line, in quotes."
        place = f"{path.parent.parent.name}/translations/{path.name}"
        raise EditionError([Problem(place, line, "", f"this is no catalogue: {error}", mend)]) from error
    return made.getvalue()
