"""The rule on what leads out of the edition, or is no file."""

from __future__ import annotations

from pathlib import Path

from ...edition.paths import require_content_folder, scan_visible_files
from ...edition.settings import SettingsFile
from ...errors import EditionError, Problem


def find_foreign_entries(root: Path, settings: SettingsFile) -> list[Problem]:
    """Find links that lead out of content/, curation/ or the theme, and FIFOs, sockets and devices in them.

    Reports mistakes in pelicanconf.py, too, which names the theme, and a missing content/.
    """
    problems = [*settings.problems]
    try:
        require_content_folder(root)
    except EditionError as error:
        problems += error.problems
    for folder in ("content", "curation", *((settings.site.theme,) if settings.site else ())):
        scan_visible_files(str(root), folder, problems, within=folder)
    return problems
