"""Whether everybody can use the pages: axe-core looks for barriers, in both schemes, narrow and wide."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from kuratorium.publishing.build_command import build_site
from tests.browser.test_pages import PAGES
from tests.editions import POLICY, SITE, TinyEdition

MORE_PAGES = {
    "notes": "notizen.html",
    "archive": "archiv.html",
    "month": "archiv/2026/*.html",
    "tags": "schlagworte.html",
    "topics": "themen.html",
    "people": "menschen.html",
    "all series": "reihen.html",
    "subscribe": "abo.html",
    "search": "suche.html",
    "privacy": "datenschutz.html",
    "language": "sprachen/en.html",
    "not found": "404.html",
    "mail": "presseschau/presseschau-september-2026.mail.html",
}


WHITE_LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#fff" d="M0 0h40v20H0z"/></svg>'

RULES = {"target-size": {"enabled": True}}  # a rule of WCAG 2.2, which axe leaves out unless asked; Lighthouse asks


def find_barriers(page: Page) -> list[str]:
    """Return what axe calls a violation of WCAG 2.2 AA or of good practice, with the first element of each.

    Also in frames of our own, which stand for what is not loaded.
    """
    for frame in page.frames:
        if frame.url == "about:srcdoc":
            frame.evaluate(Axe().axe_script)
    violations = Axe().run(page, options={"resultTypes": ["violations"], "rules": RULES}).response["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:200]}" for violation in violations]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_kind_of_page_has_a_barrier(
    shared_page: Callable[[int, str], Page], sample_output: Path, width: int, scheme: str
) -> None:
    """With everything open that a reader can open: details, and what else hides behind a summary."""
    page = shared_page(width, scheme)

    def answer(route: Route) -> None:
        # The page for what is not found is shown at any address, so its links begin with the site's.
        route.fulfill(path=sample_output / route.request.url.removeprefix(f"{SITE['SITEURL']}/"))

    page.route(f"{SITE['SITEURL']}/**", answer)
    found = {}
    for name in (*PAGES, *MORE_PAGES):
        pattern = PAGES.get(name) or MORE_PAGES[name]
        file = min(sample_output.glob(pattern))
        page.goto(f"{SITE['SITEURL']}/404.html" if name == "not found" else file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)")
        if barriers := find_barriers(page):
            found[name] = barriers
    page.unroute(f"{SITE['SITEURL']}/**")
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_of_an_editor_have_no_barrier(
    shared_page: Callable[[int, str], Page], tiny: TinyEdition, width: int, scheme: str
) -> None:
    """The band of drafts on page, card and row, the notice of a withdrawn post, shares, and a logo on a plate."""
    tiny.write("content/images/weiss.svg", WHITE_LOGO)
    tiny.yaml("policy", POLICY | {"logo": "images/weiss.svg"})
    tiny.note("entwurf", status="draft")
    tiny.note("spaeter", date="2027-10-01T08:00:00+02:00")
    tiny.essay("weg", status="withdrawn", withdrawn={"date": "2026-10-02", "reason": "Ein Irrtum."})
    tiny.page("bilanz", body="[[balance]]")
    output = tiny.root / "var/drafts"
    build_site(tiny.root, output=output, shows_drafts=True)
    page, found = shared_page(width, scheme), {}
    for path in ("index.html", "notizen.html", "notizen/entwurf.html", "essays/weg.html", "bilanz.html"):
        page.goto((output / path).as_uri())
        if barriers := find_barriers(page):
            found[path] = barriers
    assert found == {}
