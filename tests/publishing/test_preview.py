import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.editions import REPOSITORY, TinyEdition
from tests.publishing.build.test_run import ENVIRONMENT

PATIENCE = 60.0  # seconds; a slow machine is no failure


class Preview:
    """A running `kuratorium preview` and the lines it printed."""

    def __init__(self, tiny: TinyEdition, *program: str) -> None:
        self.lines: list[str] = []
        command = [sys.executable, "-u", *(program or ("-m", "kuratorium.cli.main", "preview", "--port", "0"))]
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

    def get_without(self, path: str, words: str) -> None:
        """Read a page, again and again until it does not contain these words."""
        ends = time.monotonic() + PATIENCE
        while words in self.get(path):
            assert time.monotonic() < ends
            time.sleep(0.05)


@pytest.fixture
def preview(tiny: TinyEdition) -> Iterator[Preview]:
    """A preview of the tiny edition on a free port."""
    with run_preview(tiny) as running:
        yield running


@contextmanager
def run_preview(tiny: TinyEdition, *program: str) -> Iterator[Preview]:
    """Run a preview, of `program` if it is not the usual one, and end it."""
    running = Preview(tiny, *program)
    yield running
    running.process.terminate()
    running.process.wait(PATIENCE)
    assert running.process.stdout
    running.process.stdout.close()


def test_a_change_is_built_shown_and_announced_to_the_browser(tiny: TinyEdition, preview: Preview) -> None:
    """An open page waits for the next build; an edit of a post starts it, and the page gets an event to reload."""
    page = preview.get("notizen/erste-notiz.html")
    (address,) = re.findall(r'data-events="/([^"]+)"', page)
    messages: list[str] = []
    waiting = Thread(target=lambda: messages.append(preview.get(address)))
    waiting.start()
    note = tiny.root / "curation/notes/2026/erste-notiz.md"
    note.write_text(note.read_text() + "\nGerade geschrieben.\n")
    waiting.join(PATIENCE)
    assert messages == ["data: reload\n\n"]
    assert "Gerade geschrieben." in preview.get("notizen/erste-notiz.html")


def test_drafts_are_shown_if_asked_for(tiny: TinyEdition) -> None:
    """An edit of a draft is shown as any other, and output/ is not touched."""
    draft = tiny.essay("entwurf", status="draft")
    command = ("-m", "kuratorium.cli.main", "preview", "--drafts", "--port", "0")
    with run_preview(tiny, *command) as preview:
        assert '<strong class="band" lang="de">Entwurf</strong>' in preview.get("essays/entwurf.html")
        draft.write_text(draft.read_text() + "\nGerade geschrieben.\n")
        preview.get_when("essays/entwurf.html", "Gerade geschrieben.")
        assert (tiny.root / "var/drafts").exists()
    assert not (tiny.root / "output").exists()
    assert not (tiny.root / "var/drafts").exists()  # also after TERM, as `run_preview` sends it


def test_a_mistake_is_shown_on_the_page_and_the_site_stays(tiny: TinyEdition, preview: Preview) -> None:
    """After a failed build the last good page shows file, line and hint on top; a corrected file removes them."""
    broken = tiny.note("kaputt", topics=["gibt-es-nicht"])
    page = preview.get_when("notizen/erste-notiz.html", "unbekannt (Thema): „gibt-es-nicht“")
    assert "curation/notes/2026/kaputt.md:" in page
    assert "Lesenswert, weil" in page
    broken.unlink()
    preview.wait_for(r"(?s)kaputt\.md.*Changed.*kaputt\.md.*\d")
    preview.get_without("notizen/erste-notiz.html", "gibt-es-nicht")


def test_what_is_saved_before_the_watcher_watches_is_built(tiny: TinyEdition) -> None:
    """A file that is saved after the first build, and before anybody looks for changes, waits for no other edit."""
    slow_watcher = """
import sys, time
from kuratorium.publishing import preview
watch = preview.watch
def watch_late(*paths, **options):
    time.sleep(3)
    yield from watch(*paths, **options)
preview.watch = watch_late
from kuratorium.cli.main import main
sys.exit(main(["preview", "--port", "0"]))
"""
    with run_preview(tiny, "-c", slow_watcher) as running:
        note = tiny.root / "curation/notes/2026/erste-notiz.md"
        note.write_text(note.read_text() + "\nZu früh gespeichert.\n")
        running.get_when("notizen/erste-notiz.html", "Zu früh gespeichert.")


BUG = """
import sys
from kuratorium.publishing.build import session
build, raised = session.BuildSession.build, []
def build_with_a_bug(self, *arguments):
    if (self.root / "curation/notes/2026/zweite.md").exists() and not raised:
        raised.append(1)
        raise RecursionError("zu tief")
    return build(self, *arguments)
session.BuildSession.build = build_with_a_bug
from kuratorium.cli.main import main
sys.exit(main(["preview", "--port", "0"]))
"""


def test_a_bug_is_shown_and_watching_goes_on(tiny: TinyEdition) -> None:
    """Whatever a build raises, the page says so, and the next edit is built, with what the failed one was to read."""
    with run_preview(tiny, "-c", BUG) as running:
        tiny.note("zweite", body="Während des Fehlers geschrieben.")
        page = running.get_when("index.html", "internal error: RecursionError: zu tief")
        assert "report" in page
        note = tiny.root / "curation/notes/2026/erste-notiz.md"
        note.write_text(note.read_text() + "\nDanach.\n")
        running.get_when("notizen/erste-notiz.html", "Danach.")
        running.get_without("index.html", "internal error")
        assert "Während des Fehlers" in running.get("notizen/zweite.html")


def test_a_preview_serves_no_folder_that_is_not_its_own(tiny: TinyEdition) -> None:
    """Not even for a moment: the folder may be the whole edition, with all drafts."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(settings.read_text() + '\nOUTPUT_PATH = "."\n')
    ended = subprocess.run(
        [sys.executable, "-m", "kuratorium.cli.main", "preview", "--port", "0"],
        cwd=tiny.root, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "in diesem Ordner liegt die Ausgabe selbst" in ended.stderr


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
    assert f"Port {port} ist belegt" in ended.stderr
    assert "--port" in ended.stderr


def test_settings_that_are_missing_or_exit_are_waited_for(tiny: TinyEdition, preview: Preview) -> None:
    """Pages stay, with the error on top, until the file is there again and can be run."""
    settings = tiny.root / "pelicanconf.py"
    text = settings.read_text()
    settings.rename(tiny.root / "beiseite")
    preview.get_when("index.html", "the file is missing")
    settings.write_text("import sys\nsys.exit(5)\n" + text)
    preview.get_when("index.html", "cannot be run: SystemExit: 5")
    (tiny.root / "beiseite").rename(settings)
    preview.wait_for(r"(?s)SystemExit.*Serving on")
    preview.get_without("index.html", "cannot be run")


def test_a_removed_page_is_built_again(tiny: TinyEdition, preview: Preview) -> None:
    """Also one in a folder, and again after an edit of another page."""
    page = tiny.root / "output/notizen/erste-notiz.html"
    assert page.is_file()
    for words in ("Ein anderer Satz.", "Noch einer."):
        page.unlink()
        ends = time.monotonic() + PATIENCE
        while not page.is_file() and time.monotonic() < ends:
            time.sleep(0.05)
        assert "Titel von erste-notiz" in preview.get("notizen/erste-notiz.html")
        tiny.note("weitere", uid="weitere001", body=words)
        preview.get_when("index.html", "Titel von weitere")
        preview.get_when("notizen/weitere.html", words)


SLOW_STAMPS = """
import sys, time
from kuratorium.publishing.preview import PreviewBuilder
stamp_folders = PreviewBuilder._stamp_folders
def stamp_late(self, changed_paths):
    time.sleep(1.5)
    stamp_folders(self, changed_paths)
PreviewBuilder._stamp_folders = stamp_late
from kuratorium.cli.main import main
sys.exit(main(["preview", "--port", "0"]))
"""


def test_a_page_removed_before_its_folder_is_stamped_is_built_again(tiny: TinyEdition) -> None:
    """Between the move of a build's files and the stamps of their folders, too, nothing is lost."""
    page = tiny.root / "output/notizen/erste-notiz.html"
    with run_preview(tiny, "-c", SLOW_STAMPS) as running:
        tiny.note("weitere", uid="weitere001")
        running.get_when("index.html", "Titel von weitere")
        page.unlink()
        ends = time.monotonic() + PATIENCE
        while not page.is_file() and time.monotonic() < ends:
            time.sleep(0.05)
        assert "Titel von erste-notiz" in running.get("notizen/erste-notiz.html")


def test_a_name_that_is_not_utf_8_is_told(tiny: TinyEdition, preview: Preview) -> None:
    """As a name to change, and no bug; the preview goes on when the file is gone."""
    file = tiny.write(os.fsdecode(b"content/media/ton\xff.mp3"), "ID3")
    preview.get_when("index.html", "der Name dieser Datei ist nicht in UTF-8")
    assert "a bug in Kuratorium" not in "".join(preview.lines)
    file.unlink()
    preview.get_without("index.html", "nicht in UTF-8")


def test_a_removed_site_is_built_again(tiny: TinyEdition, preview: Preview) -> None:
    """All of it, even if nothing else changed."""
    shutil.rmtree(tiny.root / "output")
    preview.wait_for(r"(?s)Serving.*Built in .* files of the site changed")
    assert "Lesenswert" in preview.get("notizen/erste-notiz.html")
    assert preview.get("index.html")


@pytest.mark.parametrize("path", ["var", "var/build.sqlite3"])
def test_a_deleted_cache_is_begun_anew(tiny: TinyEdition, preview: Preview, path: str) -> None:
    """What is saved after the cache was deleted is built, with all that the cache held."""
    preview.get("index.html")
    gone = tiny.root / path
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    note = tiny.root / "curation/notes/2026/erste-notiz.md"
    for words in ("Nach dem Aufräumen.", "Und noch einmal."):
        note.write_text(f"{note.read_text()}\n{words}\n")
        preview.get_when("notizen/erste-notiz.html", words)
    assert preview.get("index.html")
