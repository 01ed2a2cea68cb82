"""Podcasts: a feed with the recordings of each series that has any, and its cover.

An edition has podcasts if its policy.yaml says under `podcast` what directories require of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...edition import labels
from ...edition.curation import Podcast, Series
from ...edition.model import Post
from ...edition.paths import CONTENT_PREFIX, resolve_content_path
from ...edition.podcasts.directories import split_category
from ...text.markup import strip_markdown
from ..assets import COLOURS_FILE
from ..catalog import Catalog
from ..drawing import cover
from ..drawing.store import LOOK
from ..page import CoverPage, Page, PodcastPage, SiteMeta
from ..post_lists import PostList, sort_upcoming
from ..template_inputs import FeedLink, PageMeta, PodcastShow


def list_podcasts(catalog: Catalog, site: SiteMeta) -> Iterator[FeedLink]:
    """Yield the podcasts by name, in the order of series."""
    for series in _list_recorded_series(catalog):
        path, html_path = site.paths.podcast(series.id), site.paths.series(series.id)
        yield FeedLink(name=series.name, name_label="", path=path, html_path=html_path)


def find_podcast(series_id: str, catalog: Catalog, site: SiteMeta) -> str:
    """Return the path of a series' podcast, empty if it is none."""
    return site.paths.podcast(series_id) if catalog.podcast and series_id in catalog.lists("podcast") else ""


def plan_podcasts(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield each podcast, and its cover if the edition gives none."""
    for series in _list_recorded_series(catalog):
        assert catalog.podcast  # noqa: S101 - without it no series is listed
        drawn = _plan_cover(series, catalog, site)
        if drawn:
            yield drawn
        yield _build_podcast(series, catalog.podcast, drawn.path if drawn else "", catalog, site)


def _list_recorded_series(catalog: Catalog) -> Iterator[Series]:
    if catalog.podcast:
        recorded = catalog.lists("podcast")
        yield from (series for series in catalog.series if series.id in recorded)


def _plan_cover(series: Series, catalog: Catalog, site: SiteMeta) -> CoverPage | None:
    if series.image or (catalog.podcast and catalog.podcast.image):
        return None
    files = {name: catalog.drawn_files[name] for name in (COLOURS_FILE, LOOK) if name in catalog.drawn_files}
    path = site.paths.podcast_cover(series.id, cover.digest_cover(series.name, site.name, files))
    return CoverPage(path=path, title=series.name, site_name=site.name, files=files)


def _build_podcast(series: Series, podcast: Podcast, drawn_cover: str, catalog: Catalog, site: SiteMeta) -> Page:
    episodes = catalog.lists("podcast").find(series.id)
    items = (*episodes, *_find_live_talks(catalog.lists("series").find(series.id)))
    languages = {episode.lang for episode in episodes}
    path = site.paths.podcast(series.id)
    category, subcategory = split_category(podcast.category)
    image = series.image or podcast.image
    return PodcastPage(
        path=path,
        body_keys=tuple(post.uid for post in items),
        serialisation="rss",
        site=site,
        meta=PageMeta(
            path=path,
            title=series.name,
            kind="feed",
            lang=languages.pop() if len(languages) == 1 else site.lang,
            description=strip_markdown(series.intro) or site.subtitle,
        ),
        name_label="",
        html_path=site.paths.series(series.id),
        current_path=path,
        older_path="",  # podcast apps know no archives: a podcast has all its episodes
        is_archive=False,
        items=items,
        sources={},
        lookback_targets={},
        show=PodcastShow(
            category=category,
            subcategory=subcategory,
            explicit=bool(podcast.explicit),
            owner_name=podcast.owner.name,
            owner_email=podcast.owner.email,
            locked=podcast.locked,
            cover=find_content_address(image.file) if image else drawn_cover,
            guid=series.guid,
        ),
    )


def _find_live_talks(posts: PostList) -> list[Post]:
    """Return the talks to come that one can follow from afar, the next one first."""
    return [
        post
        for post in sort_upcoming(posts)
        if post.event and post.event.mode != "onsite" and post.event.status in labels.TAKING_PLACE
    ]


def find_content_address(file: str) -> str:
    """Return the path in the site of a file that a field names."""
    return (resolve_content_path(file) or "").removeprefix(CONTENT_PREFIX)
