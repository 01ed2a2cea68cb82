"""Serve feeds for benchmarks, with gzip, validators and latency, on all addresses of 127.0.0.0/8.

    python benchmarks/feedserver.py COUNT [--latency 0.05]

It prints its port when it is ready. `/tally` returns as JSON what was counted since its last request. Bodies are
compressed before the first request, so that only the work of the programs is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
from concurrent.futures import ProcessPoolExecutor
from email.utils import format_datetime

import feeds
from feeds import Place

_LAST_MODIFIED = format_datetime(feeds.NOW, usegmt=True)


def build_body(number: int) -> bytes:
    """Return a feed, compressed by gzip."""
    return gzip.compress(feeds.document(number), 6, mtime=0)


class Server:
    """Serves the feeds by their paths, and counts requests."""

    def __init__(self, places: list[Place], bodies: list[bytes], latency: float) -> None:
        self._places = {place.path: place for place in places}
        self._bodies = bodies
        self._latency = latency
        self._tally = dict.fromkeys(("requests", "unchanged", "bytes"), 0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path, headers = _parse_request(head)
                if path == "/tally":
                    writer.write(_build_response(200, {}, json.dumps(self._tally).encode()))
                    self._tally = dict.fromkeys(self._tally, 0)
                elif not await self._serve_feed(path, headers, writer):
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve_feed(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> bool:
        """Answer a request for a feed; returns whether the connection stays open."""
        place = self._places[path]
        await asyncio.sleep(feeds.SLOW if place.kind == "slow" else self._latency)
        self._tally["requests"] += 1
        etag = f'"{place.number:x}"'
        validators = {"ETag": etag, "Last-Modified": _LAST_MODIFIED}
        if place.kind in {"missing", "fault"}:
            writer.write(_build_response(404 if place.kind == "missing" else 500, {}, b"no"))
        elif place.kind == "no feed":
            writer.write(_build_response(200, {"Content-Type": "text/html"}, b"<!doctype html><title>Parked</title>"))
        elif headers.get("if-none-match") == etag or headers.get("if-modified-since") == _LAST_MODIFIED:
            self._tally["unchanged"] += 1
            writer.write(_build_response(304, validators, b""))
        else:
            validators["Content-Type"] = "application/xml; charset=utf-8"
            body = self._bodies[place.number]
            if "gzip" in headers.get("accept-encoding", ""):
                validators["Content-Encoding"] = "gzip"
            else:
                body = gzip.decompress(body)
            response = _build_response(200, validators, body)
            self._tally["bytes"] += len(body)
            writer.write(response[: len(response) // 2] if place.kind == "broken off" else response)
        return place.kind != "broken off"


def _parse_request(head: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}


_REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found", 500: "Internal Server Error"}


def _build_response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS[status]}", *(f"{name}: {value}" for name, value in headers.items())]
    if status != 304:  # which has no body, and so needs no length (RFC 9110, 15.4.5)
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def main() -> None:
    """Build the feeds, and serve them until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--latency", type=float, default=0.05)
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        bodies = list(pool.map(build_body, range(options.count), chunksize=20))
    feed_server = Server(feeds.places(options.count), bodies, options.latency)
    server = await asyncio.start_server(feed_server.serve, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
