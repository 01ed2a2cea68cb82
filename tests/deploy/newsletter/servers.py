"""The tools that mail an issue, on 127.0.0.1: what is used of listmonk's and Buttondown's APIs, and SMTP."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class MailApi(ThreadingHTTPServer):
    """An API that keeps what was posted, with the header that authorised it."""

    daemon_threads = True

    def __init__(self, authorization: str) -> None:
        super().__init__(("127.0.0.1", 0), _ApiHandler)
        self.authorization = authorization
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.breaks = False
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _ApiHandler(BaseHTTPRequestHandler):
    server: MailApi

    def do_GET(self) -> None:
        tags = parse_qs(urlsplit(self.path).query).get("tags", [])
        found = [
            {"id": number, "tags": body.get("tags")}
            for number, (_, body) in enumerate(self.server.posted, 1)
            if set(tags) & set(body.get("tags", []))
        ]
        self._answer(200, {"data": {"results": found}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != self.server.authorization:
            self._answer(403, {"message": "invalid"})
            return
        self.server.posted.append((self.path, body))
        if self.server.breaks:
            self.close_connection = True
            return
        number = len(self.server.posted)
        self._answer(201, {"id": number, "data": {"id": number, "status": "draft"}})

    def _answer(self, status: int, values: dict[str, Any]) -> None:
        data = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


class MailServer(socketserver.ThreadingTCPServer):
    """An SMTP server that keeps receivers and mails; it breaks off after a mail if told so."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.mails: list[tuple[str, bytes]] = []
        self.port = self.server_address[1]


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example ready\r\n")
        receiver = ""
        while line := self.rfile.readline():
            command = line.strip().decode().upper()
            if command.startswith("RCPT TO:"):
                receiver = line.decode().partition("<")[2].partition(">")[0]
            if command == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append((receiver, b"".join(lines)))
            self.wfile.write(b"221 bye\r\n" if command == "QUIT" else b"250 ok\r\n")
            if command == "QUIT":
                return


@contextlib.contextmanager
def serve(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
