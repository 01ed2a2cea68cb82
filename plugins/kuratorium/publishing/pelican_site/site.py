"""Pelican itself, set up for an edition: PELICAN_CLASS."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from markdown import Extension
from msgspec.structs import replace
from pelican import Pelican, console
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator, StaticGenerator
from pelican.log import FatalLogger
from pelican.settings import read_settings

from ...edition.paths import SETTINGS_FILE
from ...edition.settings import describe_error
from ...errors import EditionError, KuratoriumError, Problem
from ...text.control_characters import escape_controls
from .. import settings as conf
from ..build.model import BuildRequest, BuildResult, NullProgress
from ..build.run import run_build
from ..build.steps import BuildSteps
from ..delivery.after_build import finish_site
from .generators import PostsGenerator, StandalonePagesGenerator, StaticFilesGenerator
from .reader import READERS
from .writer import SiteWriter

_GENERATORS = {
    ArticlesGenerator: PostsGenerator,
    PagesGenerator: StandalonePagesGenerator,
    StaticGenerator: StaticFilesGenerator,
}


class Site(Pelican):
    """Pelican over an edition.

    Its generators read through the cache and write what changed onto a stage, and the stage becomes the site when
    Pelican's `run` and the last signal of every plugin are done. A preview runs it again and again.
    """

    output_path: str

    def __init__(self, settings: dict[str, Any]) -> None:
        settings["READERS"] = READERS
        # A plugin that cannot be imported, or a reader that fails, is else only logged, with exit code 0.
        FatalLogger.fatal_lvl = min(getattr(FatalLogger, "fatal_lvl", logging.ERROR), logging.ERROR)
        own_extensions = list(settings.get("MARKDOWN", {}).get("extensions", ()))
        with _collect_log() as log:
            try:
                super().__init__(settings)
            except Exception as error:  # a plugin's code can raise anything; FatalLogger raises for what Pelican logs
                message = "; ".join(log.errors) or f"{type(error).__name__}: {error}"
                raise _make_error("PLUGINS", message, "Install or correct the plugin, or remove its name.") from error
        self.markdown_extensions = _find_plugin_extensions(settings, own_extensions)

    def init_plugins(self) -> None:
        """Load the plugins that PLUGINS names; for none, Pelican would import all that happen to be installed."""
        self.plugins: list[Any] = []
        if self.settings.get("PLUGINS") != []:
            super().init_plugins()

    def run_steps(self, steps: BuildSteps) -> None:
        """Let Pelican read, plan and render a build: its generators take the steps of it."""
        output = self.output_path
        self.settings["KURATORIUM"] = steps
        # Both: plugins read the one or the other, and a context is a copy of the settings at the begin of a run.
        self.output_path = self.settings["OUTPUT_PATH"] = str(steps.stage.folder)
        is_quiet, console.quiet = console.quiet, True  # Pelican would count articles that it did not read again
        try:
            with _collect_log() as log:
                Pelican.run(self)  # not self.run: PlainSite has one of its own
        except KuratoriumError:
            raise
        except Exception as error:
            if message := "; ".join(log.errors) or _describe_plugin_error(error):
                raise KuratoriumError(f"Pelican reports: {message}. The site is as it was.") from error
            raise
        finally:
            console.quiet = is_quiet
            self.output_path = self.settings["OUTPUT_PATH"] = output
            del self.settings["KURATORIUM"]

    def _get_generator_classes(self) -> list[Callable[..., Generator]]:
        """Return our generators instead of Pelican's own, and those of other plugins as they are."""
        steps: BuildSteps = self.settings["KURATORIUM"]
        classes = [_GENERATORS.get(kind, kind) for kind in super()._get_generator_classes()]
        if not steps.is_whole:
            classes.remove(StaticFilesGenerator)  # assets are copied by name; only plugins look at Pelican's objects
        return [
            partial(kind, markdown_extensions=self.markdown_extensions) if kind is PostsGenerator else kind
            for kind in classes
        ]

    def _get_writer(self) -> SiteWriter:
        return SiteWriter(self.output_path, self.settings)


class PlainSite(Site):
    """The site as plain `pelican` creates and runs it: a mistake ends with its message and exit code."""

    def __init__(self, settings: dict[str, Any]) -> None:
        with _exit_on_error(settings):
            super().__init__(settings)

    def run(self) -> None:
        """Build the edition."""
        with _exit_on_error(self.settings):
            root = _get_root(self.settings)
            result = self._build(root)
            index = finish_site(root, result)
        console.print(f"Done: {result.post_count} posts on {result.page_count} pages, {result.written_count} written.")
        if index.failure:
            console.print(f"The site cannot be searched: {index.failure}.")
        if result.whole_build_reason:
            console.print(f"Every file was rendered: {result.whole_build_reason}.")

    def _build(self, root: Path) -> BuildResult:
        as_of = self.settings.get("AS_OF")
        request = BuildRequest(
            as_of=datetime.fromisoformat(as_of) if as_of else None,
            now=datetime.now(UTC),
            jobs=self.settings.get("JOBS"),
            settings=self._find_other_settings(root),
        )
        return run_build(root, request, lambda: self, NullProgress())

    def _find_other_settings(self, root: Path) -> conf.Settings | None:
        """Return the settings that `pelican` was called with, if they are not those of the edition's own file."""
        own = conf.read_settings(root)
        called_with = conf.parse_settings(root, self.settings, own.whole_build_reason)
        if called_with == own:
            return None
        reason = own.whole_build_reason or "pelican was called with other settings than those of pelicanconf.py"
        return replace(called_with, whole_build_reason=reason)


def _get_root(settings: dict[str, Any]) -> Path:
    return Path(settings["PATH"]).resolve().parent


@contextmanager
def _exit_on_error(settings: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except KuratoriumError as error:  # Pelican would print a traceback
        sys.stderr.write(f"{escape_controls(describe_error(_get_root(settings), error))}\n")
        raise SystemExit(error.exit_code) from error
    except KeyboardInterrupt as error:  # Pelican would end with 0
        raise SystemExit(130) from error


class _LogCollector(logging.Handler):
    """A handler that writes warnings of Pelican and of its plugins to stderr, and keeps their errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write a warning, or keep an error."""
        if record.levelno >= logging.ERROR:
            cause = record.exc_info[1] if record.exc_info else None
            message = "; ".join(record.getMessage().splitlines())
            self.errors.append(f"{message}: {cause}" if cause else message)
        else:
            sys.stderr.write(f"{record.name}: {escape_controls(record.getMessage())}\n")


@contextmanager
def _collect_log() -> Iterator[_LogCollector]:
    """Collect what is logged in this block; Pelican's console, which would show it, is quiet."""
    log = _LogCollector()
    logging.getLogger().addHandler(log)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(log)


def _describe_plugin_error(error: Exception) -> str:
    """Return where a receiver of a signal failed, and how; empty if the error came by another way than a signal."""
    frames = traceback.extract_tb(error.__traceback__)
    if not any(Path(frame.filename).parent.name == "blinker" for frame in frames):
        return ""
    return f"a plugin failed in {frames[-1].filename}, line {frames[-1].lineno}: {type(error).__name__}: {error}"


def open_site(root: Path, *, output: Path | None = None) -> Site:
    """Read the settings of the edition at `root` and return its Pelican; raises EditionError."""
    override = {"OUTPUT_PATH": str(output.resolve())} if output else {}
    try:
        settings = read_settings(str(root / SETTINGS_FILE), override=override)
    except Exception as error:
        message = f"cannot be read: {error.__class__.__name__}: {error}"
        raise _make_error("", message, "Correct the setting that it names.") from error
    return Site(settings)


def _make_error(field: str, message: str, hint: str) -> EditionError:
    return EditionError([Problem(SETTINGS_FILE, 0, field, message, hint)])


def _find_plugin_extensions(settings: dict[str, Any], own_extensions: Sequence[Any]) -> list[Extension]:
    """Return the Markdown extensions that plugins added to the settings when they were initialized."""
    extensions = settings.get("MARKDOWN", {}).get("extensions", ())
    return [extension for extension in extensions if extension not in own_extensions]
