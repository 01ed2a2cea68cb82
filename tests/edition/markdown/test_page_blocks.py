import pytest

from kuratorium.edition.markdown.leftovers import check_leftovers
from kuratorium.edition.markdown.page_blocks import find_blocks
from tests.editions import TinyEdition, read_valid_edition


def test_a_block_is_a_word_in_brackets_on_a_line_of_its_own() -> None:
    """Within a sentence, in code, indented or with a colon it is none."""
    body = "[[people]]\n\nSiehe [[people]].\n\n```\n[[topics]]\n```\n\n    [[topics]]\n\n[[youtube:x]]\n\n[[quatsch]]  "
    assert list(find_blocks(body)) == [(0, "people"), (12, "quatsch")]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("[[peple]]", '"[[peple]]" is no block, and the page shows it as text', 'Did you mean "people"?'),
        ("[[wetter]]", '"[[wetter]]" is no block, and the page shows it as text', "people, privacy, sources, topics"),
        ("Siehe [[people]].", '"[[people]]" is a link of a wiki, which the page shows as text', "Write [words]"),
    ],
)
def test_check_tells_of_a_block_that_does_not_exist(tiny: TinyEdition, line: str, message: str, hint: str) -> None:
    """With its line and the nearest one, or with all that there are."""
    tiny.page("wir", body=f"Wir.\n\n{line}\n\n[[people]]")
    page = next(page for page in read_valid_edition(tiny.root).standalone_pages if page.slug == "wir")
    (violation,) = check_leftovers(page)
    assert (violation.message, violation.line) == (message, page.body_line + page.body.split("\n").index(line))
    assert hint in violation.hint


def test_a_post_has_no_blocks(tiny: TinyEdition) -> None:
    """Its page does not know the board: the words are shown, and reported as before."""
    tiny.note("eins", body="Wir.\n\n[[people]]")
    note = next(post for post in read_valid_edition(tiny.root).post_files if post.slug == "eins")
    assert [violation.message for violation in check_leftovers(note)] == [
        '"[[people]]" is a link of a wiki, which the page shows as text'
    ]
