from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feedparser

from kuratorium.calendar_weeks import get_week
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.outputs import plan_pages
from tests.publishing.makers import NOON, catalog, post, site, write_feed

WEEK = get_week(NOON)


def plan(published: Catalog) -> dict[str, Page]:
    """Return the planned pages by path."""
    return {page.path: page for page in plan_pages(published, site())}


def years_before(years: int) -> datetime:
    """Return noon, so many years earlier."""
    return NOON.replace(year=NOON.year - years)


def test_the_page_of_years_ago_holds_what_comes_round_this_week() -> None:
    """Posts are grouped by years, the latest year first; the front page shows the same."""
    posts = (post(1), post(2, date=years_before(2)), post(3, date=years_before(2) + timedelta(days=60)),
             post(4, date=years_before(10)))  # fmt: skip
    ordered = sorted(posts, key=lambda listed: listed.date, reverse=True)
    pages = plan(catalog(*ordered, week=WEEK))
    anniversaries = pages["heute-vor-jahren.html"].context["anniversaries"]
    assert [(anniversary.years, [old.uid for old in anniversary.posts]) for anniversary in anniversaries] == [
        (2, ["u-000002"]),
        (10, ["u-000004"]),
    ]
    assert pages["index.html"].context["anniversaries"] == anniversaries


def test_a_site_without_an_earlier_year_has_no_such_page() -> None:
    """The page is not planned, and the archive does not link to it."""
    pages = plan(catalog(post(1), week=WEEK))
    assert "heute-vor-jahren.html" not in pages
    assert pages["archiv.html"].context["years_ago"] is False


def test_a_week_that_brought_nothing_has_its_page_all_the_same() -> None:
    """The page is planned in every week, so that its address stays."""
    pages = plan(catalog(post(1), post(2, date=datetime(2020, 2, 2, tzinfo=UTC)), week=WEEK))
    assert pages["heute-vor-jahren.html"].context["anniversaries"] == ()


def test_a_look_back_and_what_it_looks_at_know_each_other() -> None:
    """The page of each declares the other, and so does the feed."""
    old = post(2, date=years_before(10))
    lookback = post(1, format="lookback", path="rueckblicke/nr-1.html", lookback_of=old.uid)
    pages = plan(catalog(lookback, old, week=WEEK))
    target = pages[lookback.path].context["lookback_target"]
    assert (target.post, target.years) == (old, 10)
    assert pages[old.path].context["lookbacks"] == (lookback,)
    assert pages[old.path].context["lookback_target"] is None
    assert pages["feed.xml"].context["lookback_targets"] == {lookback.uid: target}


def test_a_look_back_on_what_is_not_published_shows_nothing_of_it() -> None:
    """A draft, or a post dated later than the build, is no target."""
    assert plan(catalog(post(1, lookback_of="u-999999")))["notizen/nr-1.html"].context["lookback_target"] is None


def test_subscribers_read_what_changed_since() -> None:
    """In the feed a look-back begins with a link to its target and with what has changed since."""
    old = post(2, date=years_before(10), title="Wer <zahlt>")
    lookback = post(1, format="lookback", lookback_of=old.uid, changed_since=("Das Recht & der Preis.",))
    feed = feedparser.parse(write_feed(catalog(lookback, old, week=WEEK), body="<p>Heute.</p>"))
    assert feed.entries[0].content[0].value.partition("<!--")[0] == (
        '<p>Seen again: <a href="https://weiche.example/notizen/nr-2.html">Wer &lt;zahlt&gt;</a> (2016-10-01)</p>\n'
        "<p>What has changed since:</p>\n<ul><li>Das Recht &amp; der Preis.</li></ul>\n<p>Heute.</p>"
    )
