from __future__ import annotations

import pytest

from kuratorium.desk import draft
from kuratorium.desk.check import run_checks
from kuratorium.edition.works import Work
from tests.editions import OWN_WORDS, TinyEdition

PRINTED = {
    "title": "Das stille Amt",
    "authors": ["Ina Jahn"],
    "publication": "Stadtblatt",
    "issue": "3/1998",
    "page": "S. 5",
}


def find_attribution_warnings(tiny: TinyEdition, line: str) -> list[str]:
    """Return what the rule says of a quotation with this line under it, in a note on a work in print."""
    tiny.note("alt", bookmark_of=[PRINTED], body=f"{OWN_WORDS}\n\n> Es war still.\n> {line}\n")
    result = run_checks(tiny.root)
    assert result.errors == ()
    return [finding.problem.message for finding in result.findings if finding.rule == "attribution"]


def test_a_work_in_print_is_credited_without_a_link(tiny: TinyEdition):
    """The line that `new` writes names publication, author, title, issue and page, and `check` accepts it."""
    line = draft.build_attribution(Work(**{**PRINTED, "authors": tuple(PRINTED["authors"])}))
    assert line == "— Stadtblatt, Ina Jahn: Das stille Amt, 3/1998, S. 5"
    assert find_attribution_warnings(tiny, line) == []


@pytest.mark.parametrize(
    "line", ["— Stadtblatt, 3/1998", "— Ina Jahn: Das stille Amt", "— Anderes Blatt: Das laute Amt"]
)
def test_a_credit_that_names_no_work_of_the_note_is_told(tiny: TinyEdition, line: str):
    """Without a link, publication and title are what the source is found by."""
    assert find_attribution_warnings(tiny, line) == ["this quotation has no line that links to its source"]


@pytest.mark.parametrize("missing", ["publication", "issue and page"])
def test_a_work_without_address_is_in_print(tiny: TinyEdition, missing: str):
    """A forgotten `url` is an error, unless the work can be found in print."""
    tiny.note("alt", bookmark_of=[{key: value for key, value in PRINTED.items() if key not in missing.split(" and ")}])
    (problem,) = run_checks(tiny.root).errors
    assert (problem.field, problem.message) == ("bookmark_of[0].url", "is missing")
    assert "a work in print has publication, and issue or page" in problem.hint
