"""The index of the search: made by Pagefind from the finished site, and read by its script in the browser.

It follows a build and is no part of it: a preview does without, and a site without an index is whole. What is indexed
and how it can be filtered, the templates say (`data-pagefind-…`, https://pagefind.app/docs/).
"""

from __future__ import annotations

import filecmp
import gzip
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import cbor2
from msgspec import Struct

from ...errors import KuratoriumError
from ...file_lock import FileLock
from ...files import hash_bytes, write_atomically, write_files_atomically
from ..build.model import BuildResult
from ..settings import SEARCH_FOLDER
from ..urls import Paths

_LOCK_FILE = "var/search.lock"
_ENTRY_FILE = "pagefind-entry.json"  # names all others, whose names are made of their bytes
_STAMP_FILE = "var/search.stamp"
# Pagefind's own interfaces, which ours does without.
_LEFT_OUT = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")
# Parts that say what filters do, or what the text says again.
_LEFT_OUT_OF_PAGES = ".kicker, .byline, .event, .partners, .player, .beside, .rail, .skim-view, .post-side, .turn-time"
_FILE_MARK = b"pagefind_dcd"
_FILTERS_PLACE = 3  # in the meta data of a language: name and file of each filter
_MAX_SECONDS = 900


class SearchIndex(Struct, frozen=True):
    """What a run did: pages in the index (None: not made anew), its seconds, and why there is none ("" if there is)."""

    page_count: int | None = None
    seconds: float = 0
    failure: str = ""


def update_search_index(root: Path, result: BuildResult) -> SearchIndex:
    """Index the site that a build left, unless its index is still right; never raises for what Pagefind does.

    A site without a page for the search has no index. A run that was killed is made again: the version of the site that
    a build left last is compared with the one that was indexed last.
    """
    folder, stamp = result.output / SEARCH_FOLDER, root / _STAMP_FILE
    if not (result.output / Paths(result.lang).search()).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        return SearchIndex()
    is_current = bool(result.site_version) and _read(stamp) == result.site_version and (folder / _ENTRY_FILE).is_file()
    if is_current:
        return SearchIndex()
    begin = time.perf_counter()
    with FileLock(root / _LOCK_FILE), tempfile.TemporaryDirectory(prefix="search-", dir=root / "var") as scratch:
        try:
            page_count = _run_pagefind(result.output, Path(scratch))
            _sort_filters(Path(scratch))
        except (OSError, KuratoriumError, subprocess.SubprocessError) as error:
            return SearchIndex(failure=str(error))
        _replace_folder(Path(scratch), folder)
    if result.site_version:
        write_atomically(stamp, result.site_version.encode())
    return SearchIndex(page_count=page_count, seconds=time.perf_counter() - begin)


def _read(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def _run_pagefind(site: Path, target: Path) -> int:
    """Write the index of a site into an empty folder, and return how many pages it holds."""
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
    return sum(1 for _ in (target / "fragment").glob("*"))


def _sort_filters(folder: Path) -> None:
    """Sort the filters of a new index: Pagefind writes them in the order of a hash table, another one at each run.

    Files of an index are CBOR, packed, behind a mark; filters are named by the meta data of their language, these by
    the entry file. All names are made of the bytes.
    """
    entry = json.loads((folder / _ENTRY_FILE).read_bytes())
    for lang, language in sorted(entry["languages"].items()):
        meta = _take_file(folder / f"pagefind.{language['hash']}.pf_meta")
        for pair in meta[_FILTERS_PLACE]:
            name, values = _take_file(folder / "filter" / f"{pair[1]}.pf_filter")
            pair[1] = _write_file([name, sorted(values)], folder / "filter", lang, "{}.pf_filter")
        meta[_FILTERS_PLACE].sort()
        language["hash"] = _write_file(meta, folder, lang, "pagefind.{}.pf_meta")
    entry["languages"] = dict(sorted(entry["languages"].items()))
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    (folder / _ENTRY_FILE).write_text(text, "utf-8")


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


def _replace_folder(source: Path, folder: Path) -> None:
    """Bring the files of an index into the site: new ones first, then what names them, then the old ones go.

    So a reader who searches at this moment finds all files of the one index or of the other.
    """
    paths = [
        path.relative_to(source)
        for path in sorted(source.rglob("*"))
        if path.is_file() and not path.name.startswith(_LEFT_OUT)
    ]
    ordered = sorted(paths, key=lambda path: path.name == _ENTRY_FILE)
    new = [path for path in ordered if not _is_equal(source / path, folder / path)]
    write_files_atomically((folder / path, (source / path).read_bytes()) for path in new)
    known = set(paths)
    for target in [*folder.rglob("*")]:
        if target.is_file() and target.relative_to(folder) not in known:
            target.unlink()


def _is_equal(source: Path, target: Path) -> bool:
    return target.is_file() and filecmp.cmp(source, target, shallow=False)
