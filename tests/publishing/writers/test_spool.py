import io
from pathlib import Path

from kuratorium.publishing.writers.spool import Spool, TextCache


class _NarrowStream(io.FileIO):
    """A file that takes three bytes at a time, as one may on a disk that is nearly full."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return super().write(bytes(data)[:3])


def test_a_body_is_kept_whole(tmp_path: Path) -> None:
    """Also if the system writes only a part of it at a time: a cut body would be published."""
    spool = Spool(tmp_path)
    spool._stream.close()
    spool._stream = _NarrowStream(tmp_path / "bodies", "w+")
    bodies = {"a.md": "<p>Größe – und mehr</p>", "b.md": "", "c.md": "<p>Zwei</p>"}
    for file, body in bodies.items():
        spool.write(file, body.encode())
    assert {file: spool.read(file) for file in bodies} == bodies
    assert "d.md" not in spool
    spool.close()


def test_texts_beyond_those_in_memory_wait_in_a_file(tmp_path: Path) -> None:
    """Every text comes back as it was; the file has no name, and is closed with the cache."""
    texts = TextCache(2, tmp_path)
    words = {("a", number): f"Größe {number} 🛤" for number in range(6)}
    for key, text in words.items():
        texts.keep(key, text)
    assert {key: texts.find(key) for key in words} == words
    assert texts.find("b") is None
    assert list(tmp_path.iterdir()) == []
    stream = texts._spool._stream  # type: ignore[union-attr]
    del texts
    assert stream.closed
