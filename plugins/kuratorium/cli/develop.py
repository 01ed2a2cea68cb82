"""The commands for developers, `test` and `lint`: they run the Makefile's targets, which install the tools first."""

from __future__ import annotations

import click

from ..errors import UsageError
from ..program.theme import IS_INSTALLED
from . import options
from .options import command


@command(examples=("kuratorium test", "kuratorium test -- -k feed"))
@click.argument("args", nargs=-1, metavar="[PYTEST ARGS]...")
def test(args: tuple[str, ...]) -> int:
    """Run all tests (same as "make test")."""
    return _run_make("test", args)


@command(examples=("kuratorium lint",))
def lint() -> int:
    """Check code style and types (same as "make lint")."""
    return _run_make("lint", ())


def _run_make(target: str, args: tuple[str, ...]) -> int:
    """Run a target of the edition's Makefile and return make's exit code; raise UsageError if there is no make."""
    import shlex
    import shutil
    import subprocess

    if IS_INSTALLED:
        raise UsageError(
            f'"kuratorium {target}" is for a clone of the program; in an edition, "make check" looks for mistakes.'
        )
    program = shutil.which("make")
    if not program:
        raise UsageError(f'"kuratorium {target}" runs "make {target}", but make is not installed.')
    # make takes no arguments for a target but variables; the target passes ARGS to a shell, hence the quoting.
    words = [program, "--no-print-directory", target, *([f"ARGS={shlex.join(args)}"] if args else [])]
    return subprocess.run(words, cwd=options.find_edition_root(), check=False).returncode  # noqa: S603 - our own Makefile
