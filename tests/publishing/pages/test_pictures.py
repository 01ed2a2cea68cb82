import re
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.drawing.store import PICTURES_FOLDER, PictureStore
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import TOPICS, TinyEdition, draw_picture
from tests.publishing.build.test_run import soup
from tests.publishing.histories.outcome import differences, site

IMAGE = {"file": "images/foto.jpg", "alt": "Ein Amt", "credit": "Anna", "credit_url": "https://anna.example/"}


def write_post(tiny: TinyEdition, width: int = 1000) -> None:
    """Add an essay with a photograph."""
    tiny.write("content/images/foto.jpg", draw_picture(width, 500, "JPEG"))
    tiny.essay("zeigt", uid="zeigt-000001", image={**IMAGE, "license": "CC BY 4.0"})


def list_sources(page: BeautifulSoup, folder: Path) -> list[Path]:
    """Return the files of all pictures of a page that come in several widths."""
    elements = page.select("picture source, picture img")
    addresses = (part.split()[0] for element in elements for part in str(element["srcset"]).split(", "))
    return [folder / address for address in addresses]


@pytest.mark.parametrize(
    ("path", "is_first"),
    [
        ("essays/zeigt.html", True),
        ("index.html", True),
        ("themen/transformation.html", True),
        ("essays.html", False),
        ("themen.html", False),
    ],
)
def test_a_picture_is_on_every_surface_with_its_size(tiny: TinyEdition, path: str, is_first: bool) -> None:
    """All files that a browser may choose exist; what comes first on a page is loaded at once, all else when near."""
    write_post(tiny)
    (tiny.root / "curation/notes/2026/erste-notiz.md").unlink()
    tiny.yaml("topics", [{**TOPICS[0], "image": IMAGE}, *TOPICS[1:]])
    build_site(tiny.root)
    page = soup(tiny.root, path)
    image = page.select_one("picture img")
    assert isinstance(image, Tag)
    assert (image["alt"], image["width"], image["height"]) == ("Ein Amt", "1000", "500")
    assert (image.get("fetchpriority") == "high", image.get("loading") == "lazy") == (is_first, not is_first)
    files = list_sources(page, (tiny.root / "output" / path).parent)
    assert files
    assert all(file.resolve().is_file() for file in files)
    assert {"avif", "webp", "jpg"} == {file.suffix[1:] for file in files}


def test_a_picture_is_in_feeds_with_its_credit(tiny: TinyEdition) -> None:
    """One file of it, since many readers know no others; the credit is linked, there and on the page."""
    write_post(tiny)
    build_site(tiny.root)
    entry = next(one for one in feedparser.parse(tiny.root / "output/feed.xml").entries if "zeigt" in one.link)
    item = BeautifulSoup(entry.content[0].value, "html.parser")
    address = str(item.select_one("figure img")["src"])
    assert (tiny.root / "output" / address.removeprefix("https://weichenwerk.example/")).is_file()
    for caption in (item.figcaption, soup(tiny.root, "essays/zeigt.html").select_one(".picture figcaption")):
        assert caption.get_text() == "Anna – CC BY 4.0"
        assert caption.a["href"] == "https://anna.example/"


def test_an_original_is_published_only_where_a_page_links_to_it(tiny: TinyEdition) -> None:
    """It may name a place, and has more bytes than any reader needs."""
    write_post(tiny)
    build_site(tiny.root)
    original = tiny.root / "output/images/foto.jpg"
    assert not original.exists()
    tiny.essay("verweist", body="[In Druckgröße]({static}/images/foto.jpg)")
    build_site(tiny.root)
    assert original.is_file()
    (tiny.root / "content/essays/verweist.md").unlink()
    build_site(tiny.root)
    assert not original.exists()


def test_another_picture_has_another_address(tiny: TinyEdition) -> None:
    """So caches may keep each for ever; an incremental build equals a full one, and draws nothing twice."""
    write_post(tiny)
    build_site(tiny.root)
    before = {path for path in site(tiny.root / "output") if path.startswith("pictures/")}
    write_post(tiny, width=1100)
    build_site(tiny.root)
    after = {path for path in site(tiny.root / "output") if path.startswith("pictures/")}
    assert before.isdisjoint(after)
    assert len(after) == 9
    full = tiny.root.parent / "full"
    build_site(tiny.root, output=full)
    assert differences(site(tiny.root / "output"), site(full)) == {}
    assert not build_site(tiny.root).changed_paths


def test_an_edit_of_words_draws_no_picture(tiny: TinyEdition) -> None:
    """Of a text whose picture is drawn already."""
    write_post(tiny)
    build_site(tiny.root)
    stored = {path: path.stat().st_mtime_ns for path in (tiny.root / PICTURES_FOLDER).rglob("*")}
    tiny.essay("zeigt", uid="zeigt-000001", image={**IMAGE, "license": "CC BY 4.0"}, body="Ganz andere Wörter.")
    changed = build_site(tiny.root).changed_paths
    assert "essays/zeigt.html" in changed
    assert not [path for path in changed if path.startswith("pictures/")]
    assert stored == {path: path.stat().st_mtime_ns for path in (tiny.root / PICTURES_FOLDER).rglob("*")}


def test_a_preview_draws_pictures_when_a_page_asks_for_them(tiny: TinyEdition) -> None:
    """So that no edit waits for them; the next build has them all."""
    write_post(tiny)
    builder = PreviewBuilder(tiny.root, None)
    builder.prepare_output()
    builder.build(None)
    builder.close()
    assert not (tiny.root / "output/pictures").exists()
    address = str(soup(tiny.root, "essays/zeigt.html").select_one("picture img")["src"]).removeprefix("../")
    drawn = PictureStore(tiny.root, {}).draw_by_path(address)
    assert PictureStore(tiny.root, {}).draw_by_path(address.replace("foto-", "foto-0")) is None
    build_site(tiny.root)
    assert (tiny.root / "output" / address).read_bytes() == drawn


def test_half_a_picture_stops_the_build_and_is_named(tiny: TinyEdition) -> None:
    """Its head is whole, so that only drawing it shows the damage; the site stays as it was."""
    tiny.write("content/images/foto.jpg", draw_picture(900, 600, "JPEG")[:4000])
    tiny.essay("zeigt", image=IMAGE)
    with pytest.raises(EditionError, match=re.escape("content/images/foto.jpg: this picture is damaged")):
        build_site(tiny.root)
    assert not (tiny.root / "output/index.html").exists()


def test_an_edition_without_a_picture_has_no_folder_for_them(tiny: TinyEdition) -> None:
    """Neither in the site nor in var/, and Pillow reads nothing."""
    build_site(tiny.root)
    assert not (tiny.root / "output/pictures").exists()
    assert not (tiny.root / PICTURES_FOLDER).exists()


def test_pictures_of_drafts_and_of_later_posts_are_not_published(tiny: TinyEdition) -> None:
    """Neither drawn nor as they are."""
    tiny.write("content/images/foto.jpg", draw_picture(900, 600, "JPEG"))
    tiny.essay("entwurf", image=IMAGE, status="draft")
    tiny.essay("spaeter", image=IMAGE, date="2027-01-01T08:00:00+01:00")
    build_site(tiny.root)
    assert not [path for path in site(tiny.root / "output") if "foto" in path]
