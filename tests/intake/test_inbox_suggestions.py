from __future__ import annotations

from gettext import NullTranslations
from itertools import permutations
from typing import Any

import pytest

from kuratorium.edition.curation import Topic
from kuratorium.intake import inbox

WORDS = NullTranslations()
TOPICS = {
    "a": Topic(id="a", name="A", keywords=("x", "y"), curators=("anna", "zoe")),
    "b": Topic(id="b", name="B", keywords=("z",)),
    "c": Topic(id="c", name="C", curators=("carl",)),
}
FILES: list[dict[str, Any]] = [
    {"topics": ["c", "a"], "reasons": ["source for c", "keyword: y"]},
    {"topics": ["b"], "reasons": ["source for b"]},
    {"topics": ["a", "gone"], "reasons": ["source for gone", "keyword: x"]},
    {},
]


@pytest.mark.parametrize("order", [*permutations(range(4))], ids=str)
def test_the_order_of_the_files_does_not_matter(order: tuple[int, ...]) -> None:
    """The topics of the first source come first, then those of others, then of keywords; none is lost or repeated."""
    files = [FILES[place] for place in order]
    merged = inbox.merge_suggestions(files[:2], ("c",), TOPICS, WORDS)
    for suggestions in (inbox.merge_suggestions(files, ("c",), TOPICS, WORDS),
                        inbox.merge_suggestions([merged, *files[2:]], ("c",), TOPICS, WORDS)):  # fmt: skip
        assert suggestions == {
            "authors": ["carl"],
            "topics": ["c", "b", "a", "gone"],
            "reasons": ["source for c", "source for b", "keyword: x", "keyword: y", "source for gone"],
        }


def test_files_without_suggestions() -> None:
    """Without topics and reasons nothing is suggested, and no author."""
    assert inbox.merge_suggestions([{}, {}], ("c",), TOPICS, WORDS) == {"authors": [], "topics": [], "reasons": []}
