from __future__ import annotations

from datetime import UTC, datetime, timedelta
from gettext import NullTranslations

import feedparser

from kuratorium.calendar_weeks import get_week
from kuratorium.publishing.catalog import Catalog
from kuratorium.publishing.page import Page
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.writers import rss
from tests.publishing.makers import NOON, catalog, post, site

WEEK = get_week(NOON)


def planned(found: Catalog) -> dict[str, Page]:
    """The plan by path."""
    return {page.path: page for page in plan_pages(found, site())}


def years_before(years: int) -> datetime:
    """The moment so many years before noon."""
    return NOON.replace(year=NOON.year - years)


def test_the_page_of_years_ago_holds_what_comes_round_this_week() -> None:
    """Grouped by years, the latest first; the front page shows the same."""
    posts = (post(1), post(2, date=years_before(2)), post(3, date=years_before(2) + timedelta(days=60)),
             post(4, date=years_before(10)))  # fmt: skip
    ordered = sorted(posts, key=lambda one: one.date, reverse=True)
    pages = planned(catalog(*ordered, week=WEEK))
    found = pages["heute-vor-jahren.html"].context["anniversaries"]
    assert [(one.years, [old.uid for old in one.posts]) for one in found] == [(2, ["u-000002"]), (10, ["u-000004"])]
    assert pages["index.html"].context["anniversaries"] == found


def test_a_site_without_an_earlier_year_has_no_such_page() -> None:
    """Nothing leads to it either."""
    pages = planned(catalog(post(1), week=WEEK))
    assert "heute-vor-jahren.html" not in pages
    assert pages["archiv.html"].context["years_ago"] is False


def test_a_week_that_brought_nothing_has_its_page_all_the_same() -> None:
    """Its address stays, whatever the week."""
    pages = planned(catalog(post(1), post(2, date=datetime(2020, 2, 2, tzinfo=UTC)), week=WEEK))
    assert pages["heute-vor-jahren.html"].context["anniversaries"] == ()


def test_a_look_back_and_what_it_looks_at_know_each_other() -> None:
    """The page of the one declares the other, in both directions; feeds carry it, too."""
    old = post(2, date=years_before(10))
    again = post(1, format="lookback", path="rueckblicke/nr-1.html", lookback_of=old.uid)
    pages = planned(catalog(again, old, week=WEEK))
    past = pages[again.path].context["lookback_target"]
    assert (past.post, past.years) == (old, 10)
    assert pages[old.path].context["lookbacks"] == (again,)
    assert pages[old.path].context["lookback_target"] is None
    assert pages["feed.xml"].context["lookback_targets"] == {again.uid: past}


def test_a_look_back_on_what_is_not_published_shows_nothing_of_it() -> None:
    """The post may be a draft, or be dated later than the site."""
    assert planned(catalog(post(1, lookback_of="u-999999")))["notizen/nr-1.html"].context["lookback_target"] is None


def test_subscribers_read_what_changed_since() -> None:
    """The feed's text begins with the post that is seen again, linked, and with what is different by now."""
    old = post(2, date=years_before(10), title="Wer <zahlt>")
    again = post(1, format="lookback", lookback_of=old.uid, changed_since=("Das Recht & der Preis.",))
    (page,) = [page for page in plan_pages(catalog(again, old, week=WEEK), site()) if page.path == "feed.xml"]
    feed = feedparser.parse(rss.write_rss(page, lambda *_: "<p>Heute.</p>", NullTranslations()))
    assert feed.entries[0].content[0].value == (
        '<p>Seen again: <a href="https://weiche.example/notizen/nr-2.html">Wer &lt;zahlt&gt;</a> (2016-10-01)</p>\n'
        "<p>What has changed since:</p>\n<ul><li>Das Recht &amp; der Preis.</li></ul>\n<p>Heute.</p>"
    )
