"""The rules on links that lead to no file of the edition and to no page that the site will have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from ...edition import frontmatter, loader
from ...edition.fields import Violation
from ...edition.formats import FORMATS
from ...edition.loader import Edition
from ...edition.model import PostFile, StandalonePage
from ...edition.paths import SERIES_FILE, TOPICS_FILE
from ...edition.rules.links import find_dead_links, find_relative_targets
from ...errors import Problem
from ...languages import LANGUAGES

_LIST_WORDS = {word for language in LANGUAGES.values() for word in language.page_words.values()}
_FORMAT_WORDS = {word for language in LANGUAGES.values() for word in language.format_words.values()}
_PAGE_NAMES = {"index", "feed", *_LIST_WORDS, *_FORMAT_WORDS, *(record.url_word for record in FORMATS)}
_FOLDERS = {*_LIST_WORDS, "theme"}  # of topics, people, years and the like, and of the theme's files


def check_dead_links(edition: Edition) -> Iterator[Problem]:
    """Find relative links of posts and pages that lead to no file and to no page; drafts are not finished."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    names = {text.slug for text in texts}
    names |= {_get_stem(alias) for post in edition.post_files for alias in post.meta.aliases}
    is_page = partial(_may_be_page, names=names)
    file_exists = partial(loader.is_linkable, edition.root)
    violations = [
        (text, violation)
        for text in texts
        if text.meta.status != "draft"
        for violation in find_dead_links(text, file_exists, is_page)
    ]
    yield from loader.report_violations(edition.root, violations)


def check_links_of_intros(edition: Edition) -> Iterator[Problem]:
    """Find links in the intros of topics and series that are no whole addresses: these lie in no folder."""
    registry = edition.registry
    if not registry.is_complete:  # the places of the records would not be those in the file
        return
    topic_intros = [topic.intro for topic in registry.topics.values()]
    series_intros = [series.intro for series in registry.series.values()]
    for file, intros in ((TOPICS_FILE, topic_intros), (SERIES_FILE, series_intros)):
        violations = [
            Violation((index, "intro"), f'the link "{target}" leads nowhere', "Write a whole address: https://….")
            for index, intro in enumerate(intros)
            for target in find_relative_targets(intro)
        ]
        if violations:
            text = frontmatter.decode_text(file, (edition.root / file).read_bytes())
            yield from frontmatter.locate_violations(file, text, violations, first_line=1)


def _may_be_page(path: str, names: Collection[str]) -> bool:
    """Return whether a path can be that of a page: by its name, or because it is in a folder of topics or the like."""
    steps = [step for step in path.split("/") if step not in ("", ".", "..")]
    stem = _get_stem(path)
    return not steps or stem in names or stem in _PAGE_NAMES or not _FOLDERS.isdisjoint(steps[:-1])


def _get_stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].partition(".")[0]
