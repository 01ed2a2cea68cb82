from datetime import timedelta

import pytest

from kuratorium.edition.model import Event, PostFile
from kuratorium.publishing import catalog, posts
from tests.publishing.makers import ADA, BEN, NOON, OPEN, PATHS, document, post, registry
from tests.publishing.makers import catalog as catalog_of


def made(*documents: PostFile) -> catalog.Catalog:
    """The catalog of these documents at noon."""
    return catalog.build_catalog(posts.summarize_edition(registry(), documents), PATHS, "de", NOON)


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, True),
        ({"date": NOON + timedelta(seconds=1)}, False),
        ({"status": "draft"}, False),
        ({"status": "hidden"}, True),
        ({"release": "open"}, False),
        ({"release": "given"}, True),
    ],
    ids=str,
)
def test_what_is_published(fields: dict[str, object], due: bool) -> None:
    """No draft, nothing dated later than the edition, no interview that its partner has not released."""
    assert catalog.is_due(posts.summarize_text(document(**fields)), NOON) is due


def test_hidden_posts_have_a_page_but_stand_in_no_list() -> None:
    """A hidden post is made, and listed nowhere."""
    found = made(document(status="hidden", topics=("offen",)))
    assert found.posts == ()
    assert [one.uid for one in found.hidden] == ["u-000001"]
    assert found.by_topic == {}


def test_newest_first_and_ties_by_uid() -> None:
    """Order never depends on the order of files."""
    posts = [
        document(uid=uid, date=NOON - timedelta(days=days))
        for uid, days in (("u-c0000", 1), ("u-b0000", 1), ("u-a0000", 2))
    ]
    assert [one.uid for one in made(*posts).posts] == [one.uid for one in made(*reversed(posts)).posts]
    assert [one.uid for one in made(*posts).posts] == ["u-b0000", "u-c0000", "u-a0000"]


def test_ids_become_people_and_topics() -> None:
    """A post knows its people and topics, not only their ids."""
    (found,) = made(document(authors=("ada",), topics=("offen",), guests=("ben",))).posts
    assert (found.authors, found.topics, found.guests) == ((ADA,), (OPEN,), (BEN,))


def test_the_summary_is_the_first_own_sentence_where_none_is_written() -> None:
    """A quotation is not taken for the editor's summary."""
    (found,) = made(document("> Fremdes.\n> — X\n\nEigenes steht hier. Mehr davon.")).posts
    assert found.summary == "Eigenes steht hier."


@pytest.mark.parametrize(("ends", "upcoming"), [(NOON + timedelta(hours=1), True), (NOON, False)], ids=["later", "now"])
def test_a_talk_turns_into_a_past_one_when_it_ends(ends: object, upcoming: bool) -> None:
    """Whether a talk is upcoming is decided by the edition's date alone."""
    event = Event(start=NOON - timedelta(hours=1), end=ends)
    (found,) = made(document(format="talk", event=event)).posts
    assert found.upcoming is upcoming


def test_spellings_of_a_tag_are_one_tag() -> None:
    """«Open Source» and «open source» share a page, under the name that most posts give it."""
    found = catalog_of(post(1, tags=("Open Source",)), post(2, tags=("open source",)), post(3, tags=("Open Source",)))
    assert {tag: len(posts) for tag, posts in found.by_tag.items()} == {"Open Source": 3}


def test_who_hosts_and_guests_in_one_talk_spoke_once() -> None:
    """A person named twice in a conversation has it once on their page."""
    assert len(catalog_of(post(guests=(ADA,), hosts=(ADA,))).by_speaker["ada"]) == 1
