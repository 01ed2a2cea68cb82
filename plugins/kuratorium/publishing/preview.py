"""`kuratorium preview`: serves the site on this machine, rebuilds it on a change, and reloads the browser.

What was read stays in memory, so an edit is built in a moment; only open pages that it concerns reload.
A build that fails leaves the last good site, with what is wrong on top of every page.

An edition that is built again and again in one process, as long as a preview runs.

What open pages of a preview are told: which builds there were, what each changed, what is wrong.
"""

from __future__ import annotations

import gc
import html
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from watchfiles import watch

from ..edition.formats import FOLDERS_BY_FORMAT
from ..edition.paths import CONTENT_PREFIX, INBOX_FOLDER, REGISTRY_FILES, is_settings_file
from ..errors import EditionError, KuratoriumError, UsageError
from . import settings as conf
from .build.cache import CACHE_FILE, Cache, CorruptCacheError, is_corruption, move_corrupt_cache_aside
from .build.model import BuildRequest, BuildResult
from .build.progress import NullProgress
from .build.publish import BuildLock
from .build.run import report_full_disk
from .build.session import STAGE_FOLDER, BuildSession
from .build.version import compute_code_version
from .builder import build_site, site_factory


class PreviewBuilder:
    """Builds the edition at `root` again and again for `as_of` (None: its own date, or now); keeps it in memory."""

    def __init__(self, root: Path, as_of: datetime | None) -> None:
        self.root = root
        self.as_of = as_of
        settings = _read_settings_if_valid(root)
        self.output = root / settings.output if settings else root / "output"
        self._theme_prefix = f"{settings.theme}/" if settings else "theme/"
        self._open_session()

    def _open_session(self) -> None:
        self._cache = Cache(self.root / CACHE_FILE, compute_code_version())
        self._session = BuildSession(self.root, self._cache, site_factory(self.root))

    def is_relevant(self, file: str) -> bool:
        """Return whether a file (from the root) may change the site."""
        return file in REGISTRY_FILES or file.startswith(
            (CONTENT_PREFIX, f"{INBOX_FOLDER}/", self._theme_prefix, *FOLDERS_BY_FORMAT.values())
        )

    def build(self, changed_files: frozenset[str] | None) -> BuildResult:
        """Build what changed (None: compare everything); raises EditionError, and then the site is as it was."""
        request = BuildRequest(as_of=self.as_of, now=datetime.now(UTC), changed_files=changed_files)
        with report_full_disk(self.root):
            lock = BuildLock(self.root / STAGE_FOLDER)
            try:
                result = self._build_once(request)
            finally:
                lock.release()
        # Plugins keep state in their modules (the sitemap plugin loses it after a failure), so each whole build gets
        # a Pelican of its own.
        return result or build_site(self.root, as_of=self.as_of)

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    def _build_once(self, request: BuildRequest) -> BuildResult | None:
        try:
            return self._session.build(request, NullProgress())
        except (sqlite3.DatabaseError, CorruptCacheError) as error:
            if not is_corruption(error):
                raise
            self._cache.close()
            move_corrupt_cache_aside(self.root / CACHE_FILE)
            self._open_session()
            return self._session.build(request, NullProgress())


def _read_settings_if_valid(root: Path) -> conf.Settings | None:
    """Return the settings; None if they are wrong, which the first build will tell."""
    try:
        return conf.read_settings(root)
    except EditionError:
        return None


_KEPT_BUILDS = 100  # builds; a page that is older than all of them reloads in any case
_HEARTBEAT_SECONDS = 15.0  # seconds; a closed page is noticed when writing to it fails


class ReloadNotifier:
    """The builds of a preview, by number; the numbers of a preview that is started again are higher."""

    def __init__(self) -> None:
        self.problem = ""
        self.build_number = time.time_ns() // 1_000_000
        self._builds: deque[tuple[int, frozenset[str] | None]] = deque(maxlen=_KEPT_BUILDS)
        self._oldest_known_build = self.build_number
        self._condition = threading.Condition()

    def record_build(self, changed_paths: Collection[str] | None, problem: str = "") -> None:
        """Note the end of a build, the files of the site that it changed (None: any), and wake the pages that wait.

        What is wrong shows on every page, and so does that it is mended.
        """
        with self._condition:
            everywhere = changed_paths is None or problem != self.problem or any(map(_affects_all_pages, changed_paths))
            self.problem = problem
            self.build_number += 1
            self._builds.append((self.build_number, None if everywhere else frozenset(changed_paths or ())))
            if len(self._builds) == _KEPT_BUILDS:
                self._oldest_known_build = self._builds[0][0] - 1
            self._condition.notify_all()

    def wait_for_change(self, page: str, since: int) -> bool:
        """Wait for a build later than number `since` that concerns `page`; False if none came in a while."""
        with self._condition:
            return self._condition.wait_for(lambda: self._affects_page(page, since), _HEARTBEAT_SECONDS)

    def _affects_page(self, page: str, since: int) -> bool:
        if since < self._oldest_known_build:
            return True
        return any(
            files is None or page in files or "404.html" in files for number, files in self._builds if number > since
        )


def _affects_all_pages(file: str) -> bool:
    """A style sheet or a picture may show on any page; pages and feeds are themselves."""
    return not file.endswith((".html", ".xml"))


WATCHED_PATHS = ("content", "curation", "theme", "plugins", "pelicanconf.py")
_EVENTS_PATH = "/.kuratorium/changes-since-"
_DEBOUNCE_MS = 20  # milliseconds without a change are the end of a change
_RELOAD_SCRIPT = """<script>new EventSource("%s%d/%s").onmessage = function () { location.reload(); };</script>"""
_PROBLEM_BANNER = (
    '<pre role="alert" style="position:sticky;top:0;z-index:9;margin:0;padding:1em;white-space:pre-wrap;'
    'font:14px/1.5 monospace;color:#fff;background:#8b1a1a">{}</pre>'
)


class _PreviewHandler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, notifier: ReloadNotifier, **kwargs: Any) -> None:
        self.notifier = notifier
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        since, _, page = self.path.removeprefix(_EVENTS_PATH).partition("/")
        if self.path.startswith(_EVENTS_PATH) and since.isdecimal():
            self._send_change_event(unquote(page), int(since))
        else:
            super().do_GET()

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = HTTPStatus.OK
        if not path.is_file():
            path, status = Path(self.directory) / "404.html", HTTPStatus.NOT_FOUND
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        page = self._add_reload_script(path.read_text(encoding="utf-8"), path).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return BytesIO(page)

    def _add_reload_script(self, page: str, path: Path) -> str:
        problem = _PROBLEM_BANNER.format(html.escape(self.notifier.problem)) if self.notifier.problem else ""
        own = quote(path.resolve().relative_to(Path(self.directory).resolve()).as_posix())
        return page.replace(
            "</body>", f"{problem}{_RELOAD_SCRIPT % (_EVENTS_PATH, self.notifier.build_number, own)}</body>", 1
        )

    def _send_change_event(self, page: str, since: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.notifier.wait_for_change(page, since):
                self.wfile.write(b": still here\n\n")
            self.wfile.write(b"data: reload\n\n")
        except OSError:
            return  # the page was closed

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the editor wants to read of builds."""


class _PreviewServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up in the middle of a page is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve_preview(root: Path, *, port: int, print_line: Callable[[str], None], as_of: datetime | None = None) -> None:
    """Serve the edition at `root` on 127.0.0.1:`port` until Ctrl-C; `say` is told what happens, a line each.

    Raises UsageError where the port is taken.
    """
    state = ReloadNotifier()
    desk = PreviewBuilder(root, as_of)
    desk.output.mkdir(parents=True, exist_ok=True)
    try:
        server = _PreviewServer(
            ("127.0.0.1", port), partial(_PreviewHandler, notifier=state, directory=str(desk.output))
        )
    except OSError as error:
        raise UsageError(f"Port {port} is taken: stop what uses it, or choose another with --port.") from error
    try:
        print_line(_build_and_notify(desk, state, None))  # before there are threads, so that it may use all cores
        gc.freeze()  # what is known of ten thousand posts is not to be searched for garbage at every edit
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print_line(f"Serving on http://127.0.0.1:{server.server_port}/ – Ctrl-C ends it.")
        _rebuild_on_changes(desk, state, server.server_port, print_line)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        desk.close()


def _rebuild_on_changes(desk: PreviewBuilder, state: ReloadNotifier, port: int, say: Callable[[str], None]) -> None:
    """Build at every change that matters; where the program or its settings changed, begin anew."""
    root = desk.root
    watched = [root / name for name in WATCHED_PATHS if (root / name).exists()]
    for changes in watch(*watched, step=_DEBOUNCE_MS, raise_interrupt=False):
        names = {Path(path).relative_to(root).as_posix() for _, path in changes}
        if any(name.startswith("plugins/") or is_settings_file(name) for name in names):
            say("The program or its settings changed: beginning anew.")
            say(problem := _restart_process(desk, port))
            state.record_build(None, problem)
            continue
        names = {name for name in names if desk.is_relevant(name)}
        if names:
            told = sorted(names)
            say(f"Changed: {', '.join(told[:3])}{' …' if len(told) > 3 else ''}")
            say(_build_and_notify(desk, state, frozenset(names)))


def _restart_process(desk: PreviewBuilder, port: int) -> str:
    """Become a new process in the place of this one, which open pages find by its port; or say why it cannot run."""
    trial = [
        sys.executable,
        "-c",
        f"import {__package__}.preview, {__package__}.pelican_site.site",
    ]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if tried.returncode:
        return tried.stderr.strip()
    desk.close()
    command = [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", str(port)]
    command += ["--as-of", desk.as_of.isoformat()] if desk.as_of else []
    sys.stdout.flush()
    os.chdir(desk.root)
    return os.execv(sys.executable, command)  # noqa: S606 - our own command, and it never returns


def _build_and_notify(desk: PreviewBuilder, state: ReloadNotifier, changed: frozenset[str] | None) -> str:
    """Build, tell the pages, and say in a line what came of it."""
    try:
        built = desk.build(changed)
    except (KuratoriumError, OSError) as error:
        state.record_build(None, str(error))
        return str(error)
    state.record_build(None if built.whole_build_reason else built.changed_paths)
    if not built.changed_paths:
        return f"Nothing changed in the site ({built.seconds:.2f} s)."
    count = len(built.changed_paths)
    return f"Built in {built.seconds:.2f} s: {count} of {built.page_count} pages and other files changed."
