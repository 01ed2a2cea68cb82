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

from ..edition.formats import FOLDERS
from ..edition.paths import CONTENT, INBOX, REGISTRY, is_settings
from ..errors import EditionError, KuratoriumError, UsageError
from . import pelican_plugin
from . import settings as conf
from .build import hooks
from .build.cache import FILE, Broken, Store, is_damage, set_aside
from .build.engine import STAGE, Engine
from .build.publish import Lock
from .build.result import Built, Nobody, Order
from .build.run import full_disk
from .build.version import version


class Desk:
    """Builds the edition at `root` for `as_of` (None: its own date, or now)."""

    def __init__(self, root: Path, as_of: datetime | None) -> None:
        self.root = root
        self.as_of = as_of
        settings = _settings(root)
        self.output = root / settings.output if settings else root / "output"
        self._theme = f"{settings.theme}/" if settings else "theme/"
        self._begin()

    def _begin(self) -> None:
        self._store = Store(self.root / FILE, version())
        self._engine = Engine(self.root, self._store)

    def matters(self, file: str) -> bool:
        """Tell whether a file (from the root) may have a say in the site."""
        return file in REGISTRY or file.startswith((CONTENT, f"{INBOX}/", self._theme, *FOLDERS.values()))

    def build(self, changed: frozenset[str] | None) -> Built:
        """Build what changed (None: look at everything); raises EditionError, and then the site is as it was."""
        order = Order(as_of=self.as_of, now=datetime.now(UTC), changed=changed)
        with full_disk(self.root):
            built = self._build(order)
        if hooks.STEPS:
            threading.Thread(target=self._follow, args=(built.output,), daemon=True).start()
        return built

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _build(self, order: Order) -> Built:
        lock = Lock(self.root / STAGE)
        try:
            built = self._engine.build(order, Nobody(), lock)
        except (sqlite3.DatabaseError, Broken) as error:
            if not is_damage(error):
                raise
            self._store.close()
            set_aside(self.root / FILE)
            self._begin()
            built = self._engine.build(order, Nobody(), lock)
        finally:
            lock.free()
        if isinstance(built, Built):
            return built
        return pelican_plugin.build(self.root, order, None, built)

    def _follow(self, output: Path) -> None:
        """Run what follows a build, while the next edit is written."""
        store = Store(self.root / FILE, version())
        try:
            hooks.run(store, output)
        finally:
            store.close()


def _settings(root: Path) -> conf.Settings | None:
    """Read the settings; where they are wrong the first build will tell."""
    try:
        return conf.read(root)
    except EditionError:
        return None


_KEPT = 100  # builds; a page that is older than all of them reloads in any case
_HEARTBEAT = 15.0  # seconds; a closed page is noticed when writing to it fails


class State:
    """The builds of a preview, by number; the numbers of a preview that is started again are higher."""

    def __init__(self) -> None:
        self.problem = ""
        self.builds = time.time_ns() // 1_000_000
        self._changes: deque[tuple[int, frozenset[str] | None]] = deque(maxlen=_KEPT)
        self._first = self.builds
        self._changed = threading.Condition()

    def built(self, files: Collection[str] | None, problem: str = "") -> None:
        """Note the end of a build, the files of the site that it changed (None: any), and wake the pages that wait.

        What is wrong shows on every page, and so does that it is mended.
        """
        with self._changed:
            everywhere = files is None or problem != self.problem or any(map(_is_everywhere, files))
            self.problem = problem
            self.builds += 1
            self._changes.append((self.builds, None if everywhere else frozenset(files or ())))
            if len(self._changes) == _KEPT:
                self._first = self._changes[0][0] - 1
            self._changed.notify_all()

    def wait(self, page: str, since: int) -> bool:
        """Wait for a build later than number `since` that concerns `page`; False if none came in a while."""
        with self._changed:
            return self._changed.wait_for(lambda: self._concerns(page, since), _HEARTBEAT)

    def _concerns(self, page: str, since: int) -> bool:
        if since < self._first:
            return True
        return any(
            files is None or page in files or "404.html" in files for number, files in self._changes if number > since
        )


def _is_everywhere(file: str) -> bool:
    """A style sheet or a picture may show on any page; pages and feeds are themselves."""
    return not file.endswith((".html", ".xml"))


WATCHED = ("content", "curation", "theme", "plugins", "pelicanconf.py")
_EVENTS = "/.kuratorium/changes-since-"
_STEP = 20  # milliseconds without a change are the end of a change
_SCRIPT = """<script>new EventSource("%s%d/%s").onmessage = function () { location.reload(); };</script>"""
_PROBLEM = (
    '<pre role="alert" style="position:sticky;top:0;z-index:9;margin:0;padding:1em;white-space:pre-wrap;'
    'font:14px/1.5 monospace;color:#fff;background:#8b1a1a">{}</pre>'
)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        self.state = state
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        since, _, page = self.path.removeprefix(_EVENTS).partition("/")
        if self.path.startswith(_EVENTS) and since.isdecimal():
            self._send_change(unquote(page), int(since))
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
        page = self._live(path.read_text(encoding="utf-8"), path).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return BytesIO(page)

    def _live(self, page: str, path: Path) -> str:
        problem = _PROBLEM.format(html.escape(self.state.problem)) if self.state.problem else ""
        own = quote(path.resolve().relative_to(Path(self.directory).resolve()).as_posix())
        return page.replace("</body>", f"{problem}{_SCRIPT % (_EVENTS, self.state.builds, own)}</body>", 1)

    def _send_change(self, page: str, since: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.state.wait(page, since):
                self.wfile.write(b": still here\n\n")
            self.wfile.write(b"data: reload\n\n")
        except OSError:
            return  # the page was closed

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the editor wants to read of builds."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up in the middle of a page is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def serve(root: Path, *, port: int, say: Callable[[str], None], as_of: datetime | None = None) -> None:
    """Serve the edition at `root` on 127.0.0.1:`port` until Ctrl-C; `say` is told what happens, a line each.

    Raises UsageError where the port is taken.
    """
    state = State()
    desk = Desk(root, as_of)
    desk.output.mkdir(parents=True, exist_ok=True)
    try:
        server = _Server(("127.0.0.1", port), partial(_Handler, state=state, directory=str(desk.output)))
    except OSError as error:
        raise UsageError(f"Port {port} is taken: stop what uses it, or choose another with --port.") from error
    try:
        say(_built(desk, state, None))  # before there are threads, so that it may use all cores
        gc.freeze()  # what is known of ten thousand posts is not to be searched for garbage at every edit
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"Serving on http://127.0.0.1:{server.server_port}/ – Ctrl-C ends it.")
        _follow(desk, state, server.server_port, say)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        desk.close()


def _follow(desk: Desk, state: State, port: int, say: Callable[[str], None]) -> None:
    """Build at every change that matters; where the program or its settings changed, begin anew."""
    root = desk.root
    watched = [root / name for name in WATCHED if (root / name).exists()]
    for changes in watch(*watched, step=_STEP, raise_interrupt=False):
        names = {Path(path).relative_to(root).as_posix() for _, path in changes}
        if any(name.startswith("plugins/") or is_settings(name) for name in names):
            say("The program or its settings changed: beginning anew.")
            say(problem := _begin_anew(desk, port))
            state.built(None, problem)
            continue
        names = {name for name in names if desk.matters(name)}
        if names:
            told = sorted(names)
            say(f"Changed: {', '.join(told[:3])}{' …' if len(told) > 3 else ''}")
            say(_built(desk, state, frozenset(names)))


def _begin_anew(desk: Desk, port: int) -> str:
    """Become a new process in the place of this one, which open pages find by its port; or say why it cannot run."""
    trial = [sys.executable, "-c", f"import {__package__}.preview, {__package__}.reading, {__package__}.making"]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if tried.returncode:
        return tried.stderr.strip()
    desk.close()
    command = [sys.executable, "-m", "kuratorium.cli", "preview", "--port", str(port)]
    command += ["--as-of", desk.as_of.isoformat()] if desk.as_of else []
    sys.stdout.flush()
    os.chdir(desk.root)
    return os.execv(sys.executable, command)  # noqa: S606 - our own command, and it never returns


def _built(desk: Desk, state: State, changed: frozenset[str] | None) -> str:
    """Build, tell the pages, and say in a line what came of it."""
    try:
        built = desk.build(changed)
    except (KuratoriumError, OSError) as error:
        state.built(None, str(error))
        return str(error)
    state.built(None if built.pelican else built.files)
    if not built.files:
        return f"Nothing changed in the site ({built.seconds:.2f} s)."
    return f"Built in {built.seconds:.2f} s: {len(built.files)} of {built.pages} pages and other files changed."
