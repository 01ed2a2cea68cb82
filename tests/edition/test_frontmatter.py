from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import frontmatter, yaml
from kuratorium.edition.frontmatter import FileParts, InvalidFileError
from kuratorium.edition.model import FrontMatter, StandalonePageFrontMatter
from kuratorium.errors import Problem
from tests.edition.test_yaml import VALUES

REQUIRED = {"uid": "abcdef123456", "date": "2026-10-01T08:00:00+02:00"}
NON_BLANK = st.text().filter(str.strip)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("---\na: b\n---\n\nText\n", FileParts("a: b", "\nText\n", 4)),
        ("---\na: b\n---\nText", FileParts("a: b", "Text", 4)),
        ("---\na: b\n...\nText", FileParts("a: b", "Text", 4)),
        ("---  \na: b\n--- \nText", FileParts("a: b", "Text", 4)),
        ("---\na: b\n---", FileParts("a: b", "", 3)),
        ("---\n---\nText", FileParts("", "Text", 3)),
        ("---\n\n---\nText", FileParts("", "Text", 4)),
        (
            "---\na: |\n  --- kein Ende\n---\nText\n\n---\n\nmehr",
            FileParts("a: |\n  --- kein Ende", "Text\n\n---\n\nmehr", 5),
        ),
    ],
    ids=["usual", "no-gap", "points", "blanks", "no-body", "empty", "empty-line", "rules-in-the-text"],
)
def test_a_file_is_split_into_front_matter_and_body(text: str, parts: FileParts) -> None:
    """YAML is between the first two lines ---; below is Markdown, and the line on which it begins is known."""
    assert frontmatter.split_front_matter("x.md", text) == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\na: b\n\nText", "the front matter is not closed"),
        ("---", "the front matter is not closed"),
        ("Text", "there is no front matter"),
        ("\n---\na: b\n---\n", "there is no front matter"),
        ("", "there is no front matter"),
    ],
    ids=["open", "only-a-line", "text", "not-at-the-top", "nothing"],
)
def test_a_file_without_front_matter_is_reported(text: str, message: str) -> None:
    """Front matter must begin with the first character, and be closed."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.split_front_matter("x.md", text)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.message) == ("x.md", 1, message)


@given(st.dictionaries(st.text(), VALUES), st.text())
def test_written_values_are_read_back(values: dict[str, Any], body: str) -> None:
    """Any values survive, however nested; so does the body, except for white space around it."""
    parts = frontmatter.split_front_matter("x.md", frontmatter.format_markdown_file(values, body))
    assert yaml.load_yaml(parts.front_matter) == values
    assert parts.body.strip() == body.strip()


@given(
    title=NON_BLANK,
    tags=st.lists(NON_BLANK),
    names=st.lists(st.fixed_dictionaries({"name": NON_BLANK, "role": st.text()})),
)
def test_a_post_survives_being_saved(title: str, tags: list[str], names: list[dict[str, str]]) -> None:
    """Whatever title, tags and names are: written, encoded, decoded and read, they are the same."""
    text = frontmatter.format_markdown_file(REQUIRED | {"title": title, "tags": tags, "guests": names}, "Text.")
    meta, parts = frontmatter.parse_front_matter("x.md", frontmatter.decode_text("x.md", text.encode()), FrontMatter)
    assert (meta.title, list(meta.tags)) == (title, tags)
    assert [{"name": guest.name, "role": guest.role} for guest in meta.guests if not isinstance(guest, str)] == names
    assert parts.body == "\nText.\n"


def test_a_file_is_written_for_editors() -> None:
    """Keys keep their order, lists stay on one line, umlauts as they are; one empty line before the body."""
    values = {
        "title": "Größe: 3",
        "tags": ["eins", "zwei"],
        "bookmark_of": [{"url": "https://x.example/", "authors": ()}],
    }
    assert frontmatter.format_markdown_file(values, "\n\nText.\n\n") == (
        "---\ntitle: 'Größe: 3'\ntags: [eins, zwei]\n"
        "bookmark_of:\n- url: https://x.example/\n  authors: []\n---\n\nText.\n"
    )


def test_an_empty_body_is_an_empty_line() -> None:
    """An editor who opens a new note writes below it."""
    assert frontmatter.format_markdown_file({"title": "x"}, " \n") == "---\ntitle: x\n---\n\n"


def test_all_problems_of_a_file_have_their_lines() -> None:
    """Lines are counted in the file, not in its YAML."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.parse_front_matter(
            "x.md", "---\ntitle: x\nordre: 1\nlang: Deutsch\n---\n", StandalonePageFrontMatter
        )
    assert caught.value.problems == (
        Problem("x.md", 3, "ordre", 'unknown key "ordre"', 'Did you mean "order"?'),
        Problem("x.md", 4, "lang", 'expected a language code, found "Deutsch"', "For example: de"),
    )


def test_front_matter_must_be_a_mapping() -> None:
    """A list is reported."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.parse_front_matter("x.md", "---\n- title\n---\n", StandalonePageFrontMatter)
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (2, "expected keys with values, found a list")


def test_a_file_must_be_utf_8() -> None:
    """The first byte that is not UTF-8 is reported with its line; a byte order mark is dropped."""
    assert frontmatter.decode_text("x.md", b"\xef\xbb\xbfeins\r\nzwei\rdrei\n") == "eins\nzwei\ndrei\n"
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.decode_text("x.md", "eins\nzwei\ndrei für".encode("cp1252"))
    assert caught.value.problems == (
        Problem("x.md", 3, "", "the file is not UTF-8 (byte 0xfc)", "Save it with the encoding UTF-8."),
    )


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        ("title: für".encode("utf-16"), 1, "the file is not UTF-8 but UTF-16"),
        ("title: für".encode("utf-16-be"), 1, "the file is not UTF-8 but UTF-16"),
        (b"title: x\n\nwords wo\0ds and more words", 3, "the file is not text: it contains a NUL byte"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(40, 120)), 1, "the file is not UTF-8 (byte 0x89)"),
        (b"words and words\n" * 1_000_000, 0, "the file has 16 MB, and a text at most 10"),
    ],
    ids=["utf-16", "utf-16-without-mark", "nul", "picture", "large"],
)
def test_what_is_no_text_is_an_error(data: bytes, line: int, message: str) -> None:
    """Other encodings, binary files and files too large to convert are named as what they are."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.decode_text("x.md", data)
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (line, message)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> theirs\n---\n", 2),
        ("---\r\ntitle: A\r\n---\r\n<<<<<<< HEAD\r\nOne.\r\n=======\r\nTwo.\r\n>>>>>>> theirs\r\n", 4),
        ("One.\nTwo.\n>>>>>>> a1b2c3d (Say it better)\n", 3),  # the other two lines were deleted
        ("<<<<<<<\nOne.\n", 1),
        ("\n" + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n" * 50, 2),
    ],
)
def test_an_unfinished_merge_is_one_error(text: str, line: int) -> None:
    """Wherever git's markers are, and however many, the first is reported, and nothing else of the file."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.decode_text("x.md", text.encode())
    (problem,) = caught.value.problems
    assert (problem.line, problem.message[:25]) == (line, "the merge is not finished")


@pytest.mark.parametrize(
    "text", ["A heading\n=======\n", "    <<<<<<< HEAD\n", "x <<<<<<< y", "<<<<<<<<< nine", "> > > quoted", "=======\n"]
)
def test_what_resembles_a_marker_is_text(text: str) -> None:
    """A line of equal signs underlines a heading; markers of an example are indented."""
    assert frontmatter.decode_text("x.md", text.encode()) == text
