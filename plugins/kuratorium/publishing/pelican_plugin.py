"""One run of Pelican over an edition: what its plugins share, kept in the settings' key KURATORIUM.

What Pelican only logs and goes on after, though a site without it is not whole.

Pelican's reader for our Markdown files: front matter as the contract says, bodies as Converter makes them.

The receivers of Pelican's signals: Pelican reads and copies, `plan` and `render` make the site of it.

A build by Pelican, in this process: for editions with plugins or settings that only Pelican knows.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.contents import Author, Category, Tag
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator
from pelican.readers import BaseReader

from ..edition import loader
from ..edition.loader import Edition, markdown_files
from ..edition.model import Document, Leaf
from ..edition.paths import CONTENT, INBOX
from ..edition.rules import media
from ..errors import EditionError, KuratoriumError, Problem
from . import assets, catalog, i18n, inbox_headlines, links, posts
from . import settings as conf
from .assets import not_copied
from .build import workers
from .build.publish import Stage, refuse_foreign
from .build.rebuild import refuse_clashes
from .build.result import Built, Moved, Order
from .markdown.converter import Converter
from .page import Page
from .pages.outputs import plan, site_of
from .settings import Settings
from .urls import Paths
from .writers.render import Renderer

# The warnings of pelican.utils.copy and copy_file, and why: the third argument, or what they say themselves.
# Their first argument is the path.
_NOT_COPIED = {
    "A problem occurred copying file %s to %s; %s": "",
    "While copying %s: %s: %s": "",
    "Skipped copy %s (not a file or directory) to %s": "it is neither a file nor a folder",
    "Cannot copy %s (a directory) to %s (a file)": "a file of the site has the address of this folder",
}


class Listener(logging.Handler):
    """Listens to Pelican from its making until `stop`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard: list[logging.LogRecord] = []
        logging.getLogger("pelican").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep errors, and files that could not be copied."""
        if record.levelno >= logging.ERROR or record.msg in _NOT_COPIED:
            self._heard.append(record)

    def complain(self, root: Path) -> None:
        """Raise what was heard: EditionError for files of the edition at `root`, KuratoriumError for the rest."""
        problems = [_not_copied(record, root) for record in self._heard if record.msg in _NOT_COPIED]
        if problems:
            raise EditionError(problems)
        if self._heard:
            raise KuratoriumError("Pelican reports: " + "; ".join(record.getMessage() for record in self._heard))

    def stop(self) -> None:
        """Listen no more."""
        logging.getLogger("pelican").removeHandler(self)


def _not_copied(record: logging.LogRecord, root: Path) -> Problem:
    path, *_, last = record.args if isinstance(record.args, tuple) else ("", "")
    what = f"cannot be copied: {_NOT_COPIED[record.msg] or last}"
    return Problem(os.path.relpath(str(path), root), 0, "", what, "Make the file readable, or remove it.")


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
        waiting = inbox_headlines.read(edition.root, markdown_files(edition.root, INBOX)).values()
        self.listing = posts.of(edition.registry, texts, [one.waiting for one in waiting if one.waiting])
        linked = assets.linked(((text.meta.withheld, media.targets(text)) for text in texts), edition.registry)
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
    read = loader.load(root)
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
        words = i18n.read(run.theme, run.site.lang)
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
