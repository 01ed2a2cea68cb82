"""Pelican's reader for our Markdown files: front matter as the contract says, bodies from the cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pelican.contents import Author, Category, Tag
from pelican.readers import BaseReader

from ...edition.model import FrontMatter, PostSummary, StandalonePageSummary
from ...edition.registry import Registry
from ..build.cached_posts import find_page_path
from ..build.steps import BuildSteps
from ..posts import get_body_key
from ..urls import Paths


def find_edition_path(path: str, root: Path) -> str:
    """Return a path of Pelican's, such as /edition/content/../curation/notes/a.md, from the edition's root."""
    return Path(os.path.normpath(path)).relative_to(root).as_posix()


class CachedTextReader(BaseReader):
    """The reader of *.md: it returns what the build has read and checked before, so that nothing is read twice."""

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return the body's HTML and the metadata of an Article or Page."""
        steps: BuildSteps = self.settings["KURATORIUM"]
        summary = steps.posts.find_summary(find_edition_path(source_path, steps.root))
        assert summary  # noqa: S101 - an edition with unreadable files is not built
        html = steps.posts.read_html(get_body_key(summary))
        return html, self._map_metadata(summary, steps)

    def _map_metadata(self, summary: PostSummary | StandalonePageSummary, steps: BuildSteps) -> dict[str, Any]:
        """Map our words onto Pelican's, so that other plugins find what they expect."""
        site = steps.settings.site
        path = find_page_path(summary, Paths(site.lang))
        metadata: dict[str, Any] = {
            "uid": get_body_key(summary),
            "file": summary.file,
            "title": summary.meta.title,
            "slug": summary.slug,
            "lang": summary.meta.lang or site.lang,
            "status": summary.meta.status,
            "summary": summary.meta.summary,
            "url": path,
            "save_as": path,
        }
        if isinstance(summary, PostSummary):
            metadata |= self._map_post(summary.meta, summary.format, steps.registry, site.name)
        return metadata

    def _map_post(self, meta: FrontMatter, format: str, registry: Registry, site_name: str) -> dict[str, Any]:
        authors = [registry.people[author].name for author in meta.authors] or [site_name]
        category = registry.topics[meta.topics[0]].name if meta.topics else format
        metadata: dict[str, Any] = {
            "date": meta.date,
            "authors": [Author(name, self.settings) for name in authors],
            "category": Category(category, self.settings),
            "tags": [Tag(tag, self.settings) for tag in meta.tags],
        }
        return metadata | ({"modified": meta.modified} if meta.modified else {})


# Our reader for *.md, and none for other texts: the edition's own check reports any other file.
READERS: dict[str, type[BaseReader] | None] = {
    **dict.fromkeys(("html", "htm", "rst", "mkd", "mdown", "markdown")),
    "md": CachedTextReader,
}
