"""Pages of posts in a real browser: the rail beside the text, sharing, what phones and paper get."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from kuratorium.publishing.build_command import build_site
from tests.browser.layout import fits
from tests.browser.serving import served
from tests.editions import tiny_edition

PARTS = "\n\n".join(f"## Teil {n}\n\n{'Ein Satz über die Verwaltung. ' * 60}" for n in range(1, 6))
CHAPTERS = [{"start": f"{minute}:00", "title": f"Kapitel {minute}"} for minute in range(40)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an essay, an interview of forty chapters, and a note with one very long word, on a server."""
    tiny = tiny_edition(tmp_path_factory.mktemp("posts"))
    tiny.essay("lang", body=PARTS)
    audio = {"url": "https://ton.example/1.mp3", "duration": "1:00:00"}
    turns = "\n\n".join(f"@anna-berg: Was ist der Grund Nummer {n}?\n\n@eva-falk: Der." for n in range(1, 30))
    tiny.interview("kapitel", body=turns, media={"audio": audio, "chapters": CHAPTERS})
    tiny.note("wort", title="W" * 300, topics=[], body=f"{'Ö' * 300} ist ein langes Wort.", summary="Ü" * 300)
    build_site(tiny.root)
    with served(tiny.root / "output") as address:
        yield address.rstrip("/")


@pytest.mark.parametrize("scripts", [True, False], ids=["as it is", "without scripts"])
def test_the_rail_stays_beside_the_text(open_page: Callable[..., Page], address: str, *, scripts: bool) -> None:
    """On a wide window contents lie open, stay in view while one reads, and lead to the parts."""
    page = open_page(width=1280, scripts=scripts)
    page.goto(f"{address}/essays/lang.html")
    link = page.locator(".contents").get_by_role("link", name="Teil 4")
    expect(page.locator(".contents summary")).to_be_hidden()
    link.click()
    expect(page).to_have_url(re.compile("#h-teil-4$"))
    expect(page.get_by_role("heading", name="Teil 4")).to_be_in_viewport()
    expect(link).to_be_in_viewport()
    expect(page.get_by_role("link", name="Abonnieren: Transformation")).to_be_in_viewport()


def test_a_long_rail_scrolls_by_itself(open_page: Callable[..., Page], address: str) -> None:
    """Forty chapters and all questions are reached within the window, by keyboard too."""
    page = open_page(width=1280)
    page.goto(f"{address}/interviews/kapitel.html")
    box = page.locator(".rail").bounding_box()
    assert box
    assert box["height"] <= 900
    last = page.locator(".questions a").last
    last.focus()
    expect(last).to_be_in_viewport()
    page.wait_for_timeout(1_000)  # the rail scrolls smoothly, and a second scroll meanwhile would be dropped
    page.keyboard.press("Enter")
    expect(page.locator(".turn:target")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["essays/lang.html", "interviews/kapitel.html", "notizen/wort.html"])
def test_a_phone_folds_the_rail(open_page: Callable[..., Page], address: str, path: str) -> None:
    """At 360 px nothing is wider than the window; ways into the text open on request, the rest stands below it."""
    page = open_page(width=360)
    page.goto(f"{address}/{path}")
    assert fits(page, 360)
    expect(page.locator(".rail-more")).to_be_hidden()
    for summary in page.locator(".rail-part summary").all():
        links = summary.locator("xpath=..").locator("li")
        expect(links.first).to_be_hidden()
        summary.click()
        expect(links.first).to_be_visible()
    assert fits(page, 360)


@pytest.mark.parametrize("width", [768, 1100, 1280])
def test_a_long_word_breaks_no_layout(open_page: Callable[..., Page], address: str, width: int) -> None:
    """A title of one word of 300 letters stays within the window."""
    page = open_page(width=width)
    page.goto(f"{address}/notizen/wort.html")
    assert fits(page, width)


def test_the_address_can_be_copied(open_page: Callable[..., Page], address: str) -> None:
    """The button copies the post's own address and says so."""
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/essays/lang.html")
    page.get_by_role("button", name="Link kopieren").click()
    expect(page.get_by_role("button", name="Link kopiert")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://weichenwerk.example/essays/lang.html"
    expect(page.get_by_role("button", name="Link kopieren")).to_be_visible()  # after a moment


def test_without_scripts_only_what_works_is_shown(open_page: Callable[..., Page], address: str) -> None:
    """Mail and plain links are there; copying and Mastodon are not."""
    page = open_page(scripts=False)
    page.goto(f"{address}/essays/lang.html")
    expect(page.locator(".share :is(a, button, summary):visible")).to_have_text(["Mail", "Bluesky", "LinkedIn", "XING"])


def open_shared(page: Page, action: Callable[[], object]) -> str:
    """Return the address of the window that an action opens."""
    with page.context.expect_page() as opened:
        action()
    opened.value.wait_for_load_state()
    return opened.value.url


def test_mastodon_asks_once_for_the_instance(open_page: Callable[..., Page], address: str) -> None:
    """An account names its instance; the browser remembers it, on other posts too, and nothing is asked before."""
    page = open_page()
    foreign: list[str] = []

    def answer(route: Route) -> None:
        foreign.append(route.request.url)
        route.fulfill(content_type="text/html", body="<h1>Teilen</h1>")

    page.context.route(lambda url: not url.startswith(address), answer)
    page.goto(f"{address}/essays/lang.html", wait_until="networkidle")
    page.locator(".share-instance summary").click()
    field = page.get_by_role("textbox", name="Mastodon-Instanz")
    send = page.locator(".share form").get_by_role("button", name="Weitersagen")
    for wrong in ("stammtisch", "a b.example"):
        field.fill(wrong)
        send.click()
        expect(page.get_by_role("alert")).to_contain_text("keine Adresse einer Instanz")
    assert foreign == []
    field.fill("@anna@Social.Example")
    text = "Titel%20von%20lang%20https%3A%2F%2Fweichenwerk.example%2Fessays%2Flang.html"
    assert open_shared(page, send.click) == f"https://social.example/share?text={text}"
    page.goto(f"{address}/notizen/wort.html")
    link = page.get_by_role("link", name="Mastodon (social.example)")
    expect(link).to_have_attribute("href", re.compile(r"^https://social\.example/share\?text=W{300}%20https"))
    page.get_by_text("Andere Instanz").click()
    field.fill("https://zweite.example/@anna")
    assert open_shared(page, send.click).startswith("https://zweite.example/share?")
    expect(page.get_by_role("link", name="Mastodon (zweite.example)")).to_be_visible()


def test_paper_gets_what_screens_show_by_frames(sample_output: object, open_page: Callable[..., Page]) -> None:
    """In print a frame is its link, with its address; strength keeps its colours; rail and sharing are left out."""
    page = open_page()
    page.emulate_media(media="print")
    page.goto(f"file://{sample_output}/gespraeche/weichenstellung-1-ausstieg.html")
    expect(page.locator(".embed iframe")).to_be_hidden()
    expect(page.locator(".embed figcaption a")).to_be_visible()
    printed = page.locator(".embed figcaption a").evaluate("link => getComputedStyle(link, '::after').content")
    assert "attr(href)" in printed or "https://video.weichenwerk.example/" in printed
    for hidden in (".rail", ".share", ".reply", ".follow", ".skim-view"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    page.goto(f"file://{sample_output}/notizen/ampel-ohne-rot.html")
    expect(page.locator(".post-head .strength")).to_have_css("print-color-adjust", "exact")
