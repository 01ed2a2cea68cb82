"""Pagefind, run over some pages of a site, and what it found of each.

Its files are CBOR, packed, behind a mark. Those of words list, for each word, the pages that have it, by numbers that
each count from the one before, with the places in the text and in the meta data.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import cbor2
from msgspec import Struct

from ...errors import KuratoriumError
from .pages import IndexedPage

ENTRY_FILE = "pagefind-entry.json"  # names all others, whose names are made of their bytes
# Parts that say what filters do, or what the text says again.
LEFT_OUT_OF_PAGES = ".kicker, .byline, .event, .partners, .player, .beside, .rail, .skim-view, .post-side, .turn-time"
BATCH_SIZE = 512
"""Pages that Pagefind reads in one run: it keeps all of them in memory."""

_FILE_MARK = b"pagefind_dcd"
_MAX_SECONDS = 900
_PAGES, _WORD_FILES, _FIELDS = 1, 2, 5  # places in the meta data of a language

Hits = list[list[Any]]
"""The pages that have a word: the number of each, the places in its text, the places in its meta data."""


class Word(Struct, frozen=True):
    """A word of an index: the pages that have it, and those with other spellings of it, such as "für" for "fur"."""

    text: str
    hits: Hits
    spellings: dict[str, Hits]


class FoundPage(Struct, frozen=True):
    """What Pagefind found on a page, but for its words: `fragment` is the packed file that a result is shown by."""

    path: str
    word_count: int
    filters: dict[str, list[str]]
    fields: tuple[str, ...]
    fragment: bytes


class FoundLanguage(Struct, frozen=True):
    """What a run found in one language: its pages in Pagefind's order, its files of words, its fields of meta data."""

    folder: Path
    pages: list[FoundPage]
    word_files: list[str]
    fields: list[str]

    def read_words(self) -> Iterator[Word]:
        """Yield the words in their order; pages have the numbers of this run."""
        for name in self.word_files:
            yield from unpack_words(read_packed(self.folder / "index" / f"{name}.pf_index"))


class Run(Struct, frozen=True):
    """A run of Pagefind: the folder with its files, what its entry file says, and what it found by languages."""

    folder: Path
    entry: dict[str, Any]
    languages: dict[str, FoundLanguage]


def find_version() -> str:
    """Return the version of Pagefind; empty without it."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - a site that is right does without

    try:
        return version("pagefind-bin")
    except PackageNotFoundError:
        return ""


def index_pages(site: Path, scratch: Path, pages: Sequence[IndexedPage]) -> list[Run]:
    """Let Pagefind read pages of a site, some at a time, into folders below `scratch`.

    Raises OSError, KuratoriumError and SubprocessError.
    """
    batches = [pages[start : start + BATCH_SIZE] for start in range(0, len(pages), BATCH_SIZE)]

    def index(number: int) -> Run:
        # No folder of pages within another: Pagefind indexes all that is below.
        source, target = scratch / f"pages-{number}", scratch / f"index-{number}"
        _link_pages(site, source, batches[number])
        _run_pagefind(source, target)
        return _read_run(target, {page.path for page in batches[number]})

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(index, range(len(batches))))


def _link_pages(site: Path, folder: Path, pages: Sequence[IndexedPage]) -> None:
    """Give a folder the pages, under their paths."""
    folder.mkdir()
    for parent in sorted({(folder / page.path).parent for page in pages}):
        parent.mkdir(parents=True, exist_ok=True)
    for page in pages:
        try:
            os.link(site / page.path, folder / page.path)
        except OSError:  # another disk, or one without links
            shutil.copyfile(site / page.path, folder / page.path)


def _run_pagefind(site: Path, target: Path) -> None:
    """Write the index of the pages in the folder `site` into a new folder."""
    try:
        from pagefind_bin import get_executable  # noqa: PLC0415 - a build with nothing to index does without
    except ImportError as error:
        raise KuratoriumError("the package pagefind-bin is missing") from error
    command = [
        str(get_executable()),
        "--site",
        str(site),
        "--output-path",
        str(target),
        "--exclude-selectors",
        LEFT_OUT_OF_PAGES,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_MAX_SECONDS)  # noqa: S603 - our own command
    if ended.returncode:
        last_line = (ended.stderr or ended.stdout).strip().rpartition("\n")[2]
        raise KuratoriumError(f"pagefind ended with code {ended.returncode}: {last_line}")


def _read_run(folder: Path, paths: set[str]) -> Run:
    entry = json.loads((folder / ENTRY_FILE).read_bytes())
    languages = {}
    for lang, language in entry["languages"].items():
        meta = read_packed(folder / f"pagefind.{language['hash']}.pf_meta")
        pages = [_read_page(folder / "fragment" / f"{row[0]}.pf_fragment", paths) for row in meta[_PAGES]]
        languages[lang] = FoundLanguage(folder, pages, [row[2] for row in meta[_WORD_FILES]], meta[_FIELDS])
    return Run(folder, entry, languages)


def _read_page(file: Path, paths: set[str]) -> FoundPage:
    packed = file.read_bytes()
    data = json.loads(gzip.decompress(packed).removeprefix(_FILE_MARK))
    path = unquote(data["url"]).removeprefix("/")
    if path not in paths:
        path += "index.html"  # which Pagefind leaves out of addresses
    if path not in paths:
        raise KuratoriumError(f'pagefind knows a page by another address: "{data["url"]}"')
    return FoundPage(path, data["word_count"], data["filters"], tuple(sorted(data["meta"])), packed)


class DamagedIndexError(KuratoriumError):
    """A file of an index is not as it was written."""


def read_packed(file: Path) -> Any:
    """Return what a file of an index holds; raises OSError and DamagedIndexError."""
    packed = file.read_bytes()
    try:
        data = gzip.decompress(packed)
        if data.startswith(_FILE_MARK):
            return cbor2.loads(data.removeprefix(_FILE_MARK))
    except (EOFError, ValueError, cbor2.CBORError, gzip.BadGzipFile, zlib.error) as error:
        raise DamagedIndexError(f"{file} is damaged: {error}") from error
    raise DamagedIndexError(f"{file} is no file of an index")


def pack(data: bytes) -> bytes:
    """Return the bytes of a file of an index; `data` is CBOR."""
    return gzip.compress(_FILE_MARK + data, 6, mtime=0)


def unpack_words(file: Any) -> Iterator[Word]:
    """Yield the words of a file, with numbers of pages that count from the first."""
    for text, hits, spellings in file[0]:
        yield Word(text, _count_up(hits), {spelling: _count_up(own) for spelling, own in spellings})


def _count_up(hits: Hits) -> Hits:
    number = 0
    for hit in hits:
        number = hit[0] = hit[0] + number
    return hits


def pack_word(word: Word) -> bytes:
    """Return a word as it stands in a file."""
    spellings = [[spelling, _count_steps(hits)] for spelling, hits in sorted(word.spellings.items())]
    return cbor2.dumps([word.text, _count_steps(word.hits), spellings])


def _count_steps(hits: Hits) -> Hits:
    former = 0
    steps = []
    for number, places, fields in hits:
        steps.append([number - former, places, fields])
        former = number
    return steps


def pack_list(values: Sequence[bytes]) -> bytes:
    """Return a list of values that are packed already (RFC 8949, 3)."""
    count = len(values)
    for limit, mark, size in ((1 << 8, 0x98, 1), (1 << 16, 0x99, 2), (1 << 32, 0x9A, 4)):
        if count < limit:
            head = bytes([0x80 | count]) if count < 24 else bytes([mark]) + count.to_bytes(size)
            return head + b"".join(values)
    raise OverflowError
