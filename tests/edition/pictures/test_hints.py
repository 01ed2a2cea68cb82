from PIL import Image

from kuratorium.edition import loader
from kuratorium.edition.pictures.hints import check_damaged_pictures, check_picture_hints
from kuratorium.publishing.drawing.pictures import can_draw
from tests.edition.pictures.test_reading import animate
from tests.editions import PEOPLE, TOPICS, TinyEdition, draw_picture

COPIED = ("content/images/", "content/media/")
IMAGE = {"alt": "Ein Bild", "credit": "Anna Berg"}


def hints(tiny: TinyEdition) -> list[tuple[str, str]]:
    """Return field and message of the hints on a valid edition."""
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    return [(problem.field, problem.message) for problem in check_picture_hints(edition, COPIED)]


def test_a_picture_of_a_text_without_credit_is_told(tiny: TinyEdition) -> None:
    """Behind its address stands who made it; that of `image` names its author already."""
    tiny.write("content/images/a.png", draw_picture(900, 600))
    tiny.write("content/images/b.png", draw_picture(900, 601))
    body = '![A]({static}/images/a.png) ![B]({static}/images/b.png) ![B]({static}/images/b.png "Eva Falk")'
    tiny.essay("zeigt", body=body, image={**IMAGE, "file": "images/a.png"})
    assert hints(tiny) == [("", "this picture has no credit")]


def test_a_picture_that_moves_is_small_or_has_many_bytes_is_told(tiny: TinyEdition) -> None:
    """The site can be built: a photograph of 18 MB costs its editor no more than a hint."""
    tiny.write("content/images/a.gif", animate("GIF"))
    tiny.write("content/images/b.jpg", draw_picture(900, 600, "JPEG") + bytes(18_000_000))
    tiny.essay("bewegt", image={**IMAGE, "file": "images/a.gif"})
    tiny.essay("gross", image={**IMAGE, "file": "images/b.jpg"})
    assert sorted(message for _, message in hints(tiny)) == [
        "content/images/a.gif is 40 pixels wide, and looks coarse when large",
        "content/images/a.gif moves",
        "content/images/b.jpg has 18 MB",
    ]


def test_a_published_photograph_that_tells_its_place_is_told(tiny: TinyEdition) -> None:
    """One that pages show is drawn anew, without it; one that lies beside them is published as it is."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (51.0, 2.0, 0.0), 3: "E", 4: (13.0, 44.0, 0.0)}
    for name in "ab":
        tiny.write(f"content/images/{name}.jpg", draw_picture(900, 600, "JPEG", exif=exif))
    tiny.write("content/images/c.jpg", draw_picture(900, 600, "JPEG"))
    tiny.write("content/images/d.jpg", "no picture")
    tiny.essay("zeigt", image={**IMAGE, "file": "images/a.jpg"})
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    found = [(problem.file, problem.message) for problem in check_picture_hints(edition, COPIED)]
    assert found == [("content/images/b.jpg", "tells where it was taken, and is published as it is")]


def test_a_photograph_that_is_shown_and_linked_is_published_as_it_is(tiny: TinyEdition) -> None:
    """A link to the whole file opens the original, wherever in content/ it lies; a draft's link publishes nothing."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (51.0, 2.0, 0.0), 3: "E", 4: (13.0, 44.0, 0.0)}
    for name in ("images/a.jpg", "fotos/b.jpg", "fotos/c.jpg", "fotos/d.jpg"):
        tiny.write(f"content/{name}", draw_picture(900, 600, "JPEG", exif=exif))
    tiny.essay("zeigt", body='[![A]({static}/images/a.jpg "Foto")]({static}/images/a.jpg) [B]({static}/fotos/b.jpg)')
    tiny.essay("entwurf", status="draft", body="[C]({static}/fotos/c.jpg)")
    assert sorted(find_locations(tiny)) == ["content/fotos/b.jpg", "content/images/a.jpg"]


def find_locations(tiny: TinyEdition) -> list[str]:
    """Return the photographs of a valid edition that tell where they were taken."""
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    found = check_picture_hints(edition, COPIED)
    return [problem.file for problem in found if problem.message.startswith("tells where")]


def test_a_vector_picture_without_size_is_told(tiny: TinyEdition) -> None:
    """A browser cannot keep its place, and shows it small and cut off."""
    tiny.write("content/images/a.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="0"/>')
    tiny.essay("zeigt", image={**IMAGE, "file": "images/a.svg"})
    assert hints(tiny) == [("image.file", "content/images/a.svg does not say how large it is")]


def test_half_a_picture_is_an_error(tiny: TinyEdition) -> None:
    """Its head is whole, so that only drawing it shows what is missing."""
    whole = draw_picture(900, 600, "JPEG")
    tiny.write("content/images/a.jpg", whole)
    tiny.write("content/images/b.jpg", whole[: len(whole) // 2])
    for name in "ab":
        tiny.essay(name, image={**IMAGE, "file": f"images/{name}.jpg"})
    (problem,) = check_damaged_pictures(loader.read_edition(tiny.root)[0], can_draw)
    assert (problem.file, problem.field) == ("content/essays/b.md", "image.file")


def test_half_a_portrait_is_an_error_of_its_file(tiny: TinyEdition) -> None:
    """Of topics, too: pages show what is drawn of them."""
    tiny.write("content/images/b.jpg", draw_picture(900, 600, "JPEG")[:4000])
    image = {**IMAGE, "file": "images/b.jpg"}
    tiny.yaml("people", [{**PEOPLE[0], "image": image}, *PEOPLE[1:]])
    tiny.yaml("topics", [{**TOPICS[0], "image": image}, *TOPICS[1:]])
    problems = check_damaged_pictures(loader.read_edition(tiny.root)[0], can_draw)
    assert [problem.file for problem in problems] == ["curation/topics.yaml", "curation/people.yaml"]
    assert all(problem.line for problem in problems)
