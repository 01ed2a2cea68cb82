from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.intake.archive import Archive
from kuratorium.intake.schedule import SourceState
from tests.cli.program import at_terminal, kuratorium
from tests.editions import SOURCES, TinyEdition
from tests.intake.web import Web


def read_sources_yaml(edition: TinyEdition) -> str:
    """Return the text of sources.yaml."""
    return (edition.root / "curation/sources.yaml").read_text()


def test_add_without_a_terminal_lists_the_feeds(tiny: TinyEdition, web: Web) -> None:
    """Without a terminal to ask at, the feeds are listed, one per line, and the options named; nothing is changed."""
    before = read_sources_yaml(tiny)
    ran = kuratorium(tiny.root, "sources", "add", web.address)
    assert ran.returncode == 2
    assert (
        ran.stderr == "Kein Terminal, um zu fragen: --first angeben, oder --feed mit einer Nummer aus dieser Liste.\n"
    )
    heading, *rows = ran.stdout.splitlines()
    assert heading.split() == ["feed", "title", "lang", "entries", "rhythm", "last"]
    assert [row.split()[:2] for row in rows] == [
        ["1", f"{web.address}/feed"],
        ["2", f"{web.address}/comments"],
        ["3", f"{web.address}/gone"],
    ]
    assert rows[0].split()[2:] == ["Blog", "de", "2", "1", "a", "day", "2026-10-14"]
    assert rows[2].endswith("cannot be read: there is nothing at this address (404)")
    assert read_sources_yaml(tiny) == before


@pytest.mark.parametrize(
    ("words", "feed"), [(["--first"], "/feed"), (["--yes"], "/feed"), (["--feed", "2"], "/comments")]
)
def test_add_with_options_asks_nothing(tiny: TinyEdition, web: Web, words: list[str], feed: str) -> None:
    """The first feed, or that with the given number, is added without a question; other entries stay as they were."""
    before = read_sources_yaml(tiny)
    ran = kuratorium(tiny.root, "sources", "add", web.address, *words, "--topic", "open-source")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Added to curation/sources.yaml: blog\n" in ran.stdout
    assert 'Fetch it with "kuratorium pull blog".' in ran.stdout
    assert read_sources_yaml(tiny) == before + (
        f"\n- id: blog\n  name: Blog\n  feed: {web.address}{feed}\n  site: https://blog.example/\n"
        "  topics: [open-source]\n  lang: de\n"
    )
    second = kuratorium(tiny.root, "sources", "add", web.address, *words)
    assert second.returncode == 0
    assert f'{web.address}{feed} is already followed as "blog". Nothing was changed.' in second.stdout
    assert kuratorium(tiny.root, "pull", "blog").returncode == 0


def test_add_with_an_id(tiny: TinyEdition, web: Web) -> None:
    """--id chooses the id; one that is taken or invalid is refused before anything is fetched."""
    before = read_sources_yaml(tiny)
    for wrong_id, message in (
        ("amtsblog", "--id: „amtsblog“ ist schon die id von Amtsblog: eine andere wählen.\n"),
        (
            "Mein Blog",
            "--id: „Mein Blog“ ist keine id: Kleinbuchstaben, Ziffern und Bindestriche nehmen, etwa mein-blog.\n",
        ),
        ("", "--id: „“ ist keine id: Kleinbuchstaben, Ziffern und Bindestriche nehmen, etwa some-blog.\n"),
        ("../x", "--id: „../x“ ist keine id: Kleinbuchstaben, Ziffern und Bindestriche nehmen, etwa x.\n"),
    ):
        ran = kuratorium(tiny.root, "sources", "add", web.address, "--first", "--id", wrong_id)
        assert (ran.returncode, ran.stderr) == (2, message)
    assert (read_sources_yaml(tiny), web.requests) == (before, [])
    ran = kuratorium(tiny.root, "sources", "add", web.address, "--first", "--id", "mein-blog")
    assert ran.returncode == 0
    assert "Added to curation/sources.yaml: mein-blog\n" in ran.stdout
    assert "\n- id: mein-blog\n  name: Blog\n" in read_sources_yaml(tiny)


def test_a_number_beyond_the_list_is_refused(tiny: TinyEdition, web: Web) -> None:
    """--feed with a number beyond the list is refused with the length of the list."""
    ran = kuratorium(tiny.root, "sources", "add", web.address, "--feed", "4")
    assert (ran.returncode, ran.stderr) == (2, "--feed 4: Die Liste hat nur 3 feeds.\n")


def test_add_at_a_terminal(tiny: TinyEdition, web: Web) -> None:
    """At a terminal the user chooses a feed, then its topics; an invalid answer is asked for again."""
    code, screen = at_terminal(tiny.root, "sources", "add", web.address, typed="7\n1\nopen-sorce\nopen-source\n")
    assert code == 0, screen
    assert "1  Blog\n" in screen
    assert "   de, 2 entries, 1 a day, last 2026-10-14\n" in screen
    assert "Gemeint ist vielleicht „open-source“." in screen
    assert "  topics: [open-source]\n" in read_sources_yaml(tiny)


@pytest.mark.parametrize("typed", ["0\n", "1\n"])
def test_choosing_no_feed_changes_nothing(tiny: TinyEdition, web: Web, typed: str) -> None:
    """Answering 0, or Ctrl-C at the second question, leaves sources.yaml as it was."""
    before = read_sources_yaml(tiny)
    code, _ = at_terminal(
        tiny.root, "sources", "add", web.address, typed=typed, stop_at="" if typed == "0\n" else "Für welche Themen"
    )
    assert (code, read_sources_yaml(tiny)) == (130, before)


def test_status_shows_the_condition_of_each_source(tiny: TinyEdition, web: Web) -> None:
    """`status` prints a line per source, and the totals; --json prints all fields."""
    unpulled = {"id": "neu", "name": "Neu", "feed": f"{web.address}/feed"}
    missing = {"id": "weg", "name": "Weg", "feed": f"{web.address}/gone"}
    tiny.yaml("sources", [*SOURCES, unpulled, missing])
    assert kuratorium(tiny.root, "pull", "weg", "amtsblog").returncode == 1
    ran = kuratorium(tiny.root, "sources", "status")
    assert (ran.returncode, ran.stderr) == (0, "")
    rows = {line.split()[0]: line for line in ran.stdout.splitlines()[1:4]}
    assert re.fullmatch(r"amtsblog +fine +(?:now|\d min ago) +now +[\d.]+ +1", rows["amtsblog"])
    assert rows["neu"].split()[1:] == ["never", "pulled"]
    assert "failing" in rows["weg"]
    assert re.search(r" not-found since [\d-]{10} [\d:]{5}: there is nothing at this address \(404\)$", rows["weg"])
    assert "3 sources: 1 fine, 1 never pulled, 1 failing." in ran.stdout
    assert 'Look for new addresses with "kuratorium sources heal".' in ran.stdout
    values = json.loads(kuratorium(tiny.root, "sources", "status", "--json").stdout)
    assert [(source["id"], source["status"], source["picks"]) for source in values] == [
        ("amtsblog", "fine", 1),
        ("neu", "never", 0),
        ("weg", "failing", 0),
    ]
    assert values[2]["reason"] == "not-found"
    assert datetime.fromisoformat(values[2]["failing_since"]).tzinfo


def follow_moved_source(tiny: TinyEdition, web: Web) -> str:
    """Follow a source that moved eight days ago; return the text of sources.yaml."""
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
    """Without a terminal to ask at, only the diff is printed; --yes writes it, and all other bytes stay."""
    before = follow_moved_source(tiny, web)
    ran = kuratorium(tiny.root, "sources", "heal")
    assert ran.returncode == 0
    assert f"-  feed: {web.address}/old  # seit 2019\n+  feed: {web.address}/feed  # seit 2019\n" in ran.stdout
    assert ran.stderr == 'Write these changes with "kuratorium sources heal --yes".\n'
    assert read_sources_yaml(tiny) == before
    assert "1 source changed" in kuratorium(tiny.root, "sources", "heal", "--yes").stdout
    assert read_sources_yaml(tiny) == before.replace("/old", "/feed")
    assert "Nothing to propose" in kuratorium(tiny.root, "sources", "heal").stdout


@pytest.mark.parametrize(("typed", "path"), [("y\n", "/feed"), ("n\n", "/old")])
def test_heal_asks(tiny: TinyEdition, web: Web, typed: str, path: str) -> None:
    """At a terminal the changes are written only after a yes."""
    before = follow_moved_source(tiny, web)
    code, screen = at_terminal(tiny.root, "sources", "heal", typed=typed)
    assert code == 0, screen
    assert "Diese Änderungen in curation/sources.yaml schreiben?" in screen
    assert read_sources_yaml(tiny) == before.replace("/old", path)


LIST_WITH_FOLDER = (
    '<opml><body><outline text="Daten"><outline text="A" xmlUrl="https://a.example/"/></outline></body></opml>'
)


def test_import_with_topics(tiny: TinyEdition) -> None:
    """Folders that match no topic are reported; the same import with --topics makes them topics of its feeds."""
    tiny.write("l.opml", LIST_WITH_FOLDER)
    ran = kuratorium(tiny.root, "sources", "import", "l.opml")
    assert 'Folders that match no topic: "Daten".' in ran.stderr
    assert "running the import again with --topics" in ran.stderr
    ran = kuratorium(tiny.root, "sources", "import", "l.opml", "--topics")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 topic added to curation/topics.yaml: daten." in ran.stdout
    assert "Topics added to 1 source: a." in ran.stdout
    assert "  topics: [daten]\n" in read_sources_yaml(tiny)
    assert kuratorium(tiny.root, "check").returncode == 0


@pytest.mark.parametrize(("typed", "expected"), [("y\n", True), ("n\n", False)])
def test_import_asks_for_topics_first(tiny: TinyEdition, typed: str, expected: bool) -> None:
    """At a terminal, folders become topics after a yes, before the feeds are added."""
    tiny.write("l.opml", LIST_WITH_FOLDER)
    code, screen = at_terminal(tiny.root, "sources", "import", "l.opml", typed=typed)
    assert code == 0
    assert screen.index('Themen für die Ordner "Daten" anlegen?') < screen.index("1 source added")
    assert ("topics: [daten]" in read_sources_yaml(tiny)) is expected


@pytest.mark.parametrize("address", ["file:///etc/passwd", "/proc/self/environ", "../../../../etc/hostname"])
def test_no_command_shows_local_files(tiny: TinyEdition, address: str) -> None:
    """Lists, `sources add` and sources.yaml lead to no file outside the edition, and no message shows a word of it."""
    tiny.write("l.opml", f'<opml><body><outline text="Evil" xmlUrl="{address}"/></body></opml>')
    ran = kuratorium(tiny.root, "sources", "import", "l.opml")
    assert "skipped, because its address is not http(s): Evil" in ran.stderr
    added = kuratorium(tiny.root, "sources", "add", address, "--first")
    assert (added.returncode, added.stdout) == (1, "")
    assert re.search("neither a web address nor a file in the edition|is no address", added.stderr)
    tiny.yaml("sources", [{"id": "evil", "name": "Evil", "feed": address}])
    for command in ("pull", "check"):
        ran = kuratorium(tiny.root, command)
        assert ran.returncode == 2
        assert "dieser Pfad führt aus der Ausgabe hinaus" in ran.stderr
        assert "root:" not in ran.stdout + ran.stderr


def test_messages_hold_no_word_of_a_file(tiny: TinyEdition) -> None:
    """A file of the edition that is no feed is reported without its first words."""
    tiny.write("curation/samples/amtsblog.xml", "geheim, nur für uns")
    ran = kuratorium(tiny.root, "pull")
    assert "this is neither RSS, Atom nor JSON Feed" in ran.stdout
    assert "geheim" not in ran.stdout + ran.stderr


def test_sources_are_imported_and_exported_as_opml(tiny: TinyEdition):
    """An OPML file is merged into sources.yaml, without addresses that are not http(s); the export is OPML, too."""
    tiny.write(
        "list.opml",
        '<opml version="2.0"><body><outline text="Neu" xmlUrl="https://neu.example/feed"/>'
        '<outline text="Evil" xmlUrl="javascript:alert(1)"/></body></opml>',
    )
    first = kuratorium(tiny.root, "sources", "import", "list.opml")
    assert first.returncode == 0
    assert "1 source added to curation/sources.yaml, 1 skipped." in first.stdout
    assert "skipped, because its address is not http(s): Evil" in first.stderr
    assert "1 there already" in kuratorium(tiny.root, "sources", "import", "list.opml").stdout
    exported = kuratorium(tiny.root, "sources", "export")
    assert 'xmlUrl="https://neu.example/feed"' in exported.stdout
    assert kuratorium(tiny.root, "sources", "export", "out.opml").stdout == "out.opml\n"
    assert (tiny.root / "out.opml").read_text() == exported.stdout


SECRET = "https://mia:s3cret@blog.example"


def test_passwords_in_addresses_are_neither_printed_nor_published(tiny: TinyEdition) -> None:
    """An address with a name and a password is refused by its place, and no message shows the password."""
    before = read_sources_yaml(tiny)
    outlines = f"""
        <outline text="Blog" type="rss" xmlUrl="{SECRET}/feed"/><outline type="rss" xmlUrl="{SECRET}/zwei"/>
        <outline text="{SECRET}" type="rss" xmlUrl="feed:mia:s3cret@blog.example/x"/>
        <outline text="{SECRET}/" type="rss" xmlUrl="https://offen.example/feed" htmlUrl="{SECRET}/"/>"""
    tiny.write("list.opml", f'<opml version="2.0"><body>{outlines}</body></opml>')
    imported = kuratorium(tiny.root, "sources", "import", "list.opml")
    assert "1 source added to curation/sources.yaml, 3 skipped." in imported.stdout
    assert "its address holds a name and password, and none are ever sent: Blog" in imported.stderr
    added = kuratorium(tiny.root, "sources", "add", f"{SECRET}/feed")
    noted = kuratorium(tiny.root, "note", f"{SECRET}/feed")
    assert (added.returncode, noted.returncode) == (1, 1)
    for ran in (added, noted):
        assert "https://…@blog.example/feed" in ran.stderr
        assert "s3cret" not in ran.stdout + ran.stderr
    assert "s3cret" not in imported.stdout + imported.stderr + read_sources_yaml(tiny)
    entry = f"\n- id: blog\n  name: Blog\n  feed: {SECRET}/feed\n"
    tiny.write("curation/sources.yaml", f"{before}{entry}")
    for arguments in (["sources", "export"], ["pull"], ["build"], ["check"]):
        ran = kuratorium(tiny.root, *arguments)
        assert ran.returncode == 2
        assert "diese Adresse enthält einen Benutzernamen oder ein Passwort" in ran.stdout + ran.stderr
        assert "https://blog.example/feed schreiben" in ran.stdout + ran.stderr
        assert "s3cret" not in ran.stdout + ran.stderr
    tiny.write("curation/sources.yaml", f"{before}{entry.replace(SECRET, 'https://blog.example')}  site: {SECRET}/\n")
    ran = kuratorium(tiny.root, "check")
    assert "https://blog.example/ schreiben" in ran.stdout + ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr
