"""Steps that no editor means: something happens to the files' times, to the output or to the cache."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .outcome import walk
from .steps import Step, pick
from .workspace import Workspace


def touch(workspace: Workspace, item: int, variant: int) -> str:
    """Give files another time and leave their bytes; or replace them by equal ones."""
    for file in list(workspace.files)[item :: variant + 1]:
        if variant % 2:
            data = workspace.files[file]
            (workspace.root / file).unlink()
            workspace.put(file, data)
        else:
            os.utime(workspace.root / file)
    return f"from file {item} on, every {variant + 1}. is touched"


def edit_and_reset_time(workspace: Workspace, item: int, variant: int) -> str:
    """Change a text, but neither its length nor its time, as rsync and programs that unpack archives do."""
    file = pick(workspace.posts, item)
    path = workspace.root / file
    before, data = path.stat(), workspace.files[file]
    at = data.rfind(b"e")
    workspace.put(file, data[:at] + (b"a", b"o", b"u")[variant % 3] + data[at + 1 :])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"the last e of {file} becomes {'aou'[variant % 3]}, and its time stays"


def leftover(workspace: Workspace, item: int, variant: int) -> str:
    """Leave a file behind that is no part of the edition, or clear one away."""
    file = pick(
        (
            "content/essays/.lang.md",
            "curation/notes/2026/zweite.md~",
            "content/images/.DS_Store",
            "content/talks/liste.txt",
        ),
        item,
    )
    if variant % 2 and file in workspace.files:
        workspace.remove(file)
        return f"{file} is cleared away"
    workspace.put(file, f"Rest {variant}")
    return f"{file} is left behind"


def tamper(workspace: Workspace, item: int, variant: int) -> str:
    """Edit, cut, delete or add files of the output."""
    output = workspace.root / "output"
    paths = sorted(walk(output, bool))
    path = output / pick(paths, item * 7 + variant)
    kinds = (
        "edited",
        "cut",
        "deleted",
        "edited, with as many bytes,",
        "made a folder",
        "joined by a strange file",
        "made a link",
    )
    kind = variant % len(kinds)
    _TAMPERS[kind](path)
    return f"{path.relative_to(workspace.root)} is {kinds[kind]}"


def _change_letter(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-2] + b"~" + data[-1:])


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    (path / "unten").mkdir(parents=True)
    (path / "unten/fremd.html").write_text("fremd")


def _replace_by_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("feed.xml"))


_TAMPERS = (
    lambda path: path.write_bytes(path.read_bytes() + b"<!-- von Hand -->"),
    lambda path: path.write_bytes(path.read_bytes()[:-10]),
    Path.unlink,
    _change_letter,
    _replace_by_folder,
    lambda path: path.with_name("fremd.html").write_text("fremd"),
    _replace_by_link,
)


def forget(workspace: Workspace, item: int, variant: int) -> str:
    """Delete, cut or overwrite the cache; or delete the whole output."""
    cache = workspace.root / "var/build.sqlite3"
    kinds = (
        "var/build.sqlite3 is deleted",
        "var/ is deleted",
        "var/build.sqlite3 is cut",
        "var/build.sqlite3 is noise",
        "output/ is deleted",
    )
    kind = (item + variant) % len(kinds)
    if kind in {1, 4}:
        shutil.rmtree(workspace.root / kinds[kind].split("/")[0])
    elif kind == 0:
        cache.unlink(missing_ok=True)
    elif cache.is_file():
        data = cache.read_bytes()
        cache.write_bytes(data[: len(data) // 2] if kind == 2 else b"noise" * 1000)
    return kinds[kind]


def workers(workspace: Workspace, _: int, variant: int) -> str:
    """Let the next builds share their work among another number of processes."""
    workspace.jobs = pick((2, None, 1, 3), variant)
    return f"from now on with {workspace.jobs or 'as many as seem right'} jobs"


def change_in_place(workspace: Workspace, _: int, variant: int) -> str:
    """Replace changed files from now on, or write them in place again."""
    workspace.in_place = bool(variant % 2)
    return f"from now on files are {'written in place' if workspace.in_place else 'replaced'}"


def nothing(_: Workspace, __: int, ___: int) -> str:
    """Do nothing."""
    return "nothing"


ACCIDENTS: dict[str, Step] = {
    "touch": touch,
    "secretly": edit_and_reset_time,
    "leftover": leftover,
    "tamper": tamper,
    "forget": forget,
    "workers": workers,
    "habits": change_in_place,
    "nothing": nothing,
}
