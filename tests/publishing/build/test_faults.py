"""What becomes of the site where a build is killed, the disk is full, two build at once, or the cache is no good."""

import contextlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jinja2
import pytest

from kuratorium.publishing.builder import build_site
from tests.publishing.build.test_run import ENVIRONMENT, run
from tests.publishing.histories import ground as grounds
from tests.publishing.histories import quick
from tests.publishing.histories.ground import Ground, setting
from tests.publishing.histories.outcome import Reference, Site, differences, site
from tests.publishing.killing import killed_at, moments

BUILD = (sys.executable, "-m", "kuratorium.cli.main", "build")


class Scene:
    """An edition that changes between three `states` of its files, and what a full build makes of each."""

    def __init__(self, root: Path, reference: Reference) -> None:
        self.ground, self.reference, self.output = Ground(root), reference, root / "output"
        first = self.ground.files
        conf, moved = first["pelicanconf.py"].decode(), "curation/notes/2026/third.md"
        self.states = [
            dict(first),
            first | {"content/images/neu.png": b"neu"},
            first | {"theme/static/css/base.css": b""},
        ]
        self.states[1]["pelicanconf.py"] = setting(conf, "SITENAME", "Stellwerk").encode()
        del self.states[1][moved]
        self.states[2]["curation/notes/2026/neunte.md"] = self.states[2].pop(moved)

    def full(self, number: int) -> Site:
        """What a full build makes of a state."""
        made = self.reference.outcome(self.states[number], None)
        assert isinstance(made, dict), made
        return made

    def build(self, jobs: int | None = None) -> None:
        """Build as the edition is now."""
        build_site(self.ground.root, jobs=jobs)

    def compare(self) -> None:
        """Hold the site against a full build."""
        wanted = self.reference.outcome(self.ground.files, None)
        assert isinstance(wanted, dict), wanted
        assert differences(site(self.output), wanted) == {}


@pytest.fixture(scope="module")
def begun() -> Iterator[tuple[Path, Reference]]:
    """An edition that was built once, and the memory of full builds."""
    with pytest.MonkeyPatch.context() as patch, quick.folder() as folder:
        patch.setattr(jinja2.Environment, "compile", quick.compiled_once(jinja2.Environment.compile))
        root = grounds.make(folder)
        build_site(root)
        shutil.copytree(root, folder / "full")
        yield root, Reference(folder / "full")


@pytest.fixture
def scene(begun: tuple[Path, Reference]) -> Iterator[Scene]:
    """An edition with three states, built in the first."""
    root, reference = begun
    with quick.folder() as folder:
        yield Scene(Path(shutil.copytree(root, folder / "edition")), reference)


@pytest.mark.parametrize("jobs", [1, 2])
def test_who_is_killed_while_building_leaves_whole_files_and_the_next_build_mends_the_rest(
    scene: Scene, jobs: int
) -> None:
    """Killed before any change to the disk: every page is an old or a new one; whatever is built next is right."""
    scene.ground.become(scene.states[1])
    last = moments(lambda: scene.build(jobs))
    assert last > 20
    now, kills = 1, 0
    spread = sorted({1 + number * last // 16 for number in range(16)} | set(range(max(1, last - 8), last + 1)))
    for turn, moment in enumerate(spread):
        aim, after = (now + 1) % 3, (now + 1 + turn) % 3
        scene.ground.become(scene.states[aim])
        kills += killed_at(moment, lambda: scene.build(jobs))
        for path, there in site(scene.output).items():
            assert there in {scene.full(now).get(path), scene.full(aim).get(path)}, f"{path}, killed at {moment}"
        scene.ground.become(scene.states[after])
        scene.build()
        assert differences(site(scene.output), scene.full(after)) == {}, f"killed at {moment} of {last}"
        now = after
    assert kills > len(spread) // 2


def test_a_killed_command_leaves_what_the_next_one_needs(scene: Scene) -> None:
    """`kuratorium build`, killed after a random time, then run again: the same bytes as a full build."""
    dice = random.Random(4)
    begun = time.perf_counter()
    assert run(scene.ground.root, "kuratorium.cli.main", "build").returncode == 0
    whole = time.perf_counter() - begun
    for turn in range(1, 7):
        scene.ground.become(scene.states[turn % 3])
        with subprocess.Popen(
            BUILD, cwd=scene.ground.root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(dice.uniform(whole / 3, whole * 1.5))
            process.kill()
        ended = run(scene.ground.root, "kuratorium.cli.main", "build")
        assert ended.returncode == 0, ended.stderr
        assert differences(site(scene.output), scene.full(turn % 3)) == {}


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_file_that_cannot_be_written_leaves_the_site(scene: Scene) -> None:
    """A build that the machine lets write no more says so, without a traceback, and the old site stands whole."""
    ground = scene.ground
    before = site(scene.output)
    front, _ = ground.read("content/essays/lang.md")
    ground.write("content/essays/lang.md", front, "Zu viel. " * 9_000)
    limited = subprocess.run(
        BUILD, cwd=ground.root, env=ENVIRONMENT, capture_output=True, text=True, check=False, preexec_fn=_limited
    )
    assert limited.returncode == 3, limited.stderr + limited.stdout
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
    """A command that runs another where it may mount what nobody else sees."""
    command = ("unshare", "--user", "--map-root-user", "--mount")
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*command, "mount", "-t", "tmpfs", "none", "/mnt"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("this machine lets nobody mount a small disk (unshare --user --mount)")
    return command


@pytest.mark.parametrize("small", ["var", "public"])
def test_a_full_disk_leaves_the_site(scene: Scene, namespace: tuple[str, ...], small: str) -> None:
    """Where the disk of var/, or that of a site elsewhere, is full, the old site stands and the build says so."""
    ground = scene.ground
    before = site(scene.output)
    ground.become(scene.states[1])
    command = [*namespace, sys.executable, "-c", FULL, str(ground.root), str(ground.root / small), *BUILD]
    command += ["--output", "public"] if small == "public" else []
    if small == "public":
        ground.put("pelicanconf.py", setting(ground.files["pelicanconf.py"].decode(), "OUTPUT_RETENTION", [".filling"]))
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert ended.returncode == 3, ended.stderr + ended.stdout
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "internal error" not in ended.stderr
    assert site(scene.output) == before
    assert small == "var" or ended.stdout.endswith("same\n"), ended.stdout


def test_two_builds_at_once_make_one_site(scene: Scene) -> None:
    """One waits for the other, or says that it does not; the site is that of the edition as it is at the end."""
    scene.ground.become(scene.states[1])
    both = []
    for number in (1, 2):
        scene.ground.become(scene.states[number])
        both.append(
            subprocess.Popen(
                BUILD, cwd=scene.ground.root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
    said = [process.communicate() for process in both]
    assert {process.returncode for process in both} == {0}, said
    scene.build()
    assert differences(site(scene.output), scene.full(2)) == {}


def _cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 3])


def _foreign(kept: Path) -> None:
    kept.unlink()
    with contextlib.closing(sqlite3.connect(kept)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.execute("PRAGMA user_version = 1")


def _newer(kept: Path) -> None:
    with contextlib.closing(sqlite3.connect(kept)) as store, store:
        store.execute("PRAGMA user_version = 987654")


def _emptied(kept: Path) -> None:
    with contextlib.closing(sqlite3.connect(kept)) as store, store:
        for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            store.execute(f"DELETE FROM {table} WHERE rowid % 2 = 0")


def _folder(kept: Path) -> None:
    kept.unlink()
    kept.mkdir()
    (kept / "etwas").write_text("")


def _zeroed(kept: Path) -> None:
    data = bytearray(kept.read_bytes())
    for start in range(len(data) // 9, len(data) - 300, len(data) // 9):
        data[start : start + 300] = bytes(300)
    kept.write_bytes(data)


RUINS: dict[str, Callable[[Path], object]] = {
    "cut": _cut,
    "empty": lambda kept: kept.write_bytes(b""),
    "noise": lambda kept: kept.write_bytes(random.Random(1).randbytes(50_000)),
    "of another program": _foreign,
    "of another version": _newer,
    "half of its rows": _emptied,
    "a folder": _folder,
    "zeroed here and there": _zeroed,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("ruin", RUINS)
@pytest.mark.parametrize("state", [0, 1])
def test_a_cache_that_is_no_good_is_made_anew(scene: Scene, ruin: str, state: int) -> None:
    """Whatever is in var/build.sqlite3, the site is right, whether something changed meanwhile or not."""
    RUINS[ruin](scene.ground.root / "var/build.sqlite3")
    for number in (state, 2):
        scene.ground.become(scene.states[number])
        scene.build()
        scene.compare()
