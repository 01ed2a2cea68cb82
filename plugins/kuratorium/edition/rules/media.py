"""Rules about files and hosts that a post or page refers to: recordings, embeds, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from unicodedata import normalize

from ...text.timecodes import format_timecode, is_timecode, parse_timecode
from .. import embeds, prose
from ..fields import Violation, suggest_nearest
from ..formats import get_format
from ..markdown.embed_lines import EmbedLine, find_embeds
from ..model import ContentFile, FrontMatter, PostFile, StandalonePage
from ..paths import SHOWN_SUFFIXES, is_shown_picture, resolve_content_path
from ..podcasts.model import Media
from ..registry import Registry
from ..yaml import YamlPath
from .links import find_links

_PICTURE_FIELDS: tuple[YamlPath, ...] = (("image", "file"), ("media", "video", "poster"))
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(")


def check_attached_files(
    content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]
) -> Iterator[Violation]:
    """Check that files that front matter names exist; `file_exists` takes a path from the root."""
    for path, name in _list_attached_names(content_file):
        hint = "Put it there, or correct the name: it is one below content/, such as media/…."
        file = resolve_content_path(name)
        if file is None:
            yield Violation(path, f'"{name}" leads out of content/', hint)
        elif not file_exists(file):
            if any(file_exists(normalize(form, file)) for form in ("NFC", "NFD")):
                hint = 'There is one in whose name letters such as "ü" are written another way: rename that file.'
            yield Violation(path, f"there is no file {file}", hint)
        elif path in _PICTURE_FIELDS and not is_shown_picture(file):
            hint = f"Name a file that ends in {', '.join(SHOWN_SUFFIXES)}."
            yield Violation(path, f"{file} is no picture", hint)


def check_posters(content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]) -> Iterator[Violation]:
    """Check that the stills of embeds in the text are pictures that exist; `file_exists` takes a path from the root."""
    for line, name in _list_posters(content_file):
        file = resolve_content_path(name)
        if file is None or not file_exists(file):
            hint = "Put it there, or correct poster=…: it names a file below content/, such as images/…."
            yield Violation((), f'there is no file "{name}" below content/', hint, line)
        elif not is_shown_picture(file):
            hint = f"Name a file that ends in {', '.join(SHOWN_SUFFIXES)}."
            yield Violation((), f"{file} is no picture", hint, line)


def check_chapters(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that chapters are in order, have different starts, and begin before the recording ends."""
    media = post_file.meta.media
    if not media:
        return
    duration = get_duration(media)
    previous = -1
    for index, chapter in enumerate(media.chapters):
        start = parse_timecode(chapter.start)
        path = ("media", "chapters", index, "start")
        # Players and podcast apps show one chapter per moment.
        if start == previous:
            message = f"this chapter overlaps the one above it: both begin at {chapter.start}"
            yield Violation(path, message, "Give each chapter its own start.")
        elif start < previous:
            message = f"the chapter begins at {chapter.start}, before the one above it"
            yield Violation(path, message, "Put chapters in the order of time.")
        if duration and start >= duration:
            message = f"the chapter begins at {chapter.start}, and the recording ends at {format_timecode(duration)}"
            yield Violation(path, message, "Correct the chapter's start or the recording's duration.")
        previous = max(previous, start)


def check_turns_in_recording(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that no turn begins after the end of the recording."""
    duration = get_duration(post_file.meta.media) if post_file.meta.media else 0
    if not duration or not get_format(post_file.format).is_conversation:
        return
    for turn in prose.find_turns(post_file.body):
        if turn.time and is_timecode(turn.time) and parse_timecode(turn.time) >= duration:
            message = f"this turn begins at {turn.time}, and the recording ends at {format_timecode(duration)}"
            hint = "Correct the time code or the recording's duration."
            yield Violation((), message, hint, post_file.body_line + turn.line)


def check_recording_source(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Check that a recording is either a file or an address (of a video: a provider), not both and not neither."""
    media = post_file.meta.media
    if not media:
        return
    if media.audio and bool(media.audio.file) == bool(media.audio.url):
        message = "names both a file and an address" if media.audio.file else "names neither a file nor an address"
        yield Violation(("media", "audio"), message, "Write file: media/….opus, or url: https://…")
    video = media.video
    if video and bool(video.file) == bool(video.provider):
        message = "names both a file and a provider" if video.file else "names neither a file nor a provider"
        yield Violation(("media", "video"), message, "Write file: media/….webm, or provider: youtube and id: …")


def check_embeds(content_file: PostFile | StandalonePage, registry: Registry) -> Iterator[Violation]:
    """Check that embeds have a known provider, one that policy.yaml allows, a valid identifier and valid details."""
    allowed = registry.policy.embeds if registry.policy else None
    for path, embed, line in _list_embeds(content_file):
        if error := _describe_embed_error(embed):
            yield Violation(path, *error, line)
        elif allowed is not None and embed.provider not in allowed:
            # The privacy page must name whom the reader's address is sent to (Art. 13 GDPR).
            hint = f"Link to it; or add {embed.provider} to embeds in curation/policy.yaml, and to the privacy page."
            yield Violation(path, f"policy.yaml does not allow embeds of {embed.provider}", hint, line)


def check_image_alt(content_file: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """Check that pictures in the text have an alternative text (WCAG 2.2, 1.1.1)."""
    for number, line in enumerate(content_file.body.split("\n")):
        for match in _IMAGE.finditer(line):
            # An empty text is right for decoration in HTML, but a picture in an article is content.
            if not match["alt"].strip():
                hint = "Say in the square brackets what it shows: ![Two people at a table](…)."
                yield Violation((), "this picture has no alt text", hint, content_file.body_line + number)


def _list_attached_names(content_file: ContentFile) -> Iterator[tuple[YamlPath, str]]:
    """Yield the files that front matter names (recordings, transcript, pictures) as they are written."""
    if not isinstance(content_file.meta, FrontMatter):
        return
    media, image = content_file.meta.media, content_file.meta.image
    if media:
        audio, video = media.audio, media.video
        names: list[tuple[YamlPath, str]] = [
            (("media", "audio", "file"), audio.file if audio else ""),
            (("media", "video", "file"), video.file if video else ""),
            (("media", "video", "poster"), video.poster if video else ""),
            (("media", "transcript"), media.transcript),
        ]
        yield from ((path, name) for path, name in names if name)
    if image:
        yield ("image", "file"), image.file


def list_referenced_files(content_file: PostFile | StandalonePage) -> tuple[str, ...]:
    """Return the paths of all files that a post or page depends on: linked ones, those in front matter, and stills."""
    linked = [file for link in find_links(content_file) for file in link.candidates]
    attached = [file for _, name in _list_attached_names(content_file) if (file := resolve_content_path(name))]
    posters = [file for _, name in _list_posters(content_file) if (file := resolve_content_path(name))]
    return tuple(dict.fromkeys([*linked, *attached, *posters]))


def list_files_shown_as_they_are(content_file: PostFile | StandalonePage) -> tuple[str, ...]:
    """Return the paths of the files that a text names, apart from pictures that are drawn anew."""
    names = [name for path, name in _list_attached_names(content_file) if path not in _PICTURE_FIELDS]
    return tuple(file for name in names if (file := resolve_content_path(name)))


def get_duration(media: Media) -> int:
    """Return the length of a recording in seconds, or 0 if it is unknown."""
    for recording in (media.audio, media.video):
        if recording and recording.duration:
            return parse_timecode(recording.duration)
    return 0


def _list_embeds(content_file: PostFile | StandalonePage) -> Iterator[tuple[YamlPath, EmbedLine, int]]:
    """Yield the embeds of front matter and body: path of the field, the embed, line of the file."""
    media = content_file.meta.media if isinstance(content_file.meta, FrontMatter) else None
    if media and media.video and media.video.provider:
        provider, identifier = media.video.provider, media.video.id
        yield ("media", "video"), EmbedLine(f"{provider}:{identifier}", provider, identifier), 0
    for line, embed in find_embeds(content_file.body):
        yield (), embed, content_file.body_line + line


def _list_posters(content_file: PostFile | StandalonePage) -> Iterator[tuple[int, str]]:
    """Yield the stills of the body's embeds, with the line of the file."""
    for line, embed in find_embeds(content_file.body):
        if name := embed.read_details().get("poster"):
            yield content_file.body_line + line, name


def _describe_embed_error(embed: EmbedLine) -> tuple[str, str] | None:
    """Return message and hint for an invalid provider, identifier or detail; None if all are valid."""
    provider, identifier = embed.provider, embed.identifier
    record = embeds.PROVIDERS_BY_ID.get(provider)
    if not record:
        return f'unknown provider "{provider}"', suggest_nearest(provider, embeds.PROVIDERS_BY_ID)
    if not embeds.build_embed(provider, identifier):
        return f'"{identifier}" is not an id of {record.name}', f"Write it as [[{provider}:{record.example}]]."
    return embed.find_error()
