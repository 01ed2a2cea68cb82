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

_MOST_PARTS = 100  # gzip members or zstd frames in a row: an honest body has one
_MOST_LAYERS = 3
_ZSTD = {int(zstd.DecompressionParameter.window_log_max): 23}  # 8 MiB of memory: what HTTP allows (RFC 9659)
_BROKEN = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder(Protocol):
    """One way to unpack: `whole` tells whether the end was seen."""

    @property
    def whole(self) -> bool:
        """Tell whether the end was seen."""

    def feed(self, data: bytes, most: int) -> bytes:
        """Unpack; if that makes `most` bytes or more, the rest may be left out. Raises its library's error."""


class _Zlib:
    """Gzip, of one or several members, or deflate, which servers send with and without the frame of zlib."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._parts = 0
        self._held = b""
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16) if gzip else None

    @property
    def whole(self) -> bool:
        return self._stream is not None and self._stream.eof

    def feed(self, data: bytes, most: int) -> bytes:
        data, self._held = self._held + data, b""
        if self._stream is None:
            if len(data) < 2:
                self._held = data
                return b""
            framed = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        made = bytearray()
        while data and len(made) < most:
            if self._stream.eof:
                if not self._gzip or data[:1] != b"\x1f":
                    break  # padding behind the end
                self._parts = _another(self._parts)
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            made += self._stream.decompress(data, most - len(made))
            data = self._stream.unused_data or self._stream.unconsumed_tail
        return bytes(made)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def whole(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes, most: int) -> bytes:
        made = bytearray()
        while not self.whole:
            made += self._stream.process(data, output_buffer_limit=max(1, most - len(made)))
            if self._stream.can_accept_more_data() or len(made) >= most:
                break
            data = b""
        return bytes(made)


class _Zstd:
    def __init__(self) -> None:
        self._parts = 0
        self._stream = zstd.ZstdDecompressor(options=_ZSTD)

    @property
    def whole(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes, most: int) -> bytes:
        made = bytearray()
        while len(made) < most and (data or not (self._stream.eof or self._stream.needs_input)):
            if self._stream.eof:
                self._parts = _another(self._parts)
                self._stream = zstd.ZstdDecompressor(options=_ZSTD)
            made += self._stream.decompress(data, most - len(made))
            data = self._stream.unused_data
        return bytes(made)


def _another(parts: int) -> int:
    """Count parts that follow one another; a body of thousands is made to keep us busy."""
    if parts >= _MOST_PARTS:
        raise zlib.error("too many parts")
    return parts + 1


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}
ACCEPTED = "gzip, deflate, br, zstd"


class Inflater:
    """Takes a body as it comes, encoded as Content-Encoding says, and stops it where it grows beyond a limit.

    At most `packed` bytes as sent, if it is compressed at all, and `size` bytes as unpacked. A coding that nobody
    knows is none: some servers name the character set there. Raises SourceError: `too-large` or `garbled`.
    """

    def __init__(self, encoding: str, *, packed: int, size: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        self._layers = [DECODERS[name]() for name in reversed(names) if name in DECODERS]
        if len(self._layers) > _MOST_LAYERS:
            raise errors.garbled()
        self._size = size
        self._packed = packed if self._layers else size
        self._made = [0] * len(self._layers)
        self._body = bytearray()
        self.compressed = 0

    def expect(self, length: str) -> None:
        """Hear what Content-Length announces: what is too long need not begin."""
        if length.isascii() and length.isdigit() and int(length[:18]) > self._packed:
            raise errors.too_large(self._packed, "compressed" if self._layers else "")

    def take(self, piece: bytes) -> None:
        """Take the next bytes of the body."""
        self.compressed += len(piece)
        if self.compressed > self._packed:
            raise errors.too_large(self._packed, "compressed" if self._layers else "")
        for place, layer in enumerate(self._layers):
            try:
                piece = layer.feed(piece, self._size - self._made[place] + 1)
            except _BROKEN as error:
                raise errors.garbled() from error
            self._made[place] += len(piece)
            if self._made[place] > self._size:
                raise errors.too_large(self._size)
        self._body += piece

    def whole(self) -> bytes:
        """Give the whole body; one that breaks off before its end is `garbled`."""
        if self.compressed and not all(layer.whole for layer in self._layers):
            raise errors.garbled()
        return bytes(self._body)
