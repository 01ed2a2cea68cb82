"""Suspicious values in all files of an edition."""

from __future__ import annotations

from kuratorium.desk import check
from tests.editions import TinyEdition


def test_suspicious_values_are_warnings_with_file_line_and_field(tiny: TinyEdition) -> None:
    """Posts, pages, inbox items and registries are searched; files with errors as well."""
    for path in (
        tiny.essay("text", title="TITEL"),
        tiny.page("seite", title="TITEL"),
        tiny.candidate("wartet", title="TITEL"),
    ):
        path.write_text(path.read_text().replace("title: TITEL", "title: Platz #3"))
    people = tiny.root / "curation/people.yaml"
    people.write_text(people.read_text().replace("name: Carl Dorn", "name: Carl #2 Dorn"))
    broken = tiny.essay("kaputt", title="TITEL", autor="x")
    broken.write_text(broken.read_text().replace("title: TITEL", "title: Platz #4"))
    result = check.run_checks(tiny.root)
    assert [problem.field for problem in result.errors] == ["autor"]
    places = [(problem.file, problem.line, problem.field) for problem in result.warnings]
    assert ("content/essays/text.md", 3, "title") in places
    assert ("content/essays/kaputt.md", 3, "title") in places
    assert ("content/pages/seite.md", 2, "title") in places
    assert ("curation/people.yaml", 6, "[1].name") in places
    assert [file for file, _, field in places if file.startswith("curation/inbox/") and field == "title"]
    assert len(places) == 5
