import pytest

from tests.edition.rules.test_rules import found, post


@pytest.mark.parametrize(
    "line",
    ["@Eva-Falk: Ja.", "@eva_falk (0:05): Ja.", "@eva-falk(0:05): Ja.", "@eva-falk (0.05): Ja.", "@eva-falk:Ja.",
     "@eva-falk : Ja.", "@eva-falk (0:05) Ja.", "@niemand (vorhin): Ja.", "@Frau.Falk: Ja."],
)  # fmt: skip
def test_what_was_meant_as_a_turn_is_told(line: str) -> None:
    """A mark that is mistyped would else be printed, and its words be put into the mouth of who spoke before."""
    (misfit,) = found(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}"))
    assert misfit.line == 22
    assert "is no mark of a turn" in misfit.message
    assert "at the start of the line" in misfit.hint


@pytest.mark.parametrize(
    "line",
    ["@eva@social.example sagt es.", "@x:y ist keiner", "@eva-falk hat recht.", "`@eva-falk:`", "```\n@Eva: Ja.\n```"],
    ids=["address", "no-name", "mention", "code", "fence"],
)
def test_other_at_signs_are_no_turns(line: str) -> None:
    """Whoever is mentioned or addressed does not speak."""
    assert found(post("interview", hosts=("anna-berg",), body=f"@anna-berg: Warum?\n\n{line}")) == []


def test_time_codes_may_stand_still_and_be_left_out() -> None:
    """Only those that are there are compared; two turns may begin in one second."""
    body = "@anna-berg (1:05): Warum?\n\n@eva-falk: Darum.\n\n@anna-berg (1:05): So?\n\n@eva-falk (1:00:00): So."
    assert found(post("interview", hosts=("anna-berg",), body=body)) == []


def test_a_draft_may_have_turns_without_text() -> None:
    """The questions may stand before the answers do; a heading ends a turn that says nothing."""
    body = "@anna-berg: Warum gerade das?\n\n@eva-falk:\n\n## Später"
    assert [one.line for one in found(post("interview", hosts=("anna-berg",), body=body))] == [22]
    assert found(post("interview", hosts=("anna-berg",), body=body, status="draft")) == []


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("==Eins== und ==zwei==", []),
        ("==Eins\nbis zwei==", []),
        ("Wenn a == b ist, `x==y`.", []),
        ("Kein ==Ende\n\nund noch ==eines", [20, 22]),
        ("Eins\nzwei== drei", [21]),
    ],
    ids=["pairs", "over-lines", "no-marks", "two-open", "never-begun"],
)
def test_a_pull_quote_ends_where_its_paragraph_does(said: str, lines: list[int]) -> None:
    """Each mark has its partner; the line of the one that has none is told."""
    assert [one.line for one in found(post("interview", body=f"@eva-falk: {said}"))] == lines
