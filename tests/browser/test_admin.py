"""The page /admin/ in a real browser, with Sveltia CMS itself, and a forge that speaks Gitea's API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Locator, Page, expect

from kuratorium.desk.admin.program import install_program
from kuratorium.errors import UsageError
from kuratorium.publishing.build_command import build_site
from tests.browser.forge_server import REPOSITORY, TOKEN, USER, Forge, forge
from tests.browser.serving import served
from tests.cli.program import kuratorium
from tests.editions import POLICY, TinyEdition
from tests.publishing.build.test_run import own_theme

SIGNED_IN = "localStorage.setItem('sveltia-cms.user', JSON.stringify(%r))"


class Desk(Struct):
    """An edition, the forge that has it, and the address of its site."""

    tiny: TinyEdition
    forge: Forge
    site: str


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, fetched once by npm; without npm, or away from any registry, there is nothing to try."""
    theme = tmp_path_factory.mktemp("program")
    try:
        install_program(theme)
    except UsageError as error:
        pytest.skip(f"needs npm and a registry: {error}")
    return theme / "static/admin"


@pytest.fixture
def desk(tiny: TinyEdition, program: Path) -> Iterator[Desk]:
    """An edition with the page /admin/, and a forge on another host that has it."""
    shutil.copytree(program, own_theme(tiny) / "static/admin")
    with forge(tiny.root) as host:
        admin = {"repository": REPOSITORY, "forge": "forgejo", "server": host.address}
        tiny.yaml("policy", POLICY | {"admin": admin})
        tiny.note("gesetz", title="Das Gesetz", tags=["Vergabe", "Recht"], strength=2, why_now="Es gilt ab März.")
        tiny.interview("gespraech", guests=["eva-falk", {"name": "Gerd Hahn", "role": "Autor"}])
        build_site(tiny.root)
        with served(tiny.root / "output") as address:
            yield Desk(tiny, host, address)


def open_page(browser: Browser, desk: Desk, address: str) -> tuple[Page, list[str]]:
    """Open an address of the page /admin/, signed in; returns the page, and the hosts that it asks."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE").new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    user = {"backendName": "gitea", "login": USER["login"], "name": "Anna Berg", "email": USER["email"], "token": TOKEN}
    page.add_init_script(SIGNED_IN % user)
    page.goto(f"{desk.site}admin/#{address}")
    return page, asked


def find_field(page: Page, name: str) -> Locator:
    """Return a field of the form, which draws only what one sees: scroll until it is there."""
    field = page.locator(f'[data-key-path="{name}"]')
    expect(page.locator('[data-key-path="title"]')).to_be_visible()
    page.mouse.move(600, 500)
    for _ in range(100):
        if field.count() and field.locator("input, select, button").count():
            break
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(50)
    field.scroll_into_view_if_needed()
    return field


def change_title(page: Page, title: str) -> None:
    """Type another title, and save."""
    box = page.locator('[data-key-path="title"]').locator("textarea, input").first
    box.scroll_into_view_if_needed()
    box.fill(title)
    page.get_by_role("button", name="Speichern").first.click()
    expect(page.get_by_text("Eintrag gespeichert")).to_be_visible()


@pytest.mark.slow
def test_a_note_is_saved_and_check_stays_clean(browser: Browser, desk: Desk) -> None:
    """Only the line that was changed differs, and the page asks no host but its own and the forge."""
    note = desk.tiny.root / "curation/notes/2026/gesetz.md"
    before = note.read_text()
    page, asked = open_page(browser, desk, "/collections/note/entries/2026/gesetz")
    expect(page.get_by_text("Zusammenfassung").first).to_be_visible()  # in the language of the site
    change_title(page, "Das neue Gesetz: Teil 1")
    page.close()
    assert len(desk.forge.commits) == 1
    changed = [line for line in note.read_text().splitlines() if line not in before.splitlines()]
    gone = [line for line in before.splitlines() if line not in note.read_text().splitlines()]
    assert changed == ["title: 'Das neue Gesetz: Teil 1'"]
    assert gone == ["title: Das Gesetz"]
    checked = kuratorium(desk.tiny.root, "check")
    assert checked.returncode == 0, checked.stdout
    own = (desk.site, desk.forge.address, "blob:", "data:")
    assert [url for url in asked if not url.startswith(own)] == []


@pytest.mark.slow
def test_guests_are_people_or_names(browser: Browser, desk: Desk) -> None:
    """An id is chosen by its name, all others are typed with their role; both are saved as we write them."""
    file = desk.tiny.root / "content/interviews/gespraech.md"
    page, _ = open_page(browser, desk, "/collections/interview/entries/gespraech")
    guests = find_field(page, "guests")
    expect(guests.get_by_label("Gäste").first).to_have_value("eva-falk")
    expect(guests.locator("input").first).to_have_value("Gerd Hahn")
    guests.locator("input").nth(1).fill("Autorin")
    guests.get_by_role("button", name="Eintrag hinzufügen").click()
    guests.get_by_label("Gäste").nth(1).select_option("carl-dorn")
    change_title(page, "Ein Gespräch")
    page.close()
    assert (
        "hosts: [anna-berg]\nguests:\n- eva-falk\n- name: Gerd Hahn\n  role: Autorin\n- carl-dorn\n" in file.read_text()
    )
    checked = kuratorium(desk.tiny.root, "check")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.slow
def test_a_new_note_is_a_valid_file(browser: Browser, desk: Desk) -> None:
    """It has a uid, a date with the offset of the site's zone, and the file is named after its title."""
    page, _ = open_page(browser, desk, "/collections/essay/new")
    page.locator('[data-key-path="authors"]').get_by_text("Anna Berg").first.click()
    page.locator('[data-key-path="body"]').get_by_role("textbox").first.fill("Was wir sahen.")
    change_title(page, "Größe und Maß")
    page.close()
    (file,) = (desk.tiny.root / "content/essays").rglob("*.md")
    text = file.read_text()
    assert "title: Größe und Maß\n" in text
    assert "authors: [anna-berg]\n" in text
    assert text.endswith("---\n\nWas wir sahen.\n")
    checked = kuratorium(desk.tiny.root, "check")
    assert "error" not in checked.stdout


@pytest.mark.slow
def test_a_work_elsewhere_is_looked_back_on(browser: Browser, desk: Desk) -> None:
    """A look-back is on a uid or on a work; days, numbers and yes or no are saved as such."""
    file = desk.tiny.post(
        "content/lookbacks/damals.md",
        lookback_of={"url": "https://amtsblog.example/alt", "title": "Alt", "date": "2016-10-01"},
        changed_since=["Alles, fast."],
    )
    page, _ = open_page(browser, desk, "/collections/lookback/entries/damals")
    past = find_field(page, "lookback_of")
    past.get_by_label("Minuten").fill("9")
    past.get_by_label("Bezahlschranke").check()
    change_title(page, "Damals")
    page.close()
    text = file.read_text()
    assert "  date: 2016-10-01\n" in text
    assert "  minutes: 9\n" in text
    assert "  paywall: true\n" in text
    checked = kuratorium(desk.tiny.root, "check")
    assert checked.returncode == 0, checked.stdout
