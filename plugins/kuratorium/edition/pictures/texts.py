"""The pictures that a text shows: that of its front matter, and those between its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from .. import prose
from ..curation import Image
from ..fields import Violation
from ..markdown.embed_lines import find_embeds
from ..model import FrontMatter, PostFile, PostSummary, StandalonePage, StandalonePageSummary
from ..paths import CONTENT_PREFIX, is_confined, is_shown_picture, resolve_content_path
from ..rules.links import list_candidates, parse_target
from ..yaml import YamlPath
from .model import Picture
from .reading import PictureError, read_picture

_PICTURE = re.compile(
    r"!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\]\(\s*"
    r"(?:<(?P<wrapped>[^<>\n]*)>|(?P<bare>(?:[^\s()\\]|\\.|\([^\s()]*\))+))"
    r"(?:\s+(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'))?\s*\)"
)


class PictureInText(Struct, frozen=True):
    """A picture between the words of a text: its line (from 0), its address as written, and its credit if any."""

    line: int
    address: str
    credit: str


def find_pictures(body: str) -> Iterator[PictureInText]:
    """Yield the pictures of a body: `![what it shows](address "credit")`; code and comments hold none."""
    if "![" not in body:  # most bodies
        return
    text = prose.blank_unseen(body)
    line, position = 0, 0
    for match in _PICTURE.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield PictureInText(line, match["wrapped"] or match["bare"] or "", match["double"] or match["single"] or "")


def find_picture(image: Image | str | None, pictures: Iterable[Picture]) -> Picture | None:
    """Return the picture that a field names, of these; None if there is none."""
    file = resolve_content_path(image if isinstance(image, str) else image.file) if image else None
    return next((picture for picture in pictures if f"{CONTENT_PREFIX}{picture.file}" == file), None)


def collect_pictures(
    topic_pictures: Iterable[Picture], texts: Iterable[PostSummary | StandalonePageSummary]
) -> dict[str, Picture]:
    """Return the pictures of topics and of the texts that the site shows by file, in the order of their names."""
    shown = (picture for text in texts if text.pictures and not text.meta.is_withheld for picture in text.pictures)
    pictures = {picture.file: picture for picture in (*topic_pictures, *shown)}
    return dict(sorted(pictures.items()))


def find_picture_file(root: Path, file: str, address: str) -> str | None:
    """Return the picture of the edition that an address in `file` means, from the root; None if it means none."""
    target = parse_target(address)
    for candidate in list_candidates(file, target) if target else ():
        if is_shown_picture(candidate) and candidate.startswith(CONTENT_PREFIX) and _is_file(root, candidate):
            return candidate
    return None


def read_pictures(root: Path, text: PostFile | StandalonePage) -> tuple[dict[str, Picture], list[Violation]]:
    """Return the pictures that a text shows, by file from the root, and where one cannot be shown.

    Those that do not exist are reported by `rules.media` and `rules.links`.
    """
    pictures: dict[str, Picture] = {}
    violations: list[Violation] = []
    for path, file, line in list_picture_files(root, text):
        if file not in pictures:
            try:
                pictures[file] = read_picture(root, file)
            except PictureError as error:
                violations.append(Violation(path, f"{file}: {error.message}", error.hint, line))
    return pictures, violations


def list_picture_files(root: Path, text: PostFile | StandalonePage) -> Iterator[tuple[YamlPath, str, int]]:
    """Yield the pictures of a text that exist: path of the field, file, line of the text."""
    for path, name, line in _list_named_pictures(text):
        file = resolve_content_path(name)
        if file and is_shown_picture(file) and _is_file(root, file):
            yield path, file, line
    for picture in find_pictures(text.body):
        if found := find_picture_file(root, text.file, picture.address):
            yield (), found, text.body_line + picture.line


def _list_named_pictures(text: PostFile | StandalonePage) -> Iterator[tuple[YamlPath, str, int]]:
    """Yield the picture of a post, and the stills of its video and of embeds, as they are written."""
    if isinstance(text.meta, FrontMatter):
        if text.meta.image:
            yield ("image", "file"), text.meta.image.file, 0
        if text.meta.media and text.meta.media.video and text.meta.media.video.poster:
            yield ("media", "video", "poster"), text.meta.media.video.poster, 0
    for line, embed in find_embeds(text.body):
        if poster := embed.read_details().get("poster"):
            yield (), poster, text.body_line + line


def _is_file(root: Path, file: str) -> bool:
    return (root / file).is_file() and is_confined(str(root), file, "content")
