"""The schema of each kind of file, where an edition keeps it, and the line by which a file names its schema."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

from msgspec import Struct

from ...translations import read_translations
from .. import settings
from ..curation import Person, Policy, Series, Source, Topic
from ..formats import FORMATS, STANDALONE_PAGES_FOLDER, Format
from ..model import FrontMatter, InboxFrontMatter, StandalonePageFrontMatter
from ..paths import (
    INBOX_FOLDER,
    PEOPLE_FILE,
    POLICY_FILE,
    SERIES_FILE,
    SOURCES_FILE,
    TEMPLATES_FOLDER,
    TOPICS_FILE,
)
from .json_schema import Schema, Translate, build_list_schema, build_record_schema

SCHEMAS_FOLDER = ".schemas"
"""Where an edition keeps the schemas: a folder that no build reads."""

_MARKER = "# yaml-language-server: $schema="  # the name that editors of YAML agreed on


class SchemaFile(Struct, frozen=True):
    """A schema: its name, the file or folder whose files it describes, and what builds it."""

    name: str
    described: str
    build: Callable[[Translate], Schema]

    @property
    def path(self) -> str:
        """Where it is, from the edition's root."""
        return f"{SCHEMAS_FOLDER}/{self.name}.json"


def _build_post_schema(format: Format, translate: Translate) -> Schema:
    """Return the schema of a format's front matter: only a draft may lack what the format requires."""
    schema = build_record_schema(FrontMatter, translate)
    is_draft = {"properties": {"status": {"const": "draft"}}, "required": ["status"]}
    return schema | {"if": {"not": is_draft}, "then": {"required": list(format.required_fields)}}


def _list_schemas() -> tuple[SchemaFile, ...]:
    registries = ((SOURCES_FILE, Source), (PEOPLE_FILE, Person), (TOPICS_FILE, Topic), (SERIES_FILE, Series))
    return (
        *(SchemaFile(format.id, format.folder, partial(_build_post_schema, format)) for format in FORMATS),
        SchemaFile("page", STANDALONE_PAGES_FOLDER, partial(build_record_schema, StandalonePageFrontMatter)),
        SchemaFile("inbox", INBOX_FOLDER, partial(build_record_schema, InboxFrontMatter)),
        *(SchemaFile(PurePosixPath(file).stem, file, partial(build_list_schema, kind)) for file, kind in registries),
        SchemaFile("policy", POLICY_FILE, partial(build_record_schema, Policy)),
    )


SCHEMAS = _list_schemas()
"""All schemas: those of formats, standalone pages, the inbox, and the registry files."""


def write_schemas(translate: Translate = str) -> dict[str, str]:
    """Return the text of each schema by its path from the edition's root; `translate` gives descriptions a language."""
    return {schema.path: json.dumps(schema.build(translate), ensure_ascii=False, indent=2) + "\n" for schema in SCHEMAS}


def read_site_translator(root: Path) -> Translate:
    """Return what translates descriptions for the edition at `root`; English if its settings are invalid."""
    site = settings.find_site_settings(root)
    return read_translations(root / site.theme, site.lang).gettext if site else str


def find_schema(file: str) -> SchemaFile | None:
    """Return the schema of a file of the edition, by its path from the root; None if it has none."""
    for schema in SCHEMAS:
        if file == schema.described or (file.startswith(f"{schema.described}/") and file.endswith(".md")):
            return schema
    folder, name = posixpath.split(file)
    if folder == TEMPLATES_FOLDER:
        return next((schema for schema in SCHEMAS if f"{schema.name}.md" == name), None)
    return None


def name_schema(file: str, text: str) -> str:
    """Return the text of a file of the edition with a comment that names its schema; as it is, if it has none.

    The comment is the first line of a registry file, and of front matter. It takes the place of an earlier one.
    """
    schema = find_schema(file)
    if not schema:
        return text
    address = posixpath.relpath(schema.path, posixpath.dirname(file))
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(_MARKER)]
    start = 1 if file.endswith(".md") and lines and lines[0].rstrip() == "---" else 0
    if file.endswith(".md") and not start:
        return text
    return "".join([*lines[:start], f"{_MARKER}{address}\n", *lines[start:]])
