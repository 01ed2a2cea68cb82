"""Run the program in a process that is forked from one which has imported all of it.

An import takes longer than most commands. The process is a new one all the same: it has its own folder, environment and
files, and ends as Python ends. As a module this is the server, which ends when its stdin is closed.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pickle
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

import pytest

import kuratorium
from kuratorium.cli import main
from kuratorium.publishing.settings import read_settings
from kuratorium.publishing.writers.html import build_environment, build_filters
from tests.speed import draw_once, parse_and_compile_once

REPOSITORY = Path(__file__).resolve().parents[1]
_MESSAGE_SIZE = 1 << 20
_PATIENCE = 60.0  # seconds until the server has imported everything


def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `kuratorium` with these words in a folder, without a terminal; return its exit code and output."""
    address = _start_server(os.getpid())
    with (
        Path(os.devnull).open("rb") as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection,
    ):
        connection.connect(address)
        message = pickle.dumps((tuple(words), str(folder), dict(environment)))
        socket.send_fds(connection, [message], [file.fileno() for file in (stdin, stdout, stderr)])
        status = int(connection.recv(16))
        return subprocess.CompletedProcess(
            tuple(words), os.waitstatus_to_exitcode(status), _read(stdout), _read(stderr)
        )


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


@cache
def _start_server(process: int) -> str:
    """Return the address of the server of a test process; it is started once."""
    folder = tempfile.mkdtemp()
    address = f"{folder}/{process}"
    command = [sys.executable, "-W", "error", "-m", __spec__.name, address]
    server = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE)
    atexit.register(server.communicate)
    deadline = time.monotonic() + _PATIENCE
    while not Path(address).exists():
        assert server.poll() is None, "the server of the tests' commands has ended"
        assert time.monotonic() < deadline, "the server of the tests' commands does not start"
        time.sleep(0.02)
    return address


def _serve(address: str) -> None:
    """Fork for each message until stdin is closed; every second fork is the program."""
    _import_everything()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(f"{address}.new")
        listener.listen(64)
        Path(f"{address}.new").rename(address)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for a program
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if 0 in ready:
                return
            connection, _ = listener.accept()
            with connection:
                if os.fork():
                    continue
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(connection)
                return


def _answer(connection: socket.socket) -> None:
    """Run one command, and answer with its status; returns in the process that waits, and exits in the other."""
    message, files, _, _ = socket.recv_fds(connection, _MESSAGE_SIZE, 3)
    words, folder, environment = pickle.loads(message)
    program = os.fork()
    if program:
        _, status = os.waitpid(program, 0)
        connection.send(str(status).encode())
        return
    connection.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [main.__file__, *words]
    code: object = 1
    try:
        code = main.main()
    except SystemExit as end:
        code = end.code or 0
        if not isinstance(code, int):
            print(code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - as Python itself
        traceback.print_exc()
    # As Python ends, but without freeing what was imported, which takes longer than most commands.
    threading._shutdown()  # type: ignore[attr-defined] # what Py_Finalize calls
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _import_everything() -> None:
    """Import the program, and compile the theme."""
    for module in pkgutil.walk_packages(kuratorium.__path__, "kuratorium."):
        importlib.import_module(module.name)
    patch = pytest.MonkeyPatch()  # for good: each command is a fork of this process
    parse_and_compile_once(patch)
    draw_once(patch)
    settings = read_settings(REPOSITORY)
    theme = build_environment(REPOSITORY, settings)
    theme.filters.update(build_filters(settings.site))
    for name in theme.list_templates():
        theme.get_template(name)
    gc.freeze()  # what is there stays: no collection looks at it, and forks share its memory


if __name__ == "__main__":
    _serve(sys.argv[1])
