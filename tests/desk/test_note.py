import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kuratorium.desk import check, draft, inbox, note
from kuratorium.edition import frontmatter, yaml
from kuratorium.errors import EditionError, SourceError, UsageError
from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.editions import OWN_WORDS, TinyEdition, read_valid_edition, work

PAGE = """\
<!doctype html><html lang="en"><head><title>Site title</title>
<meta property="og:title" content="A page &lt;of&gt; its own"><meta property="og:site_name" content="The Page">
<meta name="author" content="Ina Jahn"><meta property="article:published_time" content="2026-10-02T08:00:00Z">
<link rel="canonical" href="/canonical"></head><body><p>Text</p></body></html>
"""


def can_unshare_network() -> bool:
    """Return whether a command can be run without network."""
    return bool(shutil.which("unshare")) and not subprocess.run(["unshare", "-rn", "true"], check=False).returncode


def clock() -> datetime:
    """Return a time that differs from the edition's pinned date."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def begin_note(tiny: TinyEdition, reference: str, *author_ids: str, as_of: datetime | None = None) -> note.NoteDraft:
    """Begin a note as the command does."""
    return note.begin_note(tiny.root, reference, author_ids=author_ids, as_of=as_of, clock=clock)


def read_front_matter(tiny: TinyEdition, file: str) -> dict:
    """Return the front matter of a file as plain values."""
    return yaml.load_yaml(frontmatter.split_front_matter(file, (tiny.root / file).read_text()).front_matter)


@pytest.fixture
def site() -> Iterator[str]:
    """Yield the address of a local web server with four pages; one is not in the encoding that it states."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            exists = self.path.partition("?")[0] in {"/page", "/plain", "/kanji", "/paid"}
            refusals = {"/forbidden": 403, "/login": 401, "/busy": 429, "/broken": 500, "/report.pdf": 200}
            self.send_response(refusals.get(self.path.partition("?")[0], 200 if exists else 404))
            self.send_header("Content-Type", "application/pdf" if ".pdf" in self.path else "text/html; charset=utf-8")
            self.end_headers()
            page = PAGE if self.path == "/page" else PAGE.replace('rel="canonical"', "")
            kanji = "<!doctype html><title>市役所 (Amt)</title>".encode("shift_jis")
            if self.path == "/paid":
                page += '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}</script>'
            self.wfile.write(kanji if self.path == "/kanji" else page.encode() if exists else b"gone")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_note_takes_over_the_inbox_item(tiny: TinyEdition):
    """Uid, topics and work come from the item; date, language and day of access are new; teaser and reasons are not."""
    tiny.candidate("das-werk", uid="kmeant77", title="Das Werk: ein Titel", lang="en", topics=["open-source"])
    result = begin_note(tiny, "kmea")
    assert result.file == "curation/notes/2026/das-werk-ein-titel.md"
    assert read_front_matter(tiny, result.file) == {
        "uid": "kmeant77",
        "title": "Das Werk: ein Titel",
        "slug": "das-werk-ein-titel",
        "date": "2026-10-14T09:00:00+02:00",
        "lang": "de",
        "status": "draft",
        "authors": ["anna-berg"],
        "topics": ["open-source"],
        "bookmark_of": [
            work(
                "https://amtsblog.example/das-werk",
                published="2026-10-13",
                accessed="2026-10-14",
                item="amtsblog das-werk",
            )
        ],
    }
    assert not list((tiny.root / "curation/inbox").glob("*.md"))


def test_a_new_note_is_a_draft_until_an_editor_says_otherwise(tiny: TinyEdition):
    """A new note never stops a build; without `status: draft` it needs own words, and has no error with some."""
    tiny.candidate("das-werk")
    path = tiny.root / begin_note(tiny, "https://amtsblog.example/das-werk").file
    assert check.run_checks(tiny.root).errors == ()
    path.write_text(path.read_text().replace("status: draft\n", ""))
    assert [problem.message for problem in check.run_checks(tiny.root).errors] == ["this note has no words of your own"]
    path.write_text(path.read_text() + f"\n{OWN_WORDS}\n")
    assert check.run_checks(tiny.root).errors == ()


def test_text_in_the_inbox_file_becomes_the_note(tiny: TinyEdition):
    """Text and fields that an editor added to the inbox file are in the note."""
    tiny.candidate("das-werk", uid="kmeant77", body=OWN_WORDS, tags=["Akte"], strength=2)
    result = begin_note(tiny, "kmeant77")
    assert (tiny.root / result.file).read_text().endswith(f"---\n\n{OWN_WORDS}\n")
    assert read_front_matter(tiny, result.file)["tags"] == ["Akte"]
    assert read_front_matter(tiny, result.file)["strength"] == 2
    assert "status" not in read_front_matter(tiny, result.file)


def test_no_file_is_overwritten(tiny: TinyEdition):
    """A slug that a post has is numbered, even if that post cannot be read; a title without a slug gets the uid."""
    tiny.candidate("eins", uid="keinsx", title="Erste Notiz")
    tiny.candidate("zwei", uid="kzweix", title="Erste Notiz!")
    tiny.post("content/essays/fremd.md", slug="erste-notiz-4")
    broken = tiny.write("curation/notes/2026/erste-notiz-2.md", "no front matter")
    tiny.candidate("ohne", uid="kohnex", title="…")
    assert begin_note(tiny, "keinsx").file == "curation/notes/2026/erste-notiz-3.md"
    assert begin_note(tiny, "kzweix").file == "curation/notes/2026/erste-notiz-5.md"
    assert begin_note(tiny, "kohnex").file == "curation/notes/2026/note-kohnex.md"
    assert broken.read_text() == "no front matter"


def test_a_killed_run_is_finished_by_the_next(tiny: TinyEdition):
    """If a run wrote the note but did not remove the inbox file, the next run only removes that."""
    path = tiny.candidate("das-werk", uid="kmeant77")
    inbox_file = path.read_bytes()
    first = begin_note(tiny, "kmeant77")
    path.write_bytes(inbox_file)
    written = (tiny.root / first.file).read_bytes()
    second = begin_note(tiny, "kmeant77")
    assert (second.file, second.is_resumed) == (first.file, True)
    assert (tiny.root / first.file).read_bytes() == written
    assert not path.exists()


def test_text_in_note_and_inbox_file_is_kept(tiny: TinyEdition):
    """If a note and its inbox file both contain text, both stay, and the editor is asked to merge them."""
    tiny.note("geschrieben", uid="kmeant77")
    path = tiny.candidate("das-werk", uid="kmeant77", body=OWN_WORDS)
    with pytest.raises(UsageError, match=r"is already the note curation/notes/2026/geschrieben\.md, and both"):
        begin_note(tiny, str(path))
    assert path.exists()


def test_an_item_that_became_a_note_is_refused(tiny: TinyEdition):
    """The message names the note that the item has become."""
    tiny.note("geschrieben", uid="kmeant77")
    with pytest.raises(UsageError, match=r"it became the note curation/notes/2026/geschrieben\.md"):
        begin_note(tiny, "kmea")


def test_other_notes_on_the_same_work_are_named(tiny: TinyEdition):
    """A second note on a work is begun, and the first is named; addresses are compared in their normal form."""
    tiny.candidate("nochmal", bookmark_of=[work("http://www.amtsblog.example/erste-notiz/#teil-2")])
    assert begin_note(tiny, "2026-10-13-nochmal-" + "u0000000").other_posts == ("curation/notes/2026/erste-notiz.md",)


def test_an_invalid_inbox_file_is_reported(tiny: TinyEdition):
    """A note on an invalid file ends with that file's problem, not with a message that it is missing."""
    path = tiny.write("curation/inbox/kaputt.md", "---\ntitle: [\n---\n")
    with pytest.raises(EditionError, match=r"curation/inbox/kaputt\.md:3: this is not YAML"):
        begin_note(tiny, str(path))
    assert path.exists()


def test_the_date_is_given_or_pinned_or_now(tiny: TinyEdition):
    """--as-of precedes the pinned date, and that the clock; the note's folder is the year in the site's time zone."""
    as_of = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)
    tiny.candidate("eins", uid="keinsx")
    tiny.candidate("zwei", uid="kzweix")
    assert read_front_matter(tiny, begin_note(tiny, "keinsx", as_of=as_of).file)["date"] == "2028-01-01T00:30:00+01:00"
    tiny.yaml("policy", {"imprint": {"responsible": "Anna Berg"}})
    unpinned = begin_note(tiny, "kzweix")
    assert unpinned.file.startswith("curation/notes/2030/")
    assert read_front_matter(tiny, unpinned.file)["date"] == "2030-01-03T00:30:00+01:00"


def test_a_note_on_a_page_takes_over_its_metadata(tiny: TinyEdition, site: str):
    """A page that is not in the inbox is fetched, and its metadata describe the work."""
    result = begin_note(tiny, f"{site}/page", "carl-dorn")
    values = read_front_matter(tiny, result.file)
    assert result.file == "curation/notes/2026/a-page-of-its-own.md"
    assert values.pop("uid").startswith("n")
    assert values == {
        "title": "A page <of> its own",
        "slug": "a-page-of-its-own",
        "date": "2026-10-14T09:00:00+02:00",
        "lang": "de",
        "status": "draft",
        "authors": ["carl-dorn"],
        "topics": [],
        "bookmark_of": [
            {
                "url": f"{site}/canonical",
                "title": "A page <of> its own",
                "authors": ["Ina Jahn"],
                "publication": "The Page",
                "published": "2026-10-02",
                "accessed": "2026-10-14",
                "lang": "en",
            }
        ],
    }


def test_a_page_is_found_in_the_inbox_by_its_canonical_address(tiny: TinyEdition, site: str):
    """If a page's canonical address is in the inbox, that item is used; `also_in` of an item counts as well."""
    tiny.candidate("eins", uid="keinsx", title="Wartet", bookmark_of=[work(f"{site}/canonical")])
    tiny.candidate("zwei", uid="kzweix", also_in=[{"source": "amtsblog", "url": "https://umweg.example/2"}])
    assert read_front_matter(tiny, begin_note(tiny, f"{site}/page").file)["uid"] == "keinsx"
    assert read_front_matter(tiny, begin_note(tiny, "https://umweg.example/2").file)["uid"] == "kzweix"


def test_tracking_parameters_are_removed(tiny: TinyEdition, site: str):
    """A page without a canonical address has the one that was given, without tracking parameters."""
    result = begin_note(tiny, f"{site}/plain?b=1&utm_campaign=x&a=2")
    assert read_front_matter(tiny, result.file)["bookmark_of"][0]["url"] == f"{site}/plain?b=1&a=2"


def test_other_notes_under_the_given_address_are_named(tiny: TinyEdition, site: str):
    """A note that recommends the page under the given address, not the canonical one, is named as well."""
    tiny.note("frueher", bookmark_of=[work(f"{site}/page")])
    assert begin_note(tiny, f"{site}/page").other_posts == ("curation/notes/2026/frueher.md",)


def test_a_page_that_cannot_be_fetched_changes_nothing(tiny: TinyEdition, site: str):
    """The message names the address, and no file is written."""
    before = tiny.files()
    with pytest.raises(SourceError, match=f"{site}/gone cannot be read: "):
        begin_note(tiny, f"{site}/gone")
    assert tiny.files() == before


@pytest.mark.parametrize("path", ["/forbidden", "/login", "/busy", "/broken", "/report.pdf"])
def test_a_page_that_refuses_gives_a_draft(tiny: TinyEdition, site: str, path: str):
    """The draft has the address and the host as a placeholder, says so, and names no author that nobody has named."""
    result = begin_note(tiny, f"{site}{path}?utm_source=x")
    (bookmark,) = read_front_matter(tiny, result.file)["bookmark_of"]
    url = f"{site}{path}"
    known = {"url": url, "title": url, "authors": [], "publication": "127.0.0.1", "accessed": "2026-10-14"}
    assert bookmark == known
    assert result.unread_reason
    assert "Die Seite war nicht zu lesen" in (tiny.root / result.file).read_text()


def test_a_page_whose_letters_cannot_be_read_gives_a_draft(tiny: TinyEdition, site: str):
    """The draft has the address for a title, not what is left of it without its letters, and says why."""
    result = begin_note(tiny, f"{site}/kanji")
    assert result.work.title == f"{site}/kanji"
    assert "encoding of its characters is not stated" in result.unread_reason
    assert "publication und published unter bookmark_of" in (tiny.root / result.file).read_text()


def test_a_server_that_does_not_answer_gives_a_draft(tiny: TinyEdition):
    """A server that takes no connection may be back tomorrow: the draft has the address and says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/bericht"
    result = begin_note(tiny, address)
    assert result.work.url == address
    assert "cannot be reached" in result.unread_reason


@pytest.mark.skipif(not can_unshare_network(), reason="the system does not let us run a command without network")
def test_without_network_a_note_can_be_begun(tiny: TinyEdition):
    """With the network down, `note` gives a draft with the address."""
    program = ["unshare", "-rn", sys.executable, "-m", "kuratorium.cli.main"]
    command = [*program, "note", "https://zeitung.example/bericht?utm_source=x"]
    result = subprocess.run(command, cwd=tiny.root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "is there a network?" in result.stderr
    (bookmark,) = read_front_matter(tiny, result.stdout.strip().splitlines()[-1])["bookmark_of"]
    assert (bookmark["url"], bookmark["publication"]) == ("https://zeitung.example/bericht", "zeitung.example")


def test_a_page_that_must_be_paid_for_says_so(tiny: TinyEdition, site: str):
    """`paywall` is filled in from what the page says."""
    assert read_front_matter(tiny, begin_note(tiny, f"{site}/paid").file)["bookmark_of"][0]["paywall"] is True


def archive_entry(tiny: TinyEdition, link: str, source: str = "amtsblog", **fields: str) -> None:
    """Archive an entry as a pull does."""
    values = {
        "key": f"{source}:1",
        "title": "Aus dem Archiv",
        "authors": "Ina Jahn, Jan Ohm",
        "published": "2026-10-01",
    }
    entry = ArchivedEntry(link=link, digest=b"x", **(values | fields))
    with Archive(tiny.root) as archive:
        archive.store_pull_results({source: (SourceState(address="https://x.invalid/"), [entry])}, "2026-10-02")


def test_what_the_archive_holds_needs_no_network(tiny: TinyEdition):
    """A link that a pull has archived, in any spelling, becomes a note with the credit of its feed, unasked."""
    archive_entry(tiny, "https://www.nirgends.invalid/artikel?id=7&utm_source=feed")
    result = begin_note(tiny, "http://nirgends.invalid/artikel?id=7&utm_campaign=mail")
    assert read_front_matter(tiny, result.file)["bookmark_of"] == [
        {
            "url": "https://www.nirgends.invalid/artikel?id=7",
            "title": "Aus dem Archiv",
            "authors": ["Ina Jahn", "Jan Ohm"],
            "publication": "Amtsblog",
            "source": "amtsblog",
            "published": "2026-10-01",
            "accessed": "2026-10-14",
            "lang": "de",
            "item": "amtsblog:1",
        }
    ]
    assert result.unread_reason == ""
    assert read_front_matter(tiny, result.file)["topics"] == ["transformation"]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://nirgends.invalid/f%C3%BCnf", "https://nirgends.invalid/fünf"),
        ("https://nirgends.invalid/f%C3%BCnf", "https://nirgends.invalid/f%c3%bcnf?amp=1"),
        ("http://m.nirgends.invalid/vier", "https://nirgends.invalid/vier"),
        ("https://nirgends.invalid/zwei/", "https://nirgends.invalid/zwei/index.html"),
        ("https://nirgends.invalid/zwei/", "https://nirgends.invalid/zwei/?ref=rss"),
    ],
)
def test_the_archive_knows_all_spellings(tiny: TinyEdition, link: str, address: str):
    """An address is found in the archive as browsers, telephones and feeds write it; the note has that of the feed."""
    archive_entry(tiny, link)
    (bookmark,) = read_front_matter(tiny, begin_note(tiny, address).file)["bookmark_of"]
    assert (bookmark["url"], bookmark["item"]) == (link, "amtsblog:1")


def test_the_archive_invents_no_credit(tiny: TinyEdition):
    """A name with a comma stays one name; a source that has left sources.yaml is not named, its host is."""
    archive_entry(tiny, "https://weg.invalid/a", "weg", authors="Jahn, Ina", published="")
    (bookmark,) = read_front_matter(tiny, begin_note(tiny, "https://weg.invalid/a").file)["bookmark_of"]
    assert (bookmark["authors"], bookmark["publication"]) == (["Jahn, Ina"], "weg.invalid")
    assert not {"source", "published", "lang"} & bookmark.keys()


def test_another_address_of_the_archive_is_not_taken(tiny: TinyEdition):
    """An address that is only the beginning of an archived one is fetched."""
    archive_entry(tiny, "https://nirgends.invalid/artikel/zwei")
    begun = begin_note(tiny, "https://nirgends.invalid/artikel")
    assert (begun.work.title, bool(begun.unread_reason)) == ("https://nirgends.invalid/artikel", True)


def test_a_host_that_nobody_knows_gives_a_draft(tiny: TinyEdition):
    """Some resolvers say so without a network: the draft has the address as title, and says why."""
    begun = begin_note(tiny, "https://nirgends.invalid/artikel")
    assert read_front_matter(tiny, begun.file)["title"] == "https://nirgends.invalid/artikel"
    assert "nirgends.invalid" in begun.unread_reason
    assert "Die Seite war nicht zu lesen" in (tiny.root / begun.file).read_text()
    assert check.run_checks(tiny.root).errors == ()


def test_a_connection_that_cannot_be_encrypted_gives_a_draft(tiny: TinyEdition, site: str):
    """A server whose certificate or encryption is broken may be mended tomorrow."""
    address = f"{site.replace('http:', 'https:')}/page"
    begun = begin_note(tiny, address)
    assert begun.work.title == address
    assert "encrypted connection failed" in begun.unread_reason


def test_an_address_that_can_lead_nowhere_gives_no_draft(tiny: TinyEdition):
    """A host name that is longer than any can be is a mistake of writing."""
    before = tiny.files()
    with pytest.raises(SourceError) as raised:
        begin_note(tiny, f"https://{'a' * 70}.invalid/artikel")
    assert (raised.value.reason, tiny.files()) == ("bad-address", before)


def test_uids_are_unique_and_no_numbers():
    """A new uid differs from all others, and begins with a letter, so that YAML reads it as text."""
    uids = {draft.create_uid() for _ in range(100)}
    assert len(uids) == 100
    assert all(uid[0] == "n" and len(uid) == 16 for uid in uids)


@pytest.mark.parametrize(
    ("author_ids", "suggested", "git_name", "expected"),
    [
        (["eva-falk"], ["carl-dorn"], "Anna Berg", ("eva-falk",)),
        (["eva-falk", "anna-berg"], [], "", ("eva-falk", "anna-berg")),
        ([], ["carl-dorn"], "Anna Berg", ("carl-dorn",)),
        ([], [], "Eva Falk", ("eva-falk",)),
        ([], [], "Unknown Name", ("anna-berg",)),
    ],
)
def test_the_author_is_given_or_suggested_or_guessed(tiny: TinyEdition, author_ids, suggested, git_name, expected):
    """Given authors come first, then suggested ones, then the person with git's user name, then the first member."""
    people = read_valid_edition(tiny.root).registry.people
    assert draft.choose_authors(people, author_ids, suggested, git_name) == expected


def test_an_unknown_author_is_refused(tiny: TinyEdition):
    """An author's id that is not in people.yaml is refused with the most similar one, before anything is written."""
    path = tiny.candidate("das-werk", uid="kmeant77")
    message = r'"ana-berg" is not the id of a person in curation/people\.yaml\. Did you mean "anna-berg"\?'
    with pytest.raises(UsageError, match=message):
        begin_note(tiny, "kmeant77", "ana-berg")
    assert path.exists()


def test_an_edition_without_people_has_no_author():
    """The message asks to add oneself to people.yaml."""
    with pytest.raises(UsageError, match="add yourself"):
        draft.choose_authors({}, [], [], "")


def test_the_author_is_the_user_of_git(tiny: TinyEdition):
    """Git's user.name in the edition's repository chooses the author."""
    subprocess.run(["git", "init", "--quiet"], cwd=tiny.root, check=True)
    subprocess.run(["git", "config", "user.name", "Eva Falk"], cwd=tiny.root, check=True)
    tiny.candidate("das-werk", uid="kmeant77", authors=None)
    assert read_front_matter(tiny, begin_note(tiny, "kmeant77").file)["authors"] == ["eva-falk"]


def test_the_author_is_who_git_would_name(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch):
    """GIT_AUTHOR_NAME goes before user.name, as in a commit; without a name at all, none is guessed."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    subprocess.run(["git", "init", "--quiet"], cwd=tiny.root, check=True)
    assert draft.read_git_name(tiny.root) == ""
    subprocess.run(["git", "config", "user.name", "Eva Falk"], cwd=tiny.root, check=True)
    assert draft.read_git_name(tiny.root) == "Eva Falk"
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    assert draft.read_git_name(tiny.root) == "Ada"


def test_only_the_items_own_file_is_removed(tiny: TinyEdition):
    """After a note is begun, its item has left the inbox; all others are still there."""
    tiny.candidate("eins", uid="keinsx")
    tiny.candidate("zwei", uid="kzweix")
    begin_note(tiny, "keinsx")
    assert [item.meta.uid for item in inbox.read_inbox(tiny.root)[0]] == ["kzweix"]


def test_another_site_gets_no_credit_without_the_editor(tiny: TinyEdition):
    """A page that names an address at another site is credited itself; the command names the other one."""
    page = PAGE.replace('href="/canonical"', 'href="https://andere.example/original"')

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page"
        result = begin_note(tiny, address)
        server.shutdown()
    assert read_front_matter(tiny, result.file)["bookmark_of"][0]["url"] == address
    assert result.elsewhere == "https://andere.example/original"


def suggest(tiny: TinyEdition, url: str, **fields: object) -> None:
    """Add an item that a person suggested: an address, the title of an issue, and what the person says."""
    person = {"by": "Eva Falk", "why": "Weil es stimmt.", "own": False, "ai": "none"}
    host = url.split("/")[2].partition(":")[0]
    bookmark = {"url": url, "title": "Vorschlag", "publication": host, "source": "ideen", "item": "ideen:1"} | fields
    via = {"via": {"name": "Eva Falk"}, "suggestions": [person]}
    tiny.candidate(
        "vorschlag", uid="kvorschlag", title=str(bookmark["title"]), topics=[], bookmark_of=[bookmark], **via
    )


def test_a_suggestion_takes_over_the_metadata_of_its_page(tiny: TinyEdition, site: str):
    """What a person suggested by an address gets the credit of its page, and keeps its key and who suggested it."""
    suggest(tiny, f"{site}/page")
    values = read_front_matter(tiny, begin_note(tiny, "kvor").file)
    assert (values["uid"], values["title"], values["via"]["name"]) == ("kvorschlag", "A page <of> its own", "Eva Falk")
    assert values["bookmark_of"] == [
        {
            "url": f"{site}/canonical",
            "title": "A page <of> its own",
            "authors": ["Ina Jahn"],
            "publication": "The Page",
            "source": "ideen",
            "published": "2026-10-02",
            "accessed": "2026-10-14",
            "lang": "en",
            "item": "ideen:1",
        }
    ]


def test_a_suggested_work_in_the_archive_is_not_fetched(tiny: TinyEdition):
    """What a pull has archived of the work is its credit."""
    archive_entry(tiny, "https://nirgends.invalid/artikel")
    suggest(tiny, "https://nirgends.invalid/artikel")
    (bookmark,) = read_front_matter(tiny, begin_note(tiny, "kvor").file)["bookmark_of"]
    assert (bookmark["title"], bookmark["published"], bookmark["source"]) == ("Aus dem Archiv", "2026-10-01", "ideen")


@pytest.mark.parametrize("page", ["/forbidden", "/gone"])
def test_a_suggestion_whose_page_cannot_be_read_is_begun(tiny: TinyEdition, site: str, page: str):
    """The draft holds what the person said; the note says that somebody must complete it."""
    suggest(tiny, f"{site}{page}")
    begun = begin_note(tiny, "kvor")
    (bookmark,) = read_front_matter(tiny, begun.file)["bookmark_of"]
    assert (bookmark["title"], bookmark["url"], bool(begun.unread_reason)) == ("Vorschlag", f"{site}{page}", True)
    assert "Die Seite war nicht zu lesen" in (tiny.root / begun.file).read_text()


def test_credit_that_an_editor_wrote_stays(tiny: TinyEdition, site: str):
    """A suggestion whose publication is no longer its host was completed by hand, and no page is asked."""
    suggest(tiny, f"{site}/page", title="Ein Titel von Hand", publication="Die Seite")
    (bookmark,) = read_front_matter(tiny, begin_note(tiny, "kvor").file)["bookmark_of"]
    assert (bookmark["title"], bookmark["publication"]) == ("Ein Titel von Hand", "Die Seite")
