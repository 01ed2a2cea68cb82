"""Bad input: every mistake is reported with file, line, field, what is wrong and what would be right."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from kuratorium.edition import loader, paths
from kuratorium.errors import EditionError, Problem
from tests.editions import NOW, PEOPLE, POLICY, SOURCES, TOPICS, TinyEdition, draw_picture, read_valid_edition

DATA = Path(__file__).parents[1] / "data"
NOTES, INTERVIEWS, TALKS, ESSAYS = "curation/notes/2026", "content/interviews", "content/talks", "content/essays"
IMPRINT = "content/pages/impressum.md"
LOOKBACKS, DIGESTS = "content/lookbacks", "content/digests"


class Case(NamedTuple):
    """A file of data/posts/, the folder it is put into, and the one problem it has there."""

    name: str
    line: int
    field: str
    message: str
    hint: str
    folder: str = NOTES

    @property
    def file(self) -> str:
        """Path of the file in the edition."""
        return f"{self.folder}/{self.name}.md"

    @property
    def problem(self) -> Problem:
        """The problem that is expected."""
        return Problem(self.file, self.line, self.field, self.message, self.hint)

    def put_into(self, tiny: TinyEdition) -> None:
        """Copy the file into the edition."""
        tiny.write(self.file, (DATA / "posts" / f"{self.name}.md").read_bytes())


LINK_HINT = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
FILE_HINT = "Put it there, or correct the name: it is one below content/, such as media/…."
DATE_FORM = "year, month, day and time as in 2026-09-30T09:00:00+02:00"
DATE_MESSAGE = "expected a date with time and offset, found "
NOT_PARTICIPATING = " is neither guest, host nor author of this conversation"

CASES = (
    # The file as a whole.
    Case("not-utf-8", 11, "", "the file is not UTF-8 (byte 0xfc)", "Save it with the encoding UTF-8."),
    Case(
        "no-front-matter",
        1,
        "",
        "there is no front matter",
        "Begin the file with a line ---, the keys, and a line ---.",
    ),
    Case("unclosed-front-matter", 1, "", "the front matter is not closed", "Put a line with --- below its last key."),
    Case(
        "no-yaml",
        7,
        "",
        'this is not YAML: the value contains ": ", which begins another value',
        'Put it in quotes: title: "Umstellung: die Zahlen"',
    ),
    Case(
        "tab-for-spaces",
        8,
        "",
        "this is not YAML: a tab at the beginning of the line",
        "Indent with blanks: YAML allows no tabs there.",
    ),
    Case("key-twice", 9, "", 'this is not YAML: the key "tags" occurs twice', "Keep one of them."),
    # Keys and values.
    Case("unknown-key", 7, "autors", 'unknown key "autors"', 'Did you mean "authors"?'),
    Case(
        "url-at-top-level",
        8,
        "url",
        'unknown key "url"',
        "The page's address comes from its slug; the recommended work's address belongs under bookmark_of.",
    ),
    Case("title-missing", 2, "title", "is missing", 'Add a line "title: …".'),
    Case(
        "work-without-address",
        10,
        "bookmark_of[1].url",
        "is missing",
        'Add a line "url: …"; a work in print has publication, and issue or page.',
    ),
    Case("wrong-type", 8, "tags", 'expected a list, found "Beschaffung"', "Write it as a list: [Beschaffung]."),
    Case("date-without-day", 7, "date", f'{DATE_MESSAGE}"2026-04"', f"Write {DATE_FORM}."),
    Case("date-without-offset", 7, "date", f'{DATE_MESSAGE}"2026-10-02T08:00:00"', "Write 2026-10-02T08:00:00+02:00."),
    Case(
        "work-from-nowhere",
        8,
        "bookmark_of[0].url",
        'expected an http or https address, found "amtsblog.example/1"',
        "Write https://amtsblog.example/1",
    ),
    # References within the edition.
    Case(
        "unknown-topic",
        7,
        "topics[1]",
        'unknown topic "transformatoin"',
        'Did you mean "transformation"? New ones are added in curation/topics.yaml.',
    ),
    Case(
        "unknown-person",
        7,
        "authors[0]",
        'unknown person "anna-burg"',
        'Did you mean "anna-berg"? New ones are added in curation/people.yaml.',
    ),
    Case(
        "unknown-source",
        10,
        "bookmark_of[0].source",
        'unknown source "amtsblock"',
        'Did you mean "amtsblog"? New ones are added in curation/sources.yaml.',
    ),
    Case(
        "uid-of-another-post",
        2,
        "uid",
        'the uid "u000000000000001" is already used by curation/notes/2026/erste-notiz.md',
        "A uid belongs to one post: write a new one.",
    ),
    Case(
        "slug-of-another-post",
        8,
        "slug",
        'the slug "erste-notiz" is already used by curation/notes/2026/erste-notiz.md',
        "Choose another.",
    ),
    Case(
        "format-of-another-folder",
        8,
        "format",
        'this is "essay", but the file is in curation/notes/',
        "Move the file, or delete this line: the folder gives the format.",
    ),
    Case("broken-filename-link", 11, "", "{filename}erste-notitz.md leads nowhere", LINK_HINT),
    Case("link-out-of-the-edition", 10, "", "{static}/../../../etc/passwd leads nowhere", LINK_HINT),
    # What its format requires of a post.
    Case(
        "no-own-words",
        9,
        "",
        "this note has no words of your own",
        "Say below the front matter why it is worth reading; until then set status: draft.",
    ),
    Case("no-text", 8, "", "there is no text", "Write below the front matter; until then set status: draft.", ESSAYS),
    Case(
        "Kein guter Name",
        2,
        "slug",
        'the file\'s name "Kein guter Name" is not a slug',
        'Rename the file, or add a line "slug: kein-guter-name".',
        ESSAYS,
    ),
    Case(
        "no-work",
        2,
        "bookmark_of",
        "is missing: a note needs it",
        "Add bookmark_of: [{url: https://…, title: …}].",
    ),
    Case(
        "not-released",
        2,
        "release",
        "is missing: an interview needs it",
        "Add release: given, once the partner has released the text (until then release: open).",
        INTERVIEWS,
    ),
    Case("unknown-speaker", 14, "", f'"@eva-falke"{NOT_PARTICIPATING}', 'Did you mean "eva-falk"?', INTERVIEWS),
    Case(
        "time-runs-backwards",
        16,
        "",
        "the time code runs backwards: 00:50 comes after 01:20",
        "Correct one of the two, or put the turns in order.",
        INTERVIEWS,
    ),
    Case(
        "time-without-hours",
        14,
        "",
        '"75:10" is not a time code',
        "Write mm:ss, from one hour on h:mm:ss, as in 12:30 or 1:02:30.",
        INTERVIEWS,
    ),
    Case(
        "turn-without-text",
        14,
        "",
        "this turn of @eva-falk has no text",
        "Write it after the colon, or delete the line.",
        INTERVIEWS,
    ),
    Case(
        "mark-that-is-none",
        14,
        "",
        '"@Eva-Falk (00.05):" does not mark a turn',
        'Write "@eva-falk (00:05): " at the start of the line, then what is said.',
        INTERVIEWS,
    ),
    Case(
        "pull-without-end",
        14,
        "",
        "a pull quote begins with == and does not end",
        "Put == before and after the words that shall stand out, within one paragraph.",
        INTERVIEWS,
    ),
    Case(
        "speaker-not-named", 14, "", f'"@carl-dorn"{NOT_PARTICIPATING}', "Add carl-dorn to guests or hosts.", INTERVIEWS
    ),
    Case(
        "event-ends-before-it-begins",
        10,
        "event.end",
        "the event ends before it begins",
        "Correct start or end.",
        TALKS,
    ),
    Case(
        "event-without-end",
        9,
        "event.end",
        "is missing: calendars show how long the event takes",
        "Add end: 2026-11-05T18:00:00+01:00.",
        TALKS,
    ),
    # Recordings, pictures and embeds.
    Case(
        "chapters-overlap",
        14,
        "media.chapters[2].start",
        "this chapter overlaps the one above it: both begin at 2:30",
        "Give each chapter its own start.",
        TALKS,
    ),
    Case(
        "chapter-runs-backwards",
        13,
        "media.chapters[1].start",
        "the chapter begins at 01:00, before the one above it",
        "Put chapters in the order of time.",
        TALKS,
    ),
    Case(
        "chapter-beyond-the-end",
        14,
        "media.chapters[1].start",
        "the chapter begins at 12:30, and the recording ends at 12:00",
        "Correct the chapter's start or the recording's duration.",
        TALKS,
    ),
    Case(
        "turn-beyond-the-end",
        15,
        "",
        "this turn begins at 12:10, and the recording ends at 12:00",
        "Correct the time code or the recording's duration.",
        TALKS,
    ),
    Case("audio-missing", 11, "media.audio.file", "there is no file content/media/fehlt.mp3", FILE_HINT, TALKS),
    Case("transcript-missing", 11, "media.transcript", "there is no file content/media/fehlt.vtt", FILE_HINT, TALKS),
    Case("image-missing", 11, "image.file", "there is no file content/images/fehlt.png", FILE_HINT, TALKS),
    Case(
        "audio-in-two-places",
        11,
        "media.audio",
        "names both a file and an address",
        "Write file: media/….opus, or url: https://…",
        TALKS,
    ),
    Case(
        "video-of-nobody",
        11,
        "media.video",
        "names neither a file nor a provider",
        "Write file: media/….webm, or provider: youtube and id: …",
        TALKS,
    ),
    Case(
        "video-of-unknown-provider",
        11,
        "media.video",
        'unknown provider "youtub"',
        'Did you mean "youtube"?',
        TALKS,
    ),
    Case("image-without-alt", 11, "image.alt", "is missing", 'Add a line "alt: …".', TALKS),
    Case("image-without-credit", 11, "image.credit", "is missing", 'Add a line "credit: …".', TALKS),
    Case(
        "picture-without-alt",
        13,
        "",
        "this picture has no alt text",
        "Say in the square brackets what it shows: ![Two people at a table](…).",
        TALKS,
    ),
    Case("embed-of-unknown-provider", 13, "", 'unknown provider "youtub"', 'Did you mean "youtube"?', TALKS),
    Case(
        "embed-of-nothing",
        13,
        "",
        '"https://youtu.be/x" is not an id of YouTube',
        "Write it as [[youtube:dQw4w9WgXcQ]].",
        TALKS,
    ),
    Case("embed-with-unknown-detail", 13, "", 'an embed has no "titel"', 'Did you mean "title"?', TALKS),
    Case(
        "embed-without-its-still",
        13,
        "",
        'there is no file "images/fehlt.jpg" below content/',
        "Put it there, or correct poster=…: it names a file below content/, such as images/….",
        TALKS,
    ),
    # Look-backs and digests.
    Case(
        "lookback-of-nobody",
        7,
        "lookback_of",
        'no post has the uid "u000000000000002"',
        'Did you mean "u000000000000001"?',
        LOOKBACKS,
    ),
    Case(
        "lookback-of-a-younger-post",
        7,
        "lookback_of",
        '"Titel von erste-notiz" is not older than this post',
        "Name the uid of an earlier post.",
        LOOKBACKS,
    ),
    Case(
        "lookback-without-change",
        2,
        "changed_since",
        "is missing: a lookback needs it",
        'Add changed_since: ["What is different by now."].',
        LOOKBACKS,
    ),
    Case(
        "period-ends-before-it-begins",
        7,
        "period.to",
        "the period ends before it begins",
        "Correct from or to.",
        DIGESTS,
    ),
    Case("period-without-end", 7, "period.to", "is missing", 'Add a line "to: …".', DIGESTS),
    # Corrections and translations.
    Case(
        "corrected-before-it-was-published",
        9,
        "corrections[1].date",
        "2026-09-04 is before the post's own date",
        "Write the day on which it was corrected.",
    ),
    Case(
        "translation-of-nobody",
        7,
        "translation_of",
        'unknown uid "u000000000000009"',
        'Did you mean "u000000000000001"? It is the uid in the front matter of the original post.',
    ),
    Case(
        "translation-without-language",
        2,
        "lang",
        "is missing: a translation needs its language",
        'Add a line such as "lang: en".',
    ),
    Case(
        "translation-of-itself",
        7,
        "translation_of",
        "is the uid of this post",
        "Write the uid of the original post.",
    ),
)


def test_a_valid_edition_has_no_problem(tiny: TinyEdition) -> None:
    """Files that follow the contract are all read, and nothing is reported."""
    tiny.interview("gespraech")
    tiny.talk("runde")
    tiny.essay("gedanke")
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    assert [file.file for file in edition.post_files] == [
        "curation/notes/2026/erste-notiz.md",
        "content/interviews/gespraech.md",
        "content/talks/runde.md",
        "content/essays/gedanke.md",
    ]
    assert [(page.file, page.slug) for page in edition.standalone_pages] == [
        ("content/pages/impressum.md", "impressum")
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_reported_with_its_place_and_a_hint(tiny: TinyEdition, case: Case) -> None:
    """One mistake gives one problem: file, line, field, what is wrong, what would be right."""
    case.put_into(tiny)
    _, problems = loader.read_edition(tiny.root)
    assert problems == [case.problem]


def test_every_data_file_has_its_case() -> None:
    """Every file in data/posts/ is used by a test."""
    assert {path.stem for path in (DATA / "posts").iterdir()} == {case.name for case in CASES} | {"empty-front-matter"}


def test_all_problems_come_together(tiny: TinyEdition) -> None:
    """One run reports every mistake of every file, sorted by file and line, with exit code 2."""
    for case in CASES:
        case.put_into(tiny)
    with pytest.raises(EditionError) as caught:
        read_valid_edition(tiny.root)
    assert caught.value.problems == tuple(sorted(case.problem for case in CASES))
    assert caught.value.exit_code == 2
    assert all(str(case.problem) in str(caught.value) for case in CASES)


def test_a_problem_is_shown_as_place_field_message_and_hint() -> None:
    """It begins with file:line, which editors and terminals recognise; the hint is on the next line."""
    case = next(case for case in CASES if case.name == "unknown-topic")
    assert str(case.problem) == (
        'curation/notes/2026/unknown-topic.md:7: topics[1]: unknown topic "transformatoin"\n'
        '    Did you mean "transformation"? New ones are added in curation/topics.yaml.'
    )


def test_all_missing_fields_are_reported_together(tiny: TinyEdition) -> None:
    """A file with nothing between its --- lines lacks every required field."""
    tiny.write(f"{NOTES}/leer.md", (DATA / "posts" / "empty-front-matter.md").read_bytes())
    _, problems = loader.read_edition(tiny.root)
    assert [(problem.line, problem.field, problem.message) for problem in problems] == [
        (2, "uid", "is missing"),
        (2, "title", "is missing"),
        (2, "date", "is missing"),
    ]


def test_a_broken_registry_does_not_make_every_name_unknown(tiny: TinyEdition) -> None:
    """If people.yaml is invalid, its own mistake is reported, but not its ids in every post; other mistakes are."""
    tiny.write("curation/people.yaml", "- id: anna-berg\n  nam: Anna Berg\n")
    next(case for case in CASES if case.name == "title-missing").put_into(tiny)
    _, problems = loader.read_edition(tiny.root)
    assert [(problem.file, problem.line, problem.field) for problem in problems] == [
        ("curation/people.yaml", 2, "[0].nam"),
        ("curation/people.yaml", 1, "[0].name"),
        ("curation/notes/2026/title-missing.md", 2, "title"),
    ]


def test_an_id_that_no_longer_exists_is_reported_everywhere(tiny: TinyEdition) -> None:
    """The old id of a renamed topic is reported in sources and in posts, in one run."""
    tiny.yaml("topics", [{**topic, "id": topic["id"].replace("transformation", "wandel")} for topic in TOPICS])
    _, problems = loader.read_edition(tiny.root)
    assert sorted({(problem.file, problem.message) for problem in problems}) == [
        ("curation/notes/2026/erste-notiz.md", 'unknown topic "transformation"'),
        ("curation/sources.yaml", 'unknown topic "transformation"'),
    ]


def test_a_draft_may_be_unfinished(tiny: TinyEdition) -> None:
    """A draft needs no text, works or release; an unknown id in it is still a mistake."""
    tiny.note("halb", body="", bookmark_of=None, authors=["niemand"], status="draft")
    tiny.interview("offen", body="", release=None, status="draft")
    _, problems = loader.read_edition(tiny.root)
    assert [(problem.field, problem.message) for problem in problems] == [("authors[0]", 'unknown person "niemand"')]


def test_a_link_to_another_file_is_valid(tiny: TinyEdition) -> None:
    """{filename} and {static} start from the file's folder or from content/, in the text and in link definitions."""
    tiny.write("content/images/bild.png", draw_picture(2, 1))
    body = (
        "Siehe [dort]({filename}erste-notiz.md), [hier]({filename}/pages/impressum.md#kontakt) "
        "und [da][1]; ![Bild]({static}/images/bild.png)\n\n[1]: {filename}../2026/erste-notiz.md"
    )
    tiny.note("zweite-notiz", body=body)
    assert loader.read_edition(tiny.root)[1] == []


def test_a_broken_link_of_a_page_or_a_reference_is_found(tiny: TinyEdition) -> None:
    """Links are checked in pages as in posts, and in link definitions."""
    tiny.page("kontakt", body="Siehe [da][1].\n\n[1]: {filename}nirgends.md")
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.file, problem.line) == ("content/pages/kontakt.md", 7)
    assert problem.message == "{filename}nirgends.md leads nowhere"


def test_windows_files_are_read_as_others(tiny: TinyEdition) -> None:
    """A byte order mark and CRLF change neither the text nor the reported lines."""
    text = (DATA / "posts" / "broken-filename-link.md").read_bytes()
    tiny.write(f"{NOTES}/windows.md", b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.line, problem.message) == (11, "{filename}erste-notitz.md leads nowhere")


def test_a_file_that_is_not_markdown_is_reported(tiny: TinyEdition) -> None:
    """A stray file among the posts is a mistake; hidden files and editors' leftovers are ignored."""
    for name in ("bild.png", ".DS_Store", "erste-notiz.md~", "#erste-notiz.md#", ".tmp/notiz.md"):
        tiny.write(f"{NOTES}/{name}", "")
    hint = "Posts and pages are files that end in .md; pictures belong in content/images/."
    assert loader.read_edition(tiny.root)[1] == [Problem(f"{NOTES}/bild.png", 0, "", "this file is not a post", hint)]


def test_an_unreadable_file_is_reported(tiny: TinyEdition) -> None:
    """A broken link on disk is a problem, not a traceback."""
    (tiny.root / NOTES / "weg.md").symlink_to("nirgends.md")
    (problem,) = loader.read_edition(tiny.root)[1]
    assert problem == Problem(
        f"{NOTES}/weg.md", 0, "", "cannot be read: No such file or directory", "Make the file readable, or remove it."
    )


def test_an_unreadable_folder_is_reported(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise its posts would silently disappear from the site."""
    scan = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path) == tiny.root / NOTES:  # tests may run as root, which permissions do not stop
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    hint = "Make the folder readable, or the posts in it would disappear from the site."
    assert loader.read_edition(tiny.root)[1] == [
        Problem(NOTES, 0, "", "this folder cannot be read: Permission denied", hint)
    ]


def test_a_linked_folder_of_the_edition_is_read_as_pelican_reads_it(tiny: TinyEdition) -> None:
    """A folder of posts may be a link to another one below curation/ or content/."""
    path = tiny.note("anderswo")
    (tiny.root / "curation/archiv").mkdir()
    path.rename(tiny.root / "curation/archiv" / path.name)
    (tiny.root / NOTES / "mehr").symlink_to(tiny.root / "curation/archiv")
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    assert f"{NOTES}/mehr/anderswo.md" in [file.file for file in edition.post_files]


def test_a_link_to_another_place_on_the_disk_is_not_read(tiny: TinyEdition, tmp_path: Path) -> None:
    """What the edition does not hold is not published: nobody who reads its git would know of it."""
    path = tiny.note("anderswo")
    (tmp_path / "elsewhere").mkdir()
    path.rename(tmp_path / "elsewhere" / path.name)
    (tiny.root / NOTES / "mehr").symlink_to(tmp_path / "elsewhere")
    _, problems = loader.read_edition(tiny.root)
    assert [(problem.file, problem.message) for problem in problems] == [
        (f"{NOTES}/mehr", "this link leads out of curation/")
    ]


def test_the_root_is_found_from_within(tiny: TinyEdition, tmp_path: Path) -> None:
    """Commands work in any folder of an edition; elsewhere they say that there is none."""
    assert paths.find_root(tiny.root / NOTES) == tiny.root
    with pytest.raises(EditionError, match="this is no edition of Kuratorium"):
        paths.find_root(tmp_path)


def test_the_date_is_requested_or_pinned_or_now(tiny: TinyEdition) -> None:
    """--as-of takes precedence over policy.yaml, and that over the clock."""
    clock, requested = datetime(2031, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    pinned = read_valid_edition(tiny.root)
    assert pinned.resolve_as_of(None, clock) == datetime.fromisoformat(NOW)
    assert pinned.resolve_as_of(requested, clock) == requested
    tiny.yaml("policy", {"imprint": {"responsible": "Anna Berg"}})
    assert read_valid_edition(tiny.root).resolve_as_of(None, clock) == clock


def test_pages_have_valid_and_different_slugs(tiny: TinyEdition) -> None:
    """A page whose slug is invalid, or that of another page, is reported like a post."""
    tiny.write("content/pages/kontakt.md", "---\ntitle: Kontakt\nslug: impressum\n---\n\nText.\n")
    tiny.page("Über Uns")
    assert sorted(loader.read_edition(tiny.root)[1], reverse=True) == [
        Problem(
            "content/pages/Über Uns.md",
            2,
            "slug",
            'the file\'s name "Über Uns" is not a slug',
            'Rename the file, or add a line "slug: ueber-uns".',
        ),
        Problem(
            "content/pages/kontakt.md",
            3,
            "slug",
            'the slug "impressum" is already used by content/pages/impressum.md',
            "Choose another.",
        ),
    ]


def test_a_position_in_a_series_is_unique(tiny: TinyEdition) -> None:
    """Two posts with the same position have no order; drafts and other series do not count."""
    for slug, series, more in (
        ("a", "abende", {}), ("b", "abende", {}), ("c", "morgen", {}), ("d", "abende", {"status": "draft"})
    ):  # fmt: skip
        tiny.interview(slug, series={"id": series, "position": 2}, **more)
    _, problems = loader.read_edition(tiny.root)
    message = 'position 2 of "abende" is already used by content/interviews/a.md'
    hint = "Give one of them another position."
    assert [(problem.file, problem.field, problem.message, problem.hint) for problem in problems] == [
        ("content/interviews/b.md", "series.position", message, hint)
    ]


def test_a_series_without_a_record_is_named_by_its_id(tiny: TinyEdition) -> None:
    """Without series.yaml any id is valid; with it, an unknown id is a mistake."""
    tiny.interview("a", series={"id": "abente", "position": 1})
    assert loader.read_edition(tiny.root)[1] == []
    tiny.yaml("series", [{"id": "abende", "name": "Abende"}])
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.file, problem.field, problem.message) == (
        "content/interviews/a.md",
        "series.id",
        'unknown series "abente"',
    )
    assert problem.hint == 'Did you mean "abende"? New ones are added in curation/series.yaml.'


def test_only_a_post_can_be_pinned(tiny: TinyEdition) -> None:
    """A pinned uid that no post has is reported with its line; a draft may be pinned in advance."""
    tiny.note("entwurf", uid="u00000000000draft", status="draft")
    tiny.yaml("topics", [TOPICS[0] | {"pinned": ["u000000000000001", "u00000000000draft"]}, TOPICS[1]])
    assert loader.read_edition(tiny.root)[1] == []
    tiny.yaml("topics", [TOPICS[0], TOPICS[1] | {"pinned": ["u000000000000001", "u000000000000007"]}])
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.file, problem.field) == ("curation/topics.yaml", "[1].pinned[1]")
    assert problem.message == 'no post has the uid "u000000000000007"'
    assert problem.hint == 'Did you mean "u000000000000001"?'


def test_the_policy_names_only_published_pages(tiny: TinyEdition) -> None:
    """A page on principles that does not exist, or is a draft, is reported with its line; an anchor may follow it."""
    tiny.page("regeln")
    tiny.page("geld", status="draft")
    principles = {"publishing": "regeln", "corrections": "regeln#fehler"}
    tiny.yaml("policy", POLICY | {"principles": principles})
    assert loader.read_edition(tiny.root)[1] == []
    tiny.yaml("policy", POLICY | {"principles": principles | {"corrections": "regel#fehler", "funding": "geld"}})
    unknown, draft = loader.read_edition(tiny.root)[1]
    assert (unknown.file, unknown.field) == ("curation/policy.yaml", "principles.corrections")
    assert unknown.message == 'no published page has the slug "regel"'
    assert unknown.hint == 'Did you mean "regeln"?'
    assert (draft.field, draft.message) == ("principles.funding", 'no published page has the slug "geld"')


def test_a_picture_whose_name_has_decomposed_letters_is_told_from_a_missing_one(tiny: TinyEdition) -> None:
    """Both names look the same to an editor, so the hint says what differs."""
    tiny.write("content/images/" + unicodedata.normalize("NFD", "brücke.png"), b"")
    image = {"file": "images/brücke.png", "alt": "Eine Brücke", "credit": "Ina Jahn"}
    tiny.essay("bild", image=image)
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.message, problem.field) == ("there is no file content/images/brücke.png", "image.file")
    assert 'letters such as "ü" are written another way' in problem.hint


def test_a_name_where_an_id_belongs_proposes_the_id(tiny: TinyEdition) -> None:
    """A full name is looked up in the registry: it need not resemble the id; a near miss is recognised, too."""
    tiny.yaml("people", [*PEOPLE, {"id": "vogt", "name": "Dr. Marlene Vogt-Kühn"}])
    tiny.essay("a", authors=["Anna Berg"], topics=["Open Source"])
    tiny.essay("b", authors=["dr. marlene vogt-kühn"])
    tiny.essay("c", guests=["Karl Dorn"])
    tiny.essay("d", topics=["Führung"])
    tiny.yaml("sources", [SOURCES[0] | {"people": ["Eva Falk"]}])
    _, problems = loader.read_edition(tiny.root)
    hints = {(problem.file.rsplit("/", 1)[-1], problem.field): problem.hint for problem in problems}
    assert hints == {
        ("a.md", "authors[0]"): 'Did you mean "anna-berg"? New ones are added in curation/people.yaml.',
        ("a.md", "topics[0]"): 'Did you mean "open-source"? New ones are added in curation/topics.yaml.',
        ("b.md", "authors[0]"): 'Did you mean "vogt"? New ones are added in curation/people.yaml.',
        ("c.md", "guests[0]"): 'Did you mean "carl-dorn"? New ones are added in curation/people.yaml.',
        ("d.md", "topics[0]"): "Known here: open-source, transformation. New ones are added in curation/topics.yaml.",
        ("sources.yaml", "[0].people[0]"): 'Did you mean "eva-falk"? New ones are added in curation/people.yaml.',
    }


@pytest.mark.parametrize(
    ("authors", "proposal"),
    [
        ("anna-berg, eva-falk", "[anna-berg, eva-falk]"),
        ("Anna Berg und Eva Falk", "[anna-berg, eva-falk]"),
        ("Falk, Eva", "[eva-falk]"),
        ("Eva Falk", "[eva-falk]"),
    ],
)
def test_names_in_the_place_of_a_list_become_its_ids(tiny: TinyEdition, authors: str, proposal: str) -> None:
    """The hint proposes ids that exist, one for each name."""
    tiny.essay("gedanke", authors=authors)
    _, problems = loader.read_edition(tiny.root)
    assert [problem.hint for problem in problems] == [f"Write it as a list: {proposal}."]


@pytest.mark.parametrize(
    ("front", "field", "name"),
    [
        ({"topics": ["open-source", "open-source"]}, "topics[1]", "open-source"),
        ({"authors": ["anna-berg", "eva-falk", "anna-berg"]}, "authors[2]", "anna-berg"),
        ({"tags": ["Amt", "Netz", "amt"]}, "tags[2]", "amt"),
        ({"tags": ["日本", "韓国", "日本"]}, "tags[2]", "日本"),
        ({"guests": [{"name": "Ida Moll"}, {"name": "Ida Moll"}]}, "guests[1]", "Ida Moll"),
    ],
    ids=["topics", "authors", "tags", "letters", "guests"],
)
def test_nothing_is_listed_twice(tiny: TinyEdition, front: dict[str, object], field: str, name: str) -> None:
    """A doubled id, tag or guest is an error with file and line; pages would show it twice."""
    tiny.essay("doppelt", **front)
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.field, problem.message) == (field, f'"{name}" occurs twice')
    assert problem.line > 1
    assert problem.file.endswith("doppelt.md")


def test_an_id_is_no_name_of_a_guest(tiny: TinyEdition) -> None:
    """An id in the place of a name would be shown as it is."""
    tiny.essay("gast", guests=[{"name": "eva-falk"}])
    (problem,) = loader.read_edition(tiny.root)[1]
    assert (problem.field, problem.hint) == ("guests[0].name", "Write guests: [eva-falk], or the name.")


def test_a_text_is_read_once_for_all_its_violations(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many mistakes of one kind a text has, it is read again once: the time does not grow with the square."""
    path = tiny.note("viele-bilder", body="![](https://amtsblog.example/bild.png)\n\n" * 40)
    reads: list[Path] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: reads.append(file) or read_bytes(file))
    _, problems = loader.read_edition(tiny.root)
    assert len([problem for problem in problems if "no alt text" in problem.message]) == 40
    assert reads.count(path) == 1


def test_a_text_is_not_accepted_as_a_picture(tiny: TinyEdition) -> None:
    """A picture that is a text would be missing in the site: the field that names it is reported."""
    image = {"file": "pages/impressum.md", "alt": "Haus", "credit": "Eva Falk"}
    tiny.write("content/media/worte.txt", "Worte")
    tiny.note("mit-bild", image=image)
    tiny.note("mit-worten", image=image | {"file": "media/worte.txt"})
    tiny.yaml("people", [PEOPLE[0] | {"image": image}, *PEOPLE[1:]])
    _, problems = loader.read_edition(tiny.root)
    assert {(problem.file, problem.field, problem.message) for problem in problems} == {
        ("curation/notes/2026/mit-bild.md", "image.file", f"{IMPRINT} is no picture"),
        ("curation/notes/2026/mit-worten.md", "image.file", "content/media/worte.txt is no picture"),
        ("curation/people.yaml", "[0].image.file", f"{IMPRINT} is no picture"),
    }
