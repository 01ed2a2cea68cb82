"""What readers choose in a real browser: whose content is always loaded, the colours, the language of posts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.serving import served

TALK = "gespraeche/weichenstellung-1-ausstieg.html"
POST = "gespraeche/weichenstellung-2-stoerung.html"
PRIVACY = "datenschutz.html"
HOST = "video.weichenwerk.example"
TRANSLATED = "notizen/der-dienstplan-ist-das-organigramm.html"


@pytest.fixture(scope="module")
def address(sample_output: Path) -> Iterator[str]:
    """The sample edition on a server: what pages from disk store is apart."""
    with served(sample_output) as address:
        yield address.rstrip("/")


def watch_foreign_requests(page: Page, address: str) -> list[str]:
    """Return the list to which each request of another host is added; all are answered with a heading."""
    requests: list[str] = []

    def answer(route: Route) -> None:
        requests.append(route.request.url)
        route.fulfill(content_type="text/html", body="<h1>Video</h1>")

    page.context.route(lambda url: not url.startswith(address), answer)
    return requests


def read_storage(page: Page) -> dict[str, str]:
    """Return all that the site stored in the browser."""
    assert page.context.cookies() == []
    stored: dict[str, str] = page.evaluate("({...localStorage, ...sessionStorage})")
    return stored


def test_without_a_click_nothing_is_stored(open_page: Callable[..., Page], address: str) -> None:
    """No cookie, no storage and no foreign request, whatever page a reader visits."""
    page = open_page()
    foreign = watch_foreign_requests(page, address)
    for path in ("", TALK, POST, PRIVACY, TRANSLATED, "archiv.html", "abo.html"):
        response = page.goto(f"{address}/{path}", wait_until="networkidle")
        assert response
        assert response.ok
        assert read_storage(page) == {}
    assert foreign == []


def test_a_host_may_always_load(open_page: Callable[..., Page], address: str) -> None:
    """After the choice its frames load at once, on later visits too, and those of other hosts still ask."""
    page = open_page()
    foreign = watch_foreign_requests(page, address)
    page.goto(f"{address}/{TALK}")
    choice = page.get_by_role("checkbox", name=f"Von PeerTube ({HOST}) immer laden")
    choice.check()
    frame = page.frame_locator(".embed iframe")
    expect(frame.get_by_role("heading", name="Video", exact=True)).to_be_visible()
    assert read_storage(page) == {"kuratorium.hosts": HOST}
    page.goto(f"{address}/{POST}", wait_until="networkidle")
    expect(page.frame_locator(".embed iframe").first.get_by_role("link")).to_be_visible()
    assert {url.split("/")[2] for url in foreign} == {HOST}
    page.goto(f"{address}/{TALK}")
    expect(choice).to_be_checked()
    expect(frame.get_by_role("heading", name="Video", exact=True)).to_be_visible()
    choice.uncheck()
    expect(frame.get_by_role("link", name="Video laden")).to_be_visible()
    assert read_storage(page) == {}


def test_the_choice_is_withdrawn_on_the_privacy_page(open_page: Callable[..., Page], address: str) -> None:
    """It lists each host, and a button takes it back: the next visit asks again."""
    page = open_page()
    foreign = watch_foreign_requests(page, address)
    page.goto(f"{address}/{PRIVACY}")
    expect(page.get_by_text("Von nirgends: Sie werden jedes Mal gefragt.")).to_be_visible()
    page.goto(f"{address}/{TALK}")
    page.get_by_role("checkbox", name=HOST).check()
    page.goto(f"{address}/{PRIVACY}")
    button = page.get_by_role("button", name=f"Widerrufen: {HOST}")
    expect(button).to_be_visible()
    expect(page.get_by_text("Von nirgends: Sie werden jedes Mal gefragt.")).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_count(0)
    assert read_storage(page) == {}
    count = len(foreign)
    page.goto(f"{address}/{TALK}", wait_until="networkidle")
    expect(page.frame_locator(".embed iframe").get_by_role("link", name="Video laden")).to_be_visible()
    assert len(foreign) == count


def test_without_scripts_no_choice_is_offered(open_page: Callable[..., Page], address: str) -> None:
    """What would not work is not shown; the box, the links to lists by language and the system's colours do."""
    page = open_page(scheme="dark", scripts=False)
    page.goto(f"{address}/{TALK}")
    expect(page.locator(".embed label")).to_be_hidden()
    expect(page.locator("form.scheme")).to_be_hidden()
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 25, 23)")
    page.get_by_role("navigation", name="Sprache der Beiträge").get_by_role("link", name="Englisch").click()
    expect(page.locator("h1")).to_have_text("Beiträge: Englisch")
    page.goto(f"{address}/{PRIVACY}")
    expect(page.locator(".privacy [data-button]")).to_be_hidden()


def test_colours_can_be_chosen(open_page: Callable[..., Page], address: str) -> None:
    """The page, its consent boxes and all later pages have them; "as the system" forgets the choice."""
    page = open_page(scheme="light")
    page.goto(f"{address}/{TALK}")
    dark, system = (page.get_by_role("radio", name=name) for name in ("Dunkel", "Wie das System"))
    expect(system).to_be_checked()
    dark.check()
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 25, 23)")
    frame = page.frame_locator(".embed iframe").locator("html")
    expect(frame).to_have_css("background-color", "rgb(26, 36, 33)")
    assert read_storage(page) == {"kuratorium.scheme": "dark"}
    page.goto(f"{address}/index.html")
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 25, 23)")
    expect(dark).to_be_checked()
    assert page.locator("meta[name=theme-color][media=all]").get_attribute("content") == "#111917"
    system.check()
    expect(page.locator("html")).to_have_css("background-color", "rgb(251, 252, 250)")
    assert read_storage(page) == {}


def test_the_language_of_posts_can_be_chosen(open_page: Callable[..., Page], address: str) -> None:
    """The link leads to the posts in it; then a translation into it is offered first, until all are chosen again."""
    page = open_page()
    page.goto(f"{address}/{TRANSLATED}")
    expect(page.locator(".versions .chosen")).to_have_count(0)
    choice = page.get_by_role("navigation", name="Sprache der Beiträge")
    choice.get_by_role("link", name="Englisch").click()
    expect(page.locator("h1")).to_have_text("Beiträge: Englisch")
    assert read_storage(page) == {"kuratorium.language": "en"}
    page.goto(f"{address}/{TRANSLATED}")
    expect(page.locator(".versions .chosen a")).to_have_attribute("hreflang", "en")
    expect(choice.get_by_role("link", name="Englisch")).to_have_attribute("aria-current", "true")
    choice.get_by_role("link", name="Alle Sprachen").click()
    expect(page.locator("h1")).to_have_text("Archiv")
    assert read_storage(page) == {}
