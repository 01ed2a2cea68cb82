from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kuratorium.intake.identity import IdentifiedEntry
from kuratorium.intake.parsers.model import Entry
from kuratorium.intake.seen import SeenFile, read_delivered_links, read_seen_digest
from tests.intake.conftest import BLOG, Desk

DAY = date(2026, 10, 14)


def keyed(number: int, link: str = "") -> IdentifiedEntry:
    """Return an entry of the source `blog` whose key has a number as its digest."""
    return IdentifiedEntry(f"blog:{number:016x}", Entry(link=link))


def add(root: Path, *entries: IdentifiedEntry, day: date = DAY, reasons: dict[str, str] | None = None) -> str:
    """Add entries to the seen file of `blog`; returns its new text."""
    seen = SeenFile(root, "blog")
    if text := seen.build_text_with(entries, day, reasons or {}):
        seen.path.parent.mkdir(parents=True, exist_ok=True)
        seen.path.write_text(text)
    return text


def test_add_and_read(tmp_path: Path) -> None:
    """A source that was never pulled has no file; afterwards the file has each digest once, sorted."""
    assert SeenFile(tmp_path, "blog").is_missing
    assert read_seen_digest(tmp_path, "blog") == ""
    add(tmp_path, keyed(9, "https://a.example/9"), keyed(1))
    first = read_seen_digest(tmp_path, "blog")
    add(tmp_path, keyed(9, "https://moved.example/"), keyed(5), day=date(2027, 1, 1))
    assert (tmp_path / "curation/seen/blog.txt").read_text() == (
        "0000000000000001 2026-10-14 -\n"
        "0000000000000005 2027-01-01 -\n"
        "0000000000000009 2026-10-14 https://a.example/9\n"
    )
    assert SeenFile(tmp_path, "blog").digests.keys() == {f"{number:016x}" for number in (1, 5, 9)}
    assert first != read_seen_digest(tmp_path, "blog") != ""


def test_nothing_to_add_writes_nothing(tmp_path: Path) -> None:
    """Without entries no file is written; a file that has all entries keeps its text."""
    assert add(tmp_path) == ""
    assert SeenFile(tmp_path, "blog").is_missing
    add(tmp_path, keyed(1))
    assert add(tmp_path, keyed(1, "https://a.example/1")) == ""


def test_a_seen_file_that_was_merged_by_hand(tmp_path: Path) -> None:
    """Lines in any order are read, repeated ones and conflict markers too; only digests count."""
    path = tmp_path / "curation/seen/blog.txt"
    path.parent.mkdir(parents=True)
    path.write_text(
        "0000000000000009 2026-10-14 -\n<<<<<<< HEAD\n\n0000000000000001 2026-10-14 -\r\n0000000000000009 x\n"
    )
    assert SeenFile(tmp_path, "blog").digests.keys() == {"0000000000000009", "0000000000000001"}


def test_only_entries_that_reached_the_inbox_count_as_delivered(tmp_path: Path) -> None:
    """A line with the reason why its entry never reached the inbox does not count for other sources."""
    entries = [keyed(number, f"https://www.a.example/{number}/") for number in (1, 2, 3)]
    text = add(tmp_path, *entries, keyed(4), reasons={entries[0].key: "archive", entries[1].key: "filter"})
    assert text.splitlines()[0] == "0000000000000001 2026-10-14 https://www.a.example/1/ archive"
    assert read_delivered_links(tmp_path, {}) == {"a.example/3": {"blog"}}
    assert SeenFile(tmp_path, "blog").digests.keys() == {f"{number:016x}" for number in (1, 2, 3, 4)}


def test_an_alternate_link_is_delivered_too(tmp_path: Path) -> None:
    """A delivered article is known by its own address and by the link that leads to it."""
    redirected = [
        Entry(link=f"https://clicks.example/{number}?a", canonical=f"https://a.example/{number}") for number in (1, 2)
    ]
    entries = [IdentifiedEntry(f"blog:{number:016x}", entry) for number, entry in enumerate(redirected)]
    text = add(tmp_path, *entries, reasons={entries[0].key: "archive"})
    assert text.splitlines() == [
        "0000000000000000 2026-10-14 https://a.example/1 archive =https://clicks.example/1?a",
        "0000000000000001 2026-10-14 https://a.example/2 =https://clicks.example/2?a",
    ]
    assert read_delivered_links(tmp_path, {}) == {"a.example/2": {"blog"}, "clicks.example/2?a": {"blog"}}
    assert (
        IdentifiedEntry("x", Entry(link="https://clicks.example/", canonical="https://a.example/1")).alternate_link
        == ""
    )
    assert IdentifiedEntry("x", Entry(link="http://a.example/1/", canonical="https://a.example/1")).alternate_link == ""


def item(guid: str, link: str = "", title: str = "Ämter", day: int = 12, text: str = "") -> str:
    """Return an RSS item; without a guid if it is empty."""
    address = link or guid
    mark = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    link_mark = f"<link>{address}</link>" if address.startswith("http") else ""
    date_mark = f"<pubDate>{day} Oct 2026 08:00:00 +0200</pubDate>" if day else ""
    return f"<item><title>{title}</title>{link_mark}{mark}{date_mark}<description>{text}</description></item>"


def pull_items(desk: Desk, *items: str) -> list[Path]:
    """Pull a feed with these items; returns the inbox files."""
    channel = "<title>Blog</title><link>https://blog.example/</link>"
    desk.write("blog.xml", f'<rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>')
    desk.follow(BLOG)
    assert desk.pull().exit_code == 0
    return desk.inbox


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (item("http://blog.example/ämter"), item("https://blog.example/ämter")),
        (item("https://blog.example/1"), item("https://www.blog.example/1/")),
        (item("http://www.blog.example/1/?p=2"), item("https://blog.example/1?p=2")),
        (item("https://blog.example/1?utm_source=rss"), item("https://blog.example/1")),
        (item("https://blog.example/1"), item("https://blog.example/1?utm_source=rss&utm_medium=feed")),
        (item("blog-77", "https://blog.example/1"), item("urn:uuid:77", "http://blog.example/1/")),
        (item("blog-77", "https://blog.example/1"), item("", "https://blog.example/1#xtor=RSS-1")),
        (item("", "http://blog.example/1"), item("", "https://www.blog.example/1/")),
        (item("https://blog.example/1"), item("https://blog.example/1#ref=rss")),
        (item("https://blog.example/1#comments"), item("https://blog.example//1?source=rss-feed")),
        (item("https://blog.example/b\u00fc"), item("https://blog.example/bu\u0308#rss")),
        (item("https://blog.example/a/"), item("https://m.blog.example/a/index.html")),
        (item("https://mobile.blog.example/a/index.php?x=1"), item("https://blog.example/a?x=1")),
        (item("http://blog.example/?p=5", "https://blog.example/a"), item("https://blog.example/?p=5", "/b")),
    ],
)
@pytest.mark.parametrize("dismissed", [True, False])
def test_an_article_under_another_guid_is_known(desk: Desk, before: str, after: str, dismissed: bool) -> None:
    """What was dismissed or picked stays so when its guid or link is spelled differently, or its guid is another."""
    pull_items(desk, before, item("other", "https://blog.example/other", "Anderes", day=11))
    (desk.root / "curation/notes").mkdir(parents=True, exist_ok=True)
    for path in desk.inbox:
        path.unlink() if dismissed else path.rename(desk.root / "curation/notes" / path.name)
    lines = desk.seen("blog")
    assert pull_items(desk, after, item("new", "https://blog.example/new", "Neues", day=13)) == desk.inbox
    assert [*desk.metas()] == ["Neues"]
    assert [line for line in desk.seen("blog") if "/new" not in line] == lines


@pytest.mark.parametrize(
    "after",
    [
        "https://blog.example/2026/akte/amp",
        "https://blog.example/2026/akte/amp/?cmp=rss",
        "https://blog.example/amp/2026/akte",
        "https://blog.example/2026/akte.amp",
        "https://amp.blog.example/2026/akte",
        "https://blog.example/2026/akte?amp",
        "https://blog.example/2026/akte?amp=1&amp;m=1",
        "https://blog.example/2026/akte?outputType=amp",
        "https://blog.example/2026/akte?output=amp&amp;amp_js_v=0.1",
        "https://www-blog-example.cdn.ampproject.org/c/s/www.blog.example/2026/akte",
        "https://www.google.com/amp/s/www.blog.example/2026/akte/amp/",
        "https://blog.example/2026/akte?PHPSESSID=0c1d2e",
        "https://blog.example/2026/akte;jsessionid=9A8B.node1",
        "https://blog.example/2026/akte?sid=0123456789abcdef0123456789abcdef",
        "https://blog.example/2026/akte?CMP=rss-politik",
        "https://blog.example/2026/akte/Default.aspx",
        "https://www2.blog.example/2026/akte/index.jsp",
    ],
)
def test_a_page_has_other_forms(desk: Desk, after: str) -> None:
    """A dismissed article stays dismissed when its feed leads to its AMP page, another server or a session."""
    pull_items(desk, item("akte-1", "https://www.blog.example/2026/akte"), item("2", "https://blog.example/2026"))
    for path in desk.inbox:
        path.unlink()
    assert pull_items(desk, item("akte-eins", after)) == []


@pytest.mark.parametrize(
    "other",
    [
        "https://blog.example/guitar-amp.html",
        "https://blog.example/guitar/champ",
        "https://blog.example/guitar?amp=2",
        "https://blog.example/guitar?sid=12",
        "https://shop.blog.example/guitar",
        "https://amp.example/guitar",
    ],
)
def test_another_page_is_another_article(desk: Desk, other: str) -> None:
    """Names and numbers that only resemble those of AMP pages and sessions belong to pages of their own."""
    for page in ("https://blog.example/guitar", "https://blog.example/guitar.html"):
        pull_items(desk, item(page, page))
    known = len(desk.inbox)
    assert len(pull_items(desk, item("other", other))) == known + 1


def test_an_article_under_another_guid_keeps_its_inbox_file(desk: Desk) -> None:
    """An inbox file that nobody touched follows its entry to another guid."""
    (before,) = pull_items(desk, item("7", "https://blog.example/1"))
    (after,) = pull_items(desk, item("neu-7", "https://blog.example/1/", "Neuer Titel"))
    assert (before, [*desk.metas()]) == (after, ["Neuer Titel"])


def test_entries_of_a_live_blog_stay_several(desk: Desk) -> None:
    """Entries that share a link are told apart by their guids, in one feed and in feeds of several days."""
    blog = "https://blog.example/live"
    assert len(pull_items(desk, item("1", blog), item("2", blog))) == 2
    assert len(pull_items(desk, item("3", blog))) == 3
    assert len(pull_items(desk, item(f"{blog}#4", f"{blog}#4"))) == 4
    assert len(pull_items(desk, item(f"{blog}#5", f"{blog}#5"))) == 5
    assert len(pull_items(desk, item(f"{blog}#rss-import", f"{blog}#rss-import"))) == 6
    assert len(pull_items(desk, item(f"{blog}#rss-export", f"{blog}#rss-export"))) == 7


def test_a_page_that_is_replaced_is_another_article(desk: Desk) -> None:
    """An entry that was published days after its link was seen is new: a newsletter's page shows the latest issue."""
    assert len(pull_items(desk, item("issue-1", "https://blog.example/issue", day=13))) == 1
    assert len(pull_items(desk, item("issue-2", "https://blog.example/issue", day=14))) == 1
    desk.write("curation/seen/blog.txt", re.sub(r"2026-10-14", "2026-10-06", "\n".join(desk.seen("blog"))))
    assert len(pull_items(desk, item("issue-3", "https://blog.example/issue", day=14))) == 2


ISSUES = (
    ("Das Gesetzblatt wird digital", "Ab Januar gilt nur noch die Fassung im Netz, gedruckt wird sie nicht mehr."),
    (
        "Köln zählt seine Bäume",
        "Ein Kataster mit 80.000 Einträgen steht unter freier Lizenz, Fehler meldet man selbst.",
    ),
    ("Wer prüft die Prüfer?", "Der Rechnungshof veröffentlicht erstmals, welche Rügen ohne Folgen blieben."),
    ("Fristen", "Bis Freitag sind Stellungnahmen zum Entwurf möglich, auch per Formular."),
)


@pytest.mark.parametrize("days", [(9, 10, 11, 12), (0, 0, 0, 0)], ids=["dated", "undated"])
@pytest.mark.parametrize("dismissed", [True, False])
def test_a_feed_of_the_latest_issue_only(desk: Desk, days: tuple[int, ...], dismissed: bool) -> None:
    """Each issue of a newsletter on one address is an entry of its own, and comes once."""
    address = "https://blog.example/newsletter/"
    for number, (day, (title, text)) in enumerate(zip(days, ISSUES, strict=True)):
        issue = item(f"nl-{number}", address, title, day, text)
        for path in desk.inbox if dismissed else ():
            path.unlink()
        assert len(pull_items(desk, issue)) == (1 if dismissed else number + 1)
        assert title in desk.metas()
        files = desk.files()
        pull_items(desk, issue)
        assert desk.files() == files
    for path in desk.inbox:
        path.unlink()
    renamed = item("letter/4", address, ISSUES[3][0], days[3], ISSUES[3][1])
    assert pull_items(desk, renamed) == []


@pytest.mark.parametrize("days", [(9, 10, 11, 12), (0, 0, 0, 0)], ids=["dated", "undated"])
def test_a_feed_of_the_latest_issue_without_a_guid(desk: Desk, days: tuple[int, ...]) -> None:
    """Issues without a guid are told apart by title, day and text, also when the spelling of the address changes."""
    addresses = ["http://blog.example/heft", *["https://www.blog.example/heft/"] * 3]
    for number, (address, day, (title, text)) in enumerate(zip(addresses, days, ISSUES, strict=True)):
        for path in desk.inbox:
            path.unlink()
        for edited in (text, f"{text} Korrigiert."):
            assert len(pull_items(desk, item("", address, title, day, edited))) == 1
        assert [*desk.metas()] == [title]
        assert len(desk.seen("blog")) == number + 1


def test_an_article_without_a_guid_is_edited(desk: Desk) -> None:
    """An entry without a guid stays the same if its title, its day or most of its text does, or it has no text."""
    address = "https://blog.example/baum"
    edits = [
        (ISSUES[1][0], 9, ""),
        ("Köln zählt", 10, ""),
        ("Baumkataster", 10, ISSUES[1][1]),
        ("Bäume", 11, ISSUES[1][1]),
    ]
    for title, day, text in edits:
        assert len(pull_items(desk, item("", address, title, day, text))) == 1
    assert [*desk.metas()] == ["Bäume"]


def test_a_feed_of_the_latest_title_only(desk: Desk) -> None:
    """Without texts, title and day tell the issues of a page apart."""
    for day, (title, _) in enumerate(ISSUES, 9):
        pull_items(desk, item(f"wort-{day}", "https://blog.example/wort", title, day))
    assert [*desk.metas()] == [title for title, _ in ISSUES]


@pytest.mark.parametrize(
    "after",
    [
        item("neu", "https://blog.example/baum", "Köln zählt Bäume", 10, ISSUES[1][1]),
        item(
            "neu", "https://blog.example/baum", "Update: Köln zählt", 12, f"{ISSUES[1][1]} Nun auch in Bonn, sagt sie."
        ),
        item("neu", "https://blog.example/baum", ISSUES[1][0], 12, ISSUES[2][1]),
        item("neu", "https://blog.example/baum", ISSUES[2][0], 10, ISSUES[2][1]),
        item("neu", "https://blog.example/baum", ISSUES[2][0], 0, ""),
    ],
    ids=["title", "longer", "date and text", "title and text", "no date"],
)
def test_an_article_that_is_published_anew(desk: Desk, after: str) -> None:
    """A dismissed article stays dismissed under another guid if its title, day or most of its text is the same."""
    (path,) = pull_items(desk, item("alt", "https://blog.example/baum", ISSUES[1][0], 10, ISSUES[1][1]))
    path.unlink()
    assert pull_items(desk, after) == []


@pytest.mark.parametrize("address", ["https://blog.example/live", "https://blog.example/"], ids=["page", "front"])
@pytest.mark.parametrize("text", ["Das Protokoll liegt vor.", ""])
def test_entries_of_one_page_under_other_guids(desk: Desk, address: str, text: str) -> None:
    """Dismissed entries that share a link stay dismissed when their guids change; another entry there is new."""
    days = ("Montag", "Dienstag", "Mittwoch")
    for path in pull_items(desk, *(item(day, address, day, text=text) for day in days)):
        path.unlink()
    lines = desk.seen("blog")
    renamed = [item(f"tag:{day}", address, day, text=text) for day in days]
    assert pull_items(desk, *renamed) == []
    assert desk.seen("blog") == lines
    assert len(pull_items(desk, *renamed, item("tag:Freitag", address, "Freitag", text=text))) == 1


def test_pending_entries_of_one_page_under_other_guids(desk: Desk) -> None:
    """Items that wait in the inbox follow their entries to other guids, and are not there twice."""
    days = ("Montag", "Dienstag")
    before = pull_items(desk, *(item(day, "https://blog.example/live", day) for day in days))
    assert pull_items(desk, *(item(f"tag:{day}", "https://blog.example/live", day) for day in days)) == before


def test_entries_of_one_page_with_one_title(desk: Desk) -> None:
    """Entries with one link, title and day are told apart by their texts, and are several if they have none."""
    address = "https://blog.example/ticker"
    texts = ("Der Ausschuss tritt zusammen.", "Die Anhörung beginnt.", "Die Sitzung ist vertagt.")
    for path in pull_items(desk, *(item(text, address, text=text) for text in texts[:2])):
        path.unlink()
    assert len(pull_items(desk, *(item(f"{text}#", address, text=text) for text in texts[1:]))) == 1
    assert len(pull_items(desk, item("6", address), item("7", address))) == 3
    assert len(pull_items(desk, item("7", address), item("8", address))) == 4


def test_entries_without_a_guid_that_share_link_and_date_are_several(desk: Desk) -> None:
    """Two items without a guid, with one link and date but different titles, are two; alone, each stays known."""
    news = "https://blog.example/news.html"
    items = [item("", news, "Fassung 14"), item("", news, "Fassung 15")]
    assert len(pull_items(desk, *items)) == 2
    assert len(pull_items(desk, *reversed(items))) == 2
    assert len(pull_items(desk, items[1])) == len(desk.seen("blog")) == 2


@pytest.mark.parametrize(
    ("title", "day", "has_archive"),
    [
        ("Zweite", 12, True),  # without an archive, nothing tells which of two entries of one moment was there first
        ("Zweite", 13, True),
        ("Zweite", 13, False),
        ("Erste", 13, True),
        ("Erste", 13, False),
    ],
)
def test_an_entry_without_a_guid_stays_known_when_another_shares_its_link(
    desk: Desk, title: str, day: int, has_archive: bool
) -> None:
    """A dismissed entry stays dismissed when its feed gets others with its link, each of which comes once."""
    page = "https://blog.example/heft"
    first, second, third = item("", page, "Erste"), item("", page, title, day), item("", page, "Dritte", 14)
    for items, number in (((first,), 1), ((second, first), 1), ((second, first), 0), ((third, second, first), 1)):
        if not has_archive:
            for database in (desk.root / "var").glob("archive*"):
                database.unlink()
        found = pull_items(desk, *items)
        assert len(found) == number
        for path in found:
            path.unlink()


def test_old_seen_lines_are_read(desk: Desk) -> None:
    """A line without a link, with a reason or cut by hand knows its entry by the digest, and others by the link."""
    pull_items(desk, item("1", "https://blog.example/1"), item("2", "https://blog.example/2"))
    first, second = sorted(desk.seen("blog"), key=lambda line: line.split()[2])
    desk.write("curation/seen/blog.txt", f"{first[:16]}\n{second} filter\n")
    for path in desk.inbox:
        path.unlink()
    assert pull_items(desk, item("1", "https://blog.example/1"), item("neu-2", "http://blog.example/2")) == []
