"""The plan: catalog -> every output of the site, with its declared inputs. A pure function.

OUTPUTS is the table of what a site is made of; adding an output is one function and one line in it.
What an output declares is all that its template can see.

What every page knows of the site, made of settings, policy and catalog.

Languages: those in which the same post can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ...edition import settings as edition_settings
from ...edition.formats import get_format
from ...edition.model import Post
from ...edition.registry import Registry
from ...errors import EditionError, Problem
from ..catalog import Catalog
from ..page import (
    CountedLink,
    Link,
    Page,
    PageMeta,
    Shelf,
    SiteMeta,
    build_html_page,
    build_list_meta,
    build_list_pages,
)
from ..urls import Paths
from ..writers import mail
from . import lookbacks, people, talks, topics


def build_site_meta(settings: edition_settings.SiteSettings, registry: Registry, catalog: Catalog) -> SiteMeta:
    """Make the site of an edition that was read without problems."""
    assert registry.policy is not None  # noqa: S101 - without a policy there was a problem
    return SiteMeta(
        name=settings.name,
        subtitle=settings.subtitle,
        url=settings.url,
        lang=settings.lang,
        paths=Paths(settings.lang),
        imprint=registry.policy.imprint,
        topics=catalog.topics,
        formats=tuple(format.id for format in catalog.formats),
        standalone_pages=tuple(Link(page.title, page.path) for page in catalog.standalone_pages if not page.hidden),
        has_people=bool(catalog.people),
        has_series=bool(catalog.series),
        has_sources=bool(catalog.followed_sources),
        corrections_position=registry.policy.corrections,
    )


def find_translations(post: Post, catalog: Catalog) -> tuple[Post, ...]:
    """List what says the same in other languages and is published: the original first, then by language."""
    family = catalog.by_original.get(post.translation_of or post.uid, ())
    return tuple(one for one in family if one.uid != post.uid and one.lang != post.lang)


def build_alternate_links(post: Post, versions: Sequence[Post]) -> tuple[Link, ...]:
    """Name by language where a post and its other versions are, as each of them does (hreflang)."""
    if post.hidden or not versions:
        return ()
    return tuple(Link(one.lang, one.path) for one in sorted((post, *versions), key=lambda one: (one.lang, one.uid)))


FEED_LENGTH = 30
LEAD_CANDIDATES = 10
SHELF_SIZES = {"note": 6}

OutputPlanner = Callable[[Catalog, SiteMeta], Iterator[Page]]


def plan_pages(catalog: Catalog, site: SiteMeta) -> list[Page]:
    """List every output of the site; raises EditionError where two want the same address."""
    pages = [page for output in OUTPUTS for page in output(catalog, site)]
    _reject_path_collisions(pages, catalog)
    return pages


def plan_home_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The front page: the lead story, what is coming, the latest of each format, the topics."""
    lead = choose_lead_story(catalog.posts)
    shown = {post.uid for post in (lead, *catalog.upcoming) if post}
    shelves = []
    for format in catalog.formats:
        posts = [post for post in catalog.by_format[format.id] if post.uid not in shown]
        shelf = tuple(posts[: SHELF_SIZES.get(format.id, 3)])
        if shelf:
            shelves.append(Shelf(format=format.id, path=site.paths.format(format.id), posts=shelf))
    yield build_html_page(
        site,
        PageMeta(path=site.paths.home, title=site.name, kind="home", lang=site.lang, description=site.subtitle),
        "home",
        lead=lead,
        upcoming=catalog.upcoming,
        shelves=tuple(shelves),
        anniversaries=lookbacks.find_anniversaries(catalog),
        topics=topics.build_topic_cards(catalog),
    )


def plan_post_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """A page for every post, with its neighbours in time and what it is related to."""
    newer: dict[str, Post] = {older.uid: newer for newer, older in pairwise(catalog.posts)}
    older: dict[str, Post] = {newer.uid: older for newer, older in pairwise(catalog.posts)}
    announced = {topic.id: topics.build_topic_feed_link(topic, site) for topic in catalog.topics}
    for post in (*catalog.posts, *catalog.hidden):
        versions = find_translations(post, catalog)
        head = PageMeta(
            path=post.path,
            title=post.title,
            kind="post",
            lang=post.lang,
            description=post.summary,
            feeds=tuple([announced[topic.id] for topic in post.topics]),
            languages=build_alternate_links(post, versions),
            indexed=not post.hidden,
        )
        yield build_html_page(
            site,
            head,
            get_format(post.format).template,
            body_keys=(post.uid,),
            post=post,
            lookback_target=lookbacks.find_lookback_target(post, catalog),
            lookbacks=tuple(catalog.lookbacks.get(post.uid, ())),
            newer=newer.get(post.uid),
            older=older.get(post.uid),
            related=catalog.relations.find_related(post),
            same_work=catalog.relations.find_same_work(post),
            mentions=catalog.relations.find_mentions(post),
            versions=versions,
            **talks.build_template_inputs(post, catalog),
        )


def plan_format_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The posts of each format."""
    for format in catalog.formats:
        head = build_list_meta(site, site.paths.format(format.id), format.plural)
        yield from build_list_pages(site, head, "format", catalog.by_format[format.id], format=format.id)


def plan_tag_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The tags in use, and the posts of each."""
    if catalog.by_tag:
        counts = tuple(
            CountedLink(name=tag, path=site.paths.tag(tag), count=len(posts)) for tag, posts in catalog.by_tag.items()
        )
        yield build_html_page(site, build_list_meta(site, site.paths.tags(), "Tags"), "tags", tags=counts)
    for tag, tagged in catalog.by_tag.items():
        head = build_list_meta(site, site.paths.tag(tag), tag)
        yield from build_list_pages(site, head, "tag", tagged, tag=tag)


def plan_archive_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """All posts by year."""
    if not catalog.posts:
        return
    years = tuple(
        CountedLink(name=str(year), path=site.paths.year(year), count=len(posts))
        for year, posts in catalog.by_year.items()
    )
    newest = tuple(catalog.posts[: SHELF_SIZES["note"]])
    yield build_html_page(
        site,
        build_list_meta(site, site.paths.archive(), "Archive"),
        "archive",
        years=years,
        newest=newest,
        years_ago=lookbacks.has_earlier_years(catalog),
    )
    others = tuple(Link(year.name, year.path) for year in years)  # without their counts: a note changes one of them
    for year, dated in catalog.by_year.items():
        months: dict[int, list[Post]] = {}
        for post in dated:
            months.setdefault(post.date.month, []).append(post)
        grouped = tuple((one[0].date, tuple(one)) for one in months.values())
        head = build_list_meta(site, site.paths.year(year), str(year))
        yield build_html_page(site, head, "year", year=year, months=grouped, years=others)


def plan_standalone_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Pages such as imprint and privacy."""
    for page in catalog.standalone_pages:
        head = PageMeta(
            path=page.path,
            title=page.title,
            kind="page",
            lang=page.lang,
            description=page.summary,
            indexed=not page.hidden,
        )
        yield build_html_page(site, head, "page", body_keys=(page.file,))


def plan_not_found_page(_: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The page for addresses that lead nowhere; it is shown at any of them."""
    base = "/" + site.url.split("/", 3)[3] + "/" if site.url.count("/") > 2 else "/"
    head = PageMeta(
        path=site.paths.not_found, title="404", kind="404", lang=site.lang, indexed=False, absolute_root=base
    )
    yield build_html_page(site, head, "404")


def plan_redirect_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """A page at every former address, which leads to the present one."""
    for alias, target in catalog.aliases.items():
        path = alias if alias.endswith(".html") else f"{alias}/index.html"
        head = PageMeta(path=path, title=site.name, kind="redirect", lang=site.lang, indexed=False)
        yield build_html_page(site, head, "redirect", target=target)


def plan_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """RSS for everything and per topic, with full text."""
    head = PageMeta(path=site.paths.feed, title=site.name, kind="feed", lang=site.lang, description=site.subtitle)
    yield _build_feed(catalog, site, head, site.paths.home, catalog.posts)
    for topic in catalog.topics:
        head = PageMeta(
            path=site.paths.topic_feed(topic),
            title=f"{site.name}: {topic.name}",
            kind="feed",
            lang=site.lang,
            description=topic.question or site.subtitle,
        )
        yield _build_feed(catalog, site, head, site.paths.topic(topic), catalog.by_topic.get(topic.id, []))


OUTPUTS: tuple[OutputPlanner, ...] = (
    plan_post_pages,
    plan_home_page,
    topics.plan_topic_pages,
    plan_format_pages,
    people.plan_people_pages,
    topics.plan_series_pages,
    topics.plan_source_pages,
    plan_tag_pages,
    plan_archive_pages,
    lookbacks.plan_years_ago_page,
    mail.plan_mail_versions,
    plan_standalone_pages,
    plan_not_found_page,
    plan_redirect_pages,
    plan_feeds,
    talks.plan_conversation_files,
    talks.plan_calendars,
)


def choose_lead_story(posts: Sequence[Post]) -> Post | None:
    """Choose the story to lead with: the strongest of the latest posts, the newest of equals."""
    latest = [post for post in posts if not post.upcoming][:LEAD_CANDIDATES]
    return max(latest, key=lambda post: post.strength or 0, default=None)


def _build_feed(catalog: Catalog, site: SiteMeta, meta: PageMeta, html_path: str, posts: Sequence[Post]) -> Page:
    items = tuple(posts[:FEED_LENGTH])
    used = {work.source for post in items for work in post.works}
    sources = {one: address for one, address in catalog.source_urls.items() if one in used}
    pasts = lookbacks.map_lookback_targets(items, catalog)
    context = {
        "site": site,
        "meta": meta,
        "html_path": html_path,
        "items": items,
        "sources": sources,
        "lookback_targets": pasts,
    }
    return Page(path=meta.path, writer="rss", context=context, body_keys=tuple(post.uid for post in items))


def _reject_path_collisions(pages: Sequence[Page], catalog: Catalog) -> None:
    taken: dict[str, Page] = {}
    problems = []
    for page in pages:
        if page.path in taken:
            files = {page.path: page.file for page in catalog.standalone_pages}
            what = f"two pages want the address {page.path}"
            mend = "Give this page, post or alias another slug."
            problems.append(Problem(files.get(page.path, page.path), 0, "slug", what, mend))
        taken[page.path] = page
    if problems:
        raise EditionError(problems)
