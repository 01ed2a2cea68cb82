"""`kuratorium preview`: serves the site on this machine, rebuilds it on a change, and reloads the browser.

Every build is a process of its own, so that a change in plugins/ counts, and no build leaves anything behind.
A build that fails leaves the last good site, with what is wrong on top of every page.
"""

from __future__ import annotations

import html
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

from watchfiles import watch

from ..errors import UsageError

WATCHED = ("content", "curation", "theme", "plugins", "pelicanconf.py")
_EVENTS = "/.kuratorium/changes-since-"
_HEARTBEAT = 15.0  # seconds; a closed page is noticed when writing to it fails
_SCRIPT = """<script>new EventSource("%s%d").onmessage = function () { location.reload(); };</script>"""
_PROBLEM = (
    '<pre role="alert" style="position:sticky;top:0;z-index:9;margin:0;padding:1em;white-space:pre-wrap;'
    'font:14px/1.5 monospace;color:#fff;background:#8b1a1a">{}</pre>'
)


class State:
    """What the last build left: how many there were, and what was wrong with the last one."""

    def __init__(self) -> None:
        self.problem = ""
        self.builds = 0
        self._changed = threading.Condition()

    def built(self, problem: str) -> None:
        """Note the end of a build and wake every page that waits for it."""
        with self._changed:
            self.problem = problem
            self.builds += 1
            self._changed.notify_all()

    def wait(self, since: int) -> bool:
        """Wait for a build later than build number `since`; False if none came within `_HEARTBEAT` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.builds > since, _HEARTBEAT)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        self.state = state
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        since = self.path.removeprefix(_EVENTS)
        if since.isdecimal():
            self._send_change(int(since))
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
        page = self._live(path.read_text(encoding="utf-8")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return BytesIO(page)

    def _live(self, page: str) -> str:
        problem = _PROBLEM.format(html.escape(self.state.problem)) if self.state.problem else ""
        return page.replace("</body>", f"{problem}{_SCRIPT % (_EVENTS, self.state.builds)}</body>", 1)

    def _send_change(self, since: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.state.wait(since):
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
    output = root / "output"
    output.mkdir(exist_ok=True)
    try:
        server = _Server(("127.0.0.1", port), partial(_Handler, state=state, directory=str(output)))
    except OSError as error:
        raise UsageError(f"Port {port} is taken: stop what uses it, or choose another with --port.") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        say(_rebuild(root, state, as_of))
        say(f"Serving on http://127.0.0.1:{server.server_port}/ – Ctrl-C ends it.")
        for changes in watch(*(root / name for name in WATCHED if (root / name).exists()), raise_interrupt=False):
            names = sorted({Path(path).relative_to(root).as_posix() for _, path in changes})
            say(f"Changed: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}")
            say(_rebuild(root, state, as_of))
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()


def _rebuild(root: Path, state: State, as_of: datetime | None) -> str:
    """Build in a new process; returns what it said."""
    command = [sys.executable, "-m", "kuratorium.cli", "build", "--output", str(root / "output")]
    command += ["--as-of", as_of.isoformat()] if as_of else []
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    problem = (ended.stderr or ended.stdout).strip() if ended.returncode else ""
    state.built(problem)
    return problem or ended.stdout.strip()
