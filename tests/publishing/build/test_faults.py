"""The site survives a killed build, a full disk, two builds at once and a damaged cache."""

import contextlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kuratorium.publishing.build.cache import CACHE_FILE
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT, run, tree
from tests.publishing.histories.outcome import FullBuilds, Site, differences, site
from tests.publishing.histories.workspace import Workspace, create_edition, replace_setting
from tests.publishing.killing import count_changes, killed_at
from tests.speed import memory_folder

BUILD = (sys.executable, "-m", "kuratorium.cli.main", "build")


class Scene:
    """An edition that changes between three `states` of its files, with the full build of each to compare with."""

    def __init__(self, root: Path, full_builds: FullBuilds) -> None:
        self.workspace, self.full_builds, self.output = Workspace(root), full_builds, root / "output"
        first = self.workspace.files
        conf, moved = first["pelicanconf.py"].decode(), "curation/notes/2026/third.md"
        self.states = [
            dict(first),
            first | {"content/images/neu.png": b"neu"},
            first | {"theme/static/css/base.css": b""},
        ]
        self.states[1]["pelicanconf.py"] = replace_setting(conf, "SITENAME", "Stellwerk").encode()
        del self.states[1][moved]
        self.states[2]["curation/notes/2026/neunte.md"] = self.states[2].pop(moved)

    def full(self, number: int) -> Site:
        """Return what a full build makes of a state."""
        outcome = self.full_builds.outcome(self.states[number], None)
        assert isinstance(outcome, dict), outcome
        return outcome

    def build(self, jobs: int | None = None) -> None:
        """Build as the edition is now."""
        build_site(self.workspace.root, jobs=jobs)

    def compare(self) -> None:
        """Check that the site equals a full build."""
        expected = self.full_builds.outcome(self.workspace.files, None)
        assert isinstance(expected, dict), expected
        assert differences(site(self.output), expected) == {}


@pytest.fixture(scope="module")
def built_edition() -> Iterator[tuple[Path, FullBuilds]]:
    """An edition that was built once, and its full builds."""
    with memory_folder() as folder:
        root = create_edition(folder)
        build_site(root)
        shutil.copytree(root, folder / "full")
        yield root, FullBuilds(folder / "full")


@pytest.fixture
def scene(built_edition: tuple[Path, FullBuilds]) -> Iterator[Scene]:
    """An edition with three states, built in the first."""
    root, full_builds = built_edition
    with memory_folder() as folder:
        yield Scene(Path(shutil.copytree(root, folder / "edition")), full_builds)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_build_leaves_whole_files_and_the_next_build_repairs_the_rest(scene: Scene, jobs: int) -> None:
    """Killed before any one change to the disk, a build leaves old or new pages; whatever is built next is right."""
    for state in (*scene.states, scene.states[0]):  # share cards are drawn once: no later build writes them
        scene.workspace.restore(state)
        scene.build(jobs)
    scene.workspace.restore(scene.states[1])
    last = count_changes(lambda: scene.build(jobs))
    assert last > 20
    now, kills = 1, 0
    spread = sorted({1 + number * last // 16 for number in range(16)} | set(range(max(1, last - 8), last + 1)))
    for turn, moment in enumerate(spread):
        target, after = (now + 1) % 3, (now + 1 + turn) % 3
        scene.workspace.restore(scene.states[target])
        kills += killed_at(moment, lambda: scene.build(jobs))
        for path, digest in site(scene.output).items():
            assert digest in {scene.full(now).get(path), scene.full(target).get(path)}, f"{path}, killed at {moment}"
        scene.workspace.restore(scene.states[after])
        scene.build()
        assert differences(site(scene.output), scene.full(after)) == {}, f"killed at {moment} of {last}"
        now = after
    assert kills > len(spread) // 2


@pytest.mark.slow
def test_a_killed_command_leaves_what_the_next_one_needs(scene: Scene) -> None:
    """`kuratorium build`, killed after a random time, then run again: the same bytes as a full build."""
    dice = random.Random(4)
    started = time.perf_counter()
    assert run(scene.workspace.root, "kuratorium.cli.main", "build").returncode == 0
    whole = time.perf_counter() - started
    for turn in range(1, 7):
        scene.workspace.restore(scene.states[turn % 3])
        with subprocess.Popen(
            BUILD, cwd=scene.workspace.root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(dice.uniform(whole / 3, whole * 1.5))
            process.kill()
        ended = run(scene.workspace.root, "kuratorium.cli.main", "build")
        assert ended.returncode == 0, ended.stderr
        assert differences(site(scene.output), scene.full(turn % 3)) == {}


def _limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_file_that_cannot_be_written_leaves_the_site(scene: Scene) -> None:
    """A build that may not write a large file says so, without a traceback, and the old site stays whole."""
    workspace = scene.workspace
    before = site(scene.output)
    front, _ = workspace.read_post("content/essays/lang.md")
    workspace.write_post("content/essays/lang.md", front, "Zu viel. " * 9_000)
    limited = subprocess.run(
        BUILD,
        cwd=workspace.root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limit_file_size,
    )
    assert limited.returncode == 2, limited.stderr + limited.stdout
    assert "File too large" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert "internal error" not in limited.stderr
    assert site(scene.output) == before
    scene.build()
    scene.compare()


FULL = """
import contextlib, os, subprocess, sys
root, small, *command = sys.argv[1:]
os.makedirs(small, exist_ok=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", small], check=True)
if small.endswith("public"):
    assert subprocess.run(command, cwd=root).returncode == 0
    before = subprocess.run("find . -type f | sort | xargs cksum", shell=True, cwd=small, capture_output=True).stdout
    with open(root + "/theme/templates/partials/footer.html", "a") as file:
        file.write("<p>" + "Neu. " * 2000 + "</p>")
with open(small + "/.filling", "wb", buffering=0) as file, contextlib.suppress(OSError):
    while True:
        file.write(bytes(4096))
os.truncate(small + "/.filling", os.path.getsize(small + "/.filling") - 65536)
ended = subprocess.run(command, cwd=root)
if small.endswith("public"):
    os.unlink(small + "/.filling")
    after = subprocess.run("find . -type f | sort | xargs cksum", shell=True, cwd=small, capture_output=True).stdout
    print("same" if before == after else f"{before}\\n{after}")
sys.exit(ended.returncode)
"""


@pytest.fixture
def namespace() -> tuple[str, ...]:
    """A command that runs another in a mount namespace of its own, where it may mount a small disk."""
    command = ("unshare", "--user", "--map-root-user", "--mount")
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*command, "mount", "-t", "tmpfs", "none", "/mnt"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("this machine does not allow to mount a small disk (unshare --user --mount)")
    return command


@pytest.mark.parametrize("small", ["var", "public"])
def test_a_full_disk_leaves_the_site(scene: Scene, namespace: tuple[str, ...], small: str) -> None:
    """When the disk of var/, or of an output folder elsewhere, is full, the old site stays and the build says so."""
    workspace = scene.workspace
    before = site(scene.output)
    workspace.restore(scene.states[1])
    command = [*namespace, sys.executable, "-c", FULL, str(workspace.root), str(workspace.root / small), *BUILD]
    command += ["--output", "public"] if small == "public" else []
    if small == "public":
        workspace.put(
            "pelicanconf.py",
            replace_setting(workspace.files["pelicanconf.py"].decode(), "OUTPUT_RETENTION", [".filling"]),
        )
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr + ended.stdout
    assert "Platz schaffen" in ended.stderr
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "internal error" not in ended.stderr
    assert site(scene.output) == before
    assert small == "var" or ended.stdout.endswith("same\n"), ended.stdout


READ_ONLY = """
import subprocess, sys
folder, *command = sys.argv[1:]
subprocess.run(["mount", "--bind", folder, folder], check=True)
subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
sys.exit(subprocess.run(command).returncode)
"""


@pytest.mark.parametrize("folder", ["var", "output"])
def test_a_folder_that_may_not_be_written_is_named(scene: Scene, namespace: tuple[str, ...], folder: str) -> None:
    """A build, or a pull, that cannot write says where, and what to do; the site stays."""
    before = site(scene.output)
    scene.workspace.restore(scene.states[1])
    for command in ("build", "pull") if folder == "var" else ("build",):
        ended = subprocess.run(
            [*namespace, sys.executable, "-c", READ_ONLY, folder, sys.executable, "-m", "kuratorium.cli.main", command],
            cwd=scene.workspace.root, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 2, ended.stderr + ended.stdout
        assert re.search(rf"(?m)^(kuratorium: )?{folder}\b.*: .*\n    .*[.]$", ended.stderr), ended.stderr
        assert "Traceback" not in ended.stderr
    assert site(scene.output) == before
    scene.build()
    scene.compare()


@pytest.mark.parametrize("place", ["var", "var/stage", "var/stage.lock", "output"])
def test_what_is_in_the_way_of_a_folder_is_named(scene: Scene, place: str) -> None:
    """A file in the place of a folder, or a folder in that of a file, is reported with its path and a hint."""
    scene.workspace.restore(scene.states[1])
    path = scene.workspace.root / place
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.mkdir() if path.suffix else path.write_text("im Weg")
    ended = run(scene.workspace.root, "kuratorium.cli.main", "build")
    assert ended.returncode == 2
    assert place in ended.stderr
    assert ("\n    Ein Bau löscht" if place == "output" else "\n    Wo ein Ordner sein soll, ") in ended.stderr


def test_a_missing_folder_of_content_is_named(scene: Scene) -> None:
    """Neither build nor check speaks of something else."""
    before = site(scene.output)
    shutil.rmtree(scene.workspace.root / "content")
    for command in ("build", "check"):
        ended = run(scene.workspace.root, "kuratorium.cli.main", command)
        assert ended.returncode == 2
        assert "content: dieser Ordner fehlt" in ended.stderr
    assert site(scene.output) == before


def test_two_builds_at_once_make_one_site(scene: Scene) -> None:
    """One waits for the other; the site is that of the edition as it is at the end."""
    scene.workspace.restore(scene.states[1])
    processes = []
    for number in (1, 2):
        scene.workspace.restore(scene.states[number])
        processes.append(
            subprocess.Popen(
                BUILD,
                cwd=scene.workspace.root,
                env=ENVIRONMENT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    messages = [process.communicate() for process in processes]
    assert {process.returncode for process in processes} == {0}, messages
    scene.build()
    assert differences(site(scene.output), scene.full(2)) == {}


def _cut_off(cache: Path) -> None:
    cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 3])


def _replace_by_foreign_database(cache: Path) -> None:
    cache.unlink()
    with contextlib.closing(sqlite3.connect(cache)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.execute("PRAGMA user_version = 1")


def _set_newer_version(cache: Path) -> None:
    with contextlib.closing(sqlite3.connect(cache)) as store, store:
        store.execute("PRAGMA user_version = 987654")


def _delete_half(cache: Path) -> None:
    with contextlib.closing(sqlite3.connect(cache)) as store, store:
        for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            store.execute(f"DELETE FROM {table} WHERE rowid % 2 = 0")


def _replace_by_folder(cache: Path) -> None:
    cache.unlink()
    cache.mkdir()
    (cache / "etwas").write_text("")


def _overwrite_with_zeros(cache: Path) -> None:
    data = bytearray(cache.read_bytes())
    for start in range(len(data) // 9, len(data) - 300, len(data) // 9):
        data[start : start + 300] = bytes(300)
    cache.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": _cut_off,
    "empty": lambda cache: cache.write_bytes(b""),
    "noise": lambda cache: cache.write_bytes(random.Random(1).randbytes(50_000)),
    "of another program": _replace_by_foreign_database,
    "of another version": _set_newer_version,
    "half of its rows": _delete_half,
    "a folder": _replace_by_folder,
    "zeroed here and there": _overwrite_with_zeros,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("state", [0, 1])
def test_a_damaged_cache_is_made_anew(scene: Scene, damage: str, state: int) -> None:
    """Whatever is in var/build.sqlite3, the site is right, whether something changed meanwhile or not."""
    DAMAGES[damage](scene.workspace.root / "var/build.sqlite3")
    for number in (state, 2):
        scene.workspace.restore(scene.states[number])
        scene.build()
        scene.compare()


def test_rows_lost_after_a_preview_are_noticed(tiny: TinyEdition) -> None:
    """A preview counts the rows of its cache when it ends: after it, too, half a cache is as good as none."""
    preview = PreviewBuilder(tiny.root, None)
    preview.build(None)
    preview.close()
    with contextlib.closing(sqlite3.connect(tiny.root / CACHE_FILE)) as store, store:
        store.execute("DELETE FROM page_post WHERE rowid % 2 = 0")
    tiny.note("zweite")
    assert "notizen/zweite.html" in build_site(tiny.root).changed_paths
    build_site(tiny.root, output=tiny.root / "anderswo")
    assert tree(tiny.root / "output") == tree(tiny.root / "anderswo")
    assert (tiny.root / f"{CACHE_FILE}.broken").exists()
