"""The pictures that a build draws: from the files of the edition, and each only once.

Drawn cards and covers stay in var/, named after all that they show, for the time after an update, and for builds with
other plugins, which make every file anew. The folders may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from ...edition.paths import CONTENT_PREFIX, is_shown_picture, walk_files
from ...edition.pictures.model import Picture, name_picture
from ...edition.pictures.reading import PictureError, read_picture
from ...errors import EditionError, Problem
from ...files import digest_value, read_regular_file, write_atomically
from .cover import digest_cover
from .model import Card, Look, Schemes, read_schemes

if TYPE_CHECKING:
    from PIL import Image

DrawnT = TypeVar("DrawnT")

LOOK = "look"
"""What stands for the look of the edition among the files that a picture needs: no file's address, having no ending."""
CARDS_FOLDER, COVERS_FOLDER, PICTURES_FOLDER = "var/cards", "var/covers", "var/pictures"
_LIBRARIES = ("fontpkg-barlow-condensed", "fontpkg-pt-serif", "pillow", "pyphen", "resvg-py", "uharfbuzz")
_PICTURE_LIBRARIES = ("pillow", "pillow-heif")
_SPARE_FACTOR = 2  # a folder with more files than twice those of the site loses the oldest


class PictureStore:
    """Draws pictures for the edition at `root`; `assets` maps addresses in the site to its files.

    Without a `look` cards have no mark, and there are no icons.
    """

    def __init__(self, root: Path, assets: Mapping[str, str], look: Look | None = None) -> None:
        self._root = root
        self._assets = assets
        self._look = look
        self._schemes: dict[str, Schemes] = {}

    def draw_card(self, card: Card, files: Mapping[str, str], colours_file: str) -> bytes:
        """Return a share card as PNG; `files` are those that it needs, by address in the site, with their digests.

        LOOK stands among them for the look of the edition.
        """
        key = digest_value([_compute_version(), card, dict(files)])
        path = self._root / CARDS_FOLDER / key[:2] / key
        if stored := _read_stored(path):
            return stored
        from .card import CARD_MARK_SIZE, draw_card  # noqa: PLC0415 - Pillow, fonts and dictionaries: few builds draw

        pictures = {name: self._read(name) for name in files if name not in (colours_file, LOOK)}
        schemes = self.read_schemes(colours_file if colours_file in files else "")
        data = draw_card(card, pictures, schemes.day, self._draw_mark(CARD_MARK_SIZE, schemes))
        _store(path, data)
        return data

    def draw_picture(self, picture: Picture, path: str) -> bytes:
        """Return the file of a picture that has this path in the site; raises EditionError if it is damaged."""
        if stored := _read_stored(self._find_variant(path)):
            return stored
        return self._draw_variants(picture)[path]

    def draw_by_path(self, path: str) -> bytes | None:
        """Return the file of a picture that has this path in the site; None if no file of content/ is its original.

        A preview draws pictures when a page asks for them.
        """
        if stored := _read_stored(self._find_variant(path)):
            return stored
        name = PurePosixPath(path).name
        for file in walk_files(str(self._root), CONTENT_PREFIX.rstrip("/"), _is_visible, []):
            if is_shown_picture(file[0]) and name.startswith(f"{name_picture(file[0])}-"):
                with contextlib.suppress(PictureError, EditionError):  # damaged: the build reports it
                    picture = read_picture(self._root, file[0])
                    variants = [variant for format in picture.formats for variant in picture.list_variants(format)]
                    if path in {variant.path for variant in variants}:
                        return self._draw_variants(picture)[path]
        return None

    def draw_missing_variants(self, picture: Picture) -> None:
        """Draw all files of a picture, unless earlier builds did; raises EditionError if it is damaged."""
        paths = (variant.path for format in picture.formats for variant in picture.list_variants(format))
        if not all(self._find_variant(path).is_file() for path in paths):
            self._draw_variants(picture)

    def _find_variant(self, path: str) -> Path:
        key = digest_value([_compute_picture_version(), path])
        return self._root / PICTURES_FOLDER / key[:2] / key

    def _draw_variants(self, picture: Picture) -> dict[str, bytes]:
        from .variants import draw_variants  # noqa: PLC0415 - as below

        file = f"{CONTENT_PREFIX}{picture.file}"
        try:
            drawn = {
                variant.path: data for variant, data in draw_variants(read_regular_file(self._root / file), picture)
            }
        except PictureError as error:
            raise EditionError([Problem(file, 0, "", error.message, error.hint)]) from error
        except OSError as error:
            raise EditionError(
                [Problem(file, 0, "", f"cannot be read: {error.strerror}", "Make it readable.")]
            ) from error
        for path, data in drawn.items():
            _store(self._find_variant(path), data)
        return drawn

    def draw_cover(self, title: str, site_name: str, files: Mapping[str, str], colours_file: str) -> bytes:
        """Return the cover of a podcast as PNG; `files` as for a card."""
        path = self._root / COVERS_FOLDER / f"{digest_cover(title, site_name, files)}.png"
        if not path.is_file():
            from .cover import MARK_SIZE, draw_cover  # noqa: PLC0415 - a build draws a cover once

            schemes = self.read_schemes(colours_file if colours_file in files else "")
            mark = self._draw_mark(MARK_SIZE, Schemes(schemes.night, schemes.day))
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, draw_cover(title, site_name, schemes.night, mark))
        return path.read_bytes()

    def draw_icon(self, size: int, colours_file: str) -> bytes:
        """Return the icon in a size, as PNG; of the size 48 as the ICO that browsers ask for.

        Raises EditionError if the logo cannot be drawn.
        """
        from .mark import draw_icon  # noqa: PLC0415 - as above

        assert self._look  # noqa: S101 - pages with icons are planned for an edition, which has a look
        return self._require(draw_icon(self._look.mark, self._read_logo(), size, self.read_schemes(colours_file)))

    def draw_logo(self, height: int) -> bytes:
        """Return the logo as pages show it, as PNG; raises EditionError if it cannot be drawn."""
        from .mark import draw_logo  # noqa: PLC0415 - as above

        assert self._look  # noqa: S101 - as above
        return self._require(draw_logo(self._look.mark, self._read_logo(), height))

    def read_schemes(self, address: str) -> Schemes:
        """Return the colours of the theme from its tokens, with those of the edition; our own if there are none."""
        if address not in self._schemes:
            text = self._read(address).decode("utf-8", "replace") if address in self._assets else ""
            self._schemes[address] = read_schemes((self._look.colour_rules if self._look else "") + text)
        return self._schemes[address]

    def _draw_mark(self, size: tuple[int, int], schemes: Schemes) -> Image.Image | None:
        """Return the mark for a ground in the first of two schemes; None if the edition has no look."""
        from .mark import draw_mark  # noqa: PLC0415 - as above

        if not self._look:
            return None
        ground, other = schemes.day, schemes.night
        return self._require(draw_mark(self._look.mark, self._read_logo(), *size, ground=ground, other=other))

    def _read_logo(self) -> bytes:
        mark = self._look.mark if self._look else None
        return read_regular_file(self._root / mark.file) if mark and mark.file and not mark.shapes else b""

    def _require(self, drawn: DrawnT | None) -> DrawnT:
        if drawn is None:
            assert self._look  # noqa: S101 - as above
            hint = "Open it in a program for pictures to see whether it is whole, and save it again as PNG."
            raise EditionError([Problem(self._look.mark.file, 0, "", "this logo cannot be drawn", hint)])
        return drawn

    def _read(self, address: str) -> bytes:
        # Pictures are drawn from files of content/ that are no assets.
        return read_regular_file(self._root / self._assets.get(address, f"{CONTENT_PREFIX}{address}"))


def _is_visible(name: str, _is_folder: bool) -> bool:
    return not name.startswith(".")


def _read_stored(path: Path) -> bytes | None:
    """Return a stored file; None if there is none, or a damaged one, as after a power cut."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data[4:] if zlib.crc32(data[4:]).to_bytes(4) == data[:4] else None


def _store(path: Path, data: bytes) -> None:
    """Store a file with its checksum, without waiting for the disk: what gets lost is drawn again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")  # other workers may draw the same file
    temporary.write_bytes(zlib.crc32(data).to_bytes(4) + data)
    temporary.replace(path)


def remove_spare_cards(root: Path, card_count: int) -> None:
    """Delete the oldest stored cards if they are many more than the site has."""
    _remove_spare_files(root / CARDS_FOLDER, card_count)


def remove_spare_pictures(root: Path, picture_count: int) -> None:
    """Delete the oldest stored files of pictures if they are many more than the site has."""
    _remove_spare_files(root / PICTURES_FOLDER, picture_count)


def _remove_spare_files(folder: Path, count: int) -> None:
    if not count or not folder.is_dir():
        return
    files = [entry for part in os.scandir(folder) if part.is_dir() for entry in os.scandir(part)]
    if len(files) > _SPARE_FACTOR * count:
        by_age = sorted(files, key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in by_age[count:]:
            Path(entry.path).unlink(missing_ok=True)


@cache
def _compute_version() -> str:
    """Return a digest of the code and the libraries that draw: what they change, they draw anew."""
    own = [path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    return digest_value([own, [importlib.metadata.version(name) for name in _LIBRARIES]])


@cache
def _compute_picture_version() -> str:
    """Return a digest of the code and the libraries that draw pictures, likewise."""
    own = Path(__file__).with_name("variants.py").read_text("utf-8")
    return digest_value([own, [importlib.metadata.version(name) for name in _PICTURE_LIBRARIES]])
