import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from tests.editions import PEOPLE, POLICY, TinyEdition, draw_picture
from tests.sounds import sound


def problems(tiny: TinyEdition) -> list[tuple[str, str]]:
    """Return file and message of each problem of the next build."""
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    return [(problem.file, problem.message) for problem in error.value.problems]


def test_a_deleted_picture_of_a_person_is_a_problem(tiny: TinyEdition) -> None:
    """The next build notices it though people.yaml is as it was; with the picture back it passes."""
    picture = tiny.write("content/images/anna.png", draw_picture(40, 40))
    image = {"file": "images/anna.png", "alt": "Anna Berg am Pult", "credit": "Carl Dorn"}
    tiny.yaml("people", [{**PEOPLE[0], "image": image}, *PEOPLE[1:]])
    build_site(tiny.root)
    picture.unlink()
    assert problems(tiny) == [("curation/people.yaml", "there is no file content/images/anna.png")]
    picture.write_bytes(draw_picture(40, 40))
    build_site(tiny.root)


def test_a_changed_policy_is_checked_against_posts_in_the_cache(tiny: TinyEdition) -> None:
    """Unchanged posts and pages are checked against the new rule, and against the old one again."""
    tiny.essay("filme", body="Siehe:\n\n[[youtube:dQw4w9WgXcQ]]")
    tiny.page("karte", body="Hier:\n\n[[openstreetmap:52.5,13.4]]")
    build_site(tiny.root)
    tiny.yaml("policy", {**POLICY, "embeds": ["youtube"]})
    assert problems(tiny) == [("content/pages/karte.md", "policy.yaml does not allow embeds of openstreetmap")]
    tiny.yaml("policy", POLICY)
    build_site(tiny.root)


def test_a_deleted_recording_is_a_problem(tiny: TinyEdition) -> None:
    """A talk depends on the file of its recording: without it the build fails and the site stays as it was."""
    recording = tiny.write("content/media/ton.mp3", sound(60))
    tiny.talk("abend", body="@anna-berg (00:01): Warum?", media={"audio": {"file": "media/ton.mp3"}})
    build_site(tiny.root)
    recording.unlink()
    assert problems(tiny) == [("content/talks/abend.md", "there is no file content/media/ton.mp3")]
    assert (tiny.root / "output/media/ton.mp3").exists()
