"""The program as others install it: its wheel in an empty virtual environment, without any network."""

from __future__ import annotations

import io
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kuratorium.program.pack import Wheel

_NOT_LOCKED = ("kuratorium", "_kuratorium", "__editable__", "pip", "__pycache__")


def install_wheel(folder: Path, wheel: Wheel) -> Path:
    """Install a wheel into a new environment in `folder`; return the folder of its programs.

    The locked libraries are those of this environment.
    """
    file = folder / wheel.name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(wheel.data)
    environment = folder / "environment"
    run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    share_libraries(folder, environment)
    python = environment / "bin/python"
    run([sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(file)])
    return environment / "bin"


def share_libraries(folder: Path, environment: Path) -> None:
    """Let an environment find the installed libraries of this one, but neither pip nor the program itself."""
    libraries = folder / "libraries"
    if not libraries.exists():
        libraries.mkdir()
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if not entry.name.startswith(_NOT_LOCKED) and entry.suffix != ".pth":
                (libraries / entry.name).symlink_to(entry)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(f"{libraries}\n")


def make_offline_python(folder: Path) -> Path:
    """Return a Python whose environments have the locked libraries from the start, as after a download."""
    script = folder / "python"
    script.write_text(
        f'#!/bin/sh\n"{sys.executable}" "$@" || exit\n'
        f'case "$*" in "-m venv"*) for place in .venv/lib/python*/site-packages; '
        f'do echo "{folder}/libraries" > "$place/libraries.pth"; done ;; esac\n'
    )
    script.chmod(0o755)
    return script


def run(command: list[str], folder: Path | None = None, **environment: str) -> str:
    """Run a command and return what it prints; its failure is the test's."""
    env = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def change_wheel(wheel: Wheel, version: str, changes: Mapping[str, Callable[[str], str]]) -> Wheel:
    """Return a wheel of another version of the program, with other texts in some of its files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name in changes:
                data = changes[name](data.decode()).encode()
            if name == "kuratorium/__init__.py" or ".dist-info/" in name:
                data = data.replace(wheel.version.encode(), version.encode())
            target.writestr(name.replace(f"-{wheel.version}.dist-info", f"-{version}.dist-info"), data)
    return Wheel(version, wheel.name.replace(wheel.version, version), stream.getvalue())
