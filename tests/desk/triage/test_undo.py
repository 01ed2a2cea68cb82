from __future__ import annotations

import shutil
import subprocess

import pytest

from kuratorium.desk.triage import decisions, undo
from kuratorium.errors import UsageError
from tests.desk.triage.conftest import Morning


def commit(morning: Morning) -> None:
    """Commit all files of the edition but var/."""
    morning.tiny.write(".gitignore", "var/\n")
    names = ["-c", "user.name=Anna", "-c", "user.email=anna@tiny.example"]
    for words in (["init", "-q"], ["add", "-A"], [*names, "commit", "-qm", "Stand"]):
        subprocess.run(["git", *words], cwd=morning.tiny.root, check=True)


def test_without_var_git_brings_an_item_back(morning: Morning):
    """var/ may be lost: what the last commit has comes back from there."""
    morning.tiny.candidate("a", title="A", uid="kaaaa111")
    commit(morning)
    before = morning.tiny.files()
    decisions.dismiss_items(morning.tiny.root, morning.items("A"))
    shutil.rmtree(morning.tiny.root / "var")
    undo.undo_item(morning.tiny.root, "kaaa")
    assert morning.titles() == [["A"]]
    names = [name for name in before if name.startswith("curation/")]
    assert {name: morning.tiny.files()[name] for name in names} == {name: before[name] for name in names}


def test_without_var_and_git_it_says_so(morning: Morning):
    """No guess, no empty file."""
    morning.tiny.candidate("a", title="A", uid="kaaaa111")
    decisions.dismiss_items(morning.tiny.root, morning.items("A"))
    shutil.rmtree(morning.tiny.root / "var")
    with pytest.raises(UsageError, match="no decision on"):
        undo.undo_item(morning.tiny.root, "kaaa")
    with pytest.raises(UsageError, match="no decision to undo"):
        undo.undo_last(morning.tiny.root)
    assert morning.titles() == []


def test_a_damaged_record_is_passed_over(morning: Morning):
    """A record that cannot be read keeps nobody from undoing the one before."""
    morning.tiny.candidate("a", title="A")
    decisions.dismiss_items(morning.tiny.root, morning.items("A"))
    morning.tiny.write("var/desk/00000002.json", "{")
    assert [decision.kind for decision in undo.undo_last(morning.tiny.root).decisions] == ["dismiss"]
    assert morning.titles() == [["A"]]


@pytest.mark.parametrize("is_removed", [False, True])
def test_a_changed_file_is_left_and_the_decision_before_is_undone(morning: Morning, is_removed: bool):
    """It is named, stays as it is, and its record stays, too: put back as decided, it can be undone."""
    root = morning.tiny.root
    morning.tiny.candidate("a", title="A")
    morning.tiny.candidate("b", title="B")
    (item,) = morning.items("B")
    decisions.dismiss_items(root, morning.items("A"))
    decisions.nominate_items(root, [item], "Jonas", "")
    nominated = (root / item.file).read_text()
    if is_removed:
        (root / item.file).unlink()
    else:
        (root / item.file).write_text(nominated + "Eigener Satz.")
    result = undo.undo_last(root)
    assert [decision.kind for decision in result.decisions] == ["dismiss"]
    assert result.left == (item.file,)
    assert morning.items("A")
    assert (root / item.file).exists() != is_removed
    with pytest.raises(UsageError, match=f"{item.file} was {'removed' if is_removed else 'changed'} since"):
        undo.undo_last(root)
    (root / item.file).write_text(nominated)
    assert [decision.kind for decision in undo.undo_last(root).decisions] == ["nominate"]


def test_changed_decisions_do_not_count(morning: Morning):
    """Two decisions are asked for, and two undone: the ones that can be."""
    root = morning.tiny.root
    for name in "abc":
        morning.tiny.candidate(name, title=name.upper())
    decisions.dismiss_items(root, morning.items("A"))
    decisions.dismiss_items(root, morning.items("B"))
    decisions.nominate_items(root, morning.items("C"), "Jonas", "")
    path = root / morning.items("C")[0].file
    path.write_text(path.read_text() + "Eigener Satz.")
    assert len(undo.undo_last(root, 2).decisions) == 2
    assert len(morning.items("A", "B", "C")) == 3
