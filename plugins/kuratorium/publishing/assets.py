"""Assets: the files of the theme and of content/ that are copied into the site as they are, as Pelican copies them."""

from __future__ import annotations

import contextlib
import fnmatch
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..edition.paths import (
    CONTENT_PREFIX,
    POLICY_FILE,
    SETTINGS_FILE,
    TOKENS_PATH,
    FileStamp,
    LinkedFiles,
    is_confined,
    is_post_or_page,
    resolve_content_path,
    walk_files,
)
from ..errors import EditionError, Problem
from ..files import read_regular_file
from ..program.theme import find_link_limit, is_in_theme, list_theme_folders
from .admin.program import ADMIN_FOLDER, PROGRAM_FILE
from .output_folder import is_path_in_site
from .settings import Settings

if TYPE_CHECKING:
    from ..edition.curation import Policy
    from ..edition.registry import Registry

COLOURS_FILE = f"theme/{TOKENS_PATH}"
"""Address in the site of the theme's colours, in which pictures are drawn."""

_CONTENT_FOLDER = CONTENT_PREFIX.rstrip("/")

Assets = dict[str, str]
"""Where an asset is in the site, from the site's root -> its file, from the edition's root."""


def sort_linked_files(texts: Iterable[tuple[bool, Iterable[str], Collection[str]]], registry: Registry) -> LinkedFiles:
    """Return the files that texts name, sorted into public and withheld ones.

    `texts` holds for each text whether it is withheld, the files that it names, and those of them that it only shows as
    pictures, which are drawn anew.
    """
    public: set[str] = set()
    withheld: set[str] = set()
    drawn = {f"{CONTENT_PREFIX}{picture.file}" for picture in registry.pictures.values() if picture.formats}
    for is_withheld, files, pictures in texts:
        (withheld if is_withheld else public).update(file for file in files if file not in pictures)
        drawn.update(pictures)
    if registry.logo:
        drawn.add(registry.logo.file)
    images = [record.image for records in (registry.people, registry.topics) for record in records.values()]
    # A podcast shows its cover wherever it lies; a person's page its picture even if a draft names it, too.
    covers = [series.image for series in registry.series.values()]
    covers += [registry.policy.podcast.image] if registry.policy and registry.policy.podcast else []
    public.update(file for cover in covers if cover and (file := resolve_content_path(cover.file)))
    named = {file for image in images if image and (file := resolve_content_path(image.file))}
    withheld.difference_update(public, named)
    return LinkedFiles(
        public=tuple(sorted(public)),
        withheld=tuple(sorted(withheld - drawn)),
        pictures=tuple(sorted(file for file in drawn if file not in public)),
    )


def find_assets(
    root: Path,
    settings: Settings,
    linked_files: LinkedFiles,
    problems: list[Problem],
    *,
    folder_stamps: dict[str, FileStamp] | None = None,
    with_admin: bool = True,
) -> Assets:
    """Return the assets of the edition at `root`: those of the settings' folders, and those that texts link to.

    Files that only withheld texts name, such as the recording of an interview before its release, are left out, and so
    are those that are drawn anew, and the program of the page /admin/ if there is no such page (`with_admin`). Adds to
    `problems` what would be read or written outside of its folder, and to `folder_stamps` what `walk_files` does.
    """
    assets: Assets = {}
    find_files = partial(_find_files, root, settings=settings, problems=problems, folder_stamps=folder_stamps)
    for layer in reversed(list_theme_folders(root, settings.theme)):  # the edition's own come last, and stay
        for source, path in find_files(layer, settings.theme_static_paths):
            name = path or PurePosixPath(source).name  # a file instead of a folder
            is_program = name.startswith(f"{ADMIN_FOLDER}/")
            if with_admin or not is_program:
                address = name if is_program else f"{settings.theme_static_dir}/{name}"
                assets[address] = f"{source}/{path}" if path else source
    excluded = tuple(f"{CONTENT_PREFIX}{folder.strip('/')}/" for folder in settings.static_excludes)
    for source, path in find_files(_CONTENT_FOLDER, settings.static_paths):
        file = f"{source}/{path}" if path else source
        if not file.startswith(excluded):
            assets[file.removeprefix(CONTENT_PREFIX)] = file
    # Pelican publishes a linked file of content/ as well, wherever it lies.
    for file in linked_files.public:
        path = file.removeprefix(CONTENT_PREFIX)
        if path == file or assets.get(path) == file or is_post_or_page(file):
            continue  # not of content/, found above already, or published as a page
        if (root / file).is_file() and is_confined(str(root), file, _CONTENT_FOLDER):
            assets[path] = file
    withheld = {*linked_files.withheld, *linked_files.pictures}
    # Posts may lie beside their pictures; they have pages, and their Markdown is not published.
    public = {path: file for path, file in assets.items() if not is_post_or_page(file) and file not in withheld}
    problems += [_report_foreign_address(path) for path in public if not is_path_in_site(path)]
    return dict(sorted(public.items()))


def find_edition_sheets(root: Path, settings: Settings, assets: Assets) -> tuple[str, ...]:
    """Return the style sheets that the edition's own theme adds to those of the program, by their addresses, sorted.

    They are those in static/css/ without one of the same name in the program's theme, in whose place they would be.
    """
    layers = list_theme_folders(root, settings.theme)
    prefix = f"{settings.theme}/static/css/"
    return tuple(
        address
        for address, file in sorted(assets.items())
        if file.startswith(prefix) and file.endswith(".css") and "/" not in file.removeprefix(prefix)
        if not all(Path(root, layer, file.removeprefix(f"{settings.theme}/")).exists() for layer in layers)
    )


def check_admin_program(root: Path, policy: Policy | None, assets: Assets) -> list[Problem]:
    """Return the problem that the page /admin/ is switched on, and its program is not there."""
    if not (policy and policy.admin) or f"{ADMIN_FOLDER}/{PROGRAM_FILE}" in assets:
        return []
    # As in check_foreign_loads: a build that finds nothing changed imports no YAML.
    from ..edition.fields import Violation  # noqa: PLC0415
    from ..edition.registry import report_violations  # noqa: PLC0415

    message = "the program of the page /admin/ is not in this edition"
    hint = 'Run "kuratorium admin", which fetches it into the theme, and commit it; or delete "admin".'
    return report_violations(root, POLICY_FILE, [Violation(("admin",), message, hint)])


def find_drawn_files(registry: Registry, assets: Assets, hashes: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files that drawn pictures show or need, by address in the site, with a digest of each.

    `hashes` are by file of the edition.
    """
    portraits = [person.portrait for person in registry.people.values() if person.portrait]
    theme = {COLOURS_FILE: hashes[assets[COLOURS_FILE]].hex()} if COLOURS_FILE in assets else {}
    return {**theme, **{portrait.file: portrait.digest for portrait in portraits}}


def check_foreign_loads(root: Path, settings: Settings, files: Iterable[str]) -> Iterator[Problem]:
    """Find what assets and templates, by path from the root, would load from another host on their pages.

    Files that cannot be read are reported by the build.
    """
    # It imports YAML: a build that finds nothing changed must not wait for that.
    from ..edition.foreign_loads import LOADING_SUFFIXES, find_foreign_loads  # noqa: PLC0415

    for file in sorted(files):
        # What the program of /admin/ may load, its page's own policy says.
        if file.lower().endswith(LOADING_SUFFIXES) and f"/{ADMIN_FOLDER}/" not in file:
            is_template = is_in_theme(file, settings.theme, "templates")
            with contextlib.suppress(OSError):
                data = read_regular_file(root / file)
                for violation in find_foreign_loads(file, data, settings.site.url, is_template=is_template):
                    yield Problem(file, violation.line, "", violation.message, violation.hint)


def build_copy_error(file: str, error: OSError) -> EditionError:
    """Return the error that a file could not be read while it was copied."""
    message = f"cannot be copied: {error.strerror or error}"
    return EditionError([Problem(file, 0, "", message, "Make the file readable, or remove it.")])


def _find_files(
    root: Path,
    within: str,
    folders: Iterable[str],
    *,
    settings: Settings,
    problems: list[Problem],
    folder_stamps: dict[str, FileStamp] | None,
) -> Iterator[tuple[str, str]]:
    """Yield each folder of `within` with the path of every file below it; with "" if it is a file itself."""

    def is_visible(name: str, _is_folder: bool) -> bool:
        return not any(fnmatch.fnmatch(name, pattern) for pattern in settings.ignored_patterns)

    limit = find_link_limit(within)
    for folder in folders:
        source = posixpath.normpath(f"{within}/{folder}")
        if not is_confined(str(root), source, within) and limit == within:
            problems.append(_report_foreign_folder(folder, within))
        elif (root / source).is_file():
            yield source, ""
        else:
            files = walk_files(str(root), source, is_visible, problems, within=limit, folder_stamps=folder_stamps)
            for file, _ in files:
                yield source, file.removeprefix(f"{source}/")


def _report_foreign_folder(folder: str, within: str) -> Problem:
    hint = f"STATIC_PATHS and THEME_STATIC_PATHS name folders below {_CONTENT_FOLDER}/ and the theme."
    return Problem(SETTINGS_FILE, 0, "", f'"{folder}" leads out of {within}/', hint)


def _report_foreign_address(path: str) -> Problem:
    hint = 'Write the folder as a plain path from the root of the site: THEME_STATIC_DIR = "theme".'
    return Problem(SETTINGS_FILE, 0, "THEME_STATIC_DIR", f'"{path}" would lie outside of the site', hint)
