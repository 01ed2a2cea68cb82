"""The rule on feeds of sources that are files of the edition, or that several sources have."""

from __future__ import annotations

from collections.abc import Iterator

from ...edition import frontmatter
from ...edition.loader import Edition
from ...edition.paths import SOURCES_FILE
from ...edition.rules.registries import find_missing_file, list_shared_feeds
from ...errors import Problem


def check_feeds(edition: Edition) -> Iterator[Problem]:
    """Find sources whose feed is a file that is missing, and those that have the feed of another one."""
    sources = list(edition.registry.sources.values())
    if not edition.registry.is_complete:  # the places of the records would not be those in the file
        return
    missing = [(index, find_missing_file(edition.root, source)) for index, source in enumerate(sources)]
    violations = [violation.prefix_path(index) for index, violation in missing if violation]
    violations += [violation.prefix_path(index) for index, violation in list_shared_feeds(sources)]
    if violations:
        text = frontmatter.decode_text(SOURCES_FILE, (edition.root / SOURCES_FILE).read_bytes())
        yield from frontmatter.locate_violations(SOURCES_FILE, text, violations, first_line=1)
