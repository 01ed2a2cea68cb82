"""Talks in a real browser: what is loaded, and when; that a recording plays, and that a chapter seeks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.browser.serving import served

VIDEO_TALK = "gespraeche/weichenstellung-1-ausstieg.html"
AUDIO_TALK = "gespraeche/zwischenruf-1-uhrzeit.html"


@pytest.fixture(scope="module")
def address(sample_output: Path) -> Iterator[str]:
    """The sample edition on a server: a browser does not read captions from disk."""
    with served(sample_output) as address:
        yield address.rstrip("/")


def embed(page: Page) -> FrameLocator:
    """Find the frame that stands in for the video until the reader asks for it."""
    return page.frame_locator(".embed iframe")


@pytest.mark.parametrize("scripts", [True, False], ids=["as it is", "without scripts"])
def test_nothing_is_loaded_from_others_before_the_reader_asks(
    open_page: Callable[..., Page], address: str, *, scripts: bool
) -> None:
    """Zero foreign requests until the link in the frame is followed; then only its host is asked, in the frame."""
    page = open_page(scripts=scripts)
    foreign_requests: list[str] = []

    def answer(route: Route) -> None:
        foreign_requests.append(route.request.url)
        route.fulfill(content_type="text/html", body="<h1>Video</h1>")

    page.route(lambda url: not url.startswith(address), answer)
    page.goto(f"{address}/{VIDEO_TALK}", wait_until="networkidle")
    assert foreign_requests == []
    embed(page).get_by_role("link", name="Video laden").click()
    expect(embed(page).get_by_role("heading", name="Video")).to_be_visible()
    assert foreign_requests == ["https://video.weichenwerk.example/videos/embed/p9Weiche1Ausstieg"]
    expect(page).to_have_url(re.compile(f"{re.escape(VIDEO_TALK)}$"))


def test_the_keyboard_can_ask_too(open_page: Callable[..., Page], address: str) -> None:
    """Tab reaches the link in the frame, which shows its focus; Enter loads the video."""
    page = open_page()
    page.route(
        lambda url: not url.startswith(address),
        lambda route: route.fulfill(content_type="text/html", body="<h1>Video</h1>"),
    )
    page.goto(f"{address}/{VIDEO_TALK}")
    link = embed(page).get_by_role("link", name="Video laden")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(embed(page).get_by_role("heading", name="Video")).to_be_visible()


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(238, 242, 239)"), ("dark", "rgb(26, 36, 33)")])
def test_the_frame_follows_light_and_dark(
    open_page: Callable[..., Page], address: str, scheme: str, colour: str
) -> None:
    """The frame has the site's colours, by day and by night."""
    page = open_page(scheme=scheme)
    page.goto(f"{address}/{VIDEO_TALK}")
    expect(embed(page).locator("html")).to_have_css("background-color", colour)


def test_a_recording_plays_with_its_captions(open_page: Callable[..., Page], address: str) -> None:
    """The browser can play the file, knows how long it is, and reads all captions with their words."""
    page = open_page()
    page.goto(f"{address}/{AUDIO_TALK}")
    page.locator("video.u-audio").evaluate(
        "player => { player.querySelector('track').track.mode = 'showing'; player.preload = 'auto'; player.load(); }"
    )
    # Ready is 3 (can play) for a player, 2 (loaded) for a track: HTML, HAVE_FUTURE_DATA and LOADED.
    page.wait_for_function(
        "() => document.querySelector('video.u-audio').readyState >= 3"
        " && document.querySelector('track').readyState === 2"
    )
    recording = page.locator("video.u-audio").evaluate(
        """player => {
            const cues = player.querySelector('track').track.cues;
            return {length: player.duration, cues: cues.length, last: cues[11].text};
        }"""
    )
    assert 44 < recording["length"] < 46
    assert (recording["cues"], recording["last"]) == (12, "<v Henrik Sandberg>Das sage ich dir um fünf.")


def test_a_chapter_leads_into_the_recording(open_page: Callable[..., Page], address: str) -> None:
    """A chapter's time opens the recording at that second, without a script of ours."""
    page = open_page()
    page.goto(f"{address}/{AUDIO_TALK}")
    page.locator(".chapters a.time").nth(1).click()
    page.wait_for_url("**/zwischenruf-1.mp3#t=15")
    page.wait_for_function("() => document.querySelector('video, audio')?.currentTime >= 15")
