import pytest

from tests.edition.rules.test_rules import check, post


@pytest.mark.parametrize(
    "line",
    ["@Eva-Falk: Ja.", "@eva_falk (0:05): Ja.", "@eva-falk(0:05): Ja.", "@eva-falk (0.05): Ja.", "@eva-falk:Ja.",
     "@eva-falk : Ja.", "@eva-falk (0:05) Ja.", "@niemand (vorhin): Ja.", "@Frau.Falk: Ja."],
)  # fmt: skip
def test_a_mistyped_marker_is_reported(line: str) -> None:
    """Otherwise it would be printed, and the words behind it attributed to the speaker before."""
    (violation,) = check(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}"))
    assert violation.line == 22
    assert "does not mark a turn" in violation.message
    assert "at the start of the line" in violation.hint


@pytest.mark.parametrize(
    "line",
    ["@eva@social.example sagt es.", "@x:y ist keiner", "@eva-falk hat recht.", "`@eva-falk:`", "```\n@Eva: Ja.\n```"],
    ids=["address", "no-name", "mention", "code", "fence"],
)
def test_other_at_signs_are_no_turns(line: str) -> None:
    """Addresses, mentions and code are not reported."""
    assert check(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}")) == []


def test_time_codes_may_be_equal_or_absent() -> None:
    """Only the time codes that exist are compared; two turns may begin in the same second."""
    body = "@anna-berg (1:05): Warum?\n\n@eva-falk: Darum.\n\n@anna-berg (1:05): So?\n\n@eva-falk (1:00:00): So."
    assert check(post("interview", hosts=("anna-berg",), body=body)) == []


def test_a_draft_may_have_turns_without_text() -> None:
    """In a draft, questions may wait for their answers; a heading ends a turn."""
    body = "@anna-berg: Warum gerade das?\n\n@eva-falk:\n\n## Später"
    assert [violation.line for violation in check(post("interview", hosts=("anna-berg",), body=body))] == [22]
    assert check(post("interview", hosts=("anna-berg",), body=body, status="draft")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("==Eins== und ==zwei==", []),
        ("==Eins\nbis zwei==", []),
        ("Wenn a == b ist, `x==y`.", []),
        ("Kein ==Ende\n\nund noch ==eines", [20, 22]),
        ("Eins\nzwei== drei", [21]),
    ],
    ids=["pairs", "over-lines", "no-marks", "two-open", "never-begun"],
)
def test_a_pull_quote_ends_where_its_paragraph_does(text: str, lines: list[int]) -> None:
    """A mark without a partner in its paragraph is reported with its line."""
    assert [violation.line for violation in check(post("interview", body=f"@eva-falk: {text}"))] == lines
