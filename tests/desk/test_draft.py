from gettext import NullTranslations

import markdown
import pytest
from bs4 import BeautifulSoup

from kuratorium.desk import draft
from kuratorium.edition import prose
from kuratorium.edition.model import Work
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY

THEME = REPOSITORY / "theme"


def uncommented(body: str) -> str:
    """Take the quotation out of the comment, as an editor does."""
    return "\n".join(line for line in body.splitlines() if line.startswith(">")).replace("…", "Das Zitat.")


@pytest.mark.parametrize(
    ("lang", "says"), [("de", "Warum lohnt"), ("de-AT", "Warum lohnt"), ("en", "Why is"), ("fr", "Why is")]
)
def test_guide_speaks_the_sites_language(lang, says):
    """The comment is written in the site's language; English stands in where we have no text."""
    assert says in draft.build_note_body(Work(url="https://a.example/", title="T"), read_translations(THEME, lang))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "title",
    ["Plain", "An end --> of a comment", "<!-- half a comment", "--!> <script>alert(1)</script>", "> quoted\n\nText"],
)
def test_a_new_note_has_no_own_words(title, lang):
    """Whatever the work is called, the body stays one comment: no own words, no quotation."""
    body = draft.build_note_body(
        Work(url="https://a.example/-->", title=title, publication=title, authors=(title,)),
        read_translations(THEME, lang),
    )
    assert prose.count_own_words(body) == 0
    assert not list(prose.find_quotations(body))


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Plain", "https://a.example/x"),
        ("[In brackets] (and others) \\ *star* `code` _under_ a_b", "https://a.example/x"),
        ("<b>bold</b> & <script>alert(1)</script> &amp;", "https://a.example/x?a=1&b=2"),
        ("Wiki", "https://a.example/wiki/Name_(topic)"),
    ],
)
def test_quotation_shows_the_work_as_it_is(title, url):
    """Taken out of its comment, the line names the work and its authors literally, and links to it."""
    body = uncommented(
        draft.build_note_body(
            Work(url=url, title=title, publication="P", authors=("A. One", "B. Two")), NullTranslations()
        )
    )
    quotation = next(prose.find_quotations(body))
    assert quotation.text == "Das Zitat."
    soup = BeautifulSoup(markdown.markdown(body), "html.parser")
    assert soup.a.get_text() == title
    assert soup.a["href"].replace("%28", "(").replace("%29", ")") == url
    assert "— P, A. One, B. Two: " in soup.get_text()
    assert not soup.find(["script", "b", "em", "code"])


def test_work_of_nobody_is_credited_to_its_host():
    """A work without publication and authors is still attributed: to the host it lies on."""
    assert (
        draft.build_attribution(Work(url="https://a.example/x", title="T")) == "— a.example: [T](https://a.example/x)"
    )


def test_channel_that_is_its_own_author_is_named_once():
    """Where publication and author are the same, the credit does not stutter."""
    work = Work(url="https://a.example/x", title="T", publication="Kanal", authors=("Kanal",))
    assert draft.build_attribution(work) == "— Kanal: [T](https://a.example/x)"
