"""What open pages of a preview are told: which builds there were, what each changed, what is wrong."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection

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
