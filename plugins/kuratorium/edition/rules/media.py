"""Recordings: what can be heard or seen of a conversation, its chapters, and the files and hosts that it names.

Links between files: a link to another file of the edition leads to a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from .. import embeds, prose
from ..formats import get_format
from ..model import ContentFile, FrontMatter, Media, PostFile, StandalonePage
from ..paths import CONTENT_PREFIX
from ..registry import Registry
from ..timecodes import format_timecode, is_timecode, parse_timecode
from ..validation import Violation, suggest_nearest
from ..yaml import YamlPath

_FILE_LINK = re.compile(r"(?:[(<\"']|\]:\s+)\{(?P<what>filename|static|attach)\}(?P<path>[^)>\"'\s#?]+)")


def check_links(content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]) -> Iterator[Violation]:
    """A link to another file of the edition leads to a file: `files` tells by path from the root."""
    for number, (word, path), target in find_links(content_file):
        if target is None or not file_exists(target):
            what = f"{{{word}}}{path} leads nowhere"
            mend = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
            yield Violation((), what, mend, content_file.body_line + number)


def find_links(content_file: PostFile | StandalonePage) -> Iterator[tuple[int, tuple[str, str], str | None]]:
    """Yield line (from 0), word and path of every link to a file, and where it leads, from the root (None: outside)."""
    if "{" not in content_file.body:
        return
    for number, line in enumerate(content_file.body.split("\n")):
        for match in _FILE_LINK.finditer(line):
            yield number, (match["what"], match["path"]), resolve_link(content_file.file, match["path"])


def resolve_link(file: str, path: str) -> str | None:
    """Tell which file a link in `file` leads to, from the root; None where that is outside of the edition."""
    base = PurePosixPath("content") if path.startswith("/") else PurePosixPath(file).parent
    return _collapse_path(base / path.lstrip("/"))


def _collapse_path(path: PurePosixPath) -> str | None:
    steps: list[str] = []
    for step in path.parts:
        if step != "..":
            steps.append(step)
        elif not steps:
            return None
        else:
            steps.pop()
    return "/".join(steps)


_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(")


def check_chapters(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Chapters run forward, none begins where another does, and all begin before the recording ends."""
    media = post_file.meta.media
    if not media:
        return
    ends = get_duration(media)
    before = -1
    for index, chapter in enumerate(media.chapters):
        start = parse_timecode(chapter.start)
        path = ("media", "chapters", index, "start")
        if start == before:
            what = f"this chapter overlaps the one above it: both begin at {chapter.start}"
            yield Violation(path, what, "Every chapter has a beginning of its own.")
        elif start < before:
            what = f"the chapter begins at {chapter.start}, before the one above it"
            yield Violation(path, what, "Put chapters in the order of time.")
        if ends and start >= ends:
            what = f"the chapter begins at {chapter.start}, and the recording ends at {format_timecode(ends)}"
            yield Violation(path, what, "Correct the chapter's start or the recording's duration.")
        before = max(before, start)


def check_turns_in_recording(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """No turn begins after the recording has ended."""
    ends = get_duration(post_file.meta.media) if post_file.meta.media else 0
    if not ends or not get_format(post_file.format).is_conversation:
        return
    for turn in prose.find_turns(post_file.body):
        if turn.time and is_timecode(turn.time) and parse_timecode(turn.time) >= ends:
            what = f"this turn begins at {turn.time}, and the recording ends at {format_timecode(ends)}"
            mend = "Correct the time code or the recording's duration."
            yield Violation((), what, mend, post_file.body_line + turn.line)


def check_recording_source(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """A recording is a file or lies elsewhere, one of both."""
    media = post_file.meta.media
    if not media:
        return
    if media.audio and bool(media.audio.file) == bool(media.audio.url):
        what = "names both a file and an address" if media.audio.file else "names neither a file nor an address"
        yield Violation(("media", "audio"), what, "Write file: media/….opus, or url: https://…")
    video = media.video
    if video and bool(video.file) == bool(video.provider):
        what = "names both a file and a provider" if video.file else "names neither a file nor a provider"
        yield Violation(("media", "video"), what, "Write file: media/….webm, or provider: youtube and id: …")


def check_embeds(content_file: PostFile | StandalonePage, registry: Registry) -> Iterator[Violation]:
    """What others host is of a provider that we know and policy.yaml allows, and a thing of its kind."""
    media = content_file.meta.media if isinstance(content_file.meta, FrontMatter) else None
    named: list[tuple[YamlPath, str, str, int]] = []
    if media and media.video and media.video.provider:
        named.append((("media", "video"), media.video.provider, media.video.id, 0))
    named += [
        ((), provider, what, content_file.body_line + line)
        for line, provider, what in embeds.find_embeds(content_file.body)
    ]
    allowed = registry.policy.embeds if registry.policy else ()
    for path, provider, what, line in named:
        if misfit := _describe_embed_error(provider, what):
            yield Violation(path, *misfit, line)
        elif allowed and provider not in allowed:
            mend = f"Link to it; or add {provider} to embeds in curation/policy.yaml, and to the privacy page."
            yield Violation(path, f"policy.yaml does not allow what {provider} hosts", mend, line)


def check_image_alt(content_file: PostFile | StandalonePage, _: Registry) -> Iterator[Violation]:
    """A picture says in words what it shows."""
    for number, line in enumerate(content_file.body.split("\n")):
        for match in _IMAGE.finditer(line):
            if not match["alt"].strip():
                what = "this picture has no alt text"
                mend = "Say in the square brackets what it shows: ![Two people at a table](…)."
                yield Violation((), what, mend, content_file.body_line + number)


def check_attached_files(
    content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]
) -> Iterator[Violation]:
    """What front matter names of the edition's files is there: `files` tells by path from the root."""
    for path, file in list_attached_files(content_file):
        if not file_exists(file):
            what = f"there is no file {file}"
            yield Violation(path, what, "Put it there, or correct the name: it is one below content/, such as media/….")


def list_attached_files(content_file: ContentFile) -> Iterator[tuple[YamlPath, str]]:
    """Yield the files that front matter names, from the edition's root: sound, video, transcript, picture."""
    if not isinstance(content_file.meta, FrontMatter):
        return
    media, image = content_file.meta.media, content_file.meta.image
    if media:
        audio, video = media.audio, media.video
        named: list[tuple[YamlPath, str]] = [
            (("media", "audio", "file"), audio.file if audio else ""),
            (("media", "video", "file"), video.file if video else ""),
            (("media", "video", "poster"), video.poster if video else ""),
            (("media", "transcript"), media.transcript),
        ]
        yield from ((path, f"{CONTENT_PREFIX}{file}") for path, file in named if file)
    if image:
        yield ("image", "file"), f"{CONTENT_PREFIX}{image.file}"


def list_referenced_files(content_file: PostFile | StandalonePage) -> tuple[str, ...]:
    """List the edition's files that a text hangs on: those it links to and those its front matter names."""
    linked = [target for _, _, target in find_links(content_file) if target]
    return tuple(dict.fromkeys([*linked, *(file for _, file in list_attached_files(content_file))]))


def get_duration(media: Media) -> int:
    """The length of a recording in seconds; 0: not known."""
    for one in (media.audio, media.video):
        if one and one.duration:
            return parse_timecode(one.duration)
    return 0


def _describe_embed_error(provider: str, what: str) -> tuple[str, str] | None:
    """Say what is wrong with a name and its thing, and what would be right."""
    known = embeds.PROVIDERS_BY_ID.get(provider)
    if not known:
        return f"unknown provider «{provider}»", suggest_nearest(provider, embeds.PROVIDERS_BY_ID)
    if not embeds.build_embed(provider, what):
        return f"«{what}» is nothing of {known.name}'s", f"Write it as [[{provider}:{known.example}]]."
    return None
