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
from tests.intake.web import respond

CERTIFICATE_AND_KEY = (
    Path(__file__).parents[2] / "data" / "tls" / "tls.example.pem"
)  # a self-signed certificate and its key


class SilentServer(HTTPServer):
    """A server that does not print errors of connections."""

    def handle_error(self, *_: object) -> None:
        """Print nothing: some tests are about clients that do not trust the server."""


@contextlib.contextmanager
def serve_tls(requested_hosts: list[str]) -> Iterator[int]:
    """Serve with TLS on 127.0.0.1, with a certificate for tls.example; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested_hosts.append(self.headers["host"])
            respond(b"x")(self)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE_AND_KEY)
    server = SilentServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fetch(address: str) -> Response:
    """Fetch `address`; every host name leads to this machine."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def run() -> Response:
        hosts = ["tls.example", "other.example", "127.0.0.1"]
        clock = datetime(2026, 10, 14, 7, tzinfo=UTC)
        async with Fetcher(Path(), "test", lambda: clock, intranet=hosts, resolve=resolve) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


def test_a_self_signed_certificate() -> None:
    """A self-signed certificate is refused before a request is sent."""
    requested_hosts: list[str] = []
    with serve_tls(requested_hosts) as port:
        with pytest.raises(SourceError) as caught:
            fetch(f"https://tls.example:{port}/")
        assert (caught.value.reason, str(caught.value)) == ("tls", "the server's certificate is not valid")
        assert requested_hosts == []


def test_the_certificate_must_have_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to an IP address, but the certificate must have the host name of the address."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE_AND_KEY))
    requested_hosts: list[str] = []
    with serve_tls(requested_hosts) as port:
        assert fetch(f"https://tls.example:{port}/").data == b"x"
        for host in ("other.example", "127.0.0.1"):
            with pytest.raises(SourceError) as caught:
                fetch(f"https://{host}:{port}/")
            assert caught.value.reason == "tls"
        assert requested_hosts == [f"tls.example:{port}"]
