"""The tables of all rules.

A rule about one post or page is a function of it and the registry, and a line in POST_RULES or STANDALONE_PAGE_RULES. A
rule that compares posts is a function of all posts and pages, and a line in EDITION_RULES. Rules report violations;
they read no files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..fields import Violation
from ..model import ContentFile, PostFile, StandalonePage
from ..registry import Registry
from .across_posts import check_duplicates, check_lookbacks, check_series_positions, check_translations
from .body import check_foreign_hosts
from .conversation import check_pull_quotes, check_speakers, check_turn_markers, check_turn_text, check_turn_times
from .media import check_chapters, check_embeds, check_image_alt, check_recording_source, check_turns_in_recording
from .post import (
    check_corrections,
    check_dates,
    check_event,
    check_fields_of_format,
    check_format,
    check_own_words,
    check_period,
    check_references,
    check_slug,
    check_withdrawal,
    check_work_addresses,
)
from .sponsors import check_sponsor_disclosure

PostRule = Callable[[PostFile, Registry], Iterator[Violation]]
StandalonePageRule = Callable[[PostFile | StandalonePage, Registry], Iterator[Violation]]
EditionRule = Callable[[Sequence[ContentFile]], Iterator[tuple[ContentFile, Violation]]]

POST_RULES: tuple[PostRule, ...] = (
    check_references,
    check_work_addresses,
    check_fields_of_format,
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
    check_foreign_hosts,
    check_period,
    check_withdrawal,
    check_speakers,
    check_turn_markers,
    check_turn_times,
    check_turn_text,
    check_pull_quotes,
)

STANDALONE_PAGE_RULES: tuple[StandalonePageRule, ...] = (
    check_slug,
    check_embeds,
    check_image_alt,
    check_foreign_hosts,
)

EDITION_RULES: tuple[EditionRule, ...] = (check_duplicates, check_series_positions, check_translations, check_lookbacks)


def check_edition_rules(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check all posts and pages of an edition, in the order of format and file, against EDITION_RULES."""
    files = list(content_files)  # each rule goes through them from the start
    for rule in EDITION_RULES:
        yield from rule(files)
