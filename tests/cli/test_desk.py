from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest

from kuratorium.edition import loader
from tests.cli.program import at_terminal, kuratorium
from tests.editions import OWN_WORDS, POLICY, REPOSITORY, SOURCES, TinyEdition, read_valid_edition, work
from tests.publishing.build.test_run import own_theme

START = [
    "start",
    *("--name", "Our Desk", "--address", "https://desk.example", "--language", "en"),
    *("--responsible", "Ada Berg", "--email", "ada@desk.example", "--topic", "Open Data"),
]


@pytest.fixture
def page() -> Iterator[str]:
    """Yield the address of a page on a local web server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Eine Seite</title><p>Text")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/eine-seite"
    server.shutdown()
    server.server_close()
    thread.join()


def test_pull_inbox_note_check(tiny: TinyEdition):
    """A pulled entry is listed and becomes a note, which is a draft while empty and valid once written."""
    tiny.write("curation/samples/kaputt.xml", "kein Feed")
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/kaputt.xml"}])
    pulled = kuratorium(tiny.root, "pull")
    assert pulled.returncode == 1
    assert "Pulled 2 sources, 1 failed: 1 new entry in curation/inbox/" in pulled.stdout
    line = next(line for line in pulled.stdout.splitlines() if line.startswith("weg "))
    assert line.split()[1] == "failed"
    assert kuratorium(tiny.root, "pull", "amtsblog").returncode == 0

    listed = kuratorium(tiny.root, "inbox", "--topic", "transformation", "--source", "amtsblog")
    short_id, day, source, *rest = listed.stdout.splitlines()[1].split()
    assert (day, source) == ("2026-10-13", "amtsblog")
    assert " ".join(rest) == "Umstellung ohne Folien transformation de 2 Stichwort umstellung im Titel"
    assert listed.stderr.splitlines() == [
        "1 Eintrag wartet.",
        f"„kuratorium note {short_id}“ beginnt eine Notiz; „kuratorium dismiss {short_id}“ verwirft den Eintrag.",
    ]

    ran = kuratorium(tiny.root, "note", short_id, "--by", "carl-dorn")
    assert ran.stdout == "curation/notes/2026/umstellung-ohne-folien.md\n"
    assert ran.stderr.splitlines() == [
        "Umstellung ohne Folien – Amtsblog",
        "https://amtsblog.example/2026/10/umstellung",
    ]
    assert "Der Eingang ist leer. „kuratorium pull“ holt neue Einträge." in kuratorium(tiny.root, "inbox").stderr

    empty = kuratorium(tiny.root, "check")
    assert empty.returncode == 0, empty.stderr
    path = tiny.root / ran.stdout.strip()
    path.write_text(path.read_text() + OWN_WORDS)
    assert kuratorium(tiny.root, "check").stderr == (
        f'{ran.stdout.strip()} has own words: delete its line "status: draft" to publish it.\n'
    )
    path.write_text(path.read_text().replace("status: draft\n", ""))
    written = kuratorium(tiny.root, "check")
    assert (written.returncode, written.stderr) == (0, "")
    assert written.stdout == (
        "own  quoted  from one work  note\n"
        "  6       0       0 of 120  curation/notes/2026/umstellung-ohne-folien.md\n"
        "  6       0       0 of 120  curation/notes/2026/erste-notiz.md\n"
        "2 notes: 12 own words, 0 quoted.\n"
        "2 posts, 1 page, 2 sources checked: no problems.\n"
    )


def test_an_invalid_inbox_file_is_reported_on_stderr(tiny: TinyEdition):
    """Stdout lists all other items, for scripts; brackets in a title are printed literally."""
    tiny.candidate("gut", uid="kgutxxxx", title="Gut [brackets] & <b>")
    tiny.write("curation/inbox/kaputt.md", "---\n")
    ran = kuratorium(tiny.root, "inbox")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[1].startswith("kgut  2026-10-13  amtsblog  Gut [brackets] & <b>  transformation  ")
    assert "cannot be read: curation/inbox/kaputt.md:1:" in ran.stderr


def test_note_opens_the_editor_and_prints_the_path(tiny: TinyEdition):
    """At a terminal the note opens in $VISUAL; its path is the last line."""
    tiny.candidate("das-werk", uid="kmeant77", title="Das Werk")
    editor = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('Meine Worte.')\""
    code, screen = at_terminal(tiny.root, "note", "kmea", typed="", VISUAL=editor)
    assert code == 0
    assert screen.splitlines()[-1] == "curation/notes/2026/das-werk.md"
    assert (tiny.root / "curation/notes/2026/das-werk.md").read_text().endswith("Meine Worte.")


def test_note_on_a_page(tiny: TinyEdition, page: str):
    """A note can begin with the address of a page; its author is the first member."""
    ran = kuratorium(tiny.root, "note", page)
    assert (ran.returncode, ran.stdout) == (0, "curation/notes/2026/eine-seite.md\n")
    (post,) = (post for post in loader.read_edition(tiny.root)[0].post_files if post.slug == "eine-seite")
    assert post.meta.bookmark_of[0].url == page


def test_check_shows_the_words_of_the_newest_notes(tiny: TinyEdition):
    """Own and quoted words of the newest five notes are shown, or of all with --words; a budget of 0 is not shown."""
    tiny.yaml("policy", POLICY | {"quote_budget": 0})
    quotation = "> Gesagt ist gesagt.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/x)\n"
    for day in range(1, 7):
        tiny.note(f"tag-{day}", date=f"2026-10-0{day}T12:00:00+02:00", body=f"{OWN_WORDS}\n\n{quotation}")
    lines = kuratorium(tiny.root, "check").stdout.splitlines()
    assert lines[1] == "  6       3              3  curation/notes/2026/tag-6.md"
    assert len(lines) == 8
    assert lines[6] == "7 notes: 42 own words, 18 quoted."
    assert len(kuratorium(tiny.root, "check", "--words").stdout.splitlines()) == 10


def test_check_corrects_headings_on_request(tiny: TinyEdition):
    """--fix says which lines it changed, and then checks as usual."""
    file = tiny.essay("kopf", body="# Teil\n\nText.")
    line = file.read_text().split("\n").index("# Teil") + 1
    result = kuratorium(tiny.root, "check", "--fix")
    assert result.returncode == 0
    assert result.stdout.startswith(f"content/essays/kopf.md:{line}: # Teil -> ## Teil\n1 line corrected.\n")
    assert "\n## Teil\n" in file.read_text()


def test_warnings_do_not_fail(tiny: TinyEdition):
    """A warning is printed and counted, and the exit code is 0."""
    tiny.essay("ohne-thema", topics=[])
    ran = kuratorium(tiny.root, "check")
    assert ran.returncode == 0
    assert ran.stdout.endswith("\n2 posts, 1 page, 1 source checked: 1 warning.\n")
    assert ran.stderr.startswith(
        "warning [topics]: content/essays/ohne-thema.md:6: topics: dieser Beitrag hat kein Thema\n    topics: [id] "
    )


def test_a_lookback_is_proposed_and_drafted(tiny: TinyEdition) -> None:
    """`lookback` lists posts of this week years ago; with one of them it writes a draft and prints its path."""
    tiny.note("akte", uid="aktezehn01", title="Die Akte", date="2016-10-13T08:00:00+02:00")
    listed = kuratorium(tiny.root, "lookback")
    assert listed.stdout.splitlines()[1].split() == ["akte", "2016-10-13", "10", "note", "Die", "Akte"]
    assert listed.stderr == 'Begin a look-back with "kuratorium lookback akte".\n'
    ran = kuratorium(tiny.root, "lookback", "akte", "--by", "carl-dorn")
    assert ran.stdout == "content/lookbacks/2026/vor-10-jahren-die-akte.md\n"
    assert ran.stderr == "Die Akte – 2016-10-13\n"
    second = kuratorium(tiny.root, "lookback", "akte")
    assert (
        "There is already a look-back on this post: content/lookbacks/2026/vor-10-jahren-die-akte.md" in second.stderr
    )


def test_a_week_without_earlier_posts_is_reported(tiny: TinyEdition) -> None:
    """If there are no posts of this week years ago, the message names the command for any other post."""
    ran = kuratorium(tiny.root, "lookback")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "Nothing was published in this week of an earlier year." in ran.stderr


def test_a_digest_is_drafted(tiny: TinyEdition) -> None:
    """Stdout has the path of the draft, stderr the number of its posts and its period; invalid days are refused."""
    ran = kuratorium(tiny.root, "digest", "--from", "2026-09-28", "--to", "2026-10-04")
    assert (ran.returncode, ran.stderr) == (0, "1 post from 2026-09-28 to 2026-10-04\n")
    assert (tiny.root / ran.stdout.strip()).is_file()
    refused = kuratorium(tiny.root, "digest", "--from", "2020-01-01", "--to", "2020-02-30")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'2020-02-30' hat nicht die Form" in refused.stderr


def test_a_started_edition_can_be_built(tiny: TinyEdition):
    """After start with all options, check, pull and build succeed; a second start is refused."""
    refused = kuratorium(tiny.root, *START)
    assert refused.returncode == 2
    assert "  1 file in curation/samples/\n" in refused.stderr
    assert "Give --yes" in refused.stderr
    started = kuratorium(tiny.root, *START, "--yes")
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith("This edition is yours. What was there before is kept in var/before-start-")
    assert kuratorium(tiny.root, "check").stdout.startswith("0 posts, 4 pages, 0 sources checked: ")
    ran = kuratorium(tiny.root, "site")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Our Desk" in (tiny.root / "output/index.html").read_text()
    assert feedparser.parse((tiny.root / "output/feed.xml").read_bytes()).feed.title.startswith("Our Desk")
    again = kuratorium(tiny.root, *START, "--yes")
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_start_without_a_terminal_names_the_missing_options(tiny: TinyEdition):
    """Without a terminal to ask at, the message names the missing options."""
    ran = kuratorium(tiny.root, "start", "--yes", "--name", "Our Desk", "--topic", "One")
    assert ran.returncode == 2
    assert "--address, --language, --responsible, --email angeben." in ran.stderr


def test_start_asks_at_a_terminal(tiny: TinyEdition):
    """At a terminal start asks for missing answers, repeats a question after an invalid one, and asks to continue.

    Before that, each answer can be corrected; topics of one name are told there.
    """
    typed = "desk.example\nhttps://desk.example\nde\nAda Bär\nada@desk.example\nKI\nki\n\n\n\n\n"
    typed += "4\nAda Berg\n\n6\nOffene Daten\nKI\n\n\ny\n"
    code, screen = at_terminal(tiny.root, "start", "--name", "Our Desk", typed=typed)
    assert code == 0, screen
    assert "erwartet: die Adresse der Website" in screen
    assert "Fortfahren? [j/N]" in screen
    assert "  4  Responsible: Ada Bär" in screen
    assert '  ! --topic: several topics would have the id "ki".' in screen
    assert "  6  Topics: Offene Daten, KI" in screen
    registry = read_valid_edition(tiny.root).registry
    assert registry.policy is not None
    assert registry.policy.imprint.responsible == "Ada Berg"
    assert (list(registry.topics), list(registry.sources)) == (["offene-daten", "ki"], [])
    assert "Darf man auf der Website Überschriften aus Ihrem Eingang sehen? [j/N]" in screen
    assert registry.policy is not None
    assert not registry.policy.fresh.show


def test_start_begins_an_edition_in_a_folder(tmp_path: Path):
    """Where no edition is around; its next steps are targets of its Makefile, and a second start is refused."""
    started = kuratorium(tmp_path, *START[:1], "new/desk", *START[1:])
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith("The edition in new/desk is yours.\nNext:\n  cd new/desk\n")
    steps = re.findall(r"^  make (\w+)", started.stdout, re.M)
    targets = re.findall(r"^(\w+):", (tmp_path / "new/desk/Makefile").read_text(), re.M)
    assert steps == ["site", "check", "pull", "inbox", "preview"]
    assert set(steps) <= {*targets}
    assert kuratorium(tmp_path / "new/desk", "check").stdout.startswith("0 posts, 4 pages, 0 sources checked: ")
    again = kuratorium(tmp_path, *START[:1], "new/desk", *START[1:])
    assert (again.returncode, again.stdout) == (2, "")
    assert "new/desk holds an edition. There is:" in again.stderr


@pytest.mark.parametrize(("option", "shown"), [((), False), (("--show-inbox",), True), (("--hide-inbox",), False)])
def test_start_shows_the_inbox_only_if_asked_to(tiny: TinyEdition, option: tuple[str, ...], shown: bool):
    """Without a terminal, readers see the inbox only with --show-inbox."""
    assert kuratorium(tiny.root, *START, *option, "--yes").returncode == 0
    policy = read_valid_edition(tiny.root).registry.policy
    assert policy is not None
    assert policy.fresh.show is shown


def test_the_next_steps_use_make(tiny: TinyEdition):
    """What start proposes works in a shell without .venv/bin in its path: each is a target of the Makefile."""
    steps = re.findall(r"^  make (\w+)", kuratorium(tiny.root, *START, "--yes").stdout, re.M)
    targets = re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.M)
    assert steps == ["check", "pull", "inbox", "preview"]
    assert set(steps) <= {*targets}


def test_names_in_place_of_ids(tiny: TinyEdition):
    """A name, or a mistyped one, where an option wants an id gets the id proposed."""
    tiny.yaml("sources", [{"id": "der-amtsblick", "name": "Blick ins Amt", "feed": "curation/samples/amtsblog.xml"}])
    commands = {
        ("inbox", "--topic", "Open Source"): "open-source",
        ("inbox", "--source", "blick ins amt"): "der-amtsblick",
        ("pull", "Blik ins Amt"): "der-amtsblick",
        ("sources", "add", "x.example", "--topic", "Transformazion"): "transformation",
        ("note", "https://x.example/", "--by", "Carl Dorn"): "carl-dorn",
    }
    tiny.candidate("x", bookmark_of=[work("https://x.example/")], authors=[])
    for command, expected in commands.items():
        ran = kuratorium(tiny.root, *command)
        assert (ran.returncode, f"Gemeint ist vielleicht „{expected}“." in ran.stderr) == (2, True), ran.stderr


def test_check_reads_the_settings(tiny: TinyEdition):
    """Mistakes in pelicanconf.py that stop a build are errors; a setting without effect is a warning."""
    conf = tiny.root / "pelicanconf.py"
    text = conf.read_text()
    mistakes = {
        'DEFAULT_LANG = "fr"': 'pelicanconf.py: DEFAULT_LANG: the theme has no words in the language "fr"\n'
        "    Write one of de, en, or add theme/translations/fr.po.\n",
        'PLUGINS = ["not_there"]': "pelicanconf.py: PLUGINS: Cannot load plugin `not_there`",
        'TIMEZONE = "Nowhere"': "pelicanconf.py: TIMEZONE: unbekannte Zeitzone „Nowhere“",
    }
    for line, message in mistakes.items():
        conf.write_text(f"{text}\n{line}\n")
        for command in ("check", "build"):
            ran = kuratorium(tiny.root, command)
            assert (ran.returncode, message in ran.stderr) == (2, True), ran.stderr
    conf.write_text(f"{text}\nRELATIVE_URLS = False\n")
    ran = kuratorium(tiny.root, "check")
    assert ran.returncode == 0
    assert "pelicanconf.py: RELATIVE_URLS: diese Einstellung hat keine Wirkung" in ran.stderr


def test_start_changes_nothing_after_a_no(tiny: TinyEdition):
    """If the user does not want to continue, nothing is changed."""
    before = tiny.files()
    code, _ = at_terminal(tiny.root, *START, typed="n\n")
    assert code == 130
    assert tiny.files() == before


@pytest.mark.parametrize(
    ("lang", "message", "hint"),
    [
        ("de", "unbekannter Schlüssel „titel“", "Gemeint ist vielleicht „title“."),
        ("de-AT", "unbekannter Schlüssel „titel“", "Gemeint ist vielleicht „title“."),
        ("en", 'unknown key "titel"', 'Did you mean "title"?'),
    ],
)
def test_problems_are_told_in_the_language_of_the_edition(
    tiny: TinyEdition, lang: str, message: str, hint: str
) -> None:
    """Of check in each of its forms, and of a build; fields, ids of rules and the editor's words stay."""
    conf = tiny.root / "pelicanconf.py"
    conf.write_text(conf.read_text().replace('DEFAULT_LANG = "de"', f'DEFAULT_LANG = "{lang}"'))
    tiny.note("verschrieben", titel="Bericht")
    ran = kuratorium(tiny.root, "check")
    assert re.search(rf"error \[edition\]: curation/notes/2026/verschrieben\.md:\d+: titel: {message}\n", ran.stderr)
    (finding,) = json.loads(kuratorium(tiny.root, "check", "--format", "json").stdout)["findings"]
    assert (finding["message"], finding["hint"]) == (message, hint)
    assert f"titel: {message}%0A{hint}" in kuratorium(tiny.root, "check", "--format", "github").stdout
    built = kuratorium(tiny.root, "build")
    assert (built.returncode, f"titel: {message}\n    {hint}\n" in built.stderr) == (2, True), built.stderr


@pytest.mark.parametrize(
    ("catalogue", "message"), [("", "unbekannter Schlüssel „titel“"), ("kein Katalog", 'unknown key "titel"')]
)
def test_problems_are_told_without_a_catalogue(tiny: TinyEdition, catalogue: str, message: str) -> None:
    """In the program's words if a theme has no messages of rules; in English if its file of them is broken."""
    folder = own_theme(tiny) / "translations/messages"
    (folder / "de.po").write_text(catalogue) if catalogue else shutil.rmtree(folder)
    tiny.note("verschrieben", titel="Bericht")
    assert f"titel: {message}" in kuratorium(tiny.root, "check").stderr


def test_check_prints_the_code_quality_report_of_gitlab(tiny: TinyEdition) -> None:
    """Each finding has a description, a rule, a place, a severity and a fingerprint of its own."""
    tiny.note("eins", topics=["unbekannt"])
    ran = kuratorium(tiny.root, "check", "--format", "gitlab")
    issues = json.loads(ran.stdout)
    assert ran.returncode == 2
    issue = next(issue for issue in issues if "unbekannt" in issue["description"])
    assert issue["location"]["path"] == "curation/notes/2026/eins.md"
    assert issue["location"]["lines"]["begin"] > 1
    assert issue["severity"] == "major"
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_check_prints_for_programs(tiny: TinyEdition) -> None:
    """As JSON, as commands that a forge shows at the lines of a change, and as SARIF: each with the rule's id."""
    tiny.essay("ohne-thema", topics=[])
    tiny.essay("leer", body="")
    found = json.loads(kuratorium(tiny.root, "check", "--format", "json").stdout)
    assert [(item["level"], item["rule"], item["file"], item["line"]) for item in found["findings"]] == [
        ("error", "edition", "content/essays/leer.md", 8),
        ("warning", "topics", "content/essays/ohne-thema.md", 6),
    ]
    assert found["checked"] == {"posts": 3, "pages": 1, "sources": 1}
    commands = kuratorium(tiny.root, "check", "--format", "github").stdout.splitlines()
    assert commands[0].startswith("::error file=content/essays/leer.md,line=8,title=edition::der Text fehlt%0AUnter ")
    assert commands[1].startswith(
        "::warning file=content/essays/ohne-thema.md,line=6,title=topics::topics: dieser Beitrag"
    )
    ran = kuratorium(tiny.root, "check", "--format", "sarif")
    assert ran.returncode == 2
    (run,) = json.loads(ran.stdout)["runs"]
    assert {item["ruleId"] for item in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "content/essays/ohne-thema.md"
    assert place["region"] == {"startLine": 6}


def test_check_explains_a_rule(tiny: TinyEdition) -> None:
    """In the language of the edition; an unknown rule is told with the nearest one."""
    ran = kuratorium(tiny.root, "check", "--explain", "topics")
    assert ran.stdout.startswith("topics (warning)\nOhne Thema steht der Beitrag auf keiner Themenseite")
    ran = kuratorium(tiny.root, "check", "--explain", "topcis")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Es gibt keine Regel „topcis“. Gemeint ist vielleicht „topics“." in ran.stderr


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("content", "dieser Ordner enthält Dateien, die kein Bau geschrieben hat"),
        ("content/media/neu", "das ist ein Ordner der Ausgabe selbst"),
        ("curation/samples/neu", "das ist ein Ordner der Ausgabe selbst"),
        ("theme/static/neu", "das ist ein Ordner der Ausgabe selbst"),
        ("var", "das ist ein Ordner der Ausgabe selbst"),
        (".", "in diesem Ordner liegt die Ausgabe selbst"),
        ("..", "in diesem Ordner liegt die Ausgabe selbst"),
        ("pelicanconf.py", "das ist eine Datei, kein Ordner"),
    ],
)
def test_check_refuses_a_folder_that_a_build_would_refuse(tiny: TinyEdition, path: str, words: str) -> None:
    """OUTPUT_PATH on, in or above a folder of the edition is an error of the check, and nothing is touched."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(f'{settings.read_text()}\nOUTPUT_PATH = "{path}"\n')
    ran = kuratorium(tiny.root, "check")
    assert ran.returncode == 2
    assert (
        f"pelicanconf.py: OUTPUT_PATH: „{path}“ kann nicht der Ordner der Website sein: {words}"
        in ran.stdout + ran.stderr
    )
    assert kuratorium(tiny.root, "build").returncode == 2
