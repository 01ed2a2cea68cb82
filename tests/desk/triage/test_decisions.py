from __future__ import annotations

from datetime import date

import pytest

from kuratorium.desk.triage import decisions, undo
from kuratorium.errors import UsageError
from tests.desk.triage.conftest import Morning

TODAY = date(2026, 10, 14)


@pytest.fixture
def two(morning: Morning) -> Morning:
    """Return a morning with two items, A and B."""
    morning.tiny.candidate("a", title="A")
    morning.tiny.candidate("b", title="B")
    return morning


def inbox_files(morning: Morning) -> dict[str, bytes]:
    """Return the files that git would see."""
    return {name: data for name, data in morning.tiny.files().items() if not name.startswith("var/")}


def test_each_decision_is_a_change_of_files_and_is_undone_byte_for_byte(two: Morning):
    """Dismissing deletes, later and nominating write a line; undone in turn, every file is as before."""
    root, before = two.tiny.root, inbox_files(two)
    decisions.nominate_items(root, two.items("A"), "Jonas", "stark")
    decisions.postpone_items(root, two.items("B"), date(2026, 10, 20), TODAY)
    assert two.titles() == [["A"]]
    assert [item.meta.title for item in two.desk.waiting] == ["B"]
    decisions.dismiss_items(root, two.items("A"))
    changed = inbox_files(two)
    assert len(before.keys() - changed.keys()) == 1
    (line,) = [line for data in changed.values() for line in data.decode().splitlines() if line.startswith("later:")]
    assert "2026-10-20" in line
    kinds = [decision.kind for decision in undo.undo_last(root, 3).decisions]
    assert kinds == ["dismiss", "later", "nominate"]
    assert inbox_files(two) == before


def test_an_item_comes_back_on_its_day(two: Morning):
    """From its day on it stands on the desk again, with no file changed."""
    decisions.postpone_items(two.tiny.root, two.items("B"), date(2026, 10, 15), TODAY)
    assert len(two.titles()) == 1
    text = two.tiny.files()["curation/policy.yaml"].decode().replace("2026-10-14T", "2026-10-15T")
    two.tiny.write("curation/policy.yaml", text)
    assert len(two.titles()) == 2


def test_a_day_in_the_past_is_refused(two: Morning):
    """Nothing is written."""
    with pytest.raises(UsageError, match="2026-10-14 is not in the future"):
        decisions.postpone_items(two.tiny.root, two.items("A"), TODAY, TODAY)


def test_a_bulk_is_one_decision(two: Morning):
    """What was dismissed together comes back together."""
    decisions.dismiss_items(two.tiny.root, two.items("A", "B"))
    assert two.titles() == []
    assert len(undo.undo_last(two.tiny.root).decisions) == 1
    assert len(two.titles()) == 2


def test_of_a_bulk_one_item_can_come_back(two: Morning):
    """The others stay dismissed, and come back with the next undo."""
    (item,) = two.items("A")
    decisions.dismiss_items(two.tiny.root, two.items("A", "B"))
    undo.undo_item(two.tiny.root, item.meta.uid)
    assert two.titles() == [["A"]]
    undo.undo_last(two.tiny.root)
    assert len(two.titles()) == 2


def test_a_file_that_was_changed_since_is_not_overwritten(two: Morning):
    """Undo says which, and changes nothing, not even the other files of the decision."""
    decisions.nominate_items(two.tiny.root, two.items("A", "B"), "Jonas", "")
    (item,) = two.items("A")
    path = two.tiny.root / item.file
    path.write_text(path.read_text() + "Eigener Satz.\n")
    before = inbox_files(two)
    with pytest.raises(UsageError, match=f"{item.file} was changed since"):
        undo.undo_last(two.tiny.root)
    assert inbox_files(two) == before


def test_a_topic_is_tagged_and_taken_back(two: Morning):
    """The second time takes it back, as undo would."""
    decisions.tag_topic(two.tiny.root, two.items("A"), "open-source")
    assert two.items("A")[0].meta.topics == ("transformation", "open-source")
    decisions.tag_topic(two.tiny.root, two.items("A"), "open-source")
    assert two.items("A")[0].meta.topics == ("transformation",)


def test_a_second_nomination_of_one_name_replaces_the_first(two: Morning):
    """Each editor counts once."""
    for word in ("gut", "besser"):
        decisions.nominate_items(two.tiny.root, two.items("A"), "Jonas", word)
    decisions.nominate_items(two.tiny.root, two.items("A"), "Lea", "")
    assert [(entry.by, entry.word) for entry in two.items("A")[0].meta.nominations] == [
        ("Jonas", "besser"),
        ("Lea", ""),
    ]
