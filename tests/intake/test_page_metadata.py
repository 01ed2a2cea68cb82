from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuratorium.errors import SourceError
from kuratorium.intake.page_metadata import WorkMetadata, fetch_work_metadata, parse_work_metadata
from tests.intake.web import Web, says

URL = "https://www.zeitung.example/a?utm=b"


def page(head: str, *, lang: str = "de-DE") -> bytes:
    """Write a page with this in its head."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body><h1>H</h1></body>'.encode()
    )


def test_open_graph() -> None:
    """og: and article: elements tell title, publication, day and address; text is plain."""
    facts = parse_work_metadata(
        page(
            '<title>Titel | Zeitung</title><meta property="og:title" content="Der &amp;amp; Titel\u202e">'
            '<meta property="og:site_name" content="Die Zeitung"><meta name="author" content="Ada">'
            '<meta name="author" content="Bo"><link rel="canonical" href="/a">'
            '<meta property="article:published_time" content="2026-10-01T23:30:00-05:00">'
        ),
        URL,
    )
    assert facts == WorkMetadata(
        title="Der & Titel",
        authors=("Ada", "Bo"),
        published=date(2026, 10, 1),
        publication="Die Zeitung",
        lang="de",
        canonical="https://www.zeitung.example/a",
    )


def test_linked_data() -> None:
    """JSON-LD tells headline, authors, day and publisher, in a graph among other things, broken scripts aside."""
    facts = parse_work_metadata(
        page(
            '<script type="application/ld+json">{broken</script><script type="application/ld+json">{"@graph": ['
            '{"@type": "BreadcrumbList", "name": "Pfad"}, {"@type": ["NewsArticle"], "headline": "Die Schlagzeile", '
            '"author": [{"name": "Ada"}, {"@type": "Person", "name": ["Bo"]}, "Cleo", 3], '
            '"datePublished": "2026-10-02", "publisher": {"name": "Verlag"}, "inLanguage": "en"}]}</script>',
            lang="",
        ),
        URL,
    )
    assert (facts.title, facts.authors, facts.published) == (
        "Die Schlagzeile",
        ("Ada", "Bo", "Cleo"),
        date(2026, 10, 2),
    )
    assert (facts.publication, facts.lang) == ("Verlag", "en")


def test_a_bare_page() -> None:
    """Without metadata the title element, the host and the page's own address remain."""
    assert parse_work_metadata(b"<title>\n Nur \n ein Titel </title><p>x", URL) == WorkMetadata(
        title="Nur ein Titel", publication="zeitung.example", canonical=URL
    )


def test_what_is_no_fact() -> None:
    """A profile's address is no author, half a date no day, a javascript: address no canonical one."""
    facts = parse_work_metadata(
        page(
            '<meta property="article:author" content="https://www.facebook.com/zeitung">'
            '<meta name="date" content="2026-13-01"><link rel="canonical" href="javascript:alert(1)">'
            '<meta property="og:title" content=" "><title>T</title>'
        ),
        URL,
    )
    assert (facts.authors, facts.published, facts.canonical, facts.title) == ((), None, URL, "T")


@pytest.mark.parametrize("html", [b"", b"a.txt", b"<?xml version='1.0'?><x/>", b"\xff\xfe\x00\x00", b"<" * 10_000])
def test_what_is_hardly_a_page(html: bytes) -> None:
    """Whatever the bytes are, there is an answer."""
    assert parse_work_metadata(html, URL).canonical == URL


def test_fetch_page(web: Web, tmp_path: Path) -> None:
    """A page is fetched from the web or a file; what is no page is refused with its type."""

    def fetch(address: str) -> WorkMetadata:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return fetch_work_metadata(address, root=tmp_path, agent="test", clock=lambda: now, intranet=["127.0.0.1"])

    web.answers["/old"] = says(status=301, location="/new")
    web.answers["/new"] = says(page("<title>T</title>"), content_type="text/html; charset=utf-8")
    assert (fetch(f"{web.address}/old").title, fetch(f"{web.address}/old").canonical) == ("T", f"{web.address}/new")
    (tmp_path / "page.html").write_bytes(page("<title>F</title>"))
    assert (fetch("page.html").title, fetch("page.html").canonical) == ("F", "")
    web.answers["/pdf"] = says(b"%PDF-1.7", content_type="application/pdf")
    with pytest.raises(SourceError, match="this is no web page, but application/pdf"):
        fetch(f"{web.address}/pdf")
    web.answers["/empty"] = says(b"")
    with pytest.raises(SourceError, match="the answer is empty"):
        fetch(f"{web.address}/empty")
