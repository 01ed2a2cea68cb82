"""A bare socket on 127.0.0.1 for tests: it sends the bytes of a script, valid HTTP or not."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

Script = Callable[[socket.socket], None]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"


@contextlib.contextmanager
def serve(script: Script) -> Iterator[str]:
    """Run `script` for each connection, after its request was read; yields the address."""
    server = socket.create_server(("127.0.0.1", 0))
    connections: list[threading.Thread] = []

    def run_script(caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):  # the client hangs up when it has read enough
            caller.recv(65536)
            script(caller)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = server.accept()
                connections.append(threading.Thread(target=run_script, args=(caller,)))
                connections[-1].start()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for thread in (listener, *connections):
            thread.join()


@contextlib.contextmanager
def listen_without_accepting() -> Iterator[str]:
    """Listen without ever accepting a connection, with a full backlog, so that clients wait; yields the address."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def send_and_close(*chunks: bytes) -> Script:
    """Return a script that sends `chunks` and closes the connection."""

    def script(caller: socket.socket) -> None:
        for chunk in chunks:
            caller.sendall(chunk)

    return script


def send_and_reset(*chunks: bytes) -> Script:
    """Return a script that sends `chunks` and resets the connection (RST instead of FIN)."""

    def script(caller: socket.socket) -> None:
        send_and_close(*chunks)(caller)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return script


def chunked(*chunks: bytes) -> bytes:
    """Return a body in the chunked transfer coding (RFC 9112, 7.1)."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
