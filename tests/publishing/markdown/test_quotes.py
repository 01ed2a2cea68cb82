import pytest
from bs4 import BeautifulSoup

from kuratorium.edition.prose import find_own_paragraphs, find_quotations, find_source_address
from kuratorium.publishing.markdown.converter import MarkdownConverter
from tests.publishing.makers import document, registry

CREDIT = "— Amtsblog: [Titel](https://amtsblog.example/x)"
HERE, THERE = "[Hier](https://hier.example/a)", "[Dort](https://dort.example/b)"


def list_credits(body: str) -> list[tuple[str, str]]:
    """Return the words and the address of the source of each credited quotation on the page."""
    soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser")
    return [(figure.blockquote.get_text(" ", strip=True), figure.blockquote["cite"]) for figure in soup("figure")]


def list_counted_credits(body: str) -> list[tuple[str, str]]:
    """Return the words of each quotation and the address of its source as `check` reads them."""
    return [(quotation.text, find_source_address(quotation.attribution)) for quotation in find_quotations(body)]


@pytest.mark.parametrize(
    "quoted",
    [
        "> - Rad\n> - Bus",
        "> 1. Rad\n> 2. Bus",
        "> | a | b |\n> |---|---|\n> | Rad | Bus |",
        "> Dabei:\n> - Rad\n> - Bus",
    ],
)
def test_a_credit_below_a_list_or_table_is_the_quotations(quoted: str) -> None:
    """The line that names the source is no word of the last item or cell, also without a blank line before it."""
    soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(f"{quoted}\n> {CREDIT}")), "html.parser")
    assert soup.figcaption.get_text() == "— Amtsblog: Titel"
    assert "Amtsblog" not in soup.blockquote.get_text()
    assert soup.blockquote["cite"] == "https://amtsblog.example/x"


def test_a_quoted_sentence_with_a_link_is_no_credit() -> None:
    """A line with a dash whose sentence goes on behind its link is quoted, as a turn in a dialogue."""
    body = f"> Ein Wort.\n>\n> — Ein Satz, der [dies](https://a.example/y) erwähnt.\n>\n> Ende.\n> {CREDIT}"
    soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser")
    assert [p.get_text() for p in soup.blockquote("p")] == ["Ein Wort.", "— Ein Satz, der dies erwähnt.", "Ende."]
    assert [quotation.attribution for quotation in find_quotations(body)] == [CREDIT]


@pytest.mark.parametrize("end", ["", ".", ", 3. Mai 2024", " (aus dem Englischen)", " in der Beilage"])
def test_a_credit_may_go_on_behind_its_link(end: str) -> None:
    """A date, a bracket or a place behind the link belongs to the credit, which ends the quotation."""
    body = f"> Eins.\n> {CREDIT}{end}\n> Zwei.\n> {CREDIT}"
    soup = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser")
    assert [caption.get_text() for caption in soup("figcaption")] == [f"— Amtsblog: Titel{end}", "— Amtsblog: Titel"]


@pytest.mark.parametrize("dash", ["—", "–", "―", "--", "---", "&mdash;", "&ndash;", "&#8212;", "&#x2015;"])
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "lazy"])
def test_any_dash_begins_a_credit(dash: str, mark: str) -> None:
    """All dashes, also as entities of HTML, begin the line of a source, with or without the mark of a quotation."""
    body = f"> Eins.\n{mark}{dash} {HERE}\n> Zwei.\n{mark}{dash} Blatt, Ada: {THERE}"
    expected = [("Eins.", "https://hier.example/a"), ("Zwei.", "https://dort.example/b")]
    assert list_credits(body) == list_counted_credits(body) == expected


@pytest.mark.parametrize(
    "credit",
    [
        "— <https://hier.example/a>",
        "— [Hier](<https://hier.example/a>)",
        "— Blatt: [Hier][1]",
        "— Blatt: [hier ort][]",
        "— [Hier Ort]",
        "—Blatt: [Hier](https://hier.example/a)",
        "—[Hier](https://hier.example/a)",
    ],
)
def test_any_link_leads_to_the_source(credit: str) -> None:
    """The page and `check` find the address of every kind of link, also of one that is defined further down."""
    body = f"> Wort.\n> {credit}\n\nEigenes.\n\n[1]: https://hier.example/a\n[Hier Ort]: <https://hier.example/a> 'T'"
    assert list_credits(body) == list_counted_credits(body) == [("Wort.", "https://hier.example/a")]


@pytest.mark.parametrize("blank", ["\u200b", "\ufeff", "\xa0", "\u200e "])
def test_blanks_that_nobody_sees_hide_no_credit(blank: str) -> None:
    """Pasted text has them before the dash; the words would be credited to the source below."""
    body = f"> Eins.\n> {blank}— {HERE}{blank}\n> Zwei.\n> {blank}— {THERE}"
    expected = [("Eins.", "https://hier.example/a"), ("Zwei.", "https://dort.example/b")]
    assert list_credits(body) == list_counted_credits(body) == expected


def test_a_dialogue_and_a_credit_of_two_lines_are_quoted_as_one() -> None:
    """Dashes begin turns that are no names, and a name may stand above the link to the work."""
    body = f"> — Ja.\n> — Und nein, Eva.\n> — Eva Falk, komm!\n> Eva lacht.\n> — Eva Falk\n> — {HERE}"
    assert list_counted_credits(body) == [
        ("— Ja. — Und nein, Eva. — Eva Falk, komm! Eva lacht. — Eva Falk", "https://hier.example/a")
    ]
    assert len(list_credits(body)) == 1


def test_an_address_with_brackets_is_whole() -> None:
    """Addresses of Wikipedia may end with a bracket."""
    body = "> Wort.\n> — [Amt](https://hier.example/Amt_(Recht))"
    assert list_credits(body) == list_counted_credits(body) == [("Wort.", "https://hier.example/Amt_(Recht)")]


def test_a_quotation_within_another_has_a_credit_of_its_own() -> None:
    """Both name their sources; that of the inner one stands above words of the outer one, and is none of theirs."""
    inner, outer = "— Ina: [I](https://i.example/)", "— Otto: [O](https://o.example/)"
    body = f"> Otto schreibt:\n>\n> > Innen.\n> > {inner}\n>\n> Außen.\n> {outer}"
    page = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser")
    assert [quote["cite"] for quote in page.find_all("blockquote")] == ["https://o.example/", "https://i.example/"]
    assert [credit.get_text() for credit in page.find_all("figcaption")] == ["— Ina: I", "— Otto: O"]


def test_a_lazy_credit_is_that_of_the_outermost_quotation() -> None:
    """A line without marks that links to a source ends all quotations above it, and own words may follow."""
    body = f"> Eins.\n> > Zwei.\n— {HERE}\nEigenes."
    assert list_credits(body) == list_counted_credits(body) == [("Eins. Zwei.", "https://hier.example/a")]
    assert [*find_own_paragraphs(body)] == ["Eigenes."]


@pytest.mark.parametrize(
    ("body", "credited", "doubtful_lines"),
    [
        (f"> — {HERE}:\n> Eins.\n>\n> — {THERE}:\n> Zwei.", [], [0]),
        (f"> — {HERE}\n> Eins.\n>\n> — {THERE}\n> Zwei.", [], [0]),
        (f"> — {HERE}\n> Eins.\n> — {THERE}", [], [0]),
        (f"> Eins.\n> — {HERE}\n>\n> — {THERE}:\n> Zwei.", [("Eins.", "https://hier.example/a")], [3]),
        (f"> Eins.\n>\n> — {HERE}:\n> Zwei.\n>\n> — {THERE}", [], [0]),
        (f"> — {HERE}:\n\n> Eins.\n> — {THERE}", [("Eins.", "https://dort.example/b")], [0]),
        (f"> Eins.\n> — Hiermine Ort\n> Zwei.\n> — {THERE}", [], [0]),
        (f"> Eins.\n> — Hiermine Ort, Blatt\n> Zwei.\n> — {THERE}", [], [0]),
        (f"> Eins.\n>\n> — Amt, www.hier.example\n>\n> Zwei. Hier.\n> — {THERE}", [], [0]),
    ],
    ids=[
        "colons",
        "no colons",
        "on both sides",
        "behind a credit",
        "in the middle",
        "apart",
        "a name",
        "a name and more",
        "an address",
    ],
)
def test_a_source_above_its_words_is_credited_with_none(
    body: str, credited: list[tuple[str, str]], doubtful_lines: list[int]
) -> None:
    """Nothing says where the words of a source above them end: the page shows the lines as they are written."""
    assert list_credits(body) == credited
    assert [quotation.line for quotation in find_quotations(body) if quotation.has_source_above] == doubtful_lines
    text = BeautifulSoup(MarkdownConverter(registry()).convert(document(body)), "html.parser").get_text(" ", strip=True)
    assert text.index("Hier") < text.index("Dort")
    assert "Eins." in text
