"""Measure on a served site how long it takes from an edit until an open page is told to reload."""

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

from processes import count_ticks, share_of_tree

PATIENCE = 300.0  # seconds until a site is served, or a change is announced
WaitForChange = Callable[[], None]
"""Returns when the page is told of a change."""


@contextmanager
def served(command: list[str], root: Path, environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the site in `root` until the end of the block, which begins when its front page can be read."""
    with (root.parent / "served.log").open("w") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command} serves nothing:\n{Path(log.name).read_text()[-4000:]}")
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def free_port() -> int:
    """Return a port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def get(port: int, path: str) -> str:
    """Read a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", f"/{path}")
    body = connection.getresponse().read().decode()
    connection.close()
    return body


def time_until_told(
    port: int, path: str, listen: Callable[[str, int], WaitForChange], edit: Callable[[], None], shown: tuple[str, str]
) -> float:
    """Open a page, edit, and return the seconds until it is told.

    `shown` are the path of the edited page, and words of the edit. Raise RuntimeError if the page lacks them.
    """
    wait = listen(get(port, path), port)
    started = time.perf_counter()
    edit()
    wait()
    seconds = time.perf_counter() - started
    if shown[1] not in get(port, shown[0]):
        raise RuntimeError(f"{path or 'the front page'} was told of a change that {shown[0]} does not show")
    return seconds


def memory(process: subprocess.Popen[bytes]) -> int:
    """Return the bytes of memory that a server and its children use now."""
    return share_of_tree(process.pid)


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds that a server and its children have used, in whole ticks of the clock."""
    return count_ticks(process.pid) / os.sysconf("SC_CLK_TCK")


def listen_to_events(page: str, port: int) -> WaitForChange:
    """Listen as our preview's pages do: to server-sent events at the address that their script gets."""
    match = re.search(r'data-events="([^"]+)"', page)
    if not match:
        raise RuntimeError("the page listens to nothing")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", match[1])
    stream = connection.getresponse()

    def wait() -> None:
        while line := stream.readline():
            if line.startswith(b"data:"):
                connection.close()
                return
        raise RuntimeError("the preview hung up")

    return wait


def listen_to_websocket(_: str, port: int) -> WaitForChange:
    """Listen as Hugo's pages do: to LiveReload's messages in a WebSocket."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ("GET /livereload HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket", "Connection: Upgrade")
    lines += (f"Origin: http://localhost:{port}", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
    connection.sendall("\r\n".join(lines).encode())
    hello = b'{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}'  # Hugo wants no blanks
    received = _read_until(connection, b"\r\n\r\n", b"")
    # RFC 6455, section 5.2: one final frame of text; a client must mask it, and a mask of zeroes changes nothing.
    connection.sendall(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    _read_until(connection, b'"hello"', received)
    return lambda: _read_until(connection, b'"reload"', b"") and connection.close()


def _read_until(connection: socket.socket, words: bytes, received: bytes) -> bytes:
    while words not in received:
        chunk = connection.recv(4096)
        if not chunk:
            raise RuntimeError("the server hung up")
        received += chunk
    return received


def _answers(port: int) -> bool:
    try:
        return bool(get(port, ""))
    except OSError:
        return False
