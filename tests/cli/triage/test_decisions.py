from __future__ import annotations

import pytest

from tests.cli.program import kuratorium
from tests.editions import OWN_WORDS, TinyEdition


@pytest.fixture
def three(tiny: TinyEdition) -> TinyEdition:
    """Return an edition with three items, two of them of one story."""
    tiny.candidate("a", uid="kaaaa111", title="Amt stellt um")
    tiny.candidate("b", uid="kbbbb111", title="Amt stellt um")
    tiny.candidate("c", uid="kcccc111", title="Etwas anderes")
    return tiny


def list_ids(tiny: TinyEdition) -> set[str]:
    """Return the short ids of the items that wait."""
    return {line.split()[0] for line in kuratorium(tiny.root, "inbox", "--plain").stdout.splitlines()[1:]}


def test_a_script_dismisses_postpones_nominates_and_undoes(three: TinyEdition):
    """Each command says what it did, and undo takes back any number."""
    ran = kuratorium(three.root, "dismiss", "kaaa", "--story")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "2 Einträge verworfen. „kuratorium undo“ nimmt es zurück.\n"
    assert kuratorium(three.root, "nominate", "kccc", "--by", "Jonas", "--word", "stark").returncode == 0
    assert "von Jonas vorgeschlagen: stark" in kuratorium(three.root, "inbox").stdout
    assert kuratorium(three.root, "later", "kccc", "--until", "2026-10-20").returncode == 0
    assert "1 später" in kuratorium(three.root, "inbox").stderr
    assert list_ids(three) == set()
    ran = kuratorium(three.root, "undo", "--last", "3")
    assert ran.stderr == "3 Entscheidungen zurückgenommen.\n"
    assert ran.stdout.splitlines()[-1].startswith("restored curation/inbox/2026-10-13-")
    assert list_ids(three) == {"kaaa", "kbbb", "kccc"}


@pytest.mark.parametrize(("until", "day"), [("3", "2026-10-17"), ("morgen", "2026-10-15"), ("1.11.", "2026-11-01")])
def test_until_takes_what_the_desk_takes(three: TinyEdition, until: str, day: str):
    """A number of days, tomorrow, or a German date, as behind the key l."""
    ran = kuratorium(three.root, "later", "kccc", "--until", until)
    assert ran.stderr == f"1 Eintrag ist bis {day} vom Tisch. „kuratorium undo“ nimmt es zurück.\n"
    (path,) = (three.root / "curation/inbox").glob("*-c-*.md")
    assert day in path.read_text()


def test_the_rest_of_a_source_is_dismissed(three: TinyEdition):
    """All that waits of it, in one decision."""
    assert kuratorium(three.root, "dismiss", "--rest", "amtsblog").returncode == 0
    assert list_ids(three) == set()
    ran = kuratorium(three.root, "dismiss", "--rest", "amtsblog")
    assert (ran.returncode, ran.stderr) == (0, "0 Einträge verworfen.\n")  # undo would bring back what went before
    assert kuratorium(three.root, "undo", "kbbbb111").returncode == 0
    assert list_ids(three) == {"kbbb"}


def test_undo_passes_a_note_that_has_its_words(three: TinyEdition):
    """The note is named and stays; what was dismissed before it comes back."""
    assert kuratorium(three.root, "dismiss", "kaaa").returncode == 0
    assert kuratorium(three.root, "note", "kccc").returncode == 0
    (note,) = three.root.glob("curation/notes/*/etwas-anderes.md")
    words = note.read_text() + OWN_WORDS
    note.write_text(words)
    ran = kuratorium(three.root, "undo")
    assert ran.returncode == 0
    file = note.relative_to(three.root).as_posix()
    left = f"{file} wurde seither geändert oder entfernt und bleibt, wie es ist."
    assert ran.stderr == f"{left}\n1 Entscheidung zurückgenommen.\n"
    assert list_ids(three) == {"kaaa", "kbbb"}
    assert note.read_text() == words


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dismiss"], "Die Einträge nennen, die wegfallen"),
        (["dismiss", "kzzz"], "passt zu „kzzz“"),
        (["dismiss", "--rest", "amtsblgo"], "Gemeint ist vielleicht „amtsblog“."),
        (["dismiss", "--rest", "amtsblgo"], "--rest: „amtsblgo“ ist keine id in curation/sources.yaml."),
        (["later", "kaaa", "--until", "2026-10-14"], "2026-10-14 liegt nicht in der Zukunft"),
        (
            ["later", "kaaa", "--until", "bald"],
            "--until: „bald“ ist kein Tag: ein Datum wie 2026-10-14 schreiben",
        ),
        (["nominate", "kaaa", "kzzz", "--by", "Jonas"], "passt zu „kzzz“"),
        (["undo"], "gibt es keine Entscheidung zurückzunehmen"),
        (["undo", "kaaa"], "Zu „kaaa“ ist hier keine Entscheidung"),
    ],
)
def test_a_mistake_is_said_and_changes_nothing(three: TinyEdition, words: list[str], message: str):
    """Exit code 2, one sentence, and all files as before."""
    before = three.files()
    ran = kuratorium(three.root, *words)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert three.files() == before
