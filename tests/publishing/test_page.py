from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kuratorium.edition.model import Event, Post
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.page import HtmlPage, build_list_meta, build_list_pages, paginate
from tests.editions import TinyEdition
from tests.publishing.build.test_run import soup
from tests.publishing.makers import NOON, post, site


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


def plan_list(posts: Sequence[Post]) -> list[HtmlPage]:
    """Return the pages of a list."""
    return list(build_list_pages(site(), build_list_meta(site(), "alles.html", "Alles"), "tag", posts, tag="x"))


def test_upcoming_talks_are_first_and_older_pages_stay() -> None:
    """They are at the beginning of the first page, the next one first; only their own page changes when one is over."""
    later, soon = (Event(start=NOON + timedelta(days=days)) for days in (9, 2))
    coming = {3: later, 60: soon}
    posts = [post(number, event=coming.get(number), upcoming=number in coming) for number in range(80)]
    over = [replace(listed, upcoming=False) for listed in posts]
    pages, pages_later = (
        {page.path: [listed.uid for listed in page.inputs["posts"]] for page in plan_list(candidates)}
        for candidates in (posts, over)
    )
    first = next(iter(pages))
    assert pages[first][:3] == [posts[60].uid, posts[3].uid, posts[0].uid]
    assert sorted(uid for uids in pages.values() for uid in uids) == sorted(listed.uid for listed in posts)
    assert [path for path in pages if pages[path] != pages_later[path]] == [first, list(pages)[-1]]


def test_readers_count_the_pages_of_a_list_from_the_newest(tiny: TinyEdition) -> None:
    """Addresses count from the oldest, so that they stay; titles, headings and the pager say what readers see."""
    for number in range(75):
        tiny.note(f"notiz-{number}", date=f"2026-09-{number // 4 + 1:02}T0{number % 4}:00:00+02:00")
    build_site(tiny.root)
    pages = {path: soup(tiny.root, path) for path in ("notizen.html", "notizen/seite/2.html", "notizen/seite/1.html")}
    assert [page.title.string for page in pages.values()] == [
        "Notizen – Weichenwerk",
        "Notizen, Seite 2 – Weichenwerk",
        "Notizen, Seite 3 – Weichenwerk",
    ]
    assert [page.select_one(".pager span").get_text() for page in pages.values()] == [
        "Seite 1 von 3",
        "Seite 2 von 3",
        "Seite 3 von 3",
    ]
    assert [label.get_text() for page in pages.values() for label in page.select(".opening > .label")] == [
        "Seite 2 von 3",
        "Seite 3 von 3",
    ]
    assert pages["notizen/seite/2.html"].find("meta", property="og:title")["content"] == "Notizen, Seite 2"
