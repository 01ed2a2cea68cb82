"""What `check` says of the pictures of a text: damaged ones, and what an editor may do better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ...errors import Problem
from ...files import read_regular_file
from .. import loader
from ..fields import Violation
from ..loader import Edition
from ..model import FrontMatter, PostFile, StandalonePage
from ..paths import (
    CONTENT_PREFIX,
    PEOPLE_FILE,
    TOPICS_FILE,
    is_shown_picture,
    resolve_content_path,
    scan_visible_files,
)
from ..registry import report_violations
from ..rules.links import find_links
from ..yaml import YamlPath
from .reading import PictureError, has_location, is_animated, read_picture
from .records import list_record_files
from .texts import find_picture_file, find_pictures, list_picture_files

_LARGE_FILE = 5_000_000  # bytes; every clone of the edition holds it for ever
_NARROW = 800  # pixels, twice the width of a card on a telephone
_CREDIT_HINT = 'Write who made it, and its licence, behind the address: ![…](… "Photo: Anna Berg, CC BY 4.0").'
_DAMAGE_HINT = "Open it in a program for pictures to see whether it is whole, and save it again."
_LARGE_HINT = "Readers get smaller files in any case. Save it 2000 pixels wide: git keeps what is committed for ever."
_ANIMATION_HINT = "Pages show its first picture. What is to move is a video: media.video.file, or an embed."
_SIZE_HINT = 'Write its size into its first tag, such as viewBox="0 0 64 64": without it a text moves when it comes.'
_LOCATION_HINT = "Save it without its metadata; or show it without a link to it: pages get small files without them."
_NARROW_HINT = "It is shown as wide as it is. If you have a larger file, take that."


PictureFile = tuple[YamlPath, str, int]
"""A picture that is named: path of the field (empty in a body), file from the root, line of the text."""


def check_damaged_pictures(edition: Edition, can_draw: Callable[[bytes], bool]) -> list[Problem]:
    """Return where a text, topic, person or the policy shows a damaged picture; `can_draw` judges its bytes."""
    root = edition.root
    shown = _list_shown_pictures(edition)
    found = ((text, one) for text, pictures in shown for one in _find_damaged_pictures(root, pictures, can_draw))
    problems = [*loader.report_violations(root, found)]
    logo = edition.registry.logo
    if logo and not can_draw(read_regular_file(root / logo.file)):
        problems.append(Problem(logo.file, 0, "", "this logo is damaged, and cannot be drawn", _DAMAGE_HINT))
    for file, records in ((TOPICS_FILE, edition.registry.topics), (PEOPLE_FILE, edition.registry.people)):
        named = [((index, "image", "file"), picture, 0) for index, _, picture in list_record_files(records)]
        problems += report_violations(root, file, _find_damaged_pictures(root, named, can_draw))
    return problems


def check_picture_hints(edition: Edition, copied: tuple[str, ...]) -> Iterator[Problem]:
    """Return what an editor may do better with the pictures of posts and pages.

    `copied` are the folders whose files are published as they are, from the edition's root.
    """
    shown = _list_shown_pictures(edition)
    found = ((text, one) for text, pictures in shown for one in _find_hints(edition.root, text, pictures))
    yield from loader.report_violations(edition.root, found)
    yield from _find_locations(edition, copied, {file for _, pictures in shown for _, file, _ in pictures})


def _list_shown_pictures(edition: Edition) -> list[tuple[PostFile | StandalonePage, list[PictureFile]]]:
    """Return posts and pages, each with its pictures that exist."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    return [(text, list(list_picture_files(edition.root, text))) for text in texts]


def _find_locations(edition: Edition, copied: tuple[str, ...], shown: set[str]) -> Iterator[Problem]:
    """Yield the photographs that are published as they are, and tell where they were taken.

    Such are those to which a text links, shown or not, and those in the `copied` folders that are not in `shown`.
    """
    shown = shown | {f"{CONTENT_PREFIX}{picture.file}" for picture in edition.registry.pictures.values()}
    linked = _list_linked_files(edition)
    for file in scan_visible_files(str(edition.root), CONTENT_PREFIX.rstrip("/"), []):
        if is_shown_picture(file) and (file in linked or (file.startswith(copied) and file not in shown)):
            with suppress(PictureError, OSError):  # what is no picture is published all the same, and tells nothing
                if has_location(read_regular_file(edition.root / file)):
                    yield Problem(file, 0, "", "tells where it was taken, and is published as it is", _LOCATION_HINT)


def _list_linked_files(edition: Edition) -> set[str]:
    """Return the files that links of published texts may open."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    links = (link for text in texts if not text.meta.is_withheld for link in find_links(text) if not link.is_picture)
    return {file for link in links for file in link.candidates}


def _find_damaged_pictures(
    root: Path, pictures: Iterable[PictureFile], can_draw: Callable[[bytes], bool]
) -> Iterator[Violation]:
    for path, file, line in pictures:
        try:
            is_vector = not read_picture(root, file).formats
        except PictureError:  # an error of the edition
            continue
        if not is_vector and not can_draw(read_regular_file(root / file)):
            yield Violation(path, f"{file}: this picture is damaged, and cannot be drawn", _DAMAGE_HINT, line)


def _find_hints(root: Path, text: PostFile | StandalonePage, pictures: Iterable[PictureFile]) -> Iterator[Violation]:
    for picture in find_pictures(text.body):
        file = find_picture_file(root, text.file, picture.address)
        # That there is no such file is told elsewhere.
        if file and not picture.credit.strip() and not _is_picture_of_post(text, file):
            # Its author has the right to be named (§ 13 UrhG), as that of `image` has.
            yield Violation((), "this picture has no credit", _CREDIT_HINT, text.body_line + picture.line)
    for path, file, line in pictures:
        yield from _describe_file(root, file, path, line)


def _is_picture_of_post(text: PostFile | StandalonePage, file: str | None) -> bool:
    """Return whether a file is that of the post's `image`, which names its author."""
    image = text.meta.image if isinstance(text.meta, FrontMatter) else None
    return bool(image and file and resolve_content_path(image.file) == file)


def _describe_file(root: Path, file: str, path: YamlPath, line: int) -> Iterator[Violation]:
    try:
        picture = read_picture(root, file)
    except PictureError:  # an error of the edition
        return
    size = (root / file).stat().st_size
    if not picture.formats and not picture.width:
        yield Violation(path, f"{file} does not say how large it is", _SIZE_HINT, line)
    if size > _LARGE_FILE:
        yield Violation(path, f"{file} has {size / 1_000_000:.0f} MB", _LARGE_HINT, line)
    if picture.formats and picture.width < _NARROW and path:
        yield Violation(path, f"{file} is {picture.width} pixels wide, and looks coarse when large", _NARROW_HINT, line)
    if picture.formats and is_animated(read_regular_file(root / file)):
        yield Violation(path, f"{file} moves", _ANIMATION_HINT, line)
