"""The workflows of a new edition: the chosen forge and mode -> files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct

Forge = Literal["github", "gitlab", "forgejo"]
FORGES: tuple[Forge, ...] = get_args(Forge)
Mode = Literal["pull-request", "commit"]

TEMPLATES_FOLDER = Path(__file__).parents[1] / "starter" / "workflows"
STATE_FILE = "curation/state/sources.txt"

# Where each forge looks for the files of its folder.
_TARGETS: Mapping[Forge, str] = {
    "github": ".github/workflows/{}",
    "gitlab": ".{}",
    "forgejo": ".forgejo/workflows/{}",
}
_MODE_WORDS: Mapping[Mode, str] = {
    "pull-request": "one pull request, which later pulls update",
    "commit": "a commit to the main branch",
}


class WorkflowAnswers(Struct, frozen=True, kw_only=True):
    """What a new edition wants of its forge: `mode` is how new inbox files arrive, `name` spreads the schedules."""

    name: str
    mode: Mode = "pull-request"
    branch: str = "main"


def build_workflows(forge: Forge, answers: WorkflowAnswers) -> dict[str, str]:
    """Return the files by which an edition pulls, checks and publishes by itself: path from the root -> text."""
    # Every edition at another minute: forges are slowest when all schedules begin at once.
    minute = hashlib.sha256(answers.name.encode()).digest()[0] % 50 + 5
    values = {
        "@minute@": str(minute),
        "@mode@": answers.mode,
        "@mode_words@": _MODE_WORDS[answers.mode],
        "@branch@": answers.branch,
    }
    files = {STATE_FILE: ""}
    for path in sorted((TEMPLATES_FOLDER / forge).iterdir()):
        text = path.read_text(encoding="utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        files[_TARGETS[forge].format(path.name)] = text
    return files
