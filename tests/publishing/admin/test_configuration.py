"""What configures the forms follows from the records, and is in the language of the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from kuratorium.edition.fields import list_fields
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter
from kuratorium.errors import EditionError
from kuratorium.publishing.admin.program import PROGRAM_FILE
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.headers import build_content_policy
from tests.cli.program import kuratorium
from tests.editions import POLICY, TinyEdition, read_valid_edition
from tests.publishing.build.test_run import own_theme
from tests.publishing.delivery.test_headers import read_directives, read_page_policy

ADMIN = {"repository": "our-group/our-site", "forge": "gitlab", "server": "https://git.example.org"}


@pytest.fixture
def managed(tiny: TinyEdition) -> TinyEdition:
    """An edition with the page /admin/, and something in the place of its program."""
    tiny.yaml("policy", POLICY | {"admin": ADMIN})
    folder = own_theme(tiny) / "static/admin"
    folder.mkdir()
    (folder / PROGRAM_FILE).write_text("// the program: https://other.example/")
    return tiny


def read_configuration(tiny: TinyEdition) -> dict[str, Any]:
    """Build the site, and return the configuration in its page /admin/."""
    build_site(tiny.root)
    page = BeautifulSoup((tiny.root / "output/admin/index.html").read_bytes(), "lxml")
    configuration = page.find(id="configuration")
    assert configuration
    return dict(json.loads(configuration.get_text()))


def test_each_format_has_a_form_with_every_field(managed: TinyEdition) -> None:
    """All that front matter may hold, but what only the inbox has; with names in the language of the site."""
    collections = {part["name"]: part for part in read_configuration(managed)["collections"]}
    assert set(collections) == {*(format.id for format in FORMATS), "page", "registry"}
    note = collections["note"]
    assert (note["label"], note["folder"]) == ("Notizen", "curation/notes")
    names = [field["name"] for field in note["fields"]]
    assert set(names) == {*list_fields(FrontMatter), "body"} - {"teaser", "reasons", "suggestions"}
    labels = {field["name"]: field["label"] for field in note["fields"]}
    assert labels["why_now"] == "Warum jetzt"


def test_people_and_topics_are_chosen_by_name(managed: TinyEdition) -> None:
    """The registry is read from the repository, and no form edits it."""
    collections = {part["name"]: part for part in read_configuration(managed)["collections"]}
    fields = {field["name"]: field for field in collections["note"]["fields"]}
    assert fields["authors"]["file"] == "people"
    assert fields["authors"]["multiple"]
    assert fields["topics"]["value_field"] == "topics.*.id"
    assert {"value": "anna-berg", "label": "Anna Berg"} in fields["guests"]["options"]
    assert collections["registry"]["hide"]
    files = {file["name"]: file["file"] for file in collections["registry"]["files"]}
    assert files["people"] == "curation/people.yaml"


def test_without_the_switch_nothing_of_it_is_published(managed: TinyEdition) -> None:
    """Neither page nor program; and with it, no other page changes."""
    build_site(managed.root)
    output = managed.root / "output"
    with_admin = {path: path.read_bytes() for path in output.rglob("*.html")}
    assert (output / "admin" / PROGRAM_FILE).is_file()
    managed.yaml("policy", POLICY)
    build_site(managed.root)
    assert not (output / "admin").exists()
    assert {path: path.read_bytes() for path in output.rglob("*.html")} == {
        path: data for path, data in with_admin.items() if path.parent.name != "admin"
    }


def test_no_reader_finds_it(managed: TinyEdition) -> None:
    """Robots are told to stay away, and neither sitemap nor search has it."""
    build_site(managed.root)
    page = (managed.root / "output/admin/index.html").read_text()
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert "data-pagefind-body" not in page
    for path in (managed.root / "output").rglob("*"):
        if path.suffix in (".html", ".xml") and path.parent.name != "admin":
            assert "admin/" not in path.read_text()


def test_the_page_may_ask_the_forge_alone(managed: TinyEdition) -> None:
    """Its own policy says so; headers allow what any page needs, and the other pages are as strict as before."""
    build_site(managed.root)
    output = managed.root / "output"
    own = read_page_policy(output / "admin/index.html")
    assert own["connect-src"] == ["'self'", "blob:", "data:", "https://git.example.org"]
    assert own["script-src"] == ["'self'"]
    header = next(line for line in (output / "_headers").read_text().splitlines() if "Content-Security" in line)
    sent = read_directives(header.partition(": ")[2])
    for name, sources in own.items():
        assert set(sources) - {"'none'"} <= set(sent[name])
    policy = read_valid_edition(managed.root).registry.policy
    assert policy
    expected = read_directives(build_content_policy(policy))
    assert read_page_policy(output / "index.html")["script-src"] == [*expected["script-src"][:1], "file:",
                                                                     *expected["script-src"][1:]]  # fmt: skip
    assert "connect-src" not in read_page_policy(output / "index.html")


def test_a_new_person_is_in_the_forms_at_the_next_build(managed: TinyEdition) -> None:
    """The page is made anew when the registry changes."""
    read_configuration(managed)
    people = managed.root / "curation/people.yaml"
    people.write_text(people.read_text() + "- id: zoe-lang\n  name: Zoe Lang\n")
    collections = read_configuration(managed)["collections"]
    (guests,) = [field for field in collections[0]["fields"] if field["name"] == "guests"]
    assert {"value": "zoe-lang", "label": "Zoe Lang"} in guests["options"]


def test_without_its_program_one_error_names_the_command(tiny: TinyEdition) -> None:
    """With file and line, of the build and of `check`."""
    tiny.yaml("policy", POLICY | {"admin": ADMIN})
    with pytest.raises(EditionError) as caught:
        build_site(tiny.root)
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == ("curation/policy.yaml", "admin")
    assert "kuratorium admin" in problem.hint
    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == 2
    assert "das Programm der Seite /admin/" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "admin",
    [{}, {"repository": "our-site"}, {"repository": "a/b", "forge": "bitbucket"}, {"repository": "a/b", "server": "x"}],
    ids=str,
)
def test_a_wrong_forge_is_refused(tiny: TinyEdition, admin: dict[str, str]) -> None:
    """A repository has a group and a name."""
    tiny.yaml("policy", POLICY | {"admin": admin})
    with pytest.raises(EditionError):
        build_site(tiny.root)


def test_the_words_of_the_forms_are_complete() -> None:
    """Each name and description of a field that a form shows has its German word."""
    from kuratorium.publishing.admin.fields import FormBuilder  # noqa: PLC0415
    from kuratorium.translations import read_translations  # noqa: PLC0415

    words = read_translations(Path("theme"), "de")
    builder = FormBuilder(zone="UTC", people={})

    def list_words(fields: list[dict[str, Any]]) -> set[str]:
        found = {field[key] for field in fields for key in ("label", "hint") if key in field}
        return found.union(*(list_words(field.get("fields", [])) for field in fields))

    untranslated = {word for word in list_words(builder.build_fields(FrontMatter)) if words.gettext(word) == word}
    assert untranslated <= {"Name", "Status", "Format", "Video", "Text", "Id", "Bytes"}
