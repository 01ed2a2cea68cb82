"""Replace the sample edition by the user's own: remove the samples, write settings and the first files.

All removed and replaced files are moved to a folder below var/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ...compare_and_swap import clean_edition
from ...edition.formats import FORMATS, STANDALONE_PAGES_FOLDER
from ...edition.paths import INBOX_FOLDER, POLICY_FILE, SAMPLES_FOLDER, SEEN_FOLDER, SETTINGS_FILE
from ...edition.registry import read_registry
from ...edition.settings import get_theme, run_settings_file
from ...errors import EditionError, UsageError
from ...files import write_atomically
from ...intake.archive import ARCHIVE_PARTS
from ...translations import read_translations
from ..drafting.templates import list_template_files
from .answers import DEFAULT_SUBTITLE, LANGUAGES, Answers, require_valid_answers
from .starter_files import build_starter_files

_GITIGNORE_FILE = ".gitignore"
EMPTIED_FOLDERS = (INBOX_FOLDER, SEEN_FOLDER, *(format.folder for format in FORMATS))
_SAMPLE_ASSET_FOLDERS = ("content/images/samples", "content/media/samples")
_SAMPLE_FOLDERS = (SAMPLES_FOLDER, *EMPTIED_FOLDERS, STANDALONE_PAGES_FOLDER, *_SAMPLE_ASSET_FOLDERS)
_SAMPLE_BLOCK_MARKER = "# sample edition: the first pull fills these"


class StartPlan(Struct, frozen=True):
    """What `kuratorium start` will do: files to remove and files to write (policy.yaml last), paths from the root."""

    files_to_remove: tuple[str, ...]
    files_to_write: dict[str, str]


def require_sample_edition(root: Path, *, force: bool = False) -> None:
    """Raise UsageError if the edition at `root` is the user's own, so that no work is removed, unless `force`.

    An edition counts as the sample as long as its policy pins a date (as_of). Raises EditionError if policy.yaml cannot
    be read.
    """
    registry, problems = read_registry(root)
    if force:
        return
    if not registry.policy:
        raise EditionError(problem for problem in problems if problem.file == POLICY_FILE)
    if registry.policy.as_of is None:
        counts = "".join(f"\n  {count}" for count in count_files_by_folder([*_find_sample_files(root)]))
        raise UsageError(
            f'This edition is your own already ({POLICY_FILE} has no as_of). "kuratorium start" would remove:{counts}\n'
            "and replace people, topics, sources, policy and pages. Give --force to do so."
        )


def plan_start(root: Path, answers: Answers) -> StartPlan:
    """Return every change that `kuratorium start` will make; raise UsageError with all that is wrong in the answers."""
    require_valid_answers(root, answers)
    files = {
        **_translate_templates(root, answers.language),
        **{f"{folder}/.gitkeep": "" for folder in EMPTIED_FOLDERS},  # git keeps no empty folders
        SETTINGS_FILE: edit_settings(
            (root / SETTINGS_FILE).read_text(encoding="utf-8"), answers, _translate_subtitle(root, answers.language)
        ),
    }
    if (root / _GITIGNORE_FILE).exists():
        files[_GITIGNORE_FILE] = remove_sample_block((root / _GITIGNORE_FILE).read_text(encoding="utf-8"))
    return StartPlan(tuple(_find_sample_files(root)), files | build_starter_files(answers))


def apply_plan(root: Path, plan: StartPlan, now: datetime) -> str:
    """Carry out a plan; return the folder (from the root) that keeps all files that were removed or replaced.

    policy.yaml is written last: until then the edition counts as the sample, and a killed start can be run again.
    """
    clean_edition(root)
    backup = f"var/before-start-{now:%Y%m%d-%H%M%S}"  # git ignores var/
    for file in plan.files_to_remove:
        (root / backup / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).replace(root / backup / file)
    # In reverse order, so that a folder comes after the folders in it.
    for folder in sorted((SAMPLES_FOLDER, *EMPTIED_FOLDERS, *_SAMPLE_ASSET_FOLDERS), reverse=True):
        _remove_empty_folders(root / folder)
    for file, text in plan.files_to_write.items():
        old = (root / file).read_bytes() if (root / file).exists() else None
        if old == text.encode():  # written by a start that was killed: nothing to keep
            continue
        if old is not None:
            write_atomically(root / backup / file, old)
        write_atomically(root / file, text)
    return backup


def count_files_by_folder(files: Sequence[str]) -> list[str]:
    """Return how many of the files are in which folder of the sample, such as "16 files in curation/notes/"."""
    counts = {folder: sum(file.startswith(f"{folder}/") for file in files) for folder in _SAMPLE_FOLDERS}
    return [f"{count} {'file' if count == 1 else 'files'} in {folder}/" for folder, count in counts.items() if count]


def _translate_subtitle(root: Path, language: str) -> str:
    theme = get_theme(run_settings_file(root))
    return read_translations(root / theme, language).gettext(DEFAULT_SUBTITLE)


def _translate_templates(root: Path, language: str) -> dict[str, str]:
    """Return the templates of drafts in a language, except those that the edition has made its own."""
    theme = root / get_theme(run_settings_file(root))
    ours = [list_template_files(read_translations(theme, code)) for code in LANGUAGES]
    return {
        file: text
        for file, text in list_template_files(read_translations(theme, language)).items()
        if not (root / file).exists()
        or (root / file).read_text(encoding="utf-8", errors="replace") in {texts[file] for texts in ours}
    }


def edit_settings(text: str, answers: Answers, subtitle: str) -> str:
    """Return pelicanconf.py with answers and subtitle in its four literal lines, and all other bytes as they were.

    Raises UsageError if one of the lines is missing or computed.
    """
    values = {
        "SITENAME": answers.name,
        "SITESUBTITLE": subtitle,
        "SITEURL": answers.address.rstrip("/"),
        "DEFAULT_LANG": answers.language,
    }
    # Edited as text: running the file and writing it anew would lose comments and computed settings.
    for key, value in values.items():
        line = re.search(rf"^{key}[ \t]*=[ \t]*(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')", text, re.M)
        if not line:
            raise UsageError(f'{SETTINGS_FILE} has no line {key} = "…" to edit. Add one, and run the command again.')
        literal = json.dumps(value, ensure_ascii=False)  # every JSON string is also a Python literal
        text = f"{text[: line.start()]}{key} = {literal}{text[line.end() :]}"
    return text


def remove_sample_block(text: str) -> str:
    """Return .gitignore without the block, up to the next blank line, that keeps the sample's inbox out of git."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.strip() == _SAMPLE_BLOCK_MARKER]
    if not starts:
        return text
    first = starts[0]
    after = next((number for number in range(first, len(lines)) if not lines[number].strip()), len(lines))
    head, tail = "".join(lines[:first]).rstrip("\n"), "".join(lines[after:]).strip("\n")
    return "\n\n".join(part for part in (head, tail) if part) + "\n"


def _find_sample_files(root: Path) -> Iterator[str]:
    for folder in _SAMPLE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            # A link to a folder is moved like a file; what it points to is not part of the sample.
            if (path.is_symlink() or not path.is_dir()) and path.name != ".gitkeep":
                yield path.relative_to(root).as_posix()
    yield from (file for file in ARCHIVE_PARTS if (root / file).exists())  # entries that were pulled for the sample


def _remove_empty_folders(folder: Path) -> None:
    """Remove a folder and the folders in it as far as they are empty."""
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
