from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kuratorium.errors import SourceError
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.http.responses import Response
from tests.intake.web import says

PAIR = Path(__file__).parents[2] / "data" / "tls" / "tls.example.pem"  # a certificate of its own, and its key


class Quiet(HTTPServer):
    """A server that does not mind being hung up on."""

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that does not trust us is what some tests are about."""


@contextlib.contextmanager
def serving(asked: list[str]) -> Iterator[int]:
    """Serve by TLS on 127.0.0.1, with a certificate for tls.example; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["host"])
            says(b"x")(self)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PAIR)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(address: str) -> Response:
    """Fetch from `address`; every name leads to this machine."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def run() -> Response:
        hosts = ["tls.example", "other.example", "127.0.0.1"]
        clock = datetime(2026, 10, 14, 7, tzinfo=UTC)
        async with Fetcher(Path(), "test", lambda: clock, intranet=hosts, resolve=resolve) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


def test_a_certificate_that_nobody_vouches_for() -> None:
    """A self-signed certificate is refused before anything is asked."""
    asked: list[str] = []
    with serving(asked) as port:
        with pytest.raises(SourceError) as caught:
            get(f"https://tls.example:{port}/")
        assert (caught.value.reason, str(caught.value)) == ("tls", "the server's certificate is not valid")
        assert asked == []


def test_the_name_is_what_is_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    """We call a number, but the certificate must be the name's: that of the address, of no other, of no number."""
    monkeypatch.setenv("SSL_CERT_FILE", str(PAIR))
    asked: list[str] = []
    with serving(asked) as port:
        assert get(f"https://tls.example:{port}/").data == b"x"
        for host in ("other.example", "127.0.0.1"):
            with pytest.raises(SourceError) as caught:
                get(f"https://{host}:{port}/")
            assert caught.value.reason == "tls"
        assert asked == [f"tls.example:{port}"]
