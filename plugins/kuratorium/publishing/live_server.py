"""The web server of a preview: it serves the site to browsers on this machine, and reloads open pages.

Only pages that a build changed reload. While a build fails, every page shows the error above its own content.
"""

from __future__ import annotations

import html
import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from ..edition.pictures.model import MEDIA_TYPES, PICTURES_FOLDER

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


_EVENTS_PATH = "/.kuratorium/changes-since-"
_EVENTS_ADDRESS = re.compile(rf"{re.escape(_EVENTS_PATH)}(?P<since>[0-9]{{1,18}})/(?P<page>.*)")
# Files of their own, because the policy of the pages allows no script and no style within them.
_OWN_FILES = {
    "/.kuratorium/reload.js": (
        "text/javascript",
        "new EventSource(document.currentScript.dataset.events).onmessage = function () { location.reload(); };\n",
    ),
    "/.kuratorium/problem.css": (
        "text/css",
        (
            ".kuratorium-problem{position:sticky;top:0;z-index:2147483647;box-sizing:border-box;width:100%;max-height:60vh;"
            "overflow:auto;margin:0;padding:1em;white-space:pre-wrap;overflow-wrap:anywhere;text-align:left;"
            "font:14px/1.5 monospace;color:#fff;background:#8b1a1a}\n"
        ),
    ),
}
_RELOAD_SCRIPT = '<script src="/.kuratorium/reload.js" data-events="%s%d/%s"></script>'
_PROBLEM_BANNER = (
    '<link rel="stylesheet" href="/.kuratorium/problem.css"><pre role="alert" class="kuratorium-problem">{}</pre>'
)
_BODY_START = re.compile(rb"<body\b[^>]*>", re.I)
_BODY_END = re.compile(rb"</body\s*>", re.I)
# Names that every machine gives itself. Another name leads here if its owner's name server says so: then a page of his
# could read the site (DNS rebinding), for a browser takes the two for one host.
_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?", re.I)


PictureFinder = Callable[[str], bytes | None]


class PreviewServer(ThreadingHTTPServer):
    """The server of the site in `folder` on 127.0.0.1:`port` (0: a free one); raises OSError if the port is taken.

    `draw_picture` returns the file at a path of the site that no build has drawn yet; None if there is no such picture.
    """

    daemon_threads = True  # Ctrl-C does not wait for open pages, which hold a connection each

    def __init__(
        self, folder: Path, port: int, notifier: ReloadNotifier, draw_picture: PictureFinder = lambda _: None
    ) -> None:
        handler = partial(_PreviewHandler, notifier=notifier, draw_picture=draw_picture, directory=str(folder))
        super().__init__(("127.0.0.1", port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - as socketserver calls it
        """Print errors in one line, except that a browser hung up in the middle of a page."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            print(f"kuratorium: a request was not answered: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201


class _PreviewHandler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, notifier: ReloadNotifier, draw_picture: PictureFinder, **kwargs: Any) -> None:
        self.notifier = notifier
        self.draw_picture = draw_picture
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        events = _EVENTS_ADDRESS.fullmatch(self.path)
        if events and self._is_for_this_machine():
            self._send_change_event(unquote(events["page"]), int(events["since"]))
        elif self.path in _OWN_FILES and self._is_for_this_machine():
            self._send_own_file(*_OWN_FILES[self.path])
        else:
            super().do_GET()

    def _send_own_file(self, media_type: str, text: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def send_head(self) -> BytesIO | BinaryIO | None:
        if not self._is_for_this_machine():
            self.send_error(
                HTTPStatus.FORBIDDEN, explain="The preview is at http://127.0.0.1 and http://localhost only."
            )
            return None
        path, status = self._find_file(self.translate_path(self.path)), HTTPStatus.OK
        if path is None and (picture := self._find_picture()):
            return picture
        if path is None:
            path, status = self._find_file(f"{self.directory}/404.html"), HTTPStatus.NOT_FOUND
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        # Only pages get the script; http.server sends all other files as they are.
        return self._send_page(path, status) if path.suffix == ".html" else super().send_head()

    def _is_for_this_machine(self) -> bool:
        return bool(_OWN_HOST.fullmatch(self.headers.get("Host", "")))

    def _find_file(self, name: str) -> Path | None:
        """Return the file of the site at a path, or the index.html in a folder; None if no link may lead there."""
        try:
            path = Path(name)
            path = path / "index.html" if path.is_dir() else path
            is_in_site = path.resolve().is_relative_to(Path(self.directory).resolve())
            return path if is_in_site and path.is_file() else None
        except (OSError, ValueError, RuntimeError):  # too long, with a NUL, or links in a circle
            return None

    def _find_picture(self) -> BytesIO | None:
        """Send the head of a picture that no build has drawn yet, and return its bytes; None if it is no such path."""
        path = unquote(self.path.partition("?")[0]).lstrip("/")
        if not path.startswith(f"{PICTURES_FOLDER}/") or not (data := self.draw_picture(path)):
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", MEDIA_TYPES[path.rpartition(".")[2]])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def _send_page(self, path: Path, status: HTTPStatus) -> BytesIO:
        page = self._add_reload_script(path.read_bytes(), path)
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")  # or a reload could show the old page
        self.end_headers()
        return BytesIO(page)

    def _add_reload_script(self, page: bytes, path: Path) -> bytes:
        page_path = quote(os.fsencode(path.relative_to(self.directory)))
        script = (_RELOAD_SCRIPT % (_EVENTS_PATH, self.notifier.build_number, page_path)).encode()
        # Escaped: a message may quote what an editor or a feed wrote.
        problem = _PROBLEM_BANNER.format(html.escape(self.notifier.problem)) if self.notifier.problem else ""
        start, end = _BODY_START.search(page), _BODY_END.search(page)
        begin, finish = start.end() if start else 0, end.start() if end else len(page)
        return page[:begin] + problem.encode("utf-8", "replace") + page[begin:finish] + script + page[finish:]

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
