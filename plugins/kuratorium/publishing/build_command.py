"""`kuratorium build`: one build of an edition in this process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..edition.paths import SETTINGS_FILE
from ..edition.settings import run_settings_file
from ..errors import EditionError, Problem
from .build.model import BuildRequest, BuildResult, NullProgress, ProgressListener
from .build.run import run_build
from .output_folder import refuse_foreign_output
from .settings import Settings, find_ignored_settings, has_other_plugins, interpret_settings

if TYPE_CHECKING:
    from .build.session import PelicanFactory, PelicanRunner


def build_site(
    root: Path,
    *,
    as_of: datetime | None = None,
    output: Path | None = None,
    shows_drafts: bool = False,
    jobs: int | None = None,
    progress: ProgressListener | None = None,
) -> BuildResult:
    """Build the edition at `root`; raises EditionError, and then the old site is as it was.

    `jobs` processes share the work (None: one per core if that saves time); the bytes do not depend on it. A build into
    an `output` other than that of the settings starts from nothing, without the cache; only there may drafts be shown.
    """
    output = output.resolve() if output else None
    request = BuildRequest(as_of=as_of, now=datetime.now(UTC), jobs=jobs, output=output, shows_drafts=shows_drafts)
    return run_build(root, request, make_pelican_factory(root, output), progress or NullProgress())


def check_settings(root: Path) -> tuple[list[Problem], list[Problem]]:
    """Return the errors of pelicanconf.py that would stop a build, and its settings without effect.

    Plugins are imported only if it names some: that takes Pelican, 0.3 s.
    """
    try:
        values = run_settings_file(root)
        _check_output(root, interpret_settings(root, values))
        if has_other_plugins(values):
            make_pelican_factory(root)()
    except EditionError as error:
        return [*error.problems], []
    return [], find_ignored_settings(values)


def _check_output(root: Path, settings: Settings) -> None:
    """Raise EditionError if OUTPUT_PATH is a folder that a build would refuse, such as one of the edition."""
    try:
        refuse_foreign_output(root, root / settings.output, settings.output_retention)
    except EditionError as error:
        messages = (f'"{settings.output}" cannot be the folder of the site: {it.message}' for it in error.problems)
        hint = "A build deletes what it did not write. Delete the line, or name a folder for the site alone."
        raise EditionError(Problem(SETTINGS_FILE, 0, "OUTPUT_PATH", message, hint) for message in messages) from error


def make_pelican_factory(root: Path, output: Path | None = None) -> PelicanFactory:
    """Return a function that imports Pelican, which takes 0.3 s, and opens the edition with it."""

    def make_site() -> PelicanRunner:
        from .pelican_site.site import open_site  # noqa: PLC0415 - see above

        return open_site(root, output=output)

    return make_site
