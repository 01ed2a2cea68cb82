from __future__ import annotations

import pytest

from kuratorium.desk import check
from kuratorium.edition.model import PostFile, StandalonePage
from kuratorium.errors import Problem
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.urls import Paths
from tests.editions import POLICY, TinyEdition


def find_warnings(tiny: TinyEdition) -> tuple[Problem, ...]:
    """Return the warnings about anchors, as the command `check` finds them."""
    result = check.run_checks(
        tiny.root, build_paths=Paths, build_converter=lambda registry: MarkdownConverter(registry).convert
    )
    assert result.errors == ()
    return tuple(problem for problem in result.warnings if "no anchor" in problem.message)


BODY = (
    "## Was es kostet\n\nViel.[^1]\n\n## Was es *bringt*\n\nNoch mehr.\n{{#mehr}}\n\nSiehe {link}.\n\n[^1]: Sehr viel."
)


@pytest.mark.parametrize(
    ("link", "hint"),
    [
        ("[x](#h-was-es-kostet)", None),
        ("[x](#mehr)", None),
        ("[x](#fn:1)", None),
        ("[x](#main)", None),
        ("[x](#)", None),
        ("[x](#top)", None),
        ("`[x](#nirgends)`", None),
        ("[x](https://amt.example/#nirgends)", None),
        ("[x](zweiter.md#h-anderswo)", None),
        ("[x](zweiter.md)", None),
        ("[x](?a=1#h-mehr)", "Did you mean (#mehr)?"),
        ("[x](#was-es-kostet)", "Did you mean (#h-was-es-kostet)?"),
        ("[x](#Was%20es%20bringt)", "Did you mean (#h-was-es-bringt)?"),
        ('[x](#h-was-es-kosted "T")', "Did you mean (#h-was-es-kostet)?"),
        ("<a href='#fn:2'>x</a>", "Did you mean (#fn:1)?"),
        ("[x](zweiter.md#anderwso)", "Did you mean (#h-anderswo)?"),
        ("[x]({filename}zweiter.md#xyz)", "It has #h-anderswo."),
        ("[x](#qqqq)", "It has #h-was-es-bringt, #h-was-es-kostet, #mehr."),
    ],
)
def test_a_link_to_a_missing_anchor_is_a_warning(tiny: TinyEdition, link: str, hint: str | None) -> None:
    """Anchors of headings, words, footnotes and the theme exist; of others the nearest one is named, with the line."""
    tiny.essay("zweiter", body="## Anderswo\n\nText.")
    tiny.essay("verweist", body=BODY.format(link=link))
    found = find_warnings(tiny)
    assert [problem.hint for problem in found] == ([hint] if hint else [])
    for problem in found:
        text = (tiny.root / problem.file).read_text().split("\n")[problem.line - 1]
        assert text == f"Siehe {link}."
        assert problem.message.startswith("content/essays/zweiter.md has" if "zweiter" in link else "this page has")


def test_a_definition_of_a_link_is_looked_up_too(tiny: TinyEdition) -> None:
    """Short links have their target at the end of the text; on a page without anchors, the hint says what has some."""
    tiny.page("karte", body="Siehe [dort][1].\n\n[1]: #dort")
    (problem,) = find_warnings(tiny)
    assert problem.message == 'this page has no anchor "#dort"'
    assert problem.hint.startswith("Headings have anchors")


def test_a_draft_may_have_missing_anchors(tiny: TinyEdition) -> None:
    """It is not finished."""
    tiny.essay("entwurf", body="[x](#nirgends)", status="draft")
    assert find_warnings(tiny) == ()


def test_only_bodies_that_links_lead_to_are_converted(tiny: TinyEdition) -> None:
    """A check of a large edition converts no body for nothing."""
    tiny.essay("erster", body="## A\n\n[x](#h-a)")
    tiny.essay("zweiter", body="## B\n\n[x](https://amt.example/#b) [y](#)")
    converted = []

    def convert(text: PostFile | StandalonePage) -> str:
        converted.append(text.file)
        return '<h2 id="h-a">A</h2>'

    check.run_checks(tiny.root, build_converter=lambda _: convert)
    assert converted == ["content/essays/erster.md"]


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("[x](zweiter.html#h-anderswo)", None),
        ("[x](/essays/zweiter.html#h-anderswo)", None),
        ("[x](/essays/zweiter.html#main)", None),
        ("[x](https://weichenwerk.example/essays/zweiter.html#h-anderswo)", None),
        ("[x](/index.html#main)", None),
        ("[x](https://weichenwerk.example/#main)", None),
        ("[x](https://amt.example/essays/zweiter.html#fort)", None),
        ("[x](zweiter.html#fort)", "content/essays/zweiter.md"),
        ("[x](../essays/zweiter.html?a=1#fort)", "content/essays/zweiter.md"),
        ('<a href="/essays/zweiter.html#fort">x</a>', "content/essays/zweiter.md"),
        ("[x](/kurz#fort)", "content/essays/zweiter.md"),
        ("[x](https://weichenwerk.example/essays/zweiter.html#fort)", "content/essays/zweiter.md"),
        ("[x](/index.html#fort)", "/index.html"),
        ("[x](https://weichenwerk.example#fort)", "/"),
        ("[x](../themen.html#fort)", "../themen.html"),
    ],
)
def test_an_anchor_is_looked_up_by_address_too(tiny: TinyEdition, link: str, message: str | None) -> None:
    """The address of a post's page, whole or not, means the post; a list has only the anchors of the theme."""
    tiny.essay("zweiter", body="## Anderswo\n\nText.", aliases=["kurz"])
    tiny.essay("verweist", body=f"Erstens.\n\nSiehe {link}.")
    found = [(problem.line, problem.message) for problem in find_warnings(tiny)]
    assert found == ([(11, f'{message} has no anchor "#fort"')] if message else [])


def test_the_policy_names_anchors_that_exist(tiny: TinyEdition) -> None:
    """Search engines follow them; the line is that of the policy, and the nearest heading is proposed."""
    tiny.write("content/pages/regeln.md", "---\ntitle: Regeln\n---\n\n## Fehler\n\nWir berichtigen.\n")
    tiny.yaml("policy", {**POLICY, "principles": {"publishing": "regeln", "corrections": "regeln#h-fehler"}})
    assert find_warnings(tiny) == ()
    tiny.yaml("policy", {**POLICY, "principles": {"publishing": "regeln#main", "corrections": "regeln#h-fehlern"}})
    (problem,) = find_warnings(tiny)
    assert (problem.file, problem.field) == ("curation/policy.yaml", "principles.corrections")
    assert problem.message == 'content/pages/regeln.md has no anchor "#h-fehlern"'
    assert problem.hint == "Did you mean #h-fehler?"
    assert (tiny.root / problem.file).read_text().splitlines()[problem.line - 1].strip().startswith("corrections:")
