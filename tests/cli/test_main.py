import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest

from kuratorium import __version__
from kuratorium.edition import loader
from tests import terminal
from tests.editions import OWN_WORDS, POLICY, SOURCES, TinyEdition

PROGRAM = [sys.executable, "-W", "error", "-m", "kuratorium.cli.main"]
START = [
    "start",
    *("--name", "Our Desk", "--address", "https://desk.example", "--language", "en"),
    *("--responsible", "Ada Berg", "--email", "ada@desk.example", "--topic", "Open Data"),
]


def kuratorium(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in `folder`, with nobody at a terminal."""
    known = {key: value for key, value in os.environ.items() if key not in {"VISUAL", "EDITOR"}}
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=folder,
        env=known | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def at_terminal(folder: Path, *words: str, typed: str, stop_at: str = "", **environment: str) -> tuple[int, str]:
    """Run the program in `folder`, at a terminal where somebody types; see `terminal.run`."""
    return terminal.run([*PROGRAM, *words], folder=folder, typed=typed, stop_at=stop_at, **environment)


def test_help_lists_the_commands_in_the_order_of_the_work(tmp_path: Path):
    """Help names all commands, in the order in which an edition needs them, and is there outside of one."""
    ran = kuratorium(tmp_path, "--help")
    listed = ran.stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == [
        *("site", "pull", "inbox", "find", "note", "lookback", "digest", "check", "preview"),
        *("test", "lint", "build", "start", "transcript", "sources"),
    ]
    assert not [line for line in listed if line.endswith("...")]
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "command",
    [*("site", "pull", "inbox", "find", "note", "lookback", "digest", "check", "preview"),
     *("test", "lint", "build", "start", "transcript", "sources"),
     *(f"sources {name}" for name in ("add", "status", "heal", "import", "export"))],
)  # fmt: skip
def test_every_command_shows_an_example(tmp_path: Path, command: str):
    """The help of a command ends with a command line that can be typed."""
    ran = kuratorium(tmp_path, *command.split(), "--help")
    assert f"  kuratorium {command}" in ran.stdout.partition("Examples:\n")[2]
    assert ran.returncode == 0


def test_help_does_not_wait_for_what_it_does_not_need(tmp_path: Path):
    """Help imports neither Pelican nor what fetches and parses feeds."""
    code = "import sys; from kuratorium.cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    heavy = {"pelican", "httpx", "feedparser", "bs4", "rich", "yaml"}
    assert heavy & set(ran.stderr.split()) == set()


def test_version(tmp_path: Path):
    """--version says what the package says."""
    assert kuratorium(tmp_path, "--version").stdout == f"kuratorium {__version__}\n"


def test_outside_of_an_edition(tmp_path: Path):
    """In a folder that is no edition, the message says where to go."""
    ran = kuratorium(tmp_path, "check")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "this is no edition of Kuratorium" in ran.stderr
    assert ran.stderr.endswith("1 problem. Nothing was changed.\n")


def test_an_edition_is_found_from_below(tiny: TinyEdition):
    """Commands work in every folder of the edition."""
    assert kuratorium(tiny.root / "curation/notes", "check").returncode == 0


def test_pull_inbox_note_check(tiny: TinyEdition):
    """The editor's way: what is pulled is listed, becomes a note, is refused while empty, and then is right."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    pulled = kuratorium(tiny.root, "pull")
    assert pulled.returncode == 1
    assert "Pulled 2 sources, 1 failed: 1 new entry in curation/inbox/" in pulled.stdout
    line = next(line for line in pulled.stdout.splitlines() if line.startswith("weg "))
    assert line.split()[1] == "failed"
    assert kuratorium(tiny.root, "pull", "amtsblog").returncode == 0

    listed = kuratorium(tiny.root, "inbox", "--topic", "transformation", "--source", "amtsblog")
    short, day, source, *rest = listed.stdout.splitlines()[1].split()
    assert (day, source, " ".join(rest)) == ("2026-10-13", "amtsblog", "Umstellung ohne Folien transformation")
    assert listed.stderr.splitlines() == [
        "1 item waiting.",
        f"«kuratorium note {short}» begins a note; deleting a file dismisses it for good.",
    ]

    begun = kuratorium(tiny.root, "note", short, "--by", "carl-dorn")
    assert begun.stdout == "curation/notes/2026/umstellung-ohne-folien.md\n"
    assert begun.stderr.splitlines() == [
        "Umstellung ohne Folien – Amtsblog",
        "https://amtsblog.example/2026/10/umstellung",
    ]
    assert "Nothing is waiting. «kuratorium pull» fetches" in kuratorium(tiny.root, "inbox").stderr

    empty = kuratorium(tiny.root, "check")
    assert empty.returncode == 2
    assert "error: curation/notes/2026/umstellung-ohne-folien.md:" in empty.stderr
    assert empty.stdout.endswith("\n2 posts, 1 page, 2 sources checked: 1 error.\n")
    path = tiny.root / begun.stdout.strip()
    path.write_text(path.read_text() + OWN_WORDS)
    right = kuratorium(tiny.root, "check")
    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout == (
        "own  quoted  from one work  note\n"
        "  6       0       0 of 120  curation/notes/2026/umstellung-ohne-folien.md\n"
        "  6       0       0 of 120  curation/notes/2026/erste-notiz.md\n"
        "2 notes: 12 own words, 0 quoted.\n"
        "2 posts, 1 page, 2 sources checked: no problems.\n"
    )


def test_check_tells_the_words_of_the_newest_notes(tiny: TinyEdition):
    """Own and quoted words apart; five notes, or all that are asked for. Where nothing is budgeted, none is told."""
    tiny.yaml("policy", POLICY | {"quote_budget": 0})
    quotation = "> Gesagt ist gesagt.\n> — Amtsblog, Gerd Hahn: [Das Werk](https://amtsblog.example/x)\n"
    for day in range(1, 7):
        tiny.note(f"tag-{day}", date=f"2026-10-0{day}T12:00:00+02:00", body=f"{OWN_WORDS}\n\n{quotation}")
    told = kuratorium(tiny.root, "check").stdout.splitlines()
    assert told[1] == "  6       3              3  curation/notes/2026/tag-6.md"
    assert len(told) == 8
    assert told[6] == "7 notes: 42 own words, 18 quoted."
    assert len(kuratorium(tiny.root, "check", "--words").stdout.splitlines()) == 10


def test_warnings_do_not_fail(tiny: TinyEdition):
    """A warning is told, counted, and leaves the exit code at 0."""
    tiny.essay("ohne-thema", topics=[])
    ran = kuratorium(tiny.root, "check")
    assert ran.returncode == 0
    assert ran.stdout.endswith("\n2 posts, 1 page, 1 source checked: 1 warning.\n")
    assert ran.stderr.startswith("warning: content/essays/ohne-thema.md:6: topics: this post has no topic\n    Add ")


def test_site_builds_although_a_source_fails(tiny: TinyEdition):
    """`site` pulls and builds; a failed source is named with its reason, and the exit code stays 0."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    ran = kuratorium(tiny.root, "site")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 failed: 1 new entry in curation/inbox/" in ran.stdout
    assert "  weg failed (" in ran.stdout
    assert "Built 1 post on " in ran.stdout
    index = Path(ran.stdout.splitlines()[-1].removeprefix("Look at "))
    assert index == tiny.root / "output/index.html"
    assert index.is_file()


def test_build_into_another_folder_at_another_time(tiny: TinyEdition, tmp_path: Path):
    """--output and --as-of are obeyed: before its date a note is not published."""
    early = kuratorium(tiny.root, "build", "--output", str(tmp_path / "out"), "--as-of", "2026-09-01T09:00:00+02:00")
    assert (early.returncode, early.stderr) == (0, "")
    assert "Built 0 posts on " in early.stdout
    assert (tmp_path / "out/index.html").is_file()
    assert not (tiny.root / "output").exists()


@pytest.mark.parametrize("date", ["2026-10-14", "2026-10-14T09:00:00", "soon", "0001-01-01T00:00:00+02:00"])
def test_as_of_is_a_moment(tiny: TinyEdition, date: str):
    """A date without time or offset is refused, or one that no calendar can count back from; an example is given."""
    ran = kuratorium(tiny.root, "build", "--as-of", date)
    assert ran.returncode == 2
    assert "write 2026-10-14T09:00:00+02:00" in ran.stderr


def test_all_problems_one_paragraph_each(tiny: TinyEdition):
    """Mistakes keep an edition from being built: each is a paragraph with place and mend; the last line counts."""
    tiny.note("eins", authors=["ana-berg"])
    tiny.note("zwei", body="")
    ran = kuratorium(tiny.root, "build")
    assert (ran.returncode, ran.stdout) == (2, "")
    one, two, end = ran.stderr.split("\n\n")
    assert one.startswith(
        "curation/notes/2026/eins.md:5: authors[0]: unknown person «ana-berg»\n    Did you mean «anna-berg»?"
    )
    assert two.startswith("curation/notes/2026/zwei.md:")
    assert end == "2 problems. Nothing was changed.\n"
    assert not (tiny.root / "output").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["inbox", "--topic", "transformtion"], "Did you mean «transformation»?"),
        (["inbox", "--source", "amtsblgo"], "Did you mean «amtsblog»?"),
        (["pull", "amtsblgo"], "Did you mean «amtsblog»?"),
        (["note", "kxxxx"], "nothing in curation/inbox/ is called «kxxxx»"),
        (["note", "http://127.0.0.1:9/page"], "http://127.0.0.1:9/page cannot be read"),
        (["pull", "--source", "amtsblgo"], "Did you mean «amtsblog»?"),
        (["pull", "--shard", "5/4"], '"5/4" is not a part of a pull: write I/N'),
        (["find", "--source", "amtsblgo", "x"], "Did you mean «amtsblog»?"),
        (["sources", "import", "none.opml"], "none.opml"),
        (["sources", "add", "http://127.0.0.1:9/feed"], "http://127.0.0.1:9/feed: "),
        (["sources", "add", "curation/samples/amtsblog.xml", "--topic", "transformtion"], "Did you mean «transforma"),
        (["publish"], "No such command 'publish'"),
        (["note"], "Missing argument 'ITEM_OR_URL'"),
    ],
)
def test_mistakes_get_a_message_and_no_traceback(tiny: TinyEdition, words: list[str], says: str):
    """What was asked for and is not there is told with what is, on stderr, and nothing is changed."""
    before = tiny.files()
    ran = kuratorium(tiny.root, *words)
    assert ran.returncode in {1, 2}
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    assert {file: data for file, data in tiny.files().items() if not file.startswith("var/")} == before


def test_bug_gets_two_lines(tiny: TinyEdition):
    """What we did not foresee ends with 3 and two lines; --debug adds where it happened."""
    code = """\
import sys
from kuratorium.cli import main as cli

@cli.kuratorium.command()
def fail():
    return {}["nothing"]

sys.exit(cli.main())
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


def test_what_the_machine_refuses_is_told_plainly(tiny: TinyEdition):
    """A place that cannot be written to is named with the system's reason, and is not called a bug."""
    (tiny.root / "curation/notes/2030").write_text("a file where a folder should be")
    tiny.candidate("das-werk", uid="kmeant77")
    ran = kuratorium(tiny.root, "note", "kmea", "--as-of", "2030-01-01T09:00:00+01:00")
    assert ran.returncode == 3
    assert ran.stderr == f"kuratorium: {tiny.root}/curation/notes/2030: File exists\n"


def test_time_zone_that_is_none(tiny: TinyEdition):
    """A time zone that nobody knows is a mistake in pelicanconf.py, told with one that is known."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(path.read_text().replace("Europe/Berlin", "Europe/Tannrode"))
    ran = kuratorium(tiny.root, "pull")
    assert ran.returncode == 2
    assert "pelicanconf.py: TIMEZONE: there is no time zone «Europe/Tannrode»" in ran.stderr


@pytest.mark.parametrize(
    ("line", "wrong", "says"),
    [
        ('"de"', '"de_DE"', "DEFAULT_LANG: expected a language code, found «de_DE»"),
        ('"de"', '"Deutsch"', "DEFAULT_LANG: expected a language code, found «Deutsch»"),
        ("weichenwerk.example", "weichen werk.example", "SITEURL: expected an http or https address"),
        ("weichenwerk.example", "weichenwerk.example/?a", "SITEURL: expected an http or https address"),
    ],
    ids=["locale", "name", "space", "query"],
)
def test_setting_that_would_break_every_page(tiny: TinyEdition, line: str, wrong: str, says: str):
    """Language and address stand on every page: one that is none is told."""
    path = tiny.root / "pelicanconf.py"
    path.write_text(path.read_text().replace(line, wrong, 1))
    ran = kuratorium(tiny.root, "build")
    assert ran.returncode == 2
    assert f"pelicanconf.py: {says}" in ran.stderr


def test_broken_inbox_file_is_told_beside_the_list(tiny: TinyEdition):
    """The list of candidates is whole for scripts; what cannot be read is told on stderr."""
    tiny.candidate("gut", uid="kgutxxxx", title="Gut [brackets] & <b>")
    tiny.write("curation/inbox/kaputt.md", "---\n")
    ran = kuratorium(tiny.root, "inbox")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[1] == "kgut  2026-10-13  amtsblog  Gut [brackets] & <b>  transformation"
    assert "cannot be read: curation/inbox/kaputt.md:1:" in ran.stderr


def test_lines_are_never_cut_in_a_pipe(tiny: TinyEdition):
    """Who pipes the list gets one line per item, however long its title."""
    tiny.candidate("lang", title="Titel " * 60)
    ran = kuratorium(tiny.root, "inbox", COLUMNS="40")
    assert len(ran.stdout.splitlines()) == 2
    assert "Titel " * 59 in ran.stdout


def test_newest_fit_the_screen(tiny: TinyEdition):
    """At a terminal the newest twenty are shown, two lines each, and all where that is asked for."""
    for number in range(25):
        tiny.candidate(f"n{number}", uid=f"k{number:07d}", title=f"Titel {number} ".ljust(200, "x"))
    _, screen = at_terminal(tiny.root, "inbox", typed="")
    assert screen.count("Titel ") == 20
    assert "25 items waiting, the newest 20 shown; --all shows the others." in screen
    assert max(len(line) for line in screen.splitlines()) <= 120
    assert at_terminal(tiny.root, "inbox", "--all", typed="")[1].count("Titel ") == 25
    assert kuratorium(tiny.root, "inbox").stdout.count("Titel ") == 25


def test_reader_that_hangs_up(tiny: TinyEdition):
    """`kuratorium inbox | head` ends quietly."""
    for number in range(2000):
        tiny.candidate(f"n{number}", uid=f"k{number:07d}", title="Titel " * 20)
    with subprocess.Popen(
        [*PROGRAM, "inbox"], cwd=tiny.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("id ")
        process.stdout.close()
        said = process.stderr.read()
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_interrupt_ends_with_130(tiny: TinyEdition):
    """Ctrl-C at a question ends with the code that shells expect."""
    code, screen = at_terminal(tiny.root, "start", typed="Our Desk\n", stop_at="Its address")
    assert code == 130
    assert "Traceback" not in screen


def test_colour_only_where_it_is_wanted(tiny: TinyEdition):
    """At a terminal headings are set off, unless NO_COLOR; a pipe gets plain text."""
    tiny.essay("ohne-thema", topics=[])
    coloured = at_terminal(tiny.root, "check", typed="", TERM="xterm-256color", NO_COLOR="")[1]
    assert "\x1b[33mwarning" in coloured
    assert "\x1b[33m" not in at_terminal(tiny.root, "check", typed="", TERM="xterm-256color", NO_COLOR="1")[1]
    assert "\x1b" not in kuratorium(tiny.root, "check").stderr


def test_note_opens_the_editor_and_says_its_path_last(tiny: TinyEdition):
    """At a terminal the note is opened in $VISUAL; the path is the last line."""
    tiny.candidate("das-werk", uid="kmeant77", title="Das Werk")
    writer = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'a').write('Meine Worte.')\""
    code, screen = at_terminal(tiny.root, "note", "kmea", typed="", VISUAL=writer)
    assert code == 0
    assert screen.splitlines()[-1] == "curation/notes/2026/das-werk.md"
    assert (tiny.root / "curation/notes/2026/das-werk.md").read_text().endswith("Meine Worte.")


def test_note_on_a_page(tiny: TinyEdition, page: str):
    """A page's address begins a note, too, signed by the first member."""
    begun = kuratorium(tiny.root, "note", page)
    assert (begun.returncode, begun.stdout) == (0, "curation/notes/2026/eine-seite.md\n")
    (found,) = (one for one in loader.read_edition(tiny.root)[0].post_files if one.slug == "eine-seite")
    assert found.meta.bookmark_of[0].url == page


@pytest.fixture
def page() -> Iterator[str]:
    """A page on this machine; yields its address."""

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


def test_start_makes_an_edition_that_builds(tiny: TinyEdition):
    """After start with all options the edition checks, pulls and builds: an empty site."""
    refused = kuratorium(tiny.root, *START)
    assert refused.returncode == 2
    assert "  1 file in curation/samples/\n" in refused.stderr
    assert "Say --yes" in refused.stderr
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


def test_start_without_answers_names_the_options(tiny: TinyEdition):
    """Where nobody can be asked, the missing options are named."""
    ran = kuratorium(tiny.root, "start", "--yes", "--name", "Our Desk", "--topic", "One")
    assert ran.returncode == 2
    assert "say --address, --language, --responsible, --email." in ran.stderr


def test_start_asks_at_a_terminal(tiny: TinyEdition):
    """At a terminal start asks for what is missing, asks again after a wrong answer, and asks before it takes away."""
    typed = "desk.example\nhttps://desk.example\nde\nAda Berg\nada@desk.example\nOffene Daten\nKI\n\n\ny\n"
    code, screen = at_terminal(tiny.root, "start", "--name", "Our Desk", typed=typed)
    assert code == 0, screen
    assert "expected the site's http or https address" in screen
    assert "Go on?" in screen
    known = loader.load_valid_edition(tiny.root).registry
    assert (list(known.topics), list(known.sources)) == (["offene-daten", "ki"], [])


def test_start_takes_no_for_an_answer(tiny: TinyEdition):
    """Without a yes nothing is changed."""
    before = tiny.files()
    code, _ = at_terminal(tiny.root, *START, typed="n\n")
    assert code == 130
    assert tiny.files() == before


def test_sources_come_and_go_as_opml(tiny: TinyEdition):
    """A list from a feed reader is merged into sources.yaml; the export is a list that can be imported."""
    tiny.write(
        "list.opml",
        '<opml version="2.0"><body><outline text="Neu" xmlUrl="https://neu.example/feed"/>'
        '<outline text="Evil" xmlUrl="javascript:alert(1)"/></body></opml>',
    )
    first = kuratorium(tiny.root, "sources", "import", "list.opml")
    assert first.returncode == 0
    assert "1 source added to curation/sources.yaml, 1 passed over." in first.stdout
    assert "passed over, no http(s) address: Evil" in first.stderr
    assert "1 there already" in kuratorium(tiny.root, "sources", "import", "list.opml").stdout
    exported = kuratorium(tiny.root, "sources", "export")
    assert 'xmlUrl="https://neu.example/feed"' in exported.stdout
    assert kuratorium(tiny.root, "sources", "export", "out.opml").stdout == "out.opml\n"
    assert (tiny.root / "out.opml").read_text() == exported.stdout


def test_test_and_lint_run_make(tiny: TinyEdition):
    """`test` and `lint` run the targets of the Makefile in the edition's root, with arguments and exit code."""
    tiny.write("Makefile", 'test:\n\t@echo "testing $(ARGS) in $$PWD"; exit 3\nlint:\n\t@echo linting\n')
    ran = kuratorium(tiny.root / "curation", "test", "--", "-k", "one or two")
    assert "testing -k one or two in " in ran.stdout.replace("'", "")
    assert str(tiny.root) in ran.stdout
    assert ran.returncode == 2  # make's own code for a target that failed
    assert kuratorium(tiny.root, "lint").stdout == "linting\n"


def test_without_make(tiny: TinyEdition):
    """Where there is no make, the message says so."""
    ran = kuratorium(tiny.root, "lint", PATH="/nowhere")
    assert ran.returncode == 2
    assert "there is no make here" in ran.stderr


def test_preview_serves_what_was_built(tiny: TinyEdition):
    """`preview` builds and says where it serves."""
    process = subprocess.Popen([*PROGRAM, "preview", "--port", "0"], cwd=tiny.root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        assert any("Serving on http://127.0.0.1:" in line for line in lines)
    finally:
        process.terminate()
        process.communicate()
    assert (tiny.root / "output/index.html").is_file()
