"""The files of a folder of suggestions as one document: YAML, Markdown and mail, which is read below var/ only."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...edition.paths import find_edition_file
from ...errors import SourceError
from ...files import read_regular_file
from ..http.responses import Response, hash_body

MAX_FILE_BYTES = 200_000  # of a mail, too: an attachment is not needed
_MAX_FILES = 500
_SUFFIXES = (".yaml", ".yml", ".md", ".eml")
_MAIL_FOLDERS = ("new", "cur")  # of a Maildir


def read_folder(root: Path, address: str) -> Response:
    """Return a folder, or a file, of suggestions as a response whose body `unpack_files` reads.

    A folder that does not exist is an empty one. What cannot be read, or is too large, is named without its bytes.
    Raises SourceError if the path leads out of the edition.
    """
    top = find_edition_file(root, address)
    if top is None:
        raise SourceError("not-found", f"{address} is neither a web address nor a folder in the edition")
    files = [_pack(root, top, path) for path in sorted(_list_files(top))[:_MAX_FILES]]
    data = json.dumps({"files": files}).encode()
    return Response(data=data, body_hash=hash_body(data), compressed_bytes=len(data), decompressed_bytes=len(data))


def unpack_files(document: dict[str, Any]) -> Iterator[tuple[str, bytes | None]]:
    """Yield the name and the bytes of each file in a document of `read_folder`; None for one that is not read."""
    for file in document["files"]:
        yield file["name"], None if file["data"] is None else base64.b64decode(file["data"])


def _list_files(top: Path) -> Iterator[Path]:
    if top.is_file():
        yield top
        return
    is_maildir = all((top / name).is_dir() for name in _MAIL_FOLDERS)
    folders = [top / name for name in _MAIL_FOLDERS] if is_maildir else [top]
    for path in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        # A link may lead out of the edition, and a FIFO would make the pull wait for ever.
        is_named_so = is_maildir or path.suffix.lower() in _SUFFIXES
        if is_named_so and not path.name.startswith(".") and path.is_file() and not path.is_symlink():
            yield path


def _pack(root: Path, top: Path, path: Path) -> dict[str, str | None]:
    name = path.relative_to(root.resolve()).as_posix()
    if path.parent.name in _MAIL_FOLDERS and path.suffix.lower() not in _SUFFIXES:
        name += ".eml"
    is_mail_in_git = name.endswith(".eml") and not top.is_relative_to(root.resolve() / "var")
    try:
        is_readable = not is_mail_in_git and path.stat().st_size <= MAX_FILE_BYTES
        data = base64.b64encode(read_regular_file(path)).decode() if is_readable else None
    except OSError:
        data = None
    return {"name": name.encode("utf-8", "replace").decode(), "data": data}
