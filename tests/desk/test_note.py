import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kuratorium.desk import check, draft, inbox
from kuratorium.desk import note as desk_note
from kuratorium.edition import frontmatter, loader, yaml
from kuratorium.errors import EditionError, SourceError, UsageError
from tests.editions import OWN_WORDS, TinyEdition, work

PAGE = """\
<!doctype html><html lang="en"><head><title>Site title</title>
<meta property="og:title" content="A page &lt;of&gt; its own"><meta property="og:site_name" content="The Page">
<meta name="author" content="Ina Jahn"><meta property="article:published_time" content="2026-10-02T08:00:00Z">
<link rel="canonical" href="/canonical"></head><body><p>Text</p></body></html>
"""


def clock() -> datetime:
    """A day that is not the edition's pinned one."""
    return datetime(2030, 1, 2, 23, 30, tzinfo=UTC)


def note(tiny: TinyEdition, item: str, *by: str, as_of: datetime | None = None) -> draft.NoteDraft:
    """Begin a note as the command does."""
    return desk_note.begin_note(tiny.root, item, author_ids=by, as_of=as_of, clock=clock)


def front(tiny: TinyEdition, file: str) -> dict:
    """Read a file's front matter as plain values."""
    return yaml.load_yaml(frontmatter.split_front_matter(file, (tiny.root / file).read_text()).front_matter)


@pytest.fixture
def site() -> Iterator[str]:
    """A web server on this machine; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.partition("?")[0] in {"/page", "/plain"}
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            page = PAGE if self.path == "/page" else PAGE.replace('rel="canonical"', "")
            self.wfile.write(page.encode() if found else b"gone")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_note_carries_what_the_inbox_knows(tiny: TinyEdition):
    """Uid, topics and work come along; date, language and day of access are the edition's; teaser and reasons go."""
    tiny.candidate("das-werk", uid="kmeant77", title="Das Werk: ein Titel", lang="en", topics=["open-source"])
    begun = note(tiny, "kmea")
    assert begun.file == "curation/notes/2026/das-werk-ein-titel.md"
    assert front(tiny, begun.file) == {
        "uid": "kmeant77",
        "title": "Das Werk: ein Titel",
        "slug": "das-werk-ein-titel",
        "date": "2026-10-14T09:00:00+02:00",
        "lang": "de",
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


def test_new_note_is_an_error_until_it_says_something(tiny: TinyEdition):
    """The one thing a new note lacks is the note: `check` says so, and is content once it is written."""
    tiny.candidate("das-werk")
    begun = note(tiny, "https://amtsblog.example/das-werk")
    assert [problem.message for problem in check.run_checks(tiny.root).errors] == ["this note has no words of your own"]
    path = tiny.root / begun.file
    path.write_text(path.read_text() + f"\n{OWN_WORDS}\n")
    assert check.run_checks(tiny.root).errors == ()


def test_text_in_the_inbox_file_is_the_note(tiny: TinyEdition):
    """Who wrote below the front matter in the inbox finds those words in the note, and fields they added."""
    tiny.candidate("das-werk", uid="kmeant77", body=OWN_WORDS, tags=["Akte"], strength=2)
    begun = note(tiny, "kmeant77")
    assert (tiny.root / begun.file).read_text().endswith(f"---\n\n{OWN_WORDS}\n")
    assert front(tiny, begun.file)["tags"] == ["Akte"]
    assert front(tiny, begun.file)["strength"] == 2


def test_no_file_is_ever_overwritten(tiny: TinyEdition):
    """A title that a post has already gets a number, even where that post cannot be read."""
    tiny.candidate("eins", uid="keinsx", title="Erste Notiz")
    tiny.candidate("zwei", uid="kzweix", title="Erste Notiz!")
    tiny.post("content/essays/fremd.md", slug="erste-notiz-4")
    broken = tiny.write("curation/notes/2026/erste-notiz-2.md", "mine, and broken")
    tiny.candidate("ohne", uid="kohnex", title="…")
    assert note(tiny, "keinsx").file == "curation/notes/2026/erste-notiz-3.md"
    assert note(tiny, "kzweix").file == "curation/notes/2026/erste-notiz-5.md"
    assert note(tiny, "kohnex").file == "curation/notes/2026/note-kohnex.md"
    assert broken.read_text() == "mine, and broken"


def test_killed_between_writing_and_removing(tiny: TinyEdition):
    """A run that wrote the note and was stopped before it emptied the inbox is finished by the next one."""
    path = tiny.candidate("das-werk", uid="kmeant77")
    inbox_file = path.read_bytes()
    first = note(tiny, "kmeant77")
    path.write_bytes(inbox_file)
    written = (tiny.root / first.file).read_bytes()
    again = note(tiny, "kmeant77")
    assert (again.file, again.is_resumed) == (first.file, True)
    assert (tiny.root / first.file).read_bytes() == written
    assert not path.exists()


def test_words_in_both_are_never_thrown_away(tiny: TinyEdition):
    """Where a note exists and its inbox file holds text, both stay, and the editor is told to merge them."""
    tiny.note("geschrieben", uid="kmeant77")
    path = tiny.candidate("das-werk", uid="kmeant77", body=OWN_WORDS)
    with pytest.raises(UsageError, match=r"has been made into curation/notes/2026/geschrieben\.md"):
        note(tiny, str(path))
    assert path.exists()


def test_item_that_became_a_note_is_told(tiny: TinyEdition):
    """Who asks twice is led to the note."""
    tiny.note("geschrieben", uid="kmeant77")
    with pytest.raises(UsageError, match=r"it is a note already: curation/notes/2026/geschrieben\.md"):
        note(tiny, "kmea")


def test_work_that_was_recommended_already_is_told(tiny: TinyEdition):
    """A second note on the same work is begun, and the first is named."""
    tiny.candidate("nochmal", bookmark_of=[work("http://www.amtsblog.example/erste-notiz/#teil-2")])
    assert note(tiny, "2026-10-13-nochmal-" + "u0000000").other_posts == ("curation/notes/2026/erste-notiz.md",)


def test_broken_file_is_told_by_its_problem(tiny: TinyEdition):
    """Asked for a file that cannot be read, we say why, not that it is missing."""
    path = tiny.write("curation/inbox/kaputt.md", "---\ntitle: [\n---\n")
    with pytest.raises(EditionError, match=r"curation/inbox/kaputt\.md:3: this is no YAML"):
        note(tiny, str(path))
    assert path.exists()


def test_date_is_given_or_pinned_or_now_in_the_sites_time_zone(tiny: TinyEdition):
    """--as-of goes before the pinned date, the pinned date before the clock; the note lies in its local year."""
    given = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)
    tiny.candidate("eins", uid="keinsx")
    tiny.candidate("zwei", uid="kzweix")
    assert front(tiny, note(tiny, "keinsx", as_of=given).file)["date"] == "2028-01-01T00:30:00+01:00"
    tiny.yaml("policy", {"imprint": {"responsible": "Anna Berg"}})
    unpinned = note(tiny, "kzweix")
    assert unpinned.file.startswith("curation/notes/2030/")
    assert front(tiny, unpinned.file)["date"] == "2030-01-03T00:30:00+01:00"


def test_page_becomes_a_note(tiny: TinyEdition, site: str):
    """A page that no feed brought is fetched, and its own metadata become the work."""
    begun = note(tiny, f"{site}/page", "carl-dorn")
    values = front(tiny, begun.file)
    assert begun.file == "curation/notes/2026/a-page-of-its-own.md"
    assert values.pop("uid").startswith("n")
    assert values == {
        "title": "A page <of> its own",
        "slug": "a-page-of-its-own",
        "date": "2026-10-14T09:00:00+02:00",
        "lang": "de",
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


def test_page_that_waits_under_its_own_address(tiny: TinyEdition, site: str):
    """A page that calls its own an address that waits in the inbox is that item; so is any address known there."""
    tiny.candidate("eins", uid="keinsx", title="Wartet", bookmark_of=[work(f"{site}/canonical")])
    tiny.candidate("zwei", uid="kzweix", also_in=[{"source": "amtsblog", "url": "https://umweg.example/2"}])
    assert front(tiny, note(tiny, f"{site}/page").file)["uid"] == "keinsx"
    assert front(tiny, note(tiny, "https://umweg.example/2").file)["uid"] == "kzweix"


def test_address_of_a_page_without_what_tracks(tiny: TinyEdition, site: str):
    """A page that calls no address its own has the one that was asked for, without what tracks readers."""
    begun = note(tiny, f"{site}/plain?b=1&utm_campaign=x&a=2")
    assert front(tiny, begun.file)["bookmark_of"][0]["url"] == f"{site}/plain?b=1&a=2"


def test_work_recommended_under_the_address_that_was_asked_for(tiny: TinyEdition, site: str):
    """A note on a page under another address than the page's own is told, too."""
    tiny.note("frueher", bookmark_of=[work(f"{site}/page")])
    assert note(tiny, f"{site}/page").other_posts == ("curation/notes/2026/frueher.md",)


def test_page_that_cannot_be_read_leaves_nothing(tiny: TinyEdition, site: str):
    """A page that is not there is told with its address, and no file is made."""
    before = tiny.files()
    with pytest.raises(SourceError, match=f"{site}/gone cannot be read: "):
        note(tiny, f"{site}/gone")
    assert tiny.files() == before


def test_every_uid_is_new_and_never_a_number():
    """A uid made here differs each time, and begins with a letter, so that YAML reads it as text."""
    uids = {draft.create_uid() for _ in range(100)}
    assert len(uids) == 100
    assert all(uid[0] == "n" and len(uid) == 16 for uid in uids)


@pytest.mark.parametrize(
    ("by", "suggested", "name", "signs"),
    [
        (["eva-falk"], ["carl-dorn"], "Anna Berg", ("eva-falk",)),
        (["eva-falk", "anna-berg"], [], "", ("eva-falk", "anna-berg")),
        ([], ["carl-dorn"], "Anna Berg", ("carl-dorn",)),
        ([], [], "Eva Falk", ("eva-falk",)),
        ([], [], "Nobody Known", ("anna-berg",)),
    ],
)
def test_who_signs(tiny: TinyEdition, by, suggested, name, signs):
    """Who is named signs; else who is suggested; else the person git knows; else the first member."""
    people = loader.load_valid_edition(tiny.root).registry.people
    assert draft.choose_authors(people, by, suggested, name) == signs


def test_unknown_signer_gets_the_nearest(tiny: TinyEdition):
    """A signer who is nobody in people.yaml is refused before anything is written."""
    path = tiny.candidate("das-werk", uid="kmeant77")
    with pytest.raises(UsageError, match=r"«ana-berg» is nobody in curation/people\.yaml\. Did you mean «anna-berg»\?"):
        note(tiny, "kmeant77", "ana-berg")
    assert path.exists()


def test_nobody_can_sign_without_people():
    """An edition without people is asked to add some."""
    with pytest.raises(UsageError, match="add yourself"):
        draft.choose_authors({}, [], [], "")


def test_git_tells_who_is_at_the_machine(tiny: TinyEdition):
    """The name that git signs commits with is asked for in the edition's own repository."""
    subprocess.run(["git", "init", "--quiet"], cwd=tiny.root, check=True)
    subprocess.run(["git", "config", "user.name", "Eva Falk"], cwd=tiny.root, check=True)
    tiny.candidate("das-werk", uid="kmeant77", authors=None)
    assert front(tiny, note(tiny, "kmeant77").file)["authors"] == ["eva-falk"]


def test_candidates_are_gone_after_their_note(tiny: TinyEdition):
    """A note that was begun is no candidate any more, and no other one is touched."""
    tiny.candidate("eins", uid="keinsx")
    tiny.candidate("zwei", uid="kzweix")
    note(tiny, "keinsx")
    assert [one.meta.uid for one in inbox.read_inbox(tiny.root)[0]] == ["kzweix"]
