"""Addresses on other sites, visited on a real server on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kuratorium.desk.fixes import fix_moved_links, is_written
from kuratorium.desk.rules.links.outgoing import findings
from kuratorium.desk.rules.links.outgoing.links import list_outgoing_links
from kuratorium.desk.rules.links.outgoing.store import LINKS_FILE
from kuratorium.desk.rules.links.outgoing.visits import VisitReport, Which, visit_links
from kuratorium.edition.loader import read_edition
from kuratorium.errors import UsageError
from kuratorium.file_lock import FileLock
from kuratorium.intake.archive import ArchivedEntry
from kuratorium.intake.http.client import Fetcher, FetchLimits
from tests.cli.program import kuratorium
from tests.desk.rules.quotations.test_sources import store
from tests.editions import FEED, OWN_WORDS, SOURCES, TinyEdition, work
from tests.intake.web import Answer, Web, respond

MONDAY = datetime.fromisoformat("2026-10-12T09:00:00+02:00")
WORDS = [
    f"<p>Absatz {number} über den Umzug der Akten in ein neues Haus am Rand der Stadt.</p>" for number in range(20)
]

ARTICLE = f"<!doctype html><title>Werk</title><article>{''.join(WORDS)}</article>".encode()


@pytest.fixture
def web() -> Iterator[Web]:
    """A server that answers nothing yet."""
    with Web().running() as running:
        yield running


def page(*paragraphs: str, head: str = "") -> Answer:
    """Return the answer of a page with an article."""
    html = f"<!doctype html><title>Werk</title>{head}<nav>Start</nav><article>{''.join(paragraphs)}</article>"
    return respond(html.encode(), content_type="text/html; charset=utf-8")


def redirect(target: str, status: int = 301) -> Answer:
    """Return an answer that redirects."""
    return respond(b"", status, location=target)


def visit(tiny: TinyEdition, now: datetime = MONDAY, *, which: Which = "due") -> VisitReport:
    """Visit the links of an edition at a moment."""
    edition, problems = read_edition(tiny.root)
    assert problems == []
    fetcher = Fetcher(tiny.root, "Kuratorium (test)", lambda: now, FetchLimits(total_seconds=5), intranet=["127.0.0.1"])
    links = [link for link in list_outgoing_links(edition, "") if "127.0.0.1" in link.address]
    return visit_links(tiny.root, links, fetcher, lambda: now, which=which)


def find(report: VisitReport, rule: findings.Rule) -> list[str]:
    """Return what a rule finds, without the address of the server."""
    return [problem.message for problem in findings.find_problems(report.links, rule, str)]


def recommend(tiny: TinyEdition, address: str, **fields: object) -> Path:
    """Add a note on a work at this address."""
    return tiny.note("empfohlen", bookmark_of=[work(address) | fields])


def test_a_link_that_stays_is_visited_more_and_more_rarely(tiny: TinyEdition, web: Web) -> None:
    """A second run on the same day asks nothing; then 1, 2, 4 and 8 days pass between two requests."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    days = [day for day in range(40) if visit(tiny, MONDAY + timedelta(days=day)).visited_count]
    assert days == [0, 1, 3, 7, 15, 31]
    assert visit(tiny, MONDAY + timedelta(days=39, hours=1)).visited_count == 0
    assert visit(tiny, MONDAY + timedelta(days=39, hours=1), which="all").visited_count == 1


def test_a_visit_is_conditional(tiny: TinyEdition, web: Web) -> None:
    """What the server sent to recognise a version goes back to it, and an unchanged page keeps what is known of it."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(
        f"<!doctype html><main>{''.join(WORDS)}</main>".encode(), content_type="text/html", etag='"1"'
    )
    visit(tiny)
    web.answers["/werk"] = respond(b"", 304)
    report = visit(tiny, MONDAY + timedelta(days=1))
    assert web.requests[-1].headers["if-none-match"] == '"1"'
    assert report.links[0].record.calm_visits == 1
    assert "Umzug der Akten" in report.links[0].texts.last


def test_a_work_that_is_gone_is_told_at_once(tiny: TinyEdition, web: Web) -> None:
    """404 and 410 are told with the line of the address, unless the note names an archived copy."""
    file = recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(b"", 404)
    report = visit(tiny)
    (problem,) = findings.find_problems(report.links, findings.find_dead, str)
    assert problem.message == f"{web.address}/werk cannot be read any more: there is nothing at this address (404)"
    assert f"{web.address}/werk" in file.read_text().splitlines()[problem.line - 1]
    recommend(tiny, f"{web.address}/werk", archived="https://archive.example/werk")
    assert find(visit(tiny), findings.find_dead) == []


def test_a_fault_of_a_server_is_told_when_it_lasts(tiny: TinyEdition, web: Web) -> None:
    """500 is told on the third day, not before, and is forgotten when the page is back."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(b"", 500)
    told = [find(visit(tiny, MONDAY + timedelta(days=day)), findings.find_dead) for day in range(3)]
    assert told[:2] == [[], []]
    assert told[2] == [f"{web.address}/werk has not answered since 2026-10-12: the server has a fault (HTTP 500)"]
    web.answers["/werk"] = page(*WORDS)
    assert find(visit(tiny, MONDAY + timedelta(days=3)), findings.find_dead) == []


def test_many_visits_on_one_day_are_one_failure(tiny: TinyEdition, web: Web) -> None:
    """Whoever asks for all addresses three times in an hour does not make them dead."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(b"", 500)
    reports = [visit(tiny, MONDAY + timedelta(minutes=minutes), which="all") for minutes in (0, 20, 40)]
    assert find(reports[-1], findings.find_dead) == []


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_server_that_lets_no_programs_in_says_nothing_of_its_page(tiny: TinyEdition, web: Web, status: int) -> None:
    """A refusal is counted, and told as no mistake, however long it lasts."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(b"", status)
    reports = [visit(tiny, MONDAY + timedelta(days=3 * number)) for number in range(4)]
    assert find(reports[-1], findings.find_dead) == []
    assert reports[-1].refused_count == 1


@pytest.mark.parametrize("target", ["/", "/index.html", "/404", "/login?next=/werk"])
def test_a_work_that_leads_elsewhere_is_gone(tiny: TinyEdition, web: Web, target: str) -> None:
    """A redirect to the front page, or to a door, is no new address of the work."""
    recommend(tiny, f"{web.address}/2026/werk")
    web.answers["/2026/werk"] = redirect(target)
    web.answers[target] = page(*WORDS)
    report = visit(tiny)
    assert len(find(report, findings.find_dead)) == 1
    assert find(report, findings.find_moved) == []


def test_a_work_that_moved_is_corrected(tiny: TinyEdition, web: Web) -> None:
    """The new address is written where the old one stands, in front matter and body; all other bytes stay."""
    own = f"Siehe [dort]({web.address}/alt#kapitel), nicht {web.address}/alt-und-neu."
    body = f"{own}\n\n> Satz\n> — [Werk]({web.address}/alt)"
    file = tiny.note("empfohlen", bookmark_of=[work(f"{web.address}/alt")], body=body)
    before = file.read_text()
    web.answers["/alt"] = redirect("/neu")
    web.answers["/neu"] = page(*WORDS)
    report = visit(tiny)
    assert find(report, findings.find_moved) == [f"{web.address}/alt has moved to {web.address}/neu"]
    fixed = fix_moved_links(tiny.root, report.links)
    after = file.read_text()
    assert after == before.replace(f"{web.address}/alt", f"{web.address}/neu").replace("/neu-und-neu", "/alt-und-neu")
    assert [line.line for line in fixed] == [
        number for number, line in enumerate(before.split("\n"), 1) if re.search(r"/alt\b(?!-)", line)
    ]
    assert find(visit(tiny), findings.find_moved) == []


def test_a_copy_of_a_moved_work_keeps_its_address(tiny: TinyEdition, web: Web) -> None:
    """The address of a copy ends with that of its original, which is the name of the copy, not a link."""
    copy = f"https://web.archive.org/web/20261012090000/{web.address}/alt"
    file = recommend(tiny, f"{web.address}/alt", archived=copy)
    web.answers["/alt"] = redirect("/neu")
    web.answers["/neu"] = page(*WORDS)
    fix_moved_links(tiny.root, visit(tiny).links)
    assert copy in file.read_text()
    assert f"url: {web.address}/neu\n" in file.read_text()


def test_ampersands_are_written_as_they_were(tiny: TinyEdition, web: Web) -> None:
    """An address in HTML has "&amp;", and so has the new one."""
    file = tiny.essay("aufsatz", body=f'{OWN_WORDS} <a href="{web.address}/?a=1&amp;b=2">Wort</a>')
    web.answers["/?a=1&b=2"] = redirect("/neu?c=3&d=4")
    web.answers["/neu?c=3&d=4"] = page(*WORDS)
    report = visit(tiny)
    assert report.links[0].link.line > 1
    fix_moved_links(tiny.root, report.links)
    assert f'<a href="{web.address}/neu?c=3&amp;d=4">' in file.read_text()
    assert not is_written(tiny.root, report.links[0].link)


def test_an_address_that_would_break_its_file_is_not_written(tiny: TinyEdition, web: Web) -> None:
    """Within braces, a comma ends an address: the file stays, and the finding, too."""
    file = recommend(tiny, f"{web.address}/alt")
    text = file.read_text()
    start, end = text.index("bookmark_of:"), text.index("---\n", 4)
    flow = f"bookmark_of: [{{title: Werk, url: {web.address}/alt}}]\n"
    file.write_text(text[:start] + flow + text[end:])
    web.answers["/alt"] = redirect("/neu,title")
    web.answers["/neu,title"] = page(*WORDS)
    report = visit(tiny)
    assert fix_moved_links(tiny.root, report.links) == []
    assert flow in file.read_text()
    assert is_written(tiny.root, report.links[0].link)


def test_a_temporary_redirect_is_no_move(tiny: TinyEdition, web: Web) -> None:
    """302 says that the old address will be right again."""
    recommend(tiny, f"{web.address}/alt")
    web.answers["/alt"] = redirect("/neu", 302)
    web.answers["/neu"] = page(*WORDS)
    assert find(visit(tiny), findings.find_moved) == []


def test_a_file_saved_meanwhile_keeps_its_words(tiny: TinyEdition, web: Web) -> None:
    """A correction is made to the text as it is, not as it was read."""
    file = recommend(tiny, f"{web.address}/alt")
    web.answers["/alt"] = redirect("/neu")
    web.answers["/neu"] = page(*WORDS)
    report = visit(tiny)
    file.write_text(file.read_text() + "\nNoch ein Satz.\n")
    fix_moved_links(tiny.root, report.links)
    assert file.read_text().endswith("Noch ein Satz.\n")
    assert f"{web.address}/neu" in file.read_text()


def test_a_paywall_is_told_when_the_note_says_otherwise(tiny: TinyEdition, web: Web) -> None:
    """What a page says in isAccessibleForFree is compared with `paywall`, in both directions."""
    locked = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS, head=locked)
    assert "only be read by those who pay" in find(visit(tiny), findings.find_paywall)[0]
    recommend(tiny, f"{web.address}/werk", paywall=True)
    assert find(visit(tiny), findings.find_paywall) == []
    web.answers["/werk"] = page(*WORDS)
    assert "read by everybody" in find(visit(tiny, which="all"), findings.find_paywall)[0]


def test_a_work_that_changed_is_told_until_it_is_read_again(tiny: TinyEdition, web: Web) -> None:
    """The passage is shown; a later `accessed` makes the present text the one to compare with."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    visit(tiny)
    changed = [words.replace("Rand der Stadt", "Markt, sagt der Rat") for words in WORDS]
    web.answers["/werk"] = page(*changed)
    report = visit(tiny, MONDAY + timedelta(days=1))
    (message,) = find(report, findings.find_changed)
    assert "has changed since 2026-10-13" in message
    assert "[-Rand der Stadt.-] {+Markt, sagt der Rat.+}" in message
    assert find(visit(tiny, MONDAY + timedelta(days=2)), findings.find_changed) == [message]
    recommend(tiny, f"{web.address}/werk", accessed="2026-10-14")
    assert find(visit(tiny, MONDAY + timedelta(days=3)), findings.find_changed) == []


def test_what_stands_around_a_text_may_change(tiny: TinyEdition, web: Web) -> None:
    """Navigation, teasers beside the article and a corrected word are no other text."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    visit(tiny)
    around = "<nav>Neu</nav><aside><p>Ganz andere Meldungen von heute, viele davon.</p></aside>"
    html = f"<!doctype html>{around}<article>{''.join(WORDS).replace('Absatz 7', 'Absatz Sieben')}</article>"
    web.answers["/werk"] = respond(html.encode(), content_type="text/html; charset=utf-8")
    assert find(visit(tiny, MONDAY + timedelta(days=1)), findings.find_changed) == []


def test_a_machine_without_network_is_told_once(tiny: TinyEdition, web: Web) -> None:
    """When none of several addresses can be reached, nothing is kept, and no address counts as failed."""
    with Web().running() as other:
        gone = other.address
    tiny.note("eins", bookmark_of=[work(f"{gone}/1")])
    tiny.note("zwei", bookmark_of=[work(f"{gone}/2")])
    report = visit(tiny)
    assert report.failure.startswith("none of 2 addresses can be reached")
    assert (report.links, report.visited_count) == ((), 0)
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    report = visit(tiny)
    assert (report.failure, report.visited_count) == ("", 3)


def test_odd_answers_end_no_run(tiny: TinyEdition, web: Web) -> None:
    """A file that is no page, a page without encoding or end, and a loop are results, not errors."""
    answers = {
        "/bild": respond(b"\x89PNG\r\n\x1a\n" + bytes(100), content_type="image/png"),
        "/leer": respond(b"", content_type="text/html"),
        "/bytes": respond(bytes(range(256)) * 20, content_type="text/html"),
        "/tief": respond(b"<div>" * 50_000, content_type="text/html"),
        "/kreis": redirect("/kreis"),
        "/fort": redirect("http://[::bad/"),
    }
    web.answers |= answers
    for name in answers:
        tiny.note(name.strip("/"), bookmark_of=[work(f"{web.address}{name}")])
    report = visit(tiny)
    assert report.visited_count == len(answers)
    assert find(report, findings.find_changed) == []


def test_two_runs_at_once_are_one_too_many(tiny: TinyEdition) -> None:
    """The second says that the first is under way."""
    with FileLock(tiny.root / "var/links.lock", busy_message=""), pytest.raises(UsageError, match="visited already"):
        visit(tiny)


def test_a_damaged_file_is_set_aside(tiny: TinyEdition, web: Web) -> None:
    """What visits found may be lost: all addresses are visited again."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    visit(tiny)
    (tiny.root / LINKS_FILE).write_bytes(b"no database at all" * 100)
    assert visit(tiny).visited_count == 1
    assert list((tiny.root / "var").glob("links.sqlite3.damaged-*"))


def test_links_that_are_no_longer_there_are_forgotten(tiny: TinyEdition, web: Web) -> None:
    """An address that was taken out and written again is visited as a new one."""
    file = recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = page(*WORDS)
    visit(tiny)
    text = file.read_text()
    file.unlink()
    assert visit(tiny).links == ()
    file.write_text(text)
    assert visit(tiny).visited_count == 1


def test_fetch_reads_only_works_whose_text_is_not_known(tiny: TinyEdition, web: Web) -> None:
    """Links that are no works, works of a pull, and those of a source that has opted out are left alone."""
    sources = [
        *SOURCES,
        {**SOURCES[0], "id": "stilles-blog", "feed": "curation/samples/still.xml", "rights": {"opt_out": True}},
    ]
    tiny.yaml("sources", sources)
    tiny.write("curation/samples/still.xml", FEED)
    names = ("neu", "bekannt", "still", "link")
    web.answers |= {f"/{name}": page(*WORDS) for name in names}
    store(tiny.root, ArchivedEntry(key="1", digest=b"1", link=f"{web.address}/bekannt", title="W", text="Bekannt."))
    works = [work(f"{web.address}/{name}") for name in names[:2]]
    works.append(work(f"{web.address}/still") | {"source": "stilles-blog"})
    tiny.note("empfohlen", bookmark_of=works, body=f"Siehe [dort]({web.address}/link).")
    assert visit(tiny, which="unread").visited_count == 1
    assert [request.path for request in web.requests] == ["/neu"]
    known = {item.link.address: item.texts.first for item in visit(tiny).links}
    assert [name for name in names if known[f"{web.address}/{name}"]] == ["neu", "bekannt"]


def test_a_work_that_cannot_be_read_is_told_once(tiny: TinyEdition, web: Web) -> None:
    """It is asked again when it is due, not at each run, and its quotations are not compared."""
    recommend(tiny, f"{web.address}/werk")
    web.answers["/werk"] = respond(b"", 403)
    assert [address for address, _ in visit(tiny, which="unread").unread] == [f"{web.address}/werk"]
    assert visit(tiny, MONDAY + timedelta(hours=1), which="unread").visited_count == 0
    web.answers["/werk"] = page(*WORDS)
    report = visit(tiny, MONDAY + timedelta(days=1), which="unread")
    assert (report.visited_count, report.unread) == (1, ())
    assert report.links[0].texts.first


@pytest.mark.parametrize("which", ["all", "unread"])
def test_a_link_that_becomes_a_work_is_read(tiny: TinyEdition, web: Web, which: Which) -> None:
    """A page that has not changed since it was but a link is sent once more, for its text."""
    tiny.essay("aufsatz", body=f"{OWN_WORDS} [Dort]({web.address}/werk).")

    def answer(request: BaseHTTPRequestHandler) -> None:
        is_known = request.headers["if-none-match"] == '"1"'
        (respond(b"", 304, etag='"1"') if is_known else respond(ARTICLE, etag='"1"', content_type="text/html"))(request)

    web.answers["/werk"] = answer
    assert visit(tiny).links[0].texts.first == ""
    recommend(tiny, f"{web.address}/werk")
    assert "Umzug der Akten" in visit(tiny, which=which).links[0].texts.first
    visit(tiny, which="all")
    assert [request.headers.get("if-none-match") for request in web.requests] == [None, None, '"1"']


def test_quotations_are_compared_with_what_was_fetched(tiny: TinyEdition, web: Web) -> None:
    """`check --fetch` finds an altered quotation of a work that no feed has brought."""
    for file in (tiny.root / "curation/notes/2026").glob("*.md"):
        file.unlink()
    web.answers["/werk"] = page(*WORDS, "<p>Der Umzug kostet nach Angaben des Rates elf Millionen Euro im Jahr.</p>")
    quotation = "> Der Umzug kostet nach Angaben des Rates zwei Millionen Euro im Jahr."
    tiny.note(
        "zitat",
        bookmark_of=[work(f"{web.address}/werk")],
        body=f"{OWN_WORDS}\n\n{quotation}\n> — [W]({web.address}/werk)",
    )
    assert "quote-source" not in kuratorium(tiny.root, "check").stderr
    fetched = kuratorium(tiny.root, "check", "--fetch")
    assert "1 of 1 address visited" in fetched.stderr
    assert "quote-source" in fetched.stderr
    assert kuratorium(tiny.root, "check").stderr.count("quote-source") == 1
