"""The rule on what leads out of the edition, or is no file."""

from __future__ import annotations

from pathlib import Path

from ...edition import settings
from ...edition.paths import require_content_folder, scan_visible_files
from ...errors import EditionError, Problem


def find_foreign_entries(root: Path) -> list[Problem]:
    """Find links that lead out of content/, curation/ or the theme, and FIFOs, sockets and devices in them.

    Reports mistakes in pelicanconf.py, too, which names the theme, and a missing content/.
    """
    problems: list[Problem] = []
    try:
        require_content_folder(root)
        folders = ["content", "curation", settings.read_site_settings(root).theme]
    except EditionError as error:
        problems += error.problems
        folders = ["content", "curation"]
    for folder in folders:
        scan_visible_files(str(root), folder, problems, within=folder)
    return problems
