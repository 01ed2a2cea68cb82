from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.similarity import MIN_OVERLAP, MIN_WORDS, group_similar_texts, measure_overlap, normalize_title


def words(first: int, last: int) -> str:
    """Write words with these numbers."""
    return " ".join(f"w{number}" for number in range(first, last))


def test_titles_are_compared_without_case_accents_and_punctuation() -> None:
    """Two spellings of a title are one; a title of one word says too little."""
    assert normalize_title("„Über  Café-Räume“") == "uber cafe raume"
    texts = [("Über Café", ""), ("Editorial", ""), ("uber cafe!", "other"), ("Editorial", "")]
    assert group_similar_texts(texts) == [[0, 2], [1], [3]]


def test_most_of_the_words_are_the_same() -> None:
    """Four fifths of the larger set make a story the same, where there are enough words to tell."""
    texts = [("", words(0, 60)), ("", words(12, 72)), ("", words(30, 90)), ("", words(0, 12))]
    assert group_similar_texts(texts) == [[0, 1], [2], [3]]
    assert group_similar_texts([("a", words(0, MIN_WORDS - 2)), ("b", words(0, MIN_WORDS - 2))]) == [[0], [1]]


def test_a_story_that_changes_on_its_way_is_one_group() -> None:
    """Groups are chains: what is like one of them is one of them; each keeps its first place."""
    texts = [("x", ""), ("", words(10, 70)), ("y", ""), ("", words(20, 80)), ("", words(0, 60))]
    assert group_similar_texts(texts) == [[0], [1, 3, 4], [2]]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(48, 70)), max_size=12))
def test_no_pair_is_missed(spans: list[tuple[int, int]]) -> None:
    """Looking only at the rarest words finds the same groups as comparing each with each."""
    texts = [("", words(first, first + length)) for first, length in spans]
    sets = [frozenset(text.split()) for _, text in texts]
    place_of = {place: number for number, group in enumerate(group_similar_texts(texts)) for place in group}
    for one in range(len(sets)):
        for other in range(one):
            if measure_overlap(sets[one], sets[other]) >= MIN_OVERLAP:
                assert place_of[one] == place_of[other]
    assert sorted(place_of) == list(range(len(texts)))
