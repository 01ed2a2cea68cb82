"""Finished messages -> another language, by templates with fields in braces.

Rules compose their messages in English. A catalogue has the same sentences with a field in the place of each value,
such as `unknown key "{key}"`; here the template of a message is found, and its values are put into the translation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from msgspec import Struct

_MAX_DEPTH = 4  # of messages within messages
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")
_QUOTES = ('"', "“")
_FORMATTER = Formatter()


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
