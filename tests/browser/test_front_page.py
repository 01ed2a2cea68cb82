"""The front page and the lists in a real browser: what stands where, on a phone and on a desk."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kuratorium.publishing.build_command import build_site
from tests.browser.layout import fits
from tests.editions import TOPICS, tiny_edition

GIFT = {"kind": "gift", "text": "Der Verlag hat mir das Buch geschenkt, und ich durfte es behalten, wie immer. " * 3}


def top(locator: Locator) -> float:
    """Return how far from the top of the page an element is, in pixels."""
    return float(locator.evaluate("element => element.getBoundingClientRect().top + scrollY"))


def edges(locator: Locator) -> list[tuple[int, int, int]]:
    """Return top, left and right of each element, in pixels."""
    boxes = "list => list.map(one => one.getBoundingClientRect()).map(box => [box.top, box.left, box.right])"
    return [(round(above), round(left), round(right)) for above, left, right in locator.evaluate_all(boxes)]


@pytest.mark.parametrize("path", ["index.html", "notizen.html", "archiv.html", "themen/markenbotschafter.html"])
def test_a_phone_shows_the_navigation_in_one_row(
    open_page: Callable[..., Page], sample_output: Path, path: str
) -> None:
    """The text begins within 120 px, and the item of the page that the reader is on is in view, without a script."""
    page = open_page(width=360)
    page.goto((sample_output / path).as_uri())
    assert top(page.locator("main")) <= 120
    assert fits(page, 360)
    assert len({above for above, _, _ in edges(page.locator(".masthead nav a"))}) == 1
    if path != "index.html":
        current = page.locator(".masthead nav [aria-current]")
        page.wait_for_function(
            "item => item.getBoundingClientRect().left >= 0 && item.getBoundingClientRect().right <= innerWidth",
            arg=current.element_handle(),
        )
        # Then the reader may scroll away.
        navigation = page.locator(".masthead nav")
        expect(navigation).to_have_css("scroll-snap-type", "none")
        navigation.evaluate("nav => nav.scrollTo({left: 0, behavior: 'instant'})")
        assert navigation.evaluate("nav => nav.scrollLeft") == 0


def test_a_phone_scrolls_no_more_than_seven_screens(open_page: Callable[..., Page], sample_output: Path) -> None:
    """5,000 px: after the third note posts are rows."""
    page = open_page(width=360)
    page.goto((sample_output / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= 5_000


def test_who_stands_behind_the_site_is_seen_without_scrolling(
    open_page: Callable[..., Page], sample_output: Path
) -> None:
    """On a desk: their portraits, one sentence, and how to follow; and nothing is empty below the lead story."""
    page = open_page(width=1280)
    page.goto((sample_output / "index.html").as_uri())
    expect(page.locator(".portraits")).to_be_in_viewport()
    expect(page.locator(".curators .feed")).to_be_in_viewport()
    end_of_lead, end_of_talk = (
        float(page.locator(part).evaluate("box => box.getBoundingClientRect().bottom"))
        for part in (".lead", ".coming .card")
    )
    assert min(abs(top(page.locator(".curators")) - end) for end in (end_of_lead, end_of_talk)) < 120


def test_a_disclosure_leaves_the_cards_of_a_row_in_line(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """All cards of a row begin on one line, and the label of the one is above it, not on its neighbours."""
    tiny = tiny_edition(tmp_path)
    tiny.note("lead", strength=3)
    for number in range(3):
        tiny.note(f"notiz-{number}", disclosure=GIFT if number == 1 else None)
    build_site(tiny.root)
    page = open_page(width=1280)
    page.goto((tiny.root / "output/index.html").as_uri())
    lines = edges(page.locator(".shelf-note .card > .kicker"))
    assert len(lines) == 3
    assert len({above for above, _, _ in lines}) == 1
    label = page.locator(".shelf-note .disclosure strong")
    expect(label).to_be_visible()
    assert top(page.locator(".shelf-note h2")) < top(label) < lines[0][0]


@pytest.mark.parametrize("width", [768, 1280])
@pytest.mark.parametrize("count", range(1, 8))
def test_no_card_stands_alone_in_an_empty_row(
    open_page: Callable[..., Page], tmp_path: Path, count: int, width: int
) -> None:
    """However many posts a topic begins with, the last of them reaches the right edge."""
    tiny = tiny_edition(tmp_path)
    uids = [f"7c1f9a52d3e84b0{number}" for number in range(count)]
    for uid in uids:
        tiny.note(f"notiz-{uid}", uid=uid)
    tiny.yaml("topics", [TOPICS[0] | {"pinned": uids}, TOPICS[1]])
    build_site(tiny.root)
    page = open_page(width=width)
    page.goto((tiny.root / "output/themen/transformation.html").as_uri())
    ((_, left, right),) = edges(page.locator(".pinned .cards"))
    cards = edges(page.locator(".pinned .card"))
    rows: dict[int, list[tuple[int, int, int]]] = {}
    for card in cards:
        rows.setdefault(card[0], []).append(card)
    assert len(cards) == count
    assert [(row[0][1], row[-1][2]) for row in rows.values()] == [(left, right)] * len(rows)


def test_a_site_without_talks_topics_and_board_has_no_holes(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """The lead story and the way to follow stand side by side; a word without end stays within the window."""
    tiny = tiny_edition(tmp_path)
    tiny.yaml("people", [{"id": "anna-berg", "name": "Anna Berg"}])
    tiny.yaml("topics", [])
    tiny.yaml("sources", [])
    for file in (tiny.root / "curation/notes").rglob("*.md"):
        file.unlink()
    works = [{"url": "https://a.example/", "title": "Werk"}]
    tiny.note("eins", topics=[], title="Donaudampfschifffahrt" * 15, bookmark_of=works)
    tiny.essay("zwei", topics=[], title="Wort " * 60)
    build_site(tiny.root)
    page = open_page(width=1280)
    page.goto((tiny.root / "output/index.html").as_uri())
    assert page.locator(".portraits").count() == 0
    ((_, _, end_of_lead),) = edges(page.locator(".lead"))
    ((_, begin, _),) = edges(page.locator(".curators"))
    assert begin > end_of_lead
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page, width)
