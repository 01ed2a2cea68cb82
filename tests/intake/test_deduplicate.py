from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from kuratorium.edition import registry
from kuratorium.intake import pull
from tests.intake.conftest import BLOG, NOW, SITE, Desk, rss

CLICKS = {"id": "clicks", "feed": "clicks.xml"}


def test_one_article_from_three_feeds_is_one_file(desk: Desk) -> None:
    """The file of the source whose site the article is on stays, and names the others, however they spell the link."""
    link = "https://blog.example/a"
    desk.write("planet.xml", rss("a", "c", site="https://blog.example"))
    desk.write("blog.xml", rss("a").replace(link.encode(), b"https://www.blog.example/a/#top"))
    desk.write("digest.xml", rss("a"))
    desk.follow(
        {"id": "planet", "feed": "planet.xml", "site": "https://planet.example/"},
        {**BLOG, "site": "https://blog.example/"},
        {"id": "digest", "feed": "digest.xml"},
    )
    report = desk.pull()
    assert (report.new, report.joined, len(desk.inbox)) == (4, 2, 2)
    meta = desk.metas()["a"]
    assert meta.bookmark_of[0].source == "blog"
    assert [(reference.source, reference.url) for reference in meta.also_in] == [("digest", link), ("planet", link)]
    before = desk.files()
    assert (desk.pull().joined, desk.files()) == (0, before)
    desk.write("late.xml", rss("a", site="http://blog.example"))
    desk.follow(*desk.followed(), {"id": "late", "feed": "late.xml"})
    assert desk.pull(now=NOW + timedelta(days=1)).joined == 1
    assert [reference.source for reference in desk.metas()["a"].also_in] == ["digest", "late", "planet"]


@pytest.mark.parametrize("without_archive", [False, True], ids=["archive", "no archive"])
def test_the_suggestions_of_all_sources_are_kept(desk: Desk, without_archive: bool) -> None:
    """A merged file has the topics and reasons of all its sources, also after an edited entry."""
    desk.write("planet.xml", rss("a").replace(b"<title>a<", b"<title>Quellcode<"))
    desk.write("blog.xml", rss("a").replace(b"<title>a<", b"<title>Umstellung<"))
    desk.write("digest.xml", rss("a"))
    desk.follow(
        {"id": "planet", "feed": "planet.xml"},
        {"id": "blog", "feed": "blog.xml", "site": "https://blog.example/"},
        {"id": "digest", "feed": "digest.xml", "topics": ["open-source"]},
    )
    desk.pull()
    if without_archive:
        shutil.rmtree(desk.root / "var")
    desk.write("blog.xml", rss("a"))
    report = desk.pull()
    assert (report.updated, report.joined) == (1, 0)
    meta = desk.metas()["a"]
    assert (meta.topics, meta.authors) == (("open-source", "transformation"), ("carl-dorn",))
    assert meta.reasons == ("Quelle für open-source", "Stichwort: umstellung", "Stichwort: quellcode")
    assert desk.pull(now=NOW + timedelta(days=31)).expired == 1


def test_shared_links_and_front_pages_merge_nothing(desk: Desk) -> None:
    """Entries that link to a front page, or share a link with others of their feed, are never merged."""
    for name in ("a", "b"):
        desk.write(f"{name}.xml", rss(f"{name}1", f"{name}2").replace(f"/{name}2<".encode(), b"/<"))
        document = (desk.root / f"{name}.xml").read_bytes()
        desk.write(
            f"{name}.xml",
            document.replace(f"<link>https://blog.example/{name}1<".encode(), b"<link>https://x.example/1<"),
        )
    desk.write(
        "c.xml",
        (desk.root / "a.xml")
        .read_bytes()
        .replace(b"a1", b"c1")
        .replace(
            b"</item><item>",
            b"</item><item><title>c3</title><guid>c3</guid><link>https://x.example/1</link></item><item>",
            1,
        ),
    )
    desk.follow({"id": "a", "feed": "a.xml"}, {"id": "b", "feed": "b.xml"}, {"id": "c", "feed": "c.xml"})
    assert (desk.pull().joined, len(desk.inbox)) == (0, 7)


def test_a_canonical_address_identifies_an_article(desk: Desk) -> None:
    """A feed that counts clicks but names the article's own address delivers the same article as others."""
    desk.write("clicks.xml", count_clicks("a", own="https://blog.example/a"))
    desk.write("blog.xml", rss("a").replace(b"/a<", b"/a?utm_source=x<"))
    desk.follow(CLICKS, {**BLOG, "id": "weblog"})
    assert desk.pull().joined == 1
    assert [(reference.source, reference.url) for reference in desk.metas()["a"].also_in] == [
        ("clicks", "https://clicks.example/a"),
        ("weblog", "https://blog.example/a"),
    ]


@pytest.mark.parametrize("dismissed", [False, True], ids=["waiting", "dismissed"])
def test_an_alternate_link_stays_known(desk: Desk, dismissed: bool) -> None:
    """A source with only the alternate link of an article delivers the same article, also later.

    It is merged while the article is in the inbox, and known once it is dismissed; both work without the archive.
    """
    desk.write("clicks.xml", count_clicks("a", own="https://blog.example/a"))
    desk.follow(CLICKS)
    desk.pull()
    assert desk.seen("clicks")[0].split()[2:] == ["https://blog.example/a", "=https://clicks.example/a"]
    shutil.rmtree(desk.root / "var")
    if dismissed:
        desk.inbox[0].unlink()
    desk.write("planet.xml", rss("a", site="https://www.clicks.example"))
    desk.follow(CLICKS, {"id": "planet", "feed": "planet.xml"})
    report = desk.pull(now=NOW + timedelta(days=1))
    counts = (report.joined, report.results[1].elsewhere, len(desk.inbox))
    assert counts == ((0, 1, 0) if dismissed else (1, 0, 1))
    if not dismissed:
        assert [reference.source for reference in desk.metas()["a"].also_in] == ["clicks", "planet"]


def test_an_edited_entry_keeps_the_other_sources(desk: Desk) -> None:
    """When the link of an entry is edited, its old one is replaced; the other sources stay."""
    desk.write("clicks.xml", count_clicks("a", own="https://blog.example/a"))
    desk.write("blog.xml", rss("a"))
    desk.follow(CLICKS, {**BLOG, "id": "weblog"})
    desk.pull()
    desk.write(
        "clicks.xml",
        count_clicks("a", own="https://blog.example/a").replace(b"clicks.example/a</link", b"c.example/1</link"),
    )
    assert desk.pull().updated == 1
    assert [reference.url for reference in desk.metas()["a"].also_in] == [
        "https://c.example/1",
        "https://blog.example/a",
    ]


def test_a_feed_cannot_merge_two_articles_of_another_source(desk: Desk) -> None:
    """A feed that claims that two articles of another source are the same changes nothing."""
    desk.write("blog.xml", rss("b", "a"))
    desk.write(
        "clicks.xml",
        count_clicks("x", own="https://blog.example/a").replace(b"clicks.example/x</link", b"blog.example/b</link"),
    )
    desk.follow(CLICKS, BLOG)
    assert (desk.pull().joined, {*desk.metas()}) == (0, {"a", "b", "x"})


def count_clicks(title: str, *, own: str) -> bytes:
    """Return a feed whose link leads to a click counter, and which names the article's own address."""
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="canonical" href="{own}"/><guid>'
    return rss(title, site="https://clicks.example").replace(b"<guid>", link.encode())


@pytest.fixture
def clones(desk: Desk, tmp_path: Path) -> tuple[Desk, Desk]:
    """Two clones of an edition: each has pulled an entry, the second after its title changed, and git merged both."""
    desk.follow(BLOG)
    desk.write("blog.xml", feed_with("Alter Titel"))
    other = Desk(tmp_path / "clone")
    shutil.copytree(desk.root, other.root, dirs_exist_ok=True)
    other.write("blog.xml", feed_with("Neuer Titel"))
    for clone in (desk, other):
        assert clone.pull().new == 1
    inboxes = [[(path.name, path.read_bytes()) for path in clone.inbox] for clone in (desk, other)]
    for clone, files in zip((desk, other), reversed(inboxes), strict=True):
        for name, data in files:
            (clone.root / "curation/inbox" / name).write_bytes(data)
        clone.write("blog.xml", feed_with("Neuer Titel"))
    assert len(desk.inbox) == 2
    return desk, other


def feed_with(title: str) -> bytes:
    """Return a feed whose entry keeps its guid whatever its title is."""
    return rss("a").replace(b"<title>a<", f"<title>{title}<".encode())


@pytest.mark.parametrize("without_archive", [False, True], ids=["archive", "no archive"])
def test_an_item_that_two_clones_pulled_is_one_file(clones: tuple[Desk, Desk], without_archive: bool) -> None:
    """A pull unites files with one uid: all clones keep the same, with the title that the feed has now."""
    for clone in clones:
        if without_archive:
            shutil.rmtree(clone.root / "var")
        clone.pull()
        assert [*clone.metas()] == ["Neuer Titel"]
        before = clone.files()
        clone.pull()
        assert clone.files() == before
    assert clones[0].inbox[0].read_bytes() == clones[1].inbox[0].read_bytes()
    assert clones[0].inbox[0].name == clones[1].inbox[0].name


def test_joining_unites_the_files_of_an_item(clones: tuple[Desk, Desk]) -> None:
    """Without a pull one of the files goes, the same in all clones."""
    for clone in clones:
        records, _ = registry.read_registry(clone.root)
        assert pull.deduplicate_inbox(clone.root, records, now=NOW, site=SITE) == 1
    assert [path.name for path in clones[0].inbox] == [path.name for path in clones[1].inbox]


@pytest.mark.parametrize("edited", ["alter", "neuer"])
def test_an_edited_file_of_an_item_stays(clones: tuple[Desk, Desk], edited: str) -> None:
    """Of two files with one uid, that on which an editor works stays as it is."""
    clone = clones[0]
    (path,) = (path for path in clone.inbox if edited in path.name)
    path.write_text(f"{path.read_text()}\nMeine Worte.\n")
    text = path.read_text()
    clone.pull()
    assert [(file.name, file.read_text()) for file in clone.inbox] == [(path.name, text)]


def test_two_edited_files_of_an_item_stay(clones: tuple[Desk, Desk]) -> None:
    """If editors work on both files, both stay."""
    clone = clones[1]
    for path in clone.inbox:
        path.write_text(f"{path.read_text()}\nMeine Worte.\n")
    before = clone.files()
    clone.pull()
    records, _ = registry.read_registry(clone.root)
    assert pull.deduplicate_inbox(clone.root, records, now=NOW, site=SITE) == 0
    assert clone.files() == before
