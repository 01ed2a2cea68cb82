"""Suspicious values in all files of an edition."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_what_a_feed_says_of_a_work_is_told_in_its_note(tiny: TinyEdition) -> None:
    """Nobody has written it in the inbox, where there are hundreds of such items."""
    work = {"url": "https://amt.example/9", "title": "Neun", "authors": ["Ida Holm und Otto Rau"]}
    tiny.candidate("wartet", bookmark_of=[work])
    assert check.run_checks(tiny.root).warnings == ()
    tiny.note("fertig", bookmark_of=[work])
    (problem,) = check.run_checks(tiny.root).warnings
    assert (problem.file, problem.field) == ("curation/notes/2026/fertig.md", "bookmark_of[0].authors[0]")


@pytest.mark.parametrize(
    "front_matter",
    ["title: x #y\n? [a]\n: b", "title: x #y\ntags: [", "title: x #y\ntitle: x", "tags: &t [*t, x #y\n]", "- a #b"],
)
def test_what_is_no_yaml_is_left_to_the_loader(tiny: TinyEdition, front_matter: str) -> None:
    """Whatever is wrong with a file, it is an error, and the other files are searched."""
    tiny.write("content/essays/kaputt.md", f"---\n{front_matter}\n---\nText\n")
    result = check.run_checks(tiny.root)
    assert {problem.file for problem in result.errors} == {"content/essays/kaputt.md"}


ODD = st.sampled_from(
    [*"\n\t\"'[]{}#&*!|>-?:~%@` \u00a0\u200b\x85\u2028\x00\x1b„“", ": ", " #", "- ", "---\n", "<<: ", "!!int "]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 400), text=st.lists(ODD | st.text(max_size=3), max_size=8).map("".join))
def test_any_text_is_checked_without_a_traceback(tiny: TinyEdition, place: int, text: str) -> None:
    """Whatever is written into a post, `check` ends with its problems."""
    source = tiny.note("notiz", uid="note-one", tags=["eins", "zwei"], summary="Ein Satz.").read_text()
    data = (source[:place] + text + source[place:]).encode("utf-8", "surrogatepass")
    tiny.write("curation/notes/2026/notiz.md", data)
    for problem in check.run_checks(tiny.root).errors:
        assert problem.file == "curation/notes/2026/notiz.md"
        assert problem.hint
