"""The rule on values in front matter and curation/*.yaml that are probably not what the editor meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from ...edition import frontmatter, loader, yaml
from ...edition.curation import Person, Policy, Series, Source, Topic
from ...edition.formats import FOLDERS_BY_FORMAT, STANDALONE_PAGE_FORMAT
from ...edition.model import FrontMatter, StandalonePageFrontMatter
from ...edition.paths import (
    INBOX_FOLDER,
    PEOPLE_FILE,
    POLICY_FILE,
    SERIES_FILE,
    SOURCES_FILE,
    TOPICS_FILE,
    detect_format,
)
from ...edition.settings import SiteSettings
from ...edition.syntax.values import find_suspicious_values
from ...errors import Problem
from .text_cache import TextCache

_REGISTRY_TYPES = {
    SOURCES_FILE: tuple[Source, ...],
    PEOPLE_FILE: tuple[Person, ...],
    TOPICS_FILE: tuple[Topic, ...],
    SERIES_FILE: tuple[Series, ...],
    POLICY_FILE: Policy,
}


def check_written_values(
    root: Path, site: SiteSettings | None, cache: TextCache | None = None, only: Collection[str] | None = None
) -> Iterator[Problem]:
    """Find values cut at a "#", in typographic quotation marks, or with odd blanks; see edition/syntax/values.

    Reads files that cannot be used as well, as far as they are YAML; why they cannot is reported elsewhere. With
    `only`, these posts, pages and items alone.
    """
    lang = site.lang if site else ""
    for file, record_type in _REGISTRY_TYPES.items():
        if only is None:
            yield from _check_file(root, file, record_type, lang, has_body=False)
    listed = (loader.list_markdown_files(root, folder) for folder in (INBOX_FOLDER, *FOLDERS_BY_FORMAT.values()))
    for file in sorted(only) if only is not None else chain.from_iterable(listed):
        is_page = detect_format(file) == STANDALONE_PAGE_FORMAT
        record_type = StandalonePageFrontMatter if is_page else FrontMatter
        check = partial(_check_file, root, file, record_type, lang, has_body=True)
        yield from cache.derive("values", file, list[Problem], check) if cache else check()


def _check_file(root: Path, file: str, record_type: Any, lang: str, *, has_body: bool) -> list[Problem]:
    try:
        source = frontmatter.decode_text(file, loader.read_bytes(root, file))
        if has_body:
            source = frontmatter.split_front_matter(file, source).front_matter
        first_line = 2 if has_body else 1
        violations = find_suspicious_values(source, record_type, first_line, lang)
    except (frontmatter.InvalidFileError, yaml.InvalidYamlError):
        return []
    # What a feed says of a work is no editor's slip: it is told when the item has become a note.
    if file.startswith(f"{INBOX_FOLDER}/"):
        violations = [violation for violation in violations if violation.path[:1] != ("bookmark_of",)]
    return frontmatter.locate_violations(file, source, violations, first_line) if violations else []
