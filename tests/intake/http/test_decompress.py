from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.http import decompress
from kuratorium.intake.http.decompress import Decompressor

MIB = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    """Return raw deflate data without zlib's header, as some servers send it."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", lambda data: brotli.compress(data, quality=4)),
    "zstd": ("zstd", decompress.zstd.compress),
    "none": ("", bytes),
    "identity": ("identity", bytes),
    "unknown": ("utf-8", bytes),
    "two": ("gzip, br", lambda data: brotli.compress(gzip.compress(data), quality=4)),
}
COMPRESSED = [name for name, (_, compress) in ENCODINGS.items() if compress is not bytes]


def decompress_chunks(
    encoding: str, body: bytes, *cuts: int, max_compressed: int = 5 * MIB, max_size: int = 15 * MIB
) -> bytes:
    """Return a body that comes in chunks, cut at `cuts`."""
    decompressor = Decompressor(encoding, max_compressed_bytes=max_compressed, max_bytes=max_size)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    for start, end in itertools.pairwise(edges):
        decompressor.add_chunk(body[start:end])
    return decompressor.get_body()


def get_refusal(encoding: str, body: bytes, **limits: int) -> str:
    """Decompress a body that must be refused; return the reason."""
    with pytest.raises(SourceError) as caught:
        decompress_chunks(encoding, body, *range(0, len(body), 4096), **limits)
    return caught.value.reason


@given(
    st.sampled_from(sorted(ENCODINGS)),
    st.binary(max_size=300) | st.integers(0, 300_000).map(lambda size: b"feed" * (size // 4)),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_every_encoding_is_decompressed(name: str, data: bytes, cuts: list[int]) -> None:
    """Every encoding gives back every body, wherever it is cut into chunks."""
    encoding, compress = ENCODINGS[name]
    assert decompress_chunks(encoding, compress(data), *cuts) == data


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_bomb_is_cut_off(name: str) -> None:
    """A body that grows beyond the limit is refused; one of exactly that size is not."""
    encoding, compress = ENCODINGS[name]
    assert get_refusal(encoding, compress(bytes(16 * MIB))) == "too-large"
    assert len(decompress_chunks(encoding, compress(bytes(15 * MIB)))) == 15 * MIB


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_is_never_expanded(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step returns much more than the limit, even if one chunk holds the whole bomb."""
    output_sizes: list[int] = []
    compressors = {"gzip, gzip": lambda data: gzip.compress(gzip.compress(data))} | {
        key: compress for key, (_, compress) in ENCODINGS.items()
    }
    body = compressors[encoding](bytes(200 * MIB if encoding != "br" else 64 * MIB))
    decompressor = Decompressor(encoding, max_compressed_bytes=5 * MIB, max_bytes=MIB)
    for decoder in decompressor._decoders:
        decode = decoder.decode

        def count(data: bytes, max_bytes: int, decode: Callable[[bytes, int], bytes] = decode) -> bytes:
            output_sizes.append(len(output := decode(data, max_bytes)))
            return output

        monkeypatch.setattr(decoder, "decode", count)
    with pytest.raises(SourceError):
        decompressor.add_chunk(body)
    assert max(output_sizes) < 3 * MIB


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_limits(name: str) -> None:
    """A compressed body has a second limit for the bytes as sent; any other body has one limit."""
    encoding, compress = ENCODINGS[name]
    data = bytes(range(256)) * 4
    assert decompress_chunks(encoding, compress(data), max_size=1024, max_compressed=len(compress(data))) == data
    assert get_refusal(encoding, compress(data), max_size=1023) == "too-large"
    if name in COMPRESSED:
        assert get_refusal(encoding, compress(data), max_compressed=len(compress(data)) - 1) == "too-large"
    else:
        assert decompress_chunks(encoding, compress(data), max_compressed=1) == data


def test_content_length() -> None:
    """A Content-Length beyond the limit is refused at once; one that is no number is ignored."""
    for length in ("1001", "9" * 500):
        with pytest.raises(SourceError, match="more than"):
            Decompressor("", max_compressed_bytes=1, max_bytes=1000).check_content_length(length)
        with pytest.raises(SourceError, match="compressed"):
            Decompressor("gzip", max_compressed_bytes=1000, max_bytes=10).check_content_length(length)
    for length in ("1000", "", "-5", "ten", "²"):
        Decompressor("", max_compressed_bytes=1, max_bytes=1000).check_content_length(length)


@pytest.mark.parametrize("name", COMPRESSED)
def test_incomplete_or_damaged_bodies(name: str) -> None:
    """A compressed body without its end, or with a damaged start, is refused; an empty one is empty."""
    encoding, compress = ENCODINGS[name]
    assert get_refusal(encoding, compress(b"feed" * 1000)[:-1]) == "garbled"
    assert get_refusal(encoding, b"\xff<rss version='2.0'>" * 9) == "garbled"
    assert decompress_chunks(encoding, b"") == b""


def test_several_parts() -> None:
    """A few gzip members or zstd frames may follow one another, and padding may follow gzip; thousands may not."""
    for encoding in ("gzip", "zstd"):
        compress = ENCODINGS[encoding][1]
        assert decompress_chunks(encoding, compress(b"a") + compress(b"b"), 1, 30) == b"ab"
        assert get_refusal(encoding, compress(b"") * 5000) == "garbled"
    assert decompress_chunks("gzip", gzip.compress(b"a") + bytes(9)) == b"a"


def test_a_huge_window_is_refused() -> None:
    """A zstd body that asks for more memory than HTTP allows (RFC 9659) is refused."""
    window = {decompress.zstd.CompressionParameter.window_log: 27}
    compressor = decompress.zstd.ZstdCompressor(options=window)
    assert get_refusal("zstd", compressor.compress(b"x") + compressor.flush()) == "garbled"


def test_layers() -> None:
    """More than three layers of compression are refused."""
    with pytest.raises(SourceError) as caught:
        Decompressor("gzip, gzip, gzip, gzip", max_compressed_bytes=1, max_bytes=1)
    assert caught.value.reason == "garbled"
