"""Make theme/screenshot.png, the picture in the README, from output/. Run it with the Python of .venv."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import ensure  # noqa: E402 - the line above makes it importable


def main() -> None:
    """Take a picture of the front page as a reader with a wide window sees it first."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure.find())
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto((ROOT / "output/index.html").as_uri())
        page.screenshot(path=ROOT / "theme/screenshot.png")
        browser.close()


if __name__ == "__main__":
    main()
