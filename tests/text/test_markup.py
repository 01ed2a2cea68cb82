from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.markup import remove_blocks, strip_markdown


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Ein *schräges* und **fettes** _Wort_, ***beides***.", "Ein schräges und fettes Wort, beides."),
        ("Kolleg*innen und Nutzer*innen", "Kolleg*innen und Nutzer*innen"),
        ("3 * 4 * 5, ein_langer_name", "3 * 4 * 5, ein_langer_name"),
        ("`a*b*` und `` ` `` und `<b>`", "a*b* und ` und <b>"),
        (r"\*kein Stern\* und \[keine Klammer\]", "*kein Stern* und [keine Klammer]"),
        ("A &amp; B &lt; C&nbsp;D", "A & B < C D"),
        ("<anna@werk.example> und <https://a.example/b_c_d>", "anna@werk.example und https://a.example/b_c_d"),
        ("[Ein [Wort]](https://a.example/x_(y)) und ![Bild](b.png)[da][1][^2].", "Ein [Wort] und da."),
        ("*Text*{: .lead} mit { Klammern } und{: .lead}", "Text mit { Klammern } und{: .lead}"),
        ("<b class='a'>Fett</b> <script>alert(1)</script>und<br>neu", "Fett und neu"),
        ("==Der Satz== und a == b", "Der Satz und a == b"),
        ("==Ein *Wort*==, u==v==w und /?u==v==w, ein ==", "Ein Wort, u==v==w und /?u==v==w, ein =="),
        ("&copy 2027, &copy; 2028, &#169;, <mailto:ada@a.example>", "&copy 2027, © 2028, ©, ada@a.example"),
        ("**„Mast“**ende und Mast**„bau“**, 3 * 4 * 5", "„Mast“ende und Mast„bau“, 3 * 4 * 5"),
        ("Ein Zeichen \ue0a0 und \U0001fae9 \ufdd0", "Ein Zeichen \ue0a0 und \U0001fae9"),
        ("**Ganz *tief* drin**", "Ganz tief drin"),
    ],
)  # fmt: skip
def test_inline_marks_are_taken_off(markdown: str, text: str) -> None:
    """Words stay as readers see them: emphasis, links and tags go, code and what is no mark stays."""
    assert strip_markdown(markdown) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("- eins\n- zwei", "eins\nzwei"),
        ("1. eins\n2. zwei", "eins\nzwei"),
        ("1) eins\n2) zwei", "1) eins\n2) zwei"),
        ("12. 8. war es\n\n1.\teins\n2.\tzwei", "12. 8. war es\n\neins\nzwei"),
        ("·\teins\n·\tzwei", "eins\nzwei"),
        ("[Mast][m], [Seil] [m], [m][], [Tau][t]\n\n[m]: /m", "Mast, Seil, m, [Tau][t]\n\n[m]: /m"),
        ("3. Oktober 2024: Es beginnt.", "3. Oktober 2024: Es beginnt."),
        ("Es war im\n3. Quartal\n- nicht früher", "Es war im\n3. Quartal\n- nicht früher"),
        ("```\n# Code\n\n- x\n```\nText", "\n\n\n\n\nText"),
        ("Oben\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\nText", "Oben\n\n\n\n\nText"),
        ("Siehe [Werk] und [dies].\n\n[werk]: https://a.example/", "Siehe Werk und [dies].\n\n[werk]: https://a.example/"),
    ],
)  # fmt: skip
def test_a_body_is_reduced_to_prose(body: str, text: str) -> None:
    """Code and tables go, items of lists lose their marks, links in short form become text."""
    assert remove_blocks(body) == text


@given(st.text("ab *_`<>[](){}!&#;\\=.:\n-|"))
def test_any_text_is_read(text: str) -> None:
    """The result is on one line, and has no letter that was not there, but those of an entity."""
    result = strip_markdown(remove_blocks(text))
    assert "\n" not in result
    assert set(re.findall("[ab]", result)) <= set(text)


@pytest.mark.parametrize(
    "part", ["[", "![", "[x](", "*a", "_", "`", "` a ", "<a", "<script", "&", "[[", "|-", "{:", "\\", "- ", "](("]
)
def test_a_long_text_is_read_in_one_pass(part: str) -> None:
    """Unfinished marks are looked for once, or this would take hours."""
    body = part * (100_000 // len(part))
    assert isinstance(strip_markdown(remove_blocks(body)), str)
    assert isinstance(remove_blocks("\n".join(body)), str)
