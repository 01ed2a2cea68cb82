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


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("&lt;p&gt;Eins &lt;b&gt;zwei&lt;/b&gt;&lt;/p&gt;", "Eins zwei"),
        ("&amp;lt;p&amp;gt;Eins zwei&amp;lt;/p&amp;gt;", "Eins zwei"),
        ("&amp;amp;lt;p&amp;amp;gt;Eins &amp;amp;amp; zwei&amp;amp;lt;/p&amp;amp;gt;", "Eins & zwei"),
        ("<p>&lt;div class='x'&gt;Eins&lt;/div&gt; zwei&lt;br /&gt;</p>", "Eins zwei"),
        ("Eins &lt;a href='https://a.example/'&gt;zwei&lt;/a&gt;, drei", "Eins zwei, drei"),
        ("Eins &lt;img src='a.jpg' /&gt;zwei", "Eins zwei"),
        ("Eins &lt;br&gt; zwei &lt;br&gt; drei", "Eins zwei drei"),
        (
            "<p>März &amp;amp; April, 5&amp;nbsp;% &amp;#8211; &amp;uuml;ber</p>",
            "März & April, 5 % – über",
        ),
        ("<![CDATA[<p>Eins</p>]]>", "Eins"),
        ("&lt;![CDATA[&lt;p&gt;Eins&lt;/p&gt;]]&gt;", "Eins"),
        ("<p>Eins</p>]]>", "Eins"),
        ("&lt;p&gt;Eins&lt;figcaption&gt;Foto&lt;/figcaption&gt;&lt;/p&gt;", "Eins"),
    ],
)
def test_markup_that_was_escaped_too_often(markup: str, text: str) -> None:
    """No text shows the tags, references and CDATA marks that programs on the way have escaped once more."""
    assert plain_text.html_to_text(markup) == text
    assert plain_text.to_plain_text(markup.replace("<p>", "").replace("</p>", "")) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Warum &lt;p&gt; kein &lt;div&gt; ist", "Warum <p> kein <div> ist"),
        ("&lt;blink&gt; kehrt zurück", "<blink> kehrt zurück"),
        ("<p>So: <code>&lt;p&gt;Text&lt;/p&gt;</code></p>", "So: <p>Text</p>"),
        ("<pre>&lt;p&gt;&amp;amp;&lt;/p&gt;</pre>", "<p>&amp;</p>"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("R&amp;D", "R&D"),
        ("Eins &lt;br&gt; zwei", "Eins <br> zwei"),
        ("Warum &lt;b&gt;fett&lt;/b&gt; aus der Mode ist", "Warum <b>fett</b> aus der Mode ist"),
        ("Das Ende von &lt;b&gt;fett&lt;/b&gt;", "Das Ende von <b>fett</b>"),
    ],
)
def test_a_text_about_markup_stays(markup: str, text: str) -> None:
    """A text that names tags, or shows code, is not read as markup."""
    assert plain_text.html_to_text(markup) == text


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
