"""What a build makes of an edition after any history is what a full build makes of it."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from zlib import crc32

import jinja2
import pytest
from hypothesis import Phase, given, note, seed, settings
from hypothesis import strategies as st

from kuratorium.publishing import page
from kuratorium.publishing.build.result import BuildResult
from kuratorium.publishing.pages import outputs
from tests.publishing.histories import ground as grounds
from tests.publishing.histories import quick
from tests.publishing.histories.accidents import ACCIDENTS
from tests.publishing.histories.ground import Ground
from tests.publishing.histories.outcome import Kept, Reference, Refused, attempt, differences, site, stamps
from tests.publishing.histories.steps import STEPS
from tests.publishing.histories.surroundings import SURROUNDINGS

ALL = {**STEPS, **SURROUNDINGS, **ACCIDENTS}
HISTORIES = int(os.environ.get("HISTORIES", "200"))  # more of them are others: HISTORIES=5000 pytest … for a long night
EACH = -(-HISTORIES // len(ALL))  # for each kind of step
Step = tuple[str, int, int]
PLAIN = 4  # of so many histories one ends with a look at what plain Pelican makes of the edition

SEEN = {kind: happens for kind, happens in ALL.items() if kind not in {"tamper", "forget"}}  # by a preview


def steps(kinds: Iterable[str]) -> st.SearchStrategy[Step]:
    """One of these kinds, with its two numbers."""
    return st.tuples(st.sampled_from(sorted(kinds)), st.integers(0, 13), st.integers(0, 20))


class Play:
    """Plays histories: each begins with the same edition, built once, and is compared after every step."""

    def __init__(self, folder: Path) -> None:
        self.begin = grounds.make(folder)
        begun = attempt(self.begin, None)
        assert isinstance(begun, BuildResult), begun
        shutil.copytree(self.begin, folder / "full", symlinks=True)
        self.reference = Reference(folder / "full")
        self.folder = folder / "ground"

    def history(self, taken: list[Step], *, kept: bool = False) -> None:
        """Play a history; a mistake is taken back with all that came after it, at the latest one build later.

        `kept`: what builds stays in memory, as in a preview.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.begin, self.folder, symlinks=True)
        ground = Ground(self.folder)
        sound, mistakes = dict(ground.files), 0
        preview = Kept(ground) if kept else None
        build = preview.build if preview else lambda: attempt(ground.root, ground.as_of, ground.jobs)
        for kind, which, what in taken:
            note(f"{kind}: {ALL[kind](ground, which, what)}")
            mistakes = mistakes + 1 if self.compare(ground, build) else 0
            if mistakes > what % 2:
                note("(the mistake is taken back)")
                ground.become(sound)
                mistakes = self.compare(ground, build)
            sound = sound if mistakes else dict(ground.files)
        if preview:
            preview.close()
        if taken[-1][2] % PLAIN == 0 and not mistakes:
            plain = self.reference.plain(ground.files, ground.as_of)
            assert differences(site(ground.root / "output"), plain) == {}, "plain Pelican makes another site"

    def compare(self, ground: Ground, build: Callable[[], BuildResult | Refused]) -> bool:
        """Build, and hold it against a full build; returns whether both were refused."""
        output = ground.root / "output"
        before, then = site(output), stamps(output)
        came = build()
        wanted = self.reference.outcome(ground.files, ground.as_of)
        after = site(output)
        if isinstance(wanted, Refused) or isinstance(came, Refused):
            assert came == wanted
            assert after == before
            return True
        assert differences(after, wanted) == {}, self.reference.show(ground.files, ground.as_of, output)
        same = {path for path in after if before.get(path) == after[path]}
        now = stamps(output)
        assert {path for path in same if now[path] != then[path]} == set()
        assert came.written_count == len(after) - len(same)
        return False


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """One begin and one memory of full builds for all histories."""
    with pytest.MonkeyPatch.context() as patch, quick.folder() as folder:
        patch.setattr(page.paginate, "__defaults__", (3,))  # a dozen posts fill several pages
        patch.setattr(outputs, "FEED_LENGTH", 4)
        patch.setattr(jinja2.Environment, "compile", quick.compiled_once(jinja2.Environment.compile))
        yield Play(folder)


@pytest.mark.parametrize("kind", ALL)
def test_after_any_history_the_site_is_that_of_a_full_build(play: Play, kind: str) -> None:
    """Whatever happened, the output equals that of a build from nothing, file for file, byte for byte."""
    _play(kind, ALL, EACH, play.history)


@pytest.mark.parametrize("kind", SEEN)
def test_what_a_preview_keeps_in_memory_makes_the_same_site(play: Play, kind: str) -> None:
    """A process that keeps what it read, and is told what changed, makes after any history what a full build makes."""
    _play(f"{kind}, kept", SEEN, max(2, EACH // 3), partial(play.history, kept=True))


def _play(name: str, kinds: Iterable[str], histories: int, play: Callable[[list[Step]], None]) -> None:
    """Play so many histories of these kinds of steps, in the middle of each one of the kind that `name` begins with."""
    played = []

    @seed(crc32(f"{name} {HISTORIES}".encode()))  # or each kind of step would get the same company
    @settings(max_examples=histories, phases=(Phase.generate, Phase.shrink))
    @given(st.lists(steps(kinds), max_size=3), steps(kinds), st.lists(steps(kinds), max_size=3))
    def play_it(before: list[Step], step: Step, after: list[Step]) -> None:
        played.append(play([*before, (name.split(",", maxsplit=1)[0], *step[1:]), *after]))

    play_it()
    assert len(played) >= histories
