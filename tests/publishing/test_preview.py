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
    """A running `kuratorium preview` and the lines it printed."""

    def __init__(self, tiny: TinyEdition) -> None:
        self.lines: list[str] = []
        command = [sys.executable, "-u", "-m", "kuratorium.cli.main", "preview", "--port", "0"]
        self.process = subprocess.Popen(
            command, cwd=tiny.root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        Thread(target=self._listen, daemon=True).start()
        self.address = self.wait_for(r"http://127\.0\.0\.1:\d+")

    def _listen(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, pattern: str) -> str:
        """Wait until its output matches `pattern`; return the match."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and self.process.poll() is None:
            if match := re.search(pattern, "".join(self.lines)):
                return match[0]
            time.sleep(0.05)
        raise AssertionError(f"preview never printed {pattern}: {''.join(self.lines)}")

    def get(self, path: str) -> str:
        """Read a page."""
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=PATIENCE) as response:
            return str(response.read().decode())

    def get_when(self, path: str, words: str) -> str:
        """Read a page, again and again until it contains these words."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if words in (page := self.get(path)):
                return page
            time.sleep(0.05)
        raise AssertionError(f"{path} never contained {words}: {''.join(self.lines)}")


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
    """An open page waits for the next build; an edit of a post starts it, and the page gets an event to reload."""
    page = preview.get("notizen/erste-notiz.html")
    (address,) = re.findall(r'EventSource\("/([^"]+)"\)', page)
    messages: list[str] = []
    waiting = Thread(target=lambda: messages.append(preview.get(address)))
    waiting.start()
    note = tiny.root / "curation/notes/2026/erste-notiz.md"
    note.write_text(note.read_text() + "\nGerade geschrieben.\n")
    waiting.join(PATIENCE)
    assert messages == ["data: reload\n\n"]
    assert "Gerade geschrieben." in preview.get("notizen/erste-notiz.html")


def test_a_mistake_is_shown_on_the_page_and_the_site_stays(tiny: TinyEdition, preview: Preview) -> None:
    """After a failed build the last good page shows file, line and hint on top; a corrected file removes them."""
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
    """An address without a page shows 404.html, as a host would."""
    with pytest.raises(urllib.error.HTTPError) as error:
        preview.get("gibt/es/nicht.html")
    with error.value as response:
        assert response.code == 404
        assert b"404" in response.read()


def test_a_taken_port_is_reported(preview: Preview) -> None:
    """Another preview on the same port says that it is taken and which option helps."""
    port = preview.address.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", port],
        cwd=REPOSITORY, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert f"Port {port} is taken" in ended.stderr
    assert "--port" in ended.stderr
