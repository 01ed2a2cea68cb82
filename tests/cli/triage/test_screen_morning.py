"""An editor's morning from the pull to the site, at a real terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.program import kuratorium
from tests.cli.triage.test_screen import at_screen
from tests.editions import TinyEdition

TITLES = ("Bauhof liest Akten digital", "Haushalt wird Tabelle", "Schulen teilen Rechner", "Wahlhelfer suchen Stifte")
OWN_WORDS = "Beide Texte zeigen, was eine Umstellung kostet, und warum sie sich erst im dritten Jahr lohnt."
# What a person does in an editor: own words below the front matter, and no draft any more.
EDITOR = f"""
import pathlib, sys
path = pathlib.Path(sys.argv[1])
_, front, _ = path.read_text().split("---\\n", 2)
front = "".join(line for line in front.splitlines(True) if not line.startswith("status: draft"))
path.write_text(f"---\\n{{front}}---\\n\\n{OWN_WORDS}\\n")
"""


def test_a_morning(tiny: TinyEdition, tmp_path: Path):
    """Two entries become one note, one is dismissed and comes back, one goes, one is nominated; git shows just that."""
    tiny.write("curation/samples/amtsblog.xml", build_feed())
    tiny.write(".gitignore", "var/\noutput/\n")
    assert kuratorium(tiny.root, "pull").returncode == 0
    git(tiny, "init", "-q")
    git(tiny, "add", "-A")
    git(tiny, "-c", "user.name=E", "-c", "user.email=e@e.example", "commit", "-qm", "pulled")
    editor = tmp_path / "editor.py"
    editor.write_text(EDITOR)
    steps = [
        ("4 von 4", "mm"),
        ("2 markiert", "n"),
        ("2 von 2", "d"),
        ("1 von 1", "u"),  # the cursor is on what came back
        ("rückgängig", "jd"),
        ("1 Eintrag verworfen", "v"),
        ("Wer schlägt vor", "die Zahlen\r"),
        ("Vorgeschlagen von Jo", "q"),
    ]
    name = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Jo"}
    at_screen(tiny, steps, VISUAL="", EDITOR=f"{sys.executable} {editor}", **name)

    changes = {line[3:]: line[:2] for line in git(tiny, "status", "--porcelain", "-uall").splitlines()}
    assert changes.pop("curation/seen/amtsblog.txt") == " M"  # what was dismissed stays so in every clone
    (note,) = [file for file, change in changes.items() if change == "??"]
    assert note.startswith("curation/notes/2026/bauhof-liest-akten-digital")
    assert {find_title(file): change for file, change in changes.items() if file != note} == {
        TITLES[0]: " D",
        TITLES[1]: " D",
        TITLES[2]: " M",
        TITLES[3]: " D",
    }
    difference = git(tiny, "diff", "-U0", "--diff-filter=M", "curation/inbox").partition("@@")[2]
    added = [line for line in difference.splitlines() if line.startswith(("+", "-"))]
    assert added == ["+nominations:", "+- by: Jo", "+  word: die Zahlen"]

    marks = git(tiny, "diff", "-U0", "curation/seen").partition("@@")[2].splitlines()
    assert [line.split()[1:] for line in marks if line.startswith(("+", "-"))] == [["dismissed"]]

    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert kuratorium(tiny.root, "build").returncode == 0
    page = (tiny.root / f"output/notizen/{Path(note).stem}.html").read_text()
    assert OWN_WORDS in page
    assert [title in page for title in TITLES] == [True, True, False, False]


def build_feed() -> str:
    """Return a feed with an entry on each of four days, the newest first."""
    items = "".join(
        f"<item><title>{title}</title><link>https://amtsblog.example/{day}</link>"
        f"<pubDate>{day} Oct 2026 08:00:00 +0200</pubDate><description>Teaser {day}</description></item>"
        for day, title in zip((13, 12, 11, 10), TITLES, strict=True)
    )
    return f'<rss version="2.0"><channel><title>Amtsblog</title>{items}</channel></rss>'


def find_title(file: str) -> str:
    """Return the title of the entry that a file of the inbox is on."""
    return next(title for title in TITLES if title.lower().replace(" ", "-")[:12] in file)


def git(tiny: TinyEdition, *words: str) -> str:
    """Run git in the edition and return what it prints."""
    return subprocess.run(["git", *words], cwd=tiny.root, check=True, capture_output=True, text=True).stdout
