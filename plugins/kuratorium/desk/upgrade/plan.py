"""What an upgrade changes in the files of an edition, and how it is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from ...compare_and_swap import FileChange, apply_changes
from ...edition.formats import FORMATS, STANDALONE_PAGES_FOLDER
from ...edition.frontmatter import decode_text
from ...edition.paths import INBOX_FOLDER, REGISTRY_FILES, scan_visible_files
from ...errors import UsageError
from ...files import write_atomically
from ...program.pack import LOCK_FILE, WHEELS_FOLDER, Wheel, find_pin, write_lock
from .migrations import Migration, list_migrations, migrate, read_version

_LEFT_OUT = (".git", ".venv", "var", "output", "node_modules")  # of the copy in which the new version builds


class UpgradePlan(Struct, frozen=True):
    """The new texts of files by path from the root, with the former ones, and the wheel whose pin comes last.

    `migrations`: those that the edition's contract lacks, in their order.
    """

    texts: dict[str, str]
    former_texts: dict[str, str]
    wheel: Wheel
    migrations: tuple[Migration, ...]


def require_upgrade(root: Path, running: str, wheel: Wheel) -> None:
    """Raise UsageError if the edition at `root` cannot go from the `running` version to that of the wheel."""
    path = root / LOCK_FILE
    pin = find_pin(path.read_text(encoding="utf-8")) if path.is_file() else None
    if not pin:
        raise UsageError(
            f'{LOCK_FILE} pins no version of Kuratorium, as it does in an edition that "kuratorium start DIR" began. '
            "An edition in a clone of the program gets a new version by git: merge it."
        )
    pinned, _ = pin
    if pinned != running:
        raise UsageError(
            f'{LOCK_FILE} pins Kuratorium {pinned}, and this is {running}. Run "make site" first, which installs it.'
        )
    try:
        is_older = Version(wheel.version) < Version(running)
    except InvalidVersion as error:
        raise UsageError(f"{wheel.name} has no version that can be compared: {wheel.version}.") from error
    if is_older:
        raise UsageError(f"{wheel.version} is older than {running}: files that were migrated cannot go back. Use git.")


def plan_upgrade(root: Path, wheel: Wheel) -> UpgradePlan:
    """Return what the upgrade of the edition at `root` to the wheel changes, as this program, the wheel's, knows it.

    Raises UsageError with all that only a person can change.
    """
    files = [file for file in REGISTRY_FILES if (root / file).is_file()]
    for folder in (*(format.folder for format in FORMATS), STANDALONE_PAGES_FOLDER, INBOX_FOLDER):
        files += [file for file in scan_visible_files(str(root), folder, []) if file.endswith(".md")]
    texts = {file: decode_text(file, (root / file).read_bytes()) for file in files}
    return UpgradePlan(migrate(texts), texts, wheel, tuple(list_migrations(read_version(texts))))


def copy_edition(root: Path, plan: UpgradePlan, folder: Path) -> None:
    """Copy the edition into `folder` with the plan's changes, to build it there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root, folder, symlinks=True, ignore=lambda place, _: _LEFT_OUT if Path(place) == root else ())
    for file, text in plan.texts.items():
        write_atomically(folder / file, text.encode())


def apply_plan(root: Path, plan: UpgradePlan) -> list[str]:
    """Write the new texts, then the wheel, and the pin last; return the files that were saved meanwhile, and so stay.

    If there are any, or this is killed, the pin stays as it was, and another upgrade does the rest.
    """
    changes = [
        FileChange(path=root / file, text=text, expected=plan.former_texts[file]) for file, text in plan.texts.items()
    ]
    if left := apply_changes(changes):
        return [change.path.relative_to(root).as_posix() for change in left]
    former = set((root / WHEELS_FOLDER).glob("kuratorium-*.whl"))
    wheel = root / WHEELS_FOLDER / plan.wheel.name
    write_atomically(wheel, plan.wheel.data)
    write_atomically(root / LOCK_FILE, write_lock(plan.wheel).encode())
    for path in former - {wheel}:
        path.unlink(missing_ok=True)
    return []
