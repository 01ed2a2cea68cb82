from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.similarity import (
    MAX_CANDIDATES,
    MIN_OVERLAP,
    MIN_WORDS,
    contains_text,
    find_candidate_pairs,
    group_similar_texts,
    measure_overlap,
    normalize_title,
)


def words(first: int, last: int) -> str:
    """Return words with the numbers from `first` to `last`, without the last."""
    return " ".join(f"w{number}" for number in range(first, last))


def test_titles_are_compared_without_case_accents_and_punctuation() -> None:
    """Spellings of a title are equal; a title of one word groups nothing."""
    assert normalize_title("„Über  Café-Räume“") == "uber cafe raume"
    texts = [("Über Café", ""), ("Editorial", ""), ("uber cafe!", "other"), ("Editorial", "")]
    assert group_similar_texts(texts) == [[0, 2], [1], [3]]


def test_texts_with_mostly_the_same_words_are_grouped() -> None:
    """Texts share four fifths of the larger set of words, and have enough words to be compared."""
    texts = [("", words(0, 60)), ("", words(12, 72)), ("", words(30, 90)), ("", words(0, 12))]
    assert group_similar_texts(texts) == [[0, 1], [2], [3]]
    assert group_similar_texts([("a", words(0, MIN_WORDS - 2)), ("b", words(0, MIN_WORDS - 2))]) == [[0], [1]]


def test_groups_are_transitive() -> None:
    """A text that resembles one member belongs to the group; groups are in the order of their first member."""
    texts = [("x", ""), ("", words(10, 70)), ("y", ""), ("", words(20, 80)), ("", words(0, 60))]
    assert group_similar_texts(texts) == [[0], [1, 3, 4], [2]]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(48, 70)), max_size=12))
def test_no_pair_is_missed(spans: list[tuple[int, int]]) -> None:
    """Comparing only texts that share a rare word finds the same groups as comparing each with each."""
    texts = [("", words(first, first + length)) for first, length in spans]
    sets = [frozenset(text.split()) for _, text in texts]
    group_of = {index: number for number, group in enumerate(group_similar_texts(texts)) for index in group}
    for left in range(len(sets)):
        for right in range(left):
            if measure_overlap(sets[left], sets[right]) >= MIN_OVERLAP:
                assert group_of[left] == group_of[right]
    assert sorted(group_of) == list(range(len(texts)))


def test_thousands_of_equal_teasers_are_compared_with_few_others_each() -> None:
    """A source may have one teaser for all entries: the number of comparisons grows with their number, not its square.

    They are one group all the same, since each is compared with the one before it.
    """
    texts = [(f"Titel {number} von heute", words(0, 60)) for number in range(2_000)]
    word_sets = [frozenset(f"titel {number} von heute {words(0, 60)}".split()) for number in range(len(texts))]
    assert sum(1 for _ in find_candidate_pairs(word_sets)) <= len(texts) * MAX_CANDIDATES
    assert group_similar_texts(texts) == [[*range(len(texts))]]


def test_texts_that_share_rare_words_but_are_not_alike_stay_bounded() -> None:
    """Also where no group forms, a text is compared with a bounded number of others."""
    texts = [("", f"{words(0, 30)} {words(100 * number, 100 * number + 30)}") for number in range(1, 1_000)]
    assert len(group_similar_texts(texts)) == len(texts)
    assert sum(1 for _ in find_candidate_pairs([frozenset(text.split()) for _, text in texts])) <= (
        len(texts) * MAX_CANDIDATES
    )


def test_a_text_contains_its_teaser() -> None:
    """Of two texts, one contains the other if it has most of its words; a text without words is contained in none."""
    text = "Das Amt öffnet sein Archiv, und alle dürfen darin lesen."
    assert contains_text("Das AMT öffnet sein Archiv …", text)
    assert contains_text(text, "Das Amt öffnet sein Archiv jetzt")
    assert not contains_text(text, "Das Amt schließt alle Bäder im Mai")
    assert not contains_text(text, "")
    assert not contains_text("…", "…")
