from __future__ import annotations

import pytest

from kuratorium.desk import check
from kuratorium.publishing.urls import Paths
from tests.editions import TinyEdition


@pytest.mark.parametrize(
    ("link", "is_dead"),
    [
        ("[x](nirgends.md)", True),
        ("[x](nirgends.html)", True),
        ("![x](nirgends.png)", True),
        ("[x](blatt.example/a)", True),
        ("[x](/notizen/nirgends.html)", True),
        ("[x](../curation/policy.yaml)", True),
        ("[x](erste-notiz.html)", True),
        ("[x](../notizen/erste-notiz.html)", False),
        ("[x](notizen/erste-notiz.html)", True),
        ("[x](impressum.html)", True),
        ("[x](/impressum)", True),
        ("[x](erste-notiz)", True),
        ("[x](../impressum.html)", False),
        ("[x](content/pages/impressum.md)", False),
        ("[x](2020)", False),
        ("[3]: Dritte Strophe", False),
        ('[x](<../pages/impressum.md> "T")', False),
        ("[x](/notizen/erste-notiz.html#a)", False),
        ("[x](../notizen/frueher.html)", False),
        ("[x](../themen/open-source.html)", False),
        ("[x](../kalender.ics)", False),
        ("[x](../pages/impressum.md)", False),
        ("[x](www.blatt.example)", False),
        ("[x](anna@blatt.example)", False),
        ("`[x](nirgends.md)`", False),
    ],
)
def test_a_link_that_leads_nowhere_is_a_warning(tiny: TinyEdition, link: str, is_dead: bool) -> None:
    """Files, pages of posts, lists and former addresses exist; all else is reported with its line, once."""
    tiny.note("alias", aliases=["notizen/frueher.html"])
    tiny.essay("verweist", body=f"Erstens.\n\nSiehe {link}.")
    result = check.run_checks(tiny.root, build_paths=Paths)
    assert result.errors == ()
    assert [(problem.file, problem.line) for problem in result.warnings] == (
        [("content/essays/verweist.md", 11)] if is_dead else []
    )


def test_a_draft_may_have_dead_links(tiny: TinyEdition) -> None:
    """It is not finished."""
    tiny.essay("entwurf", body="[x](nirgends.md)", status="draft")
    assert check.run_checks(tiny.root).warnings == ()
