from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium import __version__
from tests.cli.program import PROGRAM, at_terminal, kuratorium
from tests.editions import TinyEdition


def test_help_lists_the_commands_in_their_order(tmp_path: Path):
    """Help lists all commands in the order in which an editor needs them, each in one line, also outside an edition."""
    ran = kuratorium(tmp_path, "--help")
    listed = ran.stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == [
        *(
            "site",
            "pull",
            "inbox",
            "briefing",
            "dismiss",
            "later",
            "nominate",
            "undo",
            "find",
            "new",
            "note",
            "lookback",
            "digest",
            "check",
            "preview",
        ),
        *("publish", "proof", "release", "correct", "rename", "withdraw"),
        *("balance", "test", "lint", "build", "deploy", "ping", "send", "start", "upgrade", "transcript", "sources"),
        *("schema", "admin"),
    ]
    assert not [line for line in listed if line.endswith("...")]
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "command",
    [*("site", "pull", "inbox", "briefing", "dismiss", "later", "nominate", "undo", "find", "new", "note", "lookback"),
     *("digest", "check", "preview", "publish", "proof", "release", "correct", "rename", "withdraw"),
     *("test", "lint", "build", "start", "transcript", "sources"),
     *(f"sources {name}" for name in ("add", "status", "heal", "import", "export"))],
)  # fmt: skip
def test_every_command_shows_an_example(tmp_path: Path, command: str):
    """The help of a command ends with a command line to copy."""
    ran = kuratorium(tmp_path, *command.split(), "--help")
    assert f"  kuratorium {command}" in ran.stdout.partition("Examples:\n")[2]
    assert ran.returncode == 0


def test_help_imports_no_large_packages(tmp_path: Path):
    """Help imports neither Pelican nor the packages that fetch and parse feeds, so that it appears at once."""
    code = "import sys; from kuratorium.cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    heavy = {"pelican", "httpx", "feedparser", "bs4", "rich", "yaml"}
    assert heavy & set(ran.stderr.split()) == set()


def test_version(tmp_path: Path):
    """--version prints the version of the package."""
    assert kuratorium(tmp_path, "--version").stdout == f"kuratorium {__version__}\n"


def test_a_folder_outside_an_edition_is_refused(tmp_path: Path):
    """In a folder that belongs to no edition, the message says so."""
    ran = kuratorium(tmp_path, "check")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "this is no edition of Kuratorium" in ran.stderr
    assert ran.stderr.endswith("1 problem. Nothing was changed.\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["inbox", "--topic", "transformtion"], "Gemeint ist vielleicht „transformation“."),
        (["inbox", "--source", "amtsblgo"], "Gemeint ist vielleicht „amtsblog“."),
        (["pull", "amtsblgo"], "Gemeint ist vielleicht „amtsblog“."),
        (["note", "kxxxx"], "Kein Eintrag in curation/inbox/ passt zu „kxxxx“"),
        (["pull", "--source", "amtsblgo"], "Gemeint ist vielleicht „amtsblog“."),
        (["pull", "--shard", "5/4"], "„5/4“ ist kein Teil eines Abrufs: I/N schreiben"),
        (["find", "--source", "amtsblgo", "x"], "Gemeint ist vielleicht „amtsblog“."),
        (["sources", "import", "none.opml"], "none.opml"),
        (["sources", "add", "http://127.0.0.1:9/feed"], "http://127.0.0.1:9/feed: "),
        (["sources", "add", "curation/samples/amtsblog.xml", "--topic", "transformtion"], "vielleicht „transforma"),
        (["print"], "Den Befehl 'print' gibt es nicht"),
        (["publish"], "Es fehlt das Argument 'POST'"),
        (["note"], "Es fehlt das Argument 'ITEM_OR_URL…'"),
    ],
)
def test_a_usage_error_is_a_message_without_traceback(tiny: TinyEdition, words: list[str], message: str):
    """A wrong argument is reported on stderr, with a suggestion if there is one, and no file of the edition changes."""
    before = tiny.files()
    ran = kuratorium(tiny.root, *words)
    assert ran.returncode in {1, 2}
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    assert {file: data for file, data in tiny.files().items() if not file.startswith("var/")} == before


def test_a_bug_is_reported_in_two_lines(tiny: TinyEdition):
    """An unexpected exception ends with exit code 3 and two lines; --debug adds the traceback."""
    code = """\
import sys
from kuratorium.cli import commands

@commands.kuratorium.command()
def fail():
    return {}["nothing"]

sys.exit(commands.run_command(sys.argv[1:]))
"""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words], cwd=tiny.root, capture_output=True, text=True, check=False
        )

    ran = run("fail")
    assert ran.returncode == 3
    first, second = ran.stderr.splitlines()
    assert first == "kuratorium: internal error: KeyError: 'nothing'"
    assert "--debug" in second
    assert "Traceback" in run("--debug", "fail").stderr


def test_an_error_of_the_system_is_not_called_a_bug(tiny: TinyEdition):
    """A path that cannot be written is reported with the system's reason."""
    (tiny.root / "curation/notes/2030").write_text("a file where a folder should be")
    tiny.candidate("das-werk", uid="kmeant77")
    ran = kuratorium(tiny.root, "note", "kmea", "--as-of", "2030-01-01T09:00:00+01:00")
    assert ran.returncode == 3
    assert ran.stderr == f"kuratorium: {tiny.root}/curation/notes/2030: File exists\n"


def test_an_unknown_time_zone_is_reported(tiny: TinyEdition):
    """An unknown time zone is reported as a problem of pelicanconf.py."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(path.read_text().replace("Europe/Berlin", "Europe/Tannrode"))
    ran = kuratorium(tiny.root, "pull")
    assert ran.returncode == 2
    assert "pelicanconf.py: TIMEZONE: unbekannte Zeitzone „Europe/Tannrode“" in ran.stderr


@pytest.mark.parametrize(
    ("text", "replacement", "message"),
    [
        ('"de"', '"de_DE"', "DEFAULT_LANG: erwartet: ein Sprachkürzel, gefunden: „de_DE“"),
        ('"de"', '"Deutsch"', 'DEFAULT_LANG: expected a language code, found "Deutsch"'),
        ("weichenwerk.example", "weichen werk.example", "SITEURL: erwartet: eine http- oder https-Adresse"),
        ("weichenwerk.example", "weichenwerk.example/?a", "SITEURL: erwartet: eine http- oder https-Adresse"),
        ("weichenwerk.example", "weichen..werk", "SITEURL: „weichen..werk“ kann nicht der Name eines Hosts sein"),
        (
            "weichenwerk.example",
            "anna@werk.example",
            "SITEURL: „anna@werk.example“ kann nicht der Name eines Hosts sein",
        ),
        (
            "weichenwerk.example",
            "werk.example:hafen",
            "SITEURL: „werk.example:hafen“ kann nicht der Name eines Hosts sein",
        ),
    ],
    ids=["locale", "name", "space", "query", "empty-label", "user", "port"],
)
def test_an_invalid_setting_is_reported(tiny: TinyEdition, text: str, replacement: str, message: str):
    """Language and address of the site, which every page contains, are validated."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(path.read_text().replace(text, replacement, 1))
    ran = kuratorium(tiny.root, "build")
    assert ran.returncode == 2
    assert f"pelicanconf.py: {message}" in ran.stderr


def test_all_problems_are_reported_together(tiny: TinyEdition):
    """A build with errors prints a paragraph for each, with place and hint, and their number in the last line."""
    tiny.note("eins", authors=["ana-berg"])
    tiny.note("zwei", body="")
    ran = kuratorium(tiny.root, "build")
    assert (ran.returncode, ran.stdout) == (2, "")
    first, second, end = ran.stderr.split("\n\n")
    assert first.startswith(
        "curation/notes/2026/eins.md:5: authors[0]: unbekannt (Person): „ana-berg“\n"
        "    Gemeint ist vielleicht „anna-berg“."
    )
    assert second.startswith("curation/notes/2026/zwei.md:")
    assert end == "2 Probleme. Es wurde nichts geändert.\n"
    assert not (tiny.root / "output").exists()


def test_interrupt_ends_with_130(tiny: TinyEdition):
    """Ctrl-C at a question ends with the exit code that shells use for it."""
    code, screen = at_terminal(tiny.root, "start", typed="Our Desk\n", stop_at="Adresse der Website")
    assert code == 130
    assert "Traceback" not in screen


def test_a_closed_pipe_ends_quietly(tiny: TinyEdition):
    """`kuratorium inbox | head` prints no error when head ends first."""
    for number in range(2000):
        tiny.candidate(f"n{number}", uid=f"k{number:07d}", title="Titel " * 20)
    with subprocess.Popen(
        [*PROGRAM, "inbox"], cwd=tiny.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("id ")
        process.stdout.close()
        stderr = process.stderr.read()
    assert "Traceback" not in stderr
    assert "BrokenPipe" not in stderr
