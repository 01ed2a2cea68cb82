from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import prose
from kuratorium.edition.prose import Quotation

# A line of Markdown that may hold anything but a line end, and a comment may swallow what follows.
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n")).filter(lambda line: "<!--" not in line)


def own(body: str) -> list[str]:
    """Collect the own paragraphs of a body."""
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
def test_own_words_are_told_from_all_else(body: str, paragraphs: list[str]) -> None:
    """Quotations with all that belongs to them, headings, comments and markers are not the writer's prose."""
    assert own(body) == paragraphs


@given(st.lists(LINES, max_size=5))
def test_quoted_lines_are_never_own_words(lines: list[str]) -> None:
    """Nothing behind a > counts, whatever it is."""
    assert prose.count_own_words("\n".join(f"> {line}" for line in lines)) == 0


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(LINES.filter(str.strip), max_size=3))
def test_own_words_beside_a_quotation_are_counted_without_it(quoted: list[str], lazy: list[str]) -> None:
    """Between two own paragraphs a quotation, even one that goes on without its mark, adds no word."""
    quotation = "\n".join([*(f"> {line}" for line in quoted), *(f"x{line}" for line in lazy)])
    assert prose.count_own_words(f"Davor steht dies.\n\n{quotation}\n\nDanach das.") == 5
    assert prose.count_own_words(f"Davor steht dies.\n{quotation}") == 3


def test_words_are_counted_as_people_count() -> None:
    """A hyphen, an apostrophe or a point within keeps a word one; dashes and signs are none."""
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
def test_an_address_is_no_word_of_ones_own(body: str, number: int) -> None:
    """A link alone says nothing; within a sentence its text is part of what is said."""
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
def test_the_first_sentence_is_whole(body: str, sentence: str) -> None:
    """It keeps its closing quotes, and no abbreviation and no ordinal ends it."""
    assert prose.extract_first_sentence(body) == sentence


def test_a_long_sentence_is_cut_at_a_word() -> None:
    """Within the limit, without a comma at its end, and marked."""
    assert prose.extract_first_sentence("Erstens das, zweitens dies und drittens jenes.", 14) == "Erstens das …"


@given(st.text())
def test_the_first_sentence_is_short_and_of_one_line(body: str) -> None:
    """Whatever the body: at most the limit and its mark, and no line break."""
    sentence = prose.extract_first_sentence(body, 40)
    assert len(sentence) <= 42
    assert "\n" not in sentence


def test_a_quotation_knows_its_place_its_words_and_its_source() -> None:
    """Comments keep their lines; the attribution is the last line, if it begins with a dash."""
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
    """What else Unicode calls a line end breaks no quotation and shifts no line number."""
    assert own(f"> Zitat{separator}noch Zitat") == []
    assert next(prose.find_quotations(f"a{separator}b\n\n> Zitat")).line == 2
    assert next(prose.find_turns(f"a{separator}b\n\n@anna-berg: Ja.")).line == 2


def test_turns_give_line_speaker_time_and_text() -> None:
    """A turn begins a line: @, an id, perhaps a time, a colon and a space; an address is none. It ends at a heading."""
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
    ("said", "question"),
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
def test_what_is_asked_in_a_turn(said: str, question: str) -> None:
    """The last question of at least four words; a mere «Why?» leans on the answer before it."""
    assert prose.find_last_question(said) == question
