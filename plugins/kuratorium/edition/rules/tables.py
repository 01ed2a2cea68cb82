"""What every post must keep, for `check` and for the build alike: documents -> misfits.

A rule about one post is a function of it and a line in RULES; a rule about posts among one another is a function of
all texts and a line in TOGETHER.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..model import Document, Leaf, Written
from ..registry import Registry
from ..validation import Misfit
from .across_posts import duplicates, lookbacks, period_runs_forward, series_positions, translations
from .conversation import marks, pulls, speakers, times, turns_say_something
from .media import chapters, hosted, pictures, turns_within, where_from
from .post import address, corrections, dates, event_runs_forward, format_fits_folder, needs, own_words, references
from .sponsors import sponsors

Rule = Callable[[Document, Registry], Iterator[Misfit]]
PageRule = Callable[[Document | Leaf, Registry], Iterator[Misfit]]
Common = Callable[[Sequence[Written]], Iterator[tuple[Written, Misfit]]]

RULES: tuple[Rule, ...] = (
    references,
    needs,
    format_fits_folder,
    own_words,
    address,
    dates,
    corrections,
    sponsors,
    event_runs_forward,
    chapters,
    turns_within,
    where_from,
    hosted,
    pictures,
    period_runs_forward,
    speakers,
    marks,
    times,
    turns_say_something,
    pulls,
)

OF_PAGES: tuple[PageRule, ...] = (address, hosted, pictures)

TOGETHER: tuple[Common, ...] = (duplicates, series_positions, translations, lookbacks)


def together(texts: Iterable[Written]) -> Iterator[tuple[Written, Misfit]]:
    """Hold all texts of an edition, posts and pages in the order of format and file, against what they share."""
    found = list(texts)
    for rule in TOGETHER:
        yield from rule(found)
