"""A tiny built site and its deployment, as the command calls it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from kuratorium.deploy.run import DeployOptions, DeployReport, deploy_site
from kuratorium.deploy.site import BuildFiles
from kuratorium.edition.hosting.targets import Target

PAGES = {
    "index.html": b'<link href="site.0123456789.css">',
    "notizen/a.html": b"a",
    "feed.xml": b"<?xml version='1.0'?><rss version='2.0'></rss>",
    "feed.json": b'{"version": "https://jsonfeed.org/version/1.1"}',
    "talks.ics": b"BEGIN:VCALENDAR",
    "ton/abend.vtt": b"WEBVTT",
    "quellen.opml": b"<opml/>",
    "pagefind/wasm.de.pagefind": b"\0\1",
    "site.0123456789.css": b"a{}",
    ".well-known/security.txt": b"Contact: mailto:a@example.org",
}


class Site:
    """An edition's folder with a finished site, without a build: files as a test writes them."""

    def __init__(self, root: Path, files: Mapping[str, bytes] = PAGES) -> None:
        self.root, self.output = root, root / "output"
        for path, data in files.items():
            self.write(path, data)

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the site."""
        (self.output / path).parent.mkdir(parents=True, exist_ok=True)
        (self.output / path).write_bytes(data)

    @property
    def build(self) -> BuildFiles:
        """What a build leaves."""
        var = self.root / "var"
        unfinished = (var / "build.unfinished",)
        return BuildFiles(
            output=self.output, cache=var / "build.sqlite3", lock=var / "stage.lock", unfinished=unfinished
        )

    def deploy(self, target: Mapping[str, Any], **options: Any) -> DeployReport:
        """Deploy the site to a target, written as in policy.yaml."""
        record = msgspec.convert({"id": "live", **target}, Target)
        return deploy_site(self.root, record, self.build, DeployOptions(**options))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, without what a deployment notes for itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".kuratorium-deploy"
    }
