from __future__ import annotations

from kuratorium.desk.word_count import count_note_words
from tests.publishing.makers import document

QUOTATION = "> Gesagt ist gesagt.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/x)\n"


def test_own_and_quoted_words_are_counted_apart():
    """Quoted words are counted by the address that the line below the quotation links to; without a link, under ""."""
    other = "> Noch etwas.\n> — Zettel: <https://zettel.example/y>\n"
    unattributed = "> Von irgendwem.\n"
    count = count_note_words(
        document(f"Vier eigene Wörter hier.\n\n{QUOTATION}\nUnd.\n\n{other}\nUnd.\n\n{unattributed}")
    )
    assert count.own_words == 6
    assert count.quoted_by_work == {"https://amtsblog.example/x": 3, "https://zettel.example/y": 2, "": 2}
    assert (count.quoted_words, count.max_quoted_words) == (7, 3)


def test_quotations_in_lists_and_in_quotations_are_counted():
    """A quotation in a list item is none of one's own words; one within a quotation counts for its own source."""
    body = (
        "Vier eigene Wörter hier.\n\n- > Eins.\n  > — A: [A](https://a.example/)\n- > Zwei drei.\n"
        "  > — B: [B](https://b.example/)\n\n> Vier.\n> > Fünf sechs sieben.\n> > — A: [A](https://a.example/)\n"
        "> Acht.\n> — C: [C](https://c.example/)\nZwei eigene."
    )
    count = count_note_words(document(body))
    assert count.own_words == 6
    assert count.quoted_by_work == {"https://a.example/": 4, "https://b.example/": 2, "https://c.example/": 2}
