"""Copies of works in the Internet Archive, on a server of this machine that speaks its two APIs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from kuratorium.desk.rules.links.outgoing import findings
from kuratorium.desk.rules.links.outgoing.copies import (
    ArchiveClient,
    ArchiveKeys,
    ArchiveReport,
    archive_works,
    propose_copies,
    read_keys,
    read_service,
)
from kuratorium.errors import UsageError
from tests.cli.program import kuratorium
from tests.desk.rules.links.outgoing.test_visits import WORDS, page, visit
from tests.editions import TinyEdition, work
from tests.intake.web import Answer, Web, respond

KEYS = ArchiveKeys("schluessel", "geheim")
STAMP = "20261012090000"


@pytest.fixture
def web() -> Iterator[Web]:
    """A server with works, and with the APIs of the Internet Archive below /archiv."""
    with Web().running() as running:
        yield running


def say(value: Any, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return respond(json.dumps(value).encode(), status, content_type="application/json")


def offer_copies(web: Web, original: str, *, job: Any = None, state: Any = None, copy_status: int = 200) -> None:
    """Let the server save this address, by default successfully."""
    done = {"status": "success", "timestamp": STAMP, "original_url": original}
    web.answers["/archiv/save"] = say(job or {"url": original, "job_id": "spn2-1"})
    web.answers["/archiv/save/status/spn2-1"] = say(state or done)
    web.answers[f"/archiv/web/{STAMP}/{original}"] = respond(b"<p>Kopie</p>", copy_status, content_type="text/html")


def archive(tiny: TinyEdition, web: Web, pauses: list[float] | None = None) -> ArchiveReport:
    """Visit the links, and have the works archived."""
    service = read_service({"INTERNET_ARCHIVE_ADDRESS": f"{web.address}/archiv"})
    with ArchiveClient("Kuratorium (test)", service, KEYS, ([] if pauses is None else pauses).append) as client:
        return archive_works(tiny.root, visit(tiny, which="all").links, client)


def recommend(tiny: TinyEdition, web: Web) -> Path:
    """Add a note on a work that can be read."""
    web.answers["/werk"] = page(*WORDS)
    return tiny.note("empfohlen", bookmark_of=[work(f"{web.address}/werk", title="Das Werk")])


def test_a_work_is_saved_and_its_copy_written(tiny: TinyEdition, web: Web) -> None:
    """The keys go to the archive alone; the copy is read once before it is written, and all other lines stay."""
    file = recommend(tiny, web)
    original = f"{web.address}/werk"
    offer_copies(web, original)
    before = file.read_text().splitlines()
    report = archive(tiny, web)
    copy = f"{web.address}/archiv/web/{STAMP}/{original}"
    assert [line.after.strip() for line in report.written] == [f"archived: {copy}"]
    assert [line for line in file.read_text().splitlines() if line not in before] == [report.written[0].after]
    (saved,) = [request for request in web.requests if request.path == "/archiv/save"]
    assert parse_qs(saved.body.decode())["url"] == [original]
    assert saved.headers["authorization"] == "LOW schluessel:geheim"
    assert not any("authorization" in request.headers for request in web.requests if "/archiv/save" not in request.path)
    assert archive(tiny, web).written == ()  # it names a copy now


def test_a_work_on_one_line_gets_its_copy_there(tiny: TinyEdition, web: Web) -> None:
    """A mapping in braces stays one, with its comment."""
    file = recommend(tiny, web)
    original = f"{web.address}/werk"
    text = file.read_text()
    start, end = text.index("bookmark_of:"), text.index("---\n", 4)
    file.write_text(f"{text[:start]}bookmark_of: [{{url: {original}, title: Das Werk}}]  # gelesen\n{text[end:]}")
    offer_copies(web, original)
    archive(tiny, web)
    copy = f"{web.address}/archiv/web/{STAMP}/{original}"
    assert f"bookmark_of: [{{url: {original}, archived: {copy}, title: Das Werk}}]  # gelesen\n" in file.read_text()


def test_a_work_that_is_looked_back_on_gets_its_copy(tiny: TinyEdition, web: Web) -> None:
    """Its line stands below the address, as with a work that is recommended."""
    web.answers["/werk"] = page(*WORDS)
    original = f"{web.address}/werk"
    past = {"url": original, "title": "Damals", "date": "2016-10-01", "publication": "Amtsblatt"}
    file = tiny.post("content/lookbacks/damals.md", lookback_of=past, changed_since=["Alles."])
    offer_copies(web, original)
    assert archive(tiny, web).failures == ()
    copy = f"{web.address}/archiv/web/{STAMP}/{original}"
    assert f"  url: {original}\n  archived: {copy}\n  title: Damals\n" in file.read_text()


def test_a_copy_takes_its_time(tiny: TinyEdition, web: Web) -> None:
    """While the archive works, it is asked every five seconds, and in the end given up."""
    recommend(tiny, web)
    offer_copies(web, f"{web.address}/werk", state={"status": "pending"})
    pauses: list[float] = []
    report = archive(tiny, web, pauses)
    assert "has not saved it within 300 s" in report.failures[0][1]
    assert pauses == [5.0] * 60


def test_a_new_copy_may_be_found_some_seconds_later(tiny: TinyEdition, web: Web) -> None:
    """A copy that is not there yet is read again before it counts as missing."""
    recommend(tiny, web)
    offer_copies(web, f"{web.address}/werk")
    path = f"/archiv/web/{STAMP}/{web.address}/werk"
    later, web.answers[path] = web.answers[path], respond(b"", 404)
    service = read_service({"INTERNET_ARCHIVE_ADDRESS": f"{web.address}/archiv"})

    def pause(_: float) -> None:
        web.answers[path] = later

    with ArchiveClient("Kuratorium (test)", service, KEYS, pause) as client:
        report = archive_works(tiny.root, visit(tiny, which="all").links, client)
    assert (len(report.written), report.failures) == (1, ())


Fault = Callable[[Web, str], None]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (lambda web, work: offer_copies(web, work, job={"message": "Sperrliste", "status": "error"}), "Sperrliste"),
        (lambda web, work: offer_copies(web, work, state={"status": "error", "message": "HTTP 404"}), "HTTP 404"),
        (lambda web, work: offer_copies(web, work, state={"status": "success"}), "not where"),
        (lambda web, work: offer_copies(web, work, copy_status=503), "cannot be read (HTTP 503)"),
        (lambda web, work: offer_copies(web, work, job=["kein Objekt"]), "without JSON"),
        (lambda web, _: web.answers.update({"/archiv/save": respond(b"<html>", 500)}), "HTTP 500 without JSON"),
        (lambda web, _: web.answers.update({"/archiv/save": say({}, 401)}), "does not accept the keys"),
        (lambda web, _: web.answers.update({"/archiv/save": say({}, 429)}), "asks us to wait"),
        (lambda web, work: offer_copies(web, work, job={"job_id": "../../x"}), "refuses"),
    ],
)
def test_a_failure_is_told_and_writes_nothing(tiny: TinyEdition, web: Web, fault: Fault, words: str) -> None:
    """Whatever the archive answers, the note stays, and the reason has no key in it."""
    file = recommend(tiny, web)
    before = file.read_text()
    fault(web, f"{web.address}/werk")
    report = archive(tiny, web)
    assert report.written == ()
    assert words in report.failures[0][1]
    assert "geheim" not in str(report)
    assert file.read_text() == before


def test_what_was_done_before_the_archive_refused_stays(tiny: TinyEdition, web: Web) -> None:
    """After a refusal that concerns all works no more are tried; the copies made by then are written."""
    for name in ("eins", "zwei", "drei"):
        web.answers[f"/{name}"] = page(*WORDS)
        tiny.note(name, bookmark_of=[work(f"{web.address}/{name}")])
    first = f"{web.address}/drei"  # files are read in the order of their names
    offer_copies(web, first)
    answer, count = web.answers["/archiv/save"], 0

    def save_one(request: Any) -> None:
        nonlocal count
        count += 1
        (answer if count == 1 else say({}, 429))(request)

    web.answers["/archiv/save"] = save_one
    report = archive(tiny, web)
    assert (len(report.written), len(report.failures), report.waiting_count) == (1, 1, 1)
    assert f"/archiv/web/{STAMP}/{first}" in (tiny.root / "curation/notes/2026/drei.md").read_text()


def test_a_dead_work_gets_a_proposal(tiny: TinyEdition, web: Web) -> None:
    """The archive is asked once for a copy of what is gone, and check proposes the line to write."""
    recommend(tiny, web)
    original = f"{web.address}/werk"
    web.answers["/werk"] = respond(b"", 410)
    found = {"status": "200", "available": True, "url": f"http://web.archive.org/web/{STAMP}/{original}"}
    web.answers[f"/archiv/wayback/available?url={original.replace(':', '%3A').replace('/', '%2F')}"] = say(
        {"archived_snapshots": {"closest": found}}
    )
    service = read_service({"INTERNET_ARCHIVE_ADDRESS": f"{web.address}/archiv"})
    for _ in range(2):
        with ArchiveClient("Kuratorium (test)", service) as client:
            links = propose_copies(tiny.root, visit(tiny).links, client)
        (problem,) = findings.find_problems(links, findings.find_dead, str)
        assert f"archived: {web.address}/archiv/web/{STAMP}/{original}" in problem.hint
    assert sum("/wayback/" in request.path for request in web.requests) == 1


def test_missing_copies_are_one_line(tiny: TinyEdition, web: Web) -> None:
    """After a visit, one line says how many works can be read and name no copy, and which command has them made."""
    for file in (tiny.root / "curation/notes/2026").glob("*.md"):
        file.unlink()
    web.answers |= {"/a": page(*WORDS), "/b": page(*WORDS), "/weg": respond(b"", 500)}
    archived = work(f"{web.address}/b", archived=f"https://web.archive.org/web/{STAMP}/{web.address}/b")
    file = tiny.note("empfohlen", bookmark_of=[work(f"{web.address}/a"), archived, work(f"{web.address}/weg")])
    ran = kuratorium(tiny.root, "check", "--links")
    (line,) = [line for line in ran.stderr.splitlines() if "archived copy" in line]
    assert line.startswith('1 recommended work names no archived copy: "kuratorium check --links --archive" has ')
    file.unlink()
    assert "archived copy" not in kuratorium(tiny.root, "check", "--links").stderr


def test_without_keys_nothing_is_asked(tiny: TinyEdition) -> None:
    """The command says which variables are missing, and where the keys are."""
    with pytest.raises(UsageError, match=r"INTERNET_ARCHIVE_ACCESS_KEY .*archive\.org/account/s3"):
        read_keys({"INTERNET_ARCHIVE_ACCESS_KEY": "a"})
    ran = kuratorium(tiny.root, "check", "--links", "--archive")
    assert ran.returncode == 2
    assert "INTERNET_ARCHIVE_SECRET_KEY" in ran.stderr


def test_the_command_visits_corrects_and_archives(tiny: TinyEdition, web: Web) -> None:
    """`check --links --fix --archive` does all of it, prints it, and ends with 0; --all alone is a mistake."""
    for file in (tiny.root / "curation/notes/2026").glob("*.md"):
        file.unlink()
    web.answers |= {"/alt": respond(b"", 301, location="/werk"), "/werk": page(*WORDS)}
    file = tiny.note("empfohlen", bookmark_of=[work(f"{web.address}/alt"), work(f"{web.address}/werk")])
    offer_copies(web, f"{web.address}/werk")
    environment = {
        "INTERNET_ARCHIVE_ADDRESS": f"{web.address}/archiv",
        "INTERNET_ARCHIVE_ACCESS_KEY": KEYS.access,
        "INTERNET_ARCHIVE_SECRET_KEY": KEYS.secret,
    }
    ran = kuratorium(tiny.root, "check", "--links", "--fix", "--archive", **environment)
    assert ran.returncode == 0, ran.stderr
    assert "2 of 2 addresses visited" in ran.stderr
    assert f"{web.address}/alt" not in file.read_text()
    assert f"archived: {web.address}/archiv/web/{STAMP}/{web.address}/werk" in file.read_text()
    assert KEYS.secret not in ran.stdout + ran.stderr
    assert kuratorium(tiny.root, "check", "--all").returncode == 2
