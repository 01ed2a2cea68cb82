"""Look-backs: the posts of this week in earlier years, and the links between a look-back and its target."""

from __future__ import annotations

from collections.abc import Iterator

from ...calendar_weeks import years_between
from ...edition.model import Post
from ..catalog import Catalog
from ..page import Page, SiteMeta, build_html_page, build_list_meta
from ..template_inputs import Anniversary, LookbackTarget


def plan_years_ago_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page of this week's anniversaries; nothing if the site has no earlier year.

    A week without anniversaries has the page, too: its address must not come and go with the weeks.
    """
    if has_earlier_years(catalog) and catalog.week:
        yield build_html_page(
            site,
            build_list_meta(site, site.paths.years_ago(), "Years ago today"),
            "years_ago",
            anniversaries=find_anniversaries(catalog),
            monday=catalog.week.monday,
            sunday=catalog.week.sunday,
        )


def find_anniversaries(catalog: Catalog) -> tuple[Anniversary, ...]:
    """Return the posts of earlier years that were published in this calendar week, the latest year first."""
    if not (week := catalog.week):
        return ()
    posts_by_years: dict[int, list[Post]] = {}
    months = catalog.lists("month")
    for key in sorted(months, reverse=True):
        if int(key[-2:]) in {week.monday.month, week.sunday.month} and int(key[:4]) < week.sunday.year:
            for post in months[key]:
                if years := week.get_anniversary_years(post.day):
                    posts_by_years.setdefault(years, []).append(post)
    return tuple(Anniversary(years=years, posts=tuple(posts_by_years[years])) for years in sorted(posts_by_years))


def has_earlier_years(catalog: Catalog) -> bool:
    """Return whether any post was published in an earlier year than this week's."""
    return bool(catalog.week and catalog.listed and catalog.listed[-1].day.year < catalog.week.sunday.year)


def find_lookback_target(post: Post, catalog: Catalog) -> LookbackTarget | None:
    """Return the post that `post` looks back on, and how many years ago that was; None if it is not published."""
    target = catalog.index.find_post(post.lookback_of) if post.lookback_of else None
    return LookbackTarget(post=target, years=years_between(target.day, post.day)) if target else None


def map_lookback_targets(posts: tuple[Post, ...], catalog: Catalog) -> dict[str, LookbackTarget]:
    """Map the uids of the look-backs among `posts` to what they look back on."""
    return {post.uid: target for post in posts if (target := find_lookback_target(post, catalog))}
