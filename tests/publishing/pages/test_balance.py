import shutil
from pathlib import Path

import pytest

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition, work
from tests.publishing.build.test_run import soup
from tests.publishing.histories.outcome import differences, site, stamps

ROW = "{} {} %"


def read_shares(root: Path, caption: str) -> list[str]:
    """Return the rows of a table of the balance, as a screen reader reads them."""
    (table,) = (table for table in soup(root, "bilanz.html").select(".balance table") if table.caption.text == caption)
    assert all(chart["aria-hidden"] == "true" for chart in table.select("svg"))
    return [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]


@pytest.fixture
def balanced(tiny: TinyEdition) -> TinyEdition:
    """An edition with a page that shows what it recommends: three works of two outlets, and one of years ago."""
    tiny.page("bilanz", body="Was wir empfehlen:\n\n[[balance]]")
    tiny.note(
        "a",
        bookmark_of=[
            work("https://x.example/a", publication="Amtsblog"),
            work("https://other.example/b", publication=""),
        ],
    )
    tiny.note("c", bookmark_of=[work("https://x.example/c", publication="Amtsblog", paywall=True, lang="en")])
    tiny.note("alt", date="2020-01-01T08:00:00+01:00", bookmark_of=[work("https://y.example/d", publication="Vorbei")])
    return tiny


def test_a_page_shows_shares_of_the_last_twelve_months(balanced: TinyEdition) -> None:
    """Outlets by name or host, topics, languages, paywall and sponsors, each with a bar and its share in words."""
    balanced.essay("bezahlt", disclosure={"kind": "sponsor", "text": "Bezahlt."}, topics=["open-source"])
    build_site(balanced.root)
    assert read_shares(balanced.root, "Medien")[:2] == [ROW.format("Amtsblog", 75), ROW.format("other.example", 25)]
    assert read_shares(balanced.root, "Themen") == [ROW.format("Transformation", 75), ROW.format("Open Source", 25)]
    assert read_shares(balanced.root, "Sprachen") == [ROW.format("Deutsch", 75), ROW.format("Englisch", 25)]
    assert read_shares(balanced.root, "Geldgeber") == [
        ROW.format("redaktionell", 75),
        ROW.format("bezahlt (Anzeige)", 25),
    ]
    assert "Vorbei" not in soup(balanced.root, "bilanz.html").get_text()


def test_small_outlets_are_one_row(tiny: TinyEdition) -> None:
    """Of many outlets the six largest are named, and the rest is one row."""
    tiny.page("bilanz", body="[[balance]]")
    tiny.note("a", bookmark_of=[work(f"https://h{number}.example/", publication="") for number in range(10)])
    build_site(tiny.root)
    assert read_shares(tiny.root, "Medien")[-1] == ROW.format("andere", 45)
    assert len(read_shares(tiny.root, "Medien")) == 7


def test_without_a_post_the_page_says_so(tiny: TinyEdition) -> None:
    """An edition that has recommended nothing yet has no empty table."""
    for note in (tiny.root / "curation" / "notes").rglob("*.md"):
        note.unlink()
    tiny.page("bilanz", body="[[balance]]")
    build_site(tiny.root)
    assert "Noch ist nichts empfohlen." in soup(tiny.root, "bilanz.html").get_text()


@pytest.mark.parametrize("edit", ["new note", "disclosure", "paywall", "draft"])
def test_the_balance_follows_each_edit(balanced: TinyEdition, edit: str) -> None:
    """After a new note, a disclosure, another work or a withdrawal, the next build has the shares of a full one."""
    build_site(balanced.root)
    before = soup(balanced.root, "bilanz.html").get_text()
    note = balanced.root / "curation/notes/2026/c.md"
    if edit == "new note":
        balanced.note("neu", bookmark_of=[work("https://neu.example/")])
    elif edit == "disclosure":
        text = note.read_text().replace("topics:", "disclosure: {kind: sponsor, text: Bezahlt.}\ntopics:", 1)
        note.write_text(text)
    elif edit == "paywall":
        note.write_text(note.read_text().replace("paywall: true", "paywall: false"))
    else:
        note.write_text(note.read_text().replace("topics:", "status: draft\ntopics:", 1))
    build_site(balanced.root)
    assert soup(balanced.root, "bilanz.html").get_text() != before
    built = site(balanced.root / "output")
    shutil.rmtree(balanced.root / "var")
    shutil.rmtree(balanced.root / "output")
    build_site(balanced.root)
    assert differences(site(balanced.root / "output"), built) == {}


def test_other_words_leave_the_balance_alone(balanced: TinyEdition) -> None:
    """A sentence more in a note writes no page with shares."""
    build_site(balanced.root)
    before = stamps(balanced.root / "output")["bilanz.html"]
    note = balanced.root / "curation/notes/2026/c.md"
    note.write_text(f"{note.read_text()}\nEin Nachsatz.\n")
    build_site(balanced.root)
    assert stamps(balanced.root / "output")["bilanz.html"] == before
