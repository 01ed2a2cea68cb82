"""A real browser for the tests of this folder. No browser is an error here, never a skip.

A page changes after a click or a key, not with it: read it through Playwright's `expect`,
which asks again until it is so.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.search.index import update_search_index
from tests.browser import ensure
from tests.browser.serving import served
from tests.editions import sample_edition

# Keep the browser from calling home. Playwright itself adds --headless, and --no-sandbox, which root needs.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)

expect.set_options(timeout=30_000)  # milliseconds, as for clicks; the default of 5 s fails on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last, so that few browsers start: one is closed whenever a test of another file follows."""
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file: a worker may go on with tests of another folder, which need asyncio.run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure.find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shared_page(browser: Browser) -> Iterator[Callable[[int, str], Page]]:
    """Return the one page of a given width and color scheme, for tests that only visit addresses.

    A new page starts a new renderer process, which takes longer than most of these tests.
    """
    contexts: list[BrowserContext] = []

    @cache
    def shared_page(width: int, scheme: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        return contexts[-1].new_page()

    yield shared_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the sample edition with its search."""
    root = sample_edition(tmp_path_factory.mktemp("search-sample"))
    update_search_index(root, build_site(root))
    with served(root / "output") as address:
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open empty pages of a given width and color scheme (light or dark), each with its own cookies and storage."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1280, scheme: str = "light", height: int = 900, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
