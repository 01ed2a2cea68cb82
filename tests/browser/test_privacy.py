"""What a reader's browser asks for and stores: nothing of other hosts, and no cookie, before the reader agrees."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page

from tests.publishing.delivery.test_headers import read_headers


class HeaderHandler(SimpleHTTPRequestHandler):
    """Serves a site with the headers that its `_headers` asks for on every page."""

    def end_headers(self) -> None:
        """Add the headers."""
        for name, value in read_headers(Path(self.directory, "_headers").read_text("utf-8"))["/*"].items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture(scope="module")
def address(sample_output: Path) -> Iterator[str]:
    """The address of the sample edition on a server that sends the headers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(HeaderHandler, directory=str(sample_output)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_page_asks_another_host_or_stores_anything(
    open_page: Callable[..., Page], sample_output: Path, address: str
) -> None:
    """On no page of the sample is there a request to another host, a cookie, a stored value, or a refused resource."""
    page = open_page(1280)
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(f"{page.url}: {message.text}"))
    paths = [path.relative_to(sample_output).as_posix() for path in sample_output.rglob("*.html")]
    for path in sorted(path for path in paths if not path.endswith(".mail.html")):
        page.goto(f"{address}/{path}")
        assert page.evaluate("document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)") == ""
    assert len(requests) > 300
    assert {url for url in requests if not url.startswith((f"{address}/", "about:"))} == set()
    assert page.context.cookies() == []
    assert messages == []


def test_the_policy_stops_what_a_page_must_not_load(open_page: Callable[..., Page], address: str) -> None:
    """If a foreign picture, script or style came into a page all the same, the browser would not ask for it."""
    page = open_page(1280)
    page.goto(f"{address}/index.html")
    refused = page.evaluate(
        """async () => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
            const picture = document.createElement("img");
            picture.src = "https://fern.example/zaehler.gif";
            const script = document.createElement("script");
            script.src = "https://fern.example/zaehler.js";
            const inline = document.createElement("script");
            inline.textContent = "window.isFooled = true";
            document.body.append(picture, script, inline);
            document.body.setAttribute("style", "color: red");
            await fetch("https://fern.example/zaehler").catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 300));
            return [...new Set(refused)].sort();
        }"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem", "style-src-attr"]
    assert page.evaluate("window.isFooled") is None
