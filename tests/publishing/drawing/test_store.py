import os
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.drawing.cover import digest_cover
from kuratorium.publishing.drawing.model import Card, Look, Mark
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


def test_a_logo_that_cannot_be_drawn_is_an_error(tmp_path: Path) -> None:
    """With its file, and what would be right."""
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    store = PictureStore(tmp_path, {}, Look(Mark(file="logo.png")))
    with pytest.raises(EditionError, match="this logo cannot be drawn") as raised:
        store.draw_icon(180, "")
    assert raised.value.problems[0].file == "logo.png"


def test_a_cover_is_drawn_once_for_all_that_it_shows(tmp_path: Path) -> None:
    """It is kept by its words, and by the digests of the look and the colours."""
    store = PictureStore(tmp_path, {}, Look(Mark(shapes='<path d="M0 0h1v1H0z"/>')))
    first = store.draw_cover("Abende", "Weiche", {}, "")
    (file,) = (tmp_path / "var/covers").iterdir()
    assert file.read_bytes() == first
    file.write_bytes(b"von vorhin")
    assert store.draw_cover("Abende", "Weiche", {}, "") == b"von vorhin"
    assert store.draw_cover("Abende", "Werk", {}, "") != first
    assert store.draw_cover("Abende", "Weiche", {"look": "1"}, "") == first
    parts = (("a", "b", {}), ("ab", "", {}), ("", "ab", {}), ("b", "a", {}), ("a", "b", {"look": "1"}))
    assert len({digest_cover(*part) for part in parts}) == len(parts)
