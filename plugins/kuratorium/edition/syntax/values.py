"""Values that are YAML, but probably not what the editor meant: cut by a comment, in other quotes, with odd blanks.

Pure; for `kuratorium check` only, because what is suspicious is for an editor to judge.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from ...languages import LANGUAGES
from ..fields import Violation, find_type, is_free_text
from ..yaml import YamlPath, map_nodes
from . import characters, diagnosis

# Texts of some words, which may be a quotation as a whole. All other texts are names or labels.
_PROSE = frozenset(
    ("title", "summary", "why_now", "changed_since", "text", "teaser", "question", "intro", "bio", "alt", "reasons")
)
# Names that are compared with those in other files; with an odd blank, they are others.
_COMPARED = frozenset(("tags", "keywords", "words", "categories", "authors", "name", "aliases", "publication"))
# Texts without blanks, which a "#" may follow as a comment.
_WITHOUT_BLANKS = frozenset(("feed", "file", "poster", "transcript", "provider", "id", "item", "type", "email"))
_COMMENT = re.compile(r"(?P<gap>[ \t]+)#(?P<next>.?)")
_ODD = "\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\x85"
# One search over the text, because a map of the nodes costs a hundred times as much.
_MAY_BE_SUSPICIOUS = re.compile(
    rf"(?<![ \t])[ ]#|[ \t]#[^\s#!]|[{_ODD}]|(?:[:\-,] +|\[)(?:[{characters.OPENING_QUOTES}]|[&!])"
)
_MAX_SHOWN = 60  # characters of a value in a message

Value = tuple[YamlPath, yaml.ScalarNode]


def find_suspicious_values(source: str, record_type: Any, first_line: int, site_lang: str = "") -> list[Violation]:
    """Return the suspicious values in YAML text, whose type is `record_type`; raises InvalidYamlError.

    `first_line` is the line of the file where the YAML begins. `site_lang` is the language of texts without `lang`.
    """
    if not _MAY_BE_SUSPICIOUS.search(source):
        return []
    nodes = map_nodes(source)
    values = [
        (path, node)
        for path, node in nodes.items()
        if isinstance(node, yaml.ScalarNode) and is_free_text(find_type(record_type, path))
    ]
    violations = list(_find_quoted(values, lambda path: _find_language(nodes, path) or site_lang))
    for path, node in values:
        violations += _find_cut(source, path, node, first_line)
        violations += _find_taken_beginning(source, path, node)
        violations += _find_odd_blanks(path, node)
    return violations


def _find_cut(source: str, path: YamlPath, node: yaml.ScalarNode, first_line: int) -> Iterator[Violation]:
    """Yield a violation if a value ends at a "#" that the editor meant as text."""
    if node.style in ("|", ">") or _get_field(path) in _WITHOUT_BLANKS:
        return
    end = node.end_mark.index
    line_end = source.find("\n", end)
    rest = source[end:] if line_end < 0 else source[end:line_end]
    match = _COMMENT.match(rest)
    written = source[node.start_mark.index : end]
    if not match or _is_comment(match, is_plain=bool(written) and not node.style):
        return
    whole = (node.value + rest.rstrip()) if written else rest.strip()
    message = f'the value ends before "{_shorten(rest.strip())}": a blank and "#" begin a comment'
    hint = f"If that is text, put the whole in quotes: {_shorten(diagnosis.quote(whole))}"
    line = first_line + node.end_mark.line
    yield Violation(path, message, f"{hint}. A comment is clear on a line of its own.", line)


def _is_comment(match: re.Match[str], *, is_plain: bool) -> bool:
    """Return whether a "#" was surely meant as a comment.

    After text without quotes, only two blanks or a tab and a blank behind the "#" say so, as linters of YAML require.
    """
    if match["next"] not in ("", " ", "\t", "#", "!"):
        return False
    return not is_plain or match["gap"] != " "


def _find_taken_beginning(source: str, path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation if YAML took the first word of a value for an anchor or a tag."""
    written = source[node.start_mark.index : node.end_mark.index]
    if written[:1] in ("&", "!") and (written[0] == "!" or f"*{written[1:].split()[0]}" not in source):
        message = f'the value begins with "{written[0]}", and its first word is lost'
        yield Violation(path, message, f"Put it in quotes: {_shorten(diagnosis.quote(written))}")


def _find_quoted(values: list[Value], find_language: Callable[[YamlPath], str]) -> Iterator[Violation]:
    """Yield a violation for each value whose typographic quotation marks were probably meant for YAML.

    A title may be a quotation. But it is none if the marks are those of another language, or if several values side by
    side have them; nor is a name or a tag. The words of a recommended work are its own, also where they stand for a
    title that the editor has not written yet.
    """
    words_of_works = {node.value for path, node in values if path[0] == "bookmark_of"}
    by_parent: dict[YamlPath, list[Value]] = defaultdict(list)
    for path, node in values:
        if not node.style and node.value not in words_of_works and characters.has_typographic_quotes(node.value):
            by_parent[path[:-1]].append((path, node))
    for quoted in by_parent.values():
        for path, node in quoted:
            text = node.value.strip()
            row = LANGUAGES.get(find_language(path)[:2])
            is_foreign = row is not None and text[0] + text[-1] in row.foreign_quotes
            if is_foreign or _get_field(path) not in _PROSE or len(quoted) > 1:
                message = f"readers see the quotation marks {text[0]} {text[-1]} around this value"
                hint = f"If they were meant for YAML, write straight ones: {_shorten(diagnosis.quote(text[1:-1]))}"
                yield Violation(path, message, hint)


def _find_odd_blanks(path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation for a zero-width space in a value, or a no-break space that makes a name differ from its like.

    Within prose a no-break space is good typography.
    """
    text = node.value
    odd = characters.find_unseen(text)
    if not odd and (_get_field(path) in _COMPARED or text != text.strip()):
        odd = characters.find_odd_blank(text if _get_field(path) in _COMPARED else text[:1] + text[-1:])
    if odd:
        message = f'"{_shorten(characters.escape(text))}" contains {characters.name_character(odd)}'
        yield Violation(path, message, "Delete it, or write an ordinary blank; it often comes with copied text.")


def _find_language(nodes: Mapping[YamlPath, yaml.Node], path: YamlPath) -> str:
    """Return the language of the text at `path`: of the record that holds it, else of the file; empty if not named."""
    for place in ((*path[:-1], "lang"), ("lang",)):
        node = nodes.get(place)
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
    return ""


def _get_field(path: YamlPath) -> str:
    """Return the name of the field that a value or an item of a list belongs to."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _shorten(text: str) -> str:
    return f"{text[:_MAX_SHOWN]}…" if len(text) > _MAX_SHOWN else text
