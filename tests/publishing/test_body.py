import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.model import Speaker, Work
from kuratorium.publishing.body import Converter, allowed
from tests.publishing.makers import document, registry

WORK = Work(url="https://amt.example/a", title="A", lang="en")


def soup(body: str, **fields: object) -> BeautifulSoup:
    """A body as readers get it."""
    return BeautifulSoup(Converter(registry()).convert(document(body, **fields)), "html.parser")


@pytest.mark.parametrize(
    "body",
    [
        "> Wort.\n> — Amt, Ada: [A](https://amt.example/a)",
        "> Wort.\n>\n> — Amt, Ada: [A](https://amt.example/a)",
        "> Wort.\n> -- Amt, Ada: [A](https://amt.example/a)",
    ],
    ids=["same paragraph", "own paragraph", "two hyphens"],
)
def test_a_quotation_carries_its_source(body: str) -> None:
    """The attribution line becomes the caption, the link the cite, the work's language the quotation's."""
    figure = soup(body, bookmark_of=(WORK,)).figure
    assert figure.blockquote.get_text(strip=True) == "Wort."
    assert (figure.blockquote["cite"], figure.blockquote["lang"]) == ("https://amt.example/a", "en")
    assert figure.figcaption.a["href"] == "https://amt.example/a"
    assert figure.figcaption.get_text() == "— Amt, Ada: A"


def test_each_of_several_quotations_keeps_its_own_source() -> None:
    """Two quotations with a text between them are two figures."""
    found = soup("> Eins.\n> — [A](https://amt.example/a)\n\nDazwischen.\n\n> Zwei.\n> — [B](https://amt.example/b)")
    assert [figure.blockquote["cite"][-1] for figure in found("figure")] == ["a", "b"]


def test_a_quotation_without_attribution_stays_a_quotation() -> None:
    """Nothing is invented where no source is named."""
    found = soup("> Nur ein Satz.")
    assert found.blockquote.get_text(strip=True) == "Nur ein Satz."
    assert found.figure is None


def test_turns_become_sections_by_speaker() -> None:
    """A marker names the speaker once; what follows belongs to the turn; blank lines between turns are optional."""
    body = "Vorrede.\n\n@ada (00:05): Warum?\n@gast-x (01:02:03): Darum.\n\nUnd noch etwas.\n\n## Später\n\nNachwort."
    found = soup(body, format="interview", guests=(Speaker(name="Gast X"),), release="given")
    ask, answer = found("section")
    assert (ask["class"], ask.b.string, ask["id"]) == (["turn", "turn-host"], "Ada Lamm", "t-5")
    assert (answer["class"], answer.b.string, answer["id"]) == (["turn", "turn-guest"], "Gast X", "t-3723")
    assert [p.get_text() for p in answer("p")[1:]] == ["Darum.", "Und noch etwas."]
    assert [one.name for one in found.find_all(recursive=False)] == ["p", "section", "section", "h2", "p"]


def test_a_note_has_no_turns() -> None:
    """Only conversations read @name: as a speaker."""
    assert soup("@ada: sagt nichts").section is None


def test_code_keeps_its_at_signs() -> None:
    """A fenced block is not cut into turns."""
    found = soup("```\nx = 1\n@ada: kein Turn\n```", format="interview", guests=("ben",))
    assert "@ada: kein Turn" in found.pre.get_text()
    assert found.section is None


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>alert(1)</script>x", "x"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<img src="a.png" alt="ä" onerror="x">', '<img src="a.png" alt="ä">'),
        ('<iframe src="https://fern.example"></iframe>x', "x"),
        ("<p style='color:red' id='t'>x</p>", '<p id="t">x</p>'),
        ('<a href="{filename}/pages/x.md#y">x</a>', '<a href="{filename}/pages/x.md#y">x</a>'),
        ("<!-- still -->x", "x"),
    ],
    ids=["script", "javascript", "handler", "frame", "style", "internal link", "comment"],
)
def test_what_may_stand_in_a_body(html: str, left: str) -> None:
    """What we publish passes an allow-list: no script, no frame, no style, no foreign scheme."""
    assert allowed(html) == left


@given(st.text())
def test_no_body_smuggles_a_script(text: str) -> None:
    """Whatever an editor pastes, no element outside the allow-list comes out."""
    html = Converter(registry()).convert(document(f"<script>{text}\n\n<svg onload=x>{text}"))
    assert not BeautifulSoup(html, "html.parser")(["script", "svg", "iframe", "style", "form"])
    assert not re.search(r"<[^>]*\son\w+\s*=", html)
