"""Pelican's writer for an edition: pages as a build plans them, shown to other plugins as Pelican shows its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pelican import signals
from pelican.contents import Article
from pelican.contents import Page as PelicanPage
from pelican.generators import Generator
from pelican.writers import Writer

from .. import links
from ..build.render_plan import RenderPlan, RenderTask
from ..build.steps import BuildSteps
from ..page import HtmlPage
from ..writers.render import Renderer


class SiteWriter(Writer):
    """Writes every planned page in one process and in the order of the plan, with Pelican's signals.

    Changes that a plugin makes in a forked worker would be lost. A build without other plugins does not come here:
    it renders in several processes, and only what changed.
    """

    def write_pages(self, steps: BuildSteps, plan: RenderPlan, generator: Generator) -> None:
        """Write all pages of a whole build onto the stage; raises EditionError where a template fails."""
        contents = {content.save_as: content for content in generator.context["generated_content"].values()}
        html_by_key = {content.uid: content for content in contents.values()}

        def find_body(key: str, path_to_root: str) -> str:
            content = html_by_key[key]
            find_address, site_url = steps.context.find_address, steps.context.settings.site.url
            return links.rewrite_links(content._content, content.file, path_to_root, find_address, site_url)

        renderer = steps.make_renderer(find_body)
        with steps.progress.phase("render", len(plan.tasks)):
            for task in plan.tasks:
                content = contents.get(task.page.path)
                if isinstance(content, Article):
                    signals.article_generator_write_article.send(generator, content=content)
                elif isinstance(content, PelicanPage):
                    signals.page_generator_write_page.send(generator, content=content)
                self._write_page(steps, task, renderer, {**generator.context, **_name_content(content)})
                steps.progress.advance(1)

    def _write_page(
        self, steps: BuildSteps, task: RenderTask, renderer: Renderer, pelican_context: Mapping[str, Any]
    ) -> None:
        page = task.page
        context = {**pelican_context, "output_file": page.path}
        data = renderer.render_html(page, context) if isinstance(page, HtmlPage) else renderer.render(page)
        steps.stage.write_if_changed(page.path, data)
        steps.record_output(task, data)
        if isinstance(page, HtmlPage):  # Pelican sends it for what its own writer writes: pages
            signals.content_written.send(f"{steps.stage.folder}/{page.path}", context={**context, **page.context})


def _name_content(content: Any) -> dict[str, Any]:
    """Return an article or a page under the name that Pelican's own templates and plugins use."""
    if isinstance(content, Article):
        return {"article": content}
    return {"page": content} if isinstance(content, PelicanPage) else {}
