import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, event, find, given, settings
from hypothesis import strategies as st
from markdown.extensions.sane_lists import SaneListExtension

from kuratorium.edition.loader import read_edition
from kuratorium.edition.works import Work
from kuratorium.publishing.markdown import converter
from kuratorium.publishing.markdown.converter import MarkdownConverter, sanitize_html
from kuratorium.publishing.markdown.plain import convert_plain_body
from kuratorium.slugs import slugify
from kuratorium.text.unsafe_characters import remove_unsafe_characters
from tests.editions import REPOSITORY
from tests.publishing.makers import document, registry

PYTHON_MARKDOWN = MarkdownConverter(registry(), converts_plain=False)
LANGUAGES = {"blatt.example/1": "en", "amt.example/a_b?x=1&y=2": "fr"}
WORKS = tuple(Work(url=f"https://{address}", title="Titel", lang=lang) for address, lang in LANGUAGES.items())
MIN_PLAIN_SHARE = 0.7  # of the sample edition's bodies; conversations and footnotes are none

# What a line may hold, each for a rule, and the gaps between them; then what has another rule, or none.
WORDS = (
    *("Ein Wort", "Nutzer*innen", "a_b", "*kursiv*", "**fett, b.**", "`code`", "`a[b]*c_`", "a = b", "~"),
    *("Ein\xa0Wort", "[Titel](https://a.example/x)", "[T & U](x)", "[T](https://amt.example/a_b?x=1&y=2)"),
    *("[*T*](x)", "R&D", "&", "3.5", "[wie]({filename}/pages/wie.md)", "[Muster]", "„Zitat“", "a -> b", "(c)"),
    *("#tag", "C#", "16. April", "2026.", "— ", "!", "(*e*),", "x**y**z", '"q" it\'s', "🙂", "@eva:"),
    *("**[T](https://blatt.example/1)**", "*a  \nb*"),
)  # fmt: skip
GAPS = (" ", " ", " ", " ", "", ".", "\n", "  \n", "\xa0", "*")
HOSTILE = (
    *("*", "**", "***", "_", "__", "`", "``", "```", "~~~", "[", "]", "](", "![", "[^1]", "[x]:", "[a] [b]", "("),
    *(")", "!", "\\", "\\*", "<", "<b>", "<br>", "<a@b.example>", ">", "&", "&amp;", "&#8238;", "&\u017f;", "|"),
    *("==", "===", "{", "}", "{#a}", "{: .b}", "#", "\n# ", "\n## K", "\n---\n", "\n- ", "\n* ", "\n• ", "\n1. "),
    *("\n3. ", "\n٣. ", "٣", "\n16. Mai", ":", "\n:   x", "\n    ", "\n  - n", "\n>", "\n> > n"),
    *("\n\n> a\n> \n> — b", "-- ", "– ", " ", "  ", "\t", "\r", "\x0b", "\x85", "\u2028", "\ufdd0", "\x02"),
    *("klzzwxh:0000", "[TOC]", "///Footnotes Go Here///", "[[youtube:x]]", "\n\n", "\n\n\n"),
)  # fmt: skip


def lines(words: tuple[str, ...] = WORDS, gaps: tuple[str, ...] = GAPS) -> st.SearchStrategy[str]:
    """Return a strategy for lines of words and marks; without a newline in `words` and `gaps`, for one line."""
    parts = st.tuples(st.sampled_from(words), st.sampled_from(gaps)).map("".join)
    return st.lists(parts, min_size=1, max_size=4).map(lambda chosen: "".join(chosen).strip(" *"))


LINE = lines(tuple(word for word in WORDS if "\n" not in word), tuple(gap for gap in GAPS if "\n" not in gap))
CREDIT = st.sampled_from(
    ("", "\n> — A, B: [T](https://blatt.example/1)", "\n> – A", "\n> — [T](https://amt.example/a_b?x=1&y=2)")
)
BLOCK = st.one_of(
    lines(),
    st.tuples(st.sampled_from(("## ", "### ", "###### ")), LINE, st.sampled_from(("", "\nText"))).map("".join),
    st.lists(LINE, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    ),
    st.tuples(
        st.lists(LINE, min_size=1, max_size=2).map(lambda quoted: "\n".join(f"> {line}" for line in quoted)), CREDIT
    ).map("".join),
)
PLAIN_BODY = st.lists(BLOCK, min_size=1, max_size=4).map("\n\n".join)


@st.composite
def hostile_bodies(draw: st.DrawFn) -> str:
    """Draw a plain body with up to two marks at any place that may give it another meaning, or a cut."""
    body = draw(PLAIN_BODY)
    for fragment in draw(st.lists(st.sampled_from(HOSTILE), max_size=2)):
        place = draw(st.integers(0, len(body)))
        body = body[:place] + fragment + body[place + draw(st.integers(0, 2)) :]
    return body


def convert_plain(body: str, languages: dict[str, str] | None = None) -> str | None:
    """Return the HTML of a body that is plain, after the allow-list."""
    counts: Counter[str] = Counter()

    def build_anchor(heading: str) -> str:
        anchor = f"h-{slugify(heading)}"
        counts[anchor] += 1
        return anchor if counts[anchor] == 1 else f"{anchor}_{counts[anchor] - 1}"

    html = convert_plain_body(remove_unsafe_characters(body), languages or {}, build_anchor)
    return None if html is None else sanitize_html(html)


def is_same(body: str, works: tuple[Work, ...] = ()) -> bool:
    """Return whether a body is plain; fails if python-markdown makes other HTML of it."""
    html = convert_plain(body, LANGUAGES if works else {})
    if html is not None:
        assert html == PYTHON_MARKDOWN.convert(document(body, bookmark_of=works)), body
    return html is not None


@settings(max_examples=300)
@given(body=st.one_of(PLAIN_BODY, hostile_bodies()), works=st.sampled_from(((), WORKS)))
def test_a_plain_body_has_the_html_of_python_markdown(body: str, works: tuple[Work, ...]) -> None:
    """Whatever a body holds, it has python-markdown's HTML, byte for byte, or is left to python-markdown."""
    event("plain" if is_same(body, works) else "left to python-markdown")


@settings(max_examples=300)
@given(st.lists(st.sampled_from((*WORDS, *HOSTILE, " ", "\n", "\n\n")), max_size=12).map("".join))
def test_any_marks_in_any_order_have_the_html_of_python_markdown(body: str) -> None:
    """Marks that form no block that an editor would write are no exception."""
    event("plain" if is_same(body) else "left to python-markdown")


def test_the_hostile_bodies_are_of_both_kinds() -> None:
    """The property above is of both: bodies that are plain although they hold a mark, and others."""
    without_shrinking = settings(phases=[Phase.generate])
    assert find(
        hostile_bodies(), lambda body: "*" in body and convert_plain(body) is not None, settings=without_shrinking
    )
    assert find(hostile_bodies(), lambda body: convert_plain(body) is None, settings=without_shrinking)


@pytest.mark.parametrize(
    "body",
    [
        "Ein Satz.\nEine zweite Zeile.\n\n\nEin Absatz.",
        "*Kursiv*, **fett** und (*beides*): Nutzer*innen, a_b, un**glaub**lich.",
        "[Titel](https://a.example/x_y?a=1&b=2#c), [wie]({filename}/pages/wie.md), [eckig] & `code_*x*`.",
        "**[Titel](https://a.example/)**, R&D -> 5 % und „Zitat“.",
        "## Kopf\n\nText.\n\n### Kopf\nText.\n\n###### Mit *Mark* & [Link](x)\n\n## Kopf",
        "## Von C nach C#\n\nText.\n\n## F# # G##\nText.",
        "- eins\n- **zwei:** Text\n\nText.\n\n1. eins\n2. zwei\n\nText.\n\n* a\n* b",
        "> Gesagt.\n> — Blatt, Eva: [Titel](https://blatt.example/1)\n\n> Ohne Quelle.",
        "Musterweg 7  \n99999 Tannrode",
        "16. April: Der Antrag.\n17. April: Die Antwort.\n\n#hashtag am Anfang.\n\n@eva sagt nichts.\n\n215 Leute.",
    ],
)
def test_what_most_bodies_hold_is_plain(body: str) -> None:
    """Paragraphs, emphasis, links, headings, lists, quotations, line breaks need no python-markdown."""
    assert is_same(body)
    assert is_same(body, WORKS)


@pytest.mark.parametrize(
    "body",
    [
        "Ein \\* Stern",
        "Ein <b>Wort</b>",
        "Ein ==Wort==",
        "Eine Fußnote[^1]\n\n[^1]: Ja.",
        "[[youtube:x]]",
        "![Bild]({static}/images/a.png)",
        "[Titel][x]\n\n[x]: https://a.example/",
        '[Titel](https://a.example/ "Titel")',
        "a | b\n--|--\n1 | 2",
        "```\ncode\n```",
        "    code",
        "- a\n    - b",
        "- a\n\n- b",
        "- a\nText",
        "Text\n- a",
        "3. a\n4. b",
        "7. Senat",
        "1. eins\n2. Mai",
        "• a\n• b",
        "a   \nb\u00a0\nc",
        "## a\n## b",
        "## a ##",
        "Kopf\n====",
        "***beides***",
        "*offen",
        "2 * 3",
        "## Kopf {#anker}",
        "&copy; und &#169;",
        "> a\n>\n> b",
        "> a\n> — [T](https://a.example/)\n> b",
        " ",
    ],
)
def test_what_has_no_rule_is_left_to_python_markdown(body: str) -> None:
    """Anything else is refused, also where a rule would be easy: it is not converted by guessing."""
    assert convert_plain(body) is None


def test_every_text_of_the_tests_has_the_html_of_python_markdown() -> None:
    """Whatever another test takes for a body, or writes into any file, is a body here."""
    bodies = set(find_literals(REPOSITORY / "tests"))
    bodies |= {path.read_text("utf-8", "replace") for path in (REPOSITORY / "tests").rglob("*.md")}
    assert len(list(filter(is_same, sorted(bodies)))) > len(bodies) / 4


def find_literals(folder: Path) -> Iterator[str]:
    """Yield the texts in the Python files below a folder."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_most_bodies_of_the_sample_edition_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample edition's pages keep their bytes, and most are made without python-markdown."""
    edition, _ = read_edition(REPOSITORY)
    texts = [*edition.post_files, *edition.standalone_pages]
    python_markdown = MarkdownConverter(edition.registry, converts_plain=False)
    expected = [python_markdown.convert(text) for text in texts]
    plain: list[str] = []

    def record(*arguments: object) -> str | None:
        html = convert_plain_body(*arguments)  # type: ignore[arg-type]
        plain.extend([] if html is None else [html])
        return html

    monkeypatch.setattr(converter, "convert_plain_body", record)
    with_plain = MarkdownConverter(edition.registry)
    assert [with_plain.convert(text) for text in texts] == expected
    assert len(plain) >= MIN_PLAIN_SHARE * len(texts)


def test_python_markdown_converts_what_only_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations, bodies beside extensions of plugins, and all bodies with the setting off."""
    monkeypatch.setattr(converter, "convert_plain_body", lambda *_: pytest.fail("converted as a plain body"))
    assert "<p>" in PYTHON_MARKDOWN.convert(document())
    assert "<p>" in MarkdownConverter(registry(), [SaneListExtension()]).convert(document())
    turns = document("@ada: Ja?", format="interview", guests=("ben",))
    assert "turn" in MarkdownConverter(registry()).convert(turns)


def test_headings_are_numbered_anew_when_python_markdown_takes_over() -> None:
    """Anchors of headings that were read before a body was refused are free again."""
    body = "## Kopf\n\nText.\n\n## Kopf\n\nEin \\* Stern."
    assert MarkdownConverter(registry()).convert(document(body)) == PYTHON_MARKDOWN.convert(document(body))
