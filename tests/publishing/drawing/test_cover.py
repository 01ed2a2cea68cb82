import io
from pathlib import Path

import pytest
from PIL import Image

from kuratorium.edition import curation
from kuratorium.edition.podcasts.directories import check_cover
from kuratorium.publishing.drawing.cover import draw_cover
from kuratorium.publishing.drawing.model import Schemes

NIGHT = Schemes().night
GROUND, RAIL, ROUTE = (17, 25, 23), (233, 239, 235), (232, 185, 35)
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
    data = draw_cover(title, "Weichenwerk", NIGHT)
    assert data == draw_cover(title, "Weichenwerk", NIGHT)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/titel.png").write_bytes(data)
    image = curation.Image(file="titel.png", alt="Titel", credit="Kuratorium")
    assert list(check_cover(tmp_path, image, ())) == []
    assert read(data).size == (3000, 3000)


@pytest.mark.parametrize("title", TITLES)
def test_no_title_leaves_its_place(title: str) -> None:
    """Long compounds are set smaller or broken: the margins stay free, and the track stays whole."""
    picture = read(draw_cover(title, title, NIGHT))
    for box in ((0, 1060, 250, 3000), (2770, 1060, 3000, 3000), (280, 2960, 2720, 3000)):
        assert picture.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), GROUND)]
    assert ROUTE in {colour for _, colour in picture.crop((0, 1010, 3000, 1058)).getcolors(100_000) or []}


def test_a_title_is_seen() -> None:
    """Letters with marks are drawn; what the font lacks is left out, instead of an empty box."""
    place = (280, 1060, 2720, 2500)
    titles = ("Grosse", "Größe", "Größe 日本")
    plain, marked, lacking = (read(draw_cover(title, "", NIGHT)).crop(place) for title in titles)
    assert RAIL in {colour for _, colour in plain.getcolors(100_000) or []}
    assert plain.tobytes() != marked.tobytes() == lacking.tobytes()
