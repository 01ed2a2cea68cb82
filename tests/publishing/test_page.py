from hypothesis import given
from hypothesis import strategies as st

from kuratorium.publishing.page import paginate
from tests.publishing.makers import post


@given(st.integers(0, 130), st.integers(1, 12))
def test_every_post_stands_once_and_in_order(count: int, size: int) -> None:
    """Paging neither loses, repeats nor reorders posts."""
    posts = [post(number) for number in range(count)]
    assert [listed for page in paginate(posts, size) for listed in page.posts] == posts


@given(st.integers(0, 130), st.integers(1, 12))
def test_a_new_post_leaves_older_pages_as_they_are(count: int, size: int) -> None:
    """A new post changes only the front page; at most one full page is added."""
    posts = [post(number) for number in range(count + 1)]
    before = {page.number: page.posts for page in paginate(posts[1:], size) if page.number}
    after = {page.number: page.posts for page in paginate(posts, size) if page.number}
    assert before.items() <= after.items()
    assert len(after) - len(before) in {0, 1}


def test_a_short_list_is_one_page() -> None:
    """A list shorter than two pages stays on the front page."""
    assert [page.number for page in paginate([post(n) for n in range(9)], 5)] == [0]
    assert [page.number for page in paginate([post(n) for n in range(10)], 5)] == [0, 1]


def test_an_empty_list_still_has_a_front_page() -> None:
    """A topic without posts has its page."""
    (front,) = paginate([])
    assert (front.number, front.posts) == (0, ())
