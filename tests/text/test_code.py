from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.code import blank_code, blank_code_blocks, find_fences


@pytest.mark.parametrize(
    ("body", "blanked"),
    [
        ("a\n\n```\nb\n~~~\n```\n\nc", "a\n\n\n\n\n\n\nc"),
        ("~~~~ python\nb\n~~~\nc\n~~~~\nd", "\n\n\n\n\nd"),
        ("```\nnever closed", "```\nnever closed"),
        ("- a\n  ```\n  b\n  ```\n- c", "- a\n\n\n\n- c"),
        ("- a\n\n\t~~~\n\tb\n\t~~~", "- a\n\n\n\n"),
        ("> ```\n> b\n> ```\n> c", "\n\n\n> c"),
        ("> ```\n> b\n\nc\n```\nd\n```", "> ```\n> b\n\nc\n\n\n"),
        ("a\n\n    b\n\n\tc\n\nd", "a\n\n\n\n\n\nd"),
        ("- a\n\n    b", "- a\n\n    b"),
        ("a\n    b", "a\n    b"),
    ],
    ids=[
        "fence",
        "longer-fence",
        "unclosed-fence",
        "in-an-item",
        "in-a-paragraph-of-an-item",
        "quoted",
        "unclosed-in-a-quotation",
        "indented",
        "below-a-list-item",
        "lazy-line",
    ],
)
def test_blocks_of_code_are_blanked(body: str, blanked: str) -> None:
    """Fenced and indented code goes; text below an item of a list, or within a paragraph, is no code."""
    assert blank_code_blocks(body) == blanked


@pytest.mark.parametrize(
    ("body", "blanked"),
    [
        ("a `b` c", "a  c"),
        ("a ``b ` c`` d", "a  d"),
        ("a `b\nc` d", "a \n d"),
        ("a `b ``c", "a `b ``c"),
        (r"a \`b` c", r"a \`b` c"),
        (r"a \\`b` c", r"a \\ c"),
        ("`a\n\nb`", "`a\n\nb`"),
    ],
    ids=["one", "two", "across-lines", "unclosed", "escaped", "escaped-backslash", "across-paragraphs"],
)
def test_spans_of_code_are_blanked(body: str, blanked: str) -> None:
    """A span ends at a run of as many backticks, within its paragraph."""
    assert blank_code(body) == blanked


@given(st.text("ab`~\\ \t\n-1.", max_size=80))
def test_lines_stay_where_they_are(body: str) -> None:
    """Whatever a body holds, what follows code keeps its line."""
    assert blank_code(body).count("\n") == body.count("\n")


def test_a_fence_is_closed_by_as_many_marks() -> None:
    """A fence ends with as many marks of its kind or more, at its level; one that nothing closes is named."""
    lines = ["~~~~ sh", "```", "~~~", "~~~~~", "", "1. ```", "   x", "   ```", "", "```", "> ```", "``` x"]
    fences, unclosed = find_fences(lines)
    assert [(fence.start, fence.end, fence.words) for fence in fences] == [(0, 3, " sh"), (5, 7, "")]
    assert unclosed == [9, 10, 11]
