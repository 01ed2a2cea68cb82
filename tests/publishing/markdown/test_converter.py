import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.model import Speaker
from kuratorium.edition.prose import find_own_paragraphs, find_quotations, find_turns
from kuratorium.edition.works import Work
from kuratorium.publishing.markdown.converter import MarkdownConverter, convert_inline_links, sanitize_html
from kuratorium.publishing.markdown.turns import Question, find_questions
from tests.publishing.makers import document, registry

WORK = Work(url="https://amt.example/a", title="A", lang="en")


def soup(body: str, **fields: object) -> BeautifulSoup:
    """Return the HTML of a body, parsed."""
    return BeautifulSoup(MarkdownConverter(registry()).convert(document(body, **fields)), "html.parser")


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
    """The attribution becomes the caption, its link the cite attribute, the work's language that of the quotation."""
    figure = soup(body, bookmark_of=(WORK,)).figure
    assert figure.blockquote.get_text(strip=True) == "Wort."
    assert (figure.blockquote["cite"], figure.blockquote["lang"]) == ("https://amt.example/a", "en")
    assert figure.figcaption.a["href"] == "https://amt.example/a"
    assert figure.figcaption.get_text() == "— Amt, Ada: A"


@pytest.mark.parametrize("address", ["https://amt.example/a", "http://www.amt.example/a/?utm_source=x"])
def test_links_to_a_work_say_its_language(address: str) -> None:
    """Links to a work have hreflang, however its address is spelled; other links have none."""
    body = f"[A]({address}) und [B](https://amt.example/b).\n\n> Wort.\n> — Amt: [A]({address})"
    body_soup = soup(body, bookmark_of=(WORK,))
    assert [link.get("hreflang") for link in body_soup("a")] == ["en", None, "en"]
    assert [link.get("lang") for link in body_soup("a")] == [None, None, "en"]
    assert body_soup.blockquote["lang"] == "en"


def test_each_of_several_quotations_keeps_its_own_source() -> None:
    """Two quotations with text between them are two figures."""
    body_soup = soup(
        "> Eins.\n> — [A](https://amt.example/a)\n\nDazwischen.\n\n> Zwei.\n> — [B](https://amt.example/b)"
    )
    assert [figure.blockquote["cite"][-1] for figure in body_soup("figure")] == ["a", "b"]


FIRST = "> Eins.\n> — Blatt: [A](https://amt.example/a)"
SECOND = "> Zwei.\n> — Amt: [B](https://amt.example/b)"


@pytest.mark.parametrize(
    "body",
    [
        f"{FIRST}\n\n{SECOND}",
        f"{FIRST}\n\n\n \n{SECOND}",
        f"{FIRST}\n{SECOND}",
        f"{FIRST}\n>\n{SECOND}",
        f"{FIRST}\n<!-- Anmerkung -->\n{SECOND}",
        f"{FIRST}\n\n<!-- Anmerkung -->\n\n{SECOND}",
        f"Vorab:\n{FIRST}\nDazwischen.\n\n{SECOND}",
        "- {}\n- {}".format(FIRST.replace("\n", "\n  "), SECOND.replace("\n", "\n  ")),
        "1. {}\n\n   {}".format(FIRST.replace("\n", "\n   "), SECOND.replace("\n", "\n   ")),
        "1. {}\n\n    {}".format(FIRST.replace("\n", "\n    "), SECOND.replace("\n", "\n    ")),
        "> Zwei.\n>\n> > Eins.\n> > — Blatt: [A](https://amt.example/a)\n>\n> — Amt: [B](https://amt.example/b)",
    ],
    ids=[
        "blank",
        "blanks",
        "nothing",
        "mark",
        "comment",
        "comment apart",
        "words",
        "items",
        "item",
        "item of 4",
        "nested",
    ],
)
def test_words_are_credited_to_their_own_source_only(body: str) -> None:
    """Each quotation with an attribution is a figure with its own words, whatever parts it from the one before."""
    figures = soup(body)("figure")
    credited = {}
    for figure in figures:
        quote = figure.find("blockquote", recursive=False)
        words = [p.get_text() for p in quote("p", recursive=False)]
        credited[quote["cite"][-1]] = (words, figure.find("figcaption", recursive=False).get_text())
    assert credited == {"a": (["Eins."], "— Blatt: A"), "b": (["Zwei."], "— Amt: B")}
    # Counted as they are shown.
    counted = {quotation.attribution[-2]: quotation.text for quotation in find_quotations(body)}
    assert counted == {"a": "Eins.", "b": "Zwei."}


def test_words_below_the_source_are_the_editors_own() -> None:
    """A line without a mark goes on with a quotation, but not behind the line that links to its source."""
    body_soup = soup(f"{FIRST}\nMeine Worte.")
    assert [element.name for element in body_soup.find_all(recursive=False)] == ["figure", "p"]
    assert body_soup.blockquote.get_text(strip=True) == "Eins."
    assert soup("> Eins,\nund weiter.").blockquote.get_text(strip=True) == "Eins,\nund weiter."


def test_a_quotation_without_attribution_stays_a_quotation() -> None:
    """Without a source there is no figure."""
    body_soup = soup("> Nur ein Satz.")
    assert body_soup.blockquote.get_text(strip=True) == "Nur ein Satz."
    assert body_soup.figure is None


def test_turns_become_blocks_by_speaker() -> None:
    """A marker begins a turn, what follows belongs to it, and blank lines between turns are optional."""
    body = "Vorrede.\n\n@ada (00:05): Warum?\n@gast-x (01:02:03): Darum.\n\nUnd noch etwas.\n\n## Später\n\nNachwort."
    body_soup = soup(body, format="interview", guests=(Speaker(name="Gast X"),), release="given")
    ask, answer = body_soup("div", class_="turn")
    assert (ask["class"], ask.b.string, ask["id"]) == (["turn", "turn-host"], "Ada Lamm", "t-5")
    assert (answer["class"], answer.b.string, answer["id"]) == (["turn", "turn-guest"], "Gast X", "t-3723")
    assert [p.get_text() for p in answer("p")[1:]] == ["Darum.", "Und noch etwas."]
    assert [element.name for element in body_soup.find_all(recursive=False)] == ["p", "div", "div", "h2", "p"]


def convert_interview(body: str, **fields: object) -> str:
    """Return the HTML of an interview with Ada as host and Ben as guest."""
    front = {"format": "interview", "hosts": ("ada",), "guests": ("ben",), "release": "given", **fields}
    return MarkdownConverter(registry()).convert(document(body, **front))


@pytest.mark.parametrize(
    "body",
    [
        "@ada: Warum?\n\n   @ben: Darum.",
        " @ada: Warum?\n  @ben: Darum.",
        "## Titel\n  @ada: Warum?",
        "- Punkt\n\n @ada: Warum?",
        "@ada: Warum?\n\n    @ben: Code.",
        "- Punkt\n\n  @ada: im Punkt",
    ],
)
def test_a_page_has_the_turns_of_the_transcript(body: str) -> None:
    """However they are indented: `check`, captions and page read the same markers."""
    body_soup = BeautifulSoup(convert_interview(body), "html.parser")
    shown = [turn.select("p")[1].get_text() for turn in body_soup.select("div.turn")]
    assert shown == [turn.text.partition("\n")[0] for turn in find_turns(body)]


def test_questions_have_anchors_and_make_a_table() -> None:
    """The last question of a host's turn counts; remarks, short follow-ups and a guest's questions do not."""
    html = convert_interview(
        "@ada: Ein Satz vorab. Woher hatten Sie „die *Leute*“?\n\n@ben: Was meinen Sie damit genau?\n\n"
        "@ada: Warum?\n\n@ada: Sie hätten verhandeln können.\n\n@ada (1:05): Und was kostet das heute?"
    )
    assert find_questions(html) == (
        Question("q-woher-hatten-sie-die-leute", "#1", "Woher hatten Sie „die Leute“?"),
        Question("t-65", "1:05", "Und was kostet das heute?"),
    )
    body_soup = BeautifulSoup(html, "html.parser")
    assert [element["id"] for element in body_soup.select("div.turn-question")] == [
        "q-woher-hatten-sie-die-leute",
        "t-65",
    ]
    assert [element["href"] for element in body_soup.select(".turn-question .turn-speaker a")] == [
        "#q-woher-hatten-sie-die-leute",
        "#t-65",
    ]
    assert len(body_soup("div", class_="turn")) == 5


def test_the_question_may_stand_in_a_later_paragraph() -> None:
    """The question may follow a paragraph of introduction; without Latin letters its anchor is its number."""
    assert [
        question.text
        for question in find_questions(convert_interview("@ada: Sie kennen das.\n\nWas haben Sie dann getan?"))
    ] == ["Was haben Sie dann getan?"]
    assert [question.anchor for question in find_questions(convert_interview("@ada: 何 何 何 何?"))] == ["q-1"]


@pytest.mark.parametrize(
    ("body", "anchors"),
    [
        ("@ada (0:05): Eins.\n\n@ben (0:05): Zwei.\n\n@ada (00:05): Drei.", ["t-5", "t-5-2", "t-5-3"]),
        ("@ada: Was heißt das genau?\n\n@ben: So.\n\n@ada: Was heißt das genau?", ["q-was-heisst-das-genau",
         "q-was-heisst-das-genau-2"]),
    ],
    ids=["times", "questions"],
)  # fmt: skip
def test_no_two_turns_share_an_anchor(body: str, anchors: list[str]) -> None:
    """Turns that begin in the same second, or ask the same question, have different anchors."""
    body_soup = BeautifulSoup(convert_interview(body), "html.parser")
    assert [element["id"] for element in body_soup("div", class_="turn") if element.get("id")] == anchors
    assert [element["href"][1:] for element in body_soup.select(".turn-speaker a")] == anchors


def test_words_are_pulled_out_where_they_were_said() -> None:
    """== marks sentences within the answer, with the markup in them; in code == is text."""
    body_soup = BeautifulSoup(
        convert_interview("@ben: Ich sagte: ==Ich gebe *nichts* frei.== Still war es, `a ==b== c`."), "html.parser"
    )
    (pull,) = body_soup.select("mark.pull")
    assert str(pull) == '<mark class="pull">Ich gebe <em>nichts</em> frei.</mark>'
    assert body_soup.div("p")[1].get_text() == "Ich sagte: Ich gebe nichts frei. Still war es, a ==b== c."


def test_a_note_has_no_turns() -> None:
    """Only in conversations @name: is a speaker."""
    assert soup("@ada: sagt nichts").div is None


def test_an_escaped_at_sign_is_shown() -> None:
    """A backslash keeps a line from being a turn, and is no part of the text or of a description."""
    body = "@ben: Ja.\n\n\\@ada: kein Turn."
    (turn,) = BeautifulSoup(convert_interview(body), "html.parser")("div", class_="turn")
    assert [p.get_text() for p in turn("p")[1:]] == ["Ja.", "@ada: kein Turn."]
    assert list(find_own_paragraphs(body)) == ["Ja.", "@ada: kein Turn."]


def test_code_keeps_its_at_signs() -> None:
    """Turns are not looked for in fenced code."""
    body_soup = soup("```\nx = 1\n@ada: kein Turn\n```", format="interview", guests=("ben",))
    assert "@ada: kein Turn" in body_soup.pre.get_text()
    assert body_soup.div is None


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
        ('<img src="https://fern.example/a.png" alt="ä">', '<img alt="ä">'),
        ('<img src="/\\fern.example/a.png">', "<img>"),
        ('<img src=" ht\ntps://fern.example/a.png">', "<img>"),
        ('<img src="{static}//fern.example/a.png">', "<img>"),
        ('<img src="a.png" srcset="https://fern.example/a.png 2x">', '<img src="a.png">'),
        ('<p class="lead embed" title="youtube:x">x</p>', '<p class="lead" title="youtube:x">x</p>'),
        ("<H1 lang='en'>x</h1>", '<h2 lang="en">x</h2>'),
        ('<a href="tel:+49301234">x</a>', '<a href="tel:+49301234">x</a>'),
        ('<a href="matrix:u/ada">x</a>', "<a>x</a>"),
    ],
    ids=[
        *("script", "javascript", "handler", "frame", "style", "internal link", "comment", "foreign picture"),
        *("backslash", "line break", "keyword", "srcset", "embed", "h1", "telephone", "matrix"),
    ],
)
def test_what_may_stand_in_a_body(html: str, left: str) -> None:
    """All HTML passes an allow-list without scripts, frames, styles and other schemes."""
    assert sanitize_html(html) == left


@given(st.text())
def test_no_body_smuggles_a_script(text: str) -> None:
    """Whatever an editor pastes, no element outside the allow-list is published."""
    html = MarkdownConverter(registry()).convert(document(f"<script>{text}\n\n<svg onload=x>{text}"))
    assert not BeautifulSoup(html, "html.parser")(["script", "svg", "iframe", "style", "form"])
    assert not re.search(r"<[^>]*\son\w+\s*=", html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "[Ina & Jo](https://a.example/x_(y)?a=1&b), via <Amt>",
            '<a href="https://a.example/x_(y)?a=1&amp;b">Ina &amp; Jo</a>, via &lt;Amt&gt;',
        ),
        ("[x](javascript:alert(1)) [y]", "[x](javascript:alert(1)) [y]"),
        ('[x](https://a.example/"onclick=)', '<a href="https://a.example/&#34;onclick=">x</a>'),
        ("Ina Jahn", "Ina Jahn"),
        ("[Ina [ij] Jahn](https://a.example/)", '<a href="https://a.example/">Ina [ij] Jahn</a>'),
        ("<https://a.example/?a&b>", '<a href="https://a.example/?a&amp;b">https://a.example/?a&amp;b</a>'),
        ("<javascript:alert(1)>", "&lt;javascript:alert(1)&gt;"),
    ],
)
def test_a_credit_may_hold_a_link(text: str, html: str) -> None:
    """A link in Markdown is one on the page; all else is text, and no other scheme passes."""
    assert convert_inline_links(text) == html
