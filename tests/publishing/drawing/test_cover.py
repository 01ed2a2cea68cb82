import io
from pathlib import Path

import pytest
from PIL import Image

from kuratorium.edition import curation
from kuratorium.edition.podcasts.directories import check_cover
from kuratorium.publishing.drawing.cover import digest_cover, draw_cover, read_or_draw_cover

GROUND, RAIL, ROUTE = (21, 33, 31), (242, 245, 243), (245, 197, 24)
TITLES = (
    "Zwischenruf",
    "Ä",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenverordnung und andere Verwaltungsvorgänge",
    "x" * 400,
    "日本 ☃ \u202e\x00",
    "",
)


def read(data: bytes) -> Image.Image:
    """Return the picture of these bytes."""
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("title", TITLES)
def test_any_title_gives_a_cover_that_directories_take(tmp_path: Path, title: str) -> None:
    """3000 x 3000 pixels, whatever the series is called; the same words give the same bytes."""
    data = draw_cover(title, "Weichenwerk")
    assert data == draw_cover(title, "Weichenwerk")
    (tmp_path / "content").mkdir()
    (tmp_path / "content/titel.png").write_bytes(data)
    image = curation.Image(file="titel.png", alt="Titel", credit="Kuratorium")
    assert list(check_cover(tmp_path, image, ())) == []
    assert read(data).size == (3000, 3000)


@pytest.mark.parametrize("title", TITLES)
def test_no_title_leaves_its_place(title: str) -> None:
    """Long compounds are set smaller or broken: the margins stay free, and the switch stays whole."""
    picture = read(draw_cover(title, title))
    for box in ((0, 960, 250, 3000), (2770, 960, 3000, 3000), (280, 2960, 2720, 3000)):
        assert picture.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), GROUND)]
    assert ROUTE in {colour for _, colour in picture.crop((0, 700, 900, 960)).getcolors(100_000) or []}


def test_a_title_is_seen() -> None:
    """Letters with marks are drawn; what the font lacks is left out, instead of an empty box."""
    place = (280, 1000, 2720, 2500)
    plain, marked, lacking = (read(draw_cover(title, "")).crop(place) for title in ("Grosse", "Größe", "Größe 日本"))
    assert RAIL in {colour for _, colour in plain.getcolors(100_000) or []}
    assert plain.tobytes() != marked.tobytes() == lacking.tobytes()


def test_a_cover_is_drawn_once_for_its_words(tmp_path: Path) -> None:
    """It is kept by what it shows; other words are another cover."""
    first = read_or_draw_cover(tmp_path / "covers", "Abende", "Weiche")
    (file,) = (tmp_path / "covers").iterdir()
    assert file.read_bytes() == first == draw_cover("Abende", "Weiche")
    file.write_bytes(b"von vorhin")
    assert read_or_draw_cover(tmp_path / "covers", "Abende", "Weiche") == b"von vorhin"
    assert read_or_draw_cover(tmp_path / "covers", "Abende", "Werk") != first
    digests = {digest_cover(*words) for words in (("a", "b"), ("ab", ""), ("", "ab"), ("b", "a"))}
    assert len(digests) == 4
