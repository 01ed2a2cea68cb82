from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kuratorium.edition import frontmatter
from kuratorium.edition.curation import Person, Source, Topic
from kuratorium.edition.model import UNDATED, InboxFrontMatter, Speaker
from kuratorium.edition.registry import Registry
from kuratorium.intake import identity, inbox
from kuratorium.intake.identity import IdentifiedEntry
from kuratorium.intake.inbox import InboxContext
from kuratorium.intake.parsers import plain_text
from kuratorium.intake.parsers.model import Enclosure, Entry, Feed
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY
from tests.intake.conftest import NOW

THEME = REPOSITORY / "theme"
DE = read_translations(THEME, "de")

REGISTRY = Registry(
    sources={},
    people={"anna-berg": Person(id="anna-berg", name="Anna Berg")},
    topics={
        "vergabe": Topic(id="vergabe", name="Vergabe", keywords=("beschaffung", "vergabe"), curators=("anna-berg",)),
        "amt": Topic(id="amt", name="Amt", keywords=("behörde",)),
    },
    policy=None,
)
CONTEXT = InboxContext(registry=REGISTRY, now=NOW, translations=DE)
FEED = Feed(title="Blog", link="https://blog.example/", lang="en-us")


def source(**fields: Any) -> Source:
    """Return a source called "Der Blog"."""
    return Source(**{"id": "blog", "name": "Der Blog", "feed": "blog.xml"} | fields)


def build_and_read(
    entry: Entry, *, feed: Feed = FEED, context: InboxContext = CONTEXT, **fields: Any
) -> InboxFrontMatter:
    """Build the inbox file of an entry, and return its front matter."""
    (key,) = identity.assign_keys("blog", [entry])
    file = inbox.build_inbox_file(IdentifiedEntry(key, entry), feed, source(**fields), context)
    meta, parts = frontmatter.parse_front_matter(file.path, file.text, InboxFrontMatter)
    assert parts.body.strip() == ""
    return meta


def test_the_text_of_an_inbox_file() -> None:
    """An inbox file has all facts of the work, the topics it is suggested for, and the reasons."""
    entry = Entry(
        id="1",
        link="https://blog.example/1",
        title="Die Beschaffung",
        authors=("Ada", "Bo"),
        published=datetime(2026, 10, 12, 22, 30, tzinfo=UTC),
        summary=" ".join(f"w{number}" for number in range(70)),
        categories=("Behörden",),
    )
    (key,) = identity.assign_keys("blog", [entry])
    file = inbox.build_inbox_file(IdentifiedEntry(key, entry), FEED, source(topics=("amt",), lang="de-DE"), CONTEXT)
    assert file.path == f"curation/inbox/2026-10-13-die-beschaffung-{identity.build_uid(key)[:8]}.md"
    assert (
        file.text
        == f"""\
---
uid: {identity.build_uid(key)}
title: Die Beschaffung
date: 2026-10-13T00:30:00+02:00
lang: de
topics: [amt, vergabe]
bookmark_of:
- url: https://blog.example/1
  title: Die Beschaffung
  authors: [Ada, Bo]
  publication: Der Blog
  source: blog
  published: 2026-10-13
  lang: de
  item: {key}
teaser: {" ".join(f"w{number}" for number in range(60))} …
reasons: [Quelle für amt, 'Stichwort: beschaffung', 'Stichwort: behörde']
---

"""
    )


def test_the_first_topic_s_curator_is_suggested() -> None:
    """The suggested author is the first curator of the first topic, if it has one."""
    assert build_and_read(Entry(title="x"), topics=("vergabe",)).authors == ("anna-berg",)
    assert build_and_read(Entry(title="x"), topics=("amt", "vergabe")).authors == ()


def test_language() -> None:
    """The language is the entry's own, else the source's, else the feed's."""
    assert build_and_read(Entry(title="x", lang="fr-CH"), lang="de").lang == "fr"
    assert build_and_read(Entry(title="x"), lang="de").lang == "de"
    assert build_and_read(Entry(title="x")).lang == "en"


def test_an_entry_without_author_or_link() -> None:
    """Without authors the source's people are named, without a link the feed's site."""
    work = build_and_read(Entry(title="x"), people=("anna-berg",)).bookmark_of[0]
    assert (work.authors, work.url) == (("Anna Berg",), "https://blog.example/")


def test_an_entry_without_a_title() -> None:
    """The title is the first words of the text, else the link, else the source's name."""
    assert build_and_read(Entry(content="eins zwei drei")).title == "eins zwei drei"
    assert build_and_read(Entry(link="https://blog.example/1")).title == "https://blog.example/1"
    assert build_and_read(Entry(enclosures=(Enclosure(link="https://blog.example/1.mp3"),))).title == "Der Blog"
    assert build_and_read(Entry(title="\u200d\ufe0f", summary="\u3164", content="vier")).title == "vier"
    assert build_and_read(Entry(title=" ", content=" ", link="https://blog.example/1")).teaser == ""


def test_an_entry_from_another_feed_is_credited_to_it() -> None:
    """The publication is the outlet that the entry was taken from; the people of the source did not write it."""
    work = build_and_read(Entry(title="x", publication="Das Blatt"), people=("anna-berg",)).bookmark_of[0]
    assert (work.publication, work.authors) == ("Das Blatt", ())
    signed = Entry(title="x", publication="Das Blatt", authors=("Eva Falk",))
    assert build_and_read(signed, people=("anna-berg",)).bookmark_of[0].authors == ("Eva Falk",)


@pytest.mark.parametrize(
    ("lang", "teaser"),
    [
        ("de-DE", "Mit Jo, Kim · 62 min · Transkript https://a.example/t · Kapitel https://a.example/c — Wir reden."),
        ("fr", "With Jo, Kim · 62 min · Transcript https://a.example/t · Chapters https://a.example/c — Wir reden."),
    ],
)
def test_the_teaser_describes_a_recording(lang: str, teaser: str) -> None:
    """Other speakers, duration, transcript and chapters come before the text; producers are not named."""
    roles = {"Ela": "host", "Jo": "guest", "Kim": "co-host", "Piet": "producer"}
    entry = Entry(
        title="x",
        authors=("Ela",),
        summary="Wir reden.",
        duration=3725,
        transcript="https://a.example/t",
        chapters="https://a.example/c",
        people=tuple(Speaker(name=name, role=role) for name, role in roles.items()),
    )
    assert build_and_read(entry, context=replace(CONTEXT, translations=read_translations(THEME, lang))).teaser == teaser
    assert build_and_read(Entry(title="x", duration=3725), context=CONTEXT).teaser == "62 min"


def test_an_inbox_file_takes_no_more_than_a_credit_needs() -> None:
    """Titles, names and addresses without end, and hundreds of authors, are cut; a text of normal length is not."""
    entry = Entry(
        id="1",
        link="https://blog.example/1",
        title="Wort " * 90_000,
        authors=tuple(f"Autorin {number}" for number in range(9_000)),
        publication="P" * 90_000,
        summary="字" * 90_000,
        people=tuple(Speaker(name=f"Gast {number}", role="guest") for number in range(9_000)),
        categories=("Behörde",) * 900,
    )
    meta = build_and_read(entry)
    (work,) = meta.bookmark_of
    assert (len(meta.title), meta.title[-6:], work.title) == (296, "Wort …", meta.title)
    assert (len(work.authors), len(work.publication)) == (50, 200)
    assert len(meta.teaser) < 2_500
    assert build_and_read(Entry(id="2", link="https://blog.example/2", title="x" * 300)).title == "x" * 300


def test_reasons_are_in_the_language_of_the_edition() -> None:
    """The reasons are in English for an English edition, and for one in a language without texts."""
    for lang in ("en", "fr"):
        context = InboxContext(registry=REGISTRY, now=NOW, translations=read_translations(THEME, lang))
        assert build_and_read(Entry(title="x"), context=context, topics=("amt",)).reasons == ("source for amt",)


def test_a_day_without_a_time_stays_that_day() -> None:
    """Midnight in UTC means a day without a time; other times are converted to the edition's time zone."""
    midnight = datetime(2026, 10, 1, tzinfo=UTC)
    assert build_and_read(Entry(title="x", published=midnight)).bookmark_of[0].published == date(2026, 10, 1)
    late = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
    assert build_and_read(Entry(title="x", published=late)).bookmark_of[0].published == date(2026, 10, 2)


def test_a_date_far_ahead_is_left_out() -> None:
    """An entry that its feed dates more than a day ahead has no date, like one without any."""
    meta = build_and_read(Entry(title="x", published=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)))
    assert (meta.date, meta.bookmark_of[0].published) == (UNDATED, None)
    assert build_and_read(Entry(title="x", published=NOW + timedelta(hours=5))).date == NOW + timedelta(hours=5)


def test_a_file_does_not_depend_on_the_clock() -> None:
    """Pulled a week later, or by a machine whose clock is wrong, an entry gives the same file."""
    for entry in (Entry(title="x", published=NOW - timedelta(days=1)), Entry(title="undated")):
        identified = IdentifiedEntry(identity.assign_keys("blog", [entry])[0], entry)
        contexts = [replace(CONTEXT, now=NOW + timedelta(days=days)) for days in (0, 7, 1500)]
        assert len({inbox.build_inbox_file(identified, FEED, source(), context) for context in contexts}) == 1


@given(title=st.text(), link=st.text(), guid=st.text(), author=st.text(), text=st.text())
def test_any_entry_gives_a_file_that_reads_back(title: str, link: str, guid: str, author: str, text: str) -> None:
    """Whatever a feed says, the inbox file reads back with its title and authors, and lies in curation/inbox."""
    entry = Entry(
        id=plain_text.clean_text(guid),
        title=plain_text.to_plain_text(title),
        authors=tuple(name for name in (plain_text.to_plain_text(author),) if name),
        summary=plain_text.html_to_text(text),
        link=f"https://blog.example/{identity.build_key('x', link)}",
    )
    (key,) = identity.assign_keys("blog", [entry])
    file = inbox.build_inbox_file(IdentifiedEntry(key, entry), FEED, source(topics=("amt",)), CONTEXT)
    meta, _ = frontmatter.parse_front_matter(file.path, file.text, InboxFrontMatter)
    assert meta.title == meta.bookmark_of[0].title == inbox.choose_title(entry, source())
    assert meta.bookmark_of[0].authors == entry.authors
    assert meta.bookmark_of[0].item == key
    assert PurePosixPath(file.path).parent == PurePosixPath("curation/inbox")
    assert "/" not in PurePosixPath(file.path).name
    assert len(PurePosixPath(file.path).name.encode()) <= 80
