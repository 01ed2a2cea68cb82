"""The decompressor: the chunks of a compressed body -> its bytes, never more than a limit.

httpx decompresses without limits, so that a few kilobytes could fill the memory (a "zip bomb").
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

from . import errors

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAX_PARTS = 100  # gzip members or zstd frames in a row: a normal body has one
_MAX_ENCODINGS = 3  # layers of compression: a normal body has one
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}  # 8 MiB of memory: what HTTP allows (RFC 9659)
_DECODER_ERRORS = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder(Protocol):
    """The decoder of one kind of compression."""

    @property
    def is_complete(self) -> bool:
        """Whether the compressed data has ended."""

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        """Return decompressed bytes; the rest may be lost once there are `max_bytes`. Raises the library's error."""


class _ZlibDecoder:
    """Gzip with one or several members (RFC 1952), or deflate.

    RFC 9110 (8.4.1.2) wants deflate in zlib's format; some servers send it without zlib's header.
    """

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._part_count = 0
        self._buffer = b""
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16) if gzip else None

    @property
    def is_complete(self) -> bool:
        return self._stream is not None and self._stream.eof

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        data, self._buffer = self._buffer + data, b""
        if self._stream is None:
            if len(data) < 2:
                self._buffer = data
                return b""
            has_header = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0  # RFC 1950, 2.2
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        output = bytearray()
        while data and len(output) < max_bytes:
            if self._stream.eof:
                if not self._gzip or data[:1] != b"\x1f":
                    break  # bytes after the end, such as padding, are ignored
                self._part_count = _count_part(self._part_count)
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            output += self._stream.decompress(data, max_bytes - len(output))
            data = self._stream.unused_data or self._stream.unconsumed_tail
        return bytes(output)


class _BrotliDecoder:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_complete(self) -> bool:
        return bool(self._stream.is_finished())

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        output = bytearray()
        while not self.is_complete:
            output += self._stream.process(data, output_buffer_limit=max(1, max_bytes - len(output)))
            if self._stream.can_accept_more_data() or len(output) >= max_bytes:
                break
            data = b""
        return bytes(output)


class _ZstdDecoder:
    def __init__(self) -> None:
        self._part_count = 0
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)

    @property
    def is_complete(self) -> bool:
        return self._stream.eof

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        output = bytearray()
        while len(output) < max_bytes and (data or not (self._stream.eof or self._stream.needs_input)):
            if self._stream.eof:
                self._part_count = _count_part(self._part_count)
                self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
            output += self._stream.decompress(data, max_bytes - len(output))
            data = self._stream.unused_data
        return bytes(output)


def _count_part(parts: int) -> int:
    """Return `parts` plus one. Raises if there are too many."""
    if parts >= _MAX_PARTS:  # a body of thousands of tiny parts only costs time
        raise zlib.error("too many parts")
    return parts + 1


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _ZlibDecoder(gzip=True),
    "x-gzip": lambda: _ZlibDecoder(gzip=True),
    "deflate": lambda: _ZlibDecoder(gzip=False),
    "br": _BrotliDecoder,
    "zstd": _ZstdDecoder,
}
ACCEPT_ENCODING = "gzip, deflate, br, zstd"  # x-gzip is an old name that servers may still answer with


class Decompressor:
    """A decompressor for the chunks of a body, by its Content-Encoding.

    The limits are `max_compressed_bytes` as sent, if it is compressed at all, and `max_bytes` after every layer.
    Methods raise SourceError with the reason `too-large` or `garbled`.
    """

    def __init__(self, encoding: str, *, max_compressed_bytes: int, max_bytes: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        # Unknown encodings are ignored: some servers write the character set there. The last one is decoded first
        # (RFC 9110, 8.4).
        self._decoders = [DECODERS[name]() for name in reversed(names) if name in DECODERS]
        if len(self._decoders) > _MAX_ENCODINGS:
            raise errors.build_garbled_error()
        self._max_bytes = max_bytes
        self._max_compressed_bytes = max_compressed_bytes if self._decoders else max_bytes
        self._decoded_sizes = [0] * len(self._decoders)
        self._body = bytearray()
        self.compressed_bytes = 0

    def check_content_length(self, length: str) -> None:
        """Raise SourceError if Content-Length announces too many bytes, before any is read."""
        if length.isascii() and length.isdigit() and int(length[:18]) > self._max_compressed_bytes:
            raise errors.build_too_large_error(self._max_compressed_bytes, "compressed" if self._decoders else "")

    def add_chunk(self, chunk: bytes) -> None:
        """Add the next bytes of the body as sent."""
        self.compressed_bytes += len(chunk)
        if self.compressed_bytes > self._max_compressed_bytes:
            raise errors.build_too_large_error(self._max_compressed_bytes, "compressed" if self._decoders else "")
        for index, decoder in enumerate(self._decoders):
            try:
                chunk = decoder.decode(chunk, self._max_bytes - self._decoded_sizes[index] + 1)
            except _DECODER_ERRORS as error:
                raise errors.build_garbled_error() from error
            self._decoded_sizes[index] += len(chunk)
            if self._decoded_sizes[index] > self._max_bytes:
                raise errors.build_too_large_error(self._max_bytes)
        self._body += chunk

    def get_body(self) -> bytes:
        """Return the whole body. Raises SourceError if the compressed data ends too early."""
        if self.compressed_bytes and not all(decoder.is_complete for decoder in self._decoders):
            raise errors.build_garbled_error()
        return bytes(self._body)
