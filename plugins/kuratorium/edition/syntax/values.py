"""Values that are YAML, but probably not what the editor meant: cut by a comment, joined, escaped, with other marks.

Pure; for `kuratorium check` only, because what is suspicious is for an editor to judge.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml
from msgspec.structs import replace

from ...languages import LANGUAGES, find_quotation_marks
from ...text.markup import INLINE_LINK
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
# Between the names of several people in one item, and a last name before the first one.
_BETWEEN_PEOPLE = re.compile(r";[ ]*|,[ ]+(?:(?:und|and)[ ]+)?|[ ]+(?:und|and|&)[ ]+")
_LAST_NAME_FIRST = re.compile(r"(?P<last>[\w'’-]+),[ ]+(?P<first>[^\W\d_a-z][\w.'’ -]*)")
# Lists of words, in which an item with a comma is probably several.
_WORD_LISTS = frozenset(("tags", "keywords", "words", "categories"))
# Texts that pages show as they are written; those of works are in the words of others.
_SHOWN = _PROSE - {"intro", "teaser", "reasons"} | {"name", "role", "place", "credit", "license", "publication", "tags"}
_SHOWN |= {"responsible", "publisher", "address"}
_WITH_LINKS = frozenset(("credit", "license"))
_SEVERAL_LINES = frozenset(("intro", "bio", "text", "teaser", "address"))
_COMMENT = re.compile(r"(?P<gap>[ \t]+)#(?P<next>.?)")
_COMMENT_LINE = re.compile(r"\n(?P<indent>[ ]*)#(?P<text>[^\s#!][^\n]*)")
_INDENT = re.compile(r"[ ]*(?:-[ ]+)*")
_MELTED = re.compile(r"[ \t]*[-*+\u2022\u2013\u2014](?:[ \t]|[^\W\d_])")
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPES = {
    "n": "a line break",
    "r": "a line break",
    "t": "a tab",
    "_": "a no-break space",
    **dict.fromkeys("NLP", "an invisible line break"),
}
_BROKEN_LINK = re.compile(r"\][ ]?[(\[]")
_ENTITY = r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});"
_MARK = re.compile(
    rf"(?P<entity>{_ENTITY})|!?\[[^\[\]\n]*\]\([^()\n]*\)|\[\^[^\[\]\s]+\]|`[^`\n]+`|~~[^~\n]+~~"
    r"|(?<![=\w])==(?=[^\s=])[^=\n]*(?<=[^\s=])==(?![=\w])|\\[*_`\[\]]"
    r"|(?<![\w*])(?P<stars>\*{1,3})(?=[^\s*])[^*\n]*(?<=\S)(?P=stars)(?![\w*])"
    r"|(?<![\w_])(?P<bars>_{1,3})(?=[^\s_])[^_\n]*(?<=\S)(?P=bars)(?![\w_])"
    r"|</?(?:a|b|br|code|div|em|i|img|p|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>|<https?://[^<>\s]*>",
    re.IGNORECASE,
)
_ODD = "\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\x85"
_WORD = r"[^\W\d_a-z]\w+"  # with a capital
# Searches over the text, because a map of the nodes costs a hundred times as much: for signs, and for lines.
_MAY_BE_SUSPICIOUS = (
    re.compile(
        rf"(?<=\S)[ \t]+#|[ \t]#[^\s#!]|[{_ODD}]|(?:[:\-,] +|\[)(?:[{characters.OPENING_QUOTES}]|[&!])|\\[ntrNLP_]"
        r"|==[^\s=]|\[\^|\\[*_`\[\]]"
        rf"|&#?\w+;|[*](?<![\w*].)[*]{{0,2}}[^\s*]|_(?<![\w_].)_{{0,2}}[^\s_]|[`~<]|\][ ]?[(\[]"
    ),
    re.compile(rf"^[ ]*(?:- [^\n:{{\['\"]*[,;]|(?:{'|'.join(sorted(_WORD_LISTS))}):[^\n]*;)", re.M),
    re.compile(
        rf"[ {{]authors:(?:[^\n]*(?:[;\"'(]| (?:und|and|&) )|[ ]\[{_WORD}, {_WORD}\]|\n[ ]+- {_WORD}\n[ ]+- {_WORD}\n)"
    ),
    re.compile(r"^[ ]+- [^\n:]*(?:[\"'(]| (?:und|and|&) )", re.M),
    re.compile(rf"^(?P<indent>[ ]*)(?![ ])(?P<item>- )?[^\n]*[^\n:\s]\n(?P=indent)(?(item)[ ]){_MELTED.pattern}", re.M),
)
_LAST_AND_FIRST = 2  # names: [Falk, Eva]
_MAX_SHOWN = 60  # characters of a value in a message

Value = tuple[YamlPath, yaml.ScalarNode]


def find_suspicious_values(source: str, record_type: Any, first_line: int, site_lang: str = "") -> list[Violation]:
    """Return the suspicious values in YAML text, whose type is `record_type`; raises InvalidYamlError.

    `first_line` is the line of the file where the YAML begins. `site_lang` is the language of texts without `lang`.
    """
    if not any(pattern.search(source) for pattern in _MAY_BE_SUSPICIOUS):
        return []
    nodes = map_nodes(source)
    scalars = [(path, node) for path, node in nodes.items() if isinstance(node, yaml.ScalarNode)]
    values = [(path, node) for path, node in scalars if is_free_text(find_type(record_type, path))]
    words_of_works = {node.value for path, node in values if path[0] == "bookmark_of"}
    violations = list(_find_quoted(values, words_of_works, lambda path: _find_language(nodes, path) or site_lang))
    for path, node in scalars:
        violations += _find_melted(source, path, node, first_line)
        if not node.value and not node.style and find_type(record_type, (*path, 0)) is not None:
            violations += _find_lost_list(source, path, node, first_line)
    for path, node in values:
        violations += _find_cut(source, path, node, first_line)
        violations += _find_escape(source, path, node)
        violations += _find_several(path, node)
        violations += _find_credit(path, node, nodes)
        # The words of a work are its own, also where they are those of the post.
        if path[0] != "bookmark_of" and node.value not in words_of_works:
            violations += _find_mark(path, node)
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
    written = source[node.start_mark.index : end]
    if written and not rest.strip():
        yield from _find_cut_line(source, path, node, first_line)
        return
    match = _COMMENT.match(rest)
    is_plain = bool(written) and not node.style
    if not match or _is_comment(match, is_plain=is_plain, is_prose=is_plain and _get_field(path) in _PROSE):
        return
    whole = (node.value + rest.rstrip()) if written else rest.strip()
    message = f'the value ends before "{_shorten(rest.strip())}": a blank and "#" begin a comment'
    hint = f"If that is text, put the whole in quotes: {_shorten(diagnosis.quote(whole))}"
    line = first_line + node.end_mark.line
    yield Violation(path, message, f"{hint}. A comment is clear on a line of its own.", line)


def _find_lost_list(source: str, path: YamlPath, node: yaml.ScalarNode, first_line: int) -> Iterator[Violation]:
    """Yield a violation if a list without items is followed by what was probably meant as its first one."""
    for violation in _find_cut(source, path, node, first_line):
        items = source[node.end_mark.index :].split("\n", 1)[0].replace(",", " ").split()
        listed = _shorten(", ".join(item.lstrip("#") for item in items))
        hint = f"If these are items, write [{listed}]. A comment is clear on a line of its own."
        yield replace(violation, hint=hint)


def _find_cut_line(source: str, path: YamlPath, node: yaml.ScalarNode, first_line: int) -> Iterator[Violation]:
    """Yield a violation if a text seems to go on in a line below it that begins with a hashtag."""
    below = _COMMENT_LINE.match(source, source.find("\n", node.end_mark.index))
    begin = source.rfind("\n", 0, node.start_mark.index) + 1
    indent = _INDENT.match(source, begin)
    # A key that is commented out is indented like its neighbours.
    if below and indent and not node.style and len(below["indent"]) > indent.end() - begin:
        message = f'the value ends before "{_shorten("#" + below["text"])}": a line with "#" is a comment'
        whole = _shorten(diagnosis.quote(f"{node.value} #{below['text']}"))
        hint = f"If that is text, put the whole in quotes: {whole}"
        yield Violation(path, message, hint, first_line + node.end_mark.line + 1)


def _find_melted(source: str, path: YamlPath, node: yaml.ScalarNode, first_line: int) -> Iterator[Violation]:
    """Yield a violation if a line that was meant as an item is, by its indent, the end of the item above."""
    if node.style or not path or not isinstance(path[-1], int) or node.start_mark.line == node.end_mark.line:
        return
    lines = source[node.start_mark.index : node.end_mark.index].split("\n")
    for number, line in enumerate(lines[1:], first_line + node.start_mark.line + 1):
        if _MELTED.match(line):
            message = (
                f'this line, "{_shorten(line.strip())}", belongs to the item above it, because it is indented deeper'
            )
            yield Violation(path, message, 'Begin it below the "-" of that item, or put the text in quotes.', number)
            return


def _find_escape(source: str, path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation for a backslash in double quotes that is gone from the text, as in a path of Windows."""
    if node.style != '"':
        return
    written = source[node.start_mark.index + 1 : node.end_mark.index - 1]
    for match in _ESCAPE.finditer(written):
        sign = match[1]
        if sign in _ESCAPES and not (sign == "n" and _get_field(path) in _SEVERAL_LINES):
            plain = _shorten("'" + written.replace('\\"', '"').replace("'", "''") + "'")
            message = f'"\\{sign}" within double quotes is {_ESCAPES[sign]}'
            yield Violation(path, message, f"For a backslash, use single quotes: {plain}")
            return


def _find_several(path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation for an item of a list of words that is probably several."""
    if node.style or not isinstance(path[-1], int) or _get_field(path) not in _WORD_LISTS:
        return
    parts = re.split(r";[ ]*|,[ ]+", node.value)
    if len(parts) > 1:
        hint = f"If these are several, write [{', '.join(parts)}]; if not, put the text in quotes."
        yield Violation(path, f'"{_shorten(node.value)}" is one item', hint)


def _find_credit(path: YamlPath, node: yaml.ScalarNode, nodes: Mapping[YamlPath, yaml.Node]) -> Iterator[Violation]:
    """Yield a violation for an author of a work who is probably several, half of a name, or a link."""
    if path[0] == "bookmark_of" and path[-2:-1] == ("authors",):
        names = [str(other.value) for place, other in nodes.items() if place[:-1] == path[:-1]]
        if fault := _describe_credit(node.value, names if path[-1] == 0 else []):
            yield Violation(path, *fault)


def _describe_credit(name: str, names: list[str]) -> tuple[str, str] | None:
    """Return message and hint if a name is probably that of several, or not only a name, else None.

    `names`: all of its list, if it is the first.
    """
    parts = _BETWEEN_PEOPLE.split(name)
    if link := INLINE_LINK.search(name):
        return f'"{_shorten(link[0])}" is shown as it is written', "Write the name alone."
    if match := _LAST_NAME_FIRST.fullmatch(name):
        return f'"{_shorten(name)}" is shown as the name', f"Write {match['first']} {match['last']}."
    if len(parts) > 1 and all(" " in part and part[0].isupper() for part in parts):
        return f'"{_shorten(name)}" is one name', f"If these are several, write [{', '.join(parts)}]."
    if len(names) == _LAST_AND_FIRST and all(word.isalpha() and word.istitle() for word in names):
        last, first = names
        return f'"{last}" and "{first}" are two names', f"If they are those of one person, write [{first} {last}]."
    return None


def _find_mark(path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation for a mark of Markdown or HTML in a text that pages show as it is written."""
    field = _get_field(path)
    if field not in _SHOWN:
        return
    has_links = field in _WITH_LINKS
    text = INLINE_LINK.sub("", node.value) if has_links else node.value
    matches = [match for match in _MARK.finditer(text) if not match["entity"] or html.unescape(match[0]) != match[0]]
    if matches:
        mark = matches[0]
        hint = f"Write {html.unescape(mark[0])}" if mark["entity"] else "Write it without marks."
        if has_links and not mark["entity"]:
            hint = "Write a link as [words](https://…), without a title, and all else without marks."
        yield Violation(path, f'"{_shorten(mark[0])}" is shown as it is written: this is no Markdown', hint)
    elif has_links and (rest := _BROKEN_LINK.search(text)):
        begin = max(text.rfind("[", 0, rest.start()), 0)
        message = f'"{_shorten(text[begin:])}" is shown as it is written: this is no link'
        yield Violation(path, message, "Write a link as [words](https://…), without a title.")


def _is_comment(match: re.Match[str], *, is_plain: bool, is_prose: bool) -> bool:
    """Return whether a "#" was surely meant as a comment.

    After text without quotes, only two blanks or a tab and a blank behind the "#" say so, as linters of YAML require;
    in prose, which may have a tab or two blanks by mistake, nothing does.
    """
    if is_prose or match["next"] not in ("", " ", "\t", "#", "!"):
        return False
    return not is_plain or match["gap"] != " "


def _find_taken_beginning(source: str, path: YamlPath, node: yaml.ScalarNode) -> Iterator[Violation]:
    """Yield a violation if YAML took the first word of a value for an anchor or a tag."""
    written = source[node.start_mark.index : node.end_mark.index]
    if written[:1] in ("&", "!") and (written[0] == "!" or f"*{written[1:].split()[0]}" not in source):
        message = f'the value begins with "{written[0]}", and its first word is lost'
        yield Violation(path, message, f"Put it in quotes: {_shorten(diagnosis.quote(written))}")


def _find_quoted(
    values: list[Value], words_of_works: set[str], find_language: Callable[[YamlPath], str]
) -> Iterator[Violation]:
    """Yield a violation for each value whose typographic quotation marks were probably meant for YAML.

    A title may be a quotation. But it is none if the marks are single or those of another language, or if several
    values side by side have them; nor is a name or a tag. The words of a recommended work are its own, also where they
    stand for a title that the editor has not written yet.
    """
    by_parent: dict[YamlPath, list[Value]] = defaultdict(list)
    for path, node in values:
        if not node.style and node.value not in words_of_works and characters.has_typographic_quotes(node.value):
            by_parent[path[:-1]].append((path, node))
    for quoted in by_parent.values():
        for path, node in quoted:
            text = node.value.strip()
            lang, pair = find_language(path), text[0] + text[-1]
            row = LANGUAGES.get(lang[:2])
            is_foreign = row is not None and pair in row.foreign_quotes and (*pair,) != find_quotation_marks(lang)
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
