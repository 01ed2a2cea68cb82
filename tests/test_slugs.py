from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import fields
from kuratorium.slugs import find_free_name, slugify

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Größe, Öl & Übermut", "groesse-oel-uebermut"),
        ("STRAẞE", "strasse"),
        ("Gro\u0308ße", "groesse"),  # o and its dots as two characters, as macOS names files
        ("Aylin Demirtaş", "aylin-demirtas"),
        ("Łódź, Ærø, Đuro, Þór", "lodz-aero-duro-thor"),
        ("It's Ada’s café", "its-adas-cafe"),
        ("Teil 3: 42:10", "teil-3-42-10"),
        ("  --x--  ", "x"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", ""),
        ("", ""),
    ],
    ids=[
        "umlauts",
        "sharp-s",
        "decomposed",
        "accents",
        "neighbours",
        "apostrophes",
        "digits",
        "hyphens",
        "path",
        "kanji",
        "nothing",
    ],
)
def test_names_and_titles_become_ascii_words(text: str, slug: str) -> None:
    """German letters are spelt out, accents dropped; all other characters separate words."""
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("limit", "slug"),
    [(3, "ein"), (4, "ein"), (8, "ein"), (9, "ein-gutes"), (10, "ein-gutes"), (2, "ei"), (0, "")],
    ids=str,
)
def test_a_long_title_is_cut_at_a_word(limit: int, slug: str) -> None:
    """A slug does not end within a word, unless the first word is too long."""
    assert slugify("Ein gutes Wort", limit) == slug


@given(st.text() | st.from_regex(r"[\w '.-]+"), st.integers(0, 120))
def test_any_text_gives_a_valid_slug_or_none(text: str, limit: int) -> None:
    """The result is a valid slug within the limit, or empty; the slug of a slug is itself."""
    slug = slugify(text, limit)
    assert slug == "" or SLUG.fullmatch(slug)
    assert len(slug) <= limit
    assert slugify(slug, limit) == slug


@given(st.from_regex(SLUG, fullmatch=True).filter(lambda slug: len(slug) <= 80))
def test_the_slug_of_a_slug_is_itself(slug: str) -> None:
    """Every valid slug is left as it is."""
    assert slugify(slug) == slug


def test_records_accept_every_slug() -> None:
    """The records of the contract have the same pattern."""
    assert SLUG.pattern == fields.SLUG_PATTERN


@pytest.mark.parametrize(
    ("taken", "name"),
    [([], "teil"), (["teil-2"], "teil"), (["teil"], "teil-2"), (["teil", "teil-2", "teil-4"], "teil-3")],
    ids=["free", "only-a-number-is-taken", "taken", "gap"],
)
def test_a_taken_name_gets_the_first_free_number(taken: list[str], name: str) -> None:
    """A name is kept if it is free; if not, it gets the lowest number from 2 on that makes it free."""
    assert find_free_name("teil", taken) == name
