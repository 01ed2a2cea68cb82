import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from kuratorium.desk import check
from tests.editions import POLICY, TinyEdition

EVENT = {"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:00:00+01:00"}
LATER = {"start": "2026-11-06T17:00:00+01:00", "end": "2026-11-06T18:00:00+01:00"}
NOW = datetime(2026, 10, 20, tzinfo=UTC)
MODIFIED = "2026-10-12T08:00:00+02:00"


def commit(tiny: TinyEdition) -> None:
    """Commit all files of the edition."""
    identity = ("-c", "user.name=Anna Berg", "-c", "user.email=anna@tiny.example")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "Stand")):
        subprocess.run(["git", *words], cwd=tiny.root, check=True)


def list_fields(tiny: TinyEdition, now: datetime | None = None) -> list[tuple[str, str]]:
    """Run the checks, and return message and hint of each warning."""
    return [(problem.message, problem.hint) for problem in check.run_checks(tiny.root, now=now).warnings]


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
    """If time, place or status are not those of a commit, sequence has grown and the post a later `modified`."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT)
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=event, **fields)
    warnings = list_fields(tiny)
    assert len(warnings) == count
    assert all("the event changed since a former commit" in message for message, _ in warnings)


def test_an_event_is_the_same_in_another_file(tiny: TinyEdition) -> None:
    """Calendars know it by the post's uid, not by its file."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT)
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER).rename(tiny.root / "content/talks/nacht.md")
    assert [message.partition(",")[0] for message, _ in list_fields(tiny)] == [
        "the event changed since a former commit",
        "the event changed since a former commit",
    ]


def test_the_warning_proposes_the_next_sequence(tiny: TinyEdition) -> None:
    """It is one more than in the last commit."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT | {"sequence": 3})
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER | {"sequence": 3}, modified=MODIFIED)
    ((_, hint),) = list_fields(tiny)
    assert hint.startswith("Write sequence: 4 below event:")


def test_a_move_that_was_committed_is_still_told(tiny: TinyEdition) -> None:
    """A calendar may have the event of any commit, so the last one is not enough; nor is a file's name."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT)
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER).rename(tiny.root / "content/talks/nacht.md")
    commit(tiny)
    tiny.talk("nacht", uid="talk0001", body="Bald, ganz bald.", event=LATER)
    assert [hint.partition(" below")[0] for _, hint in list_fields(tiny, NOW)] == [
        "Write sequence: 1",
        'Write modified: with the time of this change; "kuratorium check --fix" does it.',
    ]
    tiny.talk("nacht", uid="talk0001", body="Bald.", event=LATER | {"sequence": 1}, modified=MODIFIED)
    assert list_fields(tiny, NOW) == []


def test_each_of_several_moves_raises_the_sequence(tiny: TinyEdition) -> None:
    """Also one back to the first time: the calendars that have the second would keep it."""
    for event in (EVENT, LATER | {"sequence": 1}):
        tiny.talk("abend", uid="talk0001", body="Bald.", event=event, modified=MODIFIED)
        commit(tiny)
    again = MODIFIED.replace("-12T", "-13T")
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT | {"sequence": 1}, modified=again)
    commit(tiny)
    ((_, hint),) = list_fields(tiny, NOW)
    assert hint.startswith("Write sequence: 2 below event:")


def test_the_history_of_an_event_that_calendars_dropped_is_not_read(tiny: TinyEdition) -> None:
    """A month after it is over, nobody is told any more."""
    tiny.yaml("policy", {name: value for name, value in POLICY.items() if name != "as_of"})
    for event in (EVENT, LATER):
        tiny.talk("abend", uid="talk0001", body="Bald.", event=event)
        commit(tiny)
    assert len(list_fields(tiny, datetime(2026, 12, 6, tzinfo=UTC))) == 2
    assert list_fields(tiny, datetime(2026, 12, 7, tzinfo=UTC)) == []


def test_a_draft_in_the_history_was_in_no_calendar(tiny: TinyEdition) -> None:
    """What was committed before an event was published is not compared."""
    tiny.talk("abend", uid="talk0001", body="Bald.", event=EVENT, status="draft")
    commit(tiny)
    tiny.talk("abend", uid="talk0001", body="Bald.", event=LATER)
    commit(tiny)
    assert list_fields(tiny, NOW) == []


def test_without_a_commit_nothing_moved(tiny: TinyEdition) -> None:
    """An edition outside git, or before its first commit, has no earlier time to compare with."""
    tiny.talk("abend", body="Bald.")
    assert list_fields(tiny) == []
    subprocess.run(["git", "init", "-q"], cwd=tiny.root, check=True)
    assert list_fields(tiny) == []
