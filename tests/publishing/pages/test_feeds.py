import pytest

from kuratorium.edition.curation import Series
from kuratorium.edition.model import SeriesPosition
from kuratorium.publishing.page import FeedPage
from kuratorium.publishing.pages import feeds
from kuratorium.publishing.pages.feeds import plan_feeds
from tests.publishing.makers import ADA, BEN, LEAD, catalog, post, site


def plan(*posts: object, **fields: object) -> dict[str, FeedPage]:
    """Return the feeds of these posts by path."""
    site_fields = {name: fields.pop(name) for name in ("has_tag_feeds",) if name in fields}
    return {page.path: page for page in plan_feeds(catalog(*posts, **fields), site(**site_fields))}


def uids(page: FeedPage) -> list[int]:
    """Return the numbers of the posts of a feed."""
    return [int(item.uid[2:]) for item in page.items]


def test_there_is_a_feed_for_everything_one_can_follow() -> None:
    """Everything, topics, formats, people, series and languages, each in three types; tags only on demand."""
    series = Series(id="reihe", name="Die Reihe")
    first = post(1, authors=(ADA,), series=SeriesPosition(id="reihe", position=1), tags=("Vergabe",))
    second = post(2, authors=(BEN,), topics=(LEAD,), lang="en", format="essay")
    paths = {"feed", "feed-de", "feed-en", "themen/offen", "themen/fuehrung", "notizen", "essays"}
    paths |= {"menschen/ada", "menschen/ben", "reihen/reihe"}
    planned = plan(first, second, series=(series,))
    assert planned.keys() == {f"{path}{ending}" for path in paths for ending in (".xml", ".atom", ".json")}
    assert "schlagworte/vergabe.xml" in plan(first, has_tag_feeds=True)


def test_a_person_is_followed_as_author_and_in_conversations() -> None:
    """Each post once, newest first, also one that the person signed and took part in."""
    posts = (post(1, authors=(ADA,), hosts=(ADA,)), post(2, authors=(BEN,)), post(3, authors=(), guests=(ADA,)))
    assert uids(plan(*posts)["menschen/ada.atom"]) == [1, 3]


def test_a_format_is_named_in_the_language_of_the_site() -> None:
    """Its name is a label, which the writer translates; a topic that is called like one is not."""
    assert plan(post())["notizen.xml"].name_label == "Notes"
    assert plan(post())["themen/offen.xml"].name_label == ""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds of three posts."""
    monkeypatch.setattr(feeds, "FEED_LENGTH", 3)


@pytest.mark.usefixtures("short")
def test_nothing_falls_off_the_end() -> None:
    """From the feed, one comes by `older_path` to every post, in whatever type; archives are full and never change."""
    posts = [post(number) for number in range(1, 9)]
    pages = plan(*posts)
    for path in ("feed.xml", "feed.atom", "feed.json", "themen/offen.xml", "themen/offen.atom"):
        seen, page = set(uids(pages[path])), pages[path]
        while page.older_path:
            page = pages[page.older_path]
            assert page.is_archive
            assert len(page.items) == 3
            seen |= set(uids(page))
        assert seen == set(range(1, 9)), path
    later = plan(post(0), *posts)
    archives = {path: page for path, page in pages.items() if page.is_archive}
    assert archives
    assert {path: uids(page) for path, page in archives.items()} == {path: uids(later[path]) for path in archives}


@pytest.mark.usefixtures("short")
def test_a_short_feed_has_no_archive() -> None:
    """Nor a link to one."""
    assert not any(page.is_archive or page.older_path for page in plan(post(1), post(2), post(3)).values())
