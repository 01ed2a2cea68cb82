"""The built sample edition in a real browser, opened from disk as a newcomer does."""

import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kuratorium.errors import EditionError
from kuratorium.publishing.build_command import build_site
from tests.browser.layout import fits
from tests.editions import PEOPLE, TOPICS, tiny_edition

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

SCRIPT = re.compile(r'<script(?! type="application/ld\+json">)([^>]*)>')


def address(output: Path, name: str) -> str:
    """Return the address on disk of a page of the sample edition."""
    return min(output.glob(PAGES[name])).as_uri()


@contextmanager
def watch(page: Page) -> Iterator[tuple[list[str], list[str]]]:
    """Collect errors and requested addresses of a page until the end of the block."""
    errors: list[str] = []
    requests: list[str] = []
    listeners: dict[str, Callable[[Any], None]] = {
        "console": lambda message: errors.append(message.text) if message.type in {"error", "warning"} else None,
        "pageerror": lambda error: errors.append(str(error)),
        "requestfailed": lambda request: errors.append(f"{request.url} failed"),
        "request": lambda request: requests.append(request.url),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield errors, requests
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_quietly(
    shared_page: Callable[[int, str], Page], sample_output: Path, name: str, width: int, scheme: str
) -> None:
    """No console error, no request beyond the site's own files, nothing wider than the window, one heading."""
    page = shared_page(width, scheme)
    with watch(page) as (errors, requests):
        page.goto(address(sample_output, name))
        assert fits(page, width)
        expect(page.locator("h1")).to_have_count(1)
    # Checked last: the answers above came after all that the browser reported while it loaded the page.
    assert errors == []
    assert len(requests) >= 2
    assert [url for url in requests if not url.startswith(sample_output.as_uri())] == []


FOREIGN_BODY = """\
Ein Satz von mir.

![Bild](https://fern.example/1.png) ![Bild][ref] <img src="//fern.example/2.png" srcset="https://fern.example/3.png 2x">

[ref]: https://fern.example/4.png

<div style="background: url(https://fern.example/5.png)">Text</div>
<style>@import url(https://fern.example/6.css); body { background: url(//fern.example/7.png) }</style>
<link rel="stylesheet" href="https://fern.example/8.css"><script src="https://fern.example/9.js"></script>

<iframe src="https://fern.example/10"></iframe><object data="https://fern.example/11"></object>
<video poster="https://fern.example/12.jpg" src="//fern.example/13.webm"></video>
<audio src="https://fern.example/14"></audio>
<meta http-equiv="refresh" content="0; url=https://fern.example/15">
<img src="ht&#10;tps://fern.example/16.png"><img src="/\\fern.example/17.png">
<svg><image href="//fern.example/18"/></svg>

<p class="embed" title="peertube:https://fern.example/w/1">Video</p>
<table background="https://fern.example/19.png"><tr><td>a</td></tr></table>
"""


def test_nobody_else_is_asked(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """Bodies of posts and pages, intros, names and summaries ask no other host, whatever is written in them.

    The build refuses such texts. What it would publish without that rule is shown here: the allow-list is the second
    lock on the same door.
    """
    tiny = tiny_edition(tmp_path)
    picture = "![Bild](https://fern.example/a.png) <img src='https://fern.example/b.png'>"
    tiny.note("fremd", body=FOREIGN_BODY, summary=picture, why_now=picture, date="2026-10-13T08:00:00+02:00")
    tiny.page("fremd", body=FOREIGN_BODY)
    people = [person | {"bio": picture} for person in PEOPLE]
    tiny.yaml("people", people)
    tiny.yaml("topics", [TOPICS[0] | {"intro": picture}, TOPICS[1]])
    tiny.yaml("series", [{"id": "reihe", "name": "Reihe", "intro": picture}])
    tiny.talk("gespraech", series={"id": "reihe", "position": 1}, body=FOREIGN_BODY)
    with pytest.raises(EditionError) as error:
        build_site(tiny.root)
    assert {problem.file.rsplit("/", 1)[-1] for problem in error.value.problems} == {
        *("fremd.md", "gespraech.md", "topics.yaml", "series.yaml"),
    }
    build_without_rules(tiny.root)
    page = open_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    output = tiny.root / "output"
    paths = sorted(output.rglob("*.html"))
    for path in paths:
        page.goto(path.as_uri())
    assert len(paths) > 15
    # Three slashes: opened from disk, //fern.example is the host of a file.
    assert [url for url in requests if not url.startswith("file:///")] == []


def build_without_rules(root: Path) -> None:
    """Build an edition in a process of its own, in which the rules about other hosts find nothing."""
    code = (
        "import sys; from pathlib import Path\n"
        "from kuratorium.edition import registry\n"
        "from kuratorium.edition.markdown import allowed_html\n"
        "allowed_html.find_foreign_hosts = registry.find_foreign_hosts = lambda text: iter(())\n"
        "from kuratorium.publishing.build_command import build_site\n"
        "build_site(Path(sys.argv[1]))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(root)], check=True)


@pytest.mark.parametrize("name", PAGES)
def test_light_and_dark_differ(shared_page: Callable[[int, str], Page], sample_output: Path, name: str) -> None:
    """A reader who asks for dark gets another colour of text."""
    light, dark = shared_page(1280, "light"), shared_page(1280, "dark")
    for page in (light, dark):
        page.goto(address(sample_output, name))
    colour = light.evaluate("getComputedStyle(document.body).color")
    expect(light.locator("body")).to_have_css("color", colour)
    expect(dark.locator("body")).not_to_have_css("color", colour)


@pytest.mark.parametrize("width", [360, 1280])
def test_an_issue_for_mail_asks_for_nothing(open_page: Callable[..., Page], sample_output: Path, width: int) -> None:
    """The issue is one file: no style sheet, no picture, nothing wider than the window of a mail program."""
    page = open_page(width=width)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    path = sample_output / "presseschau/presseschau-september-2026.mail.html"
    page.goto(path.as_uri())
    assert fits(page, width)
    expect(page.locator("h2").first).to_have_css("border-top-width", "3px")
    assert requests == [path.as_uri()]


def test_every_script_is_a_file_of_ours(sample_output: Path) -> None:
    """None is inline, and none is of another host; what a page says to search engines is data."""
    pages = [html.unescape(path.read_text("utf-8")) for path in sample_output.rglob("*.html")]
    scripts = {attributes for page in pages for attributes in SCRIPT.findall(page)}
    assert scripts
    for script in scripts:
        assert re.fullmatch(r' src="(?:[./]*)theme/js/[\w.-]+\.js"(?: defer)?', script)


def test_a_reader_can_walk_through_the_site_from_disk(open_page: Callable[..., Page], sample_output: Path) -> None:
    """From the front page to the lead story, to its topic, to its curator and back home, by clicking."""
    page = open_page()
    page.goto(address(sample_output, "home"))
    page.locator("main h2 a, main h3 a").first.click()
    expect(page).to_have_url(re.compile("/notizen/"))
    page.locator("main a[href*='themen/']").first.click()
    expect(page).to_have_url(re.compile("/themen/"))
    page.locator("main a[href*='menschen/']").first.click()
    expect(page).to_have_url(re.compile("/menschen/"))
    page.locator("header a[href$='index.html']").first.click()
    expect(page).to_have_url(re.compile("/output/index\\.html$"))


def test_the_keyboard_reaches_the_text_first(open_page: Callable[..., Page], sample_output: Path) -> None:
    """The first Tab finds the link that skips to the text, and it shows where the focus is."""
    page = open_page()
    page.goto(address(sample_output, "home"))
    page.keyboard.press("Tab")
    link = page.locator("a[href^='#']:focus")
    expect(link).to_be_in_viewport()
    expect(page.locator(str(link.get_attribute("href")))).to_have_count(1)


def test_nothing_is_wider_than_the_window(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """A word without end, a long line of code and a broad table wrap or scroll in their own place."""
    tiny = tiny_edition(tmp_path)
    word = "Donaudampfschifffahrt" * 12
    code = "```\n" + "x = 1; " * 60 + "\n```"
    table = "\n".join(["| a | b | c | d |", "|---|---|---|---|", "| " + "langeswort | " * 4])
    tiny.note("lang", title=word, tags=[word], via={"name": word}, body=f"{word} sagt es.\n\n{code}\n\n{table}")
    tiny.note("danach", date="2026-10-02T08:00:00+02:00", bookmark_of=[{"url": "https://a.example/", "title": word}])
    build_site(tiny.root)
    page, too_wide = open_page(), []
    for path in sorted((tiny.root / "output").rglob("*.html")):
        page.goto(path.as_uri())
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if not fits(page, width):
                too_wide.append((path.relative_to(tiny.root / "output").as_posix(), width))
    assert too_wide == []
