"""What every post must keep, for `check` and for the build alike: documents -> misfits.

A rule about one post is a function of it and a line in RULES; a rule about posts among one another is a function of
all texts and a line in TOGETHER.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..model import ContentFile, PostFile, StandalonePage
from ..registry import Registry
from ..validation import Violation
from .across_posts import check_duplicates, check_lookbacks, check_period, check_series_positions, check_translations
from .conversation import check_pull_quotes, check_speakers, check_turn_markers, check_turn_text, check_turn_times
from .media import check_chapters, check_embeds, check_image_alt, check_recording_source, check_turns_in_recording
from .post import (
    check_corrections,
    check_dates,
    check_event,
    check_format,
    check_own_words,
    check_references,
    check_required_fields,
    check_slug,
)
from .sponsors import check_sponsor_disclosure

PostRule = Callable[[PostFile, Registry], Iterator[Violation]]
StandalonePageRule = Callable[[PostFile | StandalonePage, Registry], Iterator[Violation]]
EditionRule = Callable[[Sequence[ContentFile]], Iterator[tuple[ContentFile, Violation]]]

POST_RULES: tuple[PostRule, ...] = (
    check_references,
    check_required_fields,
    check_format,
    check_own_words,
    check_slug,
    check_dates,
    check_corrections,
    check_sponsor_disclosure,
    check_event,
    check_chapters,
    check_turns_in_recording,
    check_recording_source,
    check_embeds,
    check_image_alt,
    check_period,
    check_speakers,
    check_turn_markers,
    check_turn_times,
    check_turn_text,
    check_pull_quotes,
)

STANDALONE_PAGE_RULES: tuple[StandalonePageRule, ...] = (check_slug, check_embeds, check_image_alt)

EDITION_RULES: tuple[EditionRule, ...] = (check_duplicates, check_series_positions, check_translations, check_lookbacks)


def check_edition_rules(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Hold all texts of an edition, posts and pages in the order of format and file, against what they share."""
    found = list(content_files)
    for rule in EDITION_RULES:
        yield from rule(found)
