from datetime import timedelta

import pytest

from kuratorium.edition.curation import Topic
from kuratorium.edition.model import Event, PostFile, PostSummary, StandalonePageSummary
from kuratorium.publishing import catalog, posts
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.slugs import slugify
from tests.publishing.makers import ADA, BEN, NOON, OPEN, PATHS, document, post, registry
from tests.publishing.makers import catalog as catalog_of


def summarize(text: PostFile) -> PostSummary | StandalonePageSummary:
    """Return the summary of a text, which is that of its HTML."""
    return posts.summarize_text(text, MarkdownConverter(registry()).convert(text))


def build_at_noon(*documents: PostFile) -> catalog.Catalog:
    """Return the catalog of these files at noon."""
    summary = posts.collect_summaries(registry(), map(summarize, documents))
    return catalog.build_catalog(summary, PATHS, "de", NOON)


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
    """Drafts, posts dated later than the build and unreleased interviews are not published."""
    assert catalog.is_published_at(summarize(document(**fields)), NOON) is due


def test_hidden_posts_have_a_page_but_stand_in_no_list() -> None:
    """A hidden post is among the hidden ones and in no list."""
    published = build_at_noon(document(status="hidden", topics=("offen",)))
    assert published.posts == ()
    assert [listed.uid for listed in published.hidden] == ["u-000001"]
    assert published.lists("topic") == {}


def test_newest_first_and_ties_by_uid() -> None:
    """The order of posts does not depend on the order of files."""
    posts = [
        document(uid=uid, date=NOON - timedelta(days=days))
        for uid, days in (("u-c0000", 1), ("u-b0000", 1), ("u-a0000", 2))
    ]
    assert [listed.uid for listed in build_at_noon(*posts).posts] == [
        listed.uid for listed in build_at_noon(*reversed(posts)).posts
    ]
    assert [listed.uid for listed in build_at_noon(*posts).posts] == ["u-b0000", "u-c0000", "u-a0000"]


def test_ids_become_people_and_topics() -> None:
    """A post has the records of its people and topics, not only their ids."""
    (published_post,) = build_at_noon(document(authors=("ada",), topics=("offen",), guests=("ben",))).posts
    assert (published_post.authors, published_post.topics, published_post.guests) == ((ADA,), (OPEN,), (BEN,))


def test_the_summary_is_the_first_own_sentence_where_none_is_written() -> None:
    """The first sentence of a quotation is no summary."""
    (published_post,) = build_at_noon(document("> Fremdes.\n> — X\n\nEigenes steht hier. Mehr davon.")).posts
    assert published_post.summary == "Eigenes steht hier."


@pytest.mark.parametrize(("ends", "upcoming"), [(NOON + timedelta(hours=1), True), (NOON, False)], ids=["later", "now"])
def test_a_talk_turns_into_a_past_one_when_it_ends(ends: object, upcoming: bool) -> None:
    """Whether a talk is upcoming is decided by the edition's date alone."""
    event = Event(start=NOON - timedelta(hours=1), end=ends)
    (published_post,) = build_at_noon(document(format="talk", event=event)).posts
    assert published_post.upcoming is upcoming


def test_spellings_of_a_tag_are_one_tag() -> None:
    """Spellings like "Open Source" and "open source" share a page, under the one that most posts use."""
    published = catalog_of(
        post(1, tags=("Open Source",)), post(2, tags=("open source",)), post(3, tags=("Open Source",))
    )
    assert {tag: len(posts) for tag, posts in published.by_tag.items()} == {"Open Source": 3}


def test_who_hosts_and_guests_in_one_talk_spoke_once() -> None:
    """A person who is host and guest of a conversation has it once on their page."""
    assert len(catalog_of(post(guests=(ADA,), hosts=(ADA,))).lists("speaker")["ada"]) == 1


def test_tags_and_topics_are_in_the_order_of_a_dictionary() -> None:
    """Ä stands beside A, whatever a tag's address is; topics come by `order`, then by name."""
    tags = ("Zoll", "Öffnung", "Ofen", "Ämter", "Amt")
    assert [*catalog_of(post(1, tags=tags)).by_tag] == ["Amt", "Ämter", "Ofen", "Öffnung", "Zoll"]
    topics = [
        Topic(id=slugify(name), name=name, order=order) for name, order in (("Zoll", 0), ("Ärzte", 0), ("Amt", 1))
    ]
    assert [topic.name for topic in sorted(topics, key=lambda topic: topic.sort_key)] == ["Ärzte", "Zoll", "Amt"]


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x01", "\x7f", "\x9f", "\U000e0041", "&#8238;", "&#x202E;"])
@pytest.mark.parametrize("field", ["body", "summary"])
def test_no_unsafe_character_is_in_a_summary(field: str, character: str) -> None:
    """What the body of a page loses, the teasers, descriptions and feeds made from its summary do not keep."""
    words = f"Sie {character}zeigt den Weg."
    text = document(words) if field == "body" else document(summary=words)
    assert summarize(text).summary == "Sie zeigt den Weg."
