"""Whether the program itself is sound: `test` and `lint`, which the Makefile sets up."""

from __future__ import annotations

import click

from ..errors import UsageError
from . import options
from .options import command


@command(examples=("kuratorium test", "kuratorium test -- -k feed"))
@click.argument("args", nargs=-1, metavar="[PYTEST ARGS]...")
def test(args: tuple[str, ...]) -> int:
    """Run all tests: «make test»."""
    return _run_make("test", args)


@command(examples=("kuratorium lint",))
def lint() -> int:
    """Check style and types: «make lint»."""
    return _run_make("lint", ())


def _run_make(target: str, args: tuple[str, ...]) -> int:
    """Run a target of the Makefile, which sets up what it needs; returns its exit code."""
    import shlex
    import shutil
    import subprocess

    program = shutil.which("make")
    if not program:
        raise UsageError(f"«kuratorium {target}» runs «make {target}», and there is no make here: install it.")
    words = [program, "--no-print-directory", target, *([f"ARGS={shlex.join(args)}"] if args else [])]
    return subprocess.run(words, cwd=options.find_edition_root(), check=False).returncode  # noqa: S603 - our own Makefile
