from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.page_metadata import (
    WorkMetadata,
    fetch_work_metadata,
    parse_text_and_paywall,
    parse_work_metadata,
)
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
        text="H",
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
        title="Nur ein Titel", publication="zeitung.example", canonical=URL, text="x"
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


@pytest.mark.parametrize(
    "target",
    [
        *("/login?next=/a", "/consent?url=/a", "/Anmelden.php", "/auth/sign-in", "/sso?back=/a", "/404", "/"),
        *("/index.html", "/de/", "/en-US/", "/home", "/start"),
    ],
)
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


def test_a_door_may_be_another_host() -> None:
    """A host to sign in or to consent, and a front page, are no address of an article; a host's own pages are."""
    login = '<link rel="canonical" href="https://login.zeitung.example/?next=a">'
    assert parse_work_metadata(page(login), URL).canonical == URL
    assert parse_work_metadata(page('<link rel="canonical" href="/de/">'), URL).canonical == URL
    own = "https://login.zeitung.example/hilfe"
    assert parse_work_metadata(page('<link rel="canonical" href="/hilfe">'), own).canonical == own


@pytest.mark.parametrize(
    "html",
    [
        '<html><head><title>T</title></head><body><link rel="canonical" href="/gast"></body></html>',
        '<title>T</title><p>Text<link rel="canonical" href="/gast">',
    ],
)
def test_a_canonical_address_in_the_body_does_not_count(html: str) -> None:
    """A link in the body may be written by a reader; pages need not mark where it begins."""
    assert parse_work_metadata(html.encode(), URL).canonical == URL
    head = '<noscript><img src="/pixel"></noscript><link rel="canonical" href="/kanon"><p>Text'
    assert parse_work_metadata(head.encode(), URL).canonical == urljoin(URL, "/kanon")


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("<article><aside><time datetime='2001-01-01'></time></aside><h1>H</h1></article>", None),
        ("<h1>H</h1><article><time datetime='2026-10-03'></time></article>", "2026-10-03"),
        ("<article><h1>H</h1><a href='/a'><time datetime='2026-10-03'></time></a></article>", "2026-10-03"),
        (
            "<article><time datetime=2001-01-01></time></article><article><h1>H</h1><time datetime=2026-10-03></time>",
            "2026-10-03",
        ),
        ("<main><article><time datetime='2001-01-01'></time></article><article></article><h1>H</h1></main>", None),
        (
            "<article><h1>H</h1><ol class='comment-list'><li><time datetime='2026-10-09'></time></ol></article>",
            None,
        ),
        ("<div class='related-posts'><time datetime='2001-01-01'></time></div><h1>H</h1>", None),
        (
            "<body class='has-sidebar'><div class='no-comments'><h1>H</h1><time datetime='2026-10-03'></time></div>",
            "2026-10-03",
        ),
        (
            "<h1>H</h1><time datetime='2026-11-01'></time><time itemprop='datePublished' datetime='2026-10-03'></time>",
            "2026-10-03",
        ),
        (
            "<p itemscope itemtype='https://schema.org/Comment'><meta itemprop='datePublished' content='2001-01-01'>",
            None,
        ),
        ("<meta itemprop='datePublished' content='2026-10-03T08:00:00Z'>", "2026-10-03"),
    ],
)
def test_the_day_of_a_page_is_that_of_its_article(body: str, day: str | None) -> None:
    """Dates of comments, of other articles and in sidebars are not the page's."""
    published = parse_work_metadata(f"<title>T</title>{body}".encode(), URL).published
    assert (str(published) if published else None) == day


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        (
            "<meta name='citation_author' content='Kolb, Mia'><meta name='citation_author' content='Jan Ruf'>",
            ("Kolb, Mia", "Jan Ruf"),
        ),
        ('<script type="application/ld+json">{"@type": "Report", "creator": "Mia Kolb"}</script>', ("Mia Kolb",)),
        ("<meta name='DCTERMS.creator' content='Mia Kolb'>", ("Mia Kolb",)),
        ("<meta name='parsely-author' content='Mia Kolb'>", ("Mia Kolb",)),
        ("<p itemprop='author' itemscope><a href='/m'><span itemprop='name'>Mia Kolb</span></a>, 12", ("Mia Kolb",)),
        ("<span itemprop='author creator'>Mia Kolb</span>", ("Mia Kolb",)),
        ("<div class='h-entry'><a class='p-author h-card' href='/m'><img> Mia Kolb</a></div>", ("Mia Kolb",)),
        ("<div class='hentry'><span class='author vcard'><a class='fn' href='/m'>Mia Kolb</a></span>", ("Mia Kolb",)),
        ("<p>Von <a rel='nofollow Author' href='/m'>Mia Kolb</a></p>", ("Mia Kolb",)),
        ("<div class='comment'><a rel='author' href='/m'>Mia Kolb</a></div>", ()),
        ("<aside><span itemprop='author'>Mia Kolb</span></aside>", ()),
        ("<div class='h-entry'></div><div class='h-entry'><b class='p-author'>Mia Kolb</b></div>", ()),
        ("<meta name='author' content='mia kolb'><meta name='author' content='Mia Kolb'>", ("Mia Kolb",)),
    ],
)
def test_authors_of_many_vocabularies(html: str, authors: tuple[str, ...]) -> None:
    """Authors are read from the words of journals, microdata, microformats and links, but not those of others."""
    assert parse_work_metadata(f"<title>T</title>{html}".encode(), URL).authors == authors


def test_a_paper_in_a_journal() -> None:
    """Title, day, journal and language of a paper are read from the words that search engines for science read."""
    html = (
        "<title>Seite</title><meta name='citation_title' content='Ein Aufsatz'>"
        "<meta name='citation_publication_date' content='2026/10/03'>"
        "<meta name='citation_journal_title' content='Archiv'><meta name='citation_language' content='de'>"
    )
    metadata = parse_work_metadata(html.encode(), URL)
    assert (metadata.title, metadata.publication, metadata.lang) == ("Ein Aufsatz", "Archiv", "de")
    assert metadata.published == date(2026, 10, 3)


@pytest.mark.parametrize(
    ("html", "header", "lang"),
    [
        ("<meta http-equiv='Content-Language' content='fr-CH'>", "", "fr"),
        ("<meta name='DC.language' content='it'>", "", "it"),
        ("", "nl", "nl"),
        ("", "de, en", ""),
        ("<html lang='da'>", "en", "da"),
    ],
)
def test_the_language_of_a_page(html: str, header: str, lang: str) -> None:
    """The language is what the page says, else what its server says, if that is one."""
    assert parse_work_metadata(f"{html}<title>T</title>".encode(), URL, "", header).lang == lang


def test_the_language_of_the_header(web: Web, tmp_path: Path) -> None:
    """The header Content-Language reaches the metadata."""
    web.answers["/a"] = respond(b"<!doctype html><title>T</title>", content_type="text/html", content_language="sv-SE")
    assert fetch_page(web, tmp_path, "/a").lang == "sv"


@pytest.mark.parametrize(
    ("html", "paywall"),
    [
        ('{"@type": "NewsArticle", "isAccessibleForFree": false}', True),
        ('{"@type": "NewsArticle", "isAccessibleForFree": "http://schema.org/False"}', True),
        ('{"@type": "Article", "hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": "False"}]}', True),
        ('{"@type": "NewsArticle", "isAccessibleForFree": true}', False),
        ('{"@type": "WebSite", "isAccessibleForFree": false}', False),
        ('{"@type": "NewsArticle"}', False),
    ],
)
def test_a_work_that_must_be_paid_for(html: str, paywall: bool) -> None:
    """JSON-LD, microdata and Open Graph say whether a work is free to read."""
    script = f'<script type="application/ld+json">{html}</script>'
    assert parse_work_metadata(page(script), URL).paywall is paywall
    assert parse_text_and_paywall(page(script), URL) == ("H", paywall)
    for meta in (
        "<meta itemprop=isAccessibleForFree content=False>",
        "<meta property=article:content_tier content=locked>",
        "<meta property=article:content&#95;tier content=locked>",
        "<meta itemprop=&#x69;sAccessibleForFree content=False>",
    ):
        assert parse_work_metadata(page(meta), URL).paywall
        assert parse_text_and_paywall(page(meta), URL) == ("H", True)
    assert parse_text_and_paywall(
        page("<meta itemprop=isAccessibleForFree content=False>").decode().encode("utf-16"), URL
    )[1]


_PIECES = st.sampled_from([
    *(f"<{slash}{name}>" for slash in ("", "/")
      for name in ("nav", "aside", "footer", "article", "main", "div", "p", "ul", "li", "body", "br", "template", "svg",
                   "title", "form", "figcaption", "script", "b")),
    "<br/>", "<img>", "<p/>", "<nav/>", "<div class='x e-content'>", "<div itemprop='a articleBody'>", "<!-- <nav> -->",
    "<div class=comments>", "<section class=entry-content id=related>", "Wort", " ", "&amp;", "<", "</", "eins zwei",
])  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_a_visit_reads_the_same_text(html: str) -> None:
    """However broken a page is: what a visit reads of it in less time is the text that all others read."""
    data = f"<!doctype html><meta charset=utf-8><body>{html}".encode()
    assert parse_text_and_paywall(data, URL) == (parse_work_metadata(data, URL).text, False)


def test_the_article_of_several_objects() -> None:
    """Of several works in JSON-LD, the article with the page's address is its own; agents may be named by @id."""
    script = (
        '{"@graph": [{"@type": "WebPage", "@id": "https://www.zeitung.example/a", "name": "Seite"}, '
        '{"@type": "Article", "url": "https://www.zeitung.example/b", "headline": "Anderer", "author": "Bo"}, '
        '{"@type": "Article", "mainEntityOfPage": {"@id": "https://zeitung.example/a/"}, "headline": "Ein\nTitel", '
        '"author": {"@id": "#a"}, "publisher": {"@id": "#v", "@type": "Organization"}}, '
        '{"@type": "Person", "@id": "#a", "name": "Ada Ehm"}, {"@id": "#v", "name": "Verlag"}]}'
    )
    html = page(f'<script type="application/ld+json">{script}</script>')
    metadata = parse_work_metadata(html, "https://www.zeitung.example/a?utm_source=b")
    assert (metadata.title, metadata.authors, metadata.publication) == ("Ein Titel", ("Ada Ehm",), "Verlag")
    assert parse_work_metadata(html, "https://www.zeitung.example/c").title == "Anderer"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://andere.example/a", ""),
        ("https://zeitung.example.andere.example/a", ""),
        ("https://zeitung.example/a", "https://zeitung.example/a"),
        ("https://m.zeitung.example/a", "https://m.zeitung.example/a"),
        ("https://example/a", ""),
    ],
)
@pytest.mark.parametrize("form", ['<link rel="canonical" href="{}">', '<meta property="og:url" content="{}">'])
def test_a_page_points_its_credit_at_no_other_site(address: str, own: str, form: str) -> None:
    """An address at another site is not the page's own; it is kept for the editor, who decides."""
    metadata = parse_work_metadata(page(form.format(address)), URL)
    assert metadata.canonical == (own or URL)
    assert metadata.elsewhere == ("" if own or address.endswith("//example/a") else address)
