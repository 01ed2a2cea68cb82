"""A WebSub hub on 127.0.0.1 for tests: it takes announcements, and keeps them in their order."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.intake.web import Answer, respond

CERTIFICATE_AND_KEY = Path(__file__).parents[1] / "data" / "tls" / "tls.example.pem"


class Hub:
    """A hub with the forms that it was sent; `answer` returns the answer to the announcement of an address."""

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.agents: list[str] = []
        self.connections = set[tuple[str, int]]()
        self.answer: Callable[[str], Answer] = lambda _: respond(b"", 202)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/?a=1&b=2"

    @contextlib.contextmanager
    def running(self, *, tls: bool = False) -> Iterator[Hub]:
        """Serve until the end of the block; with `tls` as https://tls.example."""
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE_AND_KEY)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.address = f"https://tls.example:{self._server.server_address[1]}/"
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def take(self) -> list[str]:
        """Return the addresses that were announced, and forget them."""
        assert all(form["hub.mode"] == ["publish"] for form in self.forms)
        addresses = [address for form in self.forms for address in form["hub.url"]]
        self.forms.clear()
        return addresses

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                assert self.headers["content-type"] == "application/x-www-form-urlencoded"
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode(), strict_parsing=True)
                hub.forms.append(form)
                hub.agents.append(self.headers["user-agent"])
                hub.connections.add(self.client_address)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a client that was killed
                    hub.answer(form["hub.url"][0])(self)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
