"""Migrations: texts of an older contract become texts of the present one, and nothing else in them changes."""

from pathlib import Path

import pytest

from kuratorium.desk.upgrade.migrations import MIGRATIONS, Migration, list_migrations, migrate
from kuratorium.edition.registry import read_registry
from kuratorium.edition.rules.contract import CONTRACT
from kuratorium.errors import EditionError, UsageError

from ...editions import TinyEdition

CASES = Path(__file__).parents[2] / "data/migrations"
POLICY, SOURCES = "curation/policy.yaml", "curation/sources.yaml"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: f"{migration.contract} {migration.files}")
def test_a_migration_changes_what_it_says_and_keeps_the_rest(migration: Migration) -> None:
    """Comments, quotation marks and the order of keys stay; what was migrated is not changed again."""
    before, after = ((CASES / f"{migration.contract}.{name}.yaml").read_text("utf-8") for name in ("before", "after"))
    assert migration.change(migration.files, before) == after
    assert migration.change(migration.files, after) == after


def test_the_last_migration_leads_to_the_present_contract() -> None:
    """A contract without a migration to it could not be reached."""
    assert {migration.contract for migration in MIGRATIONS} == set(range(1, CONTRACT + 1))


def test_the_policy_names_the_contract_afterwards() -> None:
    """An edition without a number is of the time before there was one; a second run changes nothing."""
    texts = {POLICY: "# Rules\nimprint: {}  # soon\n", SOURCES: "- {id: a, rights: {images: true, opt_out: true}}\n"}
    changed = migrate(texts)
    assert changed == {
        POLICY: f"contract: {CONTRACT}\n\n# Rules\nimprint: {{}}  # soon\n",
        SOURCES: "- {id: a, rights: {opt_out: true}}\n",
    }
    assert migrate(texts | changed) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "contract: 1\n"),
        ("---\na: 1\n", "---\ncontract: 1\n\na: 1\n"),
        ("\ufeff# one\na: 1\n", "\ufeffcontract: 1\n\n# one\na: 1\n"),
        ("a: 1\r\n", "contract: 1\r\n\r\na: 1\r\n"),
        ("{a: 1}\n", "{contract: 1, a: 1}\n"),
        ("{}\n", "{contract: 1}\n"),
        (
            "# yaml-language-server: $schema=x.json\na: 1\n",
            "# yaml-language-server: $schema=x.json\ncontract: 1\n\na: 1\n",
        ),
        ("a: 1\ncontract: 0  # old\n", "a: 1\ncontract: 1  # old\n"),
    ],
    ids=["empty", "document", "bom", "windows", "flow", "empty-flow", "schema", "older"],
)
def test_the_number_comes_first_whatever_the_file_begins_with(text: str, expected: str) -> None:
    """An editor sees it at once, and what a file must begin with stays where it was."""
    assert migrate({POLICY: text}, (), target=1) == {POLICY: expected}


def test_all_that_only_a_person_can_change_is_told_at_once() -> None:
    """Nothing is migrated then: the error names each file, line and key."""
    shared = "- {id: a, rights: &r {images: true}}\n- {id: b, rights: *r}\n"
    with pytest.raises(UsageError) as told:
        migrate({POLICY: "a: 1\n", SOURCES: shared})
    assert "curation/sources.yaml:1: rights cannot be deleted without changing more" in str(told.value)
    with pytest.raises(UsageError, match=r"curation/sources\.yaml:2: this is not YAML"):
        migrate({POLICY: "a: 1\n", SOURCES: "- a: [\n"})
    with pytest.raises(UsageError, match=r"curation/policy\.yaml is missing"):
        migrate({SOURCES: ""})
    with pytest.raises(UsageError, match=r"curation/policy\.yaml:2: this is not YAML"):
        migrate({POLICY: "a: [\n"})


def test_a_value_that_two_records_share_is_changed_once() -> None:
    """An alias gets what its anchor has."""
    shared = "- {id: a, rights: &r {images: true, opt_out: true}}\n- {id: b, rights: *r}\n"
    changed = migrate({POLICY: "contract: 0\n", SOURCES: shared})
    assert changed[SOURCES] == "- {id: a, rights: &r {opt_out: true}}\n- {id: b, rights: *r}\n"


def test_migrations_run_in_the_order_of_their_contracts() -> None:
    """Each gets what the one before has made, and only those of later contracts than the edition's run."""
    table = tuple(
        Migration(contract=n, files="content/*.md", summary="", change=lambda _, text, n=n: f"{text}{n}")
        for n in (3, 2, 1)
    )
    assert [migration.contract for migration in list_migrations(1, table)] == [2, 3]
    changed = migrate({POLICY: "contract: 1\n", "content/essays/a.md": "x", "curation/a.yaml": "y"}, table, target=3)
    assert changed == {POLICY: "contract: 3\n", "content/essays/a.md": "x23"}


def test_an_edition_of_a_newer_contract_is_one_error(tiny: TinyEdition) -> None:
    """Its fields are unknown to this program; they are not reported one by one."""
    tiny.write(POLICY, f"contract: {CONTRACT + 1}\nfield_of_tomorrow: 1\n")
    with pytest.raises(EditionError) as refused:
        read_registry(tiny.root)
    (problem,) = refused.value.problems
    assert (problem.file, problem.field) == (POLICY, "contract")
    assert f"of contract {CONTRACT + 1}, and this program knows contracts up to {CONTRACT}" in problem.message
