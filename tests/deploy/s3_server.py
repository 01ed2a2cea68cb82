"""A storage on 127.0.0.1 that speaks as much of S3 as a deployment needs, and checks who signs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

KEY = "AKIATEST"


@dataclass
class Storage:
    """Objects of one bucket by key, with their headers; `requests` are those that changed something, in their order.

    `fails` tells whether a request is to break off, or with what status it is refused.
    """

    bucket: str = "our-site"
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    fails: Callable[[str, str], int] = lambda _method, _key: 0
    address: str = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[Storage]:
        """Serve until the end of the block."""
        server = _Server(self)
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def list_objects(self, prefix: str) -> bytes:
        """Return a listing, as version 2 of the request answers."""
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-10-14T07:00:00.000Z</LastModified>"
            f"<ETag>{escape(headers['ETag'])}</ETag><Size>{len(data)}</Size></Contents>"
            for key, (data, headers) in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{self.bucket}</Name><KeyCount>{len(self.objects)}</KeyCount><IsTruncated>false</IsTruncated>"
            f"{rows}</ListBucketResult>"
        ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, storage: Storage) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.storage = storage


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        bucket, key, query = self._read_address()
        if self._is_refused(bucket, key):
            return
        if "list-type" in query:
            self._answer(200, self.server.storage.list_objects(query.get("prefix", [""])[0]))
        elif key in self.server.storage.objects:
            data, headers = self.server.storage.objects[key]
            self._answer(200, data, {**headers, "Last-Modified": "Wed, 14 Oct 2026 07:00:00 GMT"})
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_PUT(self) -> None:
        bucket, key, _ = self._read_address()
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._is_refused(bucket, key):
            return
        names = ("Content-Type", "Cache-Control", "Content-Encoding")
        etag = f'"{md5(data).hexdigest()}"'
        kept = {name: self.headers[name] for name in names if self.headers[name]}
        self.server.storage.objects[key] = (data, {**kept, "ETag": etag})
        self.server.storage.requests.append(("PUT", key))
        self._answer(200, b"", {"ETag": etag})

    def do_POST(self) -> None:
        bucket, key, query = self._read_address()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._is_refused(bucket, key) or "delete" not in query:
            return
        keys = [tag.text or "" for tag in ET.fromstring(body).iter() if tag.tag.endswith("Key")]
        for name in keys:
            self.server.storage.objects.pop(name, None)
            self.server.storage.requests.append(("DELETE", name))
        rows = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in keys)
        self._answer(200, f"<DeleteResult>{rows}</DeleteResult>".encode())

    def _read_address(self) -> tuple[str, str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        return bucket, key, parse_qs(parts.query, keep_blank_values=True)

    def _is_refused(self, bucket: str, key: str) -> bool:
        status = self.server.storage.fails(self.command, key)
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            status = 403
        elif bucket != self.server.storage.bucket:
            status = 404
        if status == -1:
            self.close_connection = True
        elif status:
            code = {403: "AccessDenied", 404: "NoSuchBucket"}.get(status, "SlowDown")
            self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())
        return bool(status)

    def _answer(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass
