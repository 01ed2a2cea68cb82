"""`kuratorium upgrade`: bring an edition to the version of the program in a wheel.

The present program builds the site once more, and starts that of the wheel, which knows the changelog and the
migrations: it shows what changes, builds a copy of the edition, and writes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ... import __version__
from ...errors import EditionError, UsageError
from ...program.pack import LOCK_FILE, Wheel
from ...program.theme import PROGRAM_THEME
from .. import options
from ..options import as_of_option, command
from ..terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ...desk.upgrade.plan import UpgradePlan
    from ...desk.upgrade.sites import SiteComparison

_FOLDER = "var/upgrade"
_MAX_SHOWN = 10  # of the paths of changed pages


@command(examples=("kuratorium upgrade kuratorium-0.2.0-py3-none-any.whl --dry-run",))
@click.argument("wheel", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show all that would change, with the lines, and change nothing.")
@click.option("--show", "shown", metavar="PATH", help="Show the lines that change in this file of the site.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
@click.option("--former-version", hidden=True, help="The version that starts this one.")
@click.option("--former-theme", hidden=True, type=click.Path(path_type=Path), help="The theme of that version.")
@as_of_option
def upgrade(
    *,
    wheel: Path,
    dry_run: bool,
    shown: str | None,
    yes: bool,
    former_version: str | None,
    former_theme: Path | None,
    as_of: datetime | None,
) -> int:
    """Bring the edition to the version of the program in a wheel.

    Shows what the changelog says between the versions, which fields of your files are migrated, which files of the
    program changed below those of your theme/, and which pages of the site change; then asks, and writes files, wheel
    and requirements.lock. Nothing is written if the new version finds mistakes. Then run "make site".
    """
    from ...program.wheels import read_wheel

    root, chosen = options.find_writable_root(), read_wheel(wheel)
    moment = as_of or options.get_current_time()
    if former_version and former_theme:
        return _upgrade(root, chosen, former_version, former_theme, moment, dry_run=dry_run, shown=shown, yes=yes)
    words = [*(["--dry-run"] if dry_run else []), *(["--yes"] if yes else []), *(["--show", shown] if shown else [])]
    return _start_program_of_wheel(root, wheel.resolve(), chosen, moment, words)


def _start_program_of_wheel(root: Path, path: Path, wheel: Wheel, moment: datetime, words: list[str]) -> int:
    """Build the site as it is, and let the program of the wheel do the rest; return its exit code."""
    from ...desk.upgrade.plan import require_upgrade
    from ...program.wheels import unpack_wheel
    from ...publishing.build_command import build_site

    require_upgrade(root, __version__, wheel)
    folder = root / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        unpack_wheel(wheel, folder / "program")
        python, environment = _prepare_program(root, wheel, folder)
        try:
            build_site(root, as_of=moment, output=folder / "before")
        except EditionError as error:
            message = f"{format_count(len(error.problems), 'mistake')} in the edition: pages are not compared."
            print_message(f'{message} "kuratorium check" shows them.', "yellow")
        former = ["--former-version", __version__, "--former-theme", PROGRAM_THEME, "--as-of", moment.isoformat()]
        arguments = [python, "-m", "kuratorium.cli.main", "upgrade", str(path), *former, *words]
        return subprocess.run(arguments, cwd=root, env=environment, check=False).returncode  # noqa: S603 - our own program
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare_program(root: Path, wheel: Wheel, folder: Path) -> tuple[str, Mapping[str, str]]:
    """Return a Python that has the libraries of the wheel, and the environment in which it finds its program."""
    from ...program.wheels import list_library_pins, read_wheel_lock

    present = list_library_pins((root / LOCK_FILE).read_text(encoding="utf-8"))
    lock = read_wheel_lock(wheel)
    environment = {**os.environ, "PYTHONPATH": str(folder / "program")}
    if list_library_pins(lock) == present:
        return sys.executable, environment
    print_message("The new version has other libraries: they are installed for a trial …")
    environment_folder, file = folder / "venv", folder / LOCK_FILE
    file.write_text(lock, encoding="utf-8")
    python = str(environment_folder / "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(file)]
    for arguments in ([sys.executable, "-m", "venv", str(environment_folder)], pip):
        run = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if run.returncode:
            detail = (run.stderr or run.stdout).strip().splitlines()[-1:] or ["it says nothing"]
            raise UsageError(f"The libraries of {wheel.version} cannot be installed: {detail[0]} Nothing was changed.")
    return python, environment


def _upgrade(
    root: Path,
    wheel: Wheel,
    former_version: str,
    former_theme: Path,
    moment: datetime,
    *,
    dry_run: bool,
    shown: str | None,
    yes: bool,
) -> int:
    from ...desk.rules.last_commit import list_uncommitted_files
    from ...desk.upgrade.plan import apply_plan, copy_edition, plan_upgrade

    folder = root / _FOLDER
    _print_changelog(former_version, wheel.version)
    plan = plan_upgrade(root, wheel)
    _print_files(root, plan, with_lines=dry_run)
    _print_overrides(root, former_theme, with_lines=dry_run)
    copy_edition(root, plan, folder / "edition")
    if comparison := _compare_sites(folder, moment, wheel.version):
        _print_comparison(comparison)
        if shown:
            _print_page(shown.lstrip("/"), folder)
    if dry_run:
        print_result("Nothing was changed.")
        return 0
    if uncommitted := list_uncommitted_files(root, plan.texts):
        print_message(
            f"Not committed yet, so that git cannot take the upgrade back: {', '.join(uncommitted)}", "yellow"
        )
    _confirm(wheel.version, yes=yes)
    if left := apply_plan(root, plan):
        print_message(f"Saved meanwhile, and left as it is: {', '.join(left)}. Run the upgrade again.", "red")
        return UsageError.exit_code
    print_result(f'The edition is of version {wheel.version}. Run "make site", look at it, and commit the changes.')
    return 0


def _confirm(version: str, *, yes: bool) -> None:
    from .. import prompts

    if yes:
        return
    if not prompts.is_interactive():
        raise UsageError("Nothing was changed. Give --yes to upgrade without being asked.")
    if not prompts.confirm(f"Upgrade the edition to {version}?"):
        raise click.Abort


def _print_changelog(former: str, present: str) -> None:
    from ...desk.upgrade.changelog import select_changes
    from ...program.pack import read_program_file

    print_result(f"From {former} to {present}", "bold")
    print_result(select_changes(read_program_file("CHANGELOG.md"), former, present) or "The changelog says nothing.")
    print_result()


def _print_files(root: Path, plan: UpgradePlan, *, with_lines: bool) -> None:
    """Print what is migrated, in which files, and what changes in them."""
    from ...edition.settings import read_site_settings
    from ...translations import read_translations

    site = read_site_settings(root)
    translate = read_translations(root / site.theme, site.lang).gettext
    print_result(f"{format_count(len(plan.texts), 'file')} of yours to migrate", "bold")
    for migration in plan.migrations:
        print_result(f"  {migration.contract}: {translate(migration.summary)}")
    for file, text in plan.texts.items():
        print_result(f"  {file}")
        if with_lines:
            former = plan.former_texts[file].splitlines(keepends=True)
            _print_lines("".join(unified_diff(former, text.splitlines(keepends=True), file, file, n=1)))
    print_result()


def _print_overrides(root: Path, former_theme: Path, *, with_lines: bool) -> None:
    """Print what changed in the program below the files of the edition's own theme."""
    from ...desk.upgrade.overrides import compare_overrides
    from ...edition.settings import get_theme, run_settings_file

    changes = compare_overrides(root, get_theme(run_settings_file(root)), former_theme, Path(PROGRAM_THEME))
    print_result(f"{format_count(len(changes), 'file')} of your theme to look at", "bold")
    for change in changes:
        what = "is gone in the program" if change.kind == "gone" else "changed in the program"
        print_result(f"  {change.file}: {change.program_file} {what}")
        if with_lines:
            _print_lines(change.diff)
    print_result()


def _compare_sites(folder: Path, moment: datetime, version: str) -> SiteComparison | None:
    """Build the copy of the edition, and compare its site with the former one; None if there was none."""
    from ...desk.upgrade.sites import compare_sites
    from ...publishing.build_command import build_site

    try:
        build_site(folder / "edition", as_of=moment, output=folder / "after")
    except EditionError:
        print_message(f"With {version} the site cannot be built:", "red")
        raise
    return compare_sites(folder / "before", folder / "after") if (folder / "before").is_dir() else None


def _print_comparison(comparison: SiteComparison) -> None:
    print_result("Files of the site", "bold")
    print_result(f"  {comparison.same_count} are the same")
    for paths, what in (
        (comparison.changed, "changed"),
        (comparison.added, "are new"),
        (comparison.removed, "are gone"),
    ):
        more = f", and {len(paths) - _MAX_SHOWN} more" if len(paths) > _MAX_SHOWN else ""
        names = f": {', '.join(paths[:_MAX_SHOWN])}{more}" if paths else ""
        print_result(f"  {len(paths)} {what}{names}")
    print_result()


def _print_page(path: str, folder: Path) -> None:
    """Print the lines that change in a file of the site; raise UsageError if neither site has it."""
    before, after = folder / "before" / path, folder / "after" / path
    if not any(file.is_file() and file.resolve().is_relative_to(folder.resolve()) for file in (before, after)):
        raise UsageError(f'"{path}" is in neither site: give a path such as index.html. Nothing was changed.')
    texts = [
        file.read_text("utf-8", "replace").splitlines(keepends=True) if file.is_file() else []
        for file in (before, after)
    ]
    _print_lines("".join(unified_diff(texts[0], texts[1], f"before/{path}", f"after/{path}")))


def _print_lines(text: str) -> None:
    for line in text.splitlines():
        print_result(f"    {line}")
