"""The pictures of people and topics, which curation/*.yaml names: in a fixed place of the site, in every list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from ...files import read_regular_file
from ..curation import Person, Topic
from ..fields import Violation
from ..paths import resolve_content_path
from .model import Picture
from .reading import PictureError, read_picture

RecordT = TypeVar("RecordT", bound=Person | Topic)

_DAMAGE_HINT = "Open it in a program for pictures to see whether it is whole, and save it again."


def read_record_pictures(root: Path, records: Mapping[str, RecordT]) -> tuple[dict[str, Picture], list[Violation]]:
    """Return the pictures of records by file as it is written, and where one cannot be shown."""
    pictures: dict[str, Picture] = {}
    violations: list[Violation] = []
    for index, name, file in _list_files(records):
        try:
            pictures[name] = read_picture(root, file)
        except PictureError as error:
            violations.append(Violation((index, "image", "file"), f"{file}: {error.message}", error.hint))
    return pictures, violations


def add_portraits(people: dict[str, Person], pictures: Mapping[str, Picture]) -> None:
    """Give each person the picture that `image` names: pages show it in the size and formats that it has."""
    for person_id, person in people.items():
        people[person_id] = replace(person, portrait=pictures.get(person.image.file) if person.image else None)


def find_damaged_pictures(
    root: Path, records: Mapping[str, RecordT], can_draw: Callable[[bytes], bool]
) -> Iterator[Violation]:
    """Find pictures of records whose file is not whole; `can_draw` judges its bytes."""
    for index, _, file in _list_files(records):
        try:
            is_vector = not read_picture(root, file).formats
        except PictureError:  # an error of the edition
            continue
        if not is_vector and not can_draw(read_regular_file(root / file)):
            message = f"{file}: this picture is damaged, and cannot be drawn"
            yield Violation((index, "image", "file"), message, _DAMAGE_HINT)


def _list_files(records: Mapping[str, Person | Topic]) -> Iterator[tuple[int, str, str]]:
    """Yield the pictures of records: place in the file, name as written, file from the root."""
    for index, record in enumerate(records.values()):
        if record.image and (file := resolve_content_path(record.image.file)):
            yield index, record.image.file, file
