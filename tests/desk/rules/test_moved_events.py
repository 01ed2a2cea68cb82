import subprocess
from typing import Any

import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition

EVENT = {"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:00:00+01:00"}
LATER = {"start": "2026-11-06T17:00:00+01:00", "end": "2026-11-06T18:00:00+01:00"}
MODIFIED = "2026-10-12T08:00:00+02:00"


def commit(tiny: TinyEdition) -> None:
    """Commit all files of the edition."""
    identity = ("-c", "user.name=Anna Berg", "-c", "user.email=anna@tiny.example")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "Stand")):
        subprocess.run(["git", *words], cwd=tiny.root, check=True)


def list_fields(tiny: TinyEdition) -> list[tuple[str, str]]:
    """Run the checks, and return field and hint of each warning."""
    return [(problem.message, problem.hint) for problem in check.run_checks(tiny.root).warnings]


@pytest.mark.parametrize(
    ("event", "fields", "count"),
    [
        (EVENT, {}, 0),
        (LATER, {}, 2),
        (LATER | {"sequence": 1}, {}, 1),
        (LATER, {"modified": MODIFIED}, 1),
        (LATER | {"sequence": 1}, {"modified": MODIFIED}, 0),
        (LATER, {"status": "draft"}, 0),
        (EVENT | {"place": "Rathaus"}, {}, 2),
        (EVENT | {"status": "cancelled"}, {}, 2),
        (EVENT | {"url": "https://raum.example/2"}, {"modified": MODIFIED}, 1),
        (EVENT | {"start": "2026-11-05T17:00:00.0+01:00"}, {}, 0),
        (EVENT, {"title": "Anders"}, 0),
    ],
    ids=[
        "as before",
        "moved",
        "no modified",
        "no sequence",
        "both",
        "draft",
        "place",
        "status",
        "room",
        "same moment",
        "title",
    ],
)
def test_calendars_must_learn_that_an_event_moved(
    tiny: TinyEdition, event: dict[str, Any], fields: dict[str, str], count: int
) -> None:
    """If time, place or status are not those of the last commit, sequence has grown and the post a later `modified`."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT)
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=event, **fields)
    warnings = list_fields(tiny)
    assert len(warnings) == count
    assert all("the event changed since the last commit" in message for message, _ in warnings)


def test_an_event_is_the_same_in_another_file(tiny: TinyEdition) -> None:
    """Calendars know it by the post's uid, not by its file."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT)
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER).rename(tiny.root / "content/talks/nacht.md")
    assert [message.partition(",")[0] for message, _ in list_fields(tiny)] == [
        "the event changed since the last commit",
        "the event changed since the last commit",
    ]


def test_the_warning_proposes_the_next_sequence(tiny: TinyEdition) -> None:
    """It is one more than in the last commit."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT | {"sequence": 3})
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER | {"sequence": 3}, modified=MODIFIED)
    ((_, hint),) = list_fields(tiny)
    assert hint.startswith("Write sequence: 4 below event:")


def test_without_a_commit_nothing_moved(tiny: TinyEdition) -> None:
    """An edition outside git, or before its first commit, has no earlier time to compare with."""
    tiny.talk("abend", body="Bald.")
    assert list_fields(tiny) == []
    subprocess.run(["git", "init", "-q"], cwd=tiny.root, check=True)
    assert list_fields(tiny) == []
