"""Files of suggestions are checked where their lines are, before a pull refuses them."""

from __future__ import annotations

from kuratorium.desk import check
from tests.editions import SOURCES, TinyEdition

GOOD = "url: https://x.example/a\nwhy: Darum.\nname: Eva Falk\nown: false\nai: none\n"
SOURCE = {"id": "ideen", "name": "Ideen", "type": "suggestions", "feed": "curation/suggestions"}


def test_a_suggestion_that_a_pull_refuses_is_told_with_its_line(tiny: TinyEdition) -> None:
    """A right one is no mistake, and no file that nothing reads; mail is told whatever it holds."""
    tiny.yaml("sources", [*SOURCES, SOURCE])
    tiny.write("curation/suggestions/gut.yaml", GOOD)
    tiny.write("curation/suggestions/schlecht.md", f"---\n{GOOD.replace('none', 'manchmal')}---\n\nDarum.\n")
    tiny.write("curation/suggestions/brief.eml", "From: x@x.example\n\nHallo")
    found = [(item.file, item.line, item.field) for item in check.run_checks(tiny.root).warnings]
    assert found == [("curation/suggestions/brief.eml", 0, ""), ("curation/suggestions/schlecht.md", 6, "ai")]


def test_files_of_suggestions_without_a_source_are_read_by_nobody(tiny: TinyEdition) -> None:
    """Then the usual warning says so."""
    tiny.write("curation/suggestions/gut.yaml", GOOD)
    assert [item.message for item in check.run_checks(tiny.root).warnings] == ["nothing reads this file"]
