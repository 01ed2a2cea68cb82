"""Looking back: what earlier years brought this week, and what a post and its look-back know of each other."""

from __future__ import annotations

from collections.abc import Iterator

from ...calendar_weeks import years_between
from ...edition.model import Post
from ..catalog import Catalog
from ..page import Anniversary, Page, Past, Site, html_page, list_head


def anniversaries(catalog: Catalog) -> tuple[Anniversary, ...]:
    """Gather the posts of earlier years whose day comes round again this week, the latest year first."""
    found: dict[int, list[Post]] = {}
    for post in catalog.posts:
        years = catalog.week.years_since(post.date.date()) if catalog.week else 0
        if years:
            found.setdefault(years, []).append(post)
    return tuple(Anniversary(years=years, posts=tuple(found[years])) for years in sorted(found))


def years_ago(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The page of what this week's calendar holds from earlier years; none where the site has no earlier year."""
    if has_years(catalog) and catalog.week:
        head = list_head(site, site.paths.years_ago(), "Years ago today")
        week = catalog.week
        found = anniversaries(catalog)
        yield html_page(site, head, "years_ago", anniversaries=found, monday=week.monday, sunday=week.sunday)


def has_years(catalog: Catalog) -> bool:
    """Tell whether anything was published in an earlier year than this week's."""
    return bool(catalog.week and catalog.posts and catalog.posts[-1].date.year < catalog.week.sunday.year)


def past_of(post: Post, catalog: Catalog) -> Past | None:
    """Find the post that `post` looks back on, and how many years ago that was; None where it is not published."""
    past = catalog.by_uid.get(post.lookback_of)
    return Past(post=past, years=years_between(past.date, post.date)) if past else None


def pasts_of(posts: tuple[Post, ...], catalog: Catalog) -> dict[str, Past]:
    """Uid -> the post that it looks back on, of those that do."""
    return {post.uid: past for post in posts if (past := past_of(post, catalog))}
