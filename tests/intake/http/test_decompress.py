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
    """Deflate without the frame of zlib, as some servers do."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
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
PACKED = [name for name, (_, pack) in CODINGS.items() if pack is not bytes]


def unpack(coding: str, body: bytes, *cuts: int, packed: int = 5 * MIB, size: int = 15 * MIB) -> bytes:
    """Unpack a body that comes in pieces, cut at `cuts`."""
    inflater = Decompressor(coding, max_compressed_bytes=packed, max_bytes=size)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    for start, end in itertools.pairwise(edges):
        inflater.add_chunk(body[start:end])
    return inflater.get_body()


def refused(coding: str, body: bytes, **limits: int) -> str:
    """Unpack a body that must be refused; gives the reason."""
    with pytest.raises(SourceError) as caught:
        unpack(coding, body, *range(0, len(body), 4096), **limits)
    return caught.value.reason


@given(
    st.sampled_from(sorted(CODINGS)),
    st.binary(max_size=300) | st.integers(0, 300_000).map(lambda size: b"feed" * (size // 4)),
    st.lists(st.integers(0, 10**6), max_size=8),
)
def test_what_was_packed_is_unpacked(name: str, data: bytes, cuts: list[int]) -> None:
    """Every coding gives back every body, wherever it is cut."""
    coding, pack = CODINGS[name]
    assert unpack(coding, pack(data), *cuts) == data


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_cut_off(name: str) -> None:
    """A body that grows beyond the limit is stopped there; one that fits to the byte is not."""
    coding, pack = CODINGS[name]
    assert refused(coding, pack(bytes(16 * MIB))) == "too-large"
    assert len(unpack(coding, pack(bytes(15 * MIB)))) == 15 * MIB


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_never_unfolds(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step makes more than the limit and a little, though one piece holds all of it."""
    made: list[int] = []
    packed = {"gzip, gzip": lambda data: gzip.compress(gzip.compress(data))} | {
        key: pack for key, (_, pack) in CODINGS.items()
    }
    body = packed[coding](bytes(200 * MIB if coding != "br" else 64 * MIB))
    inflater = Decompressor(coding, max_compressed_bytes=5 * MIB, max_bytes=MIB)
    for layer in inflater._decoders:
        feed = layer.decode

        def counted(data: bytes, most: int, feed: Callable[[bytes, int], bytes] = feed) -> bytes:
            made.append(len(out := feed(data, most)))
            return out

        monkeypatch.setattr(layer, "decode", counted)
    with pytest.raises(SourceError):
        inflater.add_chunk(body)
    assert max(made) < 3 * MIB


@pytest.mark.parametrize("name", sorted(CODINGS))
def test_limits(name: str) -> None:
    """A compressed body has the limit of what is sent, too; any other has one limit."""
    coding, pack = CODINGS[name]
    data = bytes(range(256)) * 4
    assert unpack(coding, pack(data), size=1024, packed=len(pack(data))) == data
    assert refused(coding, pack(data), size=1023) == "too-large"
    if name in PACKED:
        assert refused(coding, pack(data), packed=len(pack(data)) - 1) == "too-large"
    else:
        assert unpack(coding, pack(data), packed=1) == data


def test_announced() -> None:
    """What announces itself too long need not begin; what announces no number says nothing."""
    for length in ("1001", "9" * 500):
        with pytest.raises(SourceError, match="more than"):
            Decompressor("", max_compressed_bytes=1, max_bytes=1000).check_content_length(length)
        with pytest.raises(SourceError, match="compressed"):
            Decompressor("gzip", max_compressed_bytes=1000, max_bytes=10).check_content_length(length)
    for length in ("1000", "", "-5", "ten", "²"):
        Decompressor("", max_compressed_bytes=1, max_bytes=1000).check_content_length(length)


@pytest.mark.parametrize("name", PACKED)
def test_a_body_that_breaks_off_is_no_whole_one(name: str) -> None:
    """A compressed body without its end, or with a damaged beginning, is told as garbled; an empty one is empty."""
    coding, pack = CODINGS[name]
    assert refused(coding, pack(b"feed" * 1000)[:-1]) == "garbled"
    assert refused(coding, b"\xff<rss version='2.0'>" * 9) == "garbled"
    assert unpack(coding, b"") == b""


def test_several_parts() -> None:
    """Gzip members and zstd frames may follow one another; padding may follow gzip; thousands of parts may not."""
    for coding in ("gzip", "zstd"):
        pack = CODINGS[coding][1]
        assert unpack(coding, pack(b"a") + pack(b"b"), 1, 30) == b"ab"
        assert refused(coding, pack(b"") * 5000) == "garbled"
    assert unpack("gzip", gzip.compress(b"a") + bytes(9)) == b"a"


def test_a_huge_window_is_refused() -> None:
    """A zstd body that asks for more memory than HTTP allows is refused."""
    window = {decompress.zstd.CompressionParameter.window_log: 27}
    packer = decompress.zstd.ZstdCompressor(options=window)
    assert refused("zstd", packer.compress(b"x") + packer.flush()) == "garbled"


def test_layers() -> None:
    """Nobody packs four times."""
    with pytest.raises(SourceError) as caught:
        Decompressor("gzip, gzip, gzip, gzip", max_compressed_bytes=1, max_bytes=1)
    assert caught.value.reason == "garbled"
