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
    assert [decision.kind for decision in undo.undo_last(morning.tiny.root)] == ["dismiss"]
    assert morning.titles() == [["A"]]
