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
from ...edition.formats import by_id
from ...edition.model import Post
from ...edition.registry import Registry
from ...errors import EditionError, Problem
from ..catalog import Catalog
from ..page import Count, Head, Link, Page, Shelf, Site, html_page, list_head, paged
from ..urls import Paths
from ..writers import mail
from . import lookbacks, people, talks, topics


def site_of(settings: edition_settings.Site, registry: Registry, made: Catalog) -> Site:
    """Make the site of an edition that was read without problems."""
    assert registry.policy is not None  # noqa: S101 - without a policy there was a problem
    return Site(
        name=settings.name,
        subtitle=settings.subtitle,
        url=settings.url,
        lang=settings.lang,
        paths=Paths(settings.lang),
        imprint=registry.policy.imprint,
        topics=made.topics,
        formats=tuple(format.id for format in made.formats),
        standing=tuple(Link(page.title, page.path) for page in made.standing if not page.hidden),
        people=bool(made.people),
        series=bool(made.series),
        sources=bool(made.followed),
        corrections=registry.policy.corrections,
    )


def others(post: Post, catalog: Catalog) -> tuple[Post, ...]:
    """List what says the same in other languages and is published: the original first, then by language."""
    family = catalog.by_original.get(post.translation_of or post.uid, ())
    return tuple(one for one in family if one.uid != post.uid and one.lang != post.lang)


def alternates(post: Post, versions: Sequence[Post]) -> tuple[Link, ...]:
    """Name by language where a post and its other versions are, as each of them does (hreflang)."""
    if post.hidden or not versions:
        return ()
    return tuple(Link(one.lang, one.path) for one in sorted((post, *versions), key=lambda one: (one.lang, one.uid)))


FEED_LENGTH = 30
LEAD_FROM = 10
SHELF_LENGTH = {"note": 6}

Output = Callable[[Catalog, Site], Iterator[Page]]


def plan(catalog: Catalog, site: Site) -> list[Page]:
    """List every output of the site; raises EditionError where two want the same address."""
    pages = [page for output in OUTPUTS for page in output(catalog, site)]
    _refuse_collisions(pages, catalog)
    return pages


def home(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The front page: the lead story, what is coming, the latest of each format, the topics."""
    lead = lead_story(catalog.posts)
    shown = {post.uid for post in (lead, *catalog.upcoming) if post}
    shelves = []
    for format in catalog.formats:
        posts = [post for post in catalog.by_format[format.id] if post.uid not in shown]
        shelf = tuple(posts[: SHELF_LENGTH.get(format.id, 3)])
        if shelf:
            shelves.append(Shelf(format=format.id, path=site.paths.format(format.id), posts=shelf))
    yield html_page(
        site,
        Head(path=site.paths.home, title=site.name, kind="home", lang=site.lang, description=site.subtitle),
        "home",
        lead=lead,
        upcoming=catalog.upcoming,
        shelves=tuple(shelves),
        anniversaries=lookbacks.anniversaries(catalog),
        topics=topics.topic_cards(catalog),
    )


def posts(catalog: Catalog, site: Site) -> Iterator[Page]:
    """A page for every post, with its neighbours in time and what it is related to."""
    newer: dict[str, Post] = {older.uid: newer for newer, older in pairwise(catalog.posts)}
    older: dict[str, Post] = {newer.uid: older for newer, older in pairwise(catalog.posts)}
    announced = {topic.id: topics.topic_feed(topic, site) for topic in catalog.topics}
    for post in (*catalog.posts, *catalog.hidden):
        versions = others(post, catalog)
        head = Head(
            path=post.path,
            title=post.title,
            kind="post",
            lang=post.lang,
            description=post.summary,
            feeds=tuple([announced[topic.id] for topic in post.topics]),
            languages=alternates(post, versions),
            indexed=not post.hidden,
        )
        yield html_page(
            site,
            head,
            by_id(post.format).template,
            bodies=(post.uid,),
            post=post,
            past=lookbacks.past_of(post, catalog),
            seen_again=tuple(catalog.seen_again.get(post.uid, ())),
            newer=newer.get(post.uid),
            older=older.get(post.uid),
            related=catalog.relations.related(post),
            same_work=catalog.relations.same_work(post),
            mentions=catalog.relations.mentions(post),
            versions=versions,
            **talks.inputs(post, catalog),
        )


def formats(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The posts of each format."""
    for format in catalog.formats:
        head = list_head(site, site.paths.format(format.id), format.many)
        yield from paged(site, head, "format", catalog.by_format[format.id], format=format.id)


def tags(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The tags in use, and the posts of each."""
    if catalog.by_tag:
        counts = tuple(
            Count(name=tag, path=site.paths.tag(tag), count=len(posts)) for tag, posts in catalog.by_tag.items()
        )
        yield html_page(site, list_head(site, site.paths.tags(), "Tags"), "tags", tags=counts)
    for tag, tagged in catalog.by_tag.items():
        head = list_head(site, site.paths.tag(tag), tag)
        yield from paged(site, head, "tag", tagged, tag=tag)


def archive(catalog: Catalog, site: Site) -> Iterator[Page]:
    """All posts by year."""
    if not catalog.posts:
        return
    years = tuple(
        Count(name=str(year), path=site.paths.year(year), count=len(posts)) for year, posts in catalog.by_year.items()
    )
    newest = tuple(catalog.posts[: SHELF_LENGTH["note"]])
    yield html_page(
        site,
        list_head(site, site.paths.archive(), "Archive"),
        "archive",
        years=years,
        newest=newest,
        years_ago=lookbacks.has_years(catalog),
    )
    others = tuple(Link(year.name, year.path) for year in years)  # without their counts: a note changes one of them
    for year, dated in catalog.by_year.items():
        months: dict[int, list[Post]] = {}
        for post in dated:
            months.setdefault(post.date.month, []).append(post)
        grouped = tuple((one[0].date, tuple(one)) for one in months.values())
        head = list_head(site, site.paths.year(year), str(year))
        yield html_page(site, head, "year", year=year, months=grouped, years=others)


def standing(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Pages such as imprint and privacy."""
    for page in catalog.standing:
        head = Head(
            path=page.path,
            title=page.title,
            kind="page",
            lang=page.lang,
            description=page.summary,
            indexed=not page.hidden,
        )
        yield html_page(site, head, "page", bodies=(page.file,))


def not_found(_: Catalog, site: Site) -> Iterator[Page]:
    """The page for addresses that lead nowhere; it is shown at any of them."""
    base = "/" + site.url.split("/", 3)[3] + "/" if site.url.count("/") > 2 else "/"
    head = Head(path=site.paths.not_found, title="404", kind="404", lang=site.lang, indexed=False, rooted=base)
    yield html_page(site, head, "404")


def redirects(catalog: Catalog, site: Site) -> Iterator[Page]:
    """A page at every former address, which leads to the present one."""
    for alias, target in catalog.aliases.items():
        path = alias if alias.endswith(".html") else f"{alias}/index.html"
        head = Head(path=path, title=site.name, kind="redirect", lang=site.lang, indexed=False)
        yield html_page(site, head, "redirect", target=target)


def feeds(catalog: Catalog, site: Site) -> Iterator[Page]:
    """RSS for everything and per topic, with full text."""
    head = Head(path=site.paths.feed, title=site.name, kind="feed", lang=site.lang, description=site.subtitle)
    yield _rss(catalog, site, head, site.paths.home, catalog.posts)
    for topic in catalog.topics:
        head = Head(
            path=site.paths.topic_feed(topic),
            title=f"{site.name}: {topic.name}",
            kind="feed",
            lang=site.lang,
            description=topic.question or site.subtitle,
        )
        yield _rss(catalog, site, head, site.paths.topic(topic), catalog.by_topic.get(topic.id, []))


OUTPUTS: tuple[Output, ...] = (
    posts,
    home,
    topics.topics,
    formats,
    people.people,
    topics.series,
    topics.sources,
    tags,
    archive,
    lookbacks.years_ago,
    mail.forms,
    standing,
    not_found,
    redirects,
    feeds,
    talks.recordings,
    talks.calendars,
)


def lead_story(posts: Sequence[Post]) -> Post | None:
    """Choose the story to lead with: the strongest of the latest posts, the newest of equals."""
    latest = [post for post in posts if not post.upcoming][:LEAD_FROM]
    return max(latest, key=lambda post: post.strength or 0, default=None)


def _rss(catalog: Catalog, site: Site, head: Head, html: str, listed: Sequence[Post]) -> Page:
    items = tuple(listed[:FEED_LENGTH])
    used = {work.source for post in items for work in post.works}
    sources = {one: address for one, address in catalog.sources.items() if one in used}
    pasts = lookbacks.pasts_of(items, catalog)
    context = {"site": site, "page": head, "html": html, "items": items, "sources": sources, "pasts": pasts}
    return Page(path=head.path, writer="rss", context=context, bodies=tuple(post.uid for post in items))


def _refuse_collisions(pages: Sequence[Page], catalog: Catalog) -> None:
    taken: dict[str, Page] = {}
    problems = []
    for page in pages:
        if page.path in taken:
            files = {page.path: page.file for page in catalog.standing}
            what = f"two pages want the address {page.path}"
            mend = "Give this page, post or alias another slug."
            problems.append(Problem(files.get(page.path, page.path), 0, "slug", what, mend))
        taken[page.path] = page
    if problems:
        raise EditionError(problems)
