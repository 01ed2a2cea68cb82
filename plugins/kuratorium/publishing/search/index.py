"""The index of the search: made by Pagefind from the finished site, and read by its script in the browser.

It follows a build and is no part of it: a preview does without, and a site without an index is whole. What is indexed
and how it can be filtered, the templates say (`data-pagefind-…`, https://pagefind.app/docs/).

A large site has an index of several parts, so that an edit makes one of them anew. A page's part follows from its
address alone, hence each part is a fair sample of the site, and its scores compare with those of the others. The first
part lies where a single index would, the others in folders below it; the browser merges them.
"""

from __future__ import annotations

import filecmp
import gzip
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import cbor2
import msgspec
from msgspec import Struct

from ...errors import KuratoriumError
from ...file_lock import FileLock
from ...files import hash_bytes, write_atomically, write_files_atomically
from ..build.model import BuildResult
from ..settings import SEARCH_FOLDER
from ..urls import Paths
from .pages import IndexedPage, find_indexed_pages

_LOCK_FILE = "var/search.lock"
_ENTRY_FILE = "pagefind-entry.json"  # names all others, whose names are made of their bytes
_STAMP_FILE = "var/search.stamp"
# Pagefind's own interfaces, which ours does without.
_LEFT_OUT = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")
_SHARED = ("pagefind.js", "pagefind-worker.js", "wasm.")  # what the first part has for all
# Parts that say what filters do, or what the text says again.
_LEFT_OUT_OF_PAGES = ".kicker, .byline, .event, .partners, .player, .beside, .rail, .skim-view, .post-side, .turn-time"
_FILE_MARK = b"pagefind_dcd"
_WORDS_PLACE, _FILTERS_PLACE = 2, 3  # in the meta data of a language: files of words, and of filters
_MAX_SECONDS = 900
_MAX_PART_SIZE = 512
"""Pages of a language in a part: more make an edit slower, fewer cost each reader more requests."""

_WORDS_FILE_SIZE = 12_000
"""Bytes of words in a file, before they are packed: a query loads one file of each part."""

_FORM = 2  # of the files that we write: another one makes every part anew


class SearchIndex(Struct, frozen=True):
    """What a run did: pages indexed anew (None: none), its seconds, and why there is no index ("" if there is)."""

    page_count: int | None = None
    seconds: float = 0
    failure: str = ""


class _Part(Struct, frozen=True):
    """A part of the index: its folder in that of the index ("" for the first), its pages, a digest of all it has."""

    folder: str
    pages: tuple[IndexedPage, ...]
    digest: str


def update_search_index(root: Path, result: BuildResult) -> SearchIndex:
    """Index what changed in the site that a build left; never raises for what Pagefind does.

    A site without a page for the search has no index. A run that was killed is made again, as a whole.
    """
    folder, stamp = result.output / SEARCH_FOLDER, root / _STAMP_FILE
    if not (result.output / Paths(result.lang).search()).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        return SearchIndex()
    if result.site_version and _read(stamp) == result.site_version and (folder / _ENTRY_FILE).is_file():
        return SearchIndex()
    begin = time.perf_counter()
    (root / "var").mkdir(exist_ok=True)
    with FileLock(root / _LOCK_FILE), tempfile.TemporaryDirectory(prefix="search-", dir=root / "var") as scratch:
        parts, languages = _divide(find_indexed_pages(root, result.output))
        # Without a stamp, another run may have been killed among its files.
        stale = [part for part in parts if not stamp.is_file() or _read_digest(folder / part.folder) != part.digest]
        try:
            _index_parts(result.output, Path(scratch), stale, languages)
        except (OSError, KuratoriumError, subprocess.SubprocessError) as error:
            return SearchIndex(failure=str(error))
        if stale:
            stamp.unlink(missing_ok=True)
            _replace_folder(Path(scratch) / "new", folder, parts, stale)
    if result.site_version:
        write_atomically(stamp, result.site_version.encode())
    count = sum(len(part.pages) for part in stale)
    return SearchIndex(page_count=count, seconds=time.perf_counter() - begin) if stale else SearchIndex()


def _read(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def _read_digest(folder: Path) -> str:
    try:
        return str(json.loads((folder / _ENTRY_FILE).read_bytes())["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _divide(pages: Sequence[IndexedPage]) -> tuple[list[_Part], dict[str, list[str]]]:
    """Return the parts of an index, and the folders of the further parts that each language has."""
    counts = Counter(page.lang for page in pages)
    # A power of two: the parts stay as they are until the pages of a language have doubled.
    shares = {lang: 1 << max(0, (count - 1) // _MAX_PART_SIZE).bit_length() for lang, count in sorted(counts.items())}
    languages = {lang: [f"{number}/" for number in range(1, share)] for lang, share in shares.items() if share > 1}
    members: defaultdict[int, list[IndexedPage]] = defaultdict(list)
    for page in pages:
        members[int.from_bytes(hash_bytes(page.path.encode())[:4]) % shares[page.lang]].append(page)
    program = [_FORM, _find_pagefind_version(), _LEFT_OUT_OF_PAGES, _MAX_PART_SIZE, _WORDS_FILE_SIZE, languages]
    parts = []
    for number in range(max(shares.values(), default=1)):
        own = tuple(sorted(members[number], key=lambda page: page.path))
        digest = hash_bytes(msgspec.msgpack.encode([number, program, own])).hex()
        parts.append(_Part(f"{number}/" if number else "", own, digest))
    return parts, languages


def _find_pagefind_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - a site that is right does without

    try:
        return version("pagefind-bin")
    except PackageNotFoundError:
        return ""


def _index_parts(site: Path, scratch: Path, parts: Sequence[_Part], languages: dict[str, list[str]]) -> None:
    """Write the parts to the folder `new` in `scratch`, several at a time."""

    def index(part: _Part) -> None:
        # No folder of pages within another: Pagefind indexes all that is below.
        pages, target = scratch / "pages" / (part.folder or "0"), scratch / "new" / part.folder
        _link_pages(site, pages, part.pages)
        _run_pagefind(pages, target)
        further = {} if part.folder else {"parts": languages}
        _order_files(target, {"digest": part.digest, **further})

    if parts:
        (scratch / "new").mkdir()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(index, parts):
                pass


def _link_pages(site: Path, folder: Path, pages: Sequence[IndexedPage]) -> None:
    """Give a folder the pages of a part, under their paths.

    Sorted: Pagefind numbers pages as it finds them, which some file systems let it do in the order of their making.
    """
    folder.mkdir(parents=True)
    for parent in sorted({(folder / page.path).parent for page in pages}):
        parent.mkdir(parents=True, exist_ok=True)
    for page in sorted(pages, key=lambda page: page.path):
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
        _LEFT_OUT_OF_PAGES,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_MAX_SECONDS)  # noqa: S603 - our own command
    if ended.returncode:
        last_line = (ended.stderr or ended.stdout).strip().rpartition("\n")[2]
        raise KuratoriumError(f"pagefind ended with code {ended.returncode}: {last_line}")


def _order_files(folder: Path, facts: dict[str, Any]) -> None:
    """Sort the filters of a new index, cut its words into small files, and add `facts` to its entry file.

    Pagefind writes filters in the order of a hash table, another one at each run. Files of an index are CBOR, packed,
    behind a mark; those of words and filters are named by the meta data of their language, these by the entry file.
    All names are made of the bytes.
    """
    entry = json.loads((folder / _ENTRY_FILE).read_bytes())
    for lang, language in sorted(entry["languages"].items()):
        meta = _take_file(folder / f"pagefind.{language['hash']}.pf_meta")
        for pair in meta[_FILTERS_PLACE]:
            name, values = _take_file(folder / "filter" / f"{pair[1]}.pf_filter")
            pair[1] = _write_file([name, sorted(values)], folder / "filter", lang, "{}.pf_filter")
        meta[_FILTERS_PLACE].sort()
        files = [_take_file(folder / "index" / f"{row[2]}.pf_index") for row in meta[_WORDS_PLACE]]
        meta[_WORDS_PLACE] = [
            [words[0][0], words[-1][0], _write_file([words, *file[1:]], folder / "index", lang, "{}.pf_index")]
            for file in files
            for words in _cut_words(file[0])
        ]
        language["hash"] = _write_file(meta, folder, lang, "pagefind.{}.pf_meta")
    entry["languages"] = dict(sorted(entry["languages"].items()))
    text = json.dumps({**entry, **facts}, ensure_ascii=False, separators=(",", ":"))
    (folder / _ENTRY_FILE).write_text(text, "utf-8")


def _cut_words(words: list[Any]) -> Iterator[list[Any]]:
    """Yield words, each with its places, in groups of a size that is quick to load."""
    group: list[Any] = []
    size = 0
    for word in words:
        if group and size > _WORDS_FILE_SIZE:
            yield group
            group, size = [], 0
        group.append(word)
        size += len(cbor2.dumps(word))
    if group:
        yield group


def _take_file(file: Path) -> Any:
    """Return what a file holds, and delete it."""
    values = cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(_FILE_MARK))
    file.unlink()
    return values


def _write_file(values: Any, folder: Path, lang: str, form: str) -> str:
    """Write values to a file, and return the part of its name that is made of them."""
    data = _FILE_MARK + cbor2.dumps(values)
    name = f"{lang}_{hash_bytes(data).hex()[:10]}"
    (folder / form.format(name)).write_bytes(gzip.compress(data, mtime=0))
    return name


def _replace_folder(source: Path, folder: Path, parts: Sequence[_Part], new_parts: Sequence[_Part]) -> None:
    """Bring new parts of an index into the site: their files first, then what names them, then the old ones go.

    So a reader who searches at this moment finds all files of the one index or of the other.
    """
    paths = {
        path.relative_to(source)
        for part in new_parts
        for path in _list_files(source / part.folder, parts)
        if not path.name.startswith((*_LEFT_OUT, *(_SHARED if part.folder else ())))
    }
    # What names other files comes after them, and the first part's, which names the other parts, comes last.
    ordered = sorted(paths, key=lambda path: (path.name == _ENTRY_FILE, -len(path.parts), path))
    new = [path for path in ordered if not _is_equal(source / path, folder / path)]
    write_files_atomically((folder / path, (source / path).read_bytes()) for path in new)
    for target in chain.from_iterable(_list_files(folder / part.folder, parts) for part in new_parts):
        if target.relative_to(folder) not in paths:
            target.unlink()
    folders = {part.folder.rstrip("/") for part in parts}
    for entry in [*folder.iterdir()]:
        if entry.name.isdecimal() and entry.name not in folders:
            shutil.rmtree(entry)


def _list_files(folder: Path, parts: Sequence[_Part]) -> list[Path]:
    """Return the files of a part, without those of the parts below it."""
    others = {part.folder.rstrip("/") for part in parts}
    names = [entry for entry in sorted(folder.iterdir()) if entry.name not in others and not entry.name.isdecimal()]
    return [path for name in names for path in ([name] if name.is_file() else name.rglob("*")) if path.is_file()]


def _is_equal(source: Path, target: Path) -> bool:
    return target.is_file() and filecmp.cmp(source, target, shallow=False)
