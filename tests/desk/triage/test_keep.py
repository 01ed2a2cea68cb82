from __future__ import annotations

from datetime import date, datetime

import pytest

from kuratorium.desk.note import begin_note
from kuratorium.desk.triage import decisions, keep, undo
from kuratorium.edition import loader
from kuratorium.errors import UsageError
from tests.desk.triage.conftest import Morning
from tests.desk.triage.test_undo import commit
from tests.editions import NOW, OWN_WORDS


def begin(morning: Morning, title: str) -> str:
    """Begin a note on the item with this title, and return its file."""
    (item,) = morning.items(title)
    draft = begin_note(
        morning.tiny.root, item.meta.uid, author_ids=(), as_of=None, clock=lambda: datetime.fromisoformat(NOW)
    )
    return draft.file


def restore(morning: Morning) -> list[str]:
    """Bring back the entries of deleted notes."""
    return keep.restore_entries(morning.tiny.root, loader.read_edition(morning.tiny.root)[0].post_files)


@pytest.fixture
def two(morning: Morning) -> Morning:
    """Return a morning with two items, A and B, on different works."""
    morning.tiny.candidate("a", title="A")
    morning.tiny.candidate("b", title="B")
    return morning


def test_two_items_become_one_note(two: Morning):
    """The second work stands below the first in bookmark_of, no other line changes, and undo restores all."""
    before = two.tiny.files()
    file = begin(two, "A")
    text = (two.tiny.root / file).read_text()
    keep.add_works(two.tiny.root, file, two.items("B"), date(2026, 10, 14))
    added = (two.tiny.root / file).read_text()
    note = next(post for post in loader.read_edition(two.tiny.root)[0].post_files if post.file == file)
    assert [work.url for work in note.meta.bookmark_of] == ["https://amtsblog.example/a", "https://amtsblog.example/b"]
    lines = added.splitlines()
    assert [line for line in text.splitlines() if line not in lines] == []
    assert two.titles() == []
    undo.undo_last(two.tiny.root, 2)
    assert {name: data for name, data in two.tiny.files().items() if not name.startswith("var/")} == before


def test_a_note_with_own_words_is_not_undone(two: Morning):
    """Its words would be lost: the editor is told to delete it."""
    path = two.tiny.root / begin(two, "A")
    path.write_text(path.read_text() + OWN_WORDS)
    with pytest.raises(UsageError, match="delete it: its entry comes back"):
        undo.undo_last(two.tiny.root)


def test_deleting_a_begun_note_brings_its_entry_back(two: Morning):
    """Once: dismissed afterwards, it stays away."""
    before = two.tiny.files()
    path = two.tiny.root / begin(two, "A")
    assert restore(two) == []
    path.unlink()
    assert len(restore(two)) == 1
    assert {name: data for name, data in two.tiny.files().items() if not name.startswith("var/")} == before
    decisions.dismiss_items(two.tiny.root, two.items("A"))
    assert restore(two) == []


def test_a_begun_note_of_another_clone_brings_its_entry_back(two: Morning):
    """This machine did not begin it, but the last commit has it, without words of its own."""
    path = two.tiny.root / begin(two, "A")
    commit(two)
    for record in undo.list_decisions(two.tiny.root):
        record.unlink()
    path.unlink()
    assert len(restore(two)) == 1
    assert {title for titles in two.titles() for title in titles} >= {"B"}
    assert "https://amtsblog.example/a" in [item.work.url for story in two.desk.stories for item in story.items]


def test_a_published_note_that_is_deleted_does_not_come_back(two: Morning):
    """It was no begun note: its editor withdrew it."""
    path = two.tiny.root / begin(two, "A")
    path.write_text(path.read_text() + OWN_WORDS)
    commit(two)
    for record in undo.list_decisions(two.tiny.root):
        record.unlink()
    path.unlink()
    assert restore(two) == []


def test_a_note_without_a_list_of_works_is_refused(two: Morning):
    """Nothing is written, and the item stays."""
    path = two.tiny.write("curation/notes/2026/flow.md", "---\nuid: n123456\nbookmark_of: [{url: x}]\n---\nText\n")
    with pytest.raises(UsageError, match="no list bookmark_of"):
        keep.add_works(two.tiny.root, "curation/notes/2026/flow.md", two.items("B"), date(2026, 10, 14))
    assert path.read_text().endswith("Text\n")
    assert len(two.items("A", "B")) == 2
