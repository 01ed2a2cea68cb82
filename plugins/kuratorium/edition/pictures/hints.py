"""What `check` says of the pictures of a text: damaged ones, and what an editor may do better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import Problem
from ...files import read_regular_file
from .. import loader
from ..fields import Violation
from ..loader import Edition
from ..model import FrontMatter, PostFile, StandalonePage
from ..paths import PEOPLE_FILE, TOPICS_FILE, resolve_content_path
from ..registry import report_violations
from ..yaml import YamlPath
from .reading import PictureError, is_animated, read_picture
from .records import find_damaged_pictures
from .texts import find_picture_file, find_pictures, list_picture_files

_LARGE_FILE = 5_000_000  # bytes; every clone of the edition holds it for ever
_NARROW = 800  # pixels, twice the width of a card on a telephone
_CREDIT_HINT = 'Write who made it, and its licence, behind the address: ![…](… "Photo: Anna Berg, CC BY 4.0").'
_DAMAGE_HINT = "Open it in a program for pictures to see whether it is whole, and save it again."
_LARGE_HINT = "Readers get smaller files in any case. Save it 2000 pixels wide: git keeps what is committed for ever."
_ANIMATION_HINT = "Pages show its first picture. What is to move is a video: media.video.file, or an embed."
_NARROW_HINT = "It is shown as wide as it is. If you have a larger file, take that."


def check_damaged_pictures(edition: Edition, can_draw: Callable[[bytes], bool]) -> list[Problem]:
    """Return where a text, topic, person or the policy shows a damaged picture; `can_draw` judges its bytes."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    found = ((text, one) for text in texts for one in _find_damaged_pictures(edition.root, text, can_draw))
    problems = [*loader.report_violations(edition.root, found)]
    logo = edition.registry.logo
    if logo and not can_draw(read_regular_file(edition.root / logo.file)):
        problems.append(Problem(logo.file, 0, "", "this logo is damaged, and cannot be drawn", _DAMAGE_HINT))
    for file, records in ((TOPICS_FILE, edition.registry.topics), (PEOPLE_FILE, edition.registry.people)):
        problems += report_violations(edition.root, file, find_damaged_pictures(edition.root, records, can_draw))
    return problems


def check_picture_hints(edition: Edition) -> Iterator[Problem]:
    """Return what an editor may do better with the pictures of posts and pages."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    found = ((text, one) for text in texts for one in _find_hints(edition.root, text))
    return loader.report_violations(edition.root, found)


def _find_damaged_pictures(
    root: Path, text: PostFile | StandalonePage, can_draw: Callable[[bytes], bool]
) -> Iterator[Violation]:
    for path, file, line in list_picture_files(root, text):
        try:
            is_vector = not read_picture(root, file).formats
        except PictureError:  # an error of the edition
            continue
        if not is_vector and not can_draw(read_regular_file(root / file)):
            yield Violation(path, f"{file}: this picture is damaged, and cannot be drawn", _DAMAGE_HINT, line)


def _find_hints(root: Path, text: PostFile | StandalonePage) -> Iterator[Violation]:
    for picture in find_pictures(text.body):
        file = find_picture_file(root, text.file, picture.address)
        # That there is no such file is told elsewhere.
        if file and not picture.credit.strip() and not _is_picture_of_post(text, file):
            # Its author has the right to be named (§ 13 UrhG), as that of `image` has.
            yield Violation((), "this picture has no credit", _CREDIT_HINT, text.body_line + picture.line)
    for path, file, line in list_picture_files(root, text):
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
    if size > _LARGE_FILE:
        yield Violation(path, f"{file} has {size / 1_000_000:.0f} MB", _LARGE_HINT, line)
    if picture.formats and picture.width < _NARROW and path:
        yield Violation(path, f"{file} is {picture.width} pixels wide, and looks coarse when large", _NARROW_HINT, line)
    if picture.formats and is_animated(read_regular_file(root / file)):
        yield Violation(path, f"{file} moves", _ANIMATION_HINT, line)
