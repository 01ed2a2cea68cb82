"""A bare socket on 127.0.0.1 for tests: it says what a script tells it to, well-formed or not."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

Script = Callable[[socket.socket], None]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"


@contextlib.contextmanager
def serving(script: Script) -> Iterator[str]:
    """Let `script` talk to whoever connects, after it was asked; yields the address."""
    server = socket.create_server(("127.0.0.1", 0))
    talks: list[threading.Thread] = []

    def talk(caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):  # who has heard enough hangs up
            caller.recv(65536)
            script(caller)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = server.accept()
                talks.append(threading.Thread(target=talk, args=(caller,)))
                talks[-1].start()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for thread in (listener, *talks):
            thread.join()


@contextlib.contextmanager
def deaf() -> Iterator[str]:
    """Listen without ever taking a connection, the queue full: whoever comes waits; yields the address."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def says(*pieces: bytes) -> Script:
    """Send the pieces, and hang up."""

    def script(caller: socket.socket) -> None:
        for piece in pieces:
            caller.sendall(piece)

    return script


def resets(*pieces: bytes) -> Script:
    """Send the pieces, and break the connection off."""

    def script(caller: socket.socket) -> None:
        says(*pieces)(caller)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return script


def chunked(*pieces: bytes) -> bytes:
    """Write a body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
