from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.markdown.excerpt import extract_first_sentence
from tests.publishing.makers import document, registry

CONVERTER = MarkdownConverter(registry())


def extract(body: str, **meta: object) -> str:
    """Return the first sentence of a body as its page shows it."""
    return extract_first_sentence(CONVERTER.convert(document(body, **meta)))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("Der [Mast][m] und das [Seil] [s] hält.\n\n[m]: https://a.example\n[s]: /b", "Der Mast und das Seil hält."),
        ("Ein [Mast][] und [Seil].\n\n[mast]: /a\n[seil]: /b", "Ein Mast und Seil."),
        ("Das **„Seil“**ende und **Mast.**bau.", "Das „Seil“ende und Mast.bau."),
        ("u==v==w und https://a.example/?u==v", "u==v==w und https://a.example/?u==v"),
        ("2. 3. 2027 wird gebaut.", "2. 3. 2027 wird gebaut."),
        ("31. 10. war Halt.", "31. 10. war Halt."),
        ("31. 10. Tag des Masts.", "31. 10. Tag des Masts."),
        ("1. Mastbauer Tannrode steht.", "1. Mastbauer Tannrode steht."),
        ("2027. Das war es.", "2027. Das war es."),
        ("24. 12. Abend\n25. 12. Morgen", "24. 12. Abend"),
        ("7. Bezirk von Tannrode.", "7. Bezirk von Tannrode."),
        ("1. Mast\n2. Seil", "Mast"),
        ("- **Mast**, alt\n    - Seil\n- Tau", "Mast, alt"),
        ("·\tMast\n·\tSeil", "Mast"),
        ("Masten (alt)\n\n- eins", "Masten (alt)"),
        ("|u|v|\n|--|--|\n|1|2|3|\n\nEin Mast.", "Ein Mast."),
        ("|u\\|w|v|\n|--|--|\n|`1|2`|2|\n\nEin Mast.", "Ein Mast."),
        ("|u|v|w|\n|--|--|\n\nEin Mast.", "|u|v|w| |--|--|"),
        ("&copy 2027 und &copy; 2028, <mailto:ada@a.example>", "&copy 2027 und © 2028, ada@a.example"),
        ("Mast {: .c } und {.d}", "Mast {: .c } und {.d}"),
        ("*Mast*{: .c } steht", "Mast steht"),
        ("> Fremd.\n> — A: [T](https://a.example)\n\nEigen.", "Eigen."),
        ("<blockquote><p>Fremd.</p></blockquote>\n\nEigen.", "Eigen."),
        ("## Kopf\n\n![Bild](b.png)\n\n[[youtube:abcdefghijk]]\n\nMast<br>und[^1] Tau\n\n[^1]: Fuß.", "Mast und Tau"),
        ("Ein Kabel zu 3 m<sup>2</sup>.", "Ein Kabel zu 3 m2."),
        ("```\nnur Code\n```\n\n## Kopf", "nur Code"),
        ("> Fremd.\n\n[^1]: Fuß.", ""),
        ("<details><summary>Mast</summary>\n<p>Seil</p></details>", "Mast"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_description_is_the_text_of_the_page(body: str, sentence: str) -> None:
    """The first sentence has the words that the page shows, whatever marks were meant or not."""
    assert extract(body) == sentence


def test_a_description_names_no_speaker() -> None:
    """Of a conversation, it is what is said first."""
    body = "@ada (0:10): Warum **Masten**? Weil.\n\n@ada: Ja."
    assert extract(body, format="interview", hosts=("ada",)) == "Warum Masten?"


@settings(max_examples=200)
@given(st.text("ab *_`<>[](){}!&#;\\=.:\n-|1", max_size=60))
def test_a_description_holds_nothing_that_the_page_does_not_show(body: str) -> None:
    """Each of its words is one of the page."""
    page = BeautifulSoup(CONVERTER.convert(document(body)), "html.parser").get_text(" ")
    sentence = extract(body).removesuffix(" …")
    number, _, words = sentence.partition(". ")
    letters = (words if number.isdecimal() else sentence).replace(" ", "")
    assert letters in "".join(page.split())
