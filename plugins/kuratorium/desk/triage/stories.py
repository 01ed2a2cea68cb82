"""Group inbox items into stories, by their titles and by texts that are nearly the same. Pure functions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Day
from itertools import chain

from ... import similarity, urls
from ..inbox import InboxItem, StoryGroup

MIN_SHARED_WORDS = 3  # of two titles; two words, such as a name and a verb, are shared by different news
MIN_TITLE_OVERLAP = 0.5  # share of the shorter title's words that the longer one must contain
MAX_DAYS_APART = 4  # between two titles on one event; a later one reports something new
_MAX_TITLES_PER_WORD = 30  # a word in more titles than that tells no event
_MAX_TEXT = 3000  # characters of a text that are compared
_ENDING = re.compile(r"(?<=\w{4})(?:ern|er|en|em|es|e|n|s)$")  # of German and English words: Magdeburger, Rettungswege
_MIN_WORD_LENGTH = 4  # articles, prepositions and most auxiliary verbs are shorter


def group_items(items: Sequence[InboxItem], texts: Mapping[str, str]) -> list[StoryGroup]:
    """Return the items in groups that tell the same story; groups, and the items in them, keep their order.

    `texts` are those of the archive, by the key of the entry; an item without one has its teaser.
    """
    compared = [(item.meta.title, (texts.get(item.work.item) or item.meta.teaser)[:_MAX_TEXT]) for item in items]

    def may_join(left: int, right: int) -> bool:
        """Return whether equal texts are no boilerplate, which a source has below all its titles."""
        if items[left].work.source != items[right].work.source:
            return True
        words = [_list_telling_words(items[index].meta.title) for index in (left, right)]
        return len(words[0] & words[1]) > MIN_TITLE_OVERLAP * min(map(len, words))

    groups = similarity.group_similar_texts(
        compared, chain(find_related_titles(items), find_same_works(items)), may_join
    )
    return [StoryGroup(items[first], tuple(items[index] for index in others)) for first, *others in groups]


def find_related_titles(items: Sequence[InboxItem]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of two items of different sources whose titles share most of their telling words."""
    words = [_list_telling_words(item.meta.title) for item in items]
    indexes_by_word: dict[str, list[int]] = defaultdict(list)
    for index, title_words in enumerate(words):
        for word in title_words:
            indexes_by_word[word].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for indexes in indexes_by_word.values():
        if len(indexes) <= _MAX_TITLES_PER_WORD:
            shared.update((left, right) for place, right in enumerate(indexes) for left in indexes[:place])
    for (left, right), count in sorted(shared.items()):
        enough = max(MIN_SHARED_WORDS, MIN_TITLE_OVERLAP * min(len(words[left]), len(words[right])))
        if count >= enough and _may_be_one(items[left], items[right]):
            yield left, right


def find_same_works(items: Sequence[InboxItem]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of two items on the same address, such as one that several people suggest."""
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        page = urls.identify_page(item.work.url)
        if urls.is_article_url(page) and first.setdefault(page, index) != index:
            yield first[page], index


def have_similar_titles(first: str, second: str) -> bool:
    """Return whether two titles share most of their telling words, as those of two outlets on one event do."""
    words, others = _list_telling_words(first), _list_telling_words(second)
    return len(words & others) >= max(MIN_SHARED_WORDS, MIN_TITLE_OVERLAP * min(len(words), len(others)))


def _may_be_one(first: InboxItem, second: InboxItem) -> bool:
    """Return whether two items with similar titles may tell one event.

    A source gives its own series similar titles ("Security update 12"), and repeats an event a year later.
    """
    apart = abs(((first.day or Day.max) - (second.day or Day.max)).days)
    return first.work.source != second.work.source and apart <= MAX_DAYS_APART


def _list_telling_words(title: str) -> frozenset[str]:
    words = similarity.normalize_title(title).split()
    telling = (word for word in words if len(word) >= _MIN_WORD_LENGTH and not re.fullmatch(r"\d+", word))
    return frozenset(_ENDING.sub("", word) for word in telling)
