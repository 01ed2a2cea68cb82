import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kuratorium.deploy.model import DeployError
from kuratorium.errors import UsageError
from tests.deploy.sites import PAGES, Site, read_folder

_RUN = """
import sys
from pathlib import Path
from tests.deploy.sites import Site
Site(Path(sys.argv[1]), {}).deploy({"folder": {"path": sys.argv[2]}})
"""


def test_a_part_of_the_edition_is_no_target(tmp_path: Path) -> None:
    """Nor the site itself, nor a folder that holds the edition: nothing would be left of it."""
    site = Site(tmp_path / "edition")
    for path in ("content", "output/site", "curation/notes", ".", ".."):
        with pytest.raises(UsageError, match="part of the edition"):
            site.deploy({"folder": {"path": path}})
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        site.deploy({"folder": {"path": str(tmp_path / "file")}})


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A link in the target that leads out of it is an error, and what it leads to stays."""
    site = Site(tmp_path / "edition")
    (tmp_path / "live").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "live/notizen").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeployError, match="leads out of the target"):
        site.deploy({"folder": {"path": str(tmp_path / "live")}})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_killed_run_leaves_whole_files_and_the_next_ends_it(tmp_path: Path) -> None:
    """Readers never see half a file, wherever the run ends, and nothing is deleted before all is there."""
    big = {f"notizen/{number}.html": bytes([number % 251]) * 200_000 for number in range(150)}
    site = Site(tmp_path / "edition", {**PAGES, **big})
    live = tmp_path / "live"
    (live / "notizen").mkdir(parents=True)
    (live / "notizen/0.html").write_bytes(b"old")
    process = subprocess.Popen([sys.executable, "-c", _RUN, str(site.root), str(live)], cwd=Path(__file__).parents[3])
    while not any(live.glob("notizen/1*.html")) and process.poll() is None:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    left = {path: data for path, data in read_folder(live).items() if not path.startswith(".kuratorium-deploy~")}
    assert all(data in {(PAGES | big)[path], b"old"} for path, data in left.items())
    site.deploy({"folder": {"path": str(live)}})
    assert read_folder(live) == PAGES | big
