import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kuratorium.publishing.live_server import PreviewServer, ReloadNotifier

PROBLEM = (
    'curation/notes/2026/kaputt.md:7: topics[1]: unknown topic "transformatoin"\n'
    '    Did you mean "transformation"? New ones are added in curation/topics.yaml.'
)


@pytest.fixture
def address(sample_output: Path) -> Iterator[str]:
    """The address of a preview of the sample edition whose last build failed."""
    notifier = ReloadNotifier()
    notifier.record_build(None, PROBLEM)
    with PreviewServer(sample_output, 0, notifier) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_error_of_a_build_is_at_the_top_of_the_page(
    open_page: Callable[..., Page], address: str, width: int
) -> None:
    """It is the first thing an editor sees, above the masthead, and stays in sight while the page scrolls."""
    page = open_page(width)
    page.goto(f"{address}/index.html")
    bar = page.get_by_role("alert")
    assert "unknown topic" in bar.inner_text()
    box, masthead = bar.bounding_box(), page.locator("header").first.bounding_box()
    assert box
    assert masthead
    assert (box["x"], box["y"], box["width"]) == (0, 0, width)
    assert masthead["y"] >= box["height"]
    page.mouse.wheel(0, 2000)
    page.wait_for_function("() => window.scrollY > 500")
    scrolled = bar.bounding_box()
    assert scrolled
    assert scrolled["y"] == 0
    assert page.evaluate("document.elementFromPoint(20, 10).getAttribute('role')") == "alert"
