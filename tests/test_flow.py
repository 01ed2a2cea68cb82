"""The whole way of an article, in a temporary copy: pull, note, build; then its page and feed are read back."""

import os
import re
from pathlib import Path
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium.cli.main import main
from kuratorium.edition import frontmatter
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.edition.works import Work
from tests import fork_server
from tests.editions import POLICY, REPOSITORY, sample_edition, tiny_edition
from tests.intake.test_real_feeds import follow_copies

FEEDS = REPOSITORY.parent / "shared" / "feeds"
WORDS = "Das sollten Sie lesen, bevor Sie den nächsten Vertrag unterschreiben."


class Desk:
    """An edition, in which an editor runs commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins"), "NO_COLOR": "1", "COLUMNS": "200"}
        self.environment |= {"VISUAL": "", "EDITOR": ""}
        self.stdout = ""

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command, assert that it ends with `code`, and return what it printed to stdout and stderr."""
        ran = fork_server.run(words, self.root, self.environment)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stdout + ran.stderr
        self.stdout = ran.stdout
        return ran.stdout + ran.stderr

    def read_inbox(self) -> dict[str, str]:
        """Return the text of each inbox file, by its name without extension."""
        return {path.stem: path.read_text() for path in sorted((self.root / "curation/inbox").glob("*.md"))}

    def read_page(self, path: str) -> BeautifulSoup:
        """Return a page of the built site."""
        return BeautifulSoup((self.root / "output" / path).read_bytes(), "html.parser")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return the repository's sample edition, as in a fresh clone."""
    return Desk(sample_edition(tmp_path))


def test_from_a_feed_to_a_subscriber(desk: Desk) -> None:
    """An entry of a feed becomes a note, a page that credits the original, and a valid item of our own feed."""
    assert "alte-leitung" in desk.run("pull", code=1)  # the broken source is reported, the others arrive
    items = desk.read_inbox()
    assert len(items) >= 30
    name, text = next((name, text) for name, text in items.items() if "offenes-amt.example" in text)
    title, address = re.search(r"title: (.+)", text)[1].strip("'\""), re.search(r"url: (\S+)", text)[1]  # type: ignore[index]
    assert "offenes-amt.example" in address

    desk.run("note", name + ".md", "--by", "jonas-albrecht")
    note = desk.root / desk.stdout.strip()
    assert name not in desk.read_inbox()
    desk.run("check")  # a draft stops nobody
    publish(note, "")
    assert "keine eigenen Worte" in desk.run("check", code=2)
    assert "keine eigenen Worte" in desk.run("build", code=2)
    assert not (desk.root / "output").exists()

    publish(note, WORDS)
    desk.run("check")
    desk.run("build")
    page = desk.read_page(f"notizen/{note.stem}.html")
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


@pytest.mark.slow
def test_real_feeds_become_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notes on entries of real blogs, magazines, podcasts and channels credit the original on page and in feed."""
    if not (FEEDS / "sources.opml").exists():
        pytest.skip(f"the real feeds are not installed: {FEEDS} is missing")
    tiny = tiny_edition(tmp_path)
    tiny.yaml("policy", POLICY | {"as_of": "2001-01-01T00:00:00+00:00"})  # all entries of many years are newer
    desk = Desk(tiny.root)
    follow_copies(tiny)
    (tiny.root / "curation/notes/2026/erste-notiz.md").unlink()  # it recommends a work of a source that is gone now
    desk.run("pull")
    items = [
        frontmatter.parse_front_matter(name, text, InboxFrontMatter)[0] for name, text in desk.read_inbox().items()
    ]
    assert len({item.bookmark_of[0].source for item in items}) >= 35
    assert len(desk.run("inbox").splitlines()) >= len(items)

    items_by_source = {item.bookmark_of[0].source: item for item in items if item.bookmark_of[0].authors}
    assert len(items_by_source) >= 15
    selected = [*items_by_source.values()][:25]  # our feed contains the latest 30 posts
    monkeypatch.chdir(tiny.root)
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", "")
    for item in selected:
        assert main(["note", item.uid, "--by", "anna-berg"]) == 0  # in this process: starting 25 takes ten seconds
        publish(tiny.root / capsys.readouterr().out.strip(), WORDS)
    desk.run("check")
    desk.run("build")
    entries = {entry.id: entry for entry in read_feed(tiny.root).entries}
    pages = [(html, find_links(html)) for html in map(Path.read_bytes, (tiny.root / "output/notizen").glob("*.html"))]
    for item in selected:
        work = item.bookmark_of[0]
        (page,) = [html for html, links in pages if work.url in links]
        content = entries[item.uid].content[0].value
        assert work.url in find_links(content)
        assert_credits(page, work)
        assert_credits(content, work)


def read_feed(root: Path) -> Any:
    """Parse the site's feed, which must be well-formed."""
    feed = feedparser.parse(root / "output/feed.xml")
    assert not feed.bozo
    return feed


def publish(note: Path, words: str) -> None:
    """Add an editor's own words to a note, and delete the line that says that it is a draft."""
    note.write_text(f"{note.read_text()}\n{words}\n".replace("status: draft\n", ""))


def assert_credits(html: str | bytes, work: Work) -> None:
    """Check that HTML names a work, its authors and its publication."""
    text = extract_text(html)
    for name in (work.title, *work.authors, work.publication):
        assert " ".join(name.split()) in text


def find_links(html: str | bytes) -> list[str]:
    """Return the addresses of all links in HTML."""
    return [str(link.get("href", "")) for link in BeautifulSoup(html, "html.parser")("a")]


def extract_text(html: str | bytes) -> str:
    """Return the text of HTML, with single blanks."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def read_posts(root: Path) -> list[str]:
    """Return the text of every post of an edition, published or not."""
    return [path.read_text("utf-8") for format in FORMATS for path in (root / format.folder).rglob("*.md")]


def test_readers_see_headlines_of_the_inbox(desk: Desk) -> None:
    """The page of sources shows headlines of the inbox; a dismissed item leaves it with the next build."""
    desk.run("pull", code=1)
    desk.run("build")
    before = {str(link["href"]) for link in desk.read_page("quellen.html").select("#fresh a")}
    name, text = next(iter(desk.read_inbox().items()))
    address = re.search(r"url: (\S+)", text)[1].strip("'")  # type: ignore[index]
    (desk.root / f"curation/inbox/{name}.md").unlink()
    desk.run("build")
    after = {str(link["href"]) for link in desk.read_page("quellen.html").select("#fresh a")}
    assert before - after == {address}
    assert after < before


def test_seen_entries_do_not_come_again(desk: Desk) -> None:
    """A second pull brings nothing new, and does not restore a deleted inbox file."""
    desk.run("pull", code=1)
    items = desk.read_inbox()
    dismissed = next(iter(items))
    (desk.root / "curation/inbox" / f"{dismissed}.md").unlink()
    desk.run("pull", code=1)
    assert desk.read_inbox() == {name: text for name, text in items.items() if name != dismissed}


def test_site_pulls_and_builds(desk: Desk) -> None:
    """`site` builds although a source fails, and prints the totals and the path of the front page."""
    output = desk.run("site")
    assert "alte-leitung" in output
    assert re.search(r"10 sources", output)
    released = [text for text in read_posts(desk.root) if "\nrelease: open\n" not in text]
    assert re.search(rf"\b{len(released)} posts", output)
    assert "output/index.html" in output
    assert (desk.root / "output/index.html").exists()


def test_the_sample_edition_does_not_age(desk: Desk) -> None:
    """Its date is pinned, so that in any year there are new entries and an upcoming talk."""
    desk.run("site")
    home = desk.read_page("index.html")
    assert home.find("time", datetime="2026-11-05T17:00:00+01:00")
    new = [name for name in desk.read_inbox() if name.startswith("2026-10-")]
    assert len(new) >= 20


def test_the_sample_edition_keeps_its_own_rules(desk: Desk) -> None:
    """The sample edition, from which editors copy, has no errors and no warnings."""
    output = desk.run("check")
    assert f"{len(read_posts(desk.root))} posts" in output
    assert "no problems" in output
