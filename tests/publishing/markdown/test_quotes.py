import pytest
from bs4 import BeautifulSoup

from kuratorium.edition.prose import find_quotations
from kuratorium.publishing.markdown.converter import MarkdownConverter
from tests.publishing.makers import document, registry

CREDIT = "— Amtsblog: [Titel](https://amtsblog.example/x)"


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
