"""The file that an interview partner gets: opened from a disk and from a server, and printed."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kuratorium.publishing.delivery.proof import choose_file, describe_proof, write_proof
from tests.browser.serving import served
from tests.editions import NOW, PEOPLE, TinyEdition, draw_picture, read_valid_edition

BODY = """Ein Vorspann mit [Link](https://amtsblog.example/x) und [Essay]({filename}../essays/mehr.md).

![Ein Plan]({static}/images/plan.png "Anna Berg")

@anna-berg: Warum?

@eva-falk: Weil ==es nicht anders ging==.

> Ein Zitat.
> — Amtsblog: [Das Werk](https://amtsblog.example/x)

[[youtube:dQw4w9WgXcQ title="Ein Film" poster=images/amt.png]]
"""


@pytest.fixture
def proof(tiny: TinyEdition) -> Path:
    """The proof of an unreleased interview with all that a text may show."""
    image = {"file": "images/amt.png", "alt": "Ein Amt", "credit": "Anna Berg", "license": "CC BY 4.0"}
    tiny.write("content/images/amt.png", draw_picture(900, 600))
    tiny.write("content/images/plan.png", draw_picture(700, 300))
    tiny.yaml("people", [PEOPLE[0] | {"email": "anna@tiny.example", "image": image}, *PEOPLE[1:]])
    tiny.essay("mehr")
    tiny.interview("gespraech", release="open", body=BODY, image=image, title="Was ein Umzug kostet")
    edition = read_valid_edition(tiny.root)
    post = next(post for post in edition.post_files if post.format == "interview")
    file = choose_file(tiny.root, post, None)
    described = describe_proof(post, edition.registry, date(2026, 10, 20), is_published=False)
    write_proof(tiny.root, described, file, datetime.fromisoformat(NOW))
    return file


@pytest.mark.parametrize("is_served", [False, True], ids=["disk", "server"])
def test_it_asks_nobody_for_anything(proof: Path, open_page: Callable[..., Page], is_served: bool) -> None:
    """All pictures are there, and the only request is for the file itself."""
    page = open_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    with served(proof.parent) as address:
        url = f"{address}/{proof.name}" if is_served else proof.as_uri()
        page.goto(url, wait_until="networkidle")
        assert [name for name in requests if not name.startswith("data:")] == [url]
    pictures = page.locator("img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 1
    assert page.locator("article").evaluate("text => getComputedStyle(text.querySelector('h1')).fontSize") != "32px"


def test_it_says_who_asks_for_what_and_until_when(proof: Path, open_page: Callable[..., Page]) -> None:
    """Then follow title, questions, answers and quotations, and nothing of the site around them."""
    page = open_page(360)
    page.goto(proof.as_uri())
    asked = page.locator(".proof-ask")
    for words in ("Anna Berg, Weichenwerk", "Eva Falk", "20. Oktober 2026", "Bitte nicht weitergeben"):
        expect(asked).to_contain_text(words)
    expect(asked.locator("a")).to_have_attribute("href", "mailto:anna%40tiny.example?subject=Zur%20Freigabe%3A%20Was"
                                                         "%20ein%20Umzug%20kostet")  # fmt: skip
    text = page.locator("article")
    for words in ("Was ein Umzug kostet", "Warum?", "Weil es nicht anders ging.", "Ein Zitat.", "Anna Berg"):
        expect(text).to_contain_text(words)
    expect(text.get_by_role("link", name="Essay")).to_have_attribute(
        "href", "https://weichenwerk.example/essays/mehr.html"
    )
    assert page.locator("nav, footer, script, iframe, button, .band").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not list((proof.parents[2] / "output").rglob("*"))


def test_it_prints(proof: Path, open_page: Callable[..., Page]) -> None:
    """A browser makes a PDF of it, in which the text is as wide as the paper."""
    page = open_page()
    page.goto(proof.as_uri())
    page.emulate_media(media="print")
    assert page.locator(".proof-text").evaluate("text => getComputedStyle(text).maxWidth") == "none"
    assert page.pdf().startswith(b"%PDF")
