"""Pelican's generators for an edition: they take the steps of a build in Pelican's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown import Extension
from pelican import signals
from pelican.generators import ArticlesGenerator, PagesGenerator, StaticGenerator

from ...edition.paths import CONTENT_PREFIX
from ..build.steps import BuildSteps
from .writer import SiteWriter


class PostsGenerator(ArticlesGenerator):
    """Reads the edition and plans its pages; for other plugins it also makes Pelican's articles, with all signals."""

    def __init__(self, *args: Any, markdown_extensions: Sequence[Extension], **kwargs: Any) -> None:
        self._markdown_extensions = markdown_extensions
        super().__init__(*args, **kwargs)

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
        plan = steps.plan()
        steps.copy_assets()
        if steps.is_whole:
            writer.write_pages(steps, plan, self)
        else:
            steps.render()
        signals.article_writer_finalized.send(self, writer=writer)

    def check_disabled_readers(self) -> None:
        """Do nothing: files that no reader takes are told by the edition's own check."""


class StandalonePagesGenerator(PagesGenerator):
    """Makes Pelican's pages for other plugins; the posts' generator has read them, and writes them."""

    def generate_context(self) -> None:
        """Make the pages if other plugins may want them."""
        if self.settings["KURATORIUM"].is_whole:
            super().generate_context()

    def generate_output(self, writer: SiteWriter) -> None:
        """Write nothing: the posts' generator writes all pages of the site."""
        signals.page_writer_finalized.send(self, writer=writer)

    def check_disabled_readers(self) -> None:
        """Do nothing: files that no reader takes are told by the edition's own check."""


class StaticFilesGenerator(StaticGenerator):
    """Makes Pelican's static files for other plugins, and copies those that are no asset of ours."""

    def generate_output(self, writer: SiteWriter) -> None:  # noqa: ARG002 - Pelican passes it
        """Copy what Pelican's settings alone name, such as EXTRA_PATH_METADATA; nothing of a withheld post."""
        context = self.settings["KURATORIUM"].context
        withheld = {file.removeprefix(CONTENT_PREFIX) for file in context.state.linked_files.withheld}
        for static in self.context["staticfiles"]:
            if static.save_as not in context.assets and static.get_relative_source_path() not in withheld:
                self._copy_staticfile(static)
