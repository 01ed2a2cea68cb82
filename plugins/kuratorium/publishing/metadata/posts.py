"""The page of a post: what kind of work it is, what it is based on, who made it, and what belongs to it."""

from __future__ import annotations

from typing import Any

from ...edition.formats import get_format
from ...edition.labels import label_title
from ...edition.model import Post
from ..template_inputs import LookbackTarget
from . import vocabulary as schema
from .contributors import (
    build_people,
    build_picture,
    build_sponsors,
    build_work,
    refer_to_organization,
    refer_to_website,
)
from .conversations import build_event, build_questions, build_recordings, has_recording
from .facts import PageFacts

TYPES_BY_FORMAT: dict[str, type[schema.Article]] = {
    "note": schema.BlogPosting,
    "lookback": schema.BlogPosting,
    "digest": schema.BlogPosting,
}
"""Format -> the type of its posts; all others are articles. A talk is an event, an episode once it has a recording."""


def build_post(facts: PageFacts) -> schema.Thing:
    """Return the post of a page, with all that belongs to it."""
    post = facts.inputs["post"]
    assert isinstance(post, Post)  # noqa: S101 - for mypy: pages of posts declare one
    if post.event and post.upcoming:
        return build_event(post.event, post, facts)
    recordings = build_recordings(post, facts)
    if has_recording(post):
        return _build_episode(post, recordings, facts)
    kind = TYPES_BY_FORMAT.get(post.format, schema.Article)
    return kind(
        **_describe_work(post, facts),
        headline=label_title(post, facts.wording.translations),
        article_section=tuple([topic.name for topic in post.topics]),
        is_part_of=(refer_to_website(facts.site), *_list_series(post, facts)),
        citation=tuple([build_work(work) for work in post.works]),
        is_based_on=(*[work.url for work in post.works if work.url], *_list_lookback_targets(facts)),
        about=build_event(post.event, post, facts) if post.event else None,
        has_part=build_questions(post, facts) if get_format(post.format).is_conversation else (),
        associated_media=recordings,
    )


def _build_episode(post: Post, recordings: tuple[schema.MediaObject, ...], facts: PageFacts) -> schema.PodcastEpisode:
    episode: Any = facts.inputs["episode"]
    podcast = facts.link(episode.podcast) if episode and episode.podcast else ""
    return schema.PodcastEpisode(
        **_describe_work(post, facts),
        name=label_title(post, facts.wording.translations),
        is_part_of=(refer_to_website(facts.site),),
        part_of_series=next((_build_podcast(series, podcast) for series in _list_series(post, facts)), None),
        episode_number=post.series.position if post.series else None,
        recorded_at=build_event(post.event, post, facts) if post.event else None,
        associated_media=recordings,
    )


def _build_podcast(series: schema.CreativeWorkSeries, podcast: str) -> schema.PodcastSeries:
    return schema.PodcastSeries(id=series.id, name=series.name, url=series.url, web_feed=podcast)


def _describe_work(post: Post, facts: PageFacts) -> dict[str, Any]:
    """Return the properties that every post has."""
    authors = build_people(post.authors or post.hosts, facts)
    others = build_people((*post.hosts, *post.guests), facts)
    return {
        "id": f"{facts.url}#post",
        "url": facts.url,
        "main_entity_of_page": facts.url,
        "description": facts.description,
        "image": build_picture(post.image, facts, post.picture) if post.image else "",
        "author": authors,
        "contributor": tuple([person for person in others if person not in authors]),
        "publisher": refer_to_organization(facts.site),
        "sponsor": build_sponsors(post, facts.site),
        "date_published": post.date.isoformat(),
        "date_modified": post.last_updated.isoformat(),
        "in_language": post.lang,
        "keywords": post.tags,
        "same_as": post.syndication,
        "correction": tuple(
            [
                schema.CorrectionComment(text=correction.text, date_published=correction.date.isoformat())
                for correction in post.corrections
            ]
        ),
        **_link_translations(post, facts),
    }


def _link_translations(post: Post, facts: PageFacts) -> dict[str, Any]:
    versions: Any = facts.inputs.get("versions", ())
    links = {version.uid: schema.Reference(f"{facts.link(version.path)}#post") for version in versions}
    if post.translation_of:
        return {"translation_of_work": links.get(post.translation_of)}
    return {"work_translation": tuple(links.values())}


def _list_series(post: Post, facts: PageFacts) -> tuple[schema.CreativeWorkSeries, ...]:
    """Return the series of a post; none if it is in none."""
    if not post.series:
        return ()
    url = facts.link(facts.site.paths.series(post.series.id))
    return (schema.CreativeWorkSeries(id=f"{url}#series", name=post.series_name, url=url),)


def _list_lookback_targets(facts: PageFacts) -> tuple[str, ...]:
    target = facts.inputs.get("lookback_target")
    return (facts.link(target.post.path),) if isinstance(target, LookbackTarget) else ()
