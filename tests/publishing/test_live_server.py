import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuratorium.publishing import live_server
from kuratorium.publishing.live_server import PreviewServer, ReloadNotifier


def reloads(notifier: ReloadNotifier, page: str, since: int) -> bool:
    """Return whether a page of build number `since` reloads."""
    return notifier._affects_page(page, since)


def test_only_pages_that_a_build_changed_reload() -> None:
    """Other pages stay as they are until a build changes them, too."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build({"a.html", "feed.xml"})
    assert reloads(notifier, "a.html", since)
    assert not reloads(notifier, "b.html", since)
    assert not reloads(notifier, "a.html", notifier.build_number)
    notifier.record_build({"b.html"})
    assert reloads(notifier, "b.html", since)


def test_a_changed_style_sheet_reloads_every_page() -> None:
    """Pictures and all other files that are not pages do so, too."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build({"theme/css/base.css"})
    assert reloads(notifier, "b.html", since)


def test_a_problem_shows_on_every_page_and_goes_from_every_page() -> None:
    """When a problem appears and when it is solved all pages reload; while it stays the same, none does."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    notifier.record_build((), "kaputt")
    assert reloads(notifier, "a.html", since)
    since = notifier.build_number
    notifier.record_build((), "kaputt")
    assert not reloads(notifier, "a.html", since)
    notifier.record_build(())
    assert reloads(notifier, "a.html", since)


def test_a_page_older_than_all_builds_on_record_reloads() -> None:
    """So does a page that an earlier preview delivered."""
    notifier = ReloadNotifier()
    since = notifier.build_number
    assert reloads(notifier, "a.html", since - 1)
    for _ in range(live_server._MAX_RECENT_BUILDS + 5):
        notifier.record_build({"b.html"})
    assert reloads(notifier, "a.html", since)
    assert not reloads(notifier, "a.html", notifier.build_number - 3)


@pytest.fixture
def notifier() -> ReloadNotifier:
    """What the server of a test tells open pages."""
    return ReloadNotifier()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two pages and a file, with links that leave it."""
    output = tmp_path / "output"
    (output / "notizen").mkdir(parents=True)
    (output / "index.html").write_text("<html><head></head><BODY class='a'><p>Anfang</p></BODY></html>")
    (output / "404.html").write_text("<body>Verloren</body>")
    (output / "notizen/latin1.html").write_bytes("<body>Stra\xdfe</body>".encode("latin-1"))
    (output / "notizen/ton.mp3").write_text("ID3")
    (tmp_path / "geheim.txt").write_text("geheim")
    (tmp_path / "geheim.html").write_text("geheim")
    (output / "p.txt").symlink_to(tmp_path / "geheim.txt")
    (output / "p.html").symlink_to(tmp_path / "geheim.html")
    (output / "alles").symlink_to(tmp_path)
    (output / "kreis").symlink_to("kreis")
    return output


@pytest.fixture
def server(site: Path, notifier: ReloadNotifier, capfd: pytest.CaptureFixture[str]) -> Iterator[PreviewServer]:
    """A running server, which prints no traceback whatever it is asked."""
    with PreviewServer(site, 0, notifier) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()
    assert capfd.readouterr().err == ""


def ask(server: PreviewServer, request: bytes, host: str = "127.0.0.1") -> tuple[int, bytes]:
    """Send the first line of a request; return status and body of the answer."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        head = f"Host: {host}\r\n" if host else ""
        connection.sendall(request + b"\r\n" + head.encode() + b"Connection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if not answer.startswith(b"HTTP/"):  # to what is no HTTP, http.server sends the page alone
        return int(re.findall(rb"Error code: (\d+)", answer)[0]), answer
    header, _, body = answer.partition(b"\r\n\r\n")
    return int(header.split()[1]), body


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "0x7f000001"])
def test_another_name_of_this_machine_is_refused(server: PreviewServer, host: str) -> None:
    """A page of its owner could else read the unpublished site, or wait for its changes (DNS rebinding)."""
    assert ask(server, b"GET / HTTP/1.1", host)[0] == 403
    assert ask(server, b"GET /.kuratorium/changes-since-1/index.html HTTP/1.1", host)[0] == 403
    assert b"Anfang" not in ask(server, b"GET / HTTP/1.1", host)[1]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9000", "[::1]:8000"])
def test_the_names_of_every_machine_are_served(server: PreviewServer, host: str) -> None:
    """With any port: it may be forwarded from another machine."""
    assert ask(server, b"GET / HTTP/1.1", host)[0] == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /%zz%ff%fe.html HTTP/1.1", 404),
        (b"GET /a\xff.html HTTP/1.1", 404),
        (b"GET /a%00b.html HTTP/1.1", 404),
        (b"GET /%ed%a0%80 HTTP/1.1", 404),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1", 404),
        (b"GET /" + b"a/" * 3000 + b" HTTP/1.1", 404),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", 414),
        (b"GET /../geheim.txt HTTP/1.1", 404),
        (b"GET /%2e%2e/geheim.txt HTTP/1.1", 404),
        (b"GET /notizen/..%2f..%2fgeheim.txt HTTP/1.1", 404),
        (b"GET /p.txt HTTP/1.1", 404),
        (b"GET /p.html HTTP/1.1", 404),
        (b"GET /alles/geheim.txt HTTP/1.1", 404),
        (b"GET /kreis HTTP/1.1", 404),
        (b"GET /notizen/ HTTP/1.1", 404),
        (b"GET /notizen/ton.mp3 HTTP/1.1", 200),
        (b"GET /notizen/latin1.html?a=%00#x HTTP/1.1", 200),
        (b"GET http://127.0.0.1/index.html HTTP/1.1", 404),
        (b"GET /.kuratorium/changes-since-" + b"9" * 6000 + b"/index.html HTTP/1.1", 404),
        (b"GET /.kuratorium/changes-since-\xb2/index.html HTTP/1.1", 404),
        (b"HEAD /index.html HTTP/1.1", 200),
        (b"HEAD /nirgends.html HTTP/1.1", 404),
        (b"HEAD /.kuratorium/changes-since-1/index.html HTTP/1.1", 404),
        (b"POST / HTTP/1.1", 501),
        (b"BREW /kaffee HTTP/1.1", 501),
        (b"GET / HTTP/9.9", 505),
        (b"GET", 400),
        (b"\xff\xfe\x00 / HTTP/1.1", 501),
    ],
)
def test_an_odd_request_gets_an_answer(server: PreviewServer, request_line: bytes, status: int) -> None:
    """No traceback, and nothing from outside of the site."""
    answered, body = ask(server, request_line)
    assert answered == status
    assert b"geheim" not in body
    assert not (request_line.startswith(b"HEAD") and body)
    assert ask(server, b"GET / HTTP/1.1")[0] == 200


def test_without_a_page_for_it_a_lost_address_shows_no_folder(server: PreviewServer, site: Path) -> None:
    """A list of the folder's files would be no page of the site."""
    (site / "404.html").unlink()
    assert ask(server, b"GET /notizen/ HTTP/1.1")[0] == 404
    assert b"ton.mp3" not in ask(server, b"GET /notizen/ HTTP/1.1")[1]


def test_a_problem_is_the_first_thing_in_the_page(server: PreviewServer, notifier: ReloadNotifier) -> None:
    """It stands above the content, escaped; the script that reloads the page at its end; both once."""
    notifier.record_build(None, "kaputt <b> \udc80")
    _, body = ask(server, b"GET / HTTP/1.1")
    assert re.search(
        rb"<BODY class='a'><link[^>]*/problem.css\"><pre role=\"alert\"[^>]*>kaputt &lt;b&gt; \?</pre><p>Anfang", body
    )
    assert body.endswith(b"</script></BODY></html>")
    notifier.record_build(())
    assert b"alert" not in ask(server, b"GET / HTTP/1.1")[1]


def test_a_picture_is_drawn_when_it_is_asked_for(site: Path, notifier: ReloadNotifier) -> None:
    """Only below its folder, and only if no build has drawn it; all else is missing."""
    (site / "pictures").mkdir()
    (site / "pictures/da.jpg").write_text("gebaut")
    pictures = {"pictures/da.jpg": b"neu", "pictures/ö.avif": b"gezeichnet", "notizen/a.jpg": b"fremd"}
    with PreviewServer(site, 0, notifier, pictures.get) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert ask(server, b"GET /pictures/da.jpg HTTP/1.1") == (200, b"gebaut")
        assert ask(server, b"GET /pictures/%C3%B6.avif?v=1 HTTP/1.1") == (200, b"gezeichnet")
        for path in (b"pictures/weg.jpg", b"notizen/a.jpg", b"pictures/../notizen/a.jpg", b"pictures/%00.jpg"):
            assert ask(server, b"GET /" + path + b" HTTP/1.1")[0] == 404
        server.shutdown()
        thread.join()
