from __future__ import annotations

import pytest

from tests.cli.program import kuratorium
from tests.editions import TinyEdition, work


def test_new_begins_all_formats(tiny: TinyEdition):
    """`new note` is `note`, and so are `lookback` and `digest`; stdout has the path of the draft."""
    tiny.candidate("das-werk", uid="kmeant77", title="Das Werk")
    tiny.note("alt", uid="alt0000001", date="2016-10-13T08:00:00+02:00")
    assert kuratorium(tiny.root, "new", "note", "kmea").stdout == "curation/notes/2026/das-werk.md\n"
    essay = kuratorium(tiny.root, "new", "essay", "--title", "Was bleibt")
    assert essay.stdout == "content/essays/2026/was-bleibt.md\n"
    assert "alt" in kuratorium(tiny.root, "new", "lookback").stdout
    assert kuratorium(tiny.root, "new", "lookback", "alt").stdout.startswith("content/lookbacks/2026/")


def test_new_asks_before_it_repeats_a_work(tiny: TinyEdition):
    """Without a terminal the answer is no, and --again says yes."""
    tiny.candidate("nochmal", uid="knochmal", bookmark_of=[work("https://amtsblog.example/erste-notiz")])
    refused = kuratorium(tiny.root, "note", "knoc")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Dieses Werk ist schon empfohlen in curation/notes/2026/erste-notiz.md." in refused.stderr
    assert kuratorium(tiny.root, "note", "knoc", "--again").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("note",), "Einen Eintrag des Eingangs nennen"),
        (("note", "x", "--guest", "eva-falk"), "--guest passt nicht zu note"),
        (("digest", "x"), "Eine Presseschau nimmt keinen Eintrag"),
        (("digest", "--quote", "x"), "--quote passt nicht zu digest"),
        (("lookback", "a", "b"), "Ein Rückblick gilt einem einzigen Beitrag"),
        (("poem",), "'poem' ist keines von"),
    ],
)
def test_what_does_not_fit_is_refused(tiny: TinyEdition, words: tuple[str, ...], says: str):
    """The message names the option and the format."""
    ran = kuratorium(tiny.root, "new", *words)
    assert ran.returncode == 2
    assert says in ran.stderr
