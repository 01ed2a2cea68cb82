"""The move of a finished site into place, written down before it begins, so that the next run can finish it."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ..files import settle, write_atomically

NEAR = ".kuratorium~"
"""Within a site on another disk than var/: where files wait to be moved."""


class Moves(Struct, frozen=True):
    """Where to, which files in their order, and which to delete after them; paths from the site's root.

    `waiting` is the folder where the files wait.
    """

    waiting: str
    output: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]


def carry_out(stage: Path, moves: Moves, ready: Callable[[], object]) -> None:
    """Move the files that wait in `stage`. Before the first one, when `finish` can do it, too, `ready` is called.

    Where that fails, nothing is moved.
    """
    if not moves.written and not moves.deleted:
        ready()
        return
    near = Path(moves.output) / NEAR
    try:
        if moves.written and _is_elsewhere(stage, Path(moves.output)):
            for path in moves.written:
                (near / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(stage / path, near / path)
            moves = replace(moves, waiting=str(near))
        settle([Path(moves.waiting, path) for path in moves.written])
        write_atomically(_of(stage), msgspec.json.encode(moves))
        ready()
    except BaseException:
        _of(stage).unlink(missing_ok=True)
        shutil.rmtree(near, ignore_errors=True)
        raise
    _move(moves)
    shutil.rmtree(near, ignore_errors=True)
    _of(stage).unlink()


def finish(stage: Path) -> bool:
    """Finish a move out of `stage` that was interrupted; False if there is none."""
    try:
        moves = msgspec.json.decode(_of(stage).read_bytes(), type=Moves)
    except FileNotFoundError:
        return False
    except msgspec.DecodeError:  # nobody but a failing disk can have done that; the next build mends the site
        _of(stage).unlink()
        return False
    _move(moves)
    shutil.rmtree(Path(moves.output) / NEAR, ignore_errors=True)
    _of(stage).unlink()
    return True


def _of(stage: Path) -> Path:
    return stage.with_name(f"{stage.name}.journal")


def _is_elsewhere(stage: Path, output: Path) -> bool:
    """Tell whether the site lies on another disk: then a move would be a copy, and could fail half-way."""
    output.mkdir(parents=True, exist_ok=True)
    return stage.stat().st_dev != output.stat().st_dev


def _move(moves: Moves) -> None:
    """Do what is still to be done: what no longer waits was moved before."""
    output = Path(moves.output)
    ready: set[Path] = set()
    for path in moves.written:
        source, target = Path(moves.waiting, path), output / path
        if target.parent not in ready:
            _make_way(target.parent, output)
            ready.add(target.parent)
        _put(source, target)
    for path in moves.deleted:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (output / path).unlink()
    _remove_empty(output, moves.deleted)


def _make_way(folder: Path, output: Path) -> None:
    """Make a folder, also where a file had its name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        for above in reversed((folder, *folder.parents)):
            if output in above.parents and not above.is_dir():
                above.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)


def _put(source: Path, target: Path) -> None:
    """Rename; where the site lies on another disk, a whole copy takes the place of the old file."""
    try:
        source.replace(target)
    except FileNotFoundError:
        return
    except IsADirectoryError:
        shutil.rmtree(target)
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        if target.is_dir():
            shutil.rmtree(target)
        write_atomically(target, source.read_bytes())
        source.unlink()


def _remove_empty(output: Path, deleted: tuple[str, ...]) -> None:
    emptied = {folder for path in deleted for folder in (output / path).parents if output in folder.parents}
    for folder in sorted(emptied, reverse=True):
        with contextlib.suppress(OSError):  # it holds something still, or is gone
            folder.rmdir()
