"""Writes files so that a killed run leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` (text as UTF-8) to `path`, making its folder; a file that is there is replaced as a whole."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    # Hidden and with a tilde: whoever lists the folder, or git, passes over what a killed run leaves.
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}~")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:  # noqa: PTH123
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
