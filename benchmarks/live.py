"""A site that is served while it is edited: how long until an open page hears that it changed."""

from __future__ import annotations

import base64
import http.client
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import share_of_tree

PATIENCE = 300.0  # seconds until a site is served, or a change is heard
Ear = Callable[[], None]
"""Returns when the page is told of a change."""


@contextmanager
def served(command: list[str], root: Path, environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Have the site in `root` served until the end of the block, which begins when its front page can be read."""
    with (root.parent / "served.log").open("w") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            ends = time.monotonic() + PATIENCE
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(f"{command} serves nothing:\n{Path(log.name).read_text()[-4000:]}")
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def free_port() -> int:
    """Find a port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def get(port: int, path: str) -> str:
    """Read a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", f"/{path}")
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def heard(port: int, path: str, listen: Callable[[str, int], Ear], edit: Callable[[], None], words: str) -> float:
    """Open a page, edit, wait until the page is told; returns the seconds from the edit on. The page has to show it."""
    wait = listen(get(port, path), port)
    begun = time.perf_counter()
    edit()
    wait()
    seconds = time.perf_counter() - begun
    if words not in get(port, path):
        raise RuntimeError(f"{path} was told of a change that it does not show")
    return seconds


def memory(process: subprocess.Popen[bytes]) -> int:
    """The bytes that a server and its children have now."""
    return share_of_tree(process.pid)


def events(page: str, port: int) -> Ear:
    """Listen as our preview's pages do: to server-sent events at the address in their script."""
    found = re.search(r"""new EventSource\(["'`]([^"'`]+)""", page)
    if not found:
        raise RuntimeError("the page listens to nothing")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", found[1])
    stream = connection.getresponse()

    def wait() -> None:
        while line := stream.readline():
            if line.startswith(b"data:"):
                connection.close()
                return
        raise RuntimeError("the preview hung up")

    return wait


def websocket(_: str, port: int) -> Ear:
    """Listen as Hugo's pages do: to LiveReload's messages in a WebSocket."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ("GET /livereload HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket", "Connection: Upgrade")
    lines += (f"Origin: http://localhost:{port}", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
    connection.sendall("\r\n".join(lines).encode())
    hello = b'{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}'  # Hugo wants no blanks
    told = _until(connection, b"\r\n\r\n", b"")
    connection.sendall(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)  # one frame of text, masked with zeroes
    _until(connection, b'"hello"', told)
    return lambda: _until(connection, b'"reload"', b"") and connection.close()


def _until(connection: socket.socket, words: bytes, told: bytes) -> bytes:
    while words not in told:
        more = connection.recv(4096)
        if not more:
            raise RuntimeError("the server hung up")
        told += more
    return told


def _answers(port: int) -> bool:
    try:
        return bool(get(port, ""))
    except OSError:
        return False
