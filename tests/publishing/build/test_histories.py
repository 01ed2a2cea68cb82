"""After any history of steps, a build makes of an edition what a full build makes of it."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import Phase, given, note, seed, settings
from hypothesis import strategies as st

from kuratorium.publishing import page
from kuratorium.publishing.build.model import BuildResult
from kuratorium.publishing.pages import feeds
from tests.publishing.histories.accidents import ACCIDENTS
from tests.publishing.histories.outcome import (
    FailedBuild,
    FullBuilds,
    PreviewBuilds,
    attempt,
    differences,
    differences_beside_drawings,
    site,
    stamps,
)
from tests.publishing.histories.refusals import REFUSALS
from tests.publishing.histories.steps import STEPS
from tests.publishing.histories.surroundings import SURROUNDINGS
from tests.publishing.histories.workspace import Workspace, create_edition
from tests.speed import memory_folder

ALL = {**STEPS, **SURROUNDINGS, **ACCIDENTS, **REFUSALS}
HISTORIES = int(os.environ.get("HISTORIES", "100"))  # another number plays others: CI plays 200, a long night 5000
HISTORIES_PER_KIND = -(-HISTORIES // len(ALL))
PLAIN_PELICAN_EVERY = 4  # one of so many histories ends with a comparison with plain Pelican's site
# A preview does not watch output and cache.
SEEN_BY_PREVIEW = {kind: step for kind, step in ALL.items() if kind not in {"tamper", "forget"}}

PlannedStep = tuple[str, int, int]
"""Kind of step, item, variant."""


def steps(kinds: Iterable[str]) -> st.SearchStrategy[PlannedStep]:
    """Return a strategy for steps of these kinds."""
    return st.tuples(st.sampled_from(sorted(kinds)), st.integers(0, 13), st.integers(0, 20))


class Player:
    """Play histories: each begins with the same edition, built once, and is compared after every step."""

    def __init__(self, folder: Path) -> None:
        self.start = create_edition(folder)
        first = attempt(self.start, None)
        assert isinstance(first, BuildResult), first
        shutil.copytree(self.start, folder / "full", symlinks=True)
        self.full_builds = FullBuilds(folder / "full")
        self.folder = folder / "played"

    def play(self, history: list[PlannedStep], *, in_preview: bool = False) -> None:
        """Play a history; a mistake is taken back with all that came after it, at the latest one build later.

        `in_preview`: builds keep posts in memory, as a preview does.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.start, self.folder, symlinks=True)
        workspace = Workspace(self.folder)
        valid_files, mistakes = dict(workspace.files), 0
        preview = PreviewBuilds(workspace) if in_preview else None
        build = preview.build if preview else lambda: attempt(workspace.root, workspace.as_of, workspace.jobs)
        for kind, item, variant in history:
            note(f"{kind}: {ALL[kind](workspace, item, variant)}")
            mistakes = mistakes + 1 if self.build_fails(workspace, build, in_preview=in_preview) else 0
            if mistakes > variant % 2:
                note("(the mistake is taken back)")
                workspace.restore(valid_files)
                mistakes = self.build_fails(workspace, build, in_preview=in_preview)
            valid_files = valid_files if mistakes else dict(workspace.files)
        if preview:
            preview.close()
            # The build after a preview draws the share cards that it left out.
            self.build_fails(workspace, lambda: attempt(workspace.root, workspace.as_of, workspace.jobs))
        if history[-1][2] % PLAIN_PELICAN_EVERY == 0 and not mistakes:
            plain = self.full_builds.plain(workspace.files, workspace.as_of)
            assert differences(site(workspace.root / "output"), plain) == {}, "plain Pelican makes another site"

    def build_fails(
        self, workspace: Workspace, build: Callable[[], BuildResult | FailedBuild], *, in_preview: bool = False
    ) -> bool:
        """Build, and compare with a full build; return whether both failed, with the same message."""
        compare = differences_beside_drawings if in_preview else differences
        output = workspace.root / "output"
        before, stamps_before = site(output), stamps(output)
        outcome = build()
        expected = self.full_builds.outcome(workspace.files, workspace.as_of)
        after = site(output)
        if isinstance(expected, FailedBuild) or isinstance(outcome, FailedBuild):
            assert outcome == expected
            assert after == before
            return True
        assert compare(after, expected) == {}, self.full_builds.show(workspace.files, workspace.as_of, output)
        same = {path for path in after if before.get(path) == after[path]}
        stamps_after = stamps(output)
        assert {path for path in same if stamps_after[path] != stamps_before[path]} == set()
        assert outcome.written_count == len(after) - len(same)
        return False


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    """One start and one store of full builds for all histories."""
    with pytest.MonkeyPatch.context() as patch, memory_folder() as folder:
        patch.setattr(page.paginate, "__defaults__", (3,))  # a dozen posts fill several pages
        patch.setattr(feeds, "FEED_LENGTH", 4)
        yield Player(folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL)
def test_after_any_history_the_site_is_that_of_a_full_build(player: Player, kind: str) -> None:
    """Whatever happened, the output equals that of a build from nothing, file for file, byte for byte."""
    _play(kind, ALL, HISTORIES_PER_KIND, player.play)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SEEN_BY_PREVIEW)
def test_what_a_preview_keeps_in_memory_makes_the_same_site(player: Player, kind: str) -> None:
    """A process that keeps posts in memory, and gets the changed files, makes after any history what a full build does.

    A third as many histories as without a preview.
    """
    _play(f"{kind}, kept", SEEN_BY_PREVIEW, max(2, HISTORIES_PER_KIND // 3), partial(player.play, in_preview=True))


def _play(name: str, kinds: Iterable[str], histories: int, play: Callable[[list[PlannedStep]], None]) -> None:
    """Play so many histories of these kinds of steps, with a step of the kind that `name` begins with in the middle."""
    played = []

    @seed(crc32(f"{name} {HISTORIES}".encode()))  # or each kind of step would get the same company
    @settings(max_examples=histories, phases=(Phase.generate, Phase.shrink))
    @given(st.lists(steps(kinds), max_size=3), steps(kinds), st.lists(steps(kinds), max_size=3))
    def play_history(before: list[PlannedStep], step: PlannedStep, after: list[PlannedStep]) -> None:
        played.append(play([*before, (name.split(",", maxsplit=1)[0], *step[1:]), *after]))

    play_history()
    assert len(played) >= histories
