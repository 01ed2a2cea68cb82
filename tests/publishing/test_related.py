from __future__ import annotations

from datetime import timedelta

from kuratorium.edition.model import Post
from kuratorium.edition.works import Work
from kuratorium.publishing.post_lists import MemoryIndex, TextFacts, make_entry
from kuratorium.publishing.related import RELATED_POST_LIMIT, RelatedPosts
from tests.publishing.makers import ADA, BEN, LEAD, NOON, post


def related(to: Post, *others: Post) -> list[str]:
    """Return the uids of the posts related to one of them."""
    posts = sorted((to, *others), key=lambda listed: (-listed.date.timestamp(), listed.uid))
    return [listed.uid for listed in RelatedPosts(MemoryIndex(posts)).find_related(to)]


def work(url: str, *authors: str) -> Work:
    """Return a work of these authors."""
    return Work(url=url, title="Das Werk", authors=authors)


def test_what_is_shared_counts_by_its_kind() -> None:
    """A person counts more than a tag, a tag more than a topic; at most three posts are related."""
    subject = post(1, tags=("Recht",), guests=(BEN,), authors=())
    by_topic = post(2, authors=())
    by_tag = post(3, topics=(), tags=("recht",), authors=())
    by_person = post(4, topics=(LEAD,), works=(work("https://a.example/1", "Ben Roth"),), authors=())
    by_two = post(5, tags=("Recht",), authors=())
    assert related(subject, by_topic, by_tag, by_person, by_two) == [by_two.uid, by_person.uid, by_tag.uid]
    assert len(related(subject, *(post(number) for number in range(2, 30)))) == RELATED_POST_LIMIT


def test_the_same_curator_alone_relates_nothing() -> None:
    """A shared curator alone relates nothing, but decides between posts that share a topic."""
    subject = post(1, authors=(ADA,))
    assert related(subject, post(2, topics=(LEAD,), authors=(ADA,))) == []
    assert related(subject, post(2, authors=(BEN,)), post(3, authors=(ADA,))) == ["u-000003", "u-000002"]


def test_of_equals_the_nearest_in_time_comes_first_and_then_the_uid() -> None:
    """So a new post changes the pages of its neighbours in time, and not every page of its topic."""
    subject = post(10)
    assert related(subject, post(3), post(12), post(11), post(30)) == ["u-000011", "u-000012", "u-000003"]
    at_once = NOON - timedelta(days=11)
    assert related(subject, *(post(number, date=at_once) for number in (8, 7, 9, 6))) == [
        "u-000006",
        "u-000007",
        "u-000008",
    ]


def test_among_hundreds_on_a_topic_what_shares_more_is_found_however_old() -> None:
    """Rare features are looked for first: a common topic does not hide a shared guest of years ago."""
    young, old = post(1, guests=(BEN,)), post(2000, guests=(BEN,))
    assert related(young, *(post(number) for number in range(2, 900)), old)[0] == old.uid


def test_one_work_in_two_spellings_links_both_ways() -> None:
    """Posts that recommend the same work are linked on both pages, and not listed as related, too."""
    subject = post(1, works=(work("https://www.amt.example/1/?utm_source=brief"),))
    other = post(2, works=(work("https://b.example/9"), work("http://amt.example/1")))
    relations = RelatedPosts(MemoryIndex([subject, other]))
    assert relations.find_same_work(subject) == (other,)
    assert relations.find_same_work(other) == (subject,)
    assert relations.find_related(subject) == relations.find_related(other) == ()
    assert relations.find_same_work(post(3, works=(work("https://amt.example/2"),))) == ()


def test_a_translation_is_no_second_recommendation() -> None:
    """Translations and look-backs of a post are neither on the same work nor related."""
    subject = post(1, works=(work("https://amt.example/1"),))
    translated = post(2, works=subject.works, translation_of=subject.uid)
    seen_again = post(3, format="lookback", lookback_of=subject.uid)
    relations = RelatedPosts(MemoryIndex([subject, translated, seen_again]))
    assert relations.find_same_work(subject) == relations.find_same_work(translated) == ()
    assert relations.find_related(subject) == ()


def test_a_post_knows_where_it_is_mentioned() -> None:
    """Posts that link to a post are its mentions, newest first, without itself; mentions are not listed as related."""
    first, second, third = (post(number) for number in (1, 2, 3))
    facts = {first.uid: TextFacts((third.uid, first.uid)), second.uid: TextFacts((third.uid,))}
    relations = RelatedPosts(MemoryIndex([first, second, third], text_facts=facts))
    assert relations.find_mentions(third) == (first, second)
    assert relations.find_mentions(first) == ()
    assert relations.find_related(third) == ()
    assert relations.find_related(first) == (second,)


def test_a_new_post_changes_the_relations_of_its_neighbours_only() -> None:
    """The related posts of all others, however many share a topic, are as they were."""
    subject = post(300, tags=("selten",))
    posts = [post(number, tags=("selten",) if number % 40 == 0 else ()) for number in range(1, 600) if number != 300]
    everything = sorted((subject, *posts), key=make_entry)
    before, after = RelatedPosts(MemoryIndex(posts)), RelatedPosts(MemoryIndex(everything))
    affected = after.find_affected(subject)
    assert affected is not None
    assert len(affected) < 40
    changed = {other.uid for other in posts if before.find_related(other) != after.find_related(other)}
    assert changed
    assert changed <= affected


def test_a_hidden_post_has_relations_and_is_none() -> None:
    """Its own page lists related posts, though it is related to none of them."""
    hidden = post(2, hidden=True)
    relations = RelatedPosts(MemoryIndex([post(1), post(3)]))
    assert [listed.uid for listed in relations.find_related(hidden)] == ["u-000001", "u-000003"]
