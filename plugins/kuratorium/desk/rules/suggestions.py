"""The rule on files of suggestions in the edition: what a pull would refuse, with the line."""

from __future__ import annotations

from collections.abc import Iterator

from ...edition import loader
from ...edition.loader import Edition
from ...edition.paths import SUGGESTIONS_FOLDER, scan_visible_files
from ...errors import Problem
from ...intake.suggestions.parsing import find_file_problems


def list_suggestion_files(edition: Edition) -> list[str]:
    """Return the files of curation/suggestions/, if a source reads them."""
    is_read = any(
        source.type == "suggestions" and source.feed.startswith(SUGGESTIONS_FOLDER)
        for source in edition.registry.sources.values()
    )
    return sorted(scan_visible_files(str(edition.root), SUGGESTIONS_FOLDER, [])) if is_read else []


def check_suggestions(edition: Edition) -> Iterator[Problem]:
    """Find suggestions that a pull would refuse, and mail, which must not get into git."""
    for file in list_suggestion_files(edition):
        if file.endswith(".eml"):
            hint = "Move it to a folder below var/: whoever reads the repository would read the address of its sender."
            yield Problem(file, 0, "", "mail is not read from here", hint)
        elif file.endswith((".yaml", ".yml", ".md")):
            yield from find_file_problems(file, loader.read_bytes(edition.root, file))
