"""Conversations: the files beside the page of a talk or interview, their calendars, and their place in a series."""

from __future__ import annotations

from collections.abc import Iterator

from ...edition.model import Post
from ..catalog import Catalog
from ..page import CalendarPage, CaptionsPage, ChaptersPage, Page, SiteMeta, TranscriptPage
from ..post_lists import get_series_order
from ..template_inputs import Episode, TalkMaterials
from .podcasts import find_podcast

_CALENDAR = ".ics"
_FILE_EXTENSIONS = {"calendar": _CALENDAR, "captions": ".vtt", "transcript": ".txt", "chapters": ".chapters.json"}
_NO_MATERIALS = TalkMaterials(calendar="", captions="", transcript="", chapters="")


def plan_conversation_files(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield captions, transcript and chapters of conversations."""
    for post in catalog.posts_with_pages:
        materials = build_talk_materials(post)
        # Captions of the edition's own are copied as they are: they are exact, those from turns know only their starts.
        own_captions = post.media.transcript if post.media else ""
        if post.has_timecodes and materials.captions != own_captions:
            yield CaptionsPage(path=materials.captions, body_keys=(post.uid,), post=post)
        if materials.transcript:
            yield TranscriptPage(path=materials.transcript, body_keys=(post.uid,), site=site, post=post)
        if materials.chapters:
            yield ChaptersPage(path=materials.chapters, post=post)


def plan_calendars(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield a calendar for every talk, and one of the talks to come and of the last ones, to subscribe to.

    A talk's calendar stays at its former addresses, too: few calendar programs follow a redirect, and none a page's.
    """
    former = find_former_calendars(catalog)
    for post in catalog.posts_with_pages:
        if path := build_talk_materials(post).calendar:
            for place in (path, *(place for place in former.get(post.path, ()) if place != site.paths.calendar())):
                yield CalendarPage(path=place, site=site, name="", posts=(post,))
    # Without an upcoming talk the calendar is empty, but it stays: subscriptions must not break between two talks.
    if catalog.lists("event"):
        yield CalendarPage(path=site.paths.calendar(), site=site, name=site.name, posts=catalog.calendar_posts)


def find_former_calendars(catalog: Catalog) -> dict[str, list[str]]:
    """Return the former addresses of calendars by the page of their talk: those beside former pages, or named so."""
    calendars: dict[str, list[str]] = {}
    for alias, target in catalog.aliases.items():
        if alias.endswith((".html", _CALENDAR)):
            places = calendars.setdefault(target, [])
            places += {f"{alias.removesuffix('.html').removesuffix(_CALENDAR)}{_CALENDAR}"}.difference(places)
    return calendars


def list_page_aliases(catalog: Catalog) -> dict[str, str]:
    """Return the former addresses that lead to pages: all but those of the calendars of talks."""
    if not any(alias.endswith(_CALENDAR) for alias in catalog.aliases):
        return catalog.aliases
    talks = {post.path for post in catalog.posts_with_pages if post.event}
    return {alias: path for alias, path in catalog.aliases.items() if not (alias.endswith(_CALENDAR) and path in talks)}


def build_talk_materials(post: Post) -> TalkMaterials:
    """Return the paths of the files beside a post's page; empty for files that it does not have."""
    if not (post.event or post.media or post.has_timecodes):  # most posts, and this runs three times for each
        return _NO_MATERIALS
    paths = {name: post.path.removesuffix(".html") + extension for name, extension in _FILE_EXTENSIONS.items()}
    media = post.media
    own_captions = media.transcript if media else ""
    return TalkMaterials(
        calendar=paths["calendar"] if post.event else "",
        captions=own_captions or (paths["captions"] if post.has_timecodes else ""),
        transcript=paths["transcript"] if post.has_timecodes else "",
        chapters=paths["chapters"] if media and media.chapters else "",
    )


def find_episode(post: Post, catalog: Catalog, site: SiteMeta) -> Episode | None:
    """Return a post's place in its series; None if it is in none."""
    if not post.series:
        return None
    episodes = catalog.by_series.get(post.series.id, [])
    # By position, not by index: a hidden post is not among the episodes.
    position = get_series_order(post)
    before = [episode for episode in episodes if get_series_order(episode) < position]
    after = [episode for episode in episodes if get_series_order(episode) > position]
    return Episode(
        count=len(episodes),
        earlier=before[-1] if before else None,
        later=after[0] if after else None,
        podcast=find_podcast(post.series.id, catalog, site),
    )
