from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from kuratorium.publishing.builder import build_site
from kuratorium.slugs import slugify
from tests.editions import POLICY, SOURCES, TinyEdition, work

OTHER = {**SOURCES[0], "id": "blatt", "name": "Das Blatt", "site": "https://blatt.example/", "topics": []}
LONG = " ".join(f"wort{number}" for number in range(60))


@pytest.fixture
def desk(tiny: TinyEdition) -> TinyEdition:
    """An edition that follows two sources."""
    tiny.yaml("sources", [*SOURCES, OTHER])
    return tiny


def page(tiny: TinyEdition, path: str = "quellen.html") -> BeautifulSoup:
    """Build, and read a page."""
    build_site(tiny.root)
    return BeautifulSoup((tiny.root / "output" / path).read_bytes(), "html.parser")


def titles(soup: BeautifulSoup) -> list[str]:
    """The headlines of a page."""
    return [link.text for link in soup.select("#fresh .p-name")]


def waits(tiny: TinyEdition, title: str, day: str = "2026-10-13", **fields: Any) -> None:
    """Let a work of this title wait."""
    front = {key: fields.pop(key) for key in ("topics", "teaser", "also_in") if key in fields}
    slug = slugify(title)
    told = work(f"https://amtsblog.example/{slug}", title=title, published=day, **fields)
    tiny.candidate(slug, day=day, bookmark_of=[told], **front)


def test_headlines_are_facts_and_nothing_else(desk: TinyEdition) -> None:
    """Headline as link, outlet, author, date, language: no teaser, no picture, no reason, nothing of our draft."""
    waits(desk, "Elf Monate Umstellung", lang="en", teaser="Dies ist der Anrisstext.")
    soup = page(desk)
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
    """A story is as new as its newest report; the others hang on it."""
    waits(desk, "Alt", "2026-10-01")
    waits(desk, "Erster Bericht", "2026-10-02", teaser=LONG)
    waits(desk, "Mitten", "2026-10-05")
    waits(desk, "Zweiter Bericht", "2026-10-09", teaser=LONG, source="blatt", publication="Das Blatt")
    soup = page(desk)
    assert titles(soup) == ["Zweiter Bericht", "Erster Bericht", "Mitten", "Alt"]
    assert [row.select_one(".p-name").text for row in soup.select("#fresh .fresh-more")] == ["Erster Bericht"]  # type: ignore[union-attr]


def test_a_topic_shows_what_waits_for_it(desk: TinyEdition) -> None:
    """By the topics of the inbox file, which editors may change; a topic for which nothing waits says nothing."""
    waits(desk, "Umstellung", topics=["transformation"])
    waits(desk, "Quellcode", topics=["open-source"])
    assert titles(page(desk, "themen/transformation.html")) == ["Umstellung"]
    assert titles(page(desk, "themen/open-source.html")) == ["Quellcode"]
    waits(desk, "Umstellung-2", topics=["transformation"])
    assert len(titles(page(desk, "themen/transformation.html"))) == 2


def test_what_is_dismissed_or_picked_leaves(desk: TinyEdition) -> None:
    """A deleted file is gone; a work that a note recommends waits no more, though another source brought it again."""
    waits(desk, "Bleibt")
    waits(desk, "Geht")
    waits(desk, "Wird Notiz")
    waits(
        desk, "Kam doppelt", also_in=[{"source": "blatt", "url": "https://www.amtsblog.example/gewaehlt/?utm_source=x"}]
    )
    assert len(titles(page(desk))) == 4
    next((desk.root / "curation/inbox").glob("*geht*")).unlink()
    waiting = next((desk.root / "curation/inbox").glob("*wird-notiz*"))
    desk.note("notiz", bookmark_of=[work("https://amtsblog.example/wird-notiz")])
    waiting.unlink()
    desk.note("gewaehlt")
    assert titles(page(desk)) == ["Bleibt"]


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
    """Off as a whole, off by source; a source that opted out appears in no way."""
    desk.yaml("policy", POLICY | policy)
    desk.yaml("sources", [*SOURCES, {**OTHER, "rights": rights}])
    waits(desk, "Vom Amtsblog")
    waits(desk, "Vom Blatt", "2026-10-12", source="blatt", publication="Das Blatt")
    soup = page(desk)
    assert titles(soup) == shown
    if rights:
        assert "Das Blatt" not in soup.text
        assert b"Das Blatt" not in (desk.root / "output/quellen.opml").read_bytes()


def test_what_nobody_is_followed_for_is_not_shown(desk: TinyEdition) -> None:
    """What a source brought that has left sources.yaml, or what has no source, is not fresh from the sources."""
    waits(desk, "Von früher", source="vergangen")
    waits(desk, "Von Hand", source="")
    assert titles(page(desk)) == []


def test_a_broken_file_of_the_inbox_stops_no_build(desk: TinyEdition) -> None:
    """Nothing that a pull leaves can keep the site from being built; `check` tells of it."""
    waits(desk, "Gut")
    desk.write("curation/inbox/kaputt.md", "---\nuid: [\n---\n")
    desk.write(
        "curation/inbox/ohne-werk.md", "---\nuid: u0000000000abcde\ntitle: x\ndate: 2026-10-13T08:00:00+02:00\n---\n"
    )
    assert titles(page(desk)) == ["Gut"]
