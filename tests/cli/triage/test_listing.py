from __future__ import annotations

import json

import pytest

from tests.cli.program import kuratorium
from tests.editions import TinyEdition, work


@pytest.fixture
def several(tiny: TinyEdition) -> TinyEdition:
    """Return an edition with items of two topics and languages."""
    tiny.candidate("a", uid="kaaaa111", title="Umstellung im Amt")
    other = work("https://other.example/x", source="other", published="2026-10-01", lang="en", authors=["Neu"])
    tiny.candidate("b", uid="kbbbb111", title="Open code", topics=["open-source"], bookmark_of=[other], teaser="Cloud")
    return tiny


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], ["kaaa", "kbbb"]),
        (["--topic", "open-source"], ["kbbb"]),
        (["--source", "amtsblog"], ["kaaa"]),
        (["--lang", "en"], ["kbbb"]),
        (["--days", "3"], ["kaaa"]),
        (["--words", "cloud CODE"], ["kbbb"]),
        (["--words", "cloud amt"], []),
    ],
)
def test_filters_select_stories(several: TinyEdition, words: list[str], ids: list[str]):
    """By topic, source, language, age and words; JSON and lines show the same."""
    stories = json.loads(kuratorium(several.root, "inbox", "--json", *words).stdout)
    assert [story["items"][0]["id"] for story in stories] == ids
    lines = kuratorium(several.root, "inbox", *words).stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ids


def test_why_prints_the_sum(several: TinyEdition):
    """Each reason with its points, and below them their sum."""
    assert kuratorium(several.root, "inbox", "--why", "kaaa").stdout.splitlines() == [
        "kaaa  Umstellung im Amt",
        "    2  Gerd Hahn: einmal ausgewählt",
        "    2  Stichwort umstellung im Titel",
        "    4  in all",
    ]


def test_the_briefing_is_markdown_with_a_command_for_each_story(several: TinyEdition):
    """Stories stand below their topics, feed text is no markup in it, and each has reasons and a command."""
    several.candidate("c", uid="kcccc111", title="[x](javascript:1) <b>", topics=[])
    text = kuratorium(several.root, "briefing").stdout
    assert text.startswith("# Lagebericht: 14. Oktober 2026\n")
    sections = text.split("\n## ")
    assert [section.partition("\n")[0] for section in sections[1:]] == ["Transformation", "Open Source", "Ohne Thema"]
    assert "Stichwort umstellung im Titel (+2)" in sections[1]
    assert "`kuratorium note kaaa`" in sections[1]
    assert r"\[x\](javascript:1) &lt;b&gt;" in sections[3]


def test_an_item_says_beforehand_when_it_expires(several: TinyEdition):
    """A week before a pull removes what nobody touched; with expire_days: 0 nothing expires."""
    key = "amtsblog:0123456789abcdef"
    works = [work("https://amtsblog.example/alt", published="2026-09-16", item=key)]
    several.candidate("alt", uid="kdddd111", title="Alt", bookmark_of=works)
    several.write("curation/seen/amtsblog.txt", "0123456789abcdef 2026-09-16 https://amtsblog.example/alt\n")
    assert "läuft in 3 Tagen ab" in kuratorium(several.root, "inbox", "--why", "kdddd111").stdout
    policy = several.root / "curation/policy.yaml"
    policy.write_text(policy.read_text() + "triage: {expire_days: 0}\n")
    assert "läuft" not in kuratorium(several.root, "inbox", "--why", "kdddd111").stdout


def test_a_deleted_note_is_back_on_the_desk(several: TinyEdition):
    """The next look at the desk says so."""
    path = several.root / kuratorium(several.root, "note", "kaaa").stdout.strip()
    assert "kaaa" not in kuratorium(several.root, "inbox").stdout
    path.unlink()
    ran = kuratorium(several.root, "inbox")
    assert "Back in the inbox, since its begun note was deleted" in ran.stderr
    assert "kaaa" in ran.stdout


def test_replay_measures_the_editions_own_history(tiny: TinyEdition):
    """Of the entries of a day, the one that became a note stood in the top ten, or not."""
    assert "nichts zu messen" in kuratorium(tiny.root, "inbox", "--replay").stderr
    assert kuratorium(tiny.root, "pull").returncode == 0
    short_id = kuratorium(tiny.root, "inbox").stdout.splitlines()[1].split()[0]
    note = tiny.root / kuratorium(tiny.root, "note", short_id).stdout.strip()
    note.write_text(note.read_text() + "Eigene Worte.\n")
    output = kuratorium(tiny.root, "inbox", "--replay").stdout
    assert "1 of 1 entry that became notes stood in the top 10 of their day (100%; by chance 100%)." in output
