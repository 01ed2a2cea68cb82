import pytest

from kuratorium.errors import EditionError
from kuratorium.publishing.builder import build_site
from tests.editions import PEOPLE, POLICY, TinyEdition


def problems(tiny: TinyEdition) -> list[tuple[str, str]]:
    """What the next build complains of."""
    with pytest.raises(EditionError) as told:
        build_site(tiny.root)
    return [(problem.file, problem.message) for problem in told.value.problems]


def test_a_picture_of_somebody_that_goes_is_missed(tiny: TinyEdition) -> None:
    """people.yaml is as it was, and the build after the last one notices all the same; with the picture it is sound."""
    picture = tiny.write("content/images/anna.png", "PNG")
    image = {"file": "images/anna.png", "alt": "Anna Berg am Pult", "credit": "Carl Dorn"}
    tiny.yaml("people", [{**PEOPLE[0], "image": image}, *PEOPLE[1:]])
    build_site(tiny.root)
    picture.unlink()
    assert problems(tiny) == [("curation/people.yaml", "there is no file content/images/anna.png")]
    picture.write_text("PNG")
    build_site(tiny.root)


def test_what_the_policy_allows_no_more_is_found_in_posts_that_were_read_before(tiny: TinyEdition) -> None:
    """Texts are as they were; posts and pages are held against the new rule, and against the old one again."""
    tiny.essay("filme", body="Siehe:\n\n[[youtube:dQw4w9WgXcQ]]")
    tiny.page("karte", body="Hier:\n\n[[openstreetmap:52.5,13.4]]")
    build_site(tiny.root)
    tiny.yaml("policy", {**POLICY, "embeds": ["youtube"]})
    assert problems(tiny) == [("content/pages/karte.md", "policy.yaml does not allow what openstreetmap hosts")]
    tiny.yaml("policy", POLICY)
    build_site(tiny.root)


def test_a_recording_that_goes_is_missed(tiny: TinyEdition) -> None:
    """A talk's file is an input of the talk: without it the site stays as it was."""
    sound = tiny.write("content/media/ton.mp3", "ID3")
    tiny.talk("abend", body="@anna-berg (00:01): Warum?", media={"audio": {"file": "media/ton.mp3"}})
    build_site(tiny.root)
    sound.unlink()
    assert problems(tiny) == [("content/talks/abend.md", "there is no file content/media/ton.mp3")]
    assert (tiny.root / "output/media/ton.mp3").exists()
