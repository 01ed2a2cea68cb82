"""`kuratorium preview`: serves the site on this machine, rebuilds it on a change, and reloads the browser.

What was read stays in memory, so an edit is built in a moment; only open pages that it concerns reload.
A build that fails leaves the last good site, with what is wrong on top of every page.
"""

from __future__ import annotations

import gc
import html
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from watchfiles import watch

from ..errors import KuratoriumError, UsageError
from .decision import is_settings
from .desk import Desk
from .live import State

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
