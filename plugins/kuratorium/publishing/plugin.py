"""The receivers of Pelican's signals: Pelican reads and copies, `plan` and `render` make the site of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from .. import edition
from ..errors import EditionError
from ..folders import CONTENT
from . import catalog, links, translations, workers
from . import settings as conf
from .assets import not_copied
from .page import Page
from .plan import plan
from .planning import refuse_clashes
from .reader import MarkdownReader
from .render import Renderer
from .run import Run
from .site import site_of
from .stage import Stage, refuse_foreign

_HELD: dict[type[Any], tuple[str, ...]] = {
    ArticlesGenerator: (
        *("articles", "hidden_articles", "drafts"),
        *("translations", "hidden_translations", "drafts_translations"),
    ),
    PagesGenerator: (
        *("pages", "hidden_pages", "draft_pages"),
        *("translations", "hidden_translations", "draft_translations"),
    ),
}


def connect() -> None:
    """Connect the receivers to Pelican's signals."""
    signals.initialized.connect(begin)
    signals.readers_init.connect(read_markdown)
    signals.get_generators.connect(make_pages)
    signals.all_generators_finalized.connect(take_over)
    signals.finalized.connect(publish)


def _ends_cleanly(receiver: Callable[..., Any]) -> Callable[..., Any]:
    """Plain `pelican` prints a traceback for every exception; a user's mistake gets its message and exit code."""

    @wraps(receiver)
    def guarded(sender: Any, *args: Any) -> Any:
        try:
            return receiver(sender, *args)
        except EditionError as error:
            if sender.settings.get("KURATORIUM_RAISES"):
                raise
            sys.stderr.write(f"{error}\n")
            raise SystemExit(error.exit_code) from error

    return guarded


@_ends_cleanly
def begin(pelican: Any) -> None:
    """Read the whole edition before Pelican reads anything, so that all problems are told together."""
    settings = pelican.settings
    root = Path(settings["PATH"]).resolve().parent
    read = edition.load(root)
    given = settings.get("AS_OF")
    as_of = read.as_of(datetime.fromisoformat(given) if given else None, datetime.now(UTC))
    output = Path(settings["OUTPUT_PATH"]).resolve()
    refuse_foreign(root, output, settings["OUTPUT_RETENTION"])
    stage = Stage(root / "var" / "stage", output, settings["OUTPUT_RETENTION"])
    pelican.output_path = settings["OUTPUT_PATH"] = str(stage.folder)
    run = Run(read, conf.of(root, settings), as_of, stage, settings.get("JOBS"))
    run.attach(settings)
    run.convert()


def read_markdown(readers: Any) -> None:
    """Read *.md with our reader, and no other text format: whatever else lies there is told by the edition."""
    for extension in ("html", "htm", "rst", "md", "mkd", "mdown", "markdown"):
        readers.reader_classes.pop(extension, None)
        readers.readers.pop(extension, None)
    readers.reader_classes["md"] = MarkdownReader
    readers.readers["md"] = MarkdownReader(readers.settings)


def make_pages(_: Any) -> type[Generator]:
    """Name the generator that makes every page."""
    return SiteGenerator


def take_over(generators: list[Any]) -> None:
    """Keep Pelican's articles and pages for their bodies; what Pelican would write of them is ours to plan."""
    taken = {}
    site = next(one for one in generators if isinstance(one, SiteGenerator))
    for generator in generators:
        for kind, names in _HELD.items():
            if isinstance(generator, kind):
                for name in names:
                    taken.update({content.uid: content for content in getattr(generator, name)})
                    setattr(generator, name, [])
        if isinstance(generator, ArticlesGenerator):
            # Pelican would look for each article of each of these in a list of all: quadratic.
            generator.tags, generator.categories, generator.authors, generator.dates = {}, [], [], []
    site.contents = taken


class SiteGenerator(Generator):
    """Plans the site from the edition and renders every page of the plan."""

    contents: dict[str, Any]

    @_ends_cleanly
    def generate_output(self, _writer: Any) -> None:
        """Render all pages into the stage; nothing is published before the last of them is made."""
        run: Run = self.settings["KURATORIUM"]
        run.take({file: static.url for file, static in self.context["static_content"].items()})
        known = run.edition.registry
        as_of = run.as_of.astimezone(ZoneInfo(run.site.timezone))
        made = catalog.make(run.listing, run.paths, run.site.lang, as_of)
        words = translations.read(run.theme, run.site.lang)
        renderer = Renderer(self.env, words, run.site, self.body)
        pages = plan(made, site_of(run.site, known, made))
        refuse_clashes(pages, run.assets)

        def render(share: Sequence[Page]) -> set[str]:
            return {page.path for page in share if not run.stage.put(page.path, renderer.render(page))}

        for unchanged in workers.share(pages, render, run.processes(len(pages))):
            run.stage.keep(unchanged)
        run.ranks = {page.path: page.rank for page in pages}
        run.posts = len(made.posts) + len(made.hidden)
        run.pages = sum(page.writer == "html" for page in pages)

    def body(self, uid: str, root: str) -> str:
        """The HTML of a body with its links to other files made for a page at `root`."""
        run: Run = self.settings["KURATORIUM"]
        content = self.contents[uid]
        return links.place(content._content, content.file, root, run.address_of)


@_ends_cleanly
def publish(pelican: Any) -> None:
    """Move the finished site into place, unless a part of it is missing."""
    run: Run = pelican.settings["KURATORIUM"]
    run.listener.complain(run.edition.root)
    for file in run.withheld:  # Pelican has copied what lies in its folders
        (run.stage.folder / file.removeprefix(CONTENT)).unlink(missing_ok=True)
    for path, file in run.left.items():
        try:
            if not run.stage.copy(path, f"{run.edition.root}/{file}"):
                run.stage.keep([path])
        except OSError as error:
            raise not_copied(file, error) from error
    run.moved = run.stage.publish(run.ranks)
    run.stage.discard()
