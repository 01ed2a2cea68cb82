"""A build by Pelican, in this process: for editions with plugins or settings that only Pelican knows."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import EditionError, Problem
from .built import Built, Order
from .run import Run


def build(root: Path, order: Order, output: Path | None, why: str) -> Built:
    """Build the whole edition at `root`, and write what changed; raises EditionError."""
    begun = time.perf_counter()
    run = _run(_settings(root, order.as_of, output, order.jobs))
    return Built(
        posts=run.posts,
        pages=run.pages,
        written=len(run.moved.written),
        unchanged=run.moved.unchanged,
        deleted=len(run.moved.deleted),
        seconds=time.perf_counter() - begun,
        output=run.stage.output,
        files=frozenset((*run.moved.written, *run.moved.deleted)),
        pelican=why,
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
