from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import prose
from kuratorium.edition.prose import Quotation

# Any line of Markdown, except one that opens a comment, which would swallow the lines below.
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n")).filter(lambda line: "<!--" not in line)


def find_paragraphs(body: str) -> list[str]:
    """Return the own paragraphs of a body."""
    return list(prose.find_own_paragraphs(body))


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("Eins zwei.\n\nDrei.", ["Eins zwei.", "Drei."]),
        ("Eins\nzwei.", ["Eins zwei."]),
        ("# Überschrift\n\nEigenes.", ["Eigenes."]),
        ("Überschrift\n===\n\nEigenes.\n\n\nNoch eine\n---\nDanach.", ["Eigenes.", "Danach."]),
        ("<!-- Hinweis\n\nzwei Zeilen -->\nEigenes.", ["Eigenes."]),
        ("Eigenes. <!-- nie geschlossen\n\nWeg.", ["Eigenes."]),
        ("> Zitat.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/)\n\nEigenes.", ["Eigenes."]),
        ("> Zitat,\ndas weitergeht.\n\nEigenes.", ["Eigenes."]),
        ("Eigenes:\n> Zitat,\ndas weitergeht.", ["Eigenes:"]),
        ("> Zitat\n\u00a0\nin Markdown keine leere Zeile", []),
        ("@anna-berg (12:30): Warum?\n\n@eva-falk: Darum.", ["Warum?", "Darum."]),
        ("[[youtube:abc]]\n\n***\n\n{: .klasse}\n\n[1]: https://amtsblog.example/\n\n[^1]: Fußnote.", []),
        ("[Text](https://amtsblog.example/a_(b)) und ![Bild](bild.png)", ["Text und"]),
        ("[Text][1], *schräg*, **fett**, `code`, <b>HTML</b>[^1]", ["Text, schräg, fett, code, HTML"]),
        ("ein_langer_name bleibt", ["ein_langer_name bleibt"]),
        ("", []),
    ],
    ids=[
        "paragraphs", "lines", "heading", "underlined", "comment", "open-comment", "quotation", "lazy",
        "quotation-below", "no-break-space", "turns", "markers", "links", "inline", "underscores", "nothing",
    ],
)  # fmt: skip
def test_own_paragraphs_are_distinguished_from_all_else(body: str, paragraphs: list[str]) -> None:
    """Quotations with their continuation lines, headings, comments and markers are not the writer's prose."""
    assert find_paragraphs(body) == paragraphs


@given(st.lists(LINES, max_size=5))
def test_quoted_lines_are_never_own_words(lines: list[str]) -> None:
    """No text behind a > counts."""
    assert prose.count_own_words("\n".join(f"> {line}" for line in lines)) == 0


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(LINES.filter(str.strip), max_size=3))
def test_own_words_beside_a_quotation_are_counted_without_it(quoted: list[str], lazy: list[str]) -> None:
    """A quotation between own paragraphs adds no word, even if it continues without its mark."""
    quotation = "\n".join([*(f"> {line}" for line in quoted), *(f"x{line}" for line in lazy)])
    assert prose.count_own_words(f"Davor steht dies.\n\n{quotation}\n\nDanach das.") == 5
    assert prose.count_own_words(f"Davor steht dies.\n{quotation}") == 3


def test_words_are_counted_as_people_count_them() -> None:
    """A word may contain a hyphen, an apostrophe or a point; dashes and other signs are no words."""
    assert prose.count_words("Open-Source-Software ist’s – 3.14 & mehr …") == 4
    assert prose.count_own_words("Eins zwei.\n\n> drei vier\n\nFünf.") == 3


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("[Ein Link](https://a.example/x)", 0),
        ("- [Ein Link](https://a.example/x_(y))\n- [Noch einer][1].", 0),
        ("https://a.example/eine/adresse\n\n<https://a.example/x>\n\nwww.a.example", 0),
        ("<p></p>\n&nbsp;", 0),
        ("[Diese Rechnung](https://a.example/x) stimmt.", 3),
        ("Siehe https://a.example/x dort.", 2),
    ],
    ids=["link", "list-of-links", "addresses", "entity", "link-in-a-sentence", "address-in-a-sentence"],
)
def test_an_address_is_not_a_word(body: str, number: int) -> None:
    """A link that stands alone has no own words; within a sentence, its text counts."""
    assert prose.count_own_words(body) == number


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Das ist gut. Mehr folgt.", "Das ist gut."),
        ("„Das ist gut.“ Mehr folgt.", "„Das ist gut.“"),
        ("»Das ist gut.« Mehr folgt.", "»Das ist gut.«"),
        ("Er fragt: „Wer zahlt?“ Niemand.", "Er fragt: „Wer zahlt?“"),
        ("„Wer zahlt?“, fragt er. Niemand.", "„Wer zahlt?“, fragt er."),
        ("Gut. „Sehr gut.“", "Gut."),
        ("Das trifft z. B. Behörden hart. Mehr folgt.", "Das trifft z. B. Behörden hart."),
        ("Am 3. Oktober ist frei. Mehr folgt.", "Am 3. Oktober ist frei."),
        ("Das war 2020. Mehr folgt.", "Das war 2020."),
        ("Dr. Vogt kam. Mehr folgt.", "Dr. Vogt kam."),
        ("Es gilt § 5 Abs. A. Mehr folgt nicht", "Es gilt § 5 Abs. A. Mehr folgt nicht"),
        ("> Zitat. Mehr.\n\n## Titel\n\nEigenes! Mehr.", "Eigenes!"),
        ("Ohne Punkt", "Ohne Punkt"),
        ("", ""),
    ],
    ids=[
        "point", "quoted", "guillemets", "question", "goes-on", "next-quoted", "abbreviation", "day", "year", "title",
        "letter", "own-only", "no-point", "nothing",
    ],
)  # fmt: skip
def test_the_first_sentence_is_complete(body: str, sentence: str) -> None:
    """It keeps its closing quotes; abbreviations and ordinal numbers do not end it."""
    assert prose.extract_first_sentence(body) == sentence


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            "Das [Werk](https://a.example/) von *Dr. Noll*[^1] zählt. Mehr.\n\n[^1]: Fuß.",
            "Das Werk von Dr. Noll zählt.",
        ),
        ("- **Erstens** das\n- zweitens", "Erstens das zweitens"),
        ("```\nmake site\n```\n\nSo geht es.", "So geht es."),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nSo geht es.", "So geht es."),
        ("[[youtube:abc]]\n\n> Zitat.\n> — Blatt, Gerd Hahn: [T](https://a.example/)\n\nEigenes.", "Eigenes."),
        ("@anna-berg (12:30): Kommen die *Kolleg*innen*?", "Kommen die Kolleg*innen?"),
        ("```\nnur Code\n```", "nur Code"),
    ],
    ids=["inline", "list", "code", "table", "embed-and-quotation", "turn", "code-only"],
)
def test_no_mark_of_markdown_reaches_a_description(body: str, sentence: str) -> None:
    """Links, emphasis, notes, lists, tables, code, turns and credits of quotations leave their words or nothing."""
    assert prose.extract_first_sentence(body) == sentence


def test_a_long_sentence_is_cut_at_a_word() -> None:
    """The cut is within the limit, without a comma at the end, and marked by an ellipsis."""
    assert prose.extract_first_sentence("Erstens das, zweitens dies und drittens jenes.", 14) == "Erstens das …"


@given(st.text())
def test_the_first_sentence_is_short_and_on_one_line(body: str) -> None:
    """For any body it has at most the limit and the ellipsis, and no line break."""
    sentence = prose.extract_first_sentence(body, 40)
    assert len(sentence) <= 42
    assert "\n" not in sentence


def test_a_quotation_has_line_words_and_source() -> None:
    """Comments count as lines; the last line is the attribution if it begins with a dash."""
    body = (
        "<!-- Hinweis\nin zwei Zeilen -->\n\n> Ein *Satz*,\nder weitergeht.\n>\n> — Amtsblog: [Das Werk](https://amtsblog.example/)"
        "\n\nDazwischen.\n\n> Ohne Quelle."
    )
    assert list(prose.find_quotations(body)) == [
        Quotation(3, "Ein Satz, der weitergeht.", "— Amtsblog: [Das Werk](https://amtsblog.example/)"),
        Quotation(10, "Ohne Quelle.", ""),
    ]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_only_a_newline_ends_a_line(separator: str) -> None:
    """Other line separators of Unicode end no quotation and shift no line number."""
    assert find_paragraphs(f"> Zitat{separator}noch Zitat") == []
    assert next(prose.find_quotations(f"a{separator}b\n\n> Zitat")).line == 2
    assert next(prose.find_turns(f"a{separator}b\n\n@anna-berg: Ja.")).line == 2


def test_a_turn_has_line_speaker_time_and_text() -> None:
    """Its marker begins a line: @, an id, perhaps a time code, a colon and a space. It ends at a heading."""
    body = (
        "Vorspann\n\n@anna-berg (12:30): Warum?\n\n@eva-falk: Darum.\n@x:y ist keiner\n<!--\n@weg: nein\n-->\n"
        "Noch\n\netwas.\n\n## Später\n\nNachwort.\n\n@zuletzt:"
    )
    assert list(prose.find_turns(body)) == [
        prose.Turn(2, "anna-berg", "12:30", "Warum?"),
        prose.Turn(4, "eva-falk", "", "Darum.\n@x:y ist keiner\n\n\n\nNoch\n\netwas."),
        prose.Turn(17, "zuletzt", "", ""),
    ]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("@ada: Warum?\n\n   @ben: Darum.", [0, 2]),
        ("  @ada (0:05): Warum?\n @ben: Darum.", [0, 1]),
        ("## Titel\n  @ada: Warum?", [1]),
        ("- Punkt\n\n @ada: Warum?", [2]),
        ("- Punkt\n\nAbsatz\n\n  @ada: Warum?", [4]),
        ("@ada: Warum?\n\n    @ben: Code.", [0]),
        ("@ada: Warum?\n\n\t@ben: Code.", [0]),
        ("- Punkt\n\n  @ada: im Punkt", []),
        ("1. Punkt\n   @ada: im Punkt", []),
    ],
    ids=["three", "two and one", "heading", "list", "behind a list", "code", "tab", "item", "numbered item"],
)
def test_a_turn_may_be_indented_by_up_to_three_blanks(body: str, lines: list[int]) -> None:
    """As for all paragraphs of Markdown; with more it is code, and in an item of a list it belongs to that."""
    assert [turn.line for turn in prose.find_turns(body)] == lines


@pytest.mark.parametrize(
    ("paragraph", "question"),
    [
        ("Mir fehlten die Leute. Woher hatten Sie die?", "Woher hatten Sie die?"),
        ("Was kostet das im Jahr? Und wer zahlt?", "Was kostet das im Jahr?"),
        ("Sie sagt: „Und wer ist unser Mensch?“", "Sie sagt: „Und wer ist unser Mensch?“"),
        ("Haben Sie z. B. Frau Dr. Imhoff gefragt?", "Haben Sie z. B. Frau Dr. Imhoff gefragt?"),
        ("Warum? Das wüsste ich gern.", ""),
        ("Sie hätten verhandeln können.", ""),
        ("", ""),
    ],
    ids=["after remarks", "the fuller one", "quoted", "abbreviations", "follow-up", "remark", "nothing"],
)
def test_the_question_of_a_turn_is_its_last_full_one(paragraph: str, question: str) -> None:
    """A full question has at least four words: a mere "Why?" makes no sense without the answer before it."""
    assert prose.find_last_question(paragraph) == question


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@anna-berg: Warum?", "Warum?"),
        ("@anna-berg (12:30): Warum?", "Warum?"),
        ("@anna-berg (12:30):\nWarum?", "Warum?"),
        ("@anna-berg:", ""),
        ("@anna-berg:Warum?", None),
        ("@anna-berg Warum?", None),
        ("@Anna: Warum?", None),
        (" @anna-berg: Warum?", None),
    ],
    ids=["plain", "timed", "own-line", "no-text", "no-space", "no-colon", "no-id", "indented"],
)
def test_a_turn_marker_begins_a_line_or_a_paragraph(text: str, rest: str | None) -> None:
    """One pattern serves lines of the source and paragraphs of the page, which may have the marker on its own line."""
    match = prose.TURN_MARKER.match(text)
    assert (text[match.end() :] if match else None) == rest
