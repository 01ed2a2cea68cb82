"""Files that nothing reads, names that deceive, seen files with an unfinished merge."""

from __future__ import annotations

import pytest

from kuratorium.desk import check
from tests.editions import SOURCES, TinyEdition

NOTHING = "nothing reads this file"


def list_problems(tiny: TinyEdition) -> list[tuple[str, str, str]]:
    """Return file, message and hint of all problems."""
    result = check.run_checks(tiny.root)
    return [(problem.file, problem.message, problem.hint) for problem in (*result.errors, *result.warnings)]


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("content/notes/a.md", "Move it to curation/notes/;"),
        ("content/interview/a.md", "Move it to content/interviews/;"),
        ("content/a.md", "Move it to the folder of its format (curation/notes/, content/interviews/,"),
        ("content/posts/a.MD", "Move it to the folder of its format"),
        ("content/texte/a.txt", "Move it to the folder of its format"),
        ("curation/a.md", "Move it to curation/notes/;"),
        ("curation/note/2026/a.markdown", "Move it to curation/notes/, with a name that ends in .md (a.md);"),
        ("curation/seen/amtsblog.md", "curation/seen/ holds what a pull writes, one .txt file per source:"),
        ("curation/source.yaml", "Did you mean curation/sources.yaml?"),
        ("curation/people.yml", "Did you mean curation/people.yaml?"),
        ("curation/Topics.yaml", "Did you mean curation/topics.yaml?"),
        ("curation/sources/amtsblog.yaml", "Read are curation/sources.yaml, curation/people.yaml,"),
        ("content/people.yaml.md", "Move it to the folder of its format"),
    ],
)
def test_a_file_that_nothing_reads_is_reported(tiny: TinyEdition, file: str, hint: str) -> None:
    """A text or registry in a wrong folder or under a wrong name: the warning says where it would be read."""
    tiny.write(file, "---\ntitle: x\n---\nText\n")
    ((found, message, advice),) = list_problems(tiny)
    assert (found, message) == (file, NOTHING)
    assert advice.startswith(hint)


@pytest.mark.parametrize("file", ["content/essays/a.markdown", "curation/notes/a.MD", "curation/inbox/a.txt"])
def test_a_text_without_its_suffix_is_an_error(tiny: TinyEdition, file: str) -> None:
    """In a folder of posts, and in the inbox, the hint is the right name."""
    tiny.write(file, "---\ntitle: x\n---\nText\n")
    assert list_problems(tiny) == [(file, "this file is not a post", "Rename it to a.md.")]


def test_a_folder_of_many_files_is_one_mistake(tiny: TinyEdition) -> None:
    """Three hundred notes in a wrong folder are one warning."""
    for number in range(30):
        tiny.write(f"content/notes/n{number:02}.md", "---\n---\n")
    assert [(file, message) for file, message, _ in list_problems(tiny)] == [
        ("content/notes", "nothing reads these 30 files, such as n00.md")
    ]


def test_what_is_read_or_meant_for_people_is_left_alone(tiny: TinyEdition) -> None:
    """Hidden files, READMEs, leftovers of editors, samples, downloads, and what a post or a source names."""
    for file in (
        *("curation/README.md", "content/README", "content/media/README.txt", "curation/inbox/README.md~"),
        *("content/.gitkeep", "curation/.DS_Store", "content/media/.DS_Store", "content/essays/.#entwurf.md"),
        *("curation/samples/notiz.md", "content/media/zahlen.txt", "content/media/tabelle.json", "curation/folge.opml"),
        *("content/media/skript.md", "curation/feeds/eigener.json"),
    ):
        tiny.write(file, "{}" if file.endswith(".json") else "Text\n")
    tiny.essay("mit-anhang", body="Das Skript [liegt bei]({static}/media/skript.md).")
    tiny.yaml("sources", [SOURCES[0] | {"feed": "curation/feeds/eigener.json"}])
    assert list_problems(tiny) == []


@pytest.mark.parametrize("name", ["rechnung\u202efdp.exe", "a\x1b[2J.png", "a\nb.png", "b\U000e0041.png"])
def test_a_deceiving_name_is_an_error(tiny: TinyEdition, name: str) -> None:
    """Names with controls or overrides would garble terminals and pages; messages show them escaped."""
    tiny.write(f"content/media/{name}", "x")
    ((file, message, hint),) = list_problems(tiny)
    assert file.isascii()
    assert "\n" not in file
    assert message.startswith("the name of the file contains the ")
    assert hint == "Rename the file."


def test_the_name_of_a_post_is_an_error_once(tiny: TinyEdition) -> None:
    """Also if it has a slug of its own."""
    tiny.post("content/essays/a\u202eb.md", slug="ab")
    assert [message for _, message, _ in list_problems(tiny)] == [
        "the name of the file contains the U+202E right-to-left override"
    ]


def test_a_merge_in_a_seen_file_is_an_error(tiny: TinyEdition) -> None:
    """Whatever a pull makes of it: an editor must finish the merge."""
    line = "0123456789abcdef 2026-10-14 https://amtsblog.example/x\n"
    tiny.write("curation/seen/amtsblog.txt", f"{line}<<<<<<< HEAD\n{line}=======\n>>>>>>> theirs\n")
    ((file, message, _),) = list_problems(tiny)
    assert (file, message[:25]) == ("curation/seen/amtsblog.txt", "the merge is not finished")
