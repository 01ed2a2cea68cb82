"""var/build.snapshot: the stamps that all files had when the site was last found up to date.

`kuratorium build` compares them before it imports anything else, so that a build without changes ends in about a tenth
of a second at 10,000 posts; hence this module imports only what is there, or loads in a moment. The file may be deleted
at any time: then a build compares every file with the cache, as it does after any difference.
"""

from __future__ import annotations

import os
import sys
import zlib
from array import array
from collections.abc import Iterator
from itertools import chain

SNAPSHOT_FILE = "var/build.snapshot"
STAGE_FOLDER = "var/stage"
JOURNAL_SUFFIX = ".journal"
"""Behind the stage's name: the journal of a move into the site. If it exists, the next build finishes the move."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

Stamps = dict[str, tuple[int, int, int]]
"""Path, from the edition's root or absolute -> size, time in nanoseconds and inode; (-1, 0, 0) if nothing is there."""


class SiteState:
    """What a build that finds nothing changed has to know of the site.

    It is up to date from `valid_from` until `valid_until` (seconds since 1970; None: no limit). `pinned_date` is that
    of policy.yaml. `index_path` is the page to open first.
    """

    def __init__(
        self,
        *,
        valid_from: float | None,
        valid_until: float | None,
        pinned_date: float | None,
        counts: tuple[int, int, int],
        index_path: str,
    ) -> None:
        self.valid_from = valid_from
        self.valid_until = valid_until
        self.pinned_date = pinned_date
        self.post_count, self.page_count, self.file_count = counts
        self.index_path = index_path


def is_valid_at(as_of: float, valid_from: float | None, valid_until: float | None) -> bool:
    """Return whether nothing falls due, and no talk ends, between the last build's date and `as_of`."""
    # `as_of` may go back in time, too: a preview of an earlier date shows fewer posts.
    return (valid_from is None or valid_from <= as_of) and (valid_until is None or as_of < valid_until)


def encode_snapshot(state: SiteState, inputs: Stamps, outputs: Stamps) -> bytes:
    """Return the bytes of the file; raises OverflowError if an inode has 64 bits.

    `inputs` are stamped through links and with the time of the inode's last change, `outputs` as they are and with the
    time of their modification. Both hold folders, too: a file that comes or goes changes its folder.
    """
    # What changed last is what changes next: most differences are found among the first.
    inputs = dict(sorted(inputs.items(), key=lambda item: -item[1][1]))
    settings = "/".join(sorted(name for name in inputs if "/" not in name and name.endswith(".py")))
    numbers = (state.valid_from, state.valid_until, state.pinned_date)
    counts = (len(inputs), state.post_count, state.page_count, state.file_count)
    fields = [_describe_program(), state.index_path, settings, *map(repr, numbers), " ".join(map(str, counts))]
    names = "\0".join([*fields, *inputs, *outputs]).encode("utf-8", "surrogateescape")
    stamps = array("q", chain.from_iterable(chain(inputs.values(), outputs.values())))
    data = len(names).to_bytes(4) + names + stamps.tobytes()
    return zlib.crc32(data).to_bytes(4) + data


def stamp_program() -> Stamps:
    """Return the stamps of our own code that shapes the site, and of the folders that hold installed packages."""
    packages = [folder for folder in sys.path if folder.endswith("-packages")]
    return {path: _stamp(path) for path in (*packages, *list_own_code())}


_ROOMS_WITHOUT_OUTPUT = ("cli", "desk", "intake")  # whose code cannot change what a build writes


def list_own_code() -> Iterator[str]:
    """Yield the paths of our own modules whose code shapes the site."""
    for folder, folders, files in os.walk(_PACKAGE):
        if folder == _PACKAGE:
            folders[:] = [name for name in folders if name not in _ROOMS_WITHOUT_OUTPUT]
        yield from (f"{folder}/{name}" for name in files if name.endswith(".py"))


def find_unchanged_site(root: str, now: float, as_of: float | None = None) -> SiteState | None:
    """Return the state of the site of the edition at `root` if no file and no due date changed; None if any may have.

    `now` and `as_of` are in seconds since 1970; without `as_of`, the edition's own date counts, or now.
    """
    try:
        with open(f"{root}/{SNAPSHOT_FILE}", "rb") as file:
            data = file.read()
        return _compare(root, data, now, as_of)
    except (OSError, ValueError):  # there is none, it is damaged, or a file is gone
        return None


def _compare(root: str, data: bytes, now: float, as_of: float | None) -> SiteState | None:
    if zlib.crc32(data[4:]).to_bytes(4) != data[:4]:
        return None
    end = 8 + int.from_bytes(data[4:8])
    fields = data[8:end].decode("utf-8", "surrogateescape").split("\0")
    (program, index_path, settings, *numbers, encoded_counts), paths = fields[:7], fields[7:]
    input_count, *counts = map(int, encoded_counts.split())
    valid_from, valid_until, pinned_date = (None if number == "None" else float(number) for number in numbers)
    state = SiteState(
        valid_from=valid_from,
        valid_until=valid_until,
        pinned_date=pinned_date,
        counts=(counts[0], counts[1], counts[2]),
        index_path=index_path,
    )
    if as_of is None:
        as_of = now if pinned_date is None else pinned_date
    if program != _describe_program() or not is_valid_at(as_of, valid_from, valid_until):
        return None
    if os.path.lexists(f"{root}/{STAGE_FOLDER}{JOURNAL_SUFFIX}"):
        return None
    if settings != "/".join(sorted(name for name in os.listdir(root) if name.endswith(".py"))):
        return None
    stamps = array("q")
    stamps.frombytes(data[end:])
    is_same = _are_inputs_same(root, paths[:input_count], stamps[: 3 * input_count])
    return state if is_same and _are_outputs_same(root, paths[input_count:], stamps[3 * input_count :]) else None


def _describe_program() -> str:
    """Return what tells this Python and its packages from others that may use the same files."""
    return f"{sys.version} {sys.prefix} {_PACKAGE}"


def _stamp(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return (status.st_size, status.st_ctime_ns, status.st_ino)


def _are_inputs_same(root: str, paths: list[str], stamps: array[int]) -> bool:
    for path, size, time, inode in zip(paths, stamps[::3], stamps[1::3], stamps[2::3], strict=True):
        try:
            status = os.stat(os.path.join(root, path))
        except OSError:
            if size != -1:
                return False
        else:
            if status.st_ctime_ns != time or status.st_size != size or status.st_ino != inode:
                return False
    return True


def _are_outputs_same(root: str, paths: list[str], stamps: array[int]) -> bool:
    for path, size, time, inode in zip(paths, stamps[::3], stamps[1::3], stamps[2::3], strict=True):
        status = os.lstat(os.path.join(root, path))
        if status.st_mtime_ns != time or status.st_size != size or status.st_ino != inode:
            return False
    return True
