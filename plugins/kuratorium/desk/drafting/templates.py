"""The templates of new drafts: curation/templates/FORMAT.md, and where an edition has no such file, our own.

A template is a Markdown file. Its front matter holds fields with which each draft of the format begins, its body
$names, which are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from gettext import NullTranslations
from pathlib import Path
from string import Template as StringTemplate
from typing import Any

from msgspec import Struct

from ...edition import frontmatter, loader, yaml
from ...edition.fields import Violation, convert_record
from ...edition.model import FrontMatter
from ...edition.paths import TEMPLATES_FOLDER
from ...errors import EditionError, Problem
from ...translations import N_

_FINISHED = N_("When it is done, delete the line «status: draft».")
_QUESTIONS = N_("Which questions have you prepared? A turn begins with @ and the id of its speaker, as below.")
# For each format the instructions for the editor, a paragraph each, what stands below them in the comment, and what
# stands below the comment.
_PARTS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "note": (
        (
            N_(
                "Why is this work worth reading? Say so below this comment, in your own words: "
                "the note is not published without them."
            ),
            N_("The title above is still the work's; give the note its own. A line summary: … becomes its standfirst."),
            N_(
                "To quote, take the lines with > out of this comment and put in the passage unaltered, "
                "no longer than needed."
            ),
            _FINISHED,
        ),
        "> …\n> $attribution",
        "$quotations",
    ),
    "interview": (
        (
            _QUESTIONS,
            N_("It is not published before its partner has agreed: then write release: given above."),
            _FINISHED,
        ),
        "$works",
        "$turns\n\n$quotations",
    ),
    "talk": (
        (
            N_("event: {start: 2026-11-05T17:00:00+01:00, end: …} says above when the talk takes place; url: where."),
            _QUESTIONS,
            _FINISHED,
        ),
        "$works",
        "$turns\n\n$quotations",
    ),
    "essay": (
        (N_("What do you want to say? A line summary: … above becomes the standfirst."), _FINISHED),
        "$works",
        "$quotations",
    ),
    "lookback": (
        (
            N_("What did it say then, and what of it still holds? Say so below this comment, in your own words."),
            N_("changed_since: one sentence each on what is different by now; without any it is not published."),
            _FINISHED,
        ),
        "$reminder\n$original",
        "$quotations",
    ),
    "digest": (
        (
            N_("A word to begin with? Write it below this comment. The rest is a proposal: move, shorten, strike out."),
            N_("Labels such as «Advertisement» stay."),
            _FINISHED,
        ),
        "",
        "$posts",
    ),
}
_WORK_NAMES = ("title", "works", "attribution", "unread")
NAMES: Mapping[str, tuple[str, ...]] = {
    "note": (*_WORK_NAMES, "quotations"),
    "interview": (*_WORK_NAMES, "turns", "quotations"),
    "talk": (*_WORK_NAMES, "turns", "quotations"),
    "essay": (*_WORK_NAMES, "quotations"),
    "lookback": ("title", "reminder", "original", "quotations"),
    "digest": ("title", "posts"),
}
"""The names that the body of a template may hold, by format."""

# What a draft is about, or what makes it this draft, is not the same in all of them.
_OWN_FIELDS = ("uid", "title", "slug", "date", "format", "bookmark_of", "lookback_of", "period", "translation_of")
_ANY_DRAFT = {"uid": "draft000", "title": "…", "date": "2026-01-01T00:00:00+01:00"}
_LONE_NAME = re.compile(r"^[ \t]*\$(?P<name>[a-z]+)[ \t]*\n?", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


class DraftTemplate(Struct, frozen=True, kw_only=True):
    """A template that was read and checked: `values` of its front matter, and its body with $names."""

    values: dict[str, Any]
    body: str


def list_template_files(translations: NullTranslations) -> dict[str, str]:
    """Return our own templates in the language of the translations: file from the edition's root -> text."""
    return {f"{TEMPLATES_FOLDER}/{format_id}.md": build_template_text(format_id, translations) for format_id in _PARTS}


def build_template_text(format_id: str, translations: NullTranslations) -> str:
    """Return our own template of a format, as a file's text."""
    paragraphs, details, below = _PARTS[format_id]
    # "$" begins a name.
    lines = [translations.gettext(paragraph).replace("$", "$$") for paragraph in paragraphs]
    unread = ["$unread"] if "unread" in NAMES[format_id] else []
    comment = ["<!--", *unread, *lines, *(["", details] if details else []), "-->"]
    front = {"interview": "release: open\n"}.get(format_id, "")
    return f"---\n{front}---\n\n" + "\n".join(comment) + f"\n\n{below}\n"


def read_template(root: Path, format_id: str, translations: NullTranslations) -> DraftTemplate:
    """Return the edition's template of a format, else our own; raise EditionError with all that is wrong in the file.

    Placeholders that no draft of the format fills in are errors, and so are fields that each draft has of its own.
    """
    file = f"{TEMPLATES_FOLDER}/{format_id}.md"
    if not (root / file).exists():
        return _parse_template(file, build_template_text(format_id, translations), format_id)
    try:
        return _parse_template(file, frontmatter.decode_text(file, loader.read_bytes(root, file)), format_id)
    except frontmatter.InvalidFileError as error:
        raise EditionError(error.problems) from error


def _parse_template(file: str, text: str, format_id: str) -> DraftTemplate:
    parts = frontmatter.split_front_matter(file, text)
    try:
        values = yaml.load_yaml(parts.front_matter) or {}
    except yaml.InvalidYamlError as error:
        problem = Problem(file, error.line + 1, "", f"this is not YAML: {error}", error.hint)
        raise frontmatter.InvalidFileError(problem) from error
    if not isinstance(values, dict):
        raise frontmatter.InvalidFileError(
            Problem(file, 2, "", "the front matter holds no fields", "Write one field per line, such as tags: [Akte].")
        )
    own = [
        Violation((key,), "each draft has a value of its own", "Delete this line: the command fills it in.")
        for key in _OWN_FIELDS
        if key in values
    ]
    shared = {key: value for key, value in values.items() if key not in _OWN_FIELDS}
    violations = [*own, *convert_record(FrontMatter, _ANY_DRAFT | shared)[1]]
    problems = frontmatter.locate_violations(file, parts.front_matter, violations) if violations else []
    problems += _find_wrong_names(file, parts, format_id)
    if problems:
        raise frontmatter.InvalidFileError(*problems)
    return DraftTemplate(values=values, body=parts.body.strip("\n"))


def _find_wrong_names(file: str, parts: frontmatter.FileParts, format_id: str) -> list[Problem]:
    names = NAMES[format_id]
    hint = f"Known in this template: {', '.join(f'${name}' for name in names)}. For a dollar sign write $$."
    problems = []
    for match in StringTemplate.pattern.finditer(parts.body):
        name = match["named"] or match["braced"]
        if match["escaped"] is None and name not in names:
            line = parts.body_line + parts.body.count("\n", 0, match.start())
            message = f'unknown placeholder "${name}"' if name else 'a "$" that begins no placeholder'
            problems.append(Problem(file, line, "", message, hint))
    return problems


def fill_template(template: DraftTemplate, values: Mapping[str, str]) -> str:
    """Return a template's body with the values of its names; a line of one name goes if its value is empty."""
    body = _LONE_NAME.sub(lambda match: match[0] if values.get(match["name"], "") else "", template.body)
    filled = StringTemplate(body).safe_substitute({name: values.get(name, "") for name in set().union(*NAMES.values())})
    return _BLANK_LINES.sub("\n\n", filled).replace("\n\n-->", "\n-->").strip("\n") + "\n"


def merge_values(template: DraftTemplate, values: dict[str, Any]) -> dict[str, Any]:
    """Return the front matter of a draft: its own values, and the template's for those that are missing or empty."""
    given = {key: value for key, value in template.values.items() if values.get(key) in (None, "", [], {}, False)}
    return values | given
