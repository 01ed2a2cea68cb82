"""Translations: messages stand in English in templates and code, and the theme's catalogues translate them.

A catalogue is a gettext file, theme/translations/LANGUAGE.po; a language without one reads English. Messages of rules
have one of their own, theme/translations/messages/LANGUAGE.po, since no page shows them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from .errors import EditionError, Problem

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE_LANGUAGE = "en"


def N_(message: str) -> str:  # noqa: N802 - gettext's name for "translate this, but later"
    """Return a message unchanged; the call marks it for the catalogues."""
    return message


def read_translations(theme: Path, lang: str) -> NullTranslations:
    """Read the catalogue of `lang` in the folder `theme`; English if there is none.

    A region falls back to its language (`de-at` reads de.po). Raises EditionError if the catalogue is broken.
    """
    return load_translations(compile_translations(theme, lang))


def load_translations(mo_data: bytes) -> NullTranslations:
    """Build the catalogue that compile_translations has compiled to `mo_data`."""
    return GNUTranslations(io.BytesIO(mo_data)) if mo_data else NullTranslations()


def compile_translations(theme: Path, lang: str) -> bytes:
    """Compile the catalogue that read_translations reads, in gettext's binary form; empty if there is none."""
    for path, name in _list_files(theme, lang):
        if path.is_file():
            return _compile_po_file(path, name)
    return b""


def _list_files(theme: Path, lang: str, folder: str = "") -> list[tuple[Path, str]]:
    """Return where the catalogue of a language may be, with the name of each: that of its region comes first."""
    return [(theme / "translations" / f"{folder}{name}.po", name) for name in (lang, lang.partition("-")[0])]


def read_messages(theme: Path, lang: str) -> dict[str, str]:
    """Read the messages of rules and their translations in the folder `theme`; empty if there are none in `lang`.

    Raises EditionError if the catalogue is broken.
    """
    for path, name in _list_files(theme, lang, "messages/"):
        if path.is_file():
            return {str(message.id): str(message.string) for message in _read_po_file(path, name) if message.id}
    return {}


def get_language(translations: NullTranslations) -> str:
    """Return the language of a catalogue, in which the dates between its words must be written."""
    return translations.info().get("language", SOURCE_LANGUAGE)


def _compile_po_file(path: Path, lang: str) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - 0.05 s, and most builds have it compiled already

    catalogue = _read_po_file(path, lang)
    try:
        # Babel writes the time of compiling into the result, and with it every page would look changed.
        catalogue.creation_date = datetime(1970, 1, 1, tzinfo=UTC)
        mo_file = io.BytesIO()
        write_mo(mo_file, catalogue)
        GNUTranslations(io.BytesIO(mo_file.getvalue()))  # raises ValueError for a wrong Plural-Forms line
    except ValueError as error:
        raise _build_syntax_error(path, error) from error
    return mo_file.getvalue()


def _read_po_file(path: Path, lang: str) -> Catalog:
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        # The file's name says the language: its header may still be that of the file it was copied from.
        catalogue.locale = lang.replace("-", "_")
    except (PoFileError, ValueError) as error:
        raise _build_syntax_error(path, error) from error
    _refuse_unknown_fields(path, catalogue)
    return catalogue


def _refuse_unknown_fields(path: Path, catalogue: Catalog) -> None:
    """Raise EditionError for a translation whose fields in braces are not those of its message.

    str.format would raise KeyError where the words are used, far from the line that is wrong.
    """
    for message in catalogue:
        if message.python_brace_format and not _find_fields(message.string or "") <= _find_fields(message.id):
            what = "this translation has a field in braces that its message does not have"
            raise _build_error(path, message.lineno or 0, what, f"Keep the fields as they are in: {message.id}")


def _find_fields(texts: str | Sequence[str]) -> set[str]:
    """Return the fields of format strings; a text with an unmatched brace counts as a field."""
    fields: set[str] = set()
    for text in [texts] if isinstance(texts, str) else texts:
        try:
            fields.update(name for _, name, _, _ in Formatter().parse(text) if name is not None)
        except ValueError:
            fields.add(text)
    return fields


def _build_syntax_error(path: Path, error: Exception) -> EditionError:
    hint = "Each entry is a msgid line and a msgstr line, in quotes."
    return _build_error(path, getattr(error, "lineno", None) or 0, f"this is no catalogue: {error}", hint)


def _build_error(path: Path, line: int, message: str, hint: str) -> EditionError:
    theme = next(folder.parent for folder in path.parents if folder.name == "translations")
    place = f"{theme.name}/{path.relative_to(theme).as_posix()}"
    return EditionError([Problem(place, line, "", message, hint)])
