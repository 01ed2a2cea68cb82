"""The files of the pictures that posts, pages and topics show: each in several widths and formats."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalog import Catalog
from ..page import PicturePage, SiteMeta


def plan_pictures(catalog: Catalog, _: SiteMeta) -> Iterator[PicturePage]:
    """Yield the files of all pictures; two files with the same name and bytes are drawn once."""
    paths: set[str] = set()
    for picture in catalog.pictures.values():
        for format in picture.formats:
            for variant in picture.list_variants(format):
                if variant.path not in paths:
                    paths.add(variant.path)
                    yield PicturePage(path=variant.path, picture=picture, width=variant.width)
