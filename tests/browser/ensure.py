"""Find a browser for the tests, and fetch one if there is none: `.venv/bin/python tests/browser/ensure.py`.

Tried in this order: `$CHROMIUM` (and then nothing else), an installed Chromium or Chrome, Playwright's own download
(kept in .venv/browsers) and, as root on Debian, the package `chromium`. The path found is kept in .venv/browser-path
and printed as the last line.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VENV = Path(__file__).resolve().parents[2] / ".venv"
RECORD = VENV / "browser-path"
DOWNLOADS = VENV / "browsers"
DOWNLOAD_SECONDS = 180
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = ("Google Chrome", "Chromium")
HINT = "The browser tests need Chromium or Google Chrome: install one, or set CHROMIUM to the path of its program."


class NoBrowserError(Exception):
    """There is no browser that starts."""


def find() -> Path:
    """Return the browser to drive, without fetching one: the one that an earlier run recorded, or an installed one."""
    browser = present()
    if browser is None:
        raise NoBrowserError(HINT)
    return browser


def ensure() -> Path:
    """Return the browser to drive, fetching one if need be, and record it for the tests."""
    browser = present() or download() or install_on_debian()
    if browser is None:
        raise NoBrowserError(HINT)
    VENV.mkdir(exist_ok=True)
    RECORD.write_text(f"{browser}\n", encoding="utf-8")
    return browser


def present() -> Path | None:
    """Return a browser that is already installed, None if there is none. Raise NoBrowserError for a wrong $CHROMIUM."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and not starts(Path(chosen)):
        raise NoBrowserError(f"CHROMIUM is set to '{chosen}', which does not start.")
    return Path(chosen) if chosen else next(filter(starts, [*recorded(), *installed()]), None)


def recorded() -> Iterator[Path]:
    """Yield the browser that an earlier run found."""
    if RECORD.is_file():
        yield Path(RECORD.read_text(encoding="utf-8").strip())


def installed() -> Iterator[Path]:
    """Yield the places where an installed Chromium or Chrome would be."""
    yield from (Path(path) for name in NAMES if (path := shutil.which(name)))
    if platform.system() == "Darwin":
        yield from (Path(f"/Applications/{app}.app/Contents/MacOS/{app}") for app in MAC_APPS)


def starts(browser: Path) -> bool:
    """Return whether the program exists and prints its version; libraries that it needs may be missing."""
    try:
        return subprocess.run([browser, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def download() -> Path | None:
    """Let Playwright fetch its own Chromium into .venv/browsers, within a bounded time."""
    say("No Chromium or Chrome is installed; trying Playwright's own download …")
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(DOWNLOADS)
    command = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    if not finishes(command, DOWNLOAD_SECONDS):
        say("Playwright could not download a browser here.")
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of all steps only this one needs Playwright

    with sync_playwright() as playwright:
        browser = Path(playwright.chromium.executable_path)
    if starts(browser):
        return browser
    say("Playwright's browser does not start here: this system lacks libraries that it needs.")
    return None


def install_on_debian() -> Path | None:
    """As root on Debian, install the package `chromium`."""
    if not (os.geteuid() == 0 and is_debian()):
        return None
    say("Installing the Debian package chromium …")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    for command in ("apt-get update", "apt-get install -y chromium"):
        if not finishes(command.split()):
            say(f"'{command}' failed.")
            return None
    return next(filter(starts, installed()), None)


def is_debian() -> bool:
    """Return whether this is Debian itself: Ubuntu's package of that name only points to a snap."""
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def finishes(command: list[str], seconds: float | None = None) -> bool:
    """Run a command quietly, end it and its children after the given time, and return whether it succeeded."""
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def say(line: str) -> None:
    """Print a message to stderr, apart from the result on stdout."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    try:
        print(ensure())
    except NoBrowserError as error:
        sys.exit(str(error))
