"""Talks in a real browser: what is loaded, and when; that a recording plays, and that a chapter seeks."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.test_pages import output

__all__ = ["output"]

SEEN = "gespraeche/weichenstellung-1-ausstieg.html"
HEARD = "gespraeche/zwischenruf-1-uhrzeit.html"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".vtt": "text/vtt"}

    def log_message(self, *_: Any) -> None:
        """Keep still."""


@pytest.fixture(scope="module")
def address(output: Path) -> Iterator[str]:
    """The sample edition on a server: from disk a browser does not read captions."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(output)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def without_scripts(page: Page) -> Page:
    """Take scripts from a page, as some readers do."""
    return page.context.browser.new_context(java_script_enabled=False).new_page()  # type: ignore[union-attr]


@pytest.mark.parametrize("prepared", [lambda page: page, without_scripts], ids=["as it is", "without scripts"])
def test_nothing_is_loaded_from_others_before_the_reader_asks(
    open_page: Callable[..., Page], address: str, prepared: Callable[[Page], Page]
) -> None:
    """Zero foreign requests until the link in the frame is followed; then its host alone is asked, in the frame."""
    page = prepared(open_page())
    asked: list[str] = []

    def elsewhere(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="text/html", body="<h1>Video</h1>")

    page.route(lambda url: not url.startswith(address), elsewhere)
    page.goto(f"{address}/{SEEN}", wait_until="networkidle")
    assert asked == []
    frame = page.frame_locator(".embed iframe")
    frame.get_by_role("link", name="Video laden").click()
    frame.get_by_role("heading", name="Video").wait_for()
    assert asked == ["https://video.weichenwerk.example/videos/embed/p9Weiche1Ausstieg"]
    assert page.url.endswith(SEEN)
    page.context.close()


def test_the_keyboard_can_ask_too(open_page: Callable[..., Page], address: str) -> None:
    """The link in the frame is reached by Tab and shows its focus; Enter loads."""
    page = open_page()
    page.route(
        lambda url: not url.startswith(address),
        lambda route: route.fulfill(content_type="text/html", body="<h1>Video</h1>"),
    )
    page.goto(f"{address}/{SEEN}")
    link = page.frame_locator(".embed iframe").get_by_role("link", name="Video laden")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert link.evaluate("one => document.activeElement === one && getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.frame_locator(".embed iframe").get_by_role("heading", name="Video").wait_for()


def test_the_frame_follows_light_and_dark(open_page: Callable[..., Page], address: str) -> None:
    """What stands in the frame has the site's colours, by day and by night."""
    shades = []
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        page.goto(f"{address}/{SEEN}")
        shown = page.frame_locator(".embed iframe").locator("html")
        shades.append(shown.evaluate("one => getComputedStyle(one).backgroundColor"))
    assert shades == ["rgb(238, 242, 239)", "rgb(26, 36, 33)"]


def test_a_recording_plays_with_its_captions(open_page: Callable[..., Page], address: str) -> None:
    """The browser can play the file, knows how long it is, and reads all captions with their words."""
    page = open_page()
    page.goto(f"{address}/{HEARD}")
    heard = page.evaluate(
        """async () => {
            const player = document.querySelector('video.u-audio');
            const track = player.querySelector('track');
            track.track.mode = 'showing';
            player.preload = 'auto';
            player.load();
            const ready = (one, name) => new Promise((yes, no) => {
                one.addEventListener(name, yes, {once: true});
                one.addEventListener('error', () => no(new Error(name)), {once: true});
            });
            await Promise.all([ready(player, 'canplay'), ready(track, 'load')]);
            return {length: player.duration, cues: track.track.cues.length, last: track.track.cues[11].text};
        }"""
    )
    assert 44 < heard["length"] < 46
    assert (heard["cues"], heard["last"]) == (12, "<v Henrik Sandberg>Das sage ich dir um fünf.")


def test_a_chapter_leads_into_the_recording(open_page: Callable[..., Page], address: str) -> None:
    """Its time opens the recording at that second, without a script of ours."""
    page = open_page()
    page.goto(f"{address}/{HEARD}")
    page.locator(".chapters a.time").nth(1).click()
    page.wait_for_url("**/zwischenruf-1.mp3#t=15")
    assert page.evaluate(
        """() => new Promise(yes => {
            const player = document.querySelector('video, audio');
            const told = () => player.currentTime >= 15 ? yes(true) : setTimeout(told, 50);
            told();
        })"""
    )
