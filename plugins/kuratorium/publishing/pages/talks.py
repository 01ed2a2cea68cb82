"""What lies beside the page of a talk or interview, made of the same file: calendar, captions, transcript, chapters.

And what stands before and after it in its series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...edition.model import Post
from ..catalog import Catalog
from ..page import Episode, Page, SiteMeta, TalkMaterials

_FILE_EXTENSIONS = {"calendar": ".ics", "captions": ".vtt", "transcript": ".txt", "chapters": ".chapters.json"}
_NO_MATERIALS = TalkMaterials(calendar="", captions="", transcript="", chapters="")


def build_template_inputs(post: Post, catalog: Catalog) -> Mapping[str, object]:
    """Declare what a post's own page sees of this."""
    return {"materials": build_talk_materials(post), "episode": find_episode(post, catalog)}


def build_talk_materials(post: Post) -> TalkMaterials:
    """Say where what lies beside a post's page is; empty where there is none.

    Captions that were made for the recording are exact; those made of turns know only when each of them begins.
    """
    if not (post.event or post.media or post.has_timecodes):  # as nearly all: asked for three times a plan
        return _NO_MATERIALS
    at = {name: post.path.removesuffix(".html") + ending for name, ending in _FILE_EXTENSIONS.items()}
    media = post.media
    own = media.transcript if media else ""
    return TalkMaterials(
        calendar=at["calendar"] if post.event else "",
        captions=own or (at["captions"] if post.has_timecodes else ""),
        transcript=at["transcript"] if post.has_timecodes else "",
        chapters=at["chapters"] if media and media.chapters else "",
    )


def find_episode(post: Post, catalog: Catalog) -> Episode | None:
    """Tell a post's place in its series: how many there are, and those before and after it."""
    if not post.series:
        return None
    parts = catalog.by_series.get(post.series.id, [])
    before = [one for one in parts if _series_position(one) < _series_position(post)]
    after = [one for one in parts if _series_position(one) > _series_position(post)]
    return Episode(count=len(parts), earlier=before[-1] if before else None, later=after[0] if after else None)


def plan_conversation_files(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Captions, transcript and chapters of conversations."""
    for post in (*catalog.posts, *catalog.hidden):
        made = build_talk_materials(post)
        seen = {"site": site, "post": post}
        if post.has_timecodes and made.captions != (post.media.transcript if post.media else ""):
            yield Page(path=made.captions, writer="captions", context=seen, body_keys=(post.uid,))
        if made.transcript:
            yield Page(path=made.transcript, writer="transcript", context=seen, body_keys=(post.uid,))
        if made.chapters:
            yield Page(path=made.chapters, writer="chapters", context=seen)


def plan_calendars(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """A calendar for every talk, and one of those to come."""
    for post in (*catalog.posts, *catalog.hidden):
        if path := build_talk_materials(post).calendar:
            yield _build_calendar_page(site, path, "", (post,))
    if any(post.event for post in catalog.posts):
        yield _build_calendar_page(site, site.paths.calendar(), site.name, catalog.upcoming)


def _build_calendar_page(site: SiteMeta, path: str, name: str, posts: tuple[Post, ...]) -> Page:
    return Page(path=path, writer="calendar", context={"site": site, "name": name, "posts": posts})


def _series_position(post: Post) -> tuple[int, str]:
    return post.series.position if post.series else 0, post.uid
