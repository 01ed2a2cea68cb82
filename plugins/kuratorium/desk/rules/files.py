"""Rules on the files of curation/ and content/: those that nothing reads, names that deceive, unfinished merges."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from ...edition import frontmatter, loader, settings
from ...edition.formats import FOLDERS_BY_FORMAT
from ...edition.paths import (
    CONTENT_PREFIX,
    INBOX_FOLDER,
    NOTES_FOLDER,
    REGISTRY_FILES,
    SAMPLES_FOLDER,
    SEEN_FOLDER,
    is_post_or_page,
    scan_visible_files,
)
from ...edition.syntax import characters
from ...errors import EditionError, Problem

_POST_FOLDERS = tuple(FOLDERS_BY_FORMAT.values())
_READ_FOLDERS = (*_POST_FOLDERS, INBOX_FOLDER, SEEN_FOLDER)
_PROSE_SUFFIXES = frozenset((".md", ".markdown", ".mdown", ".mkd", ".txt", ".rst"))
_DATA_SUFFIXES = frozenset((".yaml", ".yml", ".json", ".toml"))
_LEFT_ALONE = re.compile(r"(?:readme|licen[cs]e|contributing|changelog)\b", re.IGNORECASE)
_MAX_LISTED_FILES = 3  # in a folder that nothing reads; a folder of three hundred notes is one mistake


def check_unread_files(root: Path, used_files: Collection[str]) -> Iterator[Problem]:
    """Find texts and registries that nothing reads: in a wrong folder, or under a name nearly right.

    `used_files` are files that posts, pages or sources name, from the edition's root.
    """
    by_folder: dict[str, list[str]] = defaultdict(list)
    for file in sorted(_list_files(root)):
        if file not in used_files and _is_unread(root, file):
            by_folder[file.rpartition("/")[0]].append(file)
    for folder, files in by_folder.items():
        if len(files) > _MAX_LISTED_FILES:
            name = PurePosixPath(files[0]).name
            yield Problem(folder, 0, "", f"nothing reads these {len(files)} files, such as {name}", _suggest(files[0]))
        else:
            yield from (Problem(file, 0, "", "nothing reads this file", _suggest(file)) for file in files)


def check_file_names(root: Path) -> Iterator[Problem]:
    """Find names with control characters, or with characters by which they look like another.

    The loader reports those of posts and pages.
    """
    for file in sorted(_list_files(root)):
        character = characters.find_forbidden_in_name(file)
        if character and not is_post_or_page(file):
            message = f"the name of the file contains the {characters.name_character(character)}"
            yield Problem(characters.escape(file), 0, "", message, "Rename the file.")


def check_merges(root: Path) -> Iterator[Problem]:
    """Find seen files and captions with an unfinished merge.

    The loader reports those in posts and registries, and in captions unless a registry is broken, too. A pull reads
    seen files as they are.
    """
    captions = (file for file in scan_visible_files(str(root), "content", []) if file.endswith(".vtt"))
    for file in sorted((*scan_visible_files(str(root), SEEN_FOLDER, []), *captions)):
        try:
            data = loader.read_bytes(root, file)
            if any(marker in data for marker in (b"<<<<<<<", b">>>>>>>", b"|||||||")):
                frontmatter.decode_text(file, data)
        except frontmatter.InvalidFileError as error:
            yield from error.problems
    yield from _check_theme(root)


def _check_theme(root: Path) -> Iterator[Problem]:
    """Yield the unfinished merges in the edition's own theme."""
    try:
        theme = settings.read_site_settings(root).theme
    except EditionError:  # reported by the rule on the edition
        return
    if (root / theme).is_dir() and not PurePosixPath(theme).is_absolute():
        yield from frontmatter.find_theme_merges(root, theme, scan_visible_files(str(root), theme, [], within=theme))


def _list_files(root: Path) -> Iterator[str]:
    """Yield the visible files of curation/ and content/, from the edition's root."""
    for folder in ("curation", CONTENT_PREFIX.rstrip("/")):
        yield from scan_visible_files(str(root), folder, [])


def _is_unread(root: Path, file: str) -> bool:
    path = PurePosixPath(file)
    if file in REGISTRY_FILES or file.startswith(f"{SAMPLES_FOLDER}/") or _LEFT_ALONE.match(path.name):
        return False
    folder = _find_read_folder(root, file)
    if folder:  # elsewhere than in curation/seen, what is no Markdown is an error already
        return folder == SEEN_FOLDER and path.suffix != ".txt"
    suffix = path.suffix.lower()
    if file.startswith(CONTENT_PREFIX):
        # A .txt file may be for download; with front matter it is a post.
        return suffix in _PROSE_SUFFIXES and (suffix != ".txt" or _has_front_matter(root, file))
    return suffix in _PROSE_SUFFIXES or suffix in _DATA_SUFFIXES


def _find_read_folder(root: Path, file: str) -> str:
    """Return the folder that is read and that `file` is in, by whatever case; empty if it is in none."""
    for folder in _READ_FOLDERS:
        if file.startswith(f"{folder}/"):
            return folder
        # File systems without case, as on macOS, may list curation/Notes/, and it is read all the same.
        name = file[: len(folder)]
        is_alike = file[: len(folder) + 1].lower() == f"{folder}/"
        if is_alike and (root / folder).exists() and (root / folder).samefile(root / name):
            return folder
    return ""


def _has_front_matter(root: Path, file: str) -> bool:
    try:
        with (root / file).open("rb") as stream:
            return stream.read(8).lstrip(b"\xef\xbb\xbf").startswith(b"---")
    except OSError:
        return False


def _suggest(file: str) -> str:
    """Return where a file that nothing reads would be read."""
    path = PurePosixPath(file)
    folder, suffix = path.parent.as_posix(), path.suffix.lower()
    if folder.startswith(SEEN_FOLDER):
        return f"{SEEN_FOLDER}/ holds what a pull writes, one .txt file per source: move the file elsewhere."
    if suffix in _DATA_SUFFIXES:
        return _suggest_registry(path)
    wanted = _suggest_folder(folder)
    name = "" if path.suffix == ".md" else f", with a name that ends in .md ({path.stem}.md)"
    return f"Move it to {wanted}{name}; name it README.md if it is not for the site."


def _suggest_registry(path: PurePosixPath) -> str:
    names = [PurePosixPath(file).stem for file in REGISTRY_FILES]
    close = difflib.get_close_matches(path.stem.lower(), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean curation/{close[0]}.yaml?"
    return f"Read are {', '.join(REGISTRY_FILES)}; samples belong in {SAMPLES_FOLDER}/."


def _suggest_folder(folder: str) -> str:
    """Return the folder of posts that is most like `folder`, else all of them."""
    parts = folder.lower().split("/")
    names = {known.rsplit("/", 1)[-1]: known for known in _POST_FOLDERS}
    for part in parts[1:]:
        close = difflib.get_close_matches(part, names, n=1, cutoff=0.7)
        if close:
            return f"{names[close[0]]}/"
    if parts[0] == "curation":
        return f"{NOTES_FOLDER}/"
    return f"the folder of its format ({', '.join(f'{known}/' for known in _POST_FOLDERS)})"
