from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import validation
from kuratorium.slugs import slugify

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
    """German letters are spelt out, accents dropped, all else separates words."""
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("limit", "slug"),
    [(3, "ein"), (4, "ein"), (8, "ein"), (9, "ein-gutes"), (10, "ein-gutes"), (2, "ei"), (0, "")],
    ids=str,
)
def test_a_long_title_is_cut_at_a_word(limit: int, slug: str) -> None:
    """No half word at the end, unless the first one is too long already."""
    assert slugify("Ein gutes Wort", limit) == slug


@given(st.text() | st.from_regex(r"[\w '.-]+"), st.integers(0, 120))
def test_a_slug_is_always_a_slug_and_stays_one(text: str, limit: int) -> None:
    """Whatever the text: a valid slug within the limit, or nothing; and the slug of a slug is itself."""
    slug = slugify(text, limit)
    assert slug == "" or SLUG.fullmatch(slug)
    assert len(slug) <= limit
    assert slugify(slug, limit) == slug


@given(st.from_regex(SLUG, fullmatch=True).filter(lambda slug: len(slug) <= 80))
def test_the_slug_of_a_slug_is_itself(slug: str) -> None:
    """An id may be made from an id."""
    assert slugify(slug) == slug


def test_the_model_knows_the_same_slugs() -> None:
    """What slug_of makes, the model takes."""
    assert SLUG.pattern == validation.SLUG_PATTERN
