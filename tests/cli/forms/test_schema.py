from __future__ import annotations

import json

from kuratorium.edition.schemas.files import SCHEMAS
from tests.cli.program import kuratorium
from tests.editions import TinyEdition


def test_schema_prints_one_or_lists_all(tiny: TinyEdition) -> None:
    """Descriptions are in the language of the site."""
    listed = kuratorium(tiny.root, "schema").stdout
    assert all(schema.name in listed for schema in SCHEMAS)
    title = json.loads(kuratorium(tiny.root, "schema", "note").stdout)["properties"]["title"]
    assert title["description"] == "Reiner Text, ohne Markdown."


def test_schema_writes_all_and_names_them(tiny: TinyEdition) -> None:
    """Into .schemas/; a file that is named gets the line, and `check` stays clean."""
    note = tiny.note("eins")
    written = kuratorium(tiny.root, "schema", "--write", "--name-in", "curation/notes/2026/eins.md").stdout
    assert written.splitlines() == [schema.path for schema in SCHEMAS]
    assert note.read_text().startswith("---\n# yaml-language-server: $schema=../../../.schemas/note.json\n")
    assert kuratorium(tiny.root, "check").returncode == 0


def test_schema_refuses_what_has_none(tiny: TinyEdition) -> None:
    """With the names of all that there are."""
    unknown = kuratorium(tiny.root, "schema", "gedicht")
    assert unknown.returncode == 2
    assert "ein Schema „gedicht“ gibt es nicht: note, interview" in unknown.stderr
    assert "hat kein Schema" in kuratorium(tiny.root, "schema", "--name-in", "pelicanconf.py").stderr
