from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import yaml
from kuratorium.errors import UsageError
from kuratorium.intake.sources import yaml_edit

NEW = "https://neu.example/feed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- id: a\n  feed: http://a.example   # alt\n", f"- id: a\n  feed: {NEW}   # alt\n"),
        ("- id: a\n  feed:   'http://a.example'\n  x: 1", f"- id: a\n  feed:   '{NEW}'\n  x: 1"),
        ('- {id: a, feed: "http://a.example"}  # ä€😀\n', f'- {{id: a, feed: "{NEW}"}}  # ä€😀\n'),
        ("# ä€😀\r\n- id: ü😀\r\n  feed: alt\r\n# Ende\r\n", f"# ä€😀\r\n- id: ü😀\r\n  feed: {NEW}\r\n# Ende\r\n"),
        ("- id: a\n  feed: >-\n    http://a.example\n  x: 1\n", f"- id: a\n  feed: {NEW}\n  x: 1\n"),
        ("- id: a\n  feed: &f http://a.example\n", f"- id: a\n  feed: &f {NEW}\n"),
        ("[{id: a, feed: http://a.example}]", f"[{{id: a, feed: {NEW}}}]"),
        ("\ufeff- id: a\n  feed: alt\n", f"\ufeff- id: a\n  feed: {NEW}\n"),
        ("- id: a\n  feed: |\n    alt", f"- id: a\n  feed: {NEW}"),
    ],
)
def test_one_scalar_changes_and_nothing_else(before: str, after: str) -> None:
    """The value is replaced in the same quotes; comments, blanks, line ends and all other bytes stay."""
    assert yaml_edit.replace_scalar(before, (0, "feed"), NEW, "x.yaml") == after


@pytest.mark.parametrize("value", ["a, b", "#1", "x: y", "it's", '"', "no", "12", "a\\b", "ä", "[x]", "- y"])
@pytest.mark.parametrize("old", ["x", "'x'", '"x"'])
def test_the_value_is_quoted_if_necessary(value: str, old: str) -> None:
    """Whatever the value is, it is read back unchanged, in block style and in flow style."""
    for text in (f"- id: a\n  feed: {old}\n  b: 1\n", f"- {{id: a, feed: {old}, b: 1}}\n"):
        assert yaml.load_yaml(yaml_edit.replace_scalar(text, (0, "feed"), value, "x.yaml")) == [
            {"id": "a", "feed": value, "b": 1}
        ]


def test_an_alias_is_not_changed() -> None:
    """A value that an alias shares is not changed; the error names its line."""
    for index in (0, 1):
        with pytest.raises(UsageError, match=rf"x\.yaml:2: feed cannot be changed .* write {NEW} there by hand"):
            yaml_edit.replace_scalar("- id: a\n  feed: &f alt\n- id: b\n  feed: *f\n", (index, "feed"), NEW, "x.yaml")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_text(value: str) -> None:
    """Any text without control characters can be inserted, beside characters of any width."""
    text = "# ä😀\n- id: '😀'\n  feed: alt # ü\n  name: ö\n"
    try:
        whole = yaml_edit.replace_scalar(text, (0, "feed"), value, "x.yaml")
    except UsageError:  # YAML cannot write the text without escapes
        assert not value.isprintable()
    else:
        assert yaml.load_yaml(whole) == [{"id": "😀", "feed": value, "name": "ö"}]
        assert whole.startswith("# ä😀\n- id: '😀'\n  feed: ")
        assert whole.endswith(" # ü\n  name: ö\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("null\n", "- id: b\n"),
        ("# Quellen\n~\n", "# Quellen\n\n- id: b\n"),
        ("---\nnull # noch keine\n", "---\n\n- id: b\n# noch keine\n"),
    ],
)
def test_a_list_takes_the_place_of_null(before: str, after: str) -> None:
    """A file that says that it has no entries gets its first one, and keeps its comments."""
    assert yaml_edit.append_entries(before, [{"id": "b"}], "x.yaml") == after


def test_a_document_that_ends_is_not_added_to() -> None:
    """Below the mark for the end of a document there is no list to add to; the error says what to do."""
    with pytest.raises(UsageError, match=r'x\.yaml cannot be added to: end it with its last entry, without a "\.\.\."'):
        yaml_edit.append_entries("- id: a\n...\n", [{"id": "b"}], "x.yaml")
