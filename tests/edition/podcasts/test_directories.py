import io
from typing import Any

import pytest
from PIL import Image

from kuratorium.desk.check import run_checks
from kuratorium.edition.podcasts.directories import CATEGORIES, split_category
from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from tests.editions import PODCAST, POLICY, TinyEdition
from tests.sounds import sound

OVER = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
SERIES = {"id": "abende", "position": 1}
ALT = {"alt": "Ein Mikrofon", "credit": "Anna Berg"}


def talk(tiny: TinyEdition, **fields: Any) -> None:
    """Add a past talk with a recording in a series, and its file."""
    tiny.write("content/media/ton.mp3", sound(60))
    base = {"series": SERIES, "event": OVER, "media": {"audio": {"file": "media/ton.mp3"}}}
    tiny.talk("abend", body="@anna-berg (00:01): Warum?", **(base | fields))


def errors(tiny: TinyEdition, podcast: object) -> list[tuple[str, int, str, str]]:
    """Return place and message of all errors of an edition with this podcast in its policy."""
    tiny.yaml("policy", POLICY | {"podcast": podcast})
    problems = run_checks(tiny.root).errors
    return [(problem.file, problem.line, problem.field, problem.message) for problem in problems]


def picture(format: str = "PNG", size: tuple[int, int] = (1400, 1400), mode: str = "RGB") -> bytes:
    """Return a picture of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, format)
    return buffer.getvalue()


def test_check_says_what_directories_miss(tiny: TinyEdition) -> None:
    """All missing fields at once, each with its line; a build refuses to write a podcast without them."""
    talk(tiny)
    required = 'podcast directories require "{}", and a series has recordings'
    fields = ("podcast.category", "podcast.explicit", "podcast.owner.name", "podcast.owner.email")
    found = errors(tiny, {"locked": True})
    assert [(file, field, message) for file, _, field, message in found] == [
        ("curation/policy.yaml", field, required.format(field.removeprefix("podcast."))) for field in sorted(fields)
    ]
    assert all(line for _, line, _, _ in found)
    assert [field for _, _, field, _ in errors(tiny, PODCAST | {"owner": {"name": "Anna Berg"}})] == [
        "podcast.owner.email"
    ]
    with pytest.raises(EditionError, match=r'require "owner\.email"'):
        build_site(tiny.root)
    assert errors(tiny, PODCAST) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"series": None},
        {"media": None},
        {"status": "draft"},
        {"media": {"video": {"provider": "vimeo", "id": "12345678"}}},
    ],
)
def test_a_series_without_recordings_is_no_podcast(tiny: TinyEdition, fields: dict[str, Any]) -> None:
    """Then nothing is required yet, and no feed is written."""
    talk(tiny, **fields)
    assert errors(tiny, {"category": "Arts"}) == []
    build_site(tiny.root)
    assert not [*tiny.root.glob("output/**/podcast*")]


def test_an_edition_without_the_field_has_no_podcast(tiny: TinyEdition) -> None:
    """Recordings alone make none: somebody must answer for it."""
    talk(tiny)
    build_site(tiny.root)
    assert not [*tiny.root.glob("output/**/podcast*")]


def test_a_recording_elsewhere_needs_size_and_type(tiny: TinyEdition) -> None:
    """Nobody can read them from a file that another host has, and an enclosure needs them."""
    audio = {"url": "https://ton.example/1.mp3"}
    talk(tiny, media={"audio": audio})
    assert [(field, message) for _, _, field, message in errors(tiny, PODCAST)] == [
        ("media.audio.bytes", 'podcast apps need the "bytes" of this recording'),
        ("media.audio.type", 'podcast apps need the "type" of this recording'),
    ]
    talk(tiny, media={"audio": audio | {"bytes": 1000, "type": "text/html"}})
    assert [message for *_, message in errors(tiny, PODCAST)] == ['"text/html" is not the type of a recording']
    talk(tiny, media={"audio": audio | {"bytes": 1000, "type": "audio/mpeg"}})
    assert errors(tiny, PODCAST) == []


def test_a_category_is_one_of_apples(tiny: TinyEdition) -> None:
    """A subcategory stands for its category, too; another word is corrected."""
    assert split_category("Management") == ("Business", "Management")
    assert split_category("Technology") == ("Technology", "")
    names = [name for subcategories in CATEGORIES.values() for name in subcategories]
    assert len({*names, *CATEGORIES}) == len(names) + len(CATEGORIES)
    tiny.yaml("policy", POLICY | {"podcast": PODCAST | {"category": "Managment"}})
    (problem,) = run_checks(tiny.root).errors
    assert (problem.field, problem.message) == ("podcast.category", 'unknown category "Managment"')
    assert 'Did you mean "Management"?' in problem.hint


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("titel.png", b"\x89PNG kaputt", "this picture cannot be read"),
        ("titel.png", picture()[:90], "this picture cannot be read"),
        ("titel.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this picture cannot be read"),
        ("titel.png", picture(size=(1400, 1500)), "this picture is not square: 1400 x 1500 pixels"),
        ("titel.png", picture(size=(1399, 1399)), "this picture has 1399 x 1399 pixels"),
        ("titel.png", picture(size=(3001, 3001)), "this picture has 3001 x 3001 pixels"),
        ("titel.png", picture(mode="L"), "this picture is in L, not in RGB"),
        ("titel.jpg", picture("JPEG", mode="CMYK"), "this picture is in CMYK, not in RGB"),
        ("titel.jpg", picture(), "this picture is of the format PNG, and is called titel.jpg"),
        ("titel.webp", picture("WEBP"), "this picture is of the format WEBP, and is called titel.webp"),
        ("../titel.png", picture(), '"images/../../titel.png" leads out of content/'),
        ("fehlt.png", b"", "there is no file content/images/fehlt.png"),
    ],
)
def test_a_cover_is_what_directories_take(tiny: TinyEdition, name: str, data: bytes, message: str) -> None:
    """In policy.yaml, and of a single series; else it would be refused long after it was published."""
    if data:
        tiny.write(f"content/images/{name.removeprefix('../')}", data)
    file = "images/../../titel.png" if name.startswith("..") else f"images/{name}"
    image = {"file": file, **ALT}
    ((name, line, field, found),) = errors(tiny, PODCAST | {"image": image})
    assert (name, field, found) == ("curation/policy.yaml", "podcast.image.file", message)
    assert "file:" in (tiny.root / name).read_text().split("\n")[line - 1]
    tiny.yaml("series", [{"id": "abende", "name": "Abende", "image": image}])
    assert errors(tiny, PODCAST) == [("curation/series.yaml", 4, "[0].image.file", message)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("titel.png", picture(size=(3000, 3000))), ("titel.jpg", picture("JPEG")), ("titel.jpeg", picture("JPEG"))],
)
def test_a_square_picture_is_a_cover(tiny: TinyEdition, name: str, data: bytes) -> None:
    """PNG and JPEG of 1400 to 3000 pixels."""
    tiny.write(f"content/images/{name}", data)
    assert errors(tiny, PODCAST | {"image": {"file": f"images/{name}", **ALT}}) == []


def test_a_guid_is_one(tiny: TinyEdition) -> None:
    """A podcast that had another address brings its own along; a slip would make another podcast of it."""
    series = {"id": "abende", "name": "Abende", "guid": "9b024349-ccf0-5f69-a609-6b82873eab3"}
    tiny.yaml("series", [series])
    message = '"9b024349-ccf0-5f69-a609-6b82873eab3" is not the guid of a podcast'
    assert errors(tiny, PODCAST) == [("curation/series.yaml", 3, "[0].guid", message)]
    tiny.yaml("series", [series | {"guid": "9b024349-ccf0-5f69-a609-6b82873eab3c"}])
    assert errors(tiny, PODCAST) == []
