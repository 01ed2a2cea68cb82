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
from ..edition.loader import Edition, list_markdown_files
from ..edition.model import PostFile, StandalonePage
from ..edition.paths import CONTENT_PREFIX, INBOX_FOLDER
from ..edition.rules import media
from ..errors import EditionError, KuratoriumError, Problem
from ..translations import read_translations
from . import assets, catalog, inbox_headlines, links, posts
from . import settings as conf
from .assets import make_copy_error
from .build import workers
from .build.publish import Stage, refuse_foreign_output
from .build.rebuild import refuse_asset_collisions
from .build.result import BuildRequest, BuildResult, PublishResult
from .markdown.converter import MarkdownConverter
from .page import Page
from .pages.outputs import build_site_meta, plan_pages
from .settings import Settings
from .urls import Paths
from .writers.render import Renderer

# The warnings of pelican.utils.copy and copy_file, and why: the third argument, or what they say themselves.
# Their first argument is the path.
_COPY_WARNINGS = {
    "A problem occurred copying file %s to %s; %s": "",
    "While copying %s: %s: %s": "",
    "Skipped copy %s (not a file or directory) to %s": "it is neither a file nor a folder",
    "Cannot copy %s (a directory) to %s (a file)": "a file of the site has the address of this folder",
}


class PelicanLogHandler(logging.Handler):
    """Listens to Pelican from its making until `stop`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._log_records: list[logging.LogRecord] = []
        logging.getLogger("pelican").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep errors, and files that could not be copied."""
        if record.levelno >= logging.ERROR or record.msg in _COPY_WARNINGS:
            self._log_records.append(record)

    def raise_problems(self, root: Path) -> None:
        """Raise what was heard: EditionError for files of the edition at `root`, KuratoriumError for the rest."""
        problems = [_make_copy_problem(record, root) for record in self._log_records if record.msg in _COPY_WARNINGS]
        if problems:
            raise EditionError(problems)
        if self._log_records:
            raise KuratoriumError("Pelican reports: " + "; ".join(record.getMessage() for record in self._log_records))

    def detach(self) -> None:
        """Listen no more."""
        logging.getLogger("pelican").removeHandler(self)


def _make_copy_problem(record: logging.LogRecord, root: Path) -> Problem:
    path, *_, last = record.args if isinstance(record.args, tuple) else ("", "")
    what = f"cannot be copied: {_COPY_WARNINGS[record.msg] or last}"
    return Problem(os.path.relpath(str(path), root), 0, "", what, "Make the file readable, or remove it.")


class PelicanRun:
    """The edition, its date, the site's settings, and where the output is being prepared."""

    def __init__(
        self, edition: Edition, settings: Settings, as_of: datetime, stage: Stage, jobs: int | None = None
    ) -> None:
        self.edition = edition
        self.site_settings = settings.site
        self.as_of = as_of
        self.stage = stage
        self.paths = Paths(self.site_settings.lang)
        self.log_handler = PelicanLogHandler()
        self.html_by_file: dict[str, str] = {}
        self._jobs = jobs
        texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
        self.texts_by_file = {text.file: text for text in texts}
        waiting = inbox_headlines.read_inbox_files(
            edition.root, list_markdown_files(edition.root, INBOX_FOLDER)
        ).values()
        self.listing = posts.summarize_edition(edition.registry, texts, [one.item for one in waiting if one.item])
        linked = assets.sort_linked_files(
            ((text.meta.is_withheld, media.list_referenced_files(text)) for text in texts), edition.registry
        )
        self.assets = assets.find_assets(edition.root, settings, linked)
        self.withheld_files = linked.withheld
        self._asset_paths = links.map_copied_files(self.assets)
        self.remaining_assets: assets.Assets = {}
        self.post_count = self.page_count = 0
        self.ranks: dict[str, int] = {}
        self.publish_result = PublishResult(written=(), unchanged_count=0, deleted=())
        self._pelican_objects: dict[tuple[type, str], Any] = {}
        self._pelican_settings: Any = None

    @property
    def theme_folder(self) -> Path:
        """The theme's folder."""
        return Path(self._pelican_settings["THEME"])

    def attach(self, settings: Any) -> None:
        """Make this run the one of Pelican's `settings`."""
        self._pelican_settings = settings
        settings["KURATORIUM"] = self

    def choose_process_count(self, item_count: int) -> int:
        """How many processes to share so many things among."""
        return workers.choose_process_count(item_count, self._jobs)

    def convert_bodies(self) -> None:
        """Make the HTML of every body, before Pelican asks for one after another."""
        texts = sorted(self.texts_by_file)

        def work(share: Sequence[str]) -> dict[str, str]:
            converter = MarkdownConverter(self.edition.registry)
            return {file: converter.convert(self.texts_by_file[file]) for file in share}

        for made in workers.map_chunks(texts, work, self.choose_process_count(len(texts))):
            self.html_by_file.update(made)

    def find_page_path(self, document: PostFile | StandalonePage) -> str:
        """Where a post's or standing page's own page lies."""
        if isinstance(document, StandalonePage):
            return self.paths.standalone_page(document.slug)
        return self.paths.post(document.format, document.slug)

    def leave_to_pelican(self, statics: Mapping[str, str]) -> None:
        """Leave to Pelican the files of content/ that it copies, and where: path from content/ -> from the site's root.

        What is `left` are files that texts link to, outside of the folders that it copies.
        """
        self._asset_paths |= {f"{CONTENT_PREFIX}{file}": url for file, url in statics.items()}
        others = {path: file for path, file in self.assets.items() if file.startswith(CONTENT_PREFIX)}
        self.remaining_assets = {
            path: file for path, file in others.items() if file.removeprefix(CONTENT_PREFIX) not in statics
        }

    def find_address(self, file: str) -> str | None:
        """Where a file of the edition is in the site, if it is there."""
        text = self.texts_by_file.get(file)
        return self.find_page_path(text) if text else self._asset_paths.get(file)

    def make_pelican_object(self, kind: type, name: str) -> Any:
        """Make Pelican's Author, Category or Tag of `name`, once: each computes a slug."""
        if (kind, name) not in self._pelican_objects:
            self._pelican_objects[kind, name] = kind(name, self._pelican_settings)
        return self._pelican_objects[kind, name]


class MarkdownReader(BaseReader):
    """Hands Pelican what the edition's loading has read and validated before Pelican began."""

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return the body's HTML and the metadata of an Article or Page."""
        run: PelicanRun = self.settings["KURATORIUM"]
        file = Path(os.path.normpath(source_path)).relative_to(run.edition.root).as_posix()
        document = run.texts_by_file[file]
        metadata = (
            self._make_page_metadata(run, document)
            if isinstance(document, StandalonePage)
            else self._make_article_metadata(run, document)
        )
        return run.html_by_file.pop(file), metadata

    def _make_article_metadata(self, run: PelicanRun, document: PostFile) -> dict[str, Any]:
        """Map our words onto Pelican's, so that other plugins find what they expect."""
        meta = document.meta
        known = run.edition.registry
        path = run.find_page_path(document)
        topic = known.topics[meta.topics[0]].name if meta.topics else document.format
        metadata = {
            "uid": meta.uid,
            "file": document.file,
            "title": meta.title,
            "date": meta.date,
            "slug": document.slug,
            "lang": meta.lang or run.site_settings.lang,
            "status": meta.status,
            "summary": meta.summary,
            "authors": [run.make_pelican_object(Author, known.people[one].name) for one in meta.authors],
            "category": run.make_pelican_object(Category, topic),
            "tags": [run.make_pelican_object(Tag, tag) for tag in meta.tags],
            "url": path,
            "save_as": path,
        }
        if not meta.authors:
            metadata["authors"] = [run.make_pelican_object(Author, run.site_settings.name)]
        return metadata | ({"modified": meta.modified} if meta.modified else {})

    def _make_page_metadata(self, run: PelicanRun, leaf: StandalonePage) -> dict[str, Any]:
        path = run.find_page_path(leaf)
        return {
            "uid": leaf.file,
            "file": leaf.file,
            "title": leaf.meta.title,
            "slug": leaf.slug,
            "lang": leaf.meta.lang or run.site_settings.lang,
            "status": leaf.meta.status,
            "summary": leaf.meta.summary,
            "url": path,
            "save_as": path,
        }


_CONTENT_LISTS: dict[type[Any], tuple[str, ...]] = {
    ArticlesGenerator: (
        *("articles", "hidden_articles", "drafts"),
        *("translations", "hidden_translations", "drafts_translations"),
    ),
    PagesGenerator: (
        *("pages", "hidden_pages", "draft_pages"),
        *("translations", "hidden_translations", "draft_translations"),
    ),
}


def connect_signals() -> None:
    """Connect the receivers to Pelican's signals."""
    signals.initialized.connect(start_run)
    signals.readers_init.connect(register_markdown_reader)
    signals.get_generators.connect(get_site_generator)
    signals.all_generators_finalized.connect(collect_contents)
    signals.finalized.connect(publish_site)


def _exit_on_edition_error(receiver: Callable[..., Any]) -> Callable[..., Any]:
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


@_exit_on_edition_error
def start_run(pelican: Any) -> None:
    """Read the whole edition before Pelican reads anything, so that all problems are told together."""
    settings = pelican.settings
    root = Path(settings["PATH"]).resolve().parent
    read = loader.load_valid_edition(root)
    given = settings.get("AS_OF")
    as_of = read.resolve_as_of(datetime.fromisoformat(given) if given else None, datetime.now(UTC))
    output = Path(settings["OUTPUT_PATH"]).resolve()
    refuse_foreign_output(root, output, settings["OUTPUT_RETENTION"])
    stage = Stage(root / "var" / "stage", output, settings["OUTPUT_RETENTION"])
    pelican.output_path = settings["OUTPUT_PATH"] = str(stage.folder)
    run = PelicanRun(read, conf.parse_settings(root, settings), as_of, stage, settings.get("JOBS"))
    run.attach(settings)
    run.convert_bodies()


def register_markdown_reader(readers: Any) -> None:
    """Read *.md with our reader, and no other text format: whatever else lies there is told by the edition."""
    for extension in ("html", "htm", "rst", "md", "mkd", "mdown", "markdown"):
        readers.reader_classes.pop(extension, None)
        readers.readers.pop(extension, None)
    readers.reader_classes["md"] = MarkdownReader
    readers.readers["md"] = MarkdownReader(readers.settings)


def get_site_generator(_: Any) -> type[Generator]:
    """Name the generator that makes every page."""
    return SiteGenerator


def collect_contents(generators: list[Any]) -> None:
    """Keep Pelican's articles and pages for their bodies; what Pelican would write of them is ours to plan."""
    taken = {}
    site = next(one for one in generators if isinstance(one, SiteGenerator))
    for generator in generators:
        for kind, names in _CONTENT_LISTS.items():
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

    @_exit_on_edition_error
    def generate_output(self, _writer: Any) -> None:
        """Render all pages into the stage; nothing is published before the last of them is made."""
        run: PelicanRun = self.settings["KURATORIUM"]
        run.leave_to_pelican({file: static.url for file, static in self.context["static_content"].items()})
        known = run.edition.registry
        as_of = run.as_of.astimezone(ZoneInfo(run.site_settings.timezone))
        made = catalog.build_catalog(run.listing, run.paths, run.site_settings.lang, as_of)
        words = read_translations(run.theme_folder, run.site_settings.lang)
        renderer = Renderer(self.env, words, run.site_settings, self.load_body)
        pages = plan_pages(made, build_site_meta(run.site_settings, known, made))
        refuse_asset_collisions(pages, run.assets)

        def render(share: Sequence[Page]) -> set[str]:
            return {page.path for page in share if not run.stage.write_if_changed(page.path, renderer.render(page))}

        for unchanged in workers.map_chunks(pages, render, run.choose_process_count(len(pages))):
            run.stage.mark_unchanged(unchanged)
        run.ranks = {page.path: page.rank for page in pages}
        run.post_count = len(made.posts) + len(made.hidden)
        run.page_count = sum(page.writer == "html" for page in pages)

    def load_body(self, uid: str, path_to_root: str) -> str:
        """The HTML of a body with its links to other files made for a page at `root`."""
        run: PelicanRun = self.settings["KURATORIUM"]
        content = self.contents[uid]
        return links.rewrite_links(content._content, content.file, path_to_root, run.find_address)


@_exit_on_edition_error
def publish_site(pelican: Any) -> None:
    """Move the finished site into place, unless a part of it is missing."""
    run: PelicanRun = pelican.settings["KURATORIUM"]
    run.log_handler.raise_problems(run.edition.root)
    for file in run.withheld_files:  # Pelican has copied what lies in its folders
        (run.stage.folder / file.removeprefix(CONTENT_PREFIX)).unlink(missing_ok=True)
    for path, file in run.remaining_assets.items():
        try:
            if not run.stage.copy_if_changed(path, f"{run.edition.root}/{file}"):
                run.stage.mark_unchanged([path])
        except OSError as error:
            raise make_copy_error(file, error) from error
    run.publish_result = run.stage.publish(run.ranks)
    run.stage.discard()


def build_with_pelican(root: Path, request: BuildRequest, output: Path | None, pelican_reason: str) -> BuildResult:
    """Build the whole edition at `root`, and write what changed; raises EditionError."""
    begun = time.perf_counter()
    run = _run_pelican(_read_pelican_settings(root, request.as_of, output, request.jobs))
    return BuildResult(
        post_count=run.post_count,
        page_count=run.page_count,
        written_count=len(run.publish_result.written),
        unchanged_count=run.publish_result.unchanged_count,
        deleted_count=len(run.publish_result.deleted),
        seconds=time.perf_counter() - begun,
        output=run.stage.output,
        changed_paths=frozenset((*run.publish_result.written, *run.publish_result.deleted)),
        pelican_reason=pelican_reason,
    )


def _read_pelican_settings(root: Path, as_of: datetime | None, output: Path | None, jobs: int | None) -> Any:
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


def _run_pelican(settings: Any) -> PelicanRun:
    from pelican import Pelican, console  # noqa: PLC0415 - Pelican takes 0.3 s to import

    pelican = Pelican(settings)
    if "KURATORIUM" not in settings:
        mend = 'Write PLUGINS = ["kuratorium.publishing"] and run the .venv that «make site» makes.'
        raise EditionError([Problem("pelicanconf.py", 0, "PLUGINS", "the plugin of Kuratorium was not loaded", mend)])
    run: PelicanRun = settings["KURATORIUM"]
    quiet, console.quiet = console.quiet, True  # Pelican counts what we took over: «Processed 0 articles»
    try:
        pelican.run()
    except BaseException:
        run.stage.discard()
        raise
    finally:
        run.log_handler.detach()
        console.quiet = quiet
    return run
