"""The pictures that a build draws: from the files of the edition, and each only once.

Drawn cards and covers stay in var/, named after all that they show, for the time after an update, and for builds with
other plugins, which make every file anew. The folders may be deleted at any time.
"""

from __future__ import annotations

import importlib.metadata
import os
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ...errors import EditionError, Problem
from ...files import digest_value, read_regular_file
from .cover import read_or_draw_cover
from .model import Card, Colours, read_colours

CARDS_FOLDER, COVERS_FOLDER = "var/cards", "var/covers"
_LIBRARIES = ("fontpkg-barlow-condensed", "fontpkg-pt-serif", "pillow", "pyphen", "resvg-py", "uharfbuzz")
_SPARE_FACTOR = 2  # a folder with more cards than twice those of the site loses the oldest


class PictureStore:
    """Draws pictures for the edition at `root`; `assets` maps addresses in the site to its files."""

    def __init__(self, root: Path, assets: Mapping[str, str]) -> None:
        self._root = root
        self._assets = assets
        self._colours: dict[str, Colours] = {}

    def draw_card(self, card: Card, files: Mapping[str, str], colours_file: str) -> bytes:
        """Return a share card as PNG; `files` are those that it needs, by address in the site, with their digests."""
        key = digest_value([_compute_version(), card, dict(files)])
        path = self._root / CARDS_FOLDER / key[:2] / key
        if stored := _read_card(path):
            return stored
        from .card import draw_card  # noqa: PLC0415 - Pillow, fonts and dictionaries: few builds draw

        pictures = {name: self._read(name) for name in files if name != colours_file}
        data = draw_card(card, pictures, self.read_colours(colours_file if colours_file in files else ""))
        _save_card(path, data)
        return data

    def draw_cover(self, title: str, site_name: str) -> bytes:
        """Return the cover of a podcast as PNG."""
        return read_or_draw_cover(self._root / COVERS_FOLDER, title, site_name)

    def draw_icon(self, address: str, size: int, colours_file: str) -> bytes:
        """Return the icon in a size, as PNG; of the size 48 as the ICO that browsers ask for.

        Raises EditionError if its file cannot be drawn.
        """
        from .pictures import draw_icon  # noqa: PLC0415 - as above

        data = draw_icon(self._read(address), size, self.read_colours(colours_file).paper)
        if data is None:
            hint = "Save it as plain SVG: no picture or font of another file, and with a viewBox."
            raise EditionError([Problem(self._assets[address], 0, "", "this icon cannot be drawn", hint)])
        return data

    def read_colours(self, address: str) -> Colours:
        """Return the colours of the theme from its tokens; our own if there are none."""
        if address not in self._colours:
            text = self._read(address).decode("utf-8", "replace") if address in self._assets else ""
            self._colours[address] = read_colours(text)
        return self._colours[address]

    def _read(self, address: str) -> bytes:
        return read_regular_file(self._root / self._assets[address])


def _read_card(path: Path) -> bytes | None:
    """Return a stored card; None if there is none, or a damaged one, as after a power cut."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data[4:] if zlib.crc32(data[4:]).to_bytes(4) == data[:4] else None


def _save_card(path: Path, data: bytes) -> None:
    """Store a card with its checksum, without waiting for the disk: what gets lost is drawn again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")  # other workers may draw the same card
    temporary.write_bytes(zlib.crc32(data).to_bytes(4) + data)
    temporary.replace(path)


def remove_spare_cards(root: Path, card_count: int) -> None:
    """Delete the oldest stored cards if they are many more than the site has."""
    folder = root / CARDS_FOLDER
    if not card_count or not folder.is_dir():
        return
    files = [entry for part in os.scandir(folder) if part.is_dir() for entry in os.scandir(part)]
    if len(files) > _SPARE_FACTOR * card_count:
        by_age = sorted(files, key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in by_age[card_count:]:
            Path(entry.path).unlink(missing_ok=True)


@cache
def _compute_version() -> str:
    """Return a digest of the code and the libraries that draw: what they change, they draw anew."""
    own = [path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    return digest_value([own, [importlib.metadata.version(name) for name in _LIBRARIES]])
