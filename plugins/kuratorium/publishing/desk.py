"""An edition that is built again and again in one process, as long as a preview runs."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

from ..errors import EditionError
from ..folders import CONTENT, INBOX, REGISTRY
from ..formats import FOLDERS
from . import afterwards, through_pelican
from . import settings as conf
from .build import full_disk
from .built import Built, Nobody, Order
from .engine import STAGE, Engine
from .stage import Lock
from .store import FILE, Broken, Store, is_damage, set_aside
from .version import version


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
        if afterwards.STEPS:
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
        return through_pelican.build(self.root, order, None, built)

    def _follow(self, output: Path) -> None:
        """Run what follows a build, while the next edit is written."""
        store = Store(self.root / FILE, version())
        try:
            afterwards.run(store, output)
        finally:
            store.close()


def _settings(root: Path) -> conf.Settings | None:
    """Read the settings; where they are wrong the first build will tell."""
    try:
        return conf.read(root)
    except EditionError:
        return None
