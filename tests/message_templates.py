"""The templates of all messages and hints that the rules of an edition compose, collected from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "plugins" / "kuratorium"
# Where problems of an edition are composed.
_PLACES = (
    *("edition/**/*.py", "desk/rules/**/*.py", "desk/check.py", "desk/inbox.py", "desk/word_count.py"),
    *("desk/drafting/templates.py", "intake/suggestions/parsing.py", "disk_errors.py", "translations.py"),
    *("publishing/addresses.py", "publishing/assets.py", "publishing/build_command.py", "publishing/settings.py"),
    *("publishing/output_folder.py", "publishing/posts.py", "publishing/build/run.py", "publishing/drawing/store.py"),
    *("publishing/delivery/bundles.py", "publishing/pelican_site/site.py", "publishing/writers/render.py"),
)
# What no problem holds: other texts of these modules.
OTHER_MODULES = {
    "desk/rules/checks.py": "explanations, which theme/translations/de.po has",
    "desk/rules/text_cache.py": "SQL",
    "desk/rules/links/outgoing/store.py": "SQL",
    "desk/rules/links/outgoing/copies.py": "what --archive reports, as the other commands do",
    "desk/rules/links/outgoing/visits.py": "what --links reports, as the other commands do",
    "desk/rules/quotations/comparison.py": "words of texts, with blanks around them",
    "edition/embeds.py": "words and addresses of pages",
    "edition/hosting/media_types.py": "media types and headers",
    "edition/labels.py": "words of pages",
    "edition/opml.py": "XML",
    "edition/prose.py": "patterns",
    "edition/schemas/files.py": "a comment for editors of code",
    "edition/transcripts/speakers.py": "patterns",
    "edition/transcripts/tags.py": "patterns",
    "edition/transcripts/turns.py": "texts of turns",
}
_PATTERN = re.compile(
    r"\(\?|\\[AZbswdStn]|\[ ?\\t|\[ \]|\[\^(?!name|\{)|^\s|^</?(?!style>|text>)[a-z?]|\A[\W\d]*\Z"
)  # of what is no sentence
_FORMAT_FIELD = re.compile(r"\{(?!static\}|filename\})([a-z_]*)\}")  # of a text that str.format fills in
_LITERAL_NAMES = re.compile(r"[^\W\d_]{2}")
_TITLE = re.compile(r"\A(?:[A-Z]\w*|&|for)(?: (?:[A-Z]\w*|&|for))*\Z")  # a category of Apple Podcasts
# What looks like a message, and why it is none.
NO_MESSAGES = {
    "@layer program {{{text}}}@layer edition {{{own}}}": "a style sheet",
    "control character ": "a part of a character's name",
    "surrogate ": "a part of a character's name",
    "an {noun}": "a format with its article, of which the catalogues hold each",
    "while scanning a quoted scalar": "what the YAML parser says, which is not shown",
    "while parsing a flow": "what the YAML parser says, which is not shown",
    "is full": "what SQLite says, which is not shown",
    "; nor ": "a conjunction between values",
    "Back to the text": "words of a page",
    "@media {media} {{{text}}}": "CSS",
    "> …\n> $attribution": "text of a draft",
    "release: open\n": "text of a draft",
    # Errors and results of commands, as those of all commands in English.
    'there is no rule "{rule}". {rule2}': "command line",
    'no item in {inbox_folder}/ matches "{reference}". {items}': "command line",
    'The inbox is empty; fill it with "kuratorium pull".': "command line",
    "Did you mean {short_id} ({title})?": "command line",
    '"{reference}" could be any of these:\n{several}': "command line",
    "This build rendered every file: {whole_build_reason}.": "result of `pelican`",
    "Done: {post_count} posts on {page_count} pages, {written_count} written.": "result of `pelican`",
    "The site cannot be searched: {failure}.": "result of `pelican`",
    "Every file was rendered: {whole_build_reason}.": "result of `pelican`",
    # Labels of issue forms, as patterns.
    "ist es ihr eigenes|eigenes werk|own|is it your own": "pattern",
    "hat eine maschine|did a machine|maschine|ki|ai": "pattern",
    "ihr name|your name|name": "pattern",
    "ihre adresse im web|your web address|link": "pattern",
}


def collect_templates() -> dict[str, str]:
    """Return the templates of messages with the module of each, values as fields in braces."""
    return {template: module for template, module in collect_all_templates().items() if template not in NO_MESSAGES}


_ANSWERS = {"UsageError", "prompt", "ask_confirmation", "confirm", "translate", "print_decision"}


def collect_command_templates() -> dict[str, str]:
    """Return the templates of what commands answer and ask, with the module of each: arguments of some calls."""
    templates: dict[str, str] = {}
    for path in sorted(PACKAGE.glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _ANSWERS:
                # As values of names, since a constant by itself would be a docstring.
                values: list[ast.stmt] = [ast.Assign([ast.Name("value")], argument) for argument in node.args]
                for template in _collect(ast.Module(values, [])):
                    templates.setdefault(template, path.relative_to(PACKAGE).as_posix())
    return templates


@cache
def collect_all_templates() -> dict[str, str]:
    """Return all sentences of the modules that compose messages, also those that are none."""
    templates: dict[str, str] = {}
    for place in _PLACES:
        for path in sorted(PACKAGE.glob(place)):
            module = path.relative_to(PACKAGE).as_posix()
            if module not in OTHER_MODULES:
                for template in _collect(ast.parse(path.read_text())):
                    templates.setdefault(template, module)
    return templates


def _collect(tree: ast.Module) -> Iterator[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))  # a docstring
        elif isinstance(node, ast.JoinedStr):
            skipped.update(id(value) for value in node.values)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"re.compile", "Meta", "frozenset", "N_"}:
            skipped.update(id(child) for child in ast.walk(node))
        elif isinstance(node, ast.FormattedValue) and node.format_spec:
            skipped.add(id(node.format_spec))
    for node in ast.walk(tree):
        if id(node) not in skipped and (template := _read_template(node)):
            # A sentence that is appended to others begins with a blank.
            template = template.lstrip(" ") if template.lstrip(" ")[:1].isupper() else template
            if _is_sentence(template):
                yield template


def _read_template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        parts = _FORMAT_FIELD.split(node.value)
        names: list[str] = []
        texts = [_escape(part) if index % 2 == 0 else _number(part, names) for index, part in enumerate(parts)]
        return "".join(texts)
    if not isinstance(node, ast.JoinedStr):
        return ""
    names = []
    return "".join(
        _escape(str(value.value)) if isinstance(value, ast.Constant) else _number(_name_value(value.value), names)
        for value in node.values
        if isinstance(value, ast.Constant | ast.FormattedValue)
    )


def _escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _number(name: str, names: list[str]) -> str:
    """Return a field of this name, which gets a number if the template has one already."""
    name = name.strip("_").lower() or "value"
    names.append(name)
    return f"{{{name}{names.count(name) if names.count(name) > 1 else ''}}}"


def _name_value(node: ast.expr) -> str:
    """Return the name that an expression suggests for its value."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return str(node.slice.value) if _is_key(node.slice) else _name_value(node.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        of_method = isinstance(node.func, ast.Attribute) and node.func.attr not in {"isoformat"}
        return _name_value(node.args[0]) if node.args else _name_value(node.func.value if of_method else node.func)  # type: ignore[attr-defined]
    return "value"


def _is_key(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_sentence(template: str) -> bool:
    """Return whether a text holds words for people: patterns, keys and single words do not."""
    words = re.sub(r"\{[a-z_0-9]+\}", "", template)
    is_other = _PATTERN.search(template) or _TITLE.match(template)
    return bool(" " in words and not is_other and _LITERAL_NAMES.search(words))
