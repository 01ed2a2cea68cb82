"""The rule on intros of topics and series: Markdown that lies in no folder, on a page that has a heading already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...edition import frontmatter
from ...edition.curation import Series, Topic
from ...edition.fields import Violation
from ...edition.loader import Edition
from ...edition.markdown.embed_lines import find_embeds
from ...edition.markdown.leftovers import check_leftovers
from ...edition.model import StandalonePage, StandalonePageFrontMatter
from ...edition.paths import SERIES_FILE, TOPICS_FILE
from ...edition.rules import body
from ...edition.rules.links import find_relative_targets
from ...errors import Problem
from .links.odd_links import find_odd_links
from .links.site_pages import SitePages

_ANCHOR = re.compile(r"\]\(<?(#[^()<>\s]*)")
_PATH = re.compile(r"\]\(<?(/(?!/)[^()<>\s?#]*)")


def check_intros(edition: Edition, pages: SitePages) -> Iterator[Problem]:
    """Find links in intros that are no whole addresses, and marks that the page would not show, or as they are."""
    registry = edition.registry
    if not registry.is_complete:  # the places of the records would not be those in the file
        return
    by_file: dict[str, Iterable[Topic | Series]] = {
        TOPICS_FILE: registry.topics.values(),
        SERIES_FILE: registry.series.values(),
    }
    for file, records in by_file.items():
        violations = [
            Violation((index, "intro"), violation.message, violation.hint)
            for index, record in enumerate(records)
            for violation in (_find_violations(record.intro, pages) if record.intro else ())
        ]
        if violations:
            text = frontmatter.decode_text(file, (edition.root / file).read_bytes())
            yield from frontmatter.locate_violations(file, text, violations, first_line=1)


def _find_violations(intro: str, pages: SitePages) -> Iterator[Violation]:
    """Yield the violations of an intro; their lines are left out, as YAML may write a text in many ways."""
    dead_paths = [path for path in _PATH.findall(intro) if pages.are_known and not pages.contains(None, path)]
    for target in (*find_relative_targets(intro), *_ANCHOR.findall(intro), *dead_paths):
        yield Violation((), f'the link "{target}" leads nowhere', "Write a whole address: https://….")
    for _, embed in find_embeds(intro):
        yield Violation((), f"an embed of {embed.provider} is shown as text in an intro", "Link to it.")
    # As a text of its own, so that the rules of other texts apply.
    text = StandalonePage(file="", meta=StandalonePageFrontMatter(title="x"), body=intro, body_line=0)
    for heading in body.find_first_level_headings(text):
        yield Violation((), heading.message, "Begin it with ##.")
    for rule in (find_odd_links, body.find_removed_markup, check_leftovers, body.find_removed_characters):
        yield from rule(text)
