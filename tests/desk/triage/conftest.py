from __future__ import annotations

from datetime import datetime

import pytest

from kuratorium.desk.triage.desk import Desk, read_desk
from tests.editions import NOW, TinyEdition


class Morning:
    """An editor's morning: a tiny edition, and the desk as it is read anew."""

    def __init__(self, tiny: TinyEdition) -> None:
        self.tiny = tiny

    @property
    def desk(self) -> Desk:
        """The desk as it stands in the files now."""
        return read_desk(self.tiny.root, datetime.fromisoformat(NOW))

    def titles(self) -> list[list[str]]:
        """Return the titles of each story, by rank."""
        return [[item.meta.title for item in story.items] for story in self.desk.stories]

    def items(self, *titles: str):
        """Return the items with these titles."""
        found = {item.meta.title: item for story in self.desk.stories for item in story.items}
        return [found[title] for title in titles]


@pytest.fixture
def morning(tiny: TinyEdition) -> Morning:
    """Return a morning at the desk of a tiny edition, whose last note on transformation is thirteen days old."""
    return Morning(tiny)
