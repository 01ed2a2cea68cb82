import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kuratorium.publishing.build import scan
from tests.editions import TinyEdition

NOTES = "curation/notes/2026"


def write_note(root: Path) -> str:
    """Write a new note."""
    (root / f"{NOTES}/zweite.md").write_text("Neu.")
    return f"{NOTES}/zweite.md"


def change_note(root: Path) -> str:
    """Change a note."""
    (root / f"{NOTES}/erste-notiz.md").write_text("Anders.")
    return f"{NOTES}/erste-notiz.md"


def remove_note(root: Path) -> str:
    """Delete a note."""
    (root / f"{NOTES}/erste-notiz.md").unlink()
    return f"{NOTES}/erste-notiz.md"


def dismiss_item(root: Path) -> str:
    """Delete an item of the inbox."""
    (root / "curation/inbox/meldung.md").unlink()
    return "curation/inbox/meldung.md"


def write_item(root: Path) -> str:
    """Write an item of the inbox, as a pull does."""
    (root / "curation/inbox/zweite.md").write_text("Auch neu.")
    return "curation/inbox/zweite.md"


def link_note(root: Path) -> str:
    """Link a note to a file elsewhere."""
    (root / f"{NOTES}/verweis.md").symlink_to(root / "pelicanconf.py")
    return f"{NOTES}/verweis.md"


def break_link(root: Path) -> str:
    """Replace a note by a link to nothing."""
    (root / f"{NOTES}/erste-notiz.md").unlink()
    (root / f"{NOTES}/erste-notiz.md").symlink_to(root / "gibt-es-nicht.md")
    return f"{NOTES}/erste-notiz.md"


def write_backup(root: Path) -> str:
    """Write the backup of an editor."""
    (root / f"{NOTES}/#erste-notiz.md#").write_text("Von einem Editor.")
    return f"{NOTES}/#erste-notiz.md#"


def write_in_hidden_folder(root: Path) -> str:
    """Write a note where no note is read."""
    (root / f"{NOTES}/.alt").mkdir()
    (root / f"{NOTES}/.alt/note.md").write_text("Versteckt.")
    return f"{NOTES}/.alt/note.md"


def make_pipe(root: Path) -> str:
    """Make a pipe, which no build may wait for."""
    os.mkfifo(root / f"{NOTES}/leitung.md")
    return f"{NOTES}/leitung.md"


def write_stray_file(root: Path) -> str:
    """Write a file that is no note."""
    (root / f"{NOTES}/notiz.txt").write_text("Keine Notiz.")
    return f"{NOTES}/notiz.txt"


def remove_registry_file(root: Path) -> str:
    """Delete a registry file."""
    (root / "curation/series.yaml").unlink(missing_ok=True)
    return "curation/series.yaml"


TEXT_CHANGES = (write_note, change_note, remove_note, dismiss_item, write_item)
OTHER_CHANGES = (
    *(link_note, break_link, write_backup, write_in_hidden_folder, make_pipe, write_stray_file, remove_registry_file),
)


@pytest.fixture
def stamps(tiny: TinyEdition) -> dict[str, tuple[int, int, int]]:
    """The stamps of the tiny edition's files, with an item in its inbox."""
    (tiny.root / "curation/inbox").mkdir(exist_ok=True)
    (tiny.root / "curation/inbox/meldung.md").write_text("Gemeldet.")
    return scan.scan_inputs(tiny.root, "theme").stamps


@pytest.mark.parametrize("change", TEXT_CHANGES)
def test_a_reported_text_is_stamped_alone(
    tiny: TinyEdition, stamps: dict[str, tuple[int, int, int]], change: Callable[[Path], str]
) -> None:
    """One that is new, changed or gone gives the stamps that a look at all files would give."""
    reported = frozenset([change(tiny.root)])
    updated = scan.update_stamps(tiny.root, stamps, reported)
    assert updated == scan.scan_inputs(tiny.root, "theme").stamps
    assert updated != stamps


@pytest.mark.parametrize("change", OTHER_CHANGES)
def test_what_is_no_plain_text_asks_for_a_look_at_all_files(
    tiny: TinyEdition, stamps: dict[str, tuple[int, int, int]], change: Callable[[Path], str]
) -> None:
    """Links, hidden folders, pipes and files of no post follow rules that only the scan of the folders knows."""
    assert scan.update_stamps(tiny.root, stamps, frozenset([change(tiny.root)])) is None
