"""The commands about sources and what was pulled, as people and scripts use them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from kuratorium.intake.archive import Archive
from kuratorium.intake.schedule import SourceState
from tests.cli.test_main import at_terminal, kuratorium
from tests.editions import POLICY, SOURCES, TinyEdition
from tests.intake.conftest import rss
from tests.intake.web import Web, says


@pytest.fixture
def web(tiny: TinyEdition) -> Iterator[Web]:
    """A web server on this machine, which the edition may ask."""
    tiny.yaml("policy", POLICY | {"intranet": ["127.0.0.1"]})
    with Web().running() as server:
        named = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{path}">'
            for path in ("/comments", "/feed", "/gone")
        )
        page = f'<!doctype html><html lang="de"><title>Seite</title>{named}</html>'.encode()
        server.answers["/"] = says(page, content_type="text/html")
        server.answers["/feed"] = says(rss("Vertrag", "Umzug"))
        server.answers["/comments"] = says(rss("Re"))
        server.answers["/gone"] = says(b"", 404)
        yield server


def sources_text(edition: TinyEdition) -> str:
    """Read sources.yaml."""
    return (edition.root / "curation/sources.yaml").read_text()


def test_add_without_a_terminal_shows_what_is_there(tiny: TinyEdition, web: Web) -> None:
    """Where nobody can choose, the feeds are listed, one a line, and the options are named; nothing is changed."""
    before = sources_text(tiny)
    ran = kuratorium(tiny.root, "sources", "add", web.address)
    assert ran.returncode == 2
    assert ran.stderr == "Nobody is here to ask: say --first, or --feed with a number from this list.\n"
    heading, *rows = ran.stdout.splitlines()
    assert heading.split() == ["feed", "title", "lang", "entries", "rhythm", "last"]
    assert [row.split()[:2] for row in rows] == [
        ["1", f"{web.address}/feed"],
        ["2", f"{web.address}/comments"],
        ["3", f"{web.address}/gone"],
    ]
    assert rows[0].split()[2:] == ["Blog", "de", "2", "1", "a", "day", "2026-10-14"]
    assert rows[2].endswith("cannot be read: there is nothing at this address (404)")
    assert sources_text(tiny) == before


@pytest.mark.parametrize(
    ("words", "feed"), [(["--first"], "/feed"), (["--yes"], "/feed"), (["--feed", "2"], "/comments")]
)
def test_add_unasked(tiny: TinyEdition, web: Web, words: list[str], feed: str) -> None:
    """The first feed, or one by its number, is followed without a question; what stood there stays."""
    before = sources_text(tiny)
    ran = kuratorium(tiny.root, "sources", "add", web.address, *words, "--topic", "open-source")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Added to curation/sources.yaml: blog\n" in ran.stdout
    assert "«kuratorium pull blog» fetches it." in ran.stdout
    assert sources_text(tiny) == before + (
        f"\n- id: blog\n  name: Blog\n  feed: {web.address}{feed}\n  site: https://blog.example/\n"
        "  topics: [open-source]\n  lang: de\n"
    )
    again = kuratorium(tiny.root, "sources", "add", web.address, *words)
    assert again.returncode == 0
    assert f"{web.address}{feed} is followed already, as «blog». Nothing was changed." in again.stdout
    assert kuratorium(tiny.root, "pull", "blog").returncode == 0


def test_add_with_an_id(tiny: TinyEdition, web: Web) -> None:
    """The id may be chosen; one that is taken, or none, is refused before anything is fetched."""
    before = sources_text(tiny)
    for wrong, says_so in (
        ("amtsblog", '--id: "amtsblog" is the id of Amtsblog already: choose another one.\n'),
        ("Mein Blog", '--id: "Mein Blog" is no id: use small letters, digits and hyphens, such as mein-blog.\n'),
        ("", '--id: "" is no id: use small letters, digits and hyphens, such as some-blog.\n'),
        ("../x", '--id: "../x" is no id: use small letters, digits and hyphens, such as x.\n'),
    ):
        ran = kuratorium(tiny.root, "sources", "add", web.address, "--first", "--id", wrong)
        assert (ran.returncode, ran.stderr) == (2, says_so)
    assert (sources_text(tiny), web.asked) == (before, [])
    ran = kuratorium(tiny.root, "sources", "add", web.address, "--first", "--id", "mein-blog")
    assert ran.returncode == 0
    assert "Added to curation/sources.yaml: mein-blog\n" in ran.stdout
    assert "\n- id: mein-blog\n  name: Blog\n" in sources_text(tiny)


def test_a_number_that_is_not_there(tiny: TinyEdition, web: Web) -> None:
    """A number beyond the list is refused."""
    ran = kuratorium(tiny.root, "sources", "add", web.address, "--feed", "4")
    assert (ran.returncode, ran.stderr) == (2, "--feed 4: there are only 3.\n")


def test_add_at_a_terminal(tiny: TinyEdition, web: Web) -> None:
    """At a terminal one chooses a feed, then its topics; a wrong answer is asked again."""
    code, screen = at_terminal(tiny.root, "sources", "add", web.address, typed="7\n1\nopen-sorce\nopen-source\n")
    assert code == 0, screen
    assert "1  Blog\n" in screen
    assert "   de, 2 entries, 1 a day, last 2026-10-14\n" in screen
    assert "Did you mean «open-source»?" in screen
    assert "  topics: [open-source]\n" in sources_text(tiny)


@pytest.mark.parametrize("typed", ["0\n", "1\n"])
def test_choosing_none(tiny: TinyEdition, web: Web, typed: str) -> None:
    """Who takes none, or presses Ctrl-C at the second question, leaves everything as it was."""
    before = sources_text(tiny)
    code, _ = at_terminal(
        tiny.root, "sources", "add", web.address, typed=typed, stop_at="" if typed == "0\n" else "Suggest its entries"
    )
    assert (code, sources_text(tiny)) == (130, before)


def test_status(tiny: TinyEdition, web: Web) -> None:
    """Status tells of each source how it is, and ends with the sum; --json tells machines all of it."""
    new = {"id": "neu", "name": "Neu", "feed": f"{web.address}/feed"}
    gone = {"id": "weg", "name": "Weg", "feed": f"{web.address}/gone"}
    tiny.yaml("sources", [*SOURCES, new, gone])
    assert kuratorium(tiny.root, "pull", "weg", "amtsblog").returncode == 1
    ran = kuratorium(tiny.root, "sources", "status")
    assert (ran.returncode, ran.stderr) == (0, "")
    rows = {line.split()[0]: line for line in ran.stdout.splitlines()[1:4]}
    assert re.fullmatch(r"amtsblog +fine +(?:now|\d min ago) +now +[\d.]+ +1", rows["amtsblog"])
    assert rows["neu"].split()[1:] == ["never"]
    assert "failing" in rows["weg"]
    assert re.search(r" not-found since [\d-]{10} [\d:]{5}: there is nothing at this address \(404\)$", rows["weg"])
    assert "3 sources: 1 fine, 1 never pulled, 1 failing." in ran.stdout
    assert "«kuratorium sources heal» looks for new addresses." in ran.stdout
    values = json.loads(kuratorium(tiny.root, "sources", "status", "--json").stdout)
    assert [(one["id"], one["status"], one["picks"]) for one in values] == [
        ("amtsblog", "fine", 1),
        ("neu", "never", 0),
        ("weg", "failing", 0),
    ]
    assert values[2]["reason"] == "not-found"
    assert datetime.fromisoformat(values[2]["failing_since"]).tzinfo


def heal_me(tiny: TinyEdition, web: Web) -> str:
    """Let a source have moved eight days ago; returns sources.yaml as it is."""
    text = f"# Quellen\n- id: alt   # bleibt\n  name: Alt\n  feed: {web.address}/old  # seit 2019\n"
    tiny.write("curation/sources.yaml", text)
    since = datetime.now(UTC) - timedelta(days=8)
    state = SourceState(
        address=f"{web.address}/old", last_success=since, moved_to=f"{web.address}/feed", moved_since=since
    )
    with Archive(tiny.root) as archive:
        archive.store_states({"alt": state})
    return text


def test_heal_without_a_terminal_only_proposes(tiny: TinyEdition, web: Web) -> None:
    """Where nobody can agree, the diff is shown and nothing is written; --yes writes it, and all other bytes stay."""
    before = heal_me(tiny, web)
    ran = kuratorium(tiny.root, "sources", "heal")
    assert ran.returncode == 0
    assert f"-  feed: {web.address}/old  # seit 2019\n+  feed: {web.address}/feed  # seit 2019\n" in ran.stdout
    assert ran.stderr == "«kuratorium sources heal --yes» writes this.\n"
    assert sources_text(tiny) == before
    assert "1 source changed" in kuratorium(tiny.root, "sources", "heal", "--yes").stdout
    assert sources_text(tiny) == before.replace("/old", "/feed")
    assert "Nothing to propose" in kuratorium(tiny.root, "sources", "heal").stdout


@pytest.mark.parametrize(("typed", "word"), [("y\n", "/feed"), ("n\n", "/old")])
def test_heal_asks(tiny: TinyEdition, web: Web, typed: str, word: str) -> None:
    """At a terminal the edit is made on a yes, and only then."""
    before = heal_me(tiny, web)
    code, screen = at_terminal(tiny.root, "sources", "heal", typed=typed)
    assert code == 0, screen
    assert "Write this into curation/sources.yaml?" in screen
    assert sources_text(tiny) == before.replace("/old", word)


def test_import_with_topics(tiny: TinyEdition) -> None:
    """Folders that are no topic are told with the way to make them ones; --topics makes them."""
    tiny.write(
        "l.opml",
        '<opml><body><outline text="Daten"><outline text="A" xmlUrl="https://a.example/"/></outline></body></opml>',
    )
    before = tiny.files()
    ran = kuratorium(tiny.root, "sources", "import", "l.opml")
    assert "No topics: «Daten»." in ran.stderr
    for file in ("curation/sources.yaml", "curation/topics.yaml"):
        (tiny.root / file).write_bytes(before[file])
    ran = kuratorium(tiny.root, "sources", "import", "l.opml", "--topics")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 topic added to curation/topics.yaml: daten." in ran.stdout
    assert "  topics: [daten]\n" in sources_text(tiny)
    assert kuratorium(tiny.root, "check").returncode == 0


def test_dry_run(tiny: TinyEdition) -> None:
    """A dry run tells what a pull would bring, and writes nothing at all."""
    before = tiny.files()
    ran = kuratorium(tiny.root, "pull", "--dry-run")
    assert ran.returncode == 0
    assert "1 new entry" in ran.stdout
    assert "Nothing was written (--dry-run)." in ran.stdout
    assert tiny.files() == before


def test_pull_for_machines(tiny: TinyEdition) -> None:
    """--json gives the sums and a result per source, and nothing else, on stdout."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    ran = kuratorium(tiny.root, "pull", "--json")
    values = json.loads(ran.stdout)
    assert (ran.returncode, values["new"], values["failed"]) == (1, 1, 1)
    assert [(one["id"], one["status"]) for one in values["results"]] == [("amtsblog", "new"), ("weg", "failed")]


def test_due_and_now(tiny: TinyEdition, web: Web) -> None:
    """A source that is not due is not asked, unless --now says so; --source names one."""
    web.answers["/feed"] = says(rss("a"), cache_control="max-age=7200")
    tiny.yaml("sources", [*SOURCES, {"id": "neu", "name": "Neu", "feed": f"{web.address}/feed"}])
    kuratorium(tiny.root, "pull")
    assert "1 not asked" in kuratorium(tiny.root, "pull", "--source", "neu").stdout
    assert len(web.asked) == 1
    kuratorium(tiny.root, "pull", "--now", "--source", "neu")
    assert len(web.asked) == 2


def test_shards_are_a_whole(tiny: TinyEdition) -> None:
    """Each source belongs to one shard; the shards' results are those of one pull."""
    for number in range(12):
        tiny.write(f"curation/samples/{number}.xml", rss(f"Titel {number}", site=f"https://b{number}.example"))
    tiny.yaml(
        "sources",
        [{"id": f"b{number}", "name": "B", "feed": f"curation/samples/{number}.xml"} for number in range(12)],
    )
    shards = [json.loads(kuratorium(tiny.root, "pull", "--json", "--shard", f"{n}/3").stdout) for n in (1, 2, 3)]
    ids = [one["id"] for shard in shards for one in shard["results"]]
    assert sorted(ids) == sorted(f"b{number}" for number in range(12))
    assert sum(shard["new"] for shard in shards) == len(list((tiny.root / "curation/inbox").glob("*.md"))) == 12
    assert kuratorium(tiny.root, "pull", "--join").stdout.startswith("0 items of the inbox joined")


def test_find(tiny: TinyEdition) -> None:
    """What was pulled is found by its words' beginnings, with source, date and link, for people, pipes and machines."""
    kuratorium(tiny.root, "pull")
    ran = kuratorium(tiny.root, "find", "umstell", "folien")
    assert ran.stdout.splitlines()[1].split() == [
        "2026-10-13", "amtsblog", "Umstellung", "ohne", "Folien", "https://amtsblog.example/2026/10/umstellung",
    ]  # fmt: skip
    assert ran.stderr == "1 entry found; «kuratorium note LINK» begins a note on one.\n"
    assert (
        "amtsblog · https://amtsblog.example/2026/10/umstellung" in at_terminal(tiny.root, "find", "amt", typed="")[1]
    )
    assert json.loads(kuratorium(tiny.root, "find", "amt", "--json").stdout)[0]["source"] == "amtsblog"
    nothing = kuratorium(tiny.root, "find", "nirgends")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert nothing.stderr == "Nothing that was pulled on this machine holds «nirgends».\n"


def many(tiny: TinyEdition, count: int) -> None:
    """Follow many sources: one brings something, one is gone."""
    tiny.yaml(
        "sources",
        [
            {
                "id": f"b{number}",
                "name": "B",
                "feed": f"curation/samples/{'amtsblog' if number < count - 1 else 'x'}.xml",
            }
            for number in range(count)
        ],
    )


def test_progress_where_nobody_watches(tiny: TinyEdition) -> None:
    """Without a terminal a long pull says on stderr how far it is, a line for each tenth; a short one says nothing."""
    many(tiny, 50)
    ran = kuratorium(tiny.root, "pull")
    lines = ran.stderr.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("5 of 50 sources: ")
    assert lines[-1].startswith("50 of 50 sources: ")
    assert lines[-1].endswith(" new, 1 failed")
    assert len(ran.stdout.splitlines()) > 50


def test_progress_at_a_terminal(tiny: TinyEdition) -> None:
    """At a terminal there is a bar with counts, and a table of what is worth telling: not fifty lines of nothing."""
    many(tiny, 50)
    code, screen = at_terminal(tiny.root, "pull", typed="", TERM="xterm-256color")
    assert code == 1
    assert "━" in screen
    assert "/50" in screen
    again = at_terminal(tiny.root, "pull", "--now", typed="")[1]
    assert "49 sources brought nothing new." in again
    assert "\nb49" in again
    assert "\nb1 " not in again


def test_interrupted_pull_keeps_what_is_done(tiny: TinyEdition, web: Web) -> None:
    """Ctrl-C ends a pull cleanly: what is done is kept and told, the exit code is the shell's."""
    released = threading.Event()

    def hang(_: BaseHTTPRequestHandler) -> None:
        released.wait(20)

    web.answers["/slow"] = hang
    tiny.yaml("sources", [*SOURCES, {"id": "slow", "name": "Slow", "feed": f"{web.address}/slow"}])
    code, screen = at_terminal(tiny.root, "pull", typed="", stop_at="1/2", TERM="xterm-256color")
    released.set()
    assert code == 130
    assert "Interrupted: pulled 1 source: 1 new entry in curation/inbox/" in screen
    assert "Traceback" not in screen
    assert len(list((tiny.root / "curation/inbox").glob("*.md"))) == 1
