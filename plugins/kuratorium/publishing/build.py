"""`kuratorium build`: one run of Pelican in this process, told in numbers."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..errors import EditionError, Problem
from .run import Run


class Built(Struct, frozen=True, kw_only=True):
    """What a build made: posts, HTML pages, files written, left alone and deleted; seconds; where it lies."""

    posts: int
    pages: int
    written: int
    unchanged: int
    deleted: int
    seconds: float
    output: Path

    @property
    def index(self) -> Path:
        """The file to open."""
        return self.output / "index.html"


def build(root: Path, *, as_of: datetime | None = None, output: Path | None = None, jobs: int | None = None) -> Built:
    """Build the edition at `root`; raises EditionError, and then the old output is as it was.

    `jobs` processes share the work (by default one per core where it is worthwhile); the bytes do not depend on it.
    """
    begun = time.perf_counter()
    settings = _settings(root, as_of, output, jobs)
    run = _run(settings)
    return Built(
        posts=run.posts,
        pages=run.pages,
        written=run.moved.written,
        unchanged=run.moved.unchanged,
        deleted=run.moved.deleted,
        seconds=time.perf_counter() - begun,
        output=run.stage.output,
    )


def _settings(root: Path, as_of: datetime | None, output: Path | None, jobs: int | None) -> Any:
    from pelican.settings import read_settings  # noqa: PLC0415 - Pelican takes 0.3 s to import

    override: dict[str, Any] = {"KURATORIUM_RAISES": True, "JOBS": jobs}
    if as_of:
        override["AS_OF"] = as_of.isoformat()
    if output:
        override["OUTPUT_PATH"] = str(output.resolve())
    try:
        return read_settings(str(root / "pelicanconf.py"), override=override)
    except Exception as error:
        what = f"cannot be read: {error.__class__.__name__}: {error}"
        raise EditionError([Problem("pelicanconf.py", 0, "", what, "Mend the setting that it names.")]) from error


def _run(settings: Any) -> Run:
    from pelican import Pelican, console  # noqa: PLC0415 - Pelican takes 0.3 s to import

    pelican = Pelican(settings)
    if "KURATORIUM" not in settings:
        mend = 'Write PLUGINS = ["kuratorium.publishing"] and run the .venv that «make site» makes.'
        raise EditionError([Problem("pelicanconf.py", 0, "PLUGINS", "the plugin of Kuratorium was not loaded", mend)])
    run: Run = settings["KURATORIUM"]
    quiet, console.quiet = console.quiet, True  # Pelican counts what we took over: «Processed 0 articles»
    try:
        pelican.run()
    except BaseException:
        run.stage.discard()
        raise
    finally:
        run.listener.stop()
        console.quiet = quiet
    return run
