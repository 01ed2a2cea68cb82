"""The whole line, played once in a temporary copy: pull, note, build, and the page and feed read back."""

import os
import re
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import frontmatter
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter
from tests.editions import POLICY, REPOSITORY, sample_edition, tiny_edition

FEEDS = REPOSITORY.parent / "shared" / "feeds"
WORDS = "Das sollten Sie lesen, bevor Sie den nächsten Vertrag unterschreiben."


class Desk:
    """An edition and an editor in front of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins"), "NO_COLOR": "1", "COLUMNS": "200"}
        self.environment |= {"VISUAL": "", "EDITOR": ""}
        self.stdout = ""

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command of kuratorium that must end with `code`; returns what it printed."""
        ended = subprocess.run(
            [sys.executable, "-m", "kuratorium.cli.main", *words],
            cwd=self.root, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr
        self.stdout = ended.stdout
        return ended.stdout + ended.stderr

    def waiting(self) -> dict[str, str]:
        """The inbox: file -> text."""
        return {path.stem: path.read_text() for path in sorted((self.root / "curation/inbox").glob("*.md"))}

    def page(self, path: str) -> BeautifulSoup:
        """A page of the built site."""
        return BeautifulSoup((self.root / "output" / path).read_bytes(), "html.parser")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A copy of the repository as a fresh clone has it."""
    return Desk(sample_edition(tmp_path))


def test_from_a_feed_to_a_subscriber(desk: Desk) -> None:
    """An entry of a feed becomes a note, a page that credits the original, and an item that a reader accepts."""
    assert "alte-leitung" in desk.run("pull", code=1)  # the broken source is reported, the others arrive
    waiting = desk.waiting()
    assert len(waiting) >= 30
    name, text = next((name, text) for name, text in waiting.items() if "offenes-amt.example" in text)
    title, address = re.search(r"title: (.+)", text)[1].strip("'\""), re.search(r"url: (\S+)", text)[1]  # type: ignore[index]
    assert "offenes-amt.example" in address

    desk.run("note", name + ".md", "--by", "jonas-albrecht")
    note = desk.root / desk.stdout.strip()
    assert name not in desk.waiting()
    assert "no words of your own" in desk.run("check", code=2)
    assert "no words of your own" in desk.run("build", code=2)
    assert not (desk.root / "output").exists()

    note.write_text(note.read_text() + f"\n{WORDS}\n")
    desk.run("check")
    desk.run("build")
    page = desk.page(f"notizen/{note.stem}.html")
    assert page.find("a", href=address)
    assert WORDS in page.get_text()
    assert "Jonas Albrecht" in page.get_text()

    feed = feedparser.parse(desk.root / "output/feed.xml")
    assert not feed.bozo
    item = feed.entries[0]
    assert (item.title, item.author) == (title, "Jonas Albrecht")
    assert WORDS in item.content[0].value
    assert address in item.content[0].value
    assert item.source.title == "Offenes Amt"


def test_real_feeds_become_notes(tmp_path: Path) -> None:
    """Real blogs, magazines, podcasts and channels: imported, pulled, noted, built; the real article is credited."""
    if not (FEEDS / "sources.opml").exists():
        pytest.skip(f"the real feeds are not here: {FEEDS} is missing")
    tiny = tiny_edition(tmp_path)
    tiny.yaml("policy", POLICY | {"as_of": "2001-01-01T00:00:00+00:00"})  # the feeds are of many years: all are news
    desk = Desk(tiny.root)
    desk.run("sources", "import", str(FEEDS / "sources.opml"))
    desk.run("pull")
    files = sorted((tiny.root / "curation/inbox").glob("*.md"))
    waiting = [frontmatter.parse_front_matter(file.name, file.read_text(), FrontMatter)[0] for file in files]
    assert len({one.bookmark_of[0].source for one in waiting}) >= 35
    assert len(desk.run("inbox").splitlines()) >= len(waiting)

    picked = {one.bookmark_of[0].source: one for one in waiting if one.bookmark_of[0].authors}
    assert len(picked) >= 15
    picked = dict([*picked.items()][:25])  # a feed holds the latest 30
    for item in picked.values():
        desk.run("note", item.uid, "--by", "anna-berg")
        note = tiny.root / desk.stdout.strip()
        note.write_text(note.read_text() + f"\n{WORDS}\n")
    desk.run("check")
    desk.run("build")
    feed = feedparser.parse(tiny.root / "output/feed.xml")
    assert not feed.bozo
    items = {item.id: item for item in feed.entries}
    pages = [path.read_bytes() for path in (tiny.root / "output/notizen").glob("*.html")]
    for item in picked.values():
        work = item.bookmark_of[0]
        (page,) = [html for html in pages if work.url in links_of(html)]
        subscribed = items[item.uid].content[0].value
        assert work.url in links_of(subscribed)
        for told in (words_of(page), words_of(subscribed)):
            for words in (work.title, *work.authors, work.publication):
                assert " ".join(words.split()) in told


def links_of(html: str | bytes) -> list[str]:
    """Where a page or text leads."""
    return [str(link.get("href", "")) for link in BeautifulSoup(html, "html.parser")("a")]


def words_of(html: str | bytes) -> str:
    """What a reader reads of a page or text."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def texts_of(root: Path) -> list[str]:
    """Read every post of an edition, published or not."""
    return [path.read_text("utf-8") for format in FORMATS for path in (root / format.folder).rglob("*.md")]


def test_readers_see_what_waits_until_it_is_decided(desk: Desk) -> None:
    """Headlines of the inbox stand on the page of sources; what is dismissed leaves it with the next build."""
    desk.run("pull", code=1)
    desk.run("build")
    before = {str(link["href"]) for link in desk.page("quellen.html").select("#fresh a")}
    name, text = next(iter(desk.waiting().items()))
    address = re.search(r"url: (\S+)", text)[1].strip("'")  # type: ignore[index]
    (desk.root / f"curation/inbox/{name}.md").unlink()
    desk.run("build")
    after = {str(link["href"]) for link in desk.page("quellen.html").select("#fresh a")}
    assert before - after == {address}
    assert after < before


def test_what_was_seen_does_not_come_again(desk: Desk) -> None:
    """A second pull brings nothing; a deleted inbox file is dismissed for good."""
    desk.run("pull", code=1)
    waiting = desk.waiting()
    gone = next(iter(waiting))
    (desk.root / "curation/inbox" / f"{gone}.md").unlink()
    desk.run("pull", code=1)
    assert desk.waiting() == {name: text for name, text in waiting.items() if name != gone}


def test_one_command_does_it_all_and_says_so(desk: Desk) -> None:
    """`site` pulls and builds, though a source fails, and ends with numbers and where to look."""
    said = desk.run("site")
    assert "alte-leitung" in said
    assert re.search(r"10 sources", said)
    written = [text for text in texts_of(desk.root) if "\nrelease: open\n" not in text]
    assert re.search(rf"\b{len(written)} posts", said)
    assert "output/index.html" in said
    assert (desk.root / "output/index.html").exists()


def test_the_sample_edition_does_not_age(desk: Desk) -> None:
    """Its date is pinned: in any year there are fresh entries and an upcoming talk."""
    desk.run("site")
    home = desk.page("index.html")
    assert home.find("time", datetime="2026-11-05T17:00:00+01:00")
    fresh = [name for name in desk.waiting() if name.startswith("2026-10-")]
    assert len(fresh) >= 20


def test_the_sample_edition_keeps_its_own_rules(desk: Desk) -> None:
    """The texts that everyone copies from have no problem and no warning."""
    said = desk.run("check")
    assert f"{len(texts_of(desk.root))} posts" in said
    assert "no problems" in said
