from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import frontmatter, yaml
from kuratorium.edition.frontmatter import FileParts, InvalidFileError
from kuratorium.edition.model import FrontMatter, StandalonePageFrontMatter
from kuratorium.edition.syntax import characters
from kuratorium.errors import Problem
from tests.edition.test_yaml import VALUES

REQUIRED = {"uid": "abcdef123456", "date": "2026-10-01T08:00:00+02:00"}
# By the character first: of long texts, hardly one would be free of forbidden ones.
ALLOWED = st.text(st.characters().filter(lambda character: not characters.find_forbidden(character))).filter(
    lambda text: not characters.find_forbidden(text)
)
NON_BLANK = ALLOWED.filter(lambda text: re.search(characters.VISIBLE, text))


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
        ("\n---\na: b\n---\n", "there are blanks or empty lines before the front matter"),
        ("—-\na: b\n---\n", 'the first line is not exactly "---"'),
        ("----\na: b\n----\n", 'the first line is not exactly "---"'),
        ("---\u00a0\na: b\n---\n", 'the first line is not exactly "---", and contains U+00A0 no-break space'),
        ("", "there is no front matter"),
    ],
    ids=["open", "only-a-line", "text", "not-at-the-top", "dash", "four", "odd-blank", "nothing"],
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
    names=st.lists(st.fixed_dictionaries({"name": NON_BLANK, "role": ALLOWED})),
)
def test_a_post_survives_being_saved(title: str, tags: list[str], names: list[dict[str, str]]) -> None:
    """Any title, tags and names without forbidden characters, written, encoded, decoded and read, are the same."""
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
        ("One.\n<<<<<<<< HEAD:a.md\n======== \n>>>>>>>> a1b2c3d:b.md\n", 2),  # a conflict within a rename
        (">>>>>>>>>>>>>>> theirs\n", 1),
        ("One.\n\n||||||| 5d7e0aa\nTwo.\n", 3),  # as merge.conflictStyle diff3 writes
        ("---\nsummary: |\n  Eins\n  <<<<<<< HEAD\n---\n", 4),  # a program that puts YAML in order indents them
        ("- Eins\n  >>>>>>> theirs\n", 2),
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
    "text",
    [
        "A heading\n=======\n",
        "    <<<<<<< HEAD\n",
        "x <<<<<<< y",
        "<<<<<<<<<nine",
        "> > > quoted",
        "=======\n",
        "||||||| a |",
    ],
)
def test_what_resembles_a_marker_is_text(text: str) -> None:
    """A line of equal signs underlines a heading; markers of an example are indented."""
    assert frontmatter.decode_text("x.md", text.encode()) == text


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        (r'title: "A\e]0;x\aB"', "title", "contains the control character U+001B"),
        ("title: Wort\u202eesrever", "title", "contains the U+202E right-to-left override"),
        ("tags: [eins, zw\U000e0041ei]", "tags[1]", "contains the U+E0041 tag latin capital letter a"),
        (r'guests: [{name: "Eva\rFalk"}]', "guests[0].name", "contains the control character U+000D"),
    ],
)
def test_a_forbidden_character_in_a_value_is_an_error(line: str, field: str, message: str) -> None:
    """Written as an escape or as itself: neither a terminal nor a page gets it."""
    title = "" if field == "title" else "title: x"
    text = f"---\nuid: abcdef123456\ndate: 2026-10-01T08:00:00+02:00\n{title}\n{line}\n---\n"
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.parse_front_matter("x.md", text, FrontMatter)
    assert [(problem.line, problem.field, problem.message) for problem in caught.value.problems] == [
        (5, field, message)
    ]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("date: “2026-10-01T08:00:00+02:00”", '"“2026-10-01T08:00:00+02:00”" is in typographic quotation marks (“ ”)',
         "Write 2026-10-01T08:00:00+02:00."),
        ("slug: „umzug“", '"„umzug“" is in typographic quotation marks („ “)', "Write umzug."),
        ("lang: ‘de’", '"‘de’" is in typographic quotation marks (‘ ’)', "Write de."),
        ("lang: de\u00a0", r'"de\xa0" contains U+00A0 no-break space', "Write de."),
        ("strength: 3\u200b", r'"3\u200b" contains U+200B zero width space', "Write 3."),
        ("status\u00a0: draft", r'the key "status\xa0" contains U+00A0 no-break space', "Write status: …"),
        ("“status”: draft", 'the key "“status”" is in typographic quotation marks (“ ”)', "Write status: …"),
        ("Status: draft", 'unknown key "Status"', "Write it in lower case: status: …"),
        ("\u00a0\u00a0- url: x", r'the key "\xa0\xa0- url" contains U+00A0 no-break space',
         "Write it with ordinary blanks, and without quotes."),
        ("bookmark_of: https://x.example/", 'expected a list, found "https://x.example/"',
         'Write it as a list: entries that begin with "- url: …".'),
        ("modified: „2026-10-02“",
         'expected a date with time and offset, found "2026-10-02"; it is in typographic quotation marks („ “)',
         "Write 2026-10-02T09:00:00+00:00."),
        ("draft: true", 'unknown key "draft"', "Write status: draft; to publish it, delete the line."),
        ("published: false", 'unknown key "published"',
         "Write status: draft to keep it unpublished; to publish it, delete the line."),
        ("description: Kurz", 'unknown key "description"', "Write summary: …"),
        ("categories: [x]", 'unknown key "categories"', "Write topics: [id], with ids of curation/topics.yaml."),
        ("redirect_from: /alt/", 'unknown key "redirect_from"', "Write aliases: [old/path.html]."),
        ("authors: [Eva Falk]", 'expected a slug (lower-case letters, digits, hyphens), found "Eva Falk"',
         'Did you mean "eva-falk"?'),
        ("authors: Eva Falk", 'expected a list, found "Eva Falk"', "Write it as a list: [eva-falk]."),
    ],
)  # fmt: skip
def test_what_was_meant_is_proposed(line: str, message: str, hint: str) -> None:
    """Typographic quotes, odd blanks, keys of other programs and names for ids: one error, with what to write."""
    required = "" if line.startswith("date") else "date: 2026-10-01T08:00:00+02:00"
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.parse_front_matter(
            "x.md", f"---\nuid: abcdef123456\ntitle: x\n{required}\n{line}\n---\n", FrontMatter
        )
    (problem,) = caught.value.problems
    assert (problem.line, problem.message, problem.hint) == (5, message, hint)


def test_an_indented_marker_in_a_registry_is_one() -> None:
    """In YAML no depth of the indent is code."""
    with pytest.raises(InvalidFileError) as caught:
        frontmatter.decode_text("curation/people.yaml", b"- id: a\n  links:\n      <<<<<<< HEAD\n")
    assert caught.value.problems[0].line == 3
