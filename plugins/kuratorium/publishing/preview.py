"""`kuratorium preview`: serve the site on this machine, rebuild it on every change, and reload open pages.

One process builds the edition again and again, with its records in memory, so that an edit shows in a moment. Only open
pages that a build changed reload. A build that fails leaves the last good site, with the error on top of every page.
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
from .build_command import build_site, make_pelican_factory


class PreviewBuilder:
    """Builds the edition at `root` again and again for `as_of` (None: its own date, or now) in one session."""

    def __init__(self, root: Path, as_of: datetime | None) -> None:
        self.root = root
        self.as_of = as_of
        settings = _read_settings_if_valid(root)
        self.output = root / settings.output if settings else root / "output"
        self._theme_prefix = f"{settings.theme}/" if settings else "theme/"
        self._open_session()

    def _open_session(self) -> None:
        self._cache = Cache(self.root / CACHE_FILE, compute_code_version())
        self._session = BuildSession(self.root, self._cache, make_pelican_factory(self.root))

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
    """Return the settings; None if they are invalid, which the first build reports."""
    try:
        return conf.read_settings(root)
    except EditionError:
        return None


_MAX_RECENT_BUILDS = 100  # a page that is older than all of them reloads in any case
_HEARTBEAT_SECONDS = 15.0  # a closed page is noticed when writing to it fails


class ReloadNotifier:
    """Tells open pages which builds changed them.

    Builds are numbered from the time of the start, so that a preview that is started again has higher numbers.
    """

    def __init__(self) -> None:
        self.problem = ""
        self.build_number = time.time_ns() // 1_000_000
        self._builds: deque[tuple[int, frozenset[str] | None]] = deque(maxlen=_MAX_RECENT_BUILDS)
        self._oldest_build = self.build_number
        self._condition = threading.Condition()

    def record_build(self, changed_paths: Collection[str] | None, problem: str = "") -> None:
        """Record the end of a build and the files of the site that it changed (None: any), and wake waiting pages.

        A new problem, or a problem that is solved, concerns every page, because each shows it.
        """
        with self._condition:
            affects_all = (
                changed_paths is None or problem != self.problem or any(map(_affects_all_pages, changed_paths))
            )
            self.problem = problem
            self.build_number += 1
            self._builds.append((self.build_number, None if affects_all else frozenset(changed_paths or ())))
            if len(self._builds) == _MAX_RECENT_BUILDS:
                self._oldest_build = self._builds[0][0] - 1
            self._condition.notify_all()

    def wait_for_change(self, page: str, since: int) -> bool:
        """Wait for a build later than number `since` that changed `page`; return False after a while without one."""
        with self._condition:
            return self._condition.wait_for(lambda: self._affects_page(page, since), _HEARTBEAT_SECONDS)

    def _affects_page(self, page: str, since: int) -> bool:
        if since < self._oldest_build:
            return True
        # The 404 page is shown at any address.
        return any(
            files is None or page in files or "404.html" in files for number, files in self._builds if number > since
        )


def _affects_all_pages(file: str) -> bool:
    """Return whether a file may show on any page, as style sheets and pictures do; pages and feeds do not."""
    return not file.endswith((".html", ".xml"))


WATCHED_PATHS = ("content", "curation", "theme", "plugins", "pelicanconf.py")
_EVENTS_PATH = "/.kuratorium/changes-since-"
_DEBOUNCE_MS = 20  # milliseconds without a change, after which a change counts as complete
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
        # Only pages get the script; http.server sends all other files as they are.
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        page = self._add_reload_script(path.read_text(encoding="utf-8"), path).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")  # or a reload could show the old page
        self.end_headers()
        return BytesIO(page)

    def _add_reload_script(self, page: str, path: Path) -> str:
        # Escaped: a message may quote what an editor or a feed wrote.
        problem = _PROBLEM_BANNER.format(html.escape(self.notifier.problem)) if self.notifier.problem else ""
        page_path = quote(path.resolve().relative_to(Path(self.directory).resolve()).as_posix())
        return page.replace(
            "</body>", f"{problem}{_RELOAD_SCRIPT % (_EVENTS_PATH, self.notifier.build_number, page_path)}</body>", 1
        )

    def _send_change_event(self, page: str, since: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        # Without a length, the end of the response is that of the connection (RFC 9112, section 6.3).
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.notifier.wait_for_change(page, since):
                # A comment, which browsers ignore (HTML standard, section 9.2, server-sent events).
                self.wfile.write(b": still here\n\n")
            self.wfile.write(b"data: reload\n\n")
        except OSError:
            return  # the page was closed

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: requests would hide the lines about builds, which the editor wants to read."""


class _PreviewServer(ThreadingHTTPServer):
    daemon_threads = True  # Ctrl-C does not wait for open pages, which hold a connection each

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print errors, except that a browser hung up in the middle of a page."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve_preview(root: Path, *, port: int, print_line: Callable[[str], None], as_of: datetime | None = None) -> None:
    """Serve the edition at `root` on 127.0.0.1:`port` until Ctrl-C; `print_line` gets a line about each event.

    Raises UsageError if the port is taken.
    """
    notifier = ReloadNotifier()
    builder = PreviewBuilder(root, as_of)
    builder.output.mkdir(parents=True, exist_ok=True)
    try:
        server = _PreviewServer(
            ("127.0.0.1", port), partial(_PreviewHandler, notifier=notifier, directory=str(builder.output))
        )
    except OSError as error:
        raise UsageError(f"Port {port} is taken: stop what uses it, or choose another with --port.") from error
    try:
        print_line(_build_and_notify(builder, notifier, None))  # before there are threads, so that it can fork workers
        gc.freeze()  # the records of ten thousand posts need not be searched for garbage at every edit
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print_line(f"Serving on http://127.0.0.1:{server.server_port}/ – Ctrl-C ends it.")
        _rebuild_on_changes(builder, notifier, server.server_port, print_line)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        builder.close()


def _rebuild_on_changes(
    builder: PreviewBuilder, notifier: ReloadNotifier, port: int, print_line: Callable[[str], None]
) -> None:
    """Build at every change of a relevant file; if the program or its settings changed, restart the process."""
    root = builder.root
    watched = [root / name for name in WATCHED_PATHS if (root / name).exists()]
    # raise_interrupt=False: Ctrl-C ends the loop, and `serve_preview` then closes the server.
    for changes in watch(*watched, step=_DEBOUNCE_MS, raise_interrupt=False):
        names = {Path(path).relative_to(root).as_posix() for _, path in changes}
        if any(name.startswith("plugins/") or is_settings_file(name) for name in names):
            print_line("The program or its settings changed: restarting.")
            print_line(problem := _restart_process(builder, port))
            notifier.record_build(None, problem)
            continue
        names = {name for name in names if builder.is_relevant(name)}
        if names:
            shown = sorted(names)[:3]
            print_line(f"Changed: {', '.join(shown)}{' …' if len(names) > len(shown) else ''}")
            print_line(_build_and_notify(builder, notifier, frozenset(names)))


def _restart_process(builder: PreviewBuilder, port: int) -> str:
    """Replace this process by a new one on the same port, where open pages find it; return why it cannot start."""
    # After execv, a mistake in the code would end the preview; so the imports are tried in a process of their own.
    imports = f"import {__package__}.preview, {__package__}.pelican_site.site"
    command = [sys.executable, "-c", imports]
    trial = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if trial.returncode:
        return trial.stderr.strip()
    builder.close()
    command = [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", str(port)]
    command += ["--as-of", builder.as_of.isoformat()] if builder.as_of else []
    sys.stdout.flush()  # execv drops what is still buffered
    os.chdir(builder.root)  # where the command looks for the edition
    return os.execv(sys.executable, command)  # noqa: S606 - our own command, and it never returns


def _build_and_notify(builder: PreviewBuilder, notifier: ReloadNotifier, changed: frozenset[str] | None) -> str:
    """Build, notify open pages, and return a line about the result."""
    try:
        result = builder.build(changed)
    except (KuratoriumError, OSError) as error:
        notifier.record_build(None, str(error))
        return str(error)
    notifier.record_build(None if result.whole_build_reason else result.changed_paths)
    if not result.changed_paths:
        return f"Nothing changed in the site ({result.seconds:.2f} s)."
    count = len(result.changed_paths)
    return f"Built in {result.seconds:.2f} s: {count} files of the site changed."
