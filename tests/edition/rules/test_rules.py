from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import date as Day
from typing import Any

import msgspec
import pytest

from kuratorium.edition.curation import Person, Source, Topic
from kuratorium.edition.fields import Violation
from kuratorium.edition.formats import FORMATS, get_format
from kuratorium.edition.model import (
    Event,
    FrontMatter,
    Period,
    PostFile,
    Release,
    Speaker,
    StandalonePage,
    StandalonePageFrontMatter,
    Withdrawal,
)
from kuratorium.edition.registry import Registry
from kuratorium.edition.rules import links, tables
from kuratorium.edition.rules import post as post_rules
from kuratorium.edition.works import Work

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
REGISTRY = Registry(
    sources={"amtsblog": Source(id="amtsblog", name="Amtsblog", feed="https://amtsblog.example/feed")},
    people={person_id: Person(id=person_id, name=person_id.title()) for person_id in ("anna-berg", "eva-falk")},
    topics={"transformation": Topic(id="transformation", name="Transformation")},
    policy=None,
)
WORK = Work(url="https://amtsblog.example/", title="Das Werk", source="amtsblog")
VALID_FIELDS: dict[str, dict[str, Any]] = {
    "note": {"authors": ("anna-berg",), "bookmark_of": (WORK,)},
    "interview": {"guests": ("eva-falk",), "release": "given"},
    "talk": {"hosts": ("anna-berg",), "event": Event(start=NOW, end=NOW + timedelta(hours=1))},
    "essay": {"authors": ("anna-berg",)},
    "lookback": {"authors": ("anna-berg",), "lookback_of": "fedcba654321", "changed_since": ("Der Preis.",)},
    "digest": {"authors": ("anna-berg",), "period": Period(since=NOW.date(), until=NOW.date())},
}


def post(format: str = "note", *, slug: str = "titel", body: str = "Eigene Worte.", **front: Any) -> PostFile:
    """Return a valid post, except for the fields that are passed."""
    meta = FrontMatter(**{"uid": "abcdef123456", "title": "Titel", "date": NOW} | VALID_FIELDS[format] | front)
    return PostFile(file=f"{get_format(format).folder}/{slug}.md", format=format, meta=meta, body=body, body_line=20)


def check(document: PostFile) -> list[Violation]:
    """Check a post against all rules for single posts."""
    return [violation for rule in tables.POST_RULES for violation in rule(document, REGISTRY)]


def test_a_post_of_every_format_can_be_valid() -> None:
    """The required fields of a format satisfy the rules."""
    assert set(VALID_FIELDS) == {format.id for format in FORMATS}
    assert [check(post(format)) for format in VALID_FIELDS] == [[]] * len(VALID_FIELDS)


@pytest.mark.parametrize(
    ("format", "field"), [(format.id, field) for format in FORMATS for field in format.required_fields], ids=str
)
def test_a_post_has_the_fields_its_format_requires(format: str, field: str) -> None:
    """A required field that is empty is reported with an example; a draft may lack it."""
    empty = {"event": None, "release": None, "period": None, "lookback_of": ""}.get(field, ())
    violation = check(post(format, **{field: empty}))[0]
    assert violation.path == (field,)
    assert violation.message == f"is missing: {'an' if format[0] in 'aeiou' else 'a'} {format} needs it"
    assert f"{field}: " in violation.hint
    assert check(post(format, status="draft", **{field: empty})) == []


def test_every_id_must_be_known() -> None:
    """Ids of authors, guests, hosts, topics and sources are checked; speakers without an id are free."""
    document = post(
        authors=("nobody",),
        guests=("eva-falk", Speaker(name="Gerd Hahn"), "no-guest"),
        hosts=("no-host",),
        topics=("transformation", "no-topic"),
        bookmark_of=(WORK, Work(url="https://x.example/", title="x", source="no-source")),
    )
    assert [violation.path for violation in post_rules.check_references(document, REGISTRY)] == [
        ("authors", 0),
        ("topics", 1),
        ("guests", 2),
        ("hosts", 0),
        ("bookmark_of", 1, "source"),
    ]


@pytest.mark.parametrize(
    ("body", "is_valid"),
    [
        ("Eigenes.", True),
        ("> Zitat.\n\nEigenes.", True),
        ("", False),
        (" \n\n", False),
        ("> Zitat.", False),
        ("> Zitat,\ndas weitergeht.", False),
        ("<!-- Warum lesenswert? -->", False),
        ("## Nur ein Titel", False),
        ("[[youtube:dQw4w9WgXcQ]]", False),
    ],
    ids=["own", "both", "nothing", "blanks", "quotation", "lazy", "comment", "heading", "embed"],
)
def test_a_note_has_own_words(body: str, is_valid: bool) -> None:
    """A quotation, comment, heading or embed is not enough; the line of the body is reported."""
    violations = check(post(body=body))
    assert [violation.line for violation in violations] == ([] if is_valid else [20])
    assert check(post(body=body, status="draft")) == []


def test_other_formats_need_only_text() -> None:
    """An essay may consist of a quotation, but may not be empty."""
    assert check(post("essay", body="> Zitat.")) == []
    for empty in ("\n", "…", "<!-- Frag nach. -->", "<!-- Frag nach. -->\n\n@anna-berg: …\n\n@eva-falk (12:30): …\n"):
        assert [violation.message for violation in check(post("essay", body=empty))] == ["there is no text"]


@pytest.mark.parametrize(
    ("hours", "is_valid"), [(1, True), (0, False), (-1, False)], ids=["forward", "standing", "backward"]
)
def test_an_event_ends_after_its_start(hours: int, is_valid: bool) -> None:
    """The end must be later than the start, whatever their offsets."""
    violations = check(post("talk", event=Event(start=NOW, end=NOW + timedelta(hours=hours))))
    assert [violation.path for violation in violations] == ([] if is_valid else [("event", "end")])


def test_a_withdrawn_post_says_when_and_why() -> None:
    """`status: withdrawn` and `withdrawn` go together, and no post is withdrawn before its date."""
    withdrawal = Withdrawal(date=NOW.date(), reason="Falsch.")
    assert check(post(status="withdrawn", withdrawn=withdrawal)) == []
    (missing,) = check(post(status="withdrawn"))
    assert (missing.path, missing.message[:10]) == (("withdrawn",), "is missing")
    (alone,) = check(post(withdrawn=withdrawal))
    assert alone.hint == "Write status: withdrawn, or delete this."
    (early,) = check(post(status="withdrawn", withdrawn=Withdrawal(date=Day(2020, 1, 1), reason="Falsch.")))
    assert early.path == ("withdrawn", "date")


@pytest.mark.parametrize(
    ("release", "is_withheld"),
    [("open", True), ("given", False), (Release(state="open"), True), (Release(state="given", by="Eva Falk"), False)],
)
def test_a_release_has_a_short_and_a_long_form(release: Any, is_withheld: bool) -> None:
    """The long one says who released the interview, and when."""
    assert post("interview", release=release).meta.is_withheld is is_withheld


def test_a_date_has_a_plausible_year() -> None:
    """A mistyped year is reported; the years of archives are valid."""
    assert check(post(date=NOW.replace(year=1))) == [
        Violation(
            ("date",),
            "the year 0001 is not between 1900 and 2999",
            "Correct the year, as in 2026-09-30T09:00:00+02:00.",
        )
    ]
    (late,) = check(post("talk", event=Event(start=NOW, end=NOW.replace(year=9999))))
    assert late.path == ("event", "end")
    assert check(post(date=NOW.replace(year=1986))) == []


def test_a_speaker_takes_part() -> None:
    """Guests, hosts and authors speak, by id or by the slug of their name; others are reported with the line."""
    body = "@anna-berg: Warum?\n\n@gerd-hahn (1:20): Darum.\n\n@eva-falk: Nein.\n\n@gerd-han: Doch."
    document = post("interview", body=body, hosts=("anna-berg",), guests=(Speaker(name="Gerd Hahn"),))
    assert [(violation.line, violation.hint) for violation in check(document)] == [
        (24, "Add eva-falk to guests or hosts."),
        (26, 'Did you mean "gerd-hahn"?'),
    ]


def test_a_note_has_no_turns() -> None:
    """Only conversations have speakers: a line with @ in a note is text."""
    assert check(post(body="@niemand: So beginnt ein Tweet.")) == []


@pytest.mark.parametrize(
    ("slug", "is_valid"),
    [("gut-so", True), ("Gut", False), ("nicht so", False), ("groß", False), ("a--b", False)],
    ids=str,
)
def test_a_file_is_named_by_a_slug(slug: str, is_valid: bool) -> None:
    """A file's name becomes part of an address, so it is a slug, or front matter has one."""
    document = post(slug=slug)
    assert [violation.path for violation in check(document)] == ([] if is_valid else [("slug",)])
    named = msgspec.structs.replace(document, meta=msgspec.structs.replace(document.meta, slug="gut"))
    assert check(named) == []


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("[x]({filename}b.md)", "curation/notes/b.md"),
        ("[x]({filename}../../content/essays/b.md)", "content/essays/b.md"),
        ("[x]({filename}/essays/b.md#teil)", "content/essays/b.md"),
        ("![x]({static}/images/b.png)", "content/images/b.png"),
        ('![x](<{attach}b.png> "Titel")', "curation/notes/b.png"),
        ('<img src="{static}/images/b.png">', "content/images/b.png"),
        ("[1]: {filename}b.md", "curation/notes/b.md"),
    ],
    ids=["beside", "above", "from-content", "static", "attach", "html", "reference"],
)
def test_a_link_within_the_edition_leads_to_a_file(link: str, target: str) -> None:
    """It starts from the file's folder or, with a leading slash, from content/; a broken one is reported."""
    document = post(body=f"Eigenes.\n\n{link}")
    requested: list[str] = []
    assert [violation.line for violation in links.check_links(document, lambda file: bool(requested.append(file)))] == [
        22
    ]
    assert requested == [target]
    assert list(links.check_links(document, {target}.__contains__)) == []


@pytest.mark.parametrize(
    "text", ["https://amtsblog.example/{filename}x", "das Wort {filename}x", "[x](b.md)", "{author}x"], ids=str
)
def test_other_links_are_not_checked(text: str) -> None:
    """Only {filename}, {static} and {attach} are checked, and only where an address is expected."""
    assert list(links.check_links(post(body=text), lambda _: False)) == []


def test_a_link_must_not_leave_the_edition() -> None:
    """A link above the root is broken, even if there is a file."""
    page = StandalonePage(
        file="content/pages/x.md",
        meta=StandalonePageFrontMatter(title="x"),
        body="[x]({static}../../../x)",
        body_line=5,
    )
    assert [violation.line for violation in links.check_links(page, lambda _: True)] == [5]


def test_no_two_posts_share_a_uid_or_a_slug() -> None:
    """All but the first are reported, with the file of the first; an iterator of posts will do."""
    first, copy, namesake = post(), post("essay", slug="kopie"), post("talk", uid="fedcba654321")
    reported = [
        (file.file, violation.path, violation.message)
        for file, violation in tables.check_edition_rules(iter([first, copy, namesake]))
    ]
    assert sorted(reported) == [
        ("content/essays/kopie.md", ("uid",), 'the uid "abcdef123456" is already used by curation/notes/titel.md'),
        ("content/talks/titel.md", ("slug",), 'the slug "titel" is already used by curation/notes/titel.md'),
    ]


def test_a_translation_is_of_an_original_and_the_only_one_in_its_language() -> None:
    """For a translation of a translation, the hint names the original; two in one language are reported."""
    original = post(uid="original-0000", lang="de")
    english = post("essay", slug="english", uid="english-00000", lang="en", translation_of="original-0000")
    duplicate = post("essay", slug="again", uid="again-0000000", lang="en", translation_of="original-0000")
    german = post("essay", slug="german", uid="german-000000", lang="de", translation_of="original-0000")
    second = post("essay", slug="second", uid="second-000000", lang="fr", translation_of="english-00000")
    reported = [
        (file.slug, violation.path, violation.message, violation.hint)
        for file, violation in tables.check_edition_rules([original, english, duplicate, german, second])
    ]
    hint = "Correct lang, or keep one of the two."
    assert reported == [
        ("again", ("lang",), 'content/essays/english.md is the same post in "en"', hint),
        ("german", ("lang",), 'curation/notes/titel.md is the same post in "de"', hint),
        (
            "second",
            ("translation_of",),
            "content/essays/english.md is itself a translation",
            "Write the uid of its original: original-0000.",
        ),
    ]
    assert list(tables.check_edition_rules([original, english])) == []
