"""What may happen to files between two builds though no editor meant it: to their times, the output, the cache."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .ground import Ground
from .outcome import walk
from .steps import Happens, pick


def touch(ground: Ground, which: int, what: int) -> str:
    """Files get another time and keep their bytes; or are replaced by equal ones."""
    for file in list(ground.files)[which :: what + 1]:
        if what % 2:
            data = ground.files[file]
            (ground.root / file).unlink()
            ground.put(file, data)
        else:
            os.utime(ground.root / file)
    return f"from file {which} on, every {what + 1}. is touched"


def secretly(ground: Ground, which: int, what: int) -> str:
    """A text changes and keeps its length, and somebody gives it back its time, as rsync and unpackers do."""
    file = pick(ground.posts, which)
    path = ground.root / file
    before, data = path.stat(), ground.files[file]
    at = data.rfind(b"e")
    ground.put(file, data[:at] + (b"a", b"o", b"u")[what % 3] + data[at + 1 :])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"the last e of {file} becomes {'aou'[what % 3]}, and its time stays"


def leftover(ground: Ground, which: int, what: int) -> str:
    """An editor leaves a file that is no part of the edition, or one that should not be where it is."""
    file = pick(
        (
            "content/essays/.lang.md",
            "curation/notes/2026/zweite.md~",
            "content/images/.DS_Store",
            "content/talks/liste.txt",
        ),
        which,
    )
    if what % 2 and file in ground.files:
        ground.remove(file)
        return f"{file} is cleared away"
    ground.put(file, f"Rest {what}")
    return f"{file} is left behind"


def tamper(ground: Ground, which: int, what: int) -> str:
    """Somebody edits, cuts, deletes or adds files of the output."""
    output = ground.root / "output"
    paths = sorted(walk(output, bool))
    path = output / pick(paths, which * 7 + what)
    kinds = (
        "edited",
        "cut",
        "deleted",
        "edited, with as many bytes,",
        "made a folder",
        "joined by a strange file",
        "made a link",
    )
    kind = what % len(kinds)
    _TAMPERS[kind](path)
    return f"{path.relative_to(ground.root)} is {kinds[kind]}"


def _other_letter(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-2] + b"~" + data[-1:])


def _folder_instead(path: Path) -> None:
    path.unlink()
    (path / "unten").mkdir(parents=True)
    (path / "unten/fremd.html").write_text("fremd")


def _link_instead(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("feed.xml"))


_TAMPERS = (
    lambda path: path.write_bytes(path.read_bytes() + b"<!-- von Hand -->"),
    lambda path: path.write_bytes(path.read_bytes()[:-10]),
    Path.unlink,
    _other_letter,
    _folder_instead,
    lambda path: path.with_name("fremd.html").write_text("fremd"),
    _link_instead,
)


def forget(ground: Ground, which: int, what: int) -> str:
    """What a build keeps for the next is deleted, cut or overwritten; or the whole output is gone."""
    kept = ground.root / "var/build.sqlite3"
    kinds = (
        "var/build.sqlite3 is deleted",
        "var/ is deleted",
        "var/build.sqlite3 is cut",
        "var/build.sqlite3 is noise",
        "output/ is deleted",
    )
    kind = (which + what) % len(kinds)
    if kind in {1, 4}:
        shutil.rmtree(ground.root / kinds[kind].split("/")[0])
    elif kind == 0:
        kept.unlink(missing_ok=True)
    elif kept.is_file():
        data = kept.read_bytes()
        kept.write_bytes(data[: len(data) // 2] if kind == 2 else b"noise" * 1000)
    return kinds[kind]


def workers(ground: Ground, _: int, what: int) -> str:
    """The next builds share their work among another number of processes."""
    ground.jobs = pick((2, None, 1, 3), what)
    return f"from now on with {ground.jobs or 'as many as seem right'} jobs"


def habits(ground: Ground, _: int, what: int) -> str:
    """From now on changed files are replaced, or again written in place."""
    ground.in_place = bool(what % 2)
    return f"from now on files are {'written in place' if ground.in_place else 'replaced'}"


def nothing(_: Ground, __: int, ___: int) -> str:
    """Nothing happens."""
    return "nothing"


ACCIDENTS: dict[str, Happens] = {
    "touch": touch,
    "secretly": secretly,
    "leftover": leftover,
    "tamper": tamper,
    "forget": forget,
    "workers": workers,
    "habits": habits,
    "nothing": nothing,
}
