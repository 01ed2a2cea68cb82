"""Translations: messages stand in English in templates and code, and the theme's catalogues translate them.

A catalogue is a gettext file, theme/translations/LANGUAGE.po; a language without one reads English. What that of the
edition's own theme does not translate, that of the program does. Messages of rules have one of their own,
theme/translations/messages/LANGUAGE.po, since no page shows them, and so has what commands say, in commands/, and so
have the fields of records, which forms and schemas show, in fields/. The former two have a field in the place of each
value, such as `unknown key "{key}"`. The code composes such messages in English; the template of a finished one is
found, and its values are put into the translation.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from gettext import GNUTranslations, NullTranslations
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from msgspec import Struct

from .errors import EditionError, Problem
from .program.theme import list_theme_folders

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE_LANGUAGE = "en"
_MAX_DEPTH = 4  # of messages within messages
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")
_QUOTES = ('"', "“")
_FORMATTER = Formatter()


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
    return _compile_po_files(_find_files(theme, lang))


def _find_files(theme: Path, lang: str, folder: str = "") -> list[tuple[Path, str]]:
    """Return the catalogues of a language with the language of each: the program's, and then that of the folder.

    In both, that of its region comes before that of the language.
    """
    found = []
    for layer in reversed(list_theme_folders("", str(theme))):
        paths = [(Path(layer, "translations", f"{folder}{name}.po"), name) for name in (lang, lang.partition("-")[0])]
        found += [(path, name) for path, name in paths if path.is_file()][:1]
    return found


def read_messages(theme: Path, lang: str, folder: str = "messages") -> dict[str, str]:
    """Read messages and their translations in the folder `theme`; empty if there are none in `lang`.

    `folder`: "messages" for those of rules, "commands" for what commands say. Raises EditionError if the catalogue is
    broken.
    """
    return {
        str(message.id): str(message.string)
        for path, name in _find_files(theme, lang, f"{folder}/")
        for message in _read_po_file(path, name)
        if message.id
    }


def get_language(translations: NullTranslations) -> str:
    """Return the language of a catalogue, in which the dates between its words must be written."""
    return translations.info().get("language", SOURCE_LANGUAGE)


def _compile_po_files(files: Sequence[tuple[Path, str]]) -> bytes:
    """Compile catalogues to one, in which a message is translated as the last that has it says; empty if none is."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - 0.05 s, and most builds have it compiled already

    if not files:
        return b""
    folders = ("", "fields")  # the fields of records, which forms and schemas show, where pages say nothing else
    layers = [(path.parent / folder / path.name, name) for folder in folders for path, name in reversed(files)]
    catalogue, *others = (_read_po_file(path, name) for path, name in layers if path.is_file())
    for message in chain.from_iterable(others):
        own = catalogue.get(message.id)
        if message.id and (own is None or not own.string or own.fuzzy):
            catalogue[message.id] = message
    path = files[-1][0]
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
            fields.update(name for _, name, _, _ in _FORMATTER.parse(text) if name is not None)
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


class MessageTemplate(Struct, frozen=True):
    """A template: its `literals`, between which stand the values of `fields`, and its translation.

    There is one literal more than there are fields; the first and the last one may be empty.
    """

    literals: tuple[str, ...]
    fields: tuple[str, ...]
    translation: str

    def match(self, message: str) -> list[str] | None:
        """Return the values of the fields in a message; None if it is not made by this template.

        Each literal is looked for once, from left to right, so that a long message costs no more than its length.
        """
        first, *inner, last = self.literals
        begin, end = len(first), len(message) - len(last)
        if begin > end or not message.startswith(first) or not message.endswith(last):
            return None
        values = []
        for literal in inner:
            position = message.find(literal, begin, end)
            if position < 0:
                return None
            values.append(message[begin:position])
            begin = position + len(literal)
        return [*values, message[begin:end]]


class MessageTranslator:
    """Translates messages by a catalogue: template -> its translation, both as str.format reads them."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._texts: dict[str, str] = {}  # messages without values, and those that were translated
        templates = []
        for message, translation in catalogue.items():
            literals, fields = parse_template(message)
            if fields:
                templates.append(MessageTemplate(literals, fields, translation))
            else:
                self._texts[literals[0]] = translation.replace("{{", "{").replace("}}", "}")
        # The template with most words of its own says most; another may match by chance.
        self._templates = sorted(templates, key=lambda item: (-sum(map(len, item.literals)), item.literals))

    def translate(self, message: str) -> str:
        """Return a message in the language of the catalogue; unchanged if there is no template of it."""
        if message not in self._texts:
            self._texts[message] = self._translate(message, _MAX_DEPTH)
        return self._texts[message]

    def _translate(self, message: str, depth: int) -> str:
        if message in self._texts or not depth:
            return self._texts.get(message, message)
        for template in self._templates:
            values = template.match(message)
            if values is not None and (text := self._fill_in(template, values, depth - 1)):
                return text
        sentences = _SENTENCE_END.split(message)
        if len(sentences) == 1:
            return message
        return " ".join(self._translate(sentence, depth - 1) for sentence in sentences)

    def _fill_in(self, template: MessageTemplate, values: list[str], depth: int) -> str:
        """Return the translation of a template with values; empty if it seems to match by chance."""
        texts = [
            # What stands in quotation marks is the editor's.
            value if before.endswith(_QUOTES) else self._translate(value, depth)
            for before, value in zip(template.literals, values, strict=False)
        ]
        # A message begins with a name, a list of names, or another message; words before it are of another sentence.
        if not template.literals[0] and texts[0] == values[0] and " " in values[0].replace(", ", ""):
            return ""
        return template.translation.format_map(dict(zip(template.fields, texts, strict=True)))


def parse_template(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the literals of a template, and the names of the fields between them."""
    literals, fields = [""], []
    for literal, field, _, _ in _FORMATTER.parse(template):
        literals[-1] += literal
        if field is not None:
            fields.append(field)
            literals.append("")
    return tuple(literals), tuple(fields)
