import os
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.drawing.model import Card
from kuratorium.publishing.drawing.store import CARDS_FOLDER, PictureStore, remove_spare_cards

CARD = Card(site_name="Weichenwerk", headline="Nein")


def list_cards(root: Path) -> list[Path]:
    """Return the stored cards."""
    return sorted(path for path in (root / CARDS_FOLDER).rglob("*") if path.is_file())


def test_a_card_is_drawn_once(tmp_path: Path) -> None:
    """The second time it comes from var/cards, also for another build."""
    drawn = PictureStore(tmp_path, {}).draw_card(CARD, {}, "")
    (stored,) = list_cards(tmp_path)
    stamp = stored.stat()
    assert PictureStore(tmp_path, {}).draw_card(CARD, {}, "") == drawn
    assert list_cards(tmp_path) == [stored]
    assert stored.stat().st_mtime_ns == stamp.st_mtime_ns


def test_a_card_is_drawn_again_when_its_portrait_changed(tmp_path: Path) -> None:
    """The digest of each file that it shows is a part of what it is found by."""
    (tmp_path / "a.svg").write_text("<svg/>")
    store = PictureStore(tmp_path, {"a.svg": "a.svg"})
    for digest in ("one", "two", "one"):
        store.draw_card(CARD, {"a.svg": digest}, "")
    assert len(list_cards(tmp_path)) == 2


@pytest.mark.parametrize("damage", [b"", b"\0" * 20_000])
def test_a_damaged_card_is_drawn_again(tmp_path: Path, damage: bytes) -> None:
    """A power cut may leave a file empty or full of zeros."""
    drawn = PictureStore(tmp_path, {}).draw_card(CARD, {}, "")
    (stored,) = list_cards(tmp_path)
    stored.write_bytes(damage)
    assert PictureStore(tmp_path, {}).draw_card(CARD, {}, "") == drawn


def test_the_oldest_cards_go_when_there_are_too_many(tmp_path: Path) -> None:
    """Twice as many as the site has may stay: an editor who undoes a change need not wait again."""
    for number in range(5):
        PictureStore(tmp_path, {}).draw_card(Card(site_name="W", headline=str(number)), {}, "")
    newest = list_cards(tmp_path)[3]
    os.utime(newest, (2_000_000_000, 2_000_000_000))
    remove_spare_cards(tmp_path, 3)
    assert len(list_cards(tmp_path)) == 5
    remove_spare_cards(tmp_path, 1)
    assert list_cards(tmp_path) == [newest]


def test_an_icon_that_cannot_be_drawn_is_an_error(tmp_path: Path) -> None:
    """With its file, and what would be right."""
    (tmp_path / "icon.svg").write_text("<svg")
    store = PictureStore(tmp_path, {"theme/icon.svg": "icon.svg"})
    with pytest.raises(EditionError, match="this icon cannot be drawn") as raised:
        store.draw_icon("theme/icon.svg", 180, "")
    assert raised.value.problems[0].file == "icon.svg"
