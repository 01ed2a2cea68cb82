from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

from kuratorium.desk.posts.desk import PostsDesk, open_desk
from kuratorium.publishing.urls import Paths
from tests.editions import NOW

AUTHOR = ("-c", "user.name=Anna", "-c", "user.email=anna@tiny.example")


def desk_of(root: Path) -> PostsDesk:
    """Return the desk of an edition on the day of the tests."""
    return open_desk(root, Paths, datetime.fromisoformat(NOW))


def commit(root: Path) -> None:
    """Commit all files of an edition, in a repository of its own."""
    for words in (["init", "--quiet"], ["add", "--all"], [*AUTHOR, "commit", "--quiet", "--message", "State"]):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
