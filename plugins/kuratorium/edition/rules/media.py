"""Recordings: what can be heard or seen of a conversation, its chapters, and the files and hosts that it names.

Links between files: a link to another file of the edition leads to a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from .. import embeds, prose
from ..formats import by_id
from ..model import Document, FrontMatter, Leaf, Media, Written
from ..paths import CONTENT
from ..registry import Registry
from ..timecodes import clock, is_whole, seconds
from ..validation import Misfit, nearest
from ..yaml import Path

_LINK = re.compile(r"(?:[(<\"']|\]:\s+)\{(?P<what>filename|static|attach)\}(?P<path>[^)>\"'\s#?]+)")


def broken_links(document: Document | Leaf, files: Callable[[str], bool]) -> Iterator[Misfit]:
    """A link to another file of the edition leads to a file: `files` tells by path from the root."""
    for number, (word, path), target in links(document):
        if target is None or not files(target):
            what = f"{{{word}}}{path} leads nowhere"
            mend = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
            yield Misfit((), what, mend, document.body_line + number)


def links(document: Document | Leaf) -> Iterator[tuple[int, tuple[str, str], str | None]]:
    """Yield line (from 0), word and path of every link to a file, and where it leads, from the root (None: outside)."""
    if "{" not in document.body:
        return
    for number, line in enumerate(document.body.split("\n")):
        for match in _LINK.finditer(line):
            yield number, (match["what"], match["path"]), target_of(document.file, match["path"])


def target_of(file: str, path: str) -> str | None:
    """Tell which file a link in `file` leads to, from the root; None where that is outside of the edition."""
    base = PurePosixPath("content") if path.startswith("/") else PurePosixPath(file).parent
    return _resolve(base / path.lstrip("/"))


def _resolve(path: PurePosixPath) -> str | None:
    steps: list[str] = []
    for step in path.parts:
        if step != "..":
            steps.append(step)
        elif not steps:
            return None
        else:
            steps.pop()
    return "/".join(steps)


_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(")


def chapters(document: Document, _: Registry) -> Iterator[Misfit]:
    """Chapters run forward, none begins where another does, and all begin before the recording ends."""
    media = document.meta.media
    if not media:
        return
    ends = duration_of(media)
    before = -1
    for index, chapter in enumerate(media.chapters):
        start = seconds(chapter.start)
        path = ("media", "chapters", index, "start")
        if start == before:
            what = f"this chapter overlaps the one above it: both begin at {chapter.start}"
            yield Misfit(path, what, "Every chapter has a beginning of its own.")
        elif start < before:
            what = f"the chapter begins at {chapter.start}, before the one above it"
            yield Misfit(path, what, "Put chapters in the order of time.")
        if ends and start >= ends:
            what = f"the chapter begins at {chapter.start}, and the recording ends at {clock(ends)}"
            yield Misfit(path, what, "Correct the chapter's start or the recording's duration.")
        before = max(before, start)


def turns_within(document: Document, _: Registry) -> Iterator[Misfit]:
    """No turn begins after the recording has ended."""
    ends = duration_of(document.meta.media) if document.meta.media else 0
    if not ends or not by_id(document.format).dialogue:
        return
    for turn in prose.turns(document.body):
        if turn.time and is_whole(turn.time) and seconds(turn.time) >= ends:
            what = f"this turn begins at {turn.time}, and the recording ends at {clock(ends)}"
            mend = "Correct the time code or the recording's duration."
            yield Misfit((), what, mend, document.body_line + turn.line)


def where_from(document: Document, _: Registry) -> Iterator[Misfit]:
    """A recording is a file or lies elsewhere, one of both."""
    media = document.meta.media
    if not media:
        return
    if media.audio and bool(media.audio.file) == bool(media.audio.url):
        what = "names both a file and an address" if media.audio.file else "names neither a file nor an address"
        yield Misfit(("media", "audio"), what, "Write file: media/….opus, or url: https://…")
    video = media.video
    if video and bool(video.file) == bool(video.provider):
        what = "names both a file and a provider" if video.file else "names neither a file nor a provider"
        yield Misfit(("media", "video"), what, "Write file: media/….webm, or provider: youtube and id: …")


def hosted(document: Document | Leaf, known: Registry) -> Iterator[Misfit]:
    """What others host is of a provider that we know and policy.yaml allows, and a thing of its kind."""
    media = document.meta.media if isinstance(document.meta, FrontMatter) else None
    named: list[tuple[Path, str, str, int]] = []
    if media and media.video and media.video.provider:
        named.append((("media", "video"), media.video.provider, media.video.id, 0))
    named += [((), provider, what, document.body_line + line) for line, provider, what in embeds.lines(document.body)]
    allowed = known.policy.embeds if known.policy else ()
    for path, provider, what, line in named:
        if misfit := _hosted(provider, what):
            yield Misfit(path, *misfit, line)
        elif allowed and provider not in allowed:
            mend = f"Link to it; or add {provider} to embeds in curation/policy.yaml, and to the privacy page."
            yield Misfit(path, f"policy.yaml does not allow what {provider} hosts", mend, line)


def pictures(document: Document | Leaf, _: Registry) -> Iterator[Misfit]:
    """A picture says in words what it shows."""
    for number, line in enumerate(document.body.split("\n")):
        for match in _PICTURE.finditer(line):
            if not match["alt"].strip():
                what = "this picture has no alt text"
                mend = "Say in the square brackets what it shows: ![Two people at a table](…)."
                yield Misfit((), what, mend, document.body_line + number)


def missing_files(text: Document | Leaf, files: Callable[[str], bool]) -> Iterator[Misfit]:
    """What front matter names of the edition's files is there: `files` tells by path from the root."""
    for path, file in attached(text):
        if not files(file):
            what = f"there is no file {file}"
            yield Misfit(path, what, "Put it there, or correct the name: it is one below content/, such as media/….")


def attached(text: Written) -> Iterator[tuple[Path, str]]:
    """Yield the files that front matter names, from the edition's root: sound, video, transcript, picture."""
    if not isinstance(text.meta, FrontMatter):
        return
    media, image = text.meta.media, text.meta.image
    if media:
        audio, video = media.audio, media.video
        named: list[tuple[Path, str]] = [
            (("media", "audio", "file"), audio.file if audio else ""),
            (("media", "video", "file"), video.file if video else ""),
            (("media", "video", "poster"), video.poster if video else ""),
            (("media", "transcript"), media.transcript),
        ]
        yield from ((path, f"{CONTENT}{file}") for path, file in named if file)
    if image:
        yield ("image", "file"), f"{CONTENT}{image.file}"


def targets(text: Document | Leaf) -> tuple[str, ...]:
    """List the edition's files that a text hangs on: those it links to and those its front matter names."""
    linked = [target for _, _, target in links(text) if target]
    return tuple(dict.fromkeys([*linked, *(file for _, file in attached(text))]))


def duration_of(media: Media) -> int:
    """The length of a recording in seconds; 0: not known."""
    for one in (media.audio, media.video):
        if one and one.duration:
            return seconds(one.duration)
    return 0


def _hosted(provider: str, what: str) -> tuple[str, str] | None:
    """Say what is wrong with a name and its thing, and what would be right."""
    known = embeds.PROVIDERS.get(provider)
    if not known:
        return f"unknown provider «{provider}»", nearest(provider, embeds.PROVIDERS)
    if not embeds.embed(provider, what):
        return f"«{what}» is nothing of {known.name}'s", f"Write it as [[{provider}:{known.example}]]."
    return None
