"""The pictures of people and topics, which curation/*.yaml names: in a fixed place of the site, in every list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from ..curation import Person, Topic
from ..fields import Violation
from ..paths import resolve_content_path
from .model import Picture
from .reading import PictureError, read_picture

RecordT = TypeVar("RecordT", bound=Person | Topic)


def read_record_pictures(root: Path, records: Mapping[str, RecordT]) -> tuple[dict[str, Picture], list[Violation]]:
    """Return the pictures of records by file as it is written, and where one cannot be shown."""
    pictures: dict[str, Picture] = {}
    violations: list[Violation] = []
    for index, name, file in list_record_files(records):
        try:
            pictures[name] = read_picture(root, file)
        except PictureError as error:
            violations.append(Violation((index, "image", "file"), f"{file}: {error.message}", error.hint))
    return pictures, violations


def add_portraits(people: dict[str, Person], pictures: Mapping[str, Picture]) -> None:
    """Give each person the picture that `image` names: pages show it in the size and formats that it has."""
    for person_id, person in people.items():
        people[person_id] = replace(person, portrait=pictures.get(person.image.file) if person.image else None)


def list_record_files(records: Mapping[str, Person | Topic]) -> Iterator[tuple[int, str, str]]:
    """Yield the pictures of records: place in the file, name as written, file from the root."""
    for index, record in enumerate(records.values()):
        if record.image and (file := resolve_content_path(record.image.file)):
            yield index, record.image.file, file
