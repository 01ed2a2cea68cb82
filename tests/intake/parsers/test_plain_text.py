from __future__ import annotations

import html

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>eins</p><p>zwei</p>", "eins zwei"),
        ("Wort<b>teil</b>", "Wortteil"),
        ("a<br/>b", "a b"),
        ("&lt;b&gt; &amp; &uuml;", "<b> & ü"),
        ("<script>x()</script><style>p{}</style>da", "da"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_text_of_html(markup: str, text: str) -> None:
    """The text that a reader sees stays, and blocks are separated by a space."""
    assert plain_text.html_to_text(markup) == text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Die Rückkehr von <i> und <b>", "Die Rückkehr von <i> und <b>"),
        ("I <3 you", "I <3 you"),
        ("M&A; mehr", "M&A; mehr"),
        ("<em>sehr</em> gut", "sehr gut"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ('<img src="x" onerror="y()">Bild', "Bild"),
    ],
)
def test_plain_text_stays(field: str, text: str) -> None:
    """Plain text stays as it is; only text with unmistakable markup is read as markup."""
    assert plain_text.to_plain_text(field) == text


@given(st.text())
def test_clean_text_is_one_visible_line(text: str) -> None:
    """A clean text is one line without control characters, direction controls or halves of surrogate pairs."""
    cleaned = plain_text.clean_text(text)
    assert cleaned == " ".join(cleaned.split())
    assert not set(cleaned) & {"\x00", "\x1b", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud800", "\n"}
    assert cleaned.encode().decode() == cleaned
    assert plain_text.clean_text(cleaned) == cleaned


def test_truncated_text() -> None:
    """A text that is cut ends with "…"; one that fits stays as it is."""
    assert plain_text.truncate_words("eins zwei, drei", 2) == "eins zwei …"
    assert plain_text.truncate_words("eins zwei", 2) == "eins zwei"


def test_a_text_is_cut_after_characters_too() -> None:
    """A limit in words holds for a text without blanks, such as a Chinese one; a limit in characters cuts at a word."""
    assert plain_text.truncate_words("字" * 9_000, 60) == "字" * 1_199 + "…"
    assert plain_text.shorten("drei kurze Worte", 16) == "drei kurze Worte"
    assert plain_text.shorten("drei kurze, lange Worte", 16) == "drei kurze …"
    assert plain_text.shorten("Donaudampfschifffahrt und mehr", 10) == "Donaudamp…"


@pytest.mark.parametrize(
    ("code", "whole", "primary"), [("de_DE", "de-DE", "de"), ("EN", "en", "en"), ("deutsch", "", ""), ("", "", "")]
)
def test_language_codes(code: str, whole: str, primary: str) -> None:
    """Language codes are written as in BCP 47; any other text gives an empty code."""
    assert (plain_text.normalize_language(code), plain_text.get_primary_language(code)) == (whole, primary)


PIECES = (
    *("<p>", "</p>", "<p class='a > b'>", "<br/>", "<b>", "</b>", "<a href=x>", '<a href="x?a=1&b=<2>">', "</a>"),
    *("<img alt='it' src=x>", "<td>", "<iframe src='x'></iframe>", "<!-- more -->", "<script>x</script>"),
    *("<title>t</title>", "word", "two words", " ", "&amp;", "&lt;p&gt;", "&nbsp;", "&#8211;", "a < b", "a<3"),
    *("'", '"', "=", "&", "<", ">", "\u00e4"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_well_formed_markup_needs_no_parser(markup: str) -> None:
    """If the tags are stripped without an HTML parser, the text is the same as with one."""
    quick = plain_text._strip_tags(markup)
    spaced = plain_text._BLOCK_TAG_START.sub(" <", markup)
    parsed = html.unescape(nh3.clean(spaced, tags=set(), clean_content_tags=plain_text._HIDDEN_ELEMENTS))
    assert quick is None or plain_text.clean_text(html.unescape(quick)) == plain_text.clean_text(parsed)


def test_captions_of_pictures_are_no_text() -> None:
    """What describes a picture is left out: figcaption, WordPress's older captions and alternative texts."""
    figure = '<figure><img alt="Rathaus" src="a.jpg"><FIGCAPTION class="x">Foto: <b>Amt</b></FIGCAPTION></figure>'
    assert plain_text.html_to_text(f"<p>Eins</p>{figure}<p>Zwei</p>") == "Eins Zwei"
    assert plain_text.html_to_text('Eins<p class="wp-caption-text">Foto</p>Zwei') == "Eins Zwei"
    assert plain_text.html_to_text(figure) == ""
    assert plain_text.html_to_text("Eins <figcaption>nie geschlossen") == "Eins nie geschlossen"
    for hostile in ("<figcaption>" * 20_000 + "x", "<p " + "wp-caption-text " * 20_000 + ">x", "<p>" * 20_000 + "x"):
        assert plain_text.html_to_text(f"{hostile}<figcaption>") == "x"


@pytest.mark.parametrize(
    "caption",
    [
        '<table class="tr-caption-container"><tr><td class="tr-caption" style="x">Foto</td></tr></table>',
        "<div class='image-caption'>Foto</div>",
        '<p><span class="media caption">Foto</span></p>',
        '[caption id="a1" width="300"]<img src="a.jpg"> Foto[/caption]',
        '<p><a href="a.jpg"><img src="a.jpg"></a><br /><em>Foto</em></p>',
        "<p> <img src='a.jpg'> <small>Foto</small> </p>",
    ],
    ids=["Blogger", "div", "span", "short code", "italics", "small"],
)
def test_captions_of_many_programs_are_no_text(caption: str) -> None:
    """A caption is left out, whatever marks it; the text below it stays."""
    assert plain_text.html_to_text(f"{caption}<p>Eins.</p>") == "Eins."
    assert plain_text.html_to_text(caption) == ""


@pytest.mark.parametrize(
    "markup",
    [
        "<p><img src='a.jpg'><em>Eins</em> und zwei.</p>",
        "<p>Eins</p><p><img src='a.jpg'><em>und zwei.</em></p>",
        '<p class="no-captions">Eins und zwei.</p>',
        '<div class="captioned">Eins und zwei.</div>',
        "[caption ist hier kein Zeichen] Eins und zwei.",
    ],
)
def test_texts_beside_pictures_stay(markup: str) -> None:
    """Words that are more than a caption, or stand within the text, are the author's."""
    assert plain_text.html_to_text(markup).replace("[caption ist hier kein Zeichen] ", "") == "Eins und zwei."


def test_characters_of_newer_unicode_stay() -> None:
    """Characters that Python's table does not know yet stay; tag characters, surrogates and non-characters go."""
    assert (
        plain_text.clean_text("\U0001fae9 M\u00fcde \U0001fbfb\U0001face")
        == "\U0001fae9 M\u00fcde \U0001fbfb\U0001face"
    )
    assert plain_text.clean_text("a\U000e0041\U000e0001\U000e007fb\udfff\ufffe\U0010ffff\ufdd0") == "ab"


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b\u200d", "\ufe0f\u0301", "\u3164\u2800", "\u00a0\u2028", "\u2066\u00ad"]
)
def test_blank_texts(text: str) -> None:
    """A text is blank if none of its characters shows anything."""
    assert plain_text.is_blank(text)
    assert not plain_text.is_blank(f"{text}–")
