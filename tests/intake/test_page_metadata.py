from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest

from kuratorium.errors import SourceError
from kuratorium.intake.page_metadata import WorkMetadata, fetch_work_metadata, parse_work_metadata
from tests.intake.web import Web, respond

URL = "https://www.zeitung.example/a?utm=b"


def page(head: str, *, lang: str = "de-DE") -> bytes:
    """Return a page with these elements in its head."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body><h1>H</h1></body>'.encode()
    )


def test_open_graph() -> None:
    """Open Graph gives title, publication, day and address; all text is plain."""
    metadata = parse_work_metadata(
        page(
            '<title>Titel | Zeitung</title><meta property="og:title" content="Der &amp;amp; Titel\u202e">'
            '<meta property="og:site_name" content="Die Zeitung"><meta name="author" content="Ada">'
            '<meta name="author" content="Bo"><link rel="canonical" href="/a">'
            '<meta property="article:published_time" content="2026-10-01T23:30:00-05:00">'
        ),
        URL,
    )
    assert metadata == WorkMetadata(
        title="Der & Titel",
        authors=("Ada", "Bo"),
        published=date(2026, 10, 1),
        publication="Die Zeitung",
        lang="de",
        canonical="https://www.zeitung.example/a",
    )


def test_json_ld() -> None:
    """JSON-LD gives headline, authors, day and publisher, also in a @graph; broken scripts are skipped."""
    metadata = parse_work_metadata(
        page(
            '<script type="application/ld+json">{broken</script><script type="application/ld+json">{"@graph": ['
            '{"@type": "BreadcrumbList", "name": "Pfad"}, {"@type": ["NewsArticle"], "headline": "Die Schlagzeile", '
            '"author": [{"name": "Ada"}, {"@type": "Person", "name": ["Bo"]}, "Cleo", 3], '
            '"datePublished": "2026-10-02", "publisher": {"name": "Verlag"}, "inLanguage": "en"}]}</script>',
            lang="",
        ),
        URL,
    )
    assert (metadata.title, metadata.authors, metadata.published) == (
        "Die Schlagzeile",
        ("Ada", "Bo", "Cleo"),
        date(2026, 10, 2),
    )
    assert (metadata.publication, metadata.lang) == ("Verlag", "en")


def test_a_page_gives_no_more_than_a_credit_needs() -> None:
    """Titles and names without end, and thousands of authors, are cut."""
    authors = "".join(f'<meta name="author" content="Ada {number}">' for number in range(900))
    site = f'<meta property="og:site_name" content="{"Die Zeitung " * 900}">'
    metadata = parse_work_metadata(page(f"<title>{'Wort ' * 90_000}</title>{site}{authors}"), URL)
    assert (len(metadata.title), len(metadata.authors)) == (296, 50)
    assert len(metadata.publication) <= 200


@pytest.mark.parametrize("address", ["http://169.254.169.254/", "http://wiki/a", "http://localhost/a", "http://10.1/a"])
def test_a_page_credits_itself_to_no_private_address(address: str) -> None:
    """An address that readers cannot reach is not a page's own, unless the page was fetched from that host."""
    links = f'<link rel="canonical" href="{address}"><meta property="og:url" content="{address}">'
    assert parse_work_metadata(page(links), URL).canonical == URL
    assert parse_work_metadata(page(links), f"{address}?b").canonical == address


def test_page_without_metadata() -> None:
    """A page without metadata gives its <title>, its host and its own address."""
    assert parse_work_metadata(b"<title>\n Nur \n ein Titel </title><p>x", URL) == WorkMetadata(
        title="Nur ein Titel", publication="zeitung.example", canonical=URL
    )


def test_invalid_metadata() -> None:
    """The address of a profile is no author, an impossible date no day, a javascript: address no canonical one."""
    metadata = parse_work_metadata(
        page(
            '<meta property="article:author" content="https://www.facebook.com/zeitung">'
            '<meta name="date" content="2026-13-01"><link rel="canonical" href="javascript:alert(1)">'
            '<meta property="og:title" content=" "><title>T</title>'
        ),
        URL,
    )
    assert (metadata.authors, metadata.published, metadata.canonical, metadata.title) == ((), None, URL, "T")


@pytest.mark.parametrize("html", [b"", b"a.txt", b"<?xml version='1.0'?><x/>", b"\xff\xfe\x00\x00", b"<" * 10_000])
def test_any_bytes(html: bytes) -> None:
    """Any bytes give metadata, never an error."""
    assert parse_work_metadata(html, URL).canonical == URL


def test_fetch_page(web: Web, tmp_path: Path) -> None:
    """A page is fetched from the web or a file; another document is refused with its type."""

    def fetch(address: str) -> WorkMetadata:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return fetch_work_metadata(address, root=tmp_path, agent="test", clock=lambda: now, intranet=["127.0.0.1"])

    web.answers["/old"] = respond(status=301, location="/new")
    web.answers["/new"] = respond(page("<title>T</title>"), content_type="text/html; charset=utf-8")
    assert (fetch(f"{web.address}/old").title, fetch(f"{web.address}/old").canonical) == ("T", f"{web.address}/new")
    (tmp_path / "page.html").write_bytes(page("<title>F</title>"))
    assert (fetch("page.html").title, fetch("page.html").canonical) == ("F", "")
    web.answers["/pdf"] = respond(b"%PDF-1.7", content_type="application/pdf")
    with pytest.raises(SourceError, match="this is no web page, but application/pdf"):
        fetch(f"{web.address}/pdf")
    web.answers["/empty"] = respond(b"")
    with pytest.raises(SourceError, match="the answer is empty"):
        fetch(f"{web.address}/empty")


def test_case_and_base_of_links() -> None:
    """Names, relations and media types are compared without case, and links resolved against the page's base."""
    html = (
        '<HTML><HEAD><BASE TARGET="x"><BASE HREF="/dir/"><LINK REL="Nofollow CANONICAL" HREF="kanon">'
        '<SCRIPT TYPE="Application/LD+JSON; charset=utf-8">{"@type": "Article", "headline": "Titel"}</SCRIPT></HEAD>'
    )
    metadata = parse_work_metadata(html.encode(), URL)
    assert (metadata.title, metadata.canonical) == ("Titel", urljoin(URL, "/dir/kanon"))


@pytest.mark.parametrize(
    ("charset", "stated", "inside"),
    [("utf-8", "UTF-8", "iso-8859-1"), ("iso-8859-2", "ISO-8859-2", "utf-8"), ("shift_jis", "Shift_JIS", "utf-8")],
)
def test_charset_of_the_header(web: Web, tmp_path: Path, charset: str, stated: str, inside: str) -> None:
    """What the server says of the encoding is heard, also against the page itself."""
    title = {"utf-8": "Größe zählt", "iso-8859-2": "Łódź", "shift_jis": "市役所"}[charset]
    html = f'<html><head><meta charset="{inside}"><title>{title}</title></head></html>'.encode(charset)
    web.answers["/"] = respond(html, content_type=f"text/html; charset={stated}")
    metadata = fetch_work_metadata(
        f"{web.address}/", root=tmp_path, agent="test", clock=lambda: datetime.now(UTC), intranet=["127.0.0.1"]
    )
    assert metadata.title == title


@pytest.mark.parametrize(
    ("charset", "title"),
    [
        ("shift_jis", "市役所は住民のための新しい電子申請サービスを来月から始める"),
        ("euc_jp", "市役所は住民のための新しい電子申請サービスを来月から始める"),
        ("gb18030", "城市管理部门公布了新的数字服务计划居民可以在网上预约"),
        ("euc_kr", "구청은 주민을 위한 새로운 전자 민원 서비스를 다음 달부터 시작한다"),
    ],
)
def test_pages_that_state_no_encoding(charset: str, title: str) -> None:
    """A page that states no encoding is recognised by its letters; one with too few of them is refused, not emptied."""
    for shown in (title, f"{title} – News".replace("–", "-")):
        html = f"<html><head><title>{shown}</title></head><body><p>{title}</p></body></html>"
        assert parse_work_metadata(html.encode(charset), URL).title == shown
    with pytest.raises(SourceError, match="encoding of its characters is not stated"):
        parse_work_metadata(f"<html><head><title>Amt: {title[:4]}</title></head></html>".encode(charset), URL)


@pytest.mark.parametrize("date", ["12. Oktober 2026", "12.10.2026, 23:30 Uhr", "Mon, 12 Oct 2026 23:30:00 -0400"])
def test_a_day_in_another_form(date: str) -> None:
    """The day of a page is read as feeds write dates, too; it is the day that is written."""
    metadata = parse_work_metadata(f'<meta name="date" content="{date}">'.encode(), URL)
    assert str(metadata.published) == "2026-10-12"


def fetch_page(web: Web, root: Path, path: str) -> WorkMetadata:
    """Fetch a page of the test's server."""
    return fetch_work_metadata(
        f"{web.address}{path}", root=root, agent="test", clock=lambda: datetime.now(UTC), intranet=["127.0.0.1"]
    )


def test_an_author_is_named_by_its_id() -> None:
    """JSON-LD may describe the author elsewhere in the graph, as most sites of WordPress do."""
    script = (
        '{"@graph": [{"@type": "Article", "author": {"@id": "#a"}}, {"@type": "Person", "@id": "#b", "name": "Bo"}, '
        '{"@type": "Person", "@id": "#a", "name": "Ada Ehm"}]}'
    )
    metadata = parse_work_metadata(page(f'<script type="application/ld+json">{script}</script>'), URL)
    assert metadata.authors == ("Ada Ehm",)


def test_a_front_page_is_not_the_address_of_an_article() -> None:
    """A canonical address that is the site's front page, or stands in the body beside one in the head, is a slip."""
    own = "https://www.zeitung.example/a?utm=b"
    assert parse_work_metadata(page('<link rel="canonical" href="/">'), own).canonical == own
    assert parse_work_metadata(page('<link rel="canonical" href="/index.html">'), own).canonical == own
    body = page("").replace(b"<body>", b'<body><link rel="canonical" href="/gast">')
    assert parse_work_metadata(body.replace(b"</head>", b'<link rel="canonical" href="/a"></head>'), own).canonical == (
        "https://www.zeitung.example/a"
    )


def test_times_and_titles_of_other_parts_are_not_the_pages() -> None:
    """A date in an aside is that of another page, and the title of an icon is that of the icon."""
    html = page("").replace(
        b"<h1>", b'<svg><title>Menu</title></svg><aside><time datetime="2001-01-01">'
        b'</time></aside><time datetime="2026-10-03"></time><h1>',
    )  # fmt: skip
    metadata = parse_work_metadata(html, URL)
    assert (metadata.title, metadata.published) == ("H", date(2026, 10, 3))


@pytest.mark.parametrize("target", ["/login?next=/a", "/consent?url=/a", "/Anmelden.php", "/", "/index.html"])
def test_an_article_behind_a_door_is_not_read(web: Web, tmp_path: Path, target: str) -> None:
    """An address that leads to a page to sign in, to consent, or to the front page tells nothing of its article."""
    web.answers["/a"] = respond(status=302, location=target)
    web.answers[target] = respond(page("<title>Anmelden</title>"))
    with pytest.raises(SourceError, match="leads to another page"):
        fetch_page(web, tmp_path, "/a")


def test_an_address_that_moved_is_read(web: Web, tmp_path: Path) -> None:
    """A redirect to another address of the article is followed, and the front page is its own."""
    web.answers["/a"] = respond(status=302, location="/2026/a")
    web.answers["/2026/a"] = respond(page("<title>A</title>"))
    web.answers["/index.html"] = respond(status=302, location="/")
    web.answers["/"] = respond(page("<title>Start</title>"))
    assert fetch_page(web, tmp_path, "/a").title == "A"
    assert fetch_page(web, tmp_path, "/index.html").title == "Start"
