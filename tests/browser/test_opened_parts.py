"""Barriers in what a reader opens: the search, consent boxes, recordings; narrow and wide, light and dark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kuratorium.publishing.build_command import build_site
from tests.browser.serving import served
from tests.browser.test_access import find_barriers
from tests.editions import POLICY, TinyEdition, tiny_edition

AUDIO_TALK = "gespraeche/zwischenruf-1-uhrzeit.html"
VIDEO_TALK = "gespraeche/weichenstellung-1-ausstieg.html"
INTERVIEW = "interviews/samir-haddad-markenbotschafter.html"
LOADED = "<!doctype html><html lang=de><title>Video</title><main><h1>Video</h1></main></html>"

in_every_look = pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
)


@in_every_look
def test_the_open_search_has_no_barrier(open_page: Callable[..., Page], sample: str, width: int, scheme: str) -> None:
    """Empty, with results and open filters, and where nothing is found."""
    page = open_page(width, scheme)
    page.goto(f"{sample}{INTERVIEW}")
    page.locator("a.search-link").click()
    dialog = page.get_by_role("dialog", name="Suche")
    expect(dialog).to_be_visible()
    assert find_barriers(page) == []
    page.keyboard.type("uhrzeit")
    expect(dialog.get_by_role("status")).to_have_text("3 Treffer")
    dialog.locator("summary").click()
    assert find_barriers(page) == []
    dialog.get_by_role("searchbox").fill("xyzzyplugh")
    expect(dialog.get_by_role("status")).to_have_text("Nichts gefunden.")
    assert find_barriers(page) == []


@in_every_look
def test_a_box_that_asks_has_no_barrier(open_page: Callable[..., Page], sample: str, width: int, scheme: str) -> None:
    """Neither the box, nor the page around it, before a reader agrees and after."""
    page = open_page(width, scheme)
    page.route(
        lambda url: not url.startswith(sample), lambda route: route.fulfill(content_type="text/html", body=LOADED)
    )
    page.goto(f"{sample}{VIDEO_TALK}")
    box = page.frame_locator(".embed iframe")
    expect(box.get_by_role("link", name="Video laden")).to_be_visible()
    assert find_barriers(page) == []
    page.locator(".embed label input").check()
    expect(box.get_by_role("heading", name="Video")).to_be_visible()
    assert find_barriers(page) == []
    page.goto(f"{sample}datenschutz.html")
    expect(page.get_by_role("button")).not_to_have_count(0)
    assert find_barriers(page) == []


@in_every_look
def test_a_recording_in_use_has_no_barrier(
    open_page: Callable[..., Page], sample: str, width: int, scheme: str
) -> None:
    """While it plays with its captions and the lists beside it are open; and a text with its questions alone."""
    page = open_page(width, scheme)
    page.goto(f"{sample}{AUDIO_TALK}")
    page.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)")
    player = page.locator("video.u-audio")
    player.evaluate(
        "player => { player.muted = true; player.querySelector('track').track.mode = 'showing'; return player.play(); }"
    )
    page.wait_for_function("() => document.querySelector('video.u-audio').currentTime > 0")
    assert find_barriers(page) == []
    page.goto(f"{sample}{INTERVIEW}")
    page.locator(".skim input").check()
    assert find_barriers(page) == []


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a video of its own, a still, a recording without captions, code and footnotes."""
    edition: TinyEdition = tiny_edition(tmp_path_factory.mktemp("players"))
    sound = Path(__file__).parents[2] / "content/media/samples/zwischenruf-1.mp3"
    edition.write("content/media/ton.mp3", sound.read_bytes())
    edition.yaml("policy", POLICY | {"embeds": ["vimeo"]})
    edition.talk("ton", media={"audio": {"file": "media/ton.mp3"}})
    edition.note("code", body=f"Wort[^1].\n\n```\n{'langer Code ' * 40}\n```\n\n[^1]: Eine Fußnote.")
    build_site(edition.root)
    with served(edition.root / "output") as address:
        yield address


@in_every_look
def test_a_recording_without_captions_has_no_barrier(
    open_page: Callable[..., Page], players: str, width: int, scheme: str
) -> None:
    """A player of sound alone, while it plays."""
    page = open_page(width, scheme)
    page.goto(f"{players}gespraeche/ton.html")
    page.locator("audio.u-audio").evaluate("player => { player.muted = true; return player.play(); }")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")
    assert find_barriers(page) == []


def test_code_scrolls_by_the_keyboard_and_arrows_of_footnotes_are_text(
    open_page: Callable[..., Page], players: str
) -> None:
    """Tab reaches a block of code, an arrow key moves it; the way back from a footnote is no emoji, and has a name."""
    page = open_page(360)
    page.goto(f"{players}notizen/code.html")
    code = page.locator("pre")
    code.scroll_into_view_if_needed()
    page.locator("sup a").first.focus()
    page.keyboard.press("Tab")
    expect(code).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('pre').scrollLeft > 0")
    back = page.get_by_role("link", name="Zurück zum Text")
    assert back.inner_text() == "\u21a9\ufe0e"  # the arrow, and the sign that it is text
    assert find_barriers(page) == []


def test_a_mail_has_a_main_part(open_page: Callable[..., Page], sample: str) -> None:
    """Who reads it by a screen reader goes to its words at once."""
    page = open_page()
    page.goto(f"{sample}presseschau/presseschau-september-2026.mail.html")
    expect(page.get_by_role("main")).to_have_count(1)
    assert find_barriers(page) == []
