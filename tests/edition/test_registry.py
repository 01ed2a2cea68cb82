from __future__ import annotations

from pathlib import Path

import pytest

from kuratorium.edition import registry
from kuratorium.errors import Problem
from tests.editions import TinyEdition

DATA = Path(__file__).parents[1] / "data" / "registry"
SLUG = "expected a slug (lower-case letters, digits, hyphens), found "
NO_YAML = "Put values that hold «: », «#» or quotes into quotes, and indent with spaces."

CASES = {
    "sources-id-leaves-the-folder": Problem(
        "curation/sources.yaml", 4, "[1].id", f"{SLUG}«../../amtsblog»", "For example: some-words-like-these"
    ),
    "people-picture-missing": Problem(
        "curation/people.yaml",
        5,
        "[1].image.file",
        "there is no file content/images/fehlt.png",
        "Put it there, or correct the name: it is one below content/, such as images/….",
    ),
    "people-no-address": Problem(
        "curation/people.yaml",
        3,
        "[0].email",
        "expected a mail address, found «anna.berg»",
        "For example: anna.berg@example.org",
    ),
    "policy-embeds-of-nobody": Problem(
        "curation/policy.yaml", 2, "embeds[1]", "unknown provider «youtub»", "Did you mean «youtube»?"
    ),
    "sources-id-twice": Problem(
        "curation/sources.yaml", 4, "[1].id", "the id «amtsblog» stands twice", "Give one of them another id."
    ),
    "sources-unknown-key": Problem(
        "curation/sources.yaml", 4, "[0].topic", "unknown key «topic»", "Did you mean «topics»?"
    ),
    "sources-unknown-topic": Problem(
        "curation/sources.yaml",
        4,
        "[0].topics[0]",
        "unknown topic «opensource»",
        "Did you mean «open-source»? New ones are added in curation/topics.yaml.",
    ),
    "sources-unknown-person": Problem(
        "curation/sources.yaml",
        5,
        "[0].people[1]",
        "unknown person «eva-falck»",
        "Did you mean «eva-falk»? New ones are added in curation/people.yaml.",
    ),
    "sources-no-list": Problem(
        "curation/sources.yaml", 1, "", "expected a list of entries", "Write entries that begin with «- id: …»."
    ),
    "sources-no-yaml": Problem(
        "curation/sources.yaml", 2, "", "this is no YAML: mapping values are not allowed in this context", NO_YAML
    ),
    "sources-not-utf-8": Problem(
        "curation/sources.yaml",
        2,
        "",
        "the file is not UTF-8 (byte 0xc4)",
        "Save it with the encoding UTF-8.",
    ),
    "sources-wrong-type": Problem(
        "curation/sources.yaml",
        5,
        "[0].rights.excerpt_words",
        "expected a whole number of at least 0, found «viele»",
        "Correct the value.",
    ),
    "sources-page-without-select": Problem(
        "curation/sources.yaml",
        5,
        "[0].type",
        "a page needs «select»: where are its entries?",
        "For example, a line further down: select: {entry: article, title: h2}",
    ),
    "sources-select-without-page": Problem(
        "curation/sources.yaml",
        5,
        "[0].select",
        "«select» is for pages",
        "Add «type: page», or leave «select» out.",
    ),
    "topics-unknown-curator": Problem(
        "curation/topics.yaml",
        5,
        "[1].curators[0]",
        "unknown person «karl-dorn»",
        "Did you mean «carl-dorn»? New ones are added in curation/people.yaml.",
    ),
    "topics-pinned-is-no-uid": Problem(
        "curation/topics.yaml",
        3,
        "[0].pinned[0]",
        "expected a uid (6 to 64 lower-case letters, digits, hyphens), found «Erste Notiz»",
        "For example: 7c1f9a52d3e84b06",
    ),
    "series-without-name": Problem("curation/series.yaml", 1, "[0].name", "is missing", "Add a line «name: …»."),
    "policy-fresh-without-nobody": Problem(
        "curation/policy.yaml",
        3,
        "fresh.without[1]",
        "unknown source «amtsblock»",
        "Did you mean «amtsblog»? New ones are added in curation/sources.yaml.",
    ),
    "policy-without-imprint": Problem("curation/policy.yaml", 1, "imprint", "is missing", "Add a line «imprint: …»."),
    "policy-date-without-day": Problem(
        "curation/policy.yaml",
        2,
        "as_of",
        "expected a date with time and offset, found «2026-10»",
        "Write 2026-09-30T09:00:00+02:00.",
    ),
    "policy-intranet-with-address": Problem(
        "curation/policy.yaml",
        2,
        "intranet[2]",
        "expected the name of a host, without http:// and port, found «http://wiki.intern/»",
        "For example: wiki.intern",
    ),
    "policy-archive-too-short": Problem(
        "curation/policy.yaml",
        2,
        "archive_days",
        "expected a whole number from 100 to 36500, found «30»",
        "Correct the value.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_with_its_place_and_its_mend(tiny: TinyEdition, name: str) -> None:
    """One mistake gives one problem: file, line, field, what is wrong, what would be right."""
    tiny.write(CASES[name].file, (DATA / f"{name}.yaml").read_bytes())
    _, problems = registry.read_registry(tiny.root)
    assert problems == [CASES[name]]


def test_every_data_file_has_its_case() -> None:
    """No file under data/registry/ lies there unread."""
    assert {path.stem for path in DATA.iterdir()} == set(CASES)


def test_all_files_are_read_before_anything_is_told(tiny: TinyEdition) -> None:
    """Mistakes of sources, topics and policy come together."""
    names = ["sources-unknown-key", "policy-without-imprint"]
    for name in names:
        tiny.write(CASES[name].file, (DATA / f"{name}.yaml").read_bytes())
    tiny.write("curation/topics.yaml", "- id: x\n  name: [y]\n")
    _, problems = registry.read_registry(tiny.root)
    assert {problem.file for problem in problems} == {f"curation/{one}.yaml" for one in ("sources", "topics", "policy")}
    assert {CASES[name] for name in names} < set(problems)


def test_what_is_right_is_there_by_its_id(tiny: TinyEdition) -> None:
    """In the order of the files, and with what the files say."""
    found, problems = registry.read_registry(tiny.root)
    assert problems == []
    assert list(found.people) == ["anna-berg", "carl-dorn", "eva-falk"]
    assert list(found.topics) == ["transformation", "open-source"]
    assert found.sources["amtsblog"].topics == ("transformation",)
    assert found.policy is not None
    assert found.policy.imprint.responsible == "Anna Berg"


def test_an_empty_list_is_a_list(tiny: TinyEdition) -> None:
    """A new edition has no sources yet; a file with comments only is no mistake."""
    tiny.write("curation/sources.yaml", "# Noch keine.\n")
    found, problems = registry.read_registry(tiny.root)
    assert (found.sources, problems) == ({}, [])


@pytest.mark.parametrize("name", ["sources", "people", "topics", "policy"])
def test_a_missing_file_is_told(tiny: TinyEdition, name: str) -> None:
    """With the way to an edition that has one."""
    (tiny.root / "curation" / f"{name}.yaml").unlink()
    _, problems = registry.read_registry(tiny.root)
    mend = "Run this inside an edition; «kuratorium start» makes one."
    assert problems == [Problem(f"curation/{name}.yaml", 0, "", "the file is missing", mend)]


def test_a_folder_in_place_of_a_file_is_told(tiny: TinyEdition) -> None:
    """What cannot be read is a problem, not a traceback."""
    (tiny.root / "curation/sources.yaml").unlink()
    (tiny.root / "curation/sources.yaml").mkdir()
    (problem,) = registry.read_registry(tiny.root)[1]
    assert problem == Problem(
        "curation/sources.yaml", 0, "", "cannot be read: Is a directory", "Make the file readable."
    )
