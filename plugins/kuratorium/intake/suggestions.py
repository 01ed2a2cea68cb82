"""What several sources of one article suggest it for, taken together: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..model import Topic


def together(
    told: Sequence[Mapping[str, Any]], first: Sequence[str], topics: Mapping[str, Topic], words: Mapping[str, str]
) -> dict[str, list[str]]:
    """Join the topics and reasons of inbox files (their values), and tell the author who follows from them.

    `first` are the topics of the source that the article stays with, `topics` all that there are, `words` those of the
    reasons. The order does not depend on that of the files: those of `first`, what else a source is followed for, what
    keywords tell; what is none of these (an editor's language may have changed) comes last.
    """
    named, reasons = _all(told, "topics"), _all(told, "reasons")
    followed = {topic: words["source"].format(topic=topic) for topic in (*first, *topics)}
    own = [topic for topic, reason in followed.items() if topic in named and reason in reasons]
    known = dict.fromkeys((*own, *(topic for topic in topics if topic in named), *sorted(named)))
    keywords = (words["keyword"].format(keyword=word) for topic in topics.values() for word in topic.keywords)
    ordered = dict.fromkeys((*(followed[topic] for topic in own), *keywords, *sorted(reasons)))
    leading = next(iter(known), "")
    return {
        "authors": [*topics[leading].curators[:1]] if leading in topics else [],
        "topics": [*known],
        "reasons": [reason for reason in ordered if reason in reasons],
    }


def _all(told: Iterable[Mapping[str, Any]], key: str) -> set[str]:
    return {one for values in told for one in values.get(key) or ()}
