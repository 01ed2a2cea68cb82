"""Scripts of a test that run in a Python process of their own, without the threads of the test runner."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.editions import REPOSITORY

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins"), "PYTHONHASHSEED": "random"}


def run_script(script: str, *arguments: object) -> str:
    """Return what a script prints; warnings are errors, and it must end with 0."""
    completed = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout
