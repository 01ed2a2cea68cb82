"""One run of Pelican over an edition: what its plugins share, kept in the settings' key KURATORIUM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import rules
from ..edition import Edition, markdown_files
from ..folders import CONTENT, INBOX
from ..model import Document, Leaf
from . import assets, fresh, links, listing, workers
from .body import Converter
from .listening import Listener
from .paths import Paths
from .settings import Settings
from .stage import Moved, Stage


class Run:
    """The edition, its date, the site's settings, and where the output is being prepared."""

    def __init__(
        self, edition: Edition, settings: Settings, as_of: datetime, stage: Stage, jobs: int | None = None
    ) -> None:
        self.edition = edition
        self.site = settings.site
        self.as_of = as_of
        self.stage = stage
        self.paths = Paths(self.site.lang)
        self.listener = Listener()
        self.bodies: dict[str, str] = {}
        self._jobs = jobs
        texts: list[Document | Leaf] = [*edition.documents, *edition.leaves]
        self.files = {text.file: text for text in texts}
        waiting = fresh.read(edition.root, markdown_files(edition.root, INBOX)).values()
        self.listing = listing.of(edition.registry, texts, [one.waiting for one in waiting if one.waiting])
        linked = assets.linked(((text.meta.withheld, rules.targets(text)) for text in texts), edition.registry)
        self.assets = assets.find(edition.root, settings, linked)
        self.withheld = linked.withheld
        self._copied = links.copied(self.assets)
        self.left: assets.Assets = {}
        self.posts = self.pages = 0
        self.ranks: dict[str, int] = {}
        self.moved = Moved(written=(), unchanged=0, deleted=())
        self._wrapped: dict[tuple[type, str], Any] = {}
        self._settings: Any = None

    @property
    def theme(self) -> Path:
        """The theme's folder."""
        return Path(self._settings["THEME"])

    def attach(self, settings: Any) -> None:
        """Make this run the one of Pelican's `settings`."""
        self._settings = settings
        settings["KURATORIUM"] = self

    def processes(self, things: int) -> int:
        """How many processes to share so many things among."""
        return workers.count(things, self._jobs)

    def convert(self) -> None:
        """Make the HTML of every body, before Pelican asks for one after another."""
        texts = sorted(self.files)

        def work(share: Sequence[str]) -> dict[str, str]:
            converter = Converter(self.edition.registry)
            return {file: converter.convert(self.files[file]) for file in share}

        for made in workers.share(texts, work, self.processes(len(texts))):
            self.bodies.update(made)

    def path_of(self, document: Document | Leaf) -> str:
        """Where a post's or standing page's own page lies."""
        if isinstance(document, Leaf):
            return self.paths.leaf(document.slug)
        return self.paths.post(document.format, document.slug)

    def take(self, statics: Mapping[str, str]) -> None:
        """Leave to Pelican the files of content/ that it copies, and where: path from content/ -> from the site's root.

        What is `left` are files that texts link to, outside of the folders that it copies.
        """
        self._copied |= {f"{CONTENT}{file}": url for file, url in statics.items()}
        others = {path: file for path, file in self.assets.items() if file.startswith(CONTENT)}
        self.left = {path: file for path, file in others.items() if file.removeprefix(CONTENT) not in statics}

    def address_of(self, file: str) -> str | None:
        """Where a file of the edition is in the site, if it is there."""
        text = self.files.get(file)
        return self.path_of(text) if text else self._copied.get(file)

    def wrap(self, kind: type, name: str) -> Any:
        """Make Pelican's Author, Category or Tag of `name`, once: each computes a slug."""
        if (kind, name) not in self._wrapped:
            self._wrapped[kind, name] = kind(name, self._settings)
        return self._wrapped[kind, name]
