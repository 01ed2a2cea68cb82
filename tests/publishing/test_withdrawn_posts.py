from datetime import datetime
from xml.etree import ElementTree as ET

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.writers.atom import make_entry_id
from tests.editions import TinyEdition, draw_picture
from tests.publishing.build.test_run import soup

REASON = "Die Zahlen waren erfunden <script>."


def files_with(tiny: TinyEdition, words: str) -> set[str]:
    """Return the files of the site in which words stand."""
    output = tiny.root / "output"
    return {
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    }


def test_of_a_withdrawn_post_only_a_notice_is_left(tiny: TinyEdition) -> None:
    """At its address stand title, day and reason, for no search engine; former addresses lead there.

    Lists, feeds, sitemap, topics, mail and the files that only it uses are as if it were not there; an incremental
    build and one from the start give the same.
    """
    picture = {"file": "images/amt.png", "alt": "Ein Amt", "credit": "Anna"}
    tiny.write("content/images/amt.png", draw_picture(800, 600))
    front = {"uid": "abcd234567", "title": "Titel zum Suchen", "aliases": ["alt.html"], "image": picture}
    tiny.essay("weg", body="Der Text mit Zahlen.", tags=["Zahlen"], **front)
    tiny.essay("bleibt", body="Wie [schon gesagt]({filename}weg.md).")
    build_site(tiny.root)
    assert "feed.xml" in files_with(tiny, "Titel zum Suchen")
    withdrawn = {"date": "2026-10-10", "reason": REASON}
    tiny.essay("weg", body="Der Text mit Zahlen.", tags=["Zahlen"], status="withdrawn", withdrawn=withdrawn, **front)
    build_site(tiny.root)
    page = soup(tiny.root, "essays/weg.html")
    assert page.h1.get_text() == "Titel zum Suchen"
    assert page.select_one("main .label").get_text(" ", strip=True) == "Zurückgezogen am 10. Oktober 2026"
    assert page.select_one("main section p").get_text() == REASON
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert not page.select("[data-pagefind-body], link[rel=canonical]")
    assert soup(tiny.root, "alt.html").select_one("main a")["href"] == "essays/weg.html"
    assert files_with(tiny, "Titel zum Suchen") == {"essays/weg.html"}
    assert files_with(tiny, "Der Text mit Zahlen") == set()
    assert not list((tiny.root / "output").rglob("*amt*"))
    assert not [path for path in files_with(tiny, "essays/weg.html") if "sitemap" in path]
    build_site(tiny.root, output=tiny.root.parent / "full")
    for path in sorted((tiny.root.parent / "full").rglob("*")):
        if path.is_file():
            name = path.relative_to(tiny.root.parent / "full")
            assert (tiny.root / "output" / name).read_bytes() == path.read_bytes(), name


def test_it_comes_back(tiny: TinyEdition) -> None:
    """Without `status` and `withdrawn` the post is published as before."""
    tiny.essay("weg", uid="abcd234567")
    build_site(tiny.root)
    before = (tiny.root / "output/essays/weg.html").read_bytes()
    tiny.essay("weg", uid="abcd234567", status="withdrawn", withdrawn={"date": "2026-10-10", "reason": REASON})
    build_site(tiny.root)
    assert (tiny.root / "output/essays/weg.html").read_bytes() != before
    tiny.essay("weg", uid="abcd234567")
    build_site(tiny.root)
    assert (tiny.root / "output/essays/weg.html").read_bytes() == before


def read_tombstones(tiny: TinyEdition, feed: str) -> dict[str, datetime]:
    """Return the deleted entries of an Atom feed: since when, by id."""
    root = ET.parse(tiny.root / "output" / feed).getroot()
    found = root.iterfind("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    return {entry.attrib["ref"]: datetime.fromisoformat(entry.attrib["when"]) for entry in found}


def test_feed_readers_learn_that_it_is_gone(tiny: TinyEdition) -> None:
    """The Atom feeds that had it have a tombstone (RFC 6721), later than the entry; a new note leaves it there.

    Feeds that never had it, other types and sites without withdrawn posts know nothing of tombstones.
    """
    front = {"uid": "abcd234567", "topics": ["open-source"], "date": "2026-10-10T08:00:00+02:00"}
    tiny.essay("weg", **front)
    tiny.essay("bleibt", topics=["open-source"])
    build_site(tiny.root)
    assert files_with(tiny, "tombstones") == set()
    gone = {"date": "2026-10-10", "reason": REASON}
    tiny.essay("weg", status="withdrawn", withdrawn=gone, **front)
    build_site(tiny.root)
    ref = make_entry_id("abcd234567")
    feeds = {"feed.atom", "themen/open-source.atom", "essays.atom", "menschen/anna-berg.atom"}
    assert files_with(tiny, "tombstones") == feeds
    assert files_with(tiny, ref) == feeds
    for feed in feeds:
        assert read_tombstones(tiny, feed) == {ref: datetime.fromisoformat(front["date"])}
    for slug in ("neu", "auch-neu"):  # the second is in no list that is new, and planned without a look at all posts
        tiny.note(slug, topics=["open-source"], date="2026-10-13T08:00:00+02:00")
        assert {"feed.atom", "themen/open-source.atom"} <= build_site(tiny.root).changed_paths
        assert read_tombstones(tiny, "feed.atom").keys() == {ref}
    build_site(tiny.root, output=tiny.root.parent / "full")
    for feed in feeds:
        assert (tiny.root / "output" / feed).read_bytes() == (tiny.root.parent / "full" / feed).read_bytes()
    tiny.essay("weg", **front)
    build_site(tiny.root)
    assert files_with(tiny, "tombstones") == set()
