"""`lookback` and `digest` as an editor types them."""

from __future__ import annotations

from tests.cli.test_main import kuratorium
from tests.editions import TinyEdition


def test_a_look_back_is_proposed_and_begun(tiny: TinyEdition) -> None:
    """The list names what came out this week years ago; one of it becomes a draft, whose path is the result."""
    tiny.note("akte", uid="aktezehn01", title="Die Akte", date="2016-10-13T08:00:00+02:00")
    listed = kuratorium(tiny.root, "lookback")
    assert listed.stdout.splitlines()[1].split() == ["akte", "2016-10-13", "10", "note", "Die", "Akte"]
    assert listed.stderr == "«kuratorium lookback akte» begins a look-back.\n"
    begun = kuratorium(tiny.root, "lookback", "akte", "--by", "carl-dorn")
    assert begun.stdout == "content/lookbacks/2026/vor-10-jahren-die-akte.md\n"
    assert begun.stderr == "Die Akte – 2016-10-13\n"
    again = kuratorium(tiny.root, "lookback", "akte")
    assert "Somebody has looked back on it already: content/lookbacks/2026/vor-10-jahren-die-akte.md" in again.stderr


def test_a_week_without_a_past_is_told(tiny: TinyEdition) -> None:
    """The list is empty, and says what can be done."""
    ran = kuratorium(tiny.root, "lookback")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "Nothing was published in this week of an earlier year." in ran.stderr


def test_an_issue_is_drafted(tiny: TinyEdition) -> None:
    """Its path is the result; its period stands beside it."""
    ran = kuratorium(tiny.root, "digest", "--from", "2026-09-28", "--to", "2026-10-04")
    assert (ran.returncode, ran.stderr) == (0, "1 post from 2026-09-28 to 2026-10-04\n")
    assert (tiny.root / ran.stdout.strip()).is_file()
    refused = kuratorium(tiny.root, "digest", "--from", "2020-01-01", "--to", "2020-02-30")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'2020-02-30' does not match the format" in refused.stderr
