from gettext import NullTranslations

import markdown
import pytest
from bs4 import BeautifulSoup

from kuratorium.desk import draft, note
from kuratorium.desk.drafting.templates import read_template
from kuratorium.desk.drafting.works import FoundWork
from kuratorium.edition import prose
from kuratorium.edition.works import Work
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY

THEME = REPOSITORY / "theme"


def extract_quotation(body: str) -> str:
    """Return the quotation from the comment of a new note, as an editor would take it out."""
    return "\n".join(line for line in body.splitlines() if line.startswith(">")).replace("…", "Das Zitat.")


def build_note_body(work: Work, translations: NullTranslations) -> str:
    """Return the body of a new note on a work, from our own template."""
    template = read_template(THEME, "note", translations)  # a folder without templates of its own
    return note.build_note_body([FoundWork(work=work)], template, translations)


@pytest.mark.parametrize(
    ("lang", "says"), [("de", "Warum lohnt"), ("de-AT", "Warum lohnt"), ("en", "Why is"), ("fr", "Why is")]
)
def test_instructions_are_in_the_sites_language(lang, says):
    """The comment in a new note is in the site's language, or in English if there is no text in that."""
    assert says in build_note_body(Work(url="https://a.example/", title="T"), read_translations(THEME, lang))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "title",
    ["Plain", "An end --> of a comment", "<!-- half a comment", "--!> <script>alert(1)</script>", "> quoted\n\nText"],
)
def test_a_new_note_has_no_own_words(title, lang):
    """No title can end the comment that is the body of a new note: it has no own words and no quotation."""
    body = build_note_body(
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
def test_the_attribution_shows_the_work_literally(title, url):
    """In HTML, the line under the quotation shows title and names literally, and links to the work."""
    body = extract_quotation(
        build_note_body(Work(url=url, title=title, publication="P", authors=("A. One", "B. Two")), NullTranslations())
    )
    quotation = next(prose.find_quotations(body))
    assert quotation.text == "Das Zitat."
    soup = BeautifulSoup(markdown.markdown(body), "html.parser")
    assert soup.a.get_text() == title
    assert soup.a["href"].replace("%28", "(").replace("%29", ")") == url
    assert "— P, A. One, B. Two: " in soup.get_text()
    assert not soup.find(["script", "b", "em", "code"])


def test_a_work_without_names_is_attributed_to_its_host():
    """If neither publication nor authors are known, the attribution names the host."""
    assert (
        draft.build_attribution(Work(url="https://a.example/x", title="T")) == "— a.example: [T](https://a.example/x)"
    )


def test_equal_publication_and_author_are_named_once():
    """A channel that is its own author appears once in the attribution."""
    work = Work(url="https://a.example/x", title="T", publication="Kanal", authors=("Kanal",))
    assert draft.build_attribution(work) == "— Kanal: [T](https://a.example/x)"
