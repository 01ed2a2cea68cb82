"""A conversation whose transcript is a WebVTT file: what is said there becomes the turns of its body."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from . import frontmatter, transcript, webvtt, words
from .errors import Problem
from .folders import CONTENT
from .formats import by_id
from .model import Document, Leaf
from .records import Misfit
from .registry import Registry
from .rules.recordings import duration_of
from .slugs import slug_of
from .timecodes import clock, seconds
from .webvtt import Cue

_UNSAID = re.compile(r"\s*(?:\[\^[^\]]+\]:|\[\[[^\]]+\]\]\s*\Z)")  # a footnote, what others host


def join(root: Path, text: Document | Leaf, known: Registry) -> tuple[Document | Leaf, list[Problem]]:
    """Put the turns of a post's transcript file below its own words; with problems the post stays as it is."""
    if not isinstance(text, Document) or not text.meta.media or not known.whole:
        return text, []
    file = text.meta.media.transcript and f"{CONTENT}{text.meta.media.transcript}"
    if not file or not (root / file).is_file():  # a file that is not there is told by `rules.missing_files`
        return text, []
    if misfit := _unfit(text, file):
        parts = frontmatter.split(text.file, frontmatter.text_of(text.file, (root / text.file).read_bytes()))
        return text, frontmatter.problems(text.file, parts.front, [misfit])
    try:
        found = frontmatter.text_of(file, (root / file).read_bytes())
    except frontmatter.BadFile as error:
        return text, list(error.problems)
    cues, misfits = read(found, names(text, known), duration_of(text.meta.media))
    if misfits:
        return text, [Problem(file, one.line, "", one.what, one.mend) for one in misfits]
    said = transcript.markdown(transcript.turns_of(cues))
    return replace(text, body=f"{text.body.rstrip()}\n\n{said}\n"), []


def read(file: str, people: dict[str, str], duration: int = 0) -> tuple[list[Cue], list[Misfit]]:
    """Read a WebVTT file whose voices are those of `people` (marker -> name); `duration` in seconds, if known."""
    cues, misfits = webvtt.parse(file)
    found = list(transcript.identified(cues, people))
    misfits += [one for one in found if isinstance(one, Misfit)]
    misfits += [_late(cue, duration) for cue in cues if duration and cue.start >= duration * 1000]
    return [one for one in found if isinstance(one, Cue)], misfits


def names(text: Document, known: Registry) -> dict[str, str]:
    """Name those who may speak in a conversation: marker -> name."""
    meta = text.meta
    found = {}
    for one in (*meta.authors, *meta.hosts, *meta.guests):
        if not isinstance(one, str):
            found[slug_of(one.name)] = one.name
        elif one in known.people:
            found[one] = known.people[one].name
    return found


def turns(text: Document) -> Iterator[transcript.Turn]:
    """Yield the turns of a body that have a time code, in plain words."""
    for turn in words.turns(text.body):
        if turn.time:
            said = [one for one in turn.text.split("\n\n") if one.strip() and not _UNSAID.match(one)]
            paragraphs = tuple(html.unescape(words.plain(one)) for one in said)
            yield transcript.Turn(turn.speaker, seconds(turn.time), paragraphs)


def written(text: Document, known: Registry) -> str:
    """Write the turns of a post as a WebVTT file; empty where none has a time code."""
    voices = names(text, known)
    spoken = [replace(turn, speaker=voices.get(turn.speaker, turn.speaker)) for turn in turns(text)]
    cues = transcript.cues_of(spoken, duration_of(text.meta.media) if text.meta.media else 0)
    return webvtt.write(cues) if cues else ""


def _unfit(text: Document, file: str) -> Misfit | None:
    path = ("media", "transcript")
    if not by_id(text.format).dialogue:
        return Misfit(path, "only conversations have a transcript", "Leave it out, or put its words into the text.")
    if not file.endswith(".vtt"):
        mend = "Name a WebVTT file: media/….vtt; or write the turns into the text."
        return Misfit(path, "the transcript is no .vtt file", mend)
    if next(iter(words.turns(text.body)), None):
        mend = "Keep one of them: «kuratorium transcript» turns either into the other."
        return Misfit(path, "the text has turns of its own, beside those of this file", mend)
    return None


def _late(cue: Cue, duration: int) -> Misfit:
    what = f"this cue begins at {clock(cue.start // 1000)}, and the recording ends at {clock(duration)}"
    return Misfit((), what, "Correct its time, or the recording's duration in the post.", cue.line)
