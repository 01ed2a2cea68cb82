from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler

from tests.cli.program import at_terminal, kuratorium
from tests.editions import SOURCES, TinyEdition
from tests.intake.conftest import rss
from tests.intake.web import Web, respond


def follow_many(tiny: TinyEdition, count: int) -> None:
    """Follow many sources with the same feed, so that one brings a new entry, and one whose file is missing."""
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


def test_dry_run(tiny: TinyEdition) -> None:
    """A dry run prints what a pull would bring, and writes nothing at all."""
    before = tiny.files()
    ran = kuratorium(tiny.root, "pull", "--dry-run")
    assert ran.returncode == 0
    assert "1 new entry" in ran.stdout
    assert "Nothing was written (--dry-run)." in ran.stdout
    assert tiny.files() == before


def test_pull_says_what_becomes_of_suggestions(tiny: TinyEdition) -> None:
    """A line for each that is new or refused, with what was known of the work before, and the same in JSON."""
    tiny.yaml(
        "sources",
        [*SOURCES, {"id": "ideen", "name": "Ideen", "type": "suggestions"} | {"feed": "curation/suggestions"}],
    )
    tiny.note("alt", bookmark_of=[{"url": "https://x.example/a", "title": "A"}])
    good = "why: Darum.\nname: Eva Falk\nown: false\nai: none\n"
    tiny.write("curation/suggestions/a.yaml", f"url: https://x.example/a\n{good}")
    tiny.write("curation/suggestions/b.yaml", f"url: https://x.example/b\n{good.replace('own: false', '')}")
    ran = kuratorium(tiny.root, "pull")
    known = "recommended on 2026-10-01 in curation/notes/2026/alt.md"
    assert f"ideen: Eva Falk suggests https://x.example/a: {known}." in " ".join(ran.stdout.split())
    assert "curation/suggestions/b.yaml:1 is refused: own: is missing" in " ".join(ran.stdout.split())
    results = json.loads(kuratorium(tiny.root, "pull", "--json").stdout)["results"]
    assert [len(result["remarks"]) for result in results] == [0, 1]


def test_pull_prints_json(tiny: TinyEdition) -> None:
    """--json prints the totals and a result per source to stdout, and nothing else."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    ran = kuratorium(tiny.root, "pull", "--json")
    values = json.loads(ran.stdout)
    assert (ran.returncode, values["new"], values["failed"]) == (1, 1, 1)
    assert [(result["id"], result["status"]) for result in values["results"]] == [
        ("amtsblog", "new"),
        ("weg", "failed"),
    ]


def test_a_source_is_asked_when_due_or_with_now(tiny: TinyEdition, web: Web) -> None:
    """A source that is not due is only asked with --now; --source chooses one."""
    web.answers["/feed"] = respond(rss("a"), cache_control="max-age=7200")
    tiny.yaml("sources", [*SOURCES, {"id": "neu", "name": "Neu", "feed": f"{web.address}/feed"}])
    kuratorium(tiny.root, "pull")
    assert "1 skipped" in kuratorium(tiny.root, "pull", "--source", "neu").stdout
    assert len(web.requests) == 1
    kuratorium(tiny.root, "pull", "--now", "--source", "neu")
    assert len(web.requests) == 2


def test_a_tolerant_pull_reports_failures_and_ends_well(tiny: TinyEdition) -> None:
    """--tolerant is for scheduled jobs: the report names the source that failed, and the exit code is 0."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    assert kuratorium(tiny.root, "pull").returncode == 1
    ran = kuratorium(tiny.root, "pull", "--tolerant", "--now", "--json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["failed"] == 1


def test_shards_cover_all_sources(tiny: TinyEdition) -> None:
    """Each source belongs to exactly one shard; together the shards bring what one pull would."""
    for number in range(12):
        tiny.write(f"curation/samples/{number}.xml", rss(f"Titel {number}", site=f"https://b{number}.example"))
    tiny.yaml(
        "sources",
        [{"id": f"b{number}", "name": "B", "feed": f"curation/samples/{number}.xml"} for number in range(12)],
    )
    shards = [json.loads(kuratorium(tiny.root, "pull", "--json", "--shard", f"{n}/3").stdout) for n in (1, 2, 3)]
    ids = [result["id"] for shard in shards for result in shard["results"]]
    assert sorted(ids) == sorted(f"b{number}" for number in range(12))
    assert sum(shard["new"] for shard in shards) == len(list((tiny.root / "curation/inbox").glob("*.md"))) == 12
    assert kuratorium(tiny.root, "pull", "--join").stdout.startswith("0 inbox items merged")


def test_find_prints_matching_entries(tiny: TinyEdition) -> None:
    """Entries are found by the beginnings of words, and printed for a pipe, a terminal or as JSON."""
    kuratorium(tiny.root, "pull")
    ran = kuratorium(tiny.root, "find", "umstell", "folien")
    assert ran.stdout.splitlines()[1].split() == [
        "2026-10-13", "amtsblog", "Umstellung", "ohne", "Folien", "https://amtsblog.example/2026/10/umstellung",
    ]  # fmt: skip
    assert ran.stderr == '1 entry found. Begin a note on one with "kuratorium note LINK".\n'
    assert (
        "amtsblog · https://amtsblog.example/2026/10/umstellung" in at_terminal(tiny.root, "find", "amt", typed="")[1]
    )
    assert json.loads(kuratorium(tiny.root, "find", "amt", "--json").stdout)[0]["source"] == "amtsblog"
    nothing = kuratorium(tiny.root, "find", "nirgends")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert nothing.stderr == 'No entry that was pulled on this machine matches "nirgends".\n'


def test_a_long_pull_prints_progress_lines(tiny: TinyEdition) -> None:
    """Without a terminal, a long pull prints a line for each tenth to stderr."""
    follow_many(tiny, 50)
    ran = kuratorium(tiny.root, "pull")
    lines = ran.stderr.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("5 of 50 sources: ")
    assert lines[-1].startswith("50 of 50 sources: ")
    assert lines[-1].endswith(" new, 1 failed")
    assert len(ran.stdout.splitlines()) > 50


def test_progress_at_a_terminal(tiny: TinyEdition) -> None:
    """A terminal gets a progress bar with counts, and a table without the sources that brought nothing."""
    follow_many(tiny, 50)
    code, screen = at_terminal(tiny.root, "pull", typed="", TERM="xterm-256color")
    assert code == 1
    assert "━" in screen
    assert "/50" in screen
    second = at_terminal(tiny.root, "pull", "--now", typed="")[1]
    assert "49 sources brought nothing new." in second
    assert "\nb49" in second
    assert "\nb1 " not in second


def test_interrupted_pull_keeps_what_is_done(tiny: TinyEdition, web: Web) -> None:
    """After Ctrl-C, results so far are kept and printed, and the exit code is the one that shells use."""
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
