import io
from pathlib import Path

from kuratorium.publishing.writers.spool import Spool


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
