"""Questions about the layout of a page that Playwright's `expect` has no words for."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError


def fits(page: Page, width: int) -> bool:
    """Return whether nothing on a page is wider than its window of `width` pixels, once its layout has settled."""
    page.wait_for_function("width => innerWidth === width", arg=width)  # a new size arrives a moment after it is set
    try:
        page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width, timeout=10_000)
    except PlaywrightTimeoutError:
        return False
    return True
