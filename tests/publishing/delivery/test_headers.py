import gzip
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.edition.curation import Imprint, Policy
from kuratorium.edition.hosting.media_types import LONG_CACHING
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.delivery.headers import (
    build_content_policy,
    build_header_policy,
    build_page_policy,
)
from tests.editions import POLICY, SITE, TinyEdition

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")


def read_directives(policy: str) -> dict[str, list[str]]:
    """Return a Content-Security-Policy by directive."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def read_page_policy(path: Path) -> dict[str, list[str]]:
    """Return the policy that stands in a page, by directive."""
    policy = BeautifulSoup(path.read_bytes(), "lxml").find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy
    return read_directives(str(policy["content"]))


def read_headers(text: str) -> dict[str, dict[str, str]]:
    """Return the headers of a file `_headers` by address, as Netlify reads it."""
    headers: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            headers[list(headers)[-1]][name] = value
        else:
            headers[line] = {}
    return headers


@pytest.mark.parametrize(
    ("embeds", "frames"),
    [
        ((), ["'none'"]),
        (("vimeo", "youtube"), ["https://player.vimeo.com", "https://www.youtube-nocookie.com"]),
        (("youtube", "mastodon"), ["https:"]),
    ],
)
def test_frames_are_those_of_the_providers(embeds: tuple[str, ...], frames: list[str]) -> None:
    """A page may show frames of the allowed providers only; of any host where a provider runs on many."""
    policy = Policy(imprint=Imprint(responsible="Anna Berg"), embeds=embeds)
    directives = read_directives(build_header_policy(build_content_policy(policy)))
    assert directives["frame-src"] == frames
    assert directives["default-src"] == directives["frame-ancestors"] == ["'self'"]


def test_only_the_search_runs_web_assembly() -> None:
    """Nothing else needs it, and no page needs scripts or styles within it."""
    imprint = Imprint(responsible="Anna Berg")
    with_search, without = (build_content_policy(Policy(imprint=imprint, search=search)) for search in (True, False))
    assert read_directives(with_search)["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert read_directives(without)["script-src"] == ["'self'"]
    assert "unsafe-inline" not in with_search
    assert read_directives(build_page_policy(without))["default-src"] == ["'self'", "file:"]


def test_every_page_holds_the_policy(sample_output: Path) -> None:
    """It stands before all that it rules, without what only a header can say; pages hold nothing that it forbids."""
    pages = [path for path in sample_output.rglob("*.html") if not path.name.endswith(".mail.html")]
    assert len(pages) > 100
    for path in pages:
        page = BeautifulSoup(path.read_bytes(), "lxml")
        policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
        assert policy, path
        assert "default-src 'self'" in str(policy["content"])
        assert "frame-ancestors" not in str(policy["content"])
        assert not policy.find_previous(["script", "link", "style", "img"])
        assert page.find(style=True) is None
        assert page.find("style") is None
        assert [s for s in page.find_all("script") if not s.get("src") and s.get("type") != "application/ld+json"] == []


def test_headers_let_browsers_keep_what_never_changes(tiny: TinyEdition) -> None:
    """Each style sheet and script that a page loads may be kept for ever, and pages may not."""
    build_site(tiny.root)
    output = tiny.root / "output"
    headers = read_headers((output / "_headers").read_text())
    assert headers["/*"]["X-Content-Type-Options"] == "nosniff"
    assert read_directives(headers["/*"]["Content-Security-Policy"])["default-src"] == ["'self'"]
    assert "Cache-Control" not in headers["/*"]
    page = BeautifulSoup((output / "index.html").read_bytes(), "lxml")
    loaded = [*page.find_all("link", rel="stylesheet"), *page.find_all("script", src=True)]
    assert len(loaded) > 1
    for tag in loaded:
        assert headers[f"/{tag.get('href') or tag['src']}"] == {"Cache-Control": LONG_CACHING}


def test_a_site_in_a_folder_names_its_folder(tiny: TinyEdition) -> None:
    """Addresses begin at the root of the host."""
    settings = tiny.root / "pelicanconf.py"
    settings.write_text(settings.read_text().replace(SITE["SITEURL"], f"{SITE['SITEURL']}/blog"))
    build_site(tiny.root)
    headers = read_headers((tiny.root / "output/_headers").read_text())
    assert "/blog/*" in headers
    assert all(address.startswith("/blog/") for address in headers)


def test_an_allowed_provider_changes_the_headers_and_no_page(tiny: TinyEdition) -> None:
    """`_headers` and the files for nginx and Caddy name its host after a change; a page only if it shows it."""
    build_site(tiny.root)
    tiny.yaml("policy", POLICY | {"embeds": ["vimeo"]})
    changed = build_site(tiny.root).changed_paths
    assert {"_headers", "headers.conf", "headers.caddy"} <= changed
    assert not changed & {"index.html", "404.html"}
    for path in ("_headers", "headers.conf", "headers.caddy"):
        assert "frame-src https://player.vimeo.com;" in (tiny.root / "output" / path).read_text()
    assert read_page_policy(tiny.root / "output/index.html")["frame-src"] == ["'none'"]


def test_a_page_allows_frames_of_the_hosts_that_it_shows(tiny: TinyEdition) -> None:
    """Also of providers that run on many hosts: in its text, and as its recording; other pages allow none.

    Posts that only name an embed in code show none.
    """
    tiny.yaml("policy", POLICY | {"embeds": ["peertube", "mastodon", "vimeo"]})
    video, post = "[[peertube:https://video.example:8443/w/abc]]", "[[mastodon:https://social.example/@anna/12]]"
    tiny.note("both", body=f"Unser Text.\n\n{video}\n\n{post}\n")
    tiny.note("code", body=f"Unser Text.\n\n```\n{video}\n```\n")
    tiny.talk("talk", media={"video": {"provider": "vimeo", "id": "123456"}})
    build_site(tiny.root)
    output = tiny.root / "output"
    policies = {
        name: read_page_policy(next(output.rglob(f"{name}.html")))["frame-src"]
        for name in ("both", "code", "talk", "index")
    }
    assert policies == {
        "both": ["https://social.example", "https://video.example:8443"],
        "code": ["'none'"],
        "talk": ["https://player.vimeo.com"],
        "index": ["'none'"],
    }


@contextmanager
def serve_with_nginx(folder: Path, output: Path, server: str = "") -> Iterator[HTTPConnection]:
    """Serve a site by a real nginx that includes its `headers.conf`, and has more lines in its `server`."""
    assert NGINX
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"  # else its workers could not read the test's folder
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}"
        "types { text/html html; text/css css; text/javascript js; image/jpeg jpg; }\n"
        f"server {{ listen 127.0.0.1:{port}; root {output}; include {output}/headers.conf; {server} }}\n}}\n"
    )
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.1)
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            yield connection
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian, Ubuntu: apt install nginx-light)")
def test_nginx_sends_the_headers(tiny: TinyEdition) -> None:
    """A page has the policy, a style sheet also long caching, and an error page is no exception."""
    build_site(tiny.root)
    output = tiny.root / "output"
    (sheet,) = re.findall(r'rel="stylesheet" href="(.+?)"', (output / "index.html").read_text())
    answers = {}
    with serve_with_nginx(tiny.root / "nginx", output) as connection:
        for path in ("index.html", sheet, "theme/sound.svg", "nichts.html"):
            connection.request("GET", f"/{path}")
            response = connection.getresponse()
            response.read()
            answers[path] = (response.status, {name.lower(): value for name, value in response.getheaders()})
    assert [answer[0] for answer in answers.values()] == [200, 200, 200, 404]
    for _, headers in answers.values():
        assert read_directives(headers["content-security-policy"])["default-src"] == ["'self'"]
        assert headers["x-content-type-options"] == "nosniff"
    assert {path: headers.get("cache-control") for path, (_, headers) in answers.items()} == {
        "index.html": None,
        sheet: LONG_CACHING,
        "theme/sound.svg": None,
        "nichts.html": None,
    }


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian, Ubuntu: apt install nginx-light)")
def test_nginx_sends_types_and_compressed_copies(tiny: TinyEdition) -> None:
    """Feeds, calendars, captions and lists of feeds have their types; a copy is sent with the type of its text."""
    tiny.talk("abend")
    build_site(tiny.root)
    output = tiny.root / "output"
    (output / "ton.vtt").write_bytes(b"WEBVTT")
    (output / "index.html.gz").write_bytes(gzip.compress(b"compressed"))
    calendar = next(path for path in output.rglob("*.ics"))
    expected = {
        "index.html": "text/html; charset=utf-8",
        "feed.xml": "application/rss+xml",
        "feed.atom": "application/atom+xml",
        "sitemap.xml": "application/xml",
        "ton.vtt": "text/vtt; charset=utf-8",
        calendar.relative_to(output).as_posix(): "text/calendar; charset=utf-8",
        next(output.rglob("*.opml")).relative_to(output).as_posix(): "text/x-opml; charset=utf-8",
        next(output.rglob("*.webmanifest")).relative_to(output).as_posix(): "application/manifest+json",
    }
    with serve_with_nginx(tiny.root / "nginx", output, "gzip_static on;") as connection:
        answers = {}
        for path in expected:
            connection.request("GET", f"/{path}", headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            answers[path] = response.getheader("Content-Type")
            data = response.read()
            if path == "index.html":
                assert response.getheader("Content-Encoding") == "gzip"
                assert gzip.decompress(data) == b"compressed"
    assert answers == expected


def test_caddy_is_told_the_same(tiny: TinyEdition) -> None:
    """Its file has the policy, the caching of what never changes, and the types; braces are in pairs."""
    build_site(tiny.root)
    text = (tiny.root / "output/headers.caddy").read_text()
    policy = re.search(r'Content-Security-Policy "(.+)"', text)
    assert policy
    assert read_directives(policy[1])["default-src"] == ["'self'"]
    assert f'header @lasting Cache-Control "{LONG_CACHING}"' in text
    assert '@opml path *.opml\nheader @opml Content-Type "text/x-opml; charset=utf-8"' in text
    lines = [line for line in text.splitlines() if not line.startswith("@lasting")]
    assert [line[-1] for line in lines if line.endswith("{") or line == "}"] == ["{", "}", "{", "}"]
