"""The theme's catalogues: theme/translations/LANGUAGE.po -> the words its templates use."""

from __future__ import annotations

import io
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from ..errors import EditionError, Problem


def read(theme: Path, lang: str) -> NullTranslations:
    """Read the catalogue of `lang` (`de-AT` falls back to `de`); a language without one reads English.

    Raises EditionError where a catalogue is broken.
    """
    for name in (lang, lang.split("-", maxsplit=1)[0]):
        path = theme / "translations" / f"{name}.po"
        if path.is_file():
            return _compile(path, name)
    return NullTranslations()


def _compile(path: Path, lang: str) -> GNUTranslations:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang.replace("-", "_"), abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        return GNUTranslations(compiled)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        mend = "Each entry is a msgid line and a msgstr line, in quotes."
        place = f"{path.parent.parent.name}/translations/{path.name}"
        raise EditionError([Problem(place, line, "", f"this is no catalogue: {error}", mend)]) from error
