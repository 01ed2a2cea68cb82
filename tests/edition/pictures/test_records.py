"""Portraits and stills: drawn anew as all pictures are, so that no place and no device of a photograph is published."""

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from kuratorium.publishing.build_command import build_site
from tests.editions import PEOPLE, POLICY, TinyEdition, draw_picture
from tests.publishing.build.test_run import soup
from tests.publishing.histories.outcome import differences, site

IMAGE = {"file": "images/anna.jpg", "alt": "Anna Berg am Fenster", "credit": "Foto: Eva"}
SECRET = "Rathausplatz 1"  # what a camera notes in a photograph


def draw_photograph(width: int, height: int) -> bytes:
    """Return a photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[1] = "N"
    return draw_picture(width, height, "JPEG", exif=exif)


def add_portrait(tiny: TinyEdition, width: int = 600) -> None:
    """Give the first person a photograph that is no square."""
    tiny.write("content/images/anna.jpg", draw_photograph(width, 900))
    tiny.yaml("people", [{**PEOPLE[0], "member": True, "image": IMAGE}, *PEOPLE[1:]])


def read_portrait(page: BeautifulSoup, folder: Path) -> tuple[set[str], tuple[object, ...]]:
    """Return the formats of the first portrait of a page, all of which exist, and the size that it names."""
    image = page.select_one("picture > img:is(.portrait, .monogram)")
    assert image
    assert image.parent
    sources = [str(source["srcset"]) for source in image.parent.select("source")]
    files = [folder / address for address in (*sources, str(image["src"]))]
    assert all(file.resolve().is_file() for file in files)
    return {file.suffix for file in files}, (image["width"], image["height"])


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("index.html", "64"),
        ("menschen.html", "128"),
        ("menschen/anna-berg.html", "128"),
        ("notizen/erste-notiz.html", "64"),
        ("interviews/frage.html", "64"),
        ("kuratorium.html", "128"),
    ],
)
def test_a_portrait_is_square_and_small_wherever_it_is(tiny: TinyEdition, path: str, size: str) -> None:
    """On cards, in the rail, the box of authors, lists of people, the board: in three formats, of equal sides."""
    add_portrait(tiny)
    tiny.interview("frage", release="given", guests=["eva-falk"], hosts=["anna-berg"])
    tiny.page("kuratorium", body="[[people]]")
    build_site(tiny.root)
    found = read_portrait(soup(tiny.root, path), (tiny.root / "output" / path).parent)
    assert found == ({".avif", ".webp", ".jpg"}, (size, size))


def test_nothing_that_a_camera_noted_is_published(tiny: TinyEdition) -> None:
    """Neither of a portrait, of a video's still nor of an embed's; the files themselves are not in the site."""
    add_portrait(tiny)
    for name in ("still", "frame"):
        tiny.write(f"content/images/{name}.jpg", draw_photograph(1000, 600))
    tiny.yaml("policy", POLICY | {"embeds": ["vimeo"]})
    tiny.write("content/media/film.mp4", b"film")
    tiny.talk("film", media={"video": {"file": "media/film.mp4", "poster": "images/still.jpg"}})
    tiny.note("eingebettet", body="Unser Text.\n\n[[vimeo:123456 poster=images/frame.jpg]]")
    build_site(tiny.root)
    files = site(tiny.root / "output")
    assert not [path for path in files if path.startswith("images/")]
    drawn = {path: (tiny.root / "output" / path).read_bytes() for path in files if path.startswith("pictures/")}
    assert {path.split("-")[0] for path in drawn} == {"pictures/anna", "pictures/still", "pictures/frame"}
    for data in drawn.values():
        assert SECRET.encode() not in data
        assert not dict(Image.open(io.BytesIO(data)).getexif())


def test_stills_are_drawn_files_that_exist(tiny: TinyEdition) -> None:
    """That of a video, and that in the box of an embed, in the text or as the post's recording; HEIC is read."""
    tiny.write("content/images/still.jpg", draw_photograph(1000, 600))
    tiny.yaml("policy", POLICY | {"embeds": ["vimeo"]})
    tiny.write("content/media/film.mp4", b"film")
    video = {"poster": "images/still.jpg"}
    tiny.talk("film", media={"video": {"file": "media/film.mp4", **video}})
    tiny.talk("box", media={"video": {"provider": "vimeo", "id": "123456", **video}})
    tiny.note("text", body='Unser Text.\n\n[[vimeo:123456 title="poster" poster="images/still.jpg"]]')
    build_site(tiny.root)
    pages = {name: next((tiny.root / "output").rglob(f"{name}.html")) for name in ("film", "box", "text")}
    player = BeautifulSoup(pages["film"].read_bytes(), "lxml").select_one("video[poster]")
    assert player
    addresses = {"film": str(player["poster"])}
    for name in ("box", "text"):
        frame = BeautifulSoup(pages[name].read_bytes(), "lxml").select_one("iframe[srcdoc]")
        assert frame
        still = BeautifulSoup(str(frame["srcdoc"]), "lxml").select_one("img")
        assert still
        addresses[name] = str(still["src"])
    for name, address in addresses.items():
        assert "/pictures/still-" in address
        assert (pages[name].parent / address).resolve().is_file()


def test_another_portrait_changes_every_page_that_shows_it(tiny: TinyEdition) -> None:
    """Its address says which file it is; after the edit the site is what a whole build makes."""
    add_portrait(tiny)
    build_site(tiny.root)
    add_portrait(tiny, width=700)
    changed = build_site(tiny.root).changed_paths
    assert {"index.html", "menschen.html", "notizen/erste-notiz.html", "menschen/anna-berg.card.png"} <= changed
    full = tiny.root.parent / "full"
    build_site(tiny.root, output=full)
    assert differences(site(tiny.root / "output"), site(full)) == {}
    assert not build_site(tiny.root).changed_paths


def test_a_key_of_our_own_is_no_key_of_the_contract(tiny: TinyEdition) -> None:
    """What the registry adds to a person is neither proposed nor shown."""
    add_portrait(tiny)
    tiny.yaml("people", [{**PEOPLE[0], "portrait": "images/anna.jpg"}, *PEOPLE[1:]])
    with pytest.raises(Exception, match="portrait") as raised:
        build_site(tiny.root)
    assert "$" not in str(raised.value)
