import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.prose import strip_markdown
from kuratorium.publishing.markdown.converter import MarkdownConverter, convert_short_markdown
from kuratorium.text.markup import find_marks_in_words
from tests.publishing.makers import document, registry

CONVERTER = MarkdownConverter(registry())


def convert(body: str, **fields: object) -> str:
    """Return the HTML of a paragraph, without its tags p."""
    return CONVERTER.convert(document(body, **fields)).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Leser*innen und Autor*innen", None),
        ("Leser_innen und Autor_innen", None),
        ("Leser:innen und Autor:innen", None),
        ("jede*r Bürger*in, Trans* und Inter*", None),
        ("2 * 3 * 4", None),
        ("*Leser*innen und Autor*innen*", "<em>Leser*innen und Autor*innen</em>"),
        ("_Leser_innen_ und **Autor*innen**", "<em>Leser_innen</em> und <strong>Autor*innen</strong>"),
        ("[Leser*innen](https://amt.example/a_b_c)", '<a href="https://amt.example/a_b_c">Leser*innen</a>'),
        ("un**glaub**lich *gut*", "un<strong>glaub</strong>lich <em>gut</em>"),
        ("Inter*, un**glaub**lich, 2 * 3 * 4 _a_ *b*",
         "Inter*, un<strong>glaub</strong>lich, 2 * 3 * 4 <em>a</em> <em>b</em>"),
    ],
)  # fmt: skip
def test_a_star_in_a_word_is_part_of_it(text: str, html: str | None) -> None:
    """Stars, underscores and colons of gendered words stay, also in emphasis; marks around words are emphasis."""
    assert convert(text) == (html or text)


GENDERED = [
    ("Gärtner**innen und Köch**innen", None),
    ("jede**r und keine**r", None),
    ("Gärtner***innen und Köch***innen", None),
    ("Gärtner__innen und Köch__innen", None),
    ("(Gärtner**innen), (Köch**innen)", None),
    ("Gärtner/*innen und Köch/*innen", None),
    ("Gärtner*-innen und Köch*-innen", None),
    ("Trans**, Inter** und alle", None),
    ("Gärtner**innen, **alle** Köch**innen", "Gärtner**innen, <strong>alle</strong> Köch**innen"),
    ("**Gärtner**innen** heute", "<strong>Gärtner**innen</strong> heute"),
    ("**Gärtner**innen und Köch**innen** heute", "<strong>Gärtner**innen und Köch**innen</strong> heute"),
    ("*Gärtner**innen* und Köch**innen", "<em>Gärtner**innen</em> und Köch**innen"),
    ("**Fett**er Text und **mehr**", "<strong>Fett</strong>er Text und <strong>mehr</strong>"),
    ("Köch**innen** betont", "Köch<strong>innen</strong> betont"),
    ("Teil**satz eins** betont", "Teil<strong>satz eins</strong> betont"),
    ("[Köch**innen](https://amt.example/) und Köch**innen",
     '<a href="https://amt.example/">Köch**innen</a> und Köch**innen'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "html"), GENDERED)
def test_several_stars_in_words_are_parts_of_them_too(text: str, html: str | None) -> None:
    """Two or three stars are emphasis within one word, not from one word to another; in a turn as in any body."""
    shown = html or text
    assert convert(text) == shown
    turn = convert(f"@ada (00:05): {text}.", format="interview", hosts=("ada",), release="given")
    assert f"<p>{shown}.</p>" in turn
    assert convert_short_markdown(text) == f"<p>{shown}</p>"
    assert strip_markdown(text) == re.sub(r"<[^>]+>", "", shown)


@pytest.mark.parametrize("text", ["a**", "**a", "a**b ", "a*-", "x/*in ", "a**innen ", "a***b**c* "])
def test_marks_are_read_in_linear_time(text: str) -> None:
    """However many marks a text has: this test ends at once."""
    assert find_marks_in_words(text * 40_000) is not None


@pytest.mark.parametrize("text", ["Leser*innen und Autor*innen", "Leser_innen", "Wenn a == b ist", "Bürger*in"])
def test_descriptions_keep_the_star_too(text: str) -> None:
    """Plain text of a body, as in descriptions and feeds, has the words as they are shown."""
    assert strip_markdown(f"*Alle* **{text}**") == f"Alle {text}"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Das ist ==sehr wichtig== für alle.", "Das ist <mark>sehr wichtig</mark> für alle."),
        ("==Alles== ist *==so==*.", "<mark>Alles</mark> ist <em><mark>so</mark></em>."),
        ("Wenn a == b und c == d ist", None),
        ("if a==b: x", None),
        ("==offen, a == b", None),
        ("==wenn a == b== dann", "<mark>wenn a == b</mark> dann"),
        ("=== und ==", None),
    ],
)
def test_words_are_highlighted_within_a_sentence(text: str, html: str | None) -> None:
    """== around words highlights them in every format; a comparison has spaces or letters on both sides, and stays."""
    assert convert(text) == (html or text)


@pytest.mark.parametrize(
    ("text", "is_pull"),
    [
        ("==Das ganze Amt.==", True),
        ("Vorher. ==Das ganze Amt.== Nachher.", True),
        ("Sie sagte: ==Das ganze Amt!==", True),
        ("Er nannte es ==das ganze Amt== und ging.", False),
        ("==Das ganze Amt== war da.", False),
        ("Es war ==das ganze Amt.== Nachher.", False),
    ],
)
def test_only_whole_sentences_become_a_pull_quote(text: str, is_pull: bool) -> None:
    """In a conversation, a highlighted sentence gets lines of its own; words within a sentence would tear it."""
    html = convert(f"@ada: {text}", format="interview", hosts=("ada",), release="given")
    assert ('<mark class="pull">' in html) is is_pull
    assert "<mark" in html


WORDS = st.lists(st.sampled_from(["a", "bc", "*", "**", "_", "==", "*d*", "e*", "*f", "g*h", "__i__", "j_k", "**l"]))


@given(WORDS)
def test_no_word_is_lost_between_marks(words: list[str]) -> None:
    """Whatever marks are open, closed or within words: every letter is shown."""
    shown = re.sub(r"<[^>]+>", "", CONVERTER.convert(document(" ".join(["x", *words]))))
    assert re.findall(r"\w", shown.replace("_", "")) == re.findall(r"\w", " ".join(["x", *words]).replace("_", ""))


def test_two_underscores_are_strong() -> None:
    """`__words__` are strong, and no underscore of them stays."""
    body = "Das ist __sehr wichtig__ und __init__."
    html = MarkdownConverter(registry()).convert(document(body))
    assert html == "<p>Das ist <strong>sehr wichtig</strong> und <strong>init</strong>.</p>"


def test_a_backslash_breaks_a_line() -> None:
    """As in CommonMark, a backslash at the end of a line does what two blanks do; in code it is one."""
    assert convert("Mast\\\nSeil  \nTau\\\\\nEnde\\") == "Mast<br>\nSeil<br>\nTau\\\nEnde\\"
    assert convert("`Mast\\\nSeil`") == "<code>Mast\\\nSeil</code>"
