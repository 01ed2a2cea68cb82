import gzip
import os
import re
import time
from pathlib import Path

import brotli

from kuratorium.publishing.build.snapshot_file import find_unchanged_site
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.after_build import update_compressed_copies
from tests.editions import TinyEdition


def build(tiny: TinyEdition) -> int:
    """Build an edition with compressed copies, and return how many are new."""
    return update_compressed_copies(tiny.root, build_site(tiny.root))


def ask_for_copies(tiny: TinyEdition, *, wanted: bool = True) -> None:
    """Set PRECOMPRESS in the edition's settings."""
    settings = tiny.root / "pelicanconf.py"
    text = re.sub(r"\nPRECOMPRESS = .*", "", settings.read_text())
    settings.write_text(f"{text}\nPRECOMPRESS = {wanted}\n")


def copies(output: Path) -> set[str]:
    """Return the paths of all compressed copies."""
    return {path.relative_to(output).as_posix() for ending in ("gz", "br") for path in output.rglob(f"*.{ending}")}


def test_texts_have_compressed_copies_that_say_the_same(tiny: TinyEdition) -> None:
    """Beside pages, feeds, style sheets and scripts, smaller than these; none of pictures, none unless one asks."""
    assert build(tiny) == 0
    output = tiny.root / "output"
    assert copies(output) == set()
    ask_for_copies(tiny)
    count = build(tiny)
    assert count == len(copies(output)) > 40
    names = {path.rpartition(".")[0] for path in copies(output)}
    assert {"index.html", "feed.xml", "feed.json", "manifest.webmanifest"} <= names
    assert any(name.startswith("theme/js/search.") for name in names)
    assert not [name for name in names if name.endswith((".png", ".ico", ".jpg"))]
    for name in names:
        text, packed = (output / name).read_bytes(), (output / f"{name}.gz").read_bytes()
        assert gzip.decompress(packed) == brotli.decompress((output / f"{name}.br").read_bytes()) == text
        assert len(packed) < len(text)


def test_only_what_changed_is_compressed_again(tiny: TinyEdition) -> None:
    """A build without a change compresses nothing, and an edit only the pages that it renders."""
    ask_for_copies(tiny)
    page = tiny.page("ueber-uns", body="Wer wir sind. " * 50)
    build(tiny)
    before = {path: (tiny.root / "output" / path).stat().st_mtime_ns for path in copies(tiny.root / "output")}
    assert build(tiny) == 0
    page.write_text(page.read_text().replace("Wer wir sind.", "Wen man hier trifft."))
    assert build(tiny) == 2
    after = {path: (tiny.root / "output" / path).stat().st_mtime_ns for path in copies(tiny.root / "output")}
    assert {path for path, time in after.items() if before.get(path) != time} == {
        "ueber-uns.html.br",
        "ueber-uns.html.gz",
    }


def test_copies_go_with_their_file_and_with_the_setting(tiny: TinyEdition) -> None:
    """A page that is gone leaves no copy that a server could still send; neither does the setting."""
    ask_for_copies(tiny)
    page = tiny.page("ueber-uns")
    build(tiny)
    output = tiny.root / "output"
    assert "ueber-uns.html.gz" in copies(output)
    page.unlink()
    build(tiny)
    assert not {path for path in copies(output) if path.startswith("ueber-uns")}
    ask_for_copies(tiny, wanted=False)
    build(tiny)
    assert copies(output) == set()


def test_a_run_that_was_killed_is_finished(tiny: TinyEdition) -> None:
    """A copy that is missing or older than its file is written again, even if the build finds nothing changed."""
    ask_for_copies(tiny)
    build(tiny)
    output = tiny.root / "output"
    (output / "feed.xml.br").unlink()
    os.utime(output / "index.html.gz", (1, 1))
    (tiny.root / "var/compression.stamp").unlink()
    assert build(tiny) == 4
    assert (output / "index.html.gz").stat().st_mtime_ns == (output / "index.html").stat().st_mtime_ns


def test_copies_are_no_change_of_the_site(tiny: TinyEdition) -> None:
    """The next build compares only what was edited, as it does without them."""
    ask_for_copies(tiny)
    build(tiny)
    tiny.note("eins")
    time.sleep(0.05)  # no text is too recent
    assert build(tiny)
    assert find_unchanged_site(str(tiny.root), time.time())
    (tiny.root / "output/notizen/fremd.html").write_text("fremd")
    assert not find_unchanged_site(str(tiny.root), time.time())
