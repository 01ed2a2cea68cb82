"""Feeds of sources that are no file, or that two sources have."""

from __future__ import annotations

from typing import Any

import pytest

from kuratorium.desk import check
from kuratorium.errors import Problem
from tests.editions import SOURCES, TinyEdition


def find_warnings(tiny: TinyEdition, *others: dict[str, Any]) -> list[Problem]:
    """Return the warnings about an edition that also follows the `others`."""
    tiny.yaml("sources", [*SOURCES, *others])
    return list(check.run_checks(tiny.root).warnings)


@pytest.mark.parametrize(
    ("feed", "hint"),
    [
        ("curation/samples/Amtsblog.xml", 'Did you mean "curation/samples/amtsblog.xml"?'),
        ("samples/amtsblog.xml", 'Did you mean "curation/samples/amtsblog.xml"?'),
        ("file:curation/samples/amtsblok.xml", 'Did you mean "curation/samples/amtsblog.xml"?'),
        ("var/export.xml", "Put the file there, or write the feed's http or https address."),
    ],
)
def test_a_feed_that_is_no_file_is_a_warning(tiny: TinyEdition, feed: str, hint: str) -> None:
    """The line of the source, and the file that was probably meant."""
    problem = Problem(
        "curation/sources.yaml",
        10,
        "[1].feed",
        f"there is no file {feed}, so that a pull finds no entries",
        hint,
    )
    assert find_warnings(tiny, {"id": "rathaus", "name": "Rathaus", "feed": feed}) == [problem]


def test_a_feed_that_is_a_folder_is_a_warning(tiny: TinyEdition) -> None:
    """A folder holds no entries itself."""
    (problem,) = find_warnings(tiny, {"id": "rathaus", "name": "Rathaus", "feed": "curation/samples"})
    assert problem.message == "curation/samples is a folder"


@pytest.mark.parametrize("spelling", ["http://www.rathaus.example/rss", "https://Rathaus.example/rss/"])
def test_two_sources_on_one_feed_are_a_warning(tiny: TinyEdition, spelling: str) -> None:
    """The second is reported, however its address is spelled; with other filters, both are right."""
    first = {"id": "rathaus", "name": "Rathaus", "feed": "https://rathaus.example/rss"}
    second = {"id": "stadtrat", "name": "Stadtrat", "feed": spelling}
    (problem,) = find_warnings(tiny, first, second)
    assert (problem.line, problem.field, problem.message) == (13, "[2].feed", 'the source "rathaus" has the same feed')
    assert find_warnings(tiny, first, second | {"keep": {"words": ["haushalt"]}}) == []


def test_one_mistake_in_a_feed_is_reported_once(tiny: TinyEdition) -> None:
    """What is an error already is no missing file as well."""
    tiny.yaml("sources", [*SOURCES, {"id": "rathaus", "name": "Rathaus", "feed": "rathaus.example/rss"}])
    result = check.run_checks(tiny.root)
    assert ([problem.field for problem in result.errors], result.warnings) == (["[1].feed"], ())
