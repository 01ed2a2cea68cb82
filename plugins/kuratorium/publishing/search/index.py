"""The index of the search: made by Pagefind from the finished site, and read by its script in the browser.

It follows a build and is no part of it: a preview does without, and a site without an index is whole. What is indexed
and how it can be filtered, the templates say (`data-pagefind-…`, https://pagefind.app/docs/).

Pagefind reads the pages that changed, and what it finds of them is merged into the index that is there: an edit makes
a few files of a large index anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ...errors import KuratoriumError
from ...file_lock import FileLock
from ...files import hash_bytes, write_atomically, write_files_atomically
from ..build.model import BuildResult
from ..settings import SEARCH_FOLDER
from ..urls import Paths
from .language_index import LanguageIndex, list_files, make_language_index
from .pagefind import ENTRY_FILE, LEFT_OUT_OF_PAGES, DamagedIndexError, Run, find_version, index_pages
from .pages import IndexedPage, find_indexed_pages
from .records import PageRecord, read_records, write_records

_LOCK_FILE = "var/search.lock"
_STAMP_FILE = "var/search.stamp"
_SHARED_FILES = ("pagefind.js", "pagefind-worker.js", "wasm.unknown.pagefind")
_FORM = 4  # of the files that we write: another one makes the index anew


class SearchIndex(Struct, frozen=True):
    """What a run did: pages indexed anew (None: none), its seconds, and why there is no index ("" if there is)."""

    page_count: int | None = None
    seconds: float = 0
    failure: str = ""


class _Former(Struct, frozen=True):
    """The index that is there: its entry file, and the records of its pages (none: it is to be made as a whole)."""

    entry: dict[str, Any] = {}
    records: list[PageRecord] = []


def update_search_index(root: Path, result: BuildResult) -> SearchIndex:
    """Index what changed in the site that a build left; never raises for what Pagefind does.

    A site without a page for the search has no index. A run that was killed is made again, as a whole.
    """
    folder, stamp = result.output / SEARCH_FOLDER, root / _STAMP_FILE
    if not (result.output / Paths(result.lang).search()).is_file():
        _remove_index(folder)
        return SearchIndex()
    if result.site_version and _read(stamp) == result.site_version and (folder / ENTRY_FILE).is_file():
        return SearchIndex()
    begin = time.perf_counter()
    count = None
    (root / "var").mkdir(exist_ok=True)
    with FileLock(root / _LOCK_FILE):
        pages = find_indexed_pages(root, result.output)
        if not pages:
            _remove_index(folder)
            return SearchIndex()
        # Without a stamp, another run may have been killed among its files.
        former = _read_former(root, folder) if stamp.is_file() else _Former()
        if former.entry.get("digest") != _digest(pages):
            try:
                count = _update(root, result.output, pages, former)
            except (OSError, KuratoriumError, subprocess.SubprocessError) as error:
                return SearchIndex(failure=str(error))
    if result.site_version:
        write_atomically(stamp, result.site_version.encode())
    return SearchIndex() if count is None else SearchIndex(page_count=count, seconds=time.perf_counter() - begin)


def _remove_index(folder: Path) -> None:
    """Remove an index, and leave its site the time that it had: by it, the next build knows its own site."""
    if folder.is_dir():
        status = folder.parent.stat()
        shutil.rmtree(folder, ignore_errors=True)
        os.utime(folder.parent, ns=(status.st_atime_ns, status.st_mtime_ns))


def _read(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def _digest(pages: Sequence[IndexedPage]) -> str:
    program = [_FORM, find_version(), LEFT_OUT_OF_PAGES]
    return hash_bytes(msgspec.msgpack.encode([program, sorted(pages, key=lambda page: page.path)])).hex()


def _read_former(root: Path, folder: Path) -> _Former:
    """Return the index in the folder, if all of its files are there and it is of this form."""
    try:
        entry = json.loads((folder / ENTRY_FILE).read_bytes())
        records = read_records(root, entry["digest"])
        names = {
            path
            for lang, language in entry["languages"].items()
            for path in list_files(folder, language["hash"], _of_language(records, lang))
        }
    except (OSError, ValueError, KeyError, TypeError, DamagedIndexError):
        return _Former()
    is_whole = entry.get("form") == [_FORM, find_version()] and names <= _list_paths(folder)
    return _Former(entry, records) if is_whole else _Former()


def _of_language(records: Iterable[PageRecord], lang: str) -> list[PageRecord]:
    return [record for record in records if record.page.lang == lang]


def _list_paths(folder: Path) -> set[str]:
    prefix = len(f"{folder}/")  # a Path for each file of a large index takes a second
    return {f"{parent}/{name}"[prefix:] for parent, _, names in os.walk(folder) for name in names}


def _update(root: Path, site: Path, pages: Sequence[IndexedPage], former: _Former) -> int:
    """Index the pages that the former index does not have as they are, and return how many."""
    known = {record.page for record in former.records}
    stale = sorted({*pages} - known, key=lambda page: (page.lang, page.date, page.path))
    with tempfile.TemporaryDirectory(prefix="search-", dir=root / "var") as scratch:
        runs = index_pages(site, Path(scratch), stale)
        try:
            _replace_index(root, site / SEARCH_FOLDER, pages, former, runs)
        except DamagedIndexError:
            if not former.records:
                raise
            return _update(root, site, pages, _Former())
    return len(stale)


def _replace_index(
    root: Path, folder: Path, pages: Sequence[IndexedPage], former: _Former, runs: Sequence[Run]
) -> None:
    """Bring the index of the pages into its folder; `runs` read those that are not in the former one."""
    members: defaultdict[str, list[IndexedPage]] = defaultdict(list)
    for page in pages:
        members[page.lang].append(page)
    indexes = {}
    for lang, own in sorted(members.items()):
        found = [run.languages[lang] for run in runs if lang in run.languages]
        meta_hash = former.entry.get("languages", {}).get(lang, {}).get("hash", "") if former.records else ""
        indexes[lang] = make_language_index(folder, meta_hash, _of_language(former.records, lang), own, found)
    entry = _make_entry(former, runs, indexes, _digest(pages))
    shared = _find_shared_files(folder, runs, entry)
    (root / _STAMP_FILE).unlink(missing_ok=True)
    _publish(folder, indexes, shared, entry)
    write_records(root, entry["digest"], [record for index in indexes.values() for record in index.records])


def _make_entry(
    former: _Former, runs: Sequence[Run], indexes: Mapping[str, LanguageIndex], digest: str
) -> dict[str, Any]:
    """Return the entry file: Pagefind's own, with the values of all filters, which no reader has to collect then."""
    entries = [former.entry, *(run.entry for run in runs)]
    facts = {lang: language for entry in entries for lang, language in entry.get("languages", {}).items()}
    filters: defaultdict[str, set[str]] = defaultdict(set)
    for index in indexes.values():
        for record in index.records:
            for name, values in record.filters.items():
                filters[name].update(values)
    return {
        **entries[-1],
        "languages": {
            lang: {**facts[lang], "hash": index.hash, "page_count": len(index.records)}
            for lang, index in indexes.items()
        },
        "filters": {name: sorted(values) for name, values in sorted(filters.items())},
        "form": [_FORM, find_version()],
        "digest": digest,
    }


def _find_shared_files(folder: Path, runs: Sequence[Run], entry: Mapping[str, Any]) -> dict[str, bytes]:
    """Return what all pages share: Pagefind's scripts, and the programs that know the endings of words."""
    programs = {language["wasm"] for language in entry["languages"].values()} - {None}
    names = [*_SHARED_FILES, *(f"wasm.{name}.pagefind" for name in sorted(programs))]
    sources = [*(run.folder for run in runs), folder]
    return {name: next(source / name for source in sources if (source / name).is_file()).read_bytes() for name in names}


def _publish(
    folder: Path, indexes: Mapping[str, LanguageIndex], shared: Mapping[str, bytes], entry: Mapping[str, Any]
) -> None:
    """Bring a new index into the site: its files first, then what names them, then the old ones go.

    So a reader who searches at this moment finds all files of the one index or of the other.
    """
    there = _list_paths(folder)
    files = {path: data for index in indexes.values() for path, data in index.files.items() if path not in there}
    files |= {path: data for path, data in shared.items() if path not in there or (folder / path).read_bytes() != data}
    files[ENTRY_FILE] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    write_files_atomically((folder / path, data) for path, data in files.items())
    for path in there - {ENTRY_FILE, *shared, *(path for index in indexes.values() for path in index.paths)}:
        (folder / path).unlink()
    for inner in [*folder.iterdir()]:
        if inner.name.isdecimal():  # a part of an index of former versions
            shutil.rmtree(inner)
