from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from kuratorium.edition.curation import Person, Source, Topic
from kuratorium.edition.formats import FORMATS, get_format
from kuratorium.edition.model import (
    Event,
    FrontMatter,
    Period,
    PostFile,
    Speaker,
    StandalonePage,
    StandalonePageFrontMatter,
    Work,
)
from kuratorium.edition.registry import Registry
from kuratorium.edition.rules import media, tables
from kuratorium.edition.rules import post as post_rules
from kuratorium.edition.validation import Violation

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
KNOWN = Registry(
    sources={"amtsblog": Source(id="amtsblog", name="Amtsblog", feed="https://amtsblog.example/feed")},
    people={one: Person(id=one, name=one.title()) for one in ("anna-berg", "eva-falk")},
    topics={"transformation": Topic(id="transformation", name="Transformation")},
    policy=None,
)
WORK = Work(url="https://amtsblog.example/", title="Das Werk", source="amtsblog")
SOUND: dict[str, dict[str, Any]] = {
    "note": {"authors": ("anna-berg",), "bookmark_of": (WORK,)},
    "interview": {"guests": ("eva-falk",), "release": "given"},
    "talk": {"hosts": ("anna-berg",), "event": Event(start=NOW, end=NOW + timedelta(hours=1))},
    "essay": {"authors": ("anna-berg",)},
    "lookback": {"authors": ("anna-berg",), "lookback_of": "fedcba654321", "changed_since": ("Der Preis.",)},
    "digest": {"authors": ("anna-berg",), "period": Period(since=NOW.date(), until=NOW.date())},
}


def post(format: str = "note", *, slug: str = "titel", body: str = "Eigene Worte.", **front: Any) -> PostFile:
    """Make a sound post but for what is given."""
    meta = FrontMatter(**{"uid": "abcdef123456", "title": "Titel", "date": NOW} | SOUND[format] | front)
    return PostFile(file=f"{get_format(format).folder}/{slug}.md", format=format, meta=meta, body=body, body_line=20)


def found(document: PostFile) -> list[Violation]:
    """Hold a post against all rules."""
    return [misfit for rule in tables.POST_RULES for misfit in rule(document, KNOWN)]


def test_a_post_of_every_format_can_be_sound() -> None:
    """What the formats need is enough for the rules."""
    assert set(SOUND) == {format.id for format in FORMATS}
    assert [found(post(format)) for format in SOUND] == [[]] * len(SOUND)


@pytest.mark.parametrize(
    ("format", "field"), [(format.id, field) for format in FORMATS for field in format.required_fields], ids=str
)
def test_a_post_lacks_nothing_its_format_needs(format: str, field: str) -> None:
    """Each field of `needs` is missed when it is empty, with an example of it; a draft may lack it."""
    empty = {"event": None, "release": None, "period": None, "lookback_of": ""}.get(field, ())
    misfit = found(post(format, **{field: empty}))[0]
    assert misfit.path == (field,)
    assert misfit.message == f"is missing: {'an' if format[0] in 'aeiou' else 'a'} {format} cannot do without it"
    assert f"{field}: " in misfit.hint
    assert found(post(format, status="draft", **{field: empty})) == []


def test_every_id_is_known() -> None:
    """Authors, guests, hosts, topics and the works' sources; names without an id are free."""
    document = post(
        authors=("nobody",),
        guests=("eva-falk", Speaker(name="Gerd Hahn"), "no-guest"),
        hosts=("no-host",),
        topics=("transformation", "no-topic"),
        bookmark_of=(WORK, Work(url="https://x.example/", title="x", source="no-source")),
    )
    assert [misfit.path for misfit in post_rules.check_references(document, KNOWN)] == [
        ("authors", 0),
        ("topics", 1),
        ("guests", 2),
        ("hosts", 0),
        ("bookmark_of", 1, "source"),
    ]


@pytest.mark.parametrize(
    ("body", "sound"),
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
def test_a_note_has_own_words(body: str, sound: bool) -> None:
    """Beside quotation, comment, heading and embed stands a word of the curator's; else the body's line is told."""
    misfits = found(post(body=body))
    assert [misfit.line for misfit in misfits] == ([] if sound else [20])
    assert found(post(body=body, status="draft")) == []


def test_other_formats_need_only_a_text() -> None:
    """An essay may be a quotation; it may not be empty."""
    assert found(post("essay", body="> Zitat.")) == []
    assert [misfit.message for misfit in found(post("essay", body="\n"))] == ["there is no text"]


@pytest.mark.parametrize(
    ("hours", "sound"), [(1, True), (0, False), (-1, False)], ids=["forward", "standing", "backward"]
)
def test_an_event_runs_forward(hours: int, sound: bool) -> None:
    """It ends after it begins, in whatever time zone both are written."""
    misfits = found(post("talk", event=Event(start=NOW, end=NOW + timedelta(hours=hours))))
    assert [misfit.path for misfit in misfits] == ([] if sound else [("event", "end")])


def test_a_date_is_of_our_time() -> None:
    """A year with a slip in it is told, for a calendar ends somewhere; those of archives are sound."""
    assert found(post(date=NOW.replace(year=1))) == [
        Violation(("date",), "the year 0001 is not of our time", "Correct the year, as in 2026-09-30T09:00:00+02:00.")
    ]
    (late,) = found(post("talk", event=Event(start=NOW, end=NOW.replace(year=9999))))
    assert late.path == ("event", "end")
    assert found(post(date=NOW.replace(year=1986))) == []


def test_who_speaks_is_there() -> None:
    """Guests, hosts and authors speak, by id or by the slug of their name; who else does is told with the line."""
    body = "@anna-berg: Warum?\n\n@gerd-hahn (1:20): Darum.\n\n@eva-falk: Nein.\n\n@gerd-han: Doch."
    document = post("interview", body=body, hosts=("anna-berg",), guests=(Speaker(name="Gerd Hahn"),))
    assert [(misfit.line, misfit.hint) for misfit in found(document)] == [
        (24, "Add eva-falk to guests or hosts."),
        (26, "Did you mean «gerd-hahn»?"),
    ]


def test_an_at_sign_in_a_note_is_no_turn() -> None:
    """Only conversations have speakers."""
    assert found(post(body="@niemand: So beginnt ein Tweet.")) == []


@pytest.mark.parametrize(
    ("slug", "sound"),
    [("gut-so", True), ("Gut", False), ("nicht so", False), ("groß", False), ("a--b", False)],
    ids=str,
)
def test_a_name_makes_an_address(slug: str, sound: bool) -> None:
    """A file's name becomes part of an address, so it is a slug, or the front matter gives one."""
    document = post(slug=slug)
    assert [misfit.path for misfit in found(document)] == ([] if sound else [("slug",)])
    named = msgspec.structs.replace(document, meta=msgspec.structs.replace(document.meta, slug="gut"))
    assert found(named) == []


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
    """From the file's folder or, with a leading slash, from content/; a link that does not is told with its line."""
    document = post(body=f"Eigenes.\n\n{link}")
    asked: list[str] = []
    assert [one.line for one in media.check_links(document, lambda file: bool(asked.append(file)))] == [22]
    assert asked == [target]
    assert list(media.check_links(document, {target}.__contains__)) == []


@pytest.mark.parametrize(
    "text", ["https://amtsblog.example/{filename}x", "das Wort {filename}x", "[x](b.md)", "{author}x"], ids=str
)
def test_other_links_are_not_ours_to_follow(text: str) -> None:
    """Nothing but {filename}, {static} and {attach} in the place of an address is looked for."""
    assert list(media.check_links(post(body=text), lambda _: False)) == []


def test_no_link_leaves_the_edition() -> None:
    """Whatever lies there: no file above the root is asked for."""
    leaf = StandalonePage(
        file="content/pages/x.md",
        meta=StandalonePageFrontMatter(title="x"),
        body="[x]({static}../../../x)",
        body_line=5,
    )
    assert [misfit.line for misfit in media.check_links(leaf, lambda _: True)] == [5]


def test_no_two_posts_share_a_uid_or_a_slug() -> None:
    """All but the first are told, with the first one's file, also where the posts can be walked only once."""
    first, copy, namesake = post(), post("essay", slug="kopie"), post("talk", uid="fedcba654321")
    told = [
        (one.file, misfit.path, misfit.message)
        for one, misfit in tables.check_edition_rules(iter([first, copy, namesake]))
    ]
    assert sorted(told) == [
        ("content/essays/kopie.md", ("uid",), "the uid «abcdef123456» is already that of curation/notes/titel.md"),
        ("content/talks/titel.md", ("slug",), "the slug «titel» is already that of curation/notes/titel.md"),
    ]


def test_a_translation_is_of_an_original_and_the_only_one_in_its_language() -> None:
    """A translation of a translation names the original to be named; two in one language are told."""
    original = post(uid="original-0000", lang="de")
    english = post("essay", slug="english", uid="english-00000", lang="en", translation_of="original-0000")
    again = post("essay", slug="again", uid="again-0000000", lang="en", translation_of="original-0000")
    german = post("essay", slug="german", uid="german-000000", lang="de", translation_of="original-0000")
    second = post("essay", slug="second", uid="second-000000", lang="fr", translation_of="english-00000")
    told = [
        (one.slug, misfit.path, misfit.message, misfit.hint)
        for one, misfit in tables.check_edition_rules([original, english, again, german, second])
    ]
    only = "Correct lang, or keep one of the two."
    assert told == [
        ("again", ("lang",), "content/essays/english.md says the same in «en»", only),
        ("german", ("lang",), "curation/notes/titel.md says the same in «de»", only),
        (
            "second",
            ("translation_of",),
            "content/essays/english.md is a translation itself",
            "Name its original: original-0000.",
        ),
    ]
    assert list(tables.check_edition_rules([original, english])) == []
