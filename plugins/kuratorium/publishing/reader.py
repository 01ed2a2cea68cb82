"""Pelican's reader for our Markdown files: front matter as the contract says, bodies as Converter makes them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pelican.contents import Author, Category, Tag
from pelican.readers import BaseReader

from ..model import Document, Leaf
from .run import Run


class MarkdownReader(BaseReader):
    """Hands Pelican what the edition's loading has read and validated before Pelican began."""

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return the body's HTML and the metadata of an Article or Page."""
        run: Run = self.settings["KURATORIUM"]
        file = Path(os.path.normpath(source_path)).relative_to(run.edition.root).as_posix()
        document = run.files[file]
        metadata = self._page(run, document) if isinstance(document, Leaf) else self._article(run, document)
        return run.bodies.pop(file), metadata

    def _article(self, run: Run, document: Document) -> dict[str, Any]:
        """Map our words onto Pelican's, so that other plugins find what they expect."""
        meta = document.meta
        known = run.edition.registry
        path = run.path_of(document)
        topic = known.topics[meta.topics[0]].name if meta.topics else document.format
        metadata = {
            "uid": meta.uid,
            "file": document.file,
            "title": meta.title,
            "date": meta.date,
            "slug": document.slug,
            "lang": meta.lang or run.site.lang,
            "status": meta.status,
            "summary": meta.summary,
            "authors": [run.wrap(Author, known.people[one].name) for one in meta.authors],
            "category": run.wrap(Category, topic),
            "tags": [run.wrap(Tag, tag) for tag in meta.tags],
            "url": path,
            "save_as": path,
        }
        if not meta.authors:
            metadata["authors"] = [run.wrap(Author, run.site.name)]
        return metadata | ({"modified": meta.modified} if meta.modified else {})

    def _page(self, run: Run, leaf: Leaf) -> dict[str, Any]:
        path = run.path_of(leaf)
        return {
            "uid": leaf.file,
            "file": leaf.file,
            "title": leaf.meta.title,
            "slug": leaf.slug,
            "lang": leaf.meta.lang or run.site.lang,
            "status": leaf.meta.status,
            "summary": leaf.meta.summary,
            "url": path,
            "save_as": path,
        }
