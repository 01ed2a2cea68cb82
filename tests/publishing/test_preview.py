import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from threading import Thread

import pytest

from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT

PATIENCE = 60.0  # seconds; a slow machine is no failure


class Preview:
    """A running `kuratorium preview` and what it says."""

    def __init__(self, tiny: TinyEdition) -> None:
        self.said: list[str] = []
        command = [sys.executable, "-u", "-m", "kuratorium.cli.main", "preview", "--port", "0"]
        self.process = subprocess.Popen(
            command, cwd=tiny.root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        Thread(target=self._listen, daemon=True).start()
        self.address = self.wait_for(r"http://127\.0\.0\.1:\d+")

    def _listen(self) -> None:
        assert self.process.stdout
        self.said.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, pattern: str) -> str:
        """Wait until it says something that matches; returns the match."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and self.process.poll() is None:
            if match := re.search(pattern, "".join(self.said)):
                return match[0]
            time.sleep(0.05)
        raise AssertionError(f"preview never said {pattern}: {''.join(self.said)}")

    def get(self, path: str) -> str:
        """Read a page."""
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def get_when(self, path: str, words: str) -> str:
        """Read a page once it holds these words."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if words in (page := self.get(path)):
                return page
            time.sleep(0.05)
        raise AssertionError(f"{path} never held {words}: {''.join(self.said)}")


@pytest.fixture
def preview(tiny: TinyEdition) -> Iterator[Preview]:
    """A preview of the tiny edition on a free port."""
    running = Preview(tiny)
    yield running
    running.process.terminate()
    running.process.wait(PATIENCE)
    assert running.process.stdout
    running.process.stdout.close()


def test_a_change_is_built_shown_and_announced_to_the_browser(tiny: TinyEdition, preview: Preview) -> None:
    """A page waits for the next build; a change in content/ makes it, and the page is told to reload."""
    page = preview.get("notizen/erste-notiz.html")
    (waits,) = re.findall(r'EventSource\("/([^"]+)"\)', page)
    told: list[str] = []
    waiting = Thread(target=lambda: told.append(preview.get(waits)))
    waiting.start()
    note = tiny.root / "curation/notes/2026/erste-notiz.md"
    note.write_text(note.read_text() + "\nGerade geschrieben.\n")
    waiting.join(PATIENCE)
    assert told == ["data: reload\n\n"]
    assert "Gerade geschrieben." in preview.get("notizen/erste-notiz.html")


def test_a_mistake_is_shown_on_the_page_and_the_site_stays(tiny: TinyEdition, preview: Preview) -> None:
    """A failed build leaves the last good page, with file, line and mend on top; the mend takes it away."""
    broken = tiny.note("kaputt", topics=["gibt-es-nicht"])
    page = preview.get_when("notizen/erste-notiz.html", "unknown topic &quot;gibt-es-nicht&quot;")
    assert "curation/notes/2026/kaputt.md:" in page
    assert "Lesenswert, weil" in page
    broken.unlink()
    preview.wait_for(r"(?s)kaputt\.md.*Changed.*kaputt\.md.*\d")
    ends = time.monotonic() + PATIENCE
    while "gibt-es-nicht" in preview.get("notizen/erste-notiz.html"):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_lost_address_gets_the_page_for_it(preview: Preview) -> None:
    """An address that leads nowhere shows 404.html, as a host would."""
    with pytest.raises(urllib.error.HTTPError) as told:
        preview.get("gibt/es/nicht.html")
    with told.value as answer:
        assert answer.code == 404
        assert b"404" in answer.read()


def test_a_taken_port_is_told(preview: Preview) -> None:
    """Another preview on the same port says so and names the way out."""
    port = preview.address.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", port],
        cwd=REPOSITORY, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert f"Port {port} is taken" in ended.stderr
    assert "--port" in ended.stderr
