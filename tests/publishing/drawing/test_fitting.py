from hypothesis import given
from hypothesis import strategies as st

from kuratorium.publishing.drawing.fitting import break_lines, fit_text, shorten

SIZES = (80, 60, 50, 40, 20)


def measure(text: str, size: int = 10) -> float:
    """Return the width of a text in a font whose letters are all as wide as half their size."""
    return len(text) * size / 2


def fit(text: str, width: float = 400, height: float = 200, lang: str = "de") -> tuple[int, tuple[str, ...]]:
    """Return size and lines of a fitted text."""
    fitted = fit_text(text, measure, SIZES, width=width, height=height, leading=1, lang=lang)
    return fitted.size, fitted.lines


def test_a_short_text_stands_in_the_largest_letters() -> None:
    """In one line, if one is enough."""
    assert fit("Nein") == (80, ("Nein",))


def test_a_long_word_is_set_smaller_before_it_is_broken() -> None:
    """A word of 14 letters needs smaller letters to stand in a line."""
    assert fit("Verwaltungsakt") == (50, ("Verwaltungsakt",))


def test_a_compound_is_hyphenated_by_its_language() -> None:
    """Where the dictionary says, if letters small enough for the whole word would be tiny."""
    size, lines = fit("Verwaltungsdigitalisierung")
    assert size == 60
    assert "".join(lines).replace("-", "") == "Verwaltungsdigitalisierung"
    assert all(line.endswith("-") for line in lines[:-1])
    assert lines[0] == "Verwaltungs-"


def test_a_soft_hyphen_of_an_editor_counts_instead() -> None:
    """The word is broken there and nowhere else, and the sign itself never shows."""
    assert fit("Staubecken\u00adaufsichtsbehörde", width=500)[1] == ("Staubecken-", "aufsichtsbehörde")
    assert fit("Stau\u00adbecken") == (80, ("Staubecken",))


def test_a_word_without_a_dictionary_is_broken_where_the_line_ends() -> None:
    """No hyphen is invented in a language whose rules nobody knows."""
    size, lines = fit("x" * 60, lang="xx")
    assert "".join(lines) == "x" * 60
    assert size >= 40


def test_a_dash_does_not_begin_a_line() -> None:
    """A dash between blanks stays with the word before it."""
    assert break_lines("28. September – 11. Oktober", measure, 75)[0] == ("28. September\u00a0–", "11. Oktober")


def test_lines_are_about_equally_long() -> None:
    """The last line is not a single short word if it need not be."""
    assert fit("Wer den Quelltext hat ist frei")[1] == ("Wer den", "Quelltext", "hat ist frei")


def test_what_fits_in_no_size_ends_with_an_ellipsis() -> None:
    """The reader sees that there is more."""
    size, lines = fit("Wort " * 200)
    assert size == 20
    assert lines[-1].endswith("Wort…")
    assert len(lines) == 10


def test_a_line_is_shortened_to_its_width() -> None:
    """Without blanks and commas before the ellipsis."""
    assert shorten(("Eins, zwei, drei",), 1, measure, 60) == ("Eins, zwei…",)
    assert shorten(("Eins",), 1, measure, 60) == ("Eins",)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
compounds = st.text(st.sampled_from("aäoegstnr\u00ad-/"), max_size=300)


@given(
    st.lists(words | compounds, max_size=12).map(" ".join),
    st.integers(20, 500),
    st.integers(20, 500),
    st.sampled_from(["de", "en", "", "ar", "de-AT", "xx"]),
)
def test_a_text_never_leaves_its_box(text: str, width: int, height: int, lang: str) -> None:
    """Whatever the words are, no line is wider than the box, and all lines together are not higher."""
    fitted = fit_text(text, measure, SIZES, width=width, height=height, leading=1.1, lang=lang)
    assert all(measure(line, fitted.size) <= width for line in fitted.lines)
    assert len(fitted.lines) <= max(1, height // (fitted.size * 1.1))
    assert all(line.strip() for line in fitted.lines)
