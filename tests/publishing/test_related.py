from __future__ import annotations

from datetime import timedelta

from kuratorium.edition.model import Post, Work
from kuratorium.publishing.related import RELATED_POST_LIMIT, RelatedPosts
from tests.publishing.makers import ADA, BEN, LEAD, NOON, post


def related(to: Post, *others: Post) -> list[str]:
    """The uids of what is related."""
    posts = sorted((to, *others), key=lambda one: (-one.date.timestamp(), one.uid))
    return [one.uid for one in RelatedPosts(posts, {}).find_related(to)]


def work(url: str, *authors: str) -> Work:
    """A work of these authors."""
    return Work(url=url, title="Das Werk", authors=authors)


def test_what_is_shared_counts_by_its_kind() -> None:
    """A person counts more than a tag, that more than a topic; three are enough."""
    one = post(1, tags=("Recht",), guests=(BEN,), authors=())
    by_topic = post(2, authors=())
    by_tag = post(3, topics=(), tags=("recht",), authors=())
    by_person = post(4, topics=(LEAD,), works=(work("https://a.example/1", "Ben Roth"),), authors=())
    by_two = post(5, tags=("Recht",), authors=())
    assert related(one, by_topic, by_tag, by_person, by_two) == [by_two.uid, by_person.uid, by_tag.uid]
    assert len(related(one, *(post(number) for number in range(2, 30)))) == RELATED_POST_LIMIT


def test_the_same_curator_alone_relates_nothing() -> None:
    """Four people sign everything: what only they share is not told; with a topic they decide."""
    one = post(1, authors=(ADA,))
    assert related(one, post(2, topics=(LEAD,), authors=(ADA,))) == []
    assert related(one, post(2, authors=(BEN,)), post(3, authors=(ADA,))) == ["u-000003", "u-000002"]


def test_of_equals_the_nearest_in_time_comes_first_and_then_the_uid() -> None:
    """So a new post changes what its neighbours show, and not every page of its topic."""
    one = post(10)
    assert related(one, post(3), post(12), post(11), post(30)) == ["u-000011", "u-000012", "u-000003"]
    at_once = NOON - timedelta(days=11)
    assert related(one, *(post(number, date=at_once) for number in (8, 7, 9, 6))) == [
        "u-000006",
        "u-000007",
        "u-000008",
    ]


def test_among_hundreds_on_a_topic_what_shares_more_is_found_however_old() -> None:
    """What is rare is looked for first: a common topic does not hide a shared guest of years ago."""
    one, old = post(1, guests=(BEN,)), post(2000, guests=(BEN,))
    assert related(one, *(post(number) for number in range(2, 900)), old)[0] == old.uid


def test_one_work_in_two_spellings_links_both_ways() -> None:
    """The same original recommended twice is told on both; it is not told as related, too."""
    one = post(1, works=(work("https://www.amt.example/1/?utm_source=brief"),))
    other = post(2, works=(work("https://b.example/9"), work("http://amt.example/1")))
    relations = RelatedPosts([one, other], {})
    assert relations.find_same_work(one) == (other,)
    assert relations.find_same_work(other) == (one,)
    assert relations.find_related(one) == relations.find_related(other) == ()
    assert relations.find_same_work(post(3, works=(work("https://amt.example/2"),))) == ()


def test_a_translation_is_no_second_recommendation() -> None:
    """It is announced as a translation; nor is a post related with its look-back."""
    one = post(1, works=(work("https://amt.example/1"),))
    translated = post(2, works=one.works, translation_of=one.uid)
    seen_again = post(3, format="lookback", lookback_of=one.uid)
    relations = RelatedPosts([one, translated, seen_again], {})
    assert relations.find_same_work(one) == relations.find_same_work(translated) == ()
    assert relations.find_related(one) == ()


def test_a_post_knows_where_it_is_mentioned() -> None:
    """Links between texts lead back, newest first, and are not told as related, too; nobody mentions himself."""
    one, two, three = (post(number) for number in (1, 2, 3))
    relations = RelatedPosts([one, two, three], {one.uid: (three.uid, one.uid), two.uid: (three.uid,)})
    assert relations.find_mentions(three) == (one, two)
    assert relations.find_mentions(one) == ()
    assert relations.find_related(three) == ()
    assert relations.find_related(one) == (two,)


def test_a_hidden_post_has_relations_and_is_none() -> None:
    """It is not listed, so nothing leads to it; its own page leads on."""
    hidden = post(2, hidden=True)
    relations = RelatedPosts([post(1), post(3)], {})
    assert [one.uid for one in relations.find_related(hidden)] == ["u-000001", "u-000003"]
