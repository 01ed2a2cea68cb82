import os
import re
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.build import changes
from kuratorium.publishing.build.cache import CACHE_FILE
from kuratorium.publishing.build.snapshot_file import SNAPSHOT_FILE, compare_site, find_unchanged_site
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.after_build import finish_site
from tests.editions import TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, own_theme, run

NOTE = "curation/notes/2026/erste-notiz.md"
PAGE = "output/notizen/erste-notiz.html"


def is_unchanged(root: Path) -> bool:
    """Return whether the snapshot says that nothing changed."""
    return find_unchanged_site(str(root), time.time()) is not None


def rewrite(root: Path) -> None:
    """Write the same bytes again, and set the file's time back, as an archiver does."""
    file, before = root / NOTE, (root / NOTE).stat()
    file.write_bytes(file.read_bytes())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def exchange(root: Path) -> None:
    """Put another file of the same size and time in the place of a page."""
    page, before = root / PAGE, (root / PAGE).stat()
    other = root / "output/anders"
    other.write_bytes(page.read_bytes()[::-1])
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(page)


def write_older_version(root: Path) -> None:
    """Write a snapshot as another version may have, with fewer numbers."""
    data = (root / SNAPSHOT_FILE).read_bytes()[4:]
    end = 4 + int.from_bytes(data[:4])
    fields = data[4:end].split(b"\0")
    fields[6] = fields[6].rpartition(b" ")[0]
    names = b"\0".join(fields)
    data = len(names).to_bytes(4) + names + data[end:]
    (root / SNAPSHOT_FILE).write_bytes(zlib.crc32(data).to_bytes(4) + data)


def link(root: Path) -> None:
    """Replace a folder of the site by a link to a copy."""
    shutil.copytree(root / "output/notizen", root / "kopie")
    shutil.rmtree(root / "output/notizen")
    (root / "output/notizen").symlink_to(root / "kopie")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a note is written again": rewrite,
    "a note is removed": lambda root: (root / NOTE).unlink(),
    "a note is renamed": lambda root: (root / NOTE).rename(root / "curation/notes/2026/andere.md"),
    "a note comes": lambda root: shutil.copy(root / NOTE, root / "curation/notes/2026/zweite.md"),
    "a folder comes": lambda root: (root / "curation/notes/2027").mkdir(),
    "an item comes": lambda root: (root / "curation/inbox/neu.md").write_text("Neu."),
    "the registry changes": lambda root: (root / "curation/topics.yaml").write_text("{}"),
    "a registry file comes": lambda root: (root / "curation/series.yaml").write_text("{}"),
    "a settings file comes": lambda root: (root / "publishconf.py").write_text(""),
    "a settings file goes": lambda root: (root / "pelicanconf.py").unlink(),
    "a template comes": lambda root: (root / "theme/templates/neu.html").write_text(""),
    "a file of the theme comes": lambda root: (root / "theme/static/neu.css").write_text(""),
    "a page is removed": lambda root: (root / PAGE).unlink(),
    "a page is exchanged": exchange,
    "a folder of the site becomes a link": link,
    "a stray file comes": lambda root: (root / "output/notizen/fremd.txt").write_text("Fremd."),
    "the site is removed": lambda root: shutil.rmtree(root / "output"),
    "the cache is removed": lambda root: (root / CACHE_FILE).unlink(),
    "a move was interrupted": lambda root: (root / "var/stage.journal").write_text("{}"),
    "the snapshot is cut": lambda root: os.truncate(root / SNAPSHOT_FILE, 500),
    "the snapshot is empty": lambda root: (root / SNAPSHOT_FILE).write_bytes(b""),
    "the snapshot is noise": lambda root: (root / SNAPSHOT_FILE).write_bytes(bytes(range(256)) * 9),
    "the snapshot is of an older version": write_older_version,
    "the snapshot is removed": lambda root: (root / SNAPSHOT_FILE).unlink(),
}


@pytest.fixture
def built(tiny: TinyEdition) -> Path:
    """The root of a tiny edition with a theme of its own, built when all of its files were a moment old."""
    own_theme(tiny)
    (tiny.root / "curation/inbox").mkdir(exist_ok=True)
    time.sleep(0.1)
    build_site(tiny.root)
    assert is_unchanged(tiny.root)
    return tiny.root


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(built: Path, change: str) -> None:
    """Of the edition, of the theme, of the site, of the cache and of the snapshot itself."""
    CHANGES[change](built)
    assert not is_unchanged(built)


NAMED = {
    "a note is written again": {NOTE},
    "a note is removed": {NOTE},
    "a note is renamed": {NOTE, "curation/notes/2026/andere.md"},
    "a note comes": {"curation/notes/2026/zweite.md"},
    "the registry changes": {"curation/topics.yaml"},
    "a registry file comes": {"curation/series.yaml"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_of_texts_and_registry_are_named(built: Path, change: str) -> None:
    """So that a build stamps nothing else again; after other changes, or in an empty folder, it looks at every file."""
    CHANGES[change](built)
    comparison = compare_site(str(built), time.time())
    assert (comparison and comparison.changed_files) == NAMED.get(change)


def test_the_index_of_the_search_is_no_change(tiny: TinyEdition) -> None:
    """It is written after the stamps are taken; the first edit after the first index takes the short way, too."""
    tiny.note("zwei")
    time.sleep(0.05)  # no text is too recent
    result = build_site(tiny.root)
    assert is_unchanged(tiny.root)
    assert finish_site(tiny.root, result).page_count
    assert is_unchanged(tiny.root)
    note = tiny.note("zwei", body="Andere Worte.")
    comparison = compare_site(str(tiny.root), time.time())
    assert comparison
    assert comparison.changed_files == {note.relative_to(tiny.root).as_posix()}
    foreign = tiny.root / "output/fremd.html"
    foreign.write_text("Fremd.")
    assert compare_site(str(tiny.root), time.time()) is None


@pytest.mark.parametrize("change", ["a note is removed", "a note is renamed", "a note comes", "an item comes"])
def test_a_build_knows_the_next_one_what_came_and_went(built: Path, change: str) -> None:
    """The snapshot after a build that stamped only what changed is that of a build that stamped everything."""
    CHANGES[change](built)
    if change == "a note comes":
        note = built / "curation/notes/2026/zweite.md"
        note.write_text(note.read_text().replace("uid: ", "uid: z").replace("erste", "zweite"))
    time.sleep(0.1)
    build_site(built)
    snapshot = (built / SNAPSHOT_FILE).read_bytes()
    (built / SNAPSHOT_FILE).unlink()
    assert build_site(built).written_count == 0
    assert is_unchanged(built)
    assert len((built / SNAPSHOT_FILE).read_bytes()) == len(snapshot)


def test_a_text_that_becomes_a_link_out_of_the_edition_is_refused(built: Path, tmp_path: Path) -> None:
    """Although nothing but this one file changed since the last build."""
    (tmp_path / "fremd.md").write_bytes((built / NOTE).read_bytes())
    (built / NOTE).unlink()
    (built / NOTE).symlink_to(tmp_path / "fremd.md")
    with pytest.raises(EditionError, match=NOTE):
        build_site(built)


def test_a_due_date_is_a_change(tiny: TinyEdition) -> None:
    """A post that waits for its date makes a build without any other change."""
    day = datetime(2030, 6, 1, 9, tzinfo=UTC)
    tiny.note("morgen", date=day.isoformat())
    time.sleep(0.1)
    build_site(tiny.root, as_of=day - timedelta(days=1))
    root, now = str(tiny.root), time.time()
    assert find_unchanged_site(root, now, (day - timedelta(hours=1)).timestamp())
    assert not find_unchanged_site(root, now, day.timestamp())


def test_the_pinned_date_of_an_edition_counts_and_not_the_clock(tiny: TinyEdition) -> None:
    """A sample edition stays as it is, whatever falls due meanwhile."""
    day = datetime(2030, 6, 1, 9, tzinfo=UTC)
    tiny.note("morgen", date=day.isoformat())
    time.sleep(0.1)
    build_site(tiny.root)
    assert find_unchanged_site(str(tiny.root), day.timestamp())


def test_what_is_too_recent_is_compared_by_its_bytes(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file written in the moment of a build may be written again with the same stamp: no snapshot holds it."""
    with monkeypatch.context() as patch:
        patch.setattr(changes, "_CLOCK_TICK_NS", 600 * 10**9)  # a clock that ticks every ten minutes
        build_site(tiny.root)
    assert not is_unchanged(tiny.root)
    time.sleep(0.1)
    assert build_site(tiny.root).written_count == 0
    assert is_unchanged(tiny.root)


def test_what_follows_a_build_is_made_up_for(built: Path) -> None:
    """A build that was killed before its site had an index is finished by the next one, though no file changed."""
    said = [run(built, "kuratorium.cli.main", "build").stdout for _ in range(2)]
    assert ["Indexed 6 pages" in words for words in said] == [True, False]
    assert all(words.startswith("Nothing changed: 1 post on ") for words in said)


def test_the_program_says_the_same_by_both_ways(built: Path) -> None:
    """Whether it compares the snapshot at once, or starts the command: which an option makes it do."""
    run(built, "kuratorium.cli.main", "build")  # makes the index
    short, long = (run(built, "kuratorium.cli.main", "build", *words).stdout for words in ((), ("--jobs", "1")))
    assert short.startswith("Nothing changed: 1 post on ")
    seconds = re.compile(r"\(\d+\.\d s\)")  # a busy machine needs more for the longer way
    assert seconds.sub("", short) == seconds.sub("", long)


def test_the_program_imports_next_to_nothing_when_nothing_changed(built: Path) -> None:
    """Neither click nor msgspec, whose import takes as long as the look at ten thousand posts."""
    for _ in range(2):  # makes the index, whose folder is new in the site
        run(built, "kuratorium.cli.main", "build")
    code = "import sys; from kuratorium.cli.main import main; main(['build']); print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=built, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    assert "Nothing changed" in ended.stdout
    assert {"click", "msgspec", "json", "sqlite3", "pathlib", "datetime"} & set(ended.stdout.split()) == set()
