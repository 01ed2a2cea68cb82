"""The schemas say of each file what the records say: our own files pass, files with mistakes fail."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from kuratorium.edition import frontmatter, yaml
from kuratorium.edition.curation import Person, Policy, Series, Source, Topic
from kuratorium.edition.fields import list_fields
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter, StandalonePageFrontMatter
from kuratorium.edition.schemas.files import SCHEMAS, find_schema, name_schema, write_schemas
from tests.editions import REPOSITORY, TinyEdition, read_valid_edition, work

RECORDS = {
    **{format.id: FrontMatter for format in FORMATS},
    "page": StandalonePageFrontMatter,
    "sources": Source,
    "people": Person,
    "topics": Topic,
    "series": Series,
    "policy": Policy,
}
TEXTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in ("content", "curation/notes", "curation/templates")
    for path in (REPOSITORY / folder).rglob("*.md")
)
REGISTRIES = sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "curation").glob("*.yaml"))


def validate(file: str, values: Any) -> list[str]:
    """Return the messages about the values of a file, as a program says them that knows nothing of us."""
    schema = find_schema(file)
    assert schema, file
    validator = jsonschema.Draft7Validator(json.loads(write_schemas()[schema.path]))
    return [error.message for error in validator.iter_errors(values)]


def read_values(file: str, text: str) -> Any:
    """Return the values that a text or a registry file holds."""
    is_text = file.endswith(".md")
    return yaml.load_yaml(frontmatter.split_front_matter(file, text).front_matter if is_text else text)


@pytest.mark.parametrize("file", [*(file for file in TEXTS if "/templates/" not in file), *REGISTRIES])
def test_every_file_of_the_sample_is_valid(file: str) -> None:
    """What `check` accepts, an editor of code does not mark."""
    assert not validate(file, read_values(file, (REPOSITORY / file).read_text()))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_schema_is_one(schema: Any) -> None:
    """It obeys the dialect that it names, and describes each of its properties."""
    built = schema.build(str)
    jsonschema.Draft7Validator.check_schema(built)
    record = built.get("items", built)
    records = [*built.get("definitions", {}).values(), *([record] if "properties" in record else [])]
    for part in records:
        assert part["description"]
        for key, value in part["properties"].items():
            assert value.get("description") or value.get("deprecated"), key


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_of_a_record_is_in_its_schema(name: str) -> None:
    """A field is added at one place, the record."""
    built = next(schema for schema in SCHEMAS if schema.name == name).build(str)
    record = built["definitions"][RECORDS[name].__name__] if "items" in built else built
    kept = {key for key, value in record["properties"].items() if "deprecated" not in value}
    assert kept == set(list_fields(RECORDS[name]))


NOTE = {
    "uid": "u000000000000001",
    "title": "Titel",
    "date": "2026-10-01T08:00:00+02:00",
    "authors": ["anna-berg"],
    "bookmark_of": [work("https://amtsblog.example/x")],
}


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "Titel"},
        {"uid": "kurz"},
        {"date": "2026-10-01"},
        {"date": "2026-10-01T08:00:00"},
        {"strength": 4},
        {"strength": "3"},
        {"status": "fertig"},
        {"topics": "transformation"},
        {"topics": ["Transformation"]},
        {"bookmark_of": [{"url": "https://amtsblog.example/x"}]},
        {"bookmark_of": [work("ftp://amtsblog.example/x")]},
        {"guests": [{"role": "Leiterin"}]},
        {"disclosure": {"kind": "sponsored"}},
        {"aliases": ["../oben"]},
        {"title": "  "},
    ],
    ids=str,
)
def test_a_mistake_is_marked(change: dict[str, Any]) -> None:
    """Unknown keys, wrong types and shapes, values that are none of those that may be."""
    assert not validate("curation/notes/2026/a.md", NOTE)
    assert validate("curation/notes/2026/a.md", NOTE | change)


@pytest.mark.parametrize(
    "change",
    [
        {"summary": None},
        {"date": "2026-10-01T08:00+02:00"},
        {"featured": True},
        {"featured": "2026-10-20"},
        {"guests": ["eva-falk", {"name": "Gerd Hahn", "role": "Autor"}]},
        {"aliases": ["über-uns.html"]},
        {"lookback_of": {"url": "https://amtsblog.example/x", "title": "Alt", "date": "2016-10-01"}},
    ],
    ids=str,
)
def test_what_may_be_written_in_several_ways_is_valid(change: dict[str, Any]) -> None:
    """As `fields` accepts it."""
    assert not validate("curation/notes/2026/a.md", NOTE | change)


def test_only_a_draft_may_lack_what_its_format_requires() -> None:
    """A note needs authors and works once it is published."""
    begun = {key: NOTE[key] for key in ("uid", "title", "date")}
    assert validate("curation/notes/2026/a.md", begun)
    assert not validate("curation/notes/2026/a.md", begun | {"status": "draft"})
    assert not validate("content/essays/a.md", begun | {"authors": ["anna-berg"]})


def test_a_file_names_its_schema_and_stays_valid(tiny: TinyEdition) -> None:
    """In the first line of its YAML, as a path from the file; a second time changes nothing."""
    note, people = tiny.note("eins"), tiny.root / "curation/people.yaml"
    for path in (note, people):
        file = path.relative_to(tiny.root).as_posix()
        path.write_text(name_schema(file, path.read_text()))
        assert name_schema(file, path.read_text()) == path.read_text()
    assert note.read_text().splitlines()[1] == "# yaml-language-server: $schema=../../../.schemas/note.json"
    assert people.read_text().splitlines()[0] == "# yaml-language-server: $schema=../.schemas/people.json"
    read_valid_edition(tiny.root)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("curation/notes/2026/a.md", "note"),
        ("curation/inbox/a.md", "inbox"),
        ("curation/templates/talk.md", "talk"),
        ("content/pages/imprint.md", "page"),
        ("curation/policy.yaml", "policy"),
    ],
)
def test_a_file_has_the_schema_of_its_folder(file: str, name: str) -> None:
    """Its name says so for registry files and templates."""
    schema = find_schema(file)
    assert schema
    assert schema.name == name


@pytest.mark.parametrize("file", ["README.md", "curation/samples/a.xml", "content/images/a.png"])
def test_other_files_have_no_schema(file: str) -> None:
    """Their text stays as it is."""
    assert find_schema(file) is None
    assert name_schema(file, "text") == "text"


def test_no_schema_is_where_a_build_looks() -> None:
    """The folder begins with a dot, so that no post, page or picture can be meant."""
    assert all(path.startswith(".") for path in write_schemas())
