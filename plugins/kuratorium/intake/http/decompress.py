"""A compressed body, piece by piece -> its bytes, never more of them than asked for."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
from backports import zstd

from . import errors

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAX_PARTS = 100  # gzip members or zstd frames in a row: an honest body has one
_MAX_ENCODINGS = 3
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}  # 8 MiB of memory: what HTTP allows (RFC 9659)
_DECODER_ERRORS = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder(Protocol):
    """One way to unpack: `whole` tells whether the end was seen."""

    @property
    def is_complete(self) -> bool:
        """Tell whether the end was seen."""

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        """Unpack; if that makes `most` bytes or more, the rest may be left out. Raises its library's error."""


class _ZlibDecoder:
    """Gzip, of one or several members, or deflate, which servers send with and without the frame of zlib."""

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
            framed = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        made = bytearray()
        while data and len(made) < max_bytes:
            if self._stream.eof:
                if not self._gzip or data[:1] != b"\x1f":
                    break  # padding behind the end
                self._part_count = _count_part(self._part_count)
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            made += self._stream.decompress(data, max_bytes - len(made))
            data = self._stream.unused_data or self._stream.unconsumed_tail
        return bytes(made)


class _BrotliDecoder:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_complete(self) -> bool:
        return bool(self._stream.is_finished())

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        made = bytearray()
        while not self.is_complete:
            made += self._stream.process(data, output_buffer_limit=max(1, max_bytes - len(made)))
            if self._stream.can_accept_more_data() or len(made) >= max_bytes:
                break
            data = b""
        return bytes(made)


class _ZstdDecoder:
    def __init__(self) -> None:
        self._part_count = 0
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)

    @property
    def is_complete(self) -> bool:
        return self._stream.eof

    def decode(self, data: bytes, max_bytes: int) -> bytes:
        made = bytearray()
        while len(made) < max_bytes and (data or not (self._stream.eof or self._stream.needs_input)):
            if self._stream.eof:
                self._part_count = _count_part(self._part_count)
                self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
            made += self._stream.decompress(data, max_bytes - len(made))
            data = self._stream.unused_data
        return bytes(made)


def _count_part(parts: int) -> int:
    """Count parts that follow one another; a body of thousands is made to keep us busy."""
    if parts >= _MAX_PARTS:
        raise zlib.error("too many parts")
    return parts + 1


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _ZlibDecoder(gzip=True),
    "x-gzip": lambda: _ZlibDecoder(gzip=True),
    "deflate": lambda: _ZlibDecoder(gzip=False),
    "br": _BrotliDecoder,
    "zstd": _ZstdDecoder,
}
ACCEPT_ENCODING = "gzip, deflate, br, zstd"


class Decompressor:
    """Takes a body as it comes, encoded as Content-Encoding says, and stops it where it grows beyond a limit.

    At most `packed` bytes as sent, if it is compressed at all, and `size` bytes as unpacked. A coding that nobody
    knows is none: some servers name the character set there. Raises SourceError: `too-large` or `garbled`.
    """

    def __init__(self, encoding: str, *, max_compressed_bytes: int, max_bytes: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        self._decoders = [DECODERS[name]() for name in reversed(names) if name in DECODERS]
        if len(self._decoders) > _MAX_ENCODINGS:
            raise errors.build_garbled_error()
        self._max_bytes = max_bytes
        self._max_compressed_bytes = max_compressed_bytes if self._decoders else max_bytes
        self._decoded_sizes = [0] * len(self._decoders)
        self._body = bytearray()
        self.compressed_bytes = 0

    def check_content_length(self, length: str) -> None:
        """Hear what Content-Length announces: what is too long need not begin."""
        if length.isascii() and length.isdigit() and int(length[:18]) > self._max_compressed_bytes:
            raise errors.build_too_large_error(self._max_compressed_bytes, "compressed" if self._decoders else "")

    def add_chunk(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self.compressed_bytes += len(chunk)
        if self.compressed_bytes > self._max_compressed_bytes:
            raise errors.build_too_large_error(self._max_compressed_bytes, "compressed" if self._decoders else "")
        for place, layer in enumerate(self._decoders):
            try:
                chunk = layer.decode(chunk, self._max_bytes - self._decoded_sizes[place] + 1)
            except _DECODER_ERRORS as error:
                raise errors.build_garbled_error() from error
            self._decoded_sizes[place] += len(chunk)
            if self._decoded_sizes[place] > self._max_bytes:
                raise errors.build_too_large_error(self._max_bytes)
        self._body += chunk

    def get_body(self) -> bytes:
        """Give the whole body; one that breaks off before its end is `garbled`."""
        if self.compressed_bytes and not all(layer.is_complete for layer in self._decoders):
            raise errors.build_garbled_error()
        return bytes(self._body)
