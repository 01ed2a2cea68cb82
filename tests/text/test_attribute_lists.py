import pytest

from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.text.markup import strip_markdown
from tests.publishing.makers import document, registry


def convert(body: str) -> str:
    """Return the HTML of a note's body on one line."""
    return MarkdownConverter(registry()).convert(document(body)).replace("\n", "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Er blieb dabei.\n{Hinweis: Das stimmt so nicht.}", "{Hinweis: Das stimmt so nicht.}"),
        ("Ja, *gern*{seufzt}.", "</em>{seufzt}."),
        ("Als `Liste`{roh} gedacht", "</code>{roh}"),
        ("[Quelle](https://amtsblog.example/x){neu}", "</a>{neu}"),
        ("## Was heißt {Name}", "Was heißt {Name}</h2>"),
        ("| a | b |\n|---|---|\n| Ulm {nur Mitte} | 3 |", "<td>Ulm {nur Mitte}</td>"),
        ("> Ruhe!\n> {von hinten}", "{von hinten}"),
        ("Ende\n{% endraw %}", "{% endraw %}"),
        ("Zahl\n{: }", "{: }"),
        ("Vor *x*{#1 der Liste}", "{#1 der Liste}"),
    ],
)
def test_words_in_braces_are_text(body: str, words: str) -> None:
    """Only an attribute list is none: other words in braces stay, wherever Markdown would look for a list."""
    assert words in convert(body)
    assert "{" in strip_markdown(body)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Ein Satz.\n{: .klein lang=en }", '<p class="klein" lang="en">Ein Satz.</p>'),
        ("## Teil {#teil}", '<h2 id="teil">Teil</h2>'),
        ("Das *word*{lang=en}.", '<p>Das <em lang="en">word</em>.</p>'),
        ('Das *word*{: title="zwei Worte" }.', '<p>Das <em title="zwei Worte">word</em>.</p>'),
    ],
)
def test_attribute_lists_give_attributes(body: str, html: str) -> None:
    """Anchors, classes and pairs in braces are no words of the page, nor of plain text."""
    assert convert(body) == html
    assert "{" not in strip_markdown(body.removesuffix("{#teil}"))  # a heading is no text of a line
