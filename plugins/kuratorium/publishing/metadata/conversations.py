"""Interviews and talks: their questions and answers, recordings, chapters, transcript, and the event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from markupsafe import Markup
from msgspec import Struct

from ...edition.embeds import build_embed
from ...edition.labels import TAKING_PLACE, label_title
from ...edition.model import Event, Post
from ...edition.podcasts.model import Audio, Video
from ...edition.rules.media import get_duration
from ...text.timecodes import parse_timecode
from ..markdown.turns import find_questions
from ..template_inputs import TalkMaterials
from . import vocabulary as schema
from .contributors import build_people, build_picture, build_sponsors, refer_to_organization
from .facts import PageFacts

# As markdown.turns and its allow-list write a turn; a block of an editor's own in it would only cut its text.
_TURN = re.compile(
    r'<div class="turn turn-(?P<role>host|guest)(?: turn-question)?"(?: id="(?P<anchor>[^"]*)")?>\s*'
    r'<p class="turn-speaker"><b>(?P<speaker>[^<]*)</b>.*?</p>(?P<text>.*?)</div>',
    re.S,
)
_FOOTNOTE_MARK = re.compile(r'<sup[^>]*><a [^>]*class="footnote-ref".*?</sup>', re.S)

_EVENT_STATUSES = {
    "scheduled": "EventScheduled",
    "moved": "EventRescheduled",
    "postponed": "EventPostponed",
    "cancelled": "EventCancelled",
}
_ATTENDANCE_MODES = {
    "online": "OnlineEventAttendanceMode",
    "onsite": "OfflineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}


class SpokenTurn(Struct, frozen=True):
    """Who says what in a conversation; `role` is host or guest, `anchor` is empty if the turn has none."""

    role: str
    anchor: str
    speaker: str
    text: str


def find_spoken_turns(body: str) -> Iterator[SpokenTurn]:
    """Yield the turns of a conversation as plain text, from the HTML of its body."""
    for match in _TURN.finditer(_FOOTNOTE_MARK.sub("", body)):
        speaker, text = Markup(match["speaker"]).unescape(), Markup(match["text"]).striptags()  # noqa: S704 - to plain text
        yield SpokenTurn(match["role"], match["anchor"] or "", speaker, text)


def build_questions(post: Post, facts: PageFacts) -> tuple[schema.Question, ...]:
    """Return the questions of an interview, each with what its guests say before a host speaks again."""
    asked = {question.anchor: question.text for question in find_questions(facts.body)}
    people = {person.name: person for person in build_people((*post.hosts, *post.guests), facts)}
    exchanges: list[tuple[SpokenTurn, list[SpokenTurn]]] = []  # a host's turn, and the answers to it
    for turn in find_spoken_turns(facts.body):
        if turn.role == "host":
            exchanges.append((turn, []))
        elif exchanges:
            exchanges[-1][1].append(turn)
    return tuple(
        schema.Question(
            name=asked[turn.anchor],
            text=turn.text,
            url=f"{facts.url}#{turn.anchor}",
            author=_find_speakers([turn], people),
            accepted_answer=schema.Answer(
                text=" ".join(answer.text for answer in answers), author=_find_speakers(answers, people)
            ),
        )
        for turn, answers in exchanges
        # Search engines refuse a question without an answer.
        if turn.anchor in asked and any(answer.text for answer in answers)
    )


def _find_speakers(
    turns: list[SpokenTurn], people: dict[str, schema.Person]
) -> tuple[schema.Person | schema.Reference, ...]:
    """Return who speaks: by the id under which the post names them, or else by name."""
    speakers = dict.fromkeys(people.get(turn.speaker) or schema.Person(name=turn.speaker) for turn in turns)
    return tuple([schema.Reference(one.id) if one.id else schema.Person(name=one.name) for one in speakers])


def has_recording(post: Post) -> bool:
    """Return whether a talk is past and can be heard or seen."""
    return bool(post.event and not post.upcoming and post.media and (post.media.audio or post.media.video))


def build_recordings(post: Post, facts: PageFacts) -> tuple[schema.MediaObject, ...]:
    """Return the recordings of a conversation; the first one has the transcript."""
    media = post.media
    if not media or post.upcoming:
        return ()
    turns = find_spoken_turns(facts.body)
    transcript = "\n".join(f"{turn.speaker}: {turn.text}" for turn in turns)
    recordings: list[schema.MediaObject] = []
    if media.audio:
        recordings.append(_build_audio(media.audio, post, facts, transcript))
    if media.video:
        recordings.append(_build_video(media.video, post, facts, "" if recordings else transcript))
    return tuple(recordings)


def _build_audio(audio: Audio, post: Post, facts: PageFacts, transcript: str) -> schema.AudioObject:
    address = audio.url or facts.link(audio.file)
    return schema.AudioObject(
        id=f"{facts.url}#audio",
        name=label_title(post, facts.wording.translations),
        content_url=address,
        encoding_format=audio.type,
        content_size=f"{audio.bytes} B" if audio.bytes else "",
        duration=_format_duration(audio.duration),
        upload_date=post.date.isoformat(),
        transcript=transcript,
        caption=_build_captions(post, facts),
        has_part=_build_clips(post, f"{address}#t="),
    )


def _build_video(video: Video, post: Post, facts: PageFacts, transcript: str) -> schema.VideoObject:
    embed = build_embed(video.provider, video.id) if video.provider else None
    address = facts.link(video.file) if video.file else ""
    # Search engines show no video without a picture: that of the post, else the site's own sign.
    picture = video.poster or (
        post.picture.path if post.picture else post.image.file if post.image else facts.site.paths.icon
    )
    return schema.VideoObject(
        id=f"{facts.url}#video",
        name=label_title(post, facts.wording.translations),
        description=facts.description,
        url=embed.page_url if embed else "",
        content_url=address,
        embed_url=embed.frame_url if embed else "",
        duration=_format_duration(video.duration),
        upload_date=post.date.isoformat(),
        thumbnail_url=facts.link(picture),
        transcript=transcript,
        caption=_build_captions(post, facts),
        has_part=_build_clips(post, f"{address}#t=" if address else f"{facts.url}#t-"),
    )


def _build_captions(post: Post, facts: PageFacts) -> schema.MediaObject | None:
    materials = facts.inputs.get("materials")
    if not isinstance(materials, TalkMaterials) or not materials.captions:
        return None
    return schema.MediaObject(
        content_url=facts.link(materials.captions), encoding_format="text/vtt", in_language=post.lang
    )


def _build_clips(post: Post, place: str) -> tuple[schema.Clip, ...]:
    """Return the chapters; `place` followed by the second is where one begins."""
    media = post.media
    if not media or not media.chapters:
        return ()
    starts = [parse_timecode(chapter.start) for chapter in media.chapters]
    ends = [*(end for _, end in pairwise(starts)), get_duration(media) or None]
    return tuple(
        schema.Clip(name=chapter.title, url=f"{place}{start}", start_offset=start, end_offset=end)
        for chapter, start, end in zip(media.chapters, starts, ends, strict=True)
    )


def _format_duration(time: str) -> str:
    """Return a time code as a duration of ISO 8601: 1:02:03 is PT1H2M3S; empty if there is none."""
    if not time:
        return ""
    minutes, seconds = divmod(parse_timecode(time), 60)
    return f"PT{minutes // 60}H{minutes % 60}M{seconds}S"


def build_event(event: Event, post: Post, facts: PageFacts) -> schema.Event:
    """Return when and where a talk takes place, or took place."""
    return schema.Event(
        id=f"{facts.url}#event",
        name=label_title(post, facts.wording.translations),
        description=facts.description,
        url=facts.url,
        image=build_picture(post.image, facts, post.picture) if post.image else "",
        start_date=event.start.isoformat(),
        end_date=event.end.isoformat() if event.end else "",
        event_status=f"https://schema.org/{_EVENT_STATUSES[event.status]}",
        event_attendance_mode=f"https://schema.org/{_ATTENDANCE_MODES[event.mode]}",
        location=_build_locations(event, post, facts),
        organizer=refer_to_organization(facts.site),
        performer=build_people((*post.guests, *post.hosts), facts),
        in_language=post.lang,
        sponsor=build_sponsors(post, facts.site),
    )


def _build_locations(event: Event, post: Post, facts: PageFacts) -> tuple[schema.Place | schema.VirtualLocation, ...]:
    """Return the venue, the room online, or both; without an address of a room, the talk's page leads to it."""
    locations: list[schema.Place | schema.VirtualLocation] = []
    if event.mode != "onsite":
        # The page shows the room of a talk that one can attend, and of no other.
        shows_room = post.upcoming and event.status in TAKING_PLACE
        locations.append(schema.VirtualLocation(url=event.url if event.url and shows_room else facts.url))
    if event.place:
        locations.append(schema.Place(name=event.place.split(",")[0], address=event.place))
    return tuple(locations)
