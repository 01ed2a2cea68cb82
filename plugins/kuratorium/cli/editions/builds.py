"""`kuratorium build DIR…`: builds of several editions, each in a process of its own.

A process ends with its build, so that memory does not grow with the number of editions, and no setting of one reaches
another. The processes are forked from this one, which has imported everything: an edition does not pay for the start.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import click
from msgspec import Struct

from ...edition.paths import SETTINGS_FILE
from ...errors import UsageError
from ...process_pool import can_fork, count_processors, prepare_worker
from ...text.control_characters import escape_controls
from ..terminal import format_count


class _Build(Struct):
    """The build of an edition that runs; `output` and `errors` are the files that get what it prints."""

    folder: Path
    process: BaseProcess
    output: Path
    errors: Path


def build_editions(
    folders: Sequence[Path], words: Sequence[str], processes: int | None, run_command: Callable[[Sequence[str]], int]
) -> int:
    """Build the editions in `folders`, print what each build prints, and return the highest of their exit codes.

    `words`: the options of each build. `processes`: how many processes to use in all; None: one per processor.
    `run_command`: runs one command line of the program. An edition that fails stops no other. Raises UsageError before
    anything is built if a folder holds no edition.
    """
    waiting = list({folder.resolve(): folder for folder in folders}.values())
    total = len(waiting)
    missing = [folder for folder in waiting if not (folder / SETTINGS_FILE).is_file()]
    if missing:
        raise UsageError("\n".join(f"{folder} is no edition: it has no {SETTINGS_FILE}." for folder in missing))
    available = processes or count_processors()
    at_once = min(available, total)
    words = [*words, "--jobs", str(max(1, available // at_once))]
    _import_all()
    sys.stdout.flush()  # else each forked process would print what waits there once more
    codes: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        running: dict[object, _Build] = {}
        try:
            while waiting or running:
                while waiting and len(running) < at_once:
                    build = _start(waiting.pop(0), Path(scratch, str(len(waiting))), words, run_command)
                    running[build.process.sentinel] = build
                ended = wait([build.process.sentinel for build in running.values()])
                codes += [_finish(running.pop(sentinel)) for sentinel in ended]
        finally:
            for build in running.values():
                build.process.kill()
    failed = sum(code != 0 for code in codes)
    click.echo(f"{format_count(total, 'edition')}: {total - failed} built, {failed} failed.")
    return max(codes)


def _import_all() -> None:
    """Import what every build needs, which forked processes then have."""
    from ...publishing.pelican_site import site  # noqa: F401 - see above
    from .. import reports  # noqa: F401


def _start(folder: Path, printed: Path, words: Sequence[str], run_command: Callable[[Sequence[str]], int]) -> _Build:
    output, errors = printed.with_suffix(".out"), printed.with_suffix(".err")
    context = multiprocessing.get_context("fork") if can_fork() else multiprocessing.get_context("spawn")
    process = context.Process(target=_run, args=(folder, output, errors, list(words), run_command))
    process.start()
    return _Build(folder, process, output, errors)


def _run(
    folder: Path, output: Path, errors: Path, words: Sequence[str], run_command: Callable[[Sequence[str]], int]
) -> None:
    """Build the edition in `folder` in this process, and print into these files."""
    prepare_worker()
    for path, descriptor in ((output, 1), (errors, 2)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    os.chdir(folder)
    code = run_command(["build", *words])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # nothing of the parent may run here, such as its handlers of an exit


def _finish(build: _Build) -> int:
    """Print what a build has printed, below the name of its folder; return its exit code."""
    build.process.join()
    code = build.process.exitcode
    is_killed = code is None or code < 0
    name = escape_controls(str(build.folder), one_line=True)
    for path, is_error in ((build.output, False), (build.errors, True)):
        text = path.read_text("utf-8", "replace") if path.exists() else ""
        path.unlink(missing_ok=True)
        if is_error and is_killed:
            text += "The process was killed, perhaps because memory ran out. Nothing was changed.\n"
        if text:  # each stream may lead elsewhere, and must say which edition it is about
            click.secho(name, bold=True, err=is_error)
            click.echo(text, nl=False, err=is_error)
    return 3 if code is None or code < 0 else code
