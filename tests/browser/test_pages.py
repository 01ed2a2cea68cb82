"""The built sample edition in a real browser, opened from disk as a newcomer does."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.editions import sample_edition, tiny_edition
from tests.publishing.build.test_run import ENVIRONMENT

PAGES = {
    "home": "index.html",
    "note": "notizen/meldekette-auf-papier.html",
    "note on two works": "notizen/zwei-rechnungen-ueber-denselben-schlaf.html",
    "interview": "interviews/*.html",
    "talk": "gespraeche/weichenstellung-2-*.html",
    "upcoming talk": "gespraeche/weichenstellung-3-*.html",
    "essay": "essays/*.html",
    "topic": "themen/open-source-verwaltung.html",
    "person": "menschen/marlene-vogt.html",
    "author of originals": "menschen/tobias-kienle.html",
    "sources": "quellen.html",
    "series": "reihen/weichenstellung.html",
    "look-back": "rueckblicke/der-bildschirm-war-nicht-schuld.html",
    "years ago": "heute-vor-jahren.html",
    "issue": "presseschau/presseschau-september-2026.html",
    "imprint": "impressum.html",
}


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample edition, built once."""
    root = sample_edition(tmp_path_factory.mktemp("site"))
    subprocess.run([sys.executable, "-m", "kuratorium.cli.main", "build"], cwd=root, env=ENVIRONMENT, check=True)
    return root / "output"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_quietly(open_page: Callable[..., Page], output: Path, name: str, width: int, scheme: str) -> None:
    """No console error, no request beyond the site's own files, nothing wider than the window, one heading."""
    page = open_page(width=width, scheme=scheme)
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(f"{request.url} failed"))
    page.on("request", lambda request: requests.append(request.url))
    path = sorted(output.glob(PAGES[name]))[0]
    page.goto(path.as_uri())
    assert errors == []
    assert len(requests) >= 2
    assert [url for url in requests if not url.startswith(output.as_uri())] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_light_and_dark_differ(open_page: Callable[..., Page], output: Path, name: str) -> None:
    """A reader who asks for dark gets dark: text and ground change places."""
    shades = []
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        page.goto(sorted(output.glob(PAGES[name]))[0].as_uri())
        shades.append(page.evaluate("getComputedStyle(document.body).color"))
    assert shades[0] != shades[1]


@pytest.mark.parametrize("width", [360, 1280])
def test_an_issue_for_mail_asks_for_nothing(open_page: Callable[..., Page], output: Path, width: int) -> None:
    """It is one file: no style sheet, no picture, nothing wider than the window of a mail program."""
    page = open_page(width=width)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    path = output / "presseschau/presseschau-september-2026.mail.html"
    page.goto(path.as_uri())
    assert requests == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).borderTopWidth") == "3px"


def test_the_site_reads_without_javascript(output: Path) -> None:
    """No page holds a script."""
    assert [path for path in output.rglob("*.html") if b"<script" in path.read_bytes()] == []


def test_a_reader_can_walk_through_the_site_from_disk(open_page: Callable[..., Page], output: Path) -> None:
    """From the front page to the lead story, to its topic, to its curator and back home, by clicking."""
    page = open_page()
    page.goto((output / "index.html").as_uri())
    page.locator("main h2 a, main h3 a").first.click()
    assert "/notizen/" in page.url
    page.locator("main a[href*='themen/']").first.click()
    assert "/themen/" in page.url
    page.locator("main a[href*='menschen/']").first.click()
    assert "/menschen/" in page.url
    page.locator("header a[href$='index.html']").first.click()
    assert page.url.endswith("/output/index.html")


def test_the_keyboard_reaches_the_text_first(open_page: Callable[..., Page], output: Path) -> None:
    """The first Tab finds the link that skips to the text, and it shows where the focus is."""
    page = open_page()
    page.goto((output / "index.html").as_uri())
    page.keyboard.press("Tab")
    focused = page.evaluate("[document.activeElement.getAttribute('href'), document.activeElement.offsetHeight]")
    assert focused[0].startswith("#")
    assert focused[1] > 0
    assert page.locator(focused[0]).count() == 1


def test_nothing_is_wider_than_the_window(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """A word without end, a long line of code and a broad table wrap or scroll in their own place."""
    tiny = tiny_edition(tmp_path)
    word = "Donaudampfschifffahrt" * 12
    code = "```\n" + "x = 1; " * 60 + "\n```"
    table = "\n".join(["| a | b | c | d |", "|---|---|---|---|", "| " + "langeswort | " * 4])
    tiny.note("lang", title=word, tags=[word], via={"name": word}, body=f"{word} sagt es.\n\n{code}\n\n{table}")
    tiny.note("danach", date="2026-10-02T08:00:00+02:00", bookmark_of=[{"url": "https://a.example/", "title": word}])
    subprocess.run([sys.executable, "-m", "kuratorium.cli.main", "build"], cwd=tiny.root, env=ENVIRONMENT, check=True)
    page, wide = open_page(), []
    for path in sorted((tiny.root / "output").rglob("*.html")):
        page.goto(path.as_uri())
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((path.relative_to(tiny.root / "output").as_posix(), width))
    assert wide == []
