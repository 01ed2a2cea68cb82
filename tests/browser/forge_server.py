"""A Gitea with one repository, the folder of an edition, for programs that edit files.

It answers as much of the documented API as they need: the version, the user, the branch, the tree, files by path, and a
commit of several files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = "our-group/our-site"
TOKEN = "secret-token"
USER = {
    "id": 1,
    "login": "anna",
    "full_name": "Anna Berg",
    "email": "anna@tiny.example",
    "html_url": "",
    "avatar_url": "",
}
_SKIPPED = {"output", "var", "theme", ".git"}


class Forge:
    """The server: its address, the edition that it serves, and the messages of the commits that it took."""

    def __init__(self, root: Path, address: str) -> None:
        self.root = root
        self.address = address
        self.commits: list[str] = []

    def list_tree(self) -> list[dict[str, Any]]:
        """Return all files of the repository as the API lists them."""
        files = [
            path
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.relative_to(self.root).parts[0] not in _SKIPPED
        ]
        return [
            {
                "path": path.relative_to(self.root).as_posix(),
                "type": "blob",
                "sha": hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest(),
                "size": path.stat().st_size,
            }
            for path in files
        ]

    def read_files(self, paths: list[str]) -> list[dict[str, Any]]:
        """Return files with their bytes, in base64."""
        return [
            {"path": path, "encoding": "base64", "content": base64.b64encode((self.root / path).read_bytes()).decode()}
            for path in paths
        ]

    def commit(self, change: dict[str, Any]) -> dict[str, Any]:
        """Write, move or delete files."""
        files = []
        for file in change["files"]:
            path = self.root / file["path"]
            if file["operation"] == "delete":
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(file["content"]))
            files.append(
                {"path": file["path"], "sha": hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()}
            )
        self.commits.append(change["message"])
        return {"commit": {"sha": "c" * 40, "created": "2026-10-14T09:00:00Z"}, "files": files}

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Return what the API answers; None if there is no such address."""
        repository = f"/api/v1/repos/{REPOSITORY}"
        fixed = {
            "/api/v1/version": {"version": "1.24.0"},
            "/api/v1/user": USER,
            "/api/v1/settings/api": {"default_paging_num": 30, "max_response_items": 50},
            repository: {"default_branch": "main", "permissions": {"pull": True, "push": True}},
            f"{repository}/branches/main": {"commit": {"id": "c" * 40, "message": "Last"}},
            f"{repository}/commits": [],
        }
        if path in fixed:
            return fixed[path]
        if path.startswith(f"{repository}/git/trees/"):
            return {"tree": self.list_tree(), "truncated": False}
        if path == f"{repository}/file-contents":
            return self.read_files(body["files"])
        if path == f"{repository}/contents" and method == "POST":
            return self.commit(body)
        return None


@contextmanager
def forge(root: Path) -> Iterator[Forge]:
    """Serve the edition at `root` as a repository, to pages of other hosts too, as a Gitea does that allows them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", None)

        def do_POST(self) -> None:
            self._answer("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_OPTIONS(self) -> None:
            self._send(204, b"")

        def _answer(self, method: str, body: Any) -> None:
            if self.headers["Authorization"] != f"token {TOKEN}":
                self._send(401, b"{}")
                return
            answer = served.answer(method, urlsplit(self.path).path, body)
            self._send(404 if answer is None else 200, json.dumps(answer).encode())

        def _send(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*, Authorization, Content-Type")
            self.send_header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing: a test reads the commits."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Forge(root, f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
