"""A web server on 127.0.0.1 for tests: it gives prepared answers, and records the requests."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct

Answer = Callable[[BaseHTTPRequestHandler], None]


class RecordedRequest(Struct, frozen=True):
    """A request: its path, its headers by lower-case name, and the body of a POST."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


class Web:
    """A server with `answers` by path; `max_concurrent` is how many `requests` it had at a time at most."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[RecordedRequest] = []
        self.max_concurrent = 0
        self._open = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def address(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[Web]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            is_counted = False

            def do_GET(self) -> None:
                headers = {key.lower(): value for key, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                with web._lock:
                    web.requests.append(RecordedRequest(self.path, headers, body))
                    web._open += 1
                    self.is_counted = True
                    web.max_concurrent = max(web.max_concurrent, web._open)
                try:
                    web.answers[self.path](self)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client hangs up when it has read enough
                finally:
                    self.count_down()

            def do_POST(self) -> None:
                self.do_GET()

            def do_PATCH(self) -> None:
                self.do_GET()

            def end_headers(self) -> None:
                # Before the answer: once the client has it, it may send the next request, while this thread waits.
                self.count_down()
                super().end_headers()

            def count_down(self) -> None:
                with web._lock:
                    web._open -= self.is_counted
                    self.is_counted = False

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def respond(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """Return an answer with a body; `last_modified="…"` is the header Last-Modified."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"content_type": "application/xml", "content_length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer
