"""What Pelican only logs and goes on after, though a site without it is not whole."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from ..errors import EditionError, KuratoriumError, Problem

# The warnings of pelican.utils.copy and copy_file, and why: the third argument, or what they say themselves.
# Their first argument is the path.
_NOT_COPIED = {
    "A problem occurred copying file %s to %s; %s": "",
    "While copying %s: %s: %s": "",
    "Skipped copy %s (not a file or directory) to %s": "it is neither a file nor a folder",
    "Cannot copy %s (a directory) to %s (a file)": "a file of the site has the address of this folder",
}


class Listener(logging.Handler):
    """Listens to Pelican from its making until `stop`."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard: list[logging.LogRecord] = []
        logging.getLogger("pelican").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep errors, and files that could not be copied."""
        if record.levelno >= logging.ERROR or record.msg in _NOT_COPIED:
            self._heard.append(record)

    def complain(self, root: Path) -> None:
        """Raise what was heard: EditionError for files of the edition at `root`, KuratoriumError for the rest."""
        problems = [_not_copied(record, root) for record in self._heard if record.msg in _NOT_COPIED]
        if problems:
            raise EditionError(problems)
        if self._heard:
            raise KuratoriumError("Pelican reports: " + "; ".join(record.getMessage() for record in self._heard))

    def stop(self) -> None:
        """Listen no more."""
        logging.getLogger("pelican").removeHandler(self)


def _not_copied(record: logging.LogRecord, root: Path) -> Problem:
    path, *_, last = record.args if isinstance(record.args, tuple) else ("", "")
    what = f"cannot be copied: {_NOT_COPIED[record.msg] or last}"
    return Problem(os.path.relpath(str(path), root), 0, "", what, "Make the file readable, or remove it.")
