"""Looking back: what earlier years brought this week, and what a post and its look-back know of each other."""

from __future__ import annotations

from collections.abc import Iterator

from ...calendar_weeks import years_between
from ...edition.model import Post
from ..catalog import Catalog
from ..page import Anniversary, LookbackTarget, Page, SiteMeta, build_html_page, build_list_meta


def find_anniversaries(catalog: Catalog) -> tuple[Anniversary, ...]:
    """Gather the posts of earlier years whose day comes round again this week, the latest year first."""
    found: dict[int, list[Post]] = {}
    for post in catalog.posts:
        years = catalog.week.get_anniversary_years(post.date.date()) if catalog.week else 0
        if years:
            found.setdefault(years, []).append(post)
    return tuple(Anniversary(years=years, posts=tuple(found[years])) for years in sorted(found))


def plan_years_ago_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The page of what this week's calendar holds from earlier years; none where the site has no earlier year."""
    if has_earlier_years(catalog) and catalog.week:
        head = build_list_meta(site, site.paths.years_ago(), "Years ago today")
        week = catalog.week
        found = find_anniversaries(catalog)
        yield build_html_page(site, head, "years_ago", anniversaries=found, monday=week.monday, sunday=week.sunday)


def has_earlier_years(catalog: Catalog) -> bool:
    """Tell whether anything was published in an earlier year than this week's."""
    return bool(catalog.week and catalog.posts and catalog.posts[-1].date.year < catalog.week.sunday.year)


def find_lookback_target(post: Post, catalog: Catalog) -> LookbackTarget | None:
    """Find the post that `post` looks back on, and how many years ago that was; None where it is not published."""
    past = catalog.by_uid.get(post.lookback_of)
    return LookbackTarget(post=past, years=years_between(past.date, post.date)) if past else None


def map_lookback_targets(posts: tuple[Post, ...], catalog: Catalog) -> dict[str, LookbackTarget]:
    """Uid -> the post that it looks back on, of those that do."""
    return {post.uid: past for post in posts if (past := find_lookback_target(post, catalog))}
