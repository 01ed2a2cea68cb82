"""The weight of pages and of what they load, as gzip sends it, and whether they stay still while they load."""

import gzip
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from tests.browser.test_pages import PAGES, address

CSS_BUDGET, SCRIPT_BUDGET, HTML_BUDGET = 12_288, 8_192, 30_720  # bytes


@pytest.fixture(scope="module")
def pages(sample_output: Path) -> dict[Path, BeautifulSoup]:
    """All pages of the sample, parsed."""
    paths = [path for path in sample_output.rglob("*.html") if not path.name.endswith(".mail.html")]
    return {path: BeautifulSoup(path.read_bytes(), "lxml") for path in paths}


def weigh(path: Path) -> int:
    """Return how many bytes of a file are sent."""
    return len(gzip.compress(path.read_bytes(), 6, mtime=0))  # the level of most servers


def test_a_page_loads_one_small_style_sheet(pages: dict[Path, BeautifulSoup]) -> None:
    """One request, at most 12 KB; former addresses, which only lead on, do without."""
    weights: dict[Path, int] = {}
    for path, page in pages.items():
        sheets = page.find_all("link", rel="stylesheet")
        assert len(sheets) == (0 if page.find("meta", {"http-equiv": "refresh"}) else 1), path
        for sheet in sheets:
            href = str(sheet["href"])
            file = (path.parent / href if not href.startswith("/") else pages_root(pages) / href[1:]).resolve()
            weights[file] = weigh(file)
    assert len(weights) == 1
    assert max(weights.values()) <= CSS_BUDGET


def test_all_scripts_of_the_theme_are_small(sample_output: Path) -> None:
    """At most 8 KB for all of them together, more than any page loads; that of the editors' forms is no reader's."""
    scripts = [path for path in (sample_output / "theme/js").iterdir() if not path.name.startswith("admin.")]
    assert scripts
    assert sum(map(weigh, scripts)) <= SCRIPT_BUDGET


def test_no_page_is_heavy(pages: dict[Path, BeautifulSoup]) -> None:
    """At most 30 KB of HTML, also for lists and for the longest interview."""
    assert [(path.name, weigh(path)) for path in pages if weigh(path) > HTML_BUDGET] == []


def test_pictures_tell_their_size(pages: dict[Path, BeautifulSoup]) -> None:
    """A browser keeps room for each picture before it is there; portraits have theirs from the style sheet."""
    pictures = [
        (path.name, picture)
        for path, page in pages.items()
        for picture in page.find_all("img")
        if not str(picture["src"]).endswith(".svg")
    ]
    assert pictures
    assert [(name, picture) for name, picture in pictures if not (picture.get("width") and picture.get("height"))] == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_loads(
    shared_page: Callable[[int, str], Page], sample_output: Path, name: str, width: int
) -> None:
    """No layout shift, however late pictures come: Google calls up to 0.1 good, and ours is none."""
    page = shared_page(width, "light")
    page.route(re.compile(r"\.(avif|webp|jpg|png|svg)$"), lambda route: (time.sleep(0.1), route.continue_())[1])
    page.goto(address(sample_output, name))
    page.wait_for_load_state("networkidle")
    page.unroute_all()
    shift = page.evaluate(
        """() => new Promise((resolve) => {
            let sum = 0;
            const observer = new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += entry.value;
            });
            observer.observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => setTimeout(() => resolve(sum), 50));
        })"""
    )
    assert shift < 0.01


def pages_root(pages: dict[Path, BeautifulSoup]) -> Path:
    """Return the folder of the site: that of its front page, the nearest to the root."""
    return min((path.parent for path in pages if path.name == "404.html"), key=lambda folder: len(folder.parts))
