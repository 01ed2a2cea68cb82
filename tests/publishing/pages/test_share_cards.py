import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from kuratorium.publishing.build.cache import CACHE_FILE
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.drawing.store import CARDS_FOLDER
from kuratorium.publishing.preview import PreviewBuilder
from tests.editions import PEOPLE, POLICY, TOPICS, TinyEdition, draw_picture, work
from tests.publishing.build.test_run import soup
from tests.publishing.histories.outcome import differences, site, stamps

PageOf = Callable[[str], BeautifulSoup]
PORTRAIT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="{}"/></svg>'


def read_meta(page: BeautifulSoup, name: str) -> str:
    """Return what a page says of itself under a property or a name."""
    found = page.find("meta", property=name) or page.find("meta", attrs={"name": name})
    return str(found["content"]) if found else ""


def open_card(file: Path) -> Image.Image:
    """Return the pixels of a share card."""
    return Image.open(io.BytesIO(file.read_bytes())).convert("RGB")


def find_changed(before: dict[str, object], after: dict[str, object]) -> set[str]:
    """Return the share cards that were written."""
    return {path for path in after if path.endswith(".card.png") and after[path] != before.get(path)}


def add_portrait(tiny: TinyEdition, colour: str = "red") -> None:
    """Give anna-berg a portrait."""
    image = {"file": "images/anna.svg", "alt": "Anna", "credit": "Foto"}
    tiny.yaml("people", [{**PEOPLE[0], "image": image}, *PEOPLE[1:]])
    tiny.write("content/images/anna.svg", PORTRAIT.format(colour))


@pytest.mark.parametrize(
    ("path", "card", "alt"),
    [
        ("notizen/meldekette-auf-papier.html", "notizen/meldekette-auf-papier.card.png", "Die Meldekette"),
        ("themen/fuehrung.html", "themen/fuehrung.card.png", "Führung"),
        ("menschen/marlene-vogt.html", "menschen/marlene-vogt.card.png", "Marlene Vogt"),
        ("index.html", "index.card.png", "Weichenwerk"),
        ("impressum.html", "index.card.png", "Weichenwerk"),
    ],
)
def test_a_page_names_its_card(sample_page: PageOf, sample_output: Path, path: str, card: str, alt: str) -> None:
    """With its whole address, its size and words; a page without a card of its own has that of the home page."""
    page = sample_page(path)
    assert read_meta(page, "og:image") == read_meta(page, "twitter:image") == f"https://weichenwerk.example/{card}"
    assert read_meta(page, "og:image:alt").startswith(alt)
    size = (int(read_meta(page, "og:image:width")), int(read_meta(page, "og:image:height")))
    assert open_card(sample_output / card).size == size == (1200, 630)


def test_the_words_for_a_card_begin_with_the_disclosure(tiny: TinyEdition) -> None:
    """Who cannot see the picture reads first that somebody paid for the post (§ 22 MStV)."""
    tiny.essay("bezahlt", title="Pumpen", disclosure={"kind": "sponsor"})
    build_site(tiny.root)
    assert read_meta(soup(tiny.root, "essays/bezahlt.html"), "og:image:alt") == "Anzeige: Pumpen – Weichenwerk"


def test_an_edition_may_do_without_cards(tiny: TinyEdition) -> None:
    """`share_cards: false` in policy.yaml: nothing is drawn, and no page names a picture."""
    build_site(tiny.root)
    assert list((tiny.root / "output").rglob("*.card.png"))
    tiny.yaml("policy", {**POLICY, "share_cards": False})
    build_site(tiny.root)
    assert not list((tiny.root / "output").rglob("*.card.png"))
    assert not read_meta(soup(tiny.root, "notizen/erste-notiz.html"), "og:image")


def test_an_edit_draws_only_the_cards_that_show_it(tiny: TinyEdition) -> None:
    """A new title draws one card, and a new body or tag none; what was drawn before is found again."""
    note = tiny.note("zweite", title="Vorher", summary="Bleibt.")
    build_site(tiny.root)
    cards = {path.name for path in (tiny.root / CARDS_FOLDER).rglob("*") if path.is_file()}
    before = stamps(tiny.root / "output")
    note.write_text(note.read_text() + "\nEin Nachsatz.\n")
    build_site(tiny.root)
    assert find_changed(before, stamps(tiny.root / "output")) == set()
    text = note.read_text()
    note.write_text(text.replace("Vorher", "Nachher"))
    build_site(tiny.root)
    assert find_changed(before, stamps(tiny.root / "output")) == {"notizen/zweite.card.png"}
    assert len([path for path in (tiny.root / CARDS_FOLDER).rglob("*") if path.is_file()]) == len(cards) + 1


def test_a_new_note_draws_its_card(tiny: TinyEdition) -> None:
    """And no other; the build does not go through all posts for it."""
    tiny.note("zweite")
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    tiny.note("dritte")
    build_site(tiny.root)
    assert find_changed(before, stamps(tiny.root / "output")) == {"notizen/dritte.card.png"}


def test_a_new_portrait_is_on_the_cards_of_its_person(tiny: TinyEdition) -> None:
    """Also if only its file changed; cards of other people stay as they are."""
    add_portrait(tiny, "red")
    tiny.note("zweite", authors=["carl-dorn"])
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    add_portrait(tiny, "blue")
    build_site(tiny.root)
    assert find_changed(before, stamps(tiny.root / "output")) == {
        *("notizen/erste-notiz.card.png", "menschen/anna-berg.card.png"),
    }


def test_a_portrait_that_cannot_be_drawn_is_a_monogram(tiny: TinyEdition) -> None:
    """A drawing that shows another file, which is not loaded for it, stops no build."""
    build_site(tiny.root)
    plain = (tiny.root / "output/notizen/erste-notiz.card.png").read_bytes()
    add_portrait(tiny)
    tiny.write("content/images/anna.svg", '<svg xmlns="http://www.w3.org/2000/svg"><image href="anna.png"/></svg>')
    build_site(tiny.root)
    assert (tiny.root / "output/notizen/erste-notiz.card.png").read_bytes() == plain


def test_cards_are_the_same_after_any_edits_as_at_once(tiny: TinyEdition) -> None:
    """Titles, portraits, colours, removed posts: a build from nothing draws the same bytes."""
    (tiny.root / "theme").unlink()
    theme = Path(__file__).parents[3] / "theme"
    for file in theme.rglob("*"):
        if file.is_file():
            tiny.write(f"theme/{file.relative_to(theme)}", file.read_bytes())
    note = tiny.note("zweite", title="Vorher")
    tiny.talk("talk")
    build_site(tiny.root)
    add_portrait(tiny)
    build_site(tiny.root)
    note.write_text(note.read_text().replace("Vorher", "Nachher"))
    build_site(tiny.root)
    tokens = tiny.root / "theme/static/css/tokens.css"
    tokens.write_text(tokens.read_text().replace("#fbfcfa", "#ffffff"))
    build_site(tiny.root)
    tiny.note("dritte", disclosure={"kind": "gift", "text": "Eine Einladung."})
    build_site(tiny.root)
    incremental = site(tiny.root / "output")
    (tiny.root / CACHE_FILE).unlink()
    build_site(tiny.root, output=tiny.root / "var/whole")
    assert differences(incremental, site(tiny.root / "var/whole")) == {}
    assert open_card(tiny.root / "output/index.card.png").getpixel((5, 600)) == (255, 255, 255)


def test_a_preview_draws_no_cards(tiny: TinyEdition) -> None:
    """It shows them nowhere; the next build draws what is missing, and leaves the rest."""
    note = tiny.note("zweite", title="Vorher")
    build_site(tiny.root)
    before = stamps(tiny.root / "output")
    builder = PreviewBuilder(tiny.root, None)
    builder.build(None)
    note.write_text(note.read_text().replace("Vorher", "Nachher"))
    builder.build(frozenset({"curation/notes/2026/zweite.md"}))
    tiny.note("dritte")
    builder.build(None)
    builder.close()
    assert "Nachher" in (tiny.root / "output/notizen/zweite.html").read_text()
    assert find_changed(before, stamps(tiny.root / "output")) == set()
    assert set(before) <= set(stamps(tiny.root / "output"))
    build_site(tiny.root)
    assert find_changed(before, stamps(tiny.root / "output")) == {
        *("notizen/zweite.card.png", "notizen/dritte.card.png"),
    }
    assert not build_site(tiny.root).changed_paths


def test_a_card_shows_the_picture_of_its_post_and_topic(tiny: TinyEdition) -> None:
    """With its credit, in the place of the people; a work's own picture is on no card."""
    tiny.write("content/images/bild.jpg", draw_picture(300, 200, "JPEG"))
    plain = tiny.essay("wort", title="Ein Wort")
    build_site(tiny.root)
    cards = [tiny.root / "output" / name for name in ("essays/wort.card.png", "themen/transformation.card.png")]
    without = [card.read_bytes() for card in cards]
    image = {"file": "images/bild.jpg", "alt": "Ein Bild", "credit": "Wer"}
    plain.unlink()
    tiny.essay("wort", title="Ein Wort", image=image)
    tiny.yaml("topics", [{**TOPICS[0], "image": image}, *TOPICS[1:]])
    build_site(tiny.root)
    for card, before in zip(cards, without, strict=True):
        with Image.open(card) as drawn, Image.open(io.BytesIO(before)) as former:
            assert drawn.convert("RGB").getpixel((1000, 200)) != former.convert("RGB").getpixel((1000, 200))


def test_every_kind_of_post_has_a_card(tiny: TinyEdition) -> None:
    """Without a topic, with a guest of no page here, with a title in other letters, with an event that is off."""
    tiny.essay("ohne-thema", topics=[])
    tiny.essay("zeichen", title="漢字 und Emoji 🚀")
    tiny.note("work", bookmark_of=[work("https://amtsblog.example/x", title="ﷺ", authors=[], publication="")])
    tiny.talk("gast", guests=[{"name": "Ohne Seite"}])
    event = {"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:00:00+01:00", "status": "cancelled"}
    tiny.talk("abgesagt", event=event)
    tiny.interview("gespraech")
    build_site(tiny.root)
    for path in ("essays/ohne-thema", "essays/zeichen", "notizen/work", "gespraeche/gast", "interviews/gespraech"):
        assert open_card(tiny.root / f"output/{path}.card.png").size == (1200, 630)


def test_an_empty_edition_has_the_card_of_its_home_page(tiny: TinyEdition) -> None:
    """And one of each topic and person, who may be shared before the first post."""
    for file in (tiny.root / "curation/notes").rglob("*.md"):
        file.unlink()
    build_site(tiny.root, as_of=datetime(2026, 10, 14, tzinfo=UTC))
    cards = {path.relative_to(tiny.root / "output").as_posix() for path in (tiny.root / "output").rglob("*.card.png")}
    assert {"index.card.png", "themen/transformation.card.png", "menschen/anna-berg.card.png"} <= cards
    assert not any(card.startswith("notizen/") for card in cards)
