from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.publishing.build_command import build_site
from kuratorium.slugs import slugify
from tests.editions import POLICY, SOURCES, TinyEdition, work

OTHER = {**SOURCES[0], "id": "blatt", "name": "Das Blatt", "site": "https://blatt.example/", "topics": []}
LONG = " ".join(f"wort{number}" for number in range(60))


@pytest.fixture
def desk(tiny: TinyEdition) -> TinyEdition:
    """Return an edition that follows two sources."""
    tiny.yaml("sources", [*SOURCES, OTHER])
    return tiny


def build_page(tiny: TinyEdition, path: str = "quellen.html") -> BeautifulSoup:
    """Build the site and return a page of it, parsed."""
    build_site(tiny.root)
    return BeautifulSoup((tiny.root / "output" / path).read_bytes(), "html.parser")


def titles(soup: BeautifulSoup) -> list[str]:
    """Return the headlines of a page."""
    return [link.text for link in soup.select("#fresh .p-name")]


def add_waiting(tiny: TinyEdition, title: str, day: str = "2026-10-13", **fields: Any) -> None:
    """Add an inbox file for a work with this title."""
    front = {key: fields.pop(key) for key in ("topics", "teaser", "also_in", "uid") if key in fields}
    slug = slugify(title)
    recommended_work = work(f"https://amtsblog.example/{slug}", title=title, published=day, **fields)
    tiny.candidate(slug, day=day, bookmark_of=[recommended_work], **front)


def test_headlines_are_facts_and_nothing_else(desk: TinyEdition) -> None:
    """A headline has link, outlet, author, date and language, but no teaser, picture or reason of the inbox file."""
    add_waiting(desk, "Elf Monate Umstellung", lang="en", teaser="Dies ist der Anrisstext.")
    soup = build_page(desk)
    (row,) = soup.select("#fresh li")
    link = row.select_one("a")
    assert isinstance(link, Tag)
    assert (link["href"], link["hreflang"], link["lang"]) == (
        "https://amtsblog.example/elf-monate-umstellung",
        "en",
        "en",
    )
    assert row.select_one("time")["datetime"] == "2026-10-13"  # type: ignore[index]
    assert row.text.split() == ["13.", "Okt.", "Elf", "Monate", "Umstellung", "Amtsblog", "Gerd", "Hahn", "Englisch"]
    assert not row.select("img")
    everything = b"".join(path.read_bytes() for path in (desk.root / "output").rglob("*.*") if path.is_file())
    assert b"Anrisstext" not in everything
    assert "Quelle für transformation".encode() not in everything


def test_the_newest_comes_first_and_one_story_stands_together(desk: TinyEdition) -> None:
    """A story is as new as its newest item; its other items follow it."""
    add_waiting(desk, "Alt", "2026-10-01")
    add_waiting(desk, "Erster Bericht", "2026-10-02", teaser=LONG)
    add_waiting(desk, "Mitten", "2026-10-05")
    add_waiting(desk, "Zweiter Bericht", "2026-10-09", teaser=LONG, source="blatt", publication="Das Blatt")
    soup = build_page(desk)
    assert titles(soup) == ["Zweiter Bericht", "Erster Bericht", "Mitten", "Alt"]
    assert [row.select_one(".p-name").text for row in soup.select("#fresh .fresh-more")] == ["Erster Bericht"]  # type: ignore[union-attr]


def test_a_topic_shows_what_waits_for_it(desk: TinyEdition) -> None:
    """A topic shows the inbox files that name it, and no section if there are none."""
    add_waiting(desk, "Umstellung", topics=["transformation"])
    add_waiting(desk, "Quellcode", topics=["open-source"])
    assert titles(build_page(desk, "themen/transformation.html")) == ["Umstellung"]
    assert titles(build_page(desk, "themen/open-source.html")) == ["Quellcode"]
    add_waiting(desk, "Umstellung-2", topics=["transformation"])
    assert len(titles(build_page(desk, "themen/transformation.html"))) == 2


def test_what_is_dismissed_or_picked_leaves(desk: TinyEdition) -> None:
    """Deleted inbox files are not shown, nor works that a note recommends, though another source brought them, too."""
    add_waiting(desk, "Bleibt")
    add_waiting(desk, "Geht")
    add_waiting(desk, "Wird Notiz")
    add_waiting(
        desk, "Kam doppelt", also_in=[{"source": "blatt", "url": "https://www.amtsblog.example/gewaehlt/?utm_source=x"}]
    )
    assert len(titles(build_page(desk))) == 4
    next((desk.root / "curation/inbox").glob("*geht*")).unlink()
    waiting = next((desk.root / "curation/inbox").glob("*wird-notiz*"))
    desk.note("notiz", bookmark_of=[work("https://amtsblog.example/wird-notiz")])
    waiting.unlink()
    desk.note("gewaehlt")
    assert titles(build_page(desk)) == ["Bleibt"]


@pytest.mark.parametrize(
    ("policy", "rights", "shown"),
    [
        ({}, {}, ["Vom Amtsblog", "Vom Blatt"]),
        ({"fresh": {"show": False}}, {}, []),
        ({"fresh": {"without": ["blatt"]}}, {}, ["Vom Amtsblog"]),
        ({}, {"opt_out": True}, ["Vom Amtsblog"]),
    ],
    ids=["as-it-is", "off", "without-one", "opted-out"],
)
def test_the_policy_decides(
    desk: TinyEdition, policy: dict[str, Any], rights: dict[str, Any], shown: list[str]
) -> None:
    """The policy can switch headlines off, for all or some sources; a source that opted out is not named at all."""
    desk.yaml("policy", POLICY | policy)
    desk.yaml("sources", [*SOURCES, {**OTHER, "rights": rights}])
    add_waiting(desk, "Vom Amtsblog")
    add_waiting(desk, "Vom Blatt", "2026-10-12", source="blatt", publication="Das Blatt")
    soup = build_page(desk)
    assert titles(soup) == shown
    if rights:
        assert "Das Blatt" not in soup.text
        assert b"Das Blatt" not in (desk.root / "output/quellen.opml").read_bytes()


def test_works_without_a_followed_source_are_not_shown(desk: TinyEdition) -> None:
    """Works of a source that left sources.yaml, or without a source, are not shown."""
    add_waiting(desk, "Von früher", source="vergangen")
    add_waiting(desk, "Von Hand", source="")
    assert titles(build_page(desk)) == []


def test_a_suggestion_is_not_public_before_an_editor_chooses_it(desk: TinyEdition) -> None:
    """Anybody may send in any title; and where readers suggest is no source that the site names."""
    source = {"id": "ideen", "name": "Ideen der Leser", "type": "suggestions", "feed": "https://code.example/we/site"}
    desk.yaml("sources", [*SOURCES, OTHER, source])
    add_waiting(desk, "Kauft mehr", source="ideen")
    soup = build_page(desk)
    assert titles(soup) == []
    for path in (desk.root / "output").rglob("*.*"):
        assert not path.is_file() or b"Ideen der Leser" not in path.read_bytes()


def test_a_broken_file_of_the_inbox_stops_no_build(desk: TinyEdition) -> None:
    """An invalid inbox file does not stop a build; `check` reports it."""
    add_waiting(desk, "Gut")
    desk.write("curation/inbox/kaputt.md", "---\nuid: [\n---\n")
    desk.write(
        "curation/inbox/ohne-werk.md", "---\nuid: u0000000000abcde\ntitle: x\ndate: 2026-10-13T08:00:00+02:00\n---\n"
    )
    assert titles(build_page(desk)) == ["Gut"]


def test_an_item_with_two_files_is_one_headline(desk: TinyEdition) -> None:
    """Two clones may write one item under two names; until a pull unites them, readers see one of them."""
    for title in ("Der alte Titel", "Der neue Titel"):
        add_waiting(desk, title, uid="kgleich11")
    assert len(titles(build_page(desk))) == 1
