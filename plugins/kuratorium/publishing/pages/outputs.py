"""Plan the site: from the catalog every output with its declared inputs. A pure function.

OUTPUTS is the table of what a site consists of; adding an output is one function and one line in it.
A template sees nothing but what its page declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from ...edition import settings as edition_settings
from ...edition.formats import get_format
from ...edition.model import Post
from ...edition.registry import Registry
from ..admin.configuration import plan_admin_page
from ..catalog import Catalog
from ..delivery.headers import build_content_policy, build_page_policy
from ..drawing.initials import build_mark
from ..drawing.model import Look
from ..page import (
    MailPage,
    Page,
    PlainTextPage,
    SiteMeta,
    build_html_page,
    build_list_meta,
    build_list_pages,
)
from ..post_lists import put_upcoming_first
from ..template_inputs import CountedLink, Link, MonthLink, PageMeta, Principles
from ..urls import Paths, tag_slug
from . import (
    balance,
    feeds,
    home,
    languages,
    lookbacks,
    people,
    pictures,
    podcasts,
    privacy,
    share_cards,
    site_files,
    subscribe,
    talks,
    topics,
)
from .versions import build_alternate_links, find_translations

ARCHIVE_POSTS = 6  # the latest, on the page of the archive

OutputPlanner = Callable[[Catalog, SiteMeta], Iterator[Page]]


def build_site_meta(
    settings: edition_settings.SiteSettings, registry: Registry, catalog: Catalog, look: Look | None = None
) -> SiteMeta:
    """Return what every page knows of the site; the registry must have been read without problems.

    Without a `look`, the addresses are right, and the colours those of our own theme.
    """
    look = look or Look(build_mark(settings.name, registry.logo))
    assert registry.policy is not None  # noqa: S101 - without a policy there was a problem
    paths, principles = Paths(settings.lang), registry.policy.principles
    return SiteMeta(
        name=settings.name,
        subtitle=settings.subtitle,
        url=settings.url,
        lang=settings.lang,
        paths=paths,
        imprint=registry.policy.imprint,
        topics=catalog.topics,
        formats=tuple(format.id for format in catalog.formats),
        standalone_pages=tuple(Link(page.title, page.path) for page in catalog.standalone_pages if not page.hidden),
        languages=languages.find_languages(catalog),
        has_people=bool(catalog.people),
        has_series=bool(catalog.series),
        has_tags=bool(catalog.lists("tag")),
        has_sources=bool(catalog.followed_sources),
        has_tag_feeds=registry.policy.tag_feeds,
        has_share_cards=registry.policy.share_cards,
        has_search=registry.policy.search,
        corrections_position=registry.policy.corrections,
        mark=look.mark,
        schemes=look.schemes,
        principles=Principles(
            publishing=paths.named_page(principles.publishing),
            corrections=paths.named_page(principles.corrections),
            funding=paths.named_page(principles.funding),
        ),
        sponsors=registry.policy.sponsors,
        hub=registry.policy.hub,
        newsletter=registry.policy.newsletter,
        content_security_policy=build_page_policy(build_content_policy(registry.policy)),
    )


def plan_pages(catalog: Catalog, site: SiteMeta) -> list[Page]:
    """Return every output of the site; `addresses.find_address_problems` says whether two have the same path."""
    return [page for plan in OUTPUTS for page in plan(catalog, site)]


def plan_pages_after_addition(catalog: Catalog, site: SiteMeta) -> list[Page]:
    """Return every output that may differ from before `catalog.added` came to the site."""
    return [page for plan in OUTPUTS_OF_LISTS for page in plan(catalog, site)]


def plan_post_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page of every post, hidden ones too, with its neighbours in time and its relations."""
    topic_feeds = {topic.id: feeds.build_topic_feed_link(topic, site) for topic in catalog.topics}
    listed, lookbacks_by_uid = catalog.listed, catalog.lists("lookback")
    for post in catalog.posts_with_pages:
        newer, older = listed.find_neighbours(post)
        versions = find_translations(post, catalog)
        meta = PageMeta(
            path=post.path,
            title=post.title,
            kind="post",
            lang=post.lang,
            description=post.summary,
            feeds=tuple([topic_feeds[topic.id] for topic in post.topics]),
            languages=build_alternate_links(post, versions),
            indexed=not (post.hidden or post.unpublished),  # as only its address leads to a hidden post
            card=share_cards.find_card_path(post.path, site),
        )
        yield build_html_page(
            site,
            meta,
            get_format(post.format).template,
            body_keys=(post.uid,),
            post=post,
            lookback_target=lookbacks.find_lookback_target(post, catalog),
            lookbacks=tuple(lookbacks_by_uid.find(post.uid)),
            newer=newer,
            older=older,
            related=catalog.relations.find_related(post),
            same_work=catalog.relations.find_same_work(post),
            mentions=catalog.relations.find_mentions(post),
            versions=versions,
            materials=talks.build_talk_materials(post),
            episode=talks.find_episode(post, catalog, site),
        )


def plan_mail_versions(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield both versions for mail, HTML and plain text, of every post whose format has them."""
    for post in catalog.posts_with_pages:
        if get_format(post.format).has_mail_version:
            body_keys = (post.uid,)
            meta = _build_mail_meta(post, site, "mail")
            yield MailPage(
                path=meta.path,
                template="mail/issue",
                body_keys=body_keys,
                site=site,
                meta=meta,
                inputs={"post": post},
            )
            meta = _build_mail_meta(post, site, "text")
            yield PlainTextPage(path=meta.path, body_keys=body_keys, site=site, meta=meta, post=post)


def _build_mail_meta(post: Post, site: SiteMeta, kind: str) -> PageMeta:
    return PageMeta(
        path=site.paths.mail_version(post.path, kind),
        title=post.title,
        kind="mail",
        lang=post.lang,
        description=post.summary,
        indexed=False,  # the post's page says the same
        absolute_root=f"{site.url}/",  # a mail has no address that links could be relative to
    )


def plan_format_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of each format's posts."""
    for format in catalog.formats:
        if catalog.may_change("format", format.id):
            meta = build_list_meta(site, site.paths.format(format.id), format.plural)
            front_inputs = {"languages": languages.link_languages(catalog, site, format.id)}
            posts = catalog.lists("format")[format.id]
            yield from build_list_pages(site, meta, "format", posts, front_inputs, format=format.id)


def plan_tag_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of tags in use, and the posts of each."""
    if catalog.by_tag:
        counts = tuple(
            CountedLink(name=tag, path=site.paths.tag(tag), count=len(posts)) for tag, posts in catalog.by_tag.items()
        )
        yield build_html_page(site, build_list_meta(site, site.paths.tags(), "Tags"), "tags", tags=counts)
    for tag, posts in catalog.by_tag.items():
        if catalog.may_change("tag", tag_slug(tag)):
            meta = build_list_meta(site, site.paths.tag(tag), tag)
            if site.has_tag_feeds:
                meta = replace(meta, feeds=(feeds.build_feed_link(tag, meta.path, site),))
            yield from build_list_pages(site, meta, "tag", posts, tag=tag)


def plan_archive_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the archive: the list of years, for each year the list of its months, and each month's posts."""
    if not catalog.listed:
        return
    years = tuple(
        CountedLink(name=str(int(year)), path=site.paths.year(int(year)), count=count)
        for year, count in sorted(catalog.lists("year").counts.items(), reverse=True)
    )
    yield build_html_page(
        site,
        build_list_meta(site, site.paths.archive(), "Archive"),
        "archive",
        years=years,
        newest=tuple(put_upcoming_first(catalog.listed[:ARCHIVE_POSTS])),
        years_ago=lookbacks.has_earlier_years(catalog),
        languages=languages.link_languages(catalog, site),
    )
    # Without the counts: a new note changes its year's count, and must not change the pages of all other years.
    year_links = tuple(Link(year.name, year.path) for year in years)
    months_by_year: dict[int, list[MonthLink]] = {}
    for month, count in sorted(catalog.lists("month").counts.items(), reverse=True):
        first_day = date.fromisoformat(f"{month}-01")
        link = MonthLink(first_day=first_day, path=site.paths.month(first_day), count=count)
        months_by_year.setdefault(first_day.year, []).append(link)
    for number, months in months_by_year.items():
        meta = build_list_meta(site, site.paths.year(number), str(number))
        yield build_html_page(site, meta, "year", year=number, months=tuple(months), years=year_links)
        yield from _plan_month_pages(months, catalog, site)


def _plan_month_pages(months: Sequence[MonthLink], catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the lists of a year's posts by month."""
    links = tuple((month.first_day, month.path) for month in months)  # without the counts, as those of the years
    for month in months:
        key = month.first_day.isoformat()[:7]
        if catalog.may_change("month", key):
            meta = build_list_meta(site, month.path, key)
            posts = catalog.lists("month")[key]
            yield from build_list_pages(site, meta, "month", posts, first_day=month.first_day, months=links)


def plan_standalone_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield standalone pages such as imprint and privacy."""
    for page in catalog.standalone_pages:
        if catalog.added and balance.BLOCK not in page.blocks:  # the only block that a post changes
            continue
        meta = PageMeta(
            path=page.path,
            title=page.title,
            kind="page",
            lang=page.lang,
            description=page.summary,
            indexed=not page.hidden,
        )
        yield build_html_page(site, meta, "page", body_keys=(page.file,), **_find_block_inputs(page.blocks, catalog))


def _find_block_inputs(blocks: Sequence[str], catalog: Catalog) -> dict[str, object]:
    """Return all that the blocks of a page may show, and nothing that a new post changes, but the balance."""
    if not blocks:
        return {}
    inputs: dict[str, object] = {"people": catalog.people, "sources": catalog.followed_sources}
    if balance.BLOCK in blocks:
        inputs["balance"] = balance.build_balance(catalog)
    return inputs | privacy.build_privacy_inputs(catalog.policy) if "privacy" in blocks else inputs


def plan_search_page(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page with the search, if the policy wants one; without a script it leads to the lists of the site."""
    if site.has_search:
        has_tags = bool(catalog.lists("tag"))
        yield build_html_page(site, build_list_meta(site, site.paths.search(), "Search"), "search", has_tags=has_tags)


def plan_not_found_page(_: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page for unknown addresses."""
    # A server shows this page at any requested address, so its links begin with the path of the site's own
    # address: "/" on a host of its own, "/blog/" in a folder.
    base = "/" + site.url.split("/", 3)[3] + "/" if site.url.count("/") > 2 else "/"
    meta = PageMeta(
        path=site.paths.not_found, title="404", kind="404", lang=site.lang, indexed=False, absolute_root=base
    )
    yield build_html_page(site, meta, "404")


def plan_redirect_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield a page at every former address that redirects to the present one; no server settings are needed."""
    for alias, target in talks.list_page_aliases(catalog).items():
        meta = PageMeta(
            path=build_redirect_path(alias), title=site.name, kind="redirect", lang=site.lang, indexed=False
        )
        yield build_html_page(site, meta, "redirect", target=target)


def plan_withdrawn_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield a notice at the address of every withdrawn post; a static host cannot send its status 410."""
    for post, withdrawn in catalog.withdrawn:
        meta = PageMeta(path=post.path, title=post.title, kind="withdrawn", lang=post.lang, indexed=False)
        yield build_html_page(site, meta, "withdrawn", day=withdrawn.date, reason=withdrawn.reason)


def build_redirect_path(alias: str) -> str:
    """Return the path of the page at a former address."""
    # A former address without an ending was a folder's, which servers answer with its index.html.
    return alias if alias.endswith(".html") else f"{alias}/index.html"


OUTPUTS: tuple[OutputPlanner, ...] = (
    plan_post_pages,
    home.plan_home_page,
    topics.plan_topic_pages,
    plan_format_pages,
    people.plan_people_pages,
    languages.plan_language_pages,
    topics.plan_series_pages,
    topics.plan_source_pages,
    plan_tag_pages,
    plan_archive_pages,
    lookbacks.plan_years_ago_page,
    plan_mail_versions,
    plan_standalone_pages,
    plan_search_page,
    plan_not_found_page,
    plan_redirect_pages,
    plan_withdrawn_pages,
    feeds.plan_feeds,
    podcasts.plan_podcasts,
    subscribe.plan_subscribe_page,
    talks.plan_conversation_files,
    talks.plan_calendars,
    share_cards.plan_share_cards,
    pictures.plan_pictures,
    site_files.plan_sitemap,
    site_files.plan_site_files,
    plan_admin_page,
)

# What a post may change that is no talk, in no series, and has no former address.
OUTPUTS_OF_LISTS = tuple(
    plan
    for plan in OUTPUTS
    if plan
    not in (
        topics.plan_series_pages,
        podcasts.plan_podcasts,
        plan_not_found_page,
        plan_redirect_pages,
        plan_withdrawn_pages,
        talks.plan_calendars,
        pictures.plan_pictures,
        site_files.plan_site_files,
        plan_admin_page,
    )
)
