"""Begin an edition in an empty folder, with all that it needs to be built, checked and published.

Everything is first written to a folder within, and then moved to its place; a start that was killed meanwhile is taken
back by the next one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from string import Template

from ...edition.paths import SETTINGS_FILE
from ...edition.schemas.files import name_schema, write_schemas
from ...errors import UsageError
from ...files import write_atomically
from ...languages import find_time_zone
from ...program.pack import LOCK_FILE, WHEELS_FOLDER, pack_program, write_lock
from ...program.theme import PROGRAM_THEME
from ...translations import read_translations
from ..drafting.templates import list_template_files
from ..workflows.templates import FORGES, WorkflowAnswers, build_workflows
from .answers import DEFAULT_SUBTITLE, STARTER_FOLDER, Answers, require_valid_answers
from .in_place import EMPTIED_FOLDERS
from .starter_files import build_starter_files

EDITION_FILES: Mapping[str, str] = {
    "common/Makefile": "Makefile",
    "common/editorconfig": ".editorconfig",
    "common/gitattributes": ".gitattributes",
    "common/gitignore": ".gitignore",
    "common/pre-commit-config.yaml": ".pre-commit-config.yaml",
    "{language}/edition/README.md": "README.md",
    "{language}/edition/pelicanconf.txt": SETTINGS_FILE,
    "{language}/edition/theme.md": "theme/README.md",
}
"""File below the starter folder -> its place in a new edition. Those in edition/ have $names, which are filled in."""

# What a forge writes into a new repository. A licence stays; the others are replaced, and kept below var/.
_REPLACED_NAMES = frozenset({"README.md", ".gitignore"})
_ALLOWED_NAMES = _REPLACED_NAMES | {".git", "LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"}
_STAGE = ".kuratorium-start"
_NAMES_FILE = "names"
_MAX_SHOWN = 10


def require_empty_folder(folder: Path) -> None:
    """Raise UsageError if an edition cannot begin in `folder`: it holds files of the user's, which are listed.

    What a forge writes into a new repository may be there, and what a start that was killed has left.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder for the new edition.")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    others = sorted(names - _ALLOWED_NAMES - {_STAGE, "var"} - set(_read_moved_names(folder)))
    if "var" in names and _STAGE not in names:
        others = sorted([*others, "var"])
    if others:
        shown = "".join(f"\n  {name}" for name in others[:_MAX_SHOWN])
        more = f"\n  and {len(others) - _MAX_SHOWN} more" if len(others) > _MAX_SHOWN else ""
        if SETTINGS_FILE in others:
            raise UsageError(
                f"{folder} holds an edition. There is:{shown}{more}\n"
                '"kuratorium start" without a folder, in it, replaces the sample edition.'
            )
        raise UsageError(
            f"{folder} is not empty. There is:{shown}{more}\nName another folder, or one that does not exist yet."
        )


def plan_edition(folder: Path, answers: Answers) -> dict[str, bytes]:
    """Return the files of a new edition, by path from its root; raise UsageError with all that is wrong."""
    require_valid_answers(folder, answers)
    wheel, translations = pack_program(), read_translations(Path(PROGRAM_THEME), answers.language)
    texts = {
        **_fill_edition_files(answers),
        **list_template_files(translations),
        **{f"{path}/.gitkeep": "" for path in EMPTIED_FOLDERS},  # git keeps no empty folders
        **build_starter_files(answers),
        **_build_workflows(answers),
        **write_schemas(translations.gettext),
        LOCK_FILE: write_lock(wheel),
    }
    files = {file: name_schema(file, text).encode() for file, text in texts.items()}
    return {**files, f"{WHEELS_FOLDER}/{wheel.name}": wheel.data}


def create_edition(folder: Path, files: Mapping[str, bytes], now: datetime) -> str:
    """Write the files of a new edition into `folder`, all of them or none.

    Return the folder (from the root) that keeps what was replaced; empty if nothing was.
    """
    require_empty_folder(folder)
    backup = f"var/before-start-{now:%Y%m%d-%H%M%S}"  # git ignores var/
    with _take_back_on_failure(folder):
        _take_back(folder)
        stage = folder / _STAGE
        for file, data in files.items():
            write_atomically(stage / "files" / file, data)
        names = sorted({file.partition("/")[0] for file in files})
        write_atomically(stage / _NAMES_FILE, "\n".join(names).encode())
        replaced = [name for name in names if (folder / name).exists()]
        for name in replaced:
            write_atomically(folder / backup / name, (folder / name).read_bytes())
        for name in names:
            (stage / "files" / name).replace(folder / name)
        shutil.rmtree(stage)
    return backup if replaced else ""


@contextmanager
def _take_back_on_failure(folder: Path) -> Iterator[None]:
    """Leave the folder as it was if anything fails, such as a full disk, or if the user interrupts."""
    is_new = not folder.exists()
    try:
        yield
    except BaseException:
        _take_back(folder)
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _take_back(folder: Path) -> None:
    """Remove what a start that did not end has written, and put back what it replaced."""
    for name in _read_moved_names(folder):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif not (folder / _STAGE / "files" / name).exists():  # it was moved, so it is ours
            path.unlink(missing_ok=True)
    if (folder / _STAGE).exists():
        for kept in sorted(folder.glob("var/before-start-*/*")):
            if not (folder / kept.name).exists():
                kept.replace(folder / kept.name)
        shutil.rmtree(folder / "var", ignore_errors=True)
        shutil.rmtree(folder / _STAGE)


def _read_moved_names(folder: Path) -> list[str]:
    """Return the names at the top that a start that did not end has written, or was about to."""
    try:
        return (folder / _STAGE / _NAMES_FILE).read_text(encoding="utf-8").split("\n")
    except OSError:
        return []


def _build_workflows(answers: Answers) -> dict[str, str]:
    """Return the files by which the chosen forge pulls, checks and publishes by itself."""
    forge = next((forge for forge in FORGES if forge == answers.forge), None)
    return build_workflows(forge, WorkflowAnswers(name=answers.name)) if forge else {}


def _fill_edition_files(answers: Answers) -> dict[str, str]:
    translations = read_translations(Path(PROGRAM_THEME), answers.language)
    values = {
        "site_name": answers.name,
        "name": json.dumps(answers.name, ensure_ascii=False),  # every JSON string is also a Python literal
        "subtitle": json.dumps(translations.gettext(DEFAULT_SUBTITLE), ensure_ascii=False),
        "address": json.dumps(answers.address.rstrip("/"), ensure_ascii=False),
        "language": json.dumps(answers.language),
        "time_zone": json.dumps(find_time_zone(answers.language) or "UTC"),
    }
    files = {}
    for template, place in EDITION_FILES.items():
        text = (STARTER_FOLDER / template.format(language=answers.language)).read_text(encoding="utf-8")
        files[place] = Template(text).substitute(values) if "/edition/" in template else text
    return files
