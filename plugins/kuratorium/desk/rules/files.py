"""Rules on the files of curation/ and content/: those that nothing reads, names that deceive, unfinished merges."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from ...edition import frontmatter, loader
from ...edition.fields import Violation
from ...edition.formats import FOLDERS_BY_FORMAT
from ...edition.loader import Edition
from ...edition.paths import (
    CONTENT_PREFIX,
    INBOX_FOLDER,
    NOTES_FOLDER,
    PEOPLE_FILE,
    PICTURE_SUFFIXES,
    REGISTRY_FILES,
    SAMPLES_FOLDER,
    SEEN_FOLDER,
    SENT_FILE,
    TEMPLATES_FOLDER,
    is_post_or_page,
    resolve_content_path,
    scan_visible_files,
)
from ...edition.pictures.reading import VECTOR_SUFFIX
from ...edition.registry import Registry
from ...edition.settings import SettingsFile, SiteSettings
from ...edition.syntax import characters
from ...errors import Problem
from ...files import read_regular_file

_REGISTRY_NAMES = frozenset(PurePosixPath(file).name for file in REGISTRY_FILES)
_POST_FOLDERS = tuple(FOLDERS_BY_FORMAT.values())
_READ_FOLDERS = (*_POST_FOLDERS, INBOX_FOLDER, SEEN_FOLDER)
_PROSE_SUFFIXES = frozenset((".md", ".markdown", ".mdown", ".mkd", ".txt", ".rst"))
_DATA_SUFFIXES = frozenset((".yaml", ".yml", ".json", ".toml"))
_PICTURE_SUFFIXES = frozenset(PICTURE_SUFFIXES)
_CAPTION_SUFFIXES = frozenset((".srt", ".sbv", ".ttml", ".dfxp", ".ass", ".ssa", ".sub"))
_REGISTRY_COPY = re.compile(r"curation/(?P<stem>sources|people|topics|series|policy)\.ya?ml[._~-].*", re.IGNORECASE)
# Folders of posts by the names that people give them, at the top of the edition or in another case.
_NAMES_OF_FOLDERS = frozenset(
    ("curation", "content", "posts", "drafts", *(f.rpartition("/")[2] for f in _READ_FOLDERS))
)
_LEFT_ALONE = re.compile(r"(?:readme|licen[cs]e|contributing|changelog)\b", re.IGNORECASE)
_MAX_LISTED_FILES = 3  # in a folder that nothing reads; a folder of three hundred notes is one mistake


def check_unread_files(root: Path, settings: SettingsFile, used_files: Collection[str]) -> Iterator[Problem]:
    """Find texts and registries that nothing reads: in a wrong folder, or under a name nearly right.

    `used_files` are files that posts, pages or sources name, from the edition's root.
    """
    by_folder: dict[str, list[str]] = defaultdict(list)
    copied = list_copied_folders(settings)
    for file in sorted({*_list_files(root), *_list_hidden_files(root), *_list_files_at_the_top(root)}):
        if file not in used_files and _is_unread(root, file, copied):
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


def check_portraits(edition: Edition, can_draw: Callable[[bytes], bool]) -> Iterator[Problem]:
    """Find drawn portraits that share cards cannot show; `can_draw` judges the bytes of a picture."""
    registry = edition.registry
    if not registry.is_complete or (registry.policy and not registry.policy.share_cards):
        return
    violations = []
    for index, person in enumerate(registry.people.values()):
        file = resolve_content_path(person.image.file) if person.image else None
        with contextlib.suppress(OSError):  # a missing file is an error of the edition
            if file and file.lower().endswith(VECTOR_SUFFIX) and not can_draw(read_regular_file(edition.root / file)):
                violations.append(Violation((index, "image", "file"), f"{file} cannot be drawn", _PORTRAIT_HINT))
    if violations:
        text = frontmatter.decode_text(PEOPLE_FILE, (edition.root / PEOPLE_FILE).read_bytes())
        yield from frontmatter.locate_violations(PEOPLE_FILE, text, violations, first_line=1)


_PORTRAIT_HINT = (
    "Share cards show the initials instead. Save it again as JPEG, PNG or WebP, or as SVG without pictures of other "
    "files."
)


def check_merges(root: Path, site: SiteSettings | None) -> Iterator[Problem]:
    """Find seen files, and captions, pictures and other texts of content/ and the theme with an unfinished merge.

    The loader reports those in posts and registries, and in captions unless a registry is broken, too. A pull reads
    seen files as they are.
    """
    for file in sorted(scan_visible_files(str(root), SEEN_FOLDER, [])):
        try:
            data = loader.read_bytes(root, file)
            if any(marker in data for marker in (b"<<<<<<<", b">>>>>>>", b"|||||||")):
                frontmatter.decode_text(file, data)
        except frontmatter.InvalidFileError as error:
            yield from error.problems
    yield from frontmatter.find_published_merges(root, "content", scan_visible_files(str(root), "content", []))
    if site:
        yield from _check_theme(root, site.theme)


def check_seen_files(root: Path) -> Iterator[Problem]:
    """Find folders in the place of seen files, with which a pull of their source fails."""
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")):
        if path.is_dir():
            hint = "Move it elsewhere: a pull writes a file of this name. If git has the file, restore it."
            yield Problem(path.relative_to(root).as_posix(), 0, "", "this is a folder, not a seen file", hint)


def _check_theme(root: Path, theme: str) -> Iterator[Problem]:
    """Yield the unfinished merges in the edition's own theme."""
    if (root / theme).is_dir() and not PurePosixPath(theme).is_absolute():
        files = scan_visible_files(str(root), theme, [], within=theme)
        yield from frontmatter.find_published_merges(root, theme, files)


def _list_files(root: Path) -> Iterator[str]:
    """Yield the visible files of curation/ and content/, from the edition's root."""
    for folder in ("curation", CONTENT_PREFIX.rstrip("/")):
        yield from scan_visible_files(str(root), folder, [])


def _list_hidden_files(root: Path) -> Iterator[str]:
    """Yield Markdown files below curation/ and content/ whose name, or that of a folder above, begins with a dot."""
    for folder in ("curation", CONTENT_PREFIX.rstrip("/")):
        for place, _, names in os.walk(root / folder):
            for name in names:
                file = PurePosixPath(os.path.relpath(place, root), name).as_posix()
                if name.endswith(".md") and _is_hidden(file) and _is_utf8(file):
                    yield file


def _is_utf8(file: str) -> bool:
    return file.encode("utf-8", "replace").decode() == file


def _is_hidden(file: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(file).parts)


def _list_files_at_the_top(root: Path) -> Iterator[str]:
    """Yield Markdown files at the top of the edition, or in folders there that are named like those of posts."""
    read = [root / name for name in ("curation", "content") if (root / name).exists()]
    for entry in sorted(root.iterdir()):
        if (entry.suffix == ".md" and entry.is_file()) or f"curation/{entry.name}" in REGISTRY_FILES:
            yield entry.name
        elif entry.name.lower().strip("_") in _NAMES_OF_FOLDERS and _is_other_folder(entry, read):
            files = (path.relative_to(root).as_posix() for path in entry.rglob("*.md"))
            yield from filter(_is_utf8, files)


def _is_other_folder(entry: Path, read: Sequence[Path]) -> bool:
    """Return whether `entry` is a folder, and none of those that are `read`: file systems without case confuse them."""
    return entry.is_dir() and not entry.is_symlink() and not any(entry.samefile(folder) for folder in read)


def list_named_pictures(registry: Registry) -> set[str]:
    """Return the logo, and the pictures that people, topics, series and the podcast name, from the edition's root."""
    images = [person.image for person in registry.people.values()]
    images += [topic.image for topic in registry.topics.values()]
    images += [series.image for series in registry.series.values()]
    images += [registry.policy.podcast.image] if registry.policy and registry.policy.podcast else []
    logo = {registry.logo.file} if registry.logo else set()
    return logo | {file for image in images if image and (file := resolve_content_path(image.file))}


def list_copied_folders(settings: SettingsFile) -> tuple[str, ...]:
    """Return the folders and files of content/ that are copied into the site; all of it if no settings say."""
    paths = settings.values.get("STATIC_PATHS", ())
    if not settings.values or not isinstance(paths, list | tuple):  # reported elsewhere
        return (CONTENT_PREFIX,)
    names = (str(path).removeprefix("./").strip("/") for path in paths)
    return tuple(CONTENT_PREFIX if name in ("", ".") else f"{CONTENT_PREFIX}{name}/" for name in names)


def _is_unread(root: Path, file: str, copied: tuple[str, ...]) -> bool:
    path = PurePosixPath(file)
    if _is_hidden(file) or not file.startswith(("curation/", CONTENT_PREFIX)):
        return file in _REGISTRY_NAMES or (_has_front_matter(root, file) and not _LEFT_ALONE.match(path.name))
    if (
        file in (*REGISTRY_FILES, SENT_FILE)
        or file.startswith((f"{SAMPLES_FOLDER}/", f"{TEMPLATES_FOLDER}/"))
        or _LEFT_ALONE.match(path.name)
    ):
        return False
    folder = _find_read_folder(root, file)
    if folder:  # elsewhere than in curation/seen, what is no Markdown is an error already
        return folder == SEEN_FOLDER and path.suffix != ".txt"
    suffix = path.suffix.lower()
    is_copied = not file.startswith(CONTENT_PREFIX) or f"{file}/".startswith(copied)
    if suffix in _CAPTION_SUFFIXES or _REGISTRY_COPY.fullmatch(file) or not is_copied:
        return True
    if file.startswith(CONTENT_PREFIX):
        # A .txt file may be for download; with front matter it is a post.
        return suffix in _PROSE_SUFFIXES and (suffix != ".txt" or _has_front_matter(root, file))
    return suffix in _PROSE_SUFFIXES or suffix in _DATA_SUFFIXES or suffix in _PICTURE_SUFFIXES


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
        if not (root / file).is_file():  # a FIFO would wait for a writer
            return False
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
    if suffix in _DATA_SUFFIXES or _REGISTRY_COPY.fullmatch(file):
        return _suggest_registry(file)
    if _is_hidden(file):
        visible = "/".join(part.lstrip(".") for part in path.parts)
        return f"Rename it to {visible}, without a dot; status: draft keeps a post from the site."
    if suffix in (_CAPTION_SUFFIXES | _PICTURE_SUFFIXES):
        words = f"Write its words into the post: kuratorium transcript POST --from {file}, or save it as WebVTT (.vtt)."
        return words if suffix in _CAPTION_SUFFIXES else "Pictures belong in content/images/."
    if suffix not in _PROSE_SUFFIXES and file.startswith(CONTENT_PREFIX):
        name = file.removeprefix(CONTENT_PREFIX)
        return f'Move it to content/media/, or add to pelicanconf.py: STATIC_PATHS = [*STATIC_PATHS, "{name}"]'
    wanted = _suggest_folder(folder)
    name = "" if path.suffix == ".md" else f", with a name that ends in .md ({path.stem}.md)"
    return f"Move it to {wanted}{name}; name it README.md if it is not for the site."


def _suggest_registry(file: str) -> str:
    if copy := _REGISTRY_COPY.fullmatch(file):
        return f"Delete it, if curation/{copy['stem'].lower()}.yaml has all that it holds; git keeps what was before."
    names = [PurePosixPath(file).stem for file in REGISTRY_FILES]
    close = difflib.get_close_matches(PurePosixPath(file).stem.lower(), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean curation/{close[0]}.yaml?"
    return f"Read are {', '.join(REGISTRY_FILES)}; samples belong in {SAMPLES_FOLDER}/."


def _suggest_folder(folder: str) -> str:
    """Return the folder of posts that is most like `folder`, else all of them."""
    parts = folder.lower().split("/")
    names = {known.rsplit("/", 1)[-1]: known for known in _POST_FOLDERS}
    for part in parts[1:] if parts[0] in ("curation", "content") else parts:
        close = difflib.get_close_matches(part, names, n=1, cutoff=0.7)
        if close:
            return f"{names[close[0]]}/"
    if parts[0] == "curation":
        return f"{NOTES_FOLDER}/"
    return f"the folder of its format ({', '.join(f'{known}/' for known in _POST_FOLDERS)})"
