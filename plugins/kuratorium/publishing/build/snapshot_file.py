"""var/build.snapshot: the stamps that all files had when the site was last found up to date.

`kuratorium build` compares them before it imports anything else, so that a build without changes ends in about a tenth
of a second at 10,000 posts; hence this module imports only what is there, or loads in a moment. The file may be deleted
at any time: then a build compares every file with the cache, as it does after any difference.
"""

from __future__ import annotations

import os
import stat
import sys
import zlib
from array import array
from collections.abc import Iterator
from itertools import chain

SNAPSHOT_FILE = "var/build.snapshot"
UNFINISHED_FILE = "var/build.unfinished"
"""An empty file, there while the site has no index of the search, or no compressed copies, of its last build."""

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


class Comparison:
    """The site of the last build, and the texts and other inputs that changed since, that are new or gone.

    `input_stamps` are those of all inputs in the last build. `folder_stamps` are those of their folders and of the
    assets' now: files came or went only in folders of texts, and no other file of the edition or the site changed.
    """

    def __init__(
        self, site: SiteState, changed_files: frozenset[str], input_stamps: Stamps, folder_stamps: Stamps
    ) -> None:
        self.site = site
        self.changed_files = changed_files
        self.input_stamps = input_stamps
        self.folder_stamps = folder_stamps


def encode_snapshot(state: SiteState, inputs: Stamps, folders: Stamps, others: Stamps, outputs: Stamps) -> bytes:
    """Return the bytes of the file; raises OverflowError if an inode has 64 bits.

    `inputs` are texts, registry, inbox and theme, `folders` those in which these and the assets lie: a file that comes
    or goes changes its folder. `others` are all else that the site is made of. These are stamped through links and with
    the time of the inode's last change, `outputs` as they are and with the time of their modification.
    """
    # What changed last is what changes next: most differences are found among the first.
    inputs = dict(sorted(inputs.items(), key=lambda item: -item[1][1]))
    settings = "/".join(sorted(name for name in others if "/" not in name and name.endswith(".py")))
    numbers = (state.valid_from, state.valid_until, state.pinned_date)
    counts = (len(inputs), len(folders), len(others), state.post_count, state.page_count, state.file_count)
    fields = [_describe_program(), state.index_path, settings, *map(repr, numbers), " ".join(map(str, counts))]
    groups = (inputs, folders, others, outputs)
    names = "\0".join([*fields, *chain.from_iterable(groups)]).encode("utf-8", "surrogateescape")
    stamps = array("q", chain.from_iterable(stamp for group in groups for stamp in group.values()))
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
    snapshot = _read_snapshot(root, now, as_of)
    try:
        return snapshot.site if snapshot and snapshot.has_same_inputs() and snapshot.has_same_rest() else None
    except OSError:  # a file of the site is gone
        return None


def compare_site(root: str, now: float, as_of: float | None = None) -> Comparison | None:
    """Compare the edition at `root` with its site; None if more changed than texts, registry, inbox and theme.

    `now` and `as_of` are as in `find_unchanged_site`.
    """
    snapshot = _read_snapshot(root, now, as_of)
    try:
        return snapshot.compare() if snapshot else None
    except OSError:  # a file of the site, or a folder, is gone
        return None


def _read_snapshot(root: str, now: float, as_of: float | None) -> _Snapshot | None:
    """Return the snapshot of the edition at `root`; None if there is none that is whole, of this program and date."""
    try:
        with open(f"{root}/{SNAPSHOT_FILE}", "rb") as file:
            data = file.read()
        snapshot = _Snapshot(root, data)
        if as_of is None:
            as_of = now if snapshot.site.pinned_date is None else snapshot.site.pinned_date
        is_valid = is_valid_at(as_of, snapshot.site.valid_from, snapshot.site.valid_until)
        return snapshot if is_valid and snapshot.is_of_this_program() else None
    except (OSError, ValueError):
        return None


class _Snapshot:
    """The content of the file; raises ValueError if it is damaged, or of another version."""

    def __init__(self, root: str, data: bytes) -> None:
        if zlib.crc32(data[4:]).to_bytes(4) != data[:4]:
            raise ValueError
        end = 8 + int.from_bytes(data[4:8])
        fields = data[8:end].decode("utf-8", "surrogateescape").split("\0")
        (self._program, index_path, self._settings, *numbers, encoded_counts), self._paths = fields[:7], fields[7:]
        input_count, folder_count, other_count, posts, pages, files = map(int, encoded_counts.split())
        self._root = root
        self._input_end, self._folder_end = input_count, input_count + folder_count
        self._other_end = self._folder_end + other_count
        self._stamps = array("q")
        self._stamps.frombytes(data[end:])
        if len(self._stamps) != 3 * len(self._paths):
            raise ValueError
        valid_from, valid_until, pinned_date = (None if number == "None" else float(number) for number in numbers)
        self.site = SiteState(
            valid_from=valid_from,
            valid_until=valid_until,
            pinned_date=pinned_date,
            counts=(posts, pages, files),
            index_path=index_path,
        )

    def is_of_this_program(self) -> bool:
        """Return whether this program wrote it, and no move into the site was interrupted since."""
        settings = "/".join(sorted(name for name in os.listdir(self._root) if name.endswith(".py")))
        has_journal = os.path.lexists(f"{self._root}/{STAGE_FOLDER}{JOURNAL_SUFFIX}")
        return self._program == _describe_program() and settings == self._settings and not has_journal

    def has_same_inputs(self) -> bool:
        """Return whether all inputs and folders are as they were."""
        return next(self._find_differing(0, self._folder_end), None) is None

    def has_same_rest(self) -> bool:
        """Return whether the site, and all else that it is made of, is as it was; raises OSError if a file is gone."""
        if next(self._find_differing(self._folder_end, self._other_end), None) is not None:
            return False
        for path, size, time, inode in self._iterate(self._other_end, len(self._paths)):
            status = os.lstat(self._locate(path))
            if status.st_mtime_ns != time or status.st_ino != inode:
                return False
            # A folder's size says how much room the names in it had once, and differs between file systems.
            if status.st_size != size and not stat.S_ISDIR(status.st_mode):
                return False
        return True

    def compare(self) -> Comparison | None:
        """Return what changed; None if it is more than a `Comparison` can hold."""
        stamps = {path: (size, time, inode) for path, size, time, inode in self._iterate(0, self._folder_end)}
        input_stamps = {path: stamps[path] for path in self._paths[: self._input_end]}
        folder_stamps = {path: stamps[path] for path in self._paths[self._input_end : self._folder_end]}
        changed = set(self._find_differing(0, self._input_end))
        for folder in list(self._find_differing(self._input_end, self._folder_end)):
            folder_stamps[folder] = _stamp(self._locate(folder))
            new_files = self._list_new_files(folder, stamps)
            if new_files is None:
                return None
            changed |= new_files
        # A text that became a link may lead out of the edition, a pipe would be waited for: a scan reports both.
        if any(os.path.lexists(path) and not _is_plain_file(path) for path in map(self._locate, changed)):
            return None
        return Comparison(self.site, frozenset(changed), input_stamps, folder_stamps) if self.has_same_rest() else None

    def _list_new_files(self, folder: str, stamps: Stamps) -> set[str] | None:
        """Return what is new in a folder of texts; None if it holds no texts, or something else may be new in it."""
        if not any(
            path.endswith(".md") and path.rpartition("/")[0] == folder for path in self._paths[: self._input_end]
        ):
            return None
        with os.scandir(self._locate(folder)) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
        new = {f"{folder}/{entry.name}": entry for entry in visible if f"{folder}/{entry.name}" not in stamps}
        if all(path.endswith(".md") and entry.is_file(follow_symlinks=False) for path, entry in new.items()):
            return set(new)
        return None

    def _locate(self, path: str) -> str:
        return os.path.join(self._root, path)

    def _iterate(self, start: int, end: int) -> Iterator[tuple[str, int, int, int]]:
        stamps = self._stamps[3 * start : 3 * end]
        return zip(self._paths[start:end], stamps[::3], stamps[1::3], stamps[2::3], strict=True)

    def _find_differing(self, start: int, end: int) -> Iterator[str]:
        for path, size, time, inode in self._iterate(start, end):
            try:
                status = os.stat(self._locate(path))
            except OSError:
                if size != -1:
                    yield path
            else:
                if status.st_ctime_ns != time or status.st_size != size or status.st_ino != inode:
                    yield path


def _is_plain_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)


def _describe_program() -> str:
    """Return what tells this Python and its packages from others that may use the same files."""
    return f"{sys.version} {sys.prefix} {_PACKAGE}"


def _stamp(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return (status.st_size, status.st_ctime_ns, status.st_ino)
