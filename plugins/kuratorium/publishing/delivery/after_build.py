"""What follows a build and is no part of it: the index of the search, and compressed copies of the site's texts.

Servers send `page.html.gz` and `page.html.br` in the place of `page.html`. A copy has the time of its file: so the next
run compresses only what changed, and a run that was killed is finished by the next one.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import brotli

from ...files import write_atomically
from ...process_pool import choose_process_count, map_chunks
from ..build.model import BuildResult
from ..build.snapshot_file import UNFINISHED_FILE
from ..search.index import SearchIndex, update_search_index
from ..settings import COPY_ENDINGS


def _compress_with_gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)  # without the time, the same bytes for the same file


def _compress_with_brotli(data: bytes) -> bytes:
    # The highest quality is a tenth smaller, and takes sixty times as long.
    return bytes(brotli.compress(data, brotli.MODE_TEXT, 5))


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = dict(
    zip(COPY_ENDINGS, (_compress_with_gzip, _compress_with_brotli), strict=True)
)
"""Ending of a copy -> how it is compressed."""

_TEXT_SUFFIXES = (
    *(".html", ".css", ".js", ".json", ".svg", ".xml"),
    *(".atom", ".opml", ".webmanifest", ".txt", ".ics", ".vtt"),
)
_MIN_SIZE = 256  # bytes: what fits into one packet in any case
_STAMP_FILE = "var/compression.stamp"


def finish_site(root: Path, result: BuildResult) -> SearchIndex:
    """Index the site that a build left, and compress its texts, as far as that is not done; return what was indexed.

    Until all is done, `kuratorium build` comes here even if no file changed.
    """
    index = update_search_index(root, result)
    update_compressed_copies(root, result)
    if result.site_version and not index.failure:
        (root / UNFINISHED_FILE).unlink(missing_ok=True)
    return index


def update_compressed_copies(root: Path, result: BuildResult) -> int:
    """Compress what changed in the site that a build left, delete copies of what is gone; return how many are new."""
    stamp = root / _STAMP_FILE
    if not result.precompresses:
        stamp.unlink(missing_ok=True)
        return 0
    if result.site_version and stamp.is_file() and stamp.read_text() == result.site_version:
        return 0
    stale: list[str] = []
    folder_times: dict[str, int] = {}
    for folder, names, times in _walk(str(result.output)):
        folder_times[folder] = Path(folder).stat().st_mtime_ns
        texts = [name for name in names if name.endswith(_TEXT_SUFFIXES)]
        stale += [
            f"{folder}/{name}" for name in texts if any(times.get(name + end) != times[name] for end in COPY_ENDINGS)
        ]
        for name in names:
            if name.endswith(COPY_ENDINGS) and _is_orphan(name[:-3], times):
                Path(folder, name).unlink()
    count = sum(sum(counts) for counts in map_chunks(stale, _compress_files, choose_process_count(len(stale), None)))
    _keep_times(folder_times)
    if result.site_version:
        write_atomically(stamp, result.site_version.encode())
    return count


def _keep_times(folder_times: Mapping[str, int]) -> None:
    """Give folders the time that they had before copies were written: by it, the next build knows its own site."""
    for folder, time in folder_times.items():
        status = Path(folder).stat()
        if status.st_mtime_ns != time:
            os.utime(folder, ns=(status.st_atime_ns, time))


def _walk(folder: str) -> Iterator[tuple[str, list[str], dict[str, int]]]:
    """Yield each folder of the site with the names of its files, and their times in nanoseconds."""
    entries = list(os.scandir(folder))
    files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    yield folder, [entry.name for entry in files], {entry.name: entry.stat().st_mtime_ns for entry in files}
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _walk(entry.path)


def _is_orphan(name: str, times: dict[str, int]) -> bool:
    """Return whether the file `name`, of which there is a copy, is gone."""
    return name.endswith(_TEXT_SUFFIXES) and name not in times


def _compress_files(paths: Sequence[str]) -> list[int]:
    return [_compress_file(Path(path)) for path in paths]


def _compress_file(path: Path) -> int:
    """Write the copies of a file that are smaller than itself; return how many."""
    data, status = path.read_bytes(), path.stat()
    count = 0
    for ending, compress in COMPRESSORS.items():
        copy = path.with_name(path.name + ending)
        compressed = compress(data) if len(data) >= _MIN_SIZE else data
        if len(compressed) >= len(data):
            copy.unlink(missing_ok=True)
            continue
        temporary = path.with_name(f"{path.name}{ending}~")
        temporary.write_bytes(compressed)
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))
        temporary.replace(copy)
        count += 1
    return count
