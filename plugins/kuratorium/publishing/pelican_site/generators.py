"""Pelican's generators for an edition: they take the steps of a build in Pelican's order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import Any

from markdown import Extension
from pelican import signals
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator, StaticGenerator

from ...edition.paths import CONTENT_PREFIX
from ...edition.theme.loader import put_theme_in_front
from ..build.steps import BuildSteps
from ..output_folder import require_path_in_site
from .reader import find_edition_path
from .writer import SiteWriter


class PostsGenerator(ArticlesGenerator):
    """The generator that reads the edition and writes its pages.

    For other plugins it also creates Pelican's articles, with all signals.
    """

    def __init__(self, *args: Any, markdown_extensions: Sequence[Extension], **kwargs: Any) -> None:
        self._markdown_extensions = markdown_extensions
        super().__init__(*args, **kwargs)

    def get_files(self, *args: Any, **kwargs: Any) -> list[str]:
        """Return the files of published posts, in a fixed order."""
        return _list_published_files(self, super().get_files(*args, **kwargs))

    def generate_context(self) -> None:
        """Read what changed; raises EditionError with all problems of the edition."""
        steps: BuildSteps = self.settings["KURATORIUM"]
        steps.read(self._markdown_extensions)
        if steps.is_whole:
            super().generate_context()

    def generate_output(self, writer: SiteWriter) -> None:
        """Plan the site, and write its assets and pages."""
        steps: BuildSteps = self.settings["KURATORIUM"]
        if steps.is_whole:
            steps.environment = self.env
            put_theme_in_front(self.env, steps.root, steps.settings.theme)
        plan = steps.plan()
        steps.copy_assets()
        if steps.is_whole:
            steps.draw_pictures()
            writer.write_pages(steps, plan, self)
        else:
            steps.render()
        signals.article_writer_finalized.send(self, writer=writer)

    def check_disabled_readers(self) -> None:
        """Do nothing: the edition's own check reports files that no reader can read."""


class StandalonePagesGenerator(PagesGenerator):
    """The generator that creates Pelican's pages for other plugins; PostsGenerator has read them, and writes them."""

    def get_files(self, *args: Any, **kwargs: Any) -> list[str]:
        """Return the files of published pages, in a fixed order."""
        return _list_published_files(self, super().get_files(*args, **kwargs))

    def generate_context(self) -> None:
        """Create the pages if other plugins are active."""
        if self.settings["KURATORIUM"].is_whole:
            super().generate_context()

    def generate_output(self, writer: SiteWriter) -> None:
        """Write nothing: the posts' generator writes all pages of the site."""
        signals.page_writer_finalized.send(self, writer=writer)

    def check_disabled_readers(self) -> None:
        """Do nothing: the edition's own check reports files that no reader can read."""


def _list_published_files(generator: Generator, paths: Iterable[str]) -> list[str]:
    """Return those of Pelican's paths that the site shows: another plugin must not publish what we withhold.

    Sorted, because Pelican returns a set: what a plugin lists would differ from run to run.
    """
    steps: BuildSteps = generator.settings["KURATORIUM"]
    return sorted(
        path for path in paths if steps.is_published(find_edition_path(f"{generator.path}/{path}", steps.root))
    )


class StaticFilesGenerator(StaticGenerator):
    """The generator that creates Pelican's static files for other plugins, and copies those that are not our assets."""

    def generate_output(self, writer: SiteWriter) -> None:  # noqa: ARG002 - Pelican passes it
        """Copy files that only Pelican's settings name (EXTRA_PATH_METADATA), but none withheld or drawn anew."""
        context = self.settings["KURATORIUM"].context
        linked = context.state.linked_files
        withheld = {file.removeprefix(CONTENT_PREFIX) for file in (*linked.withheld, *linked.pictures)}
        for static in self.context["staticfiles"]:
            if static.save_as not in context.assets and static.get_relative_source_path() not in withheld:
                require_path_in_site(posixpath.normpath(static.save_as))
                self._copy_staticfile(static)
