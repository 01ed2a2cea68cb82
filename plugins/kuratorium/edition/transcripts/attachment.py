"""A post and its transcript: the turns of its caption file stand below its own text."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from ...errors import Problem
from ...files import read_regular_file
from ...slugs import slugify
from ...text.timecodes import format_timecode
from .. import frontmatter, prose
from ..fields import Violation
from ..formats import get_format
from ..model import PostFile, StandalonePage
from ..paths import is_confined, resolve_content_path
from ..podcasts.model import Media
from ..registry import Registry
from ..rules.media import get_duration
from ..rules.sponsors import check_sponsors_in_transcript
from . import captions, turns, voices
from .captions import Caption
from .cues import Cue

_CONVERSION_HINT = '"kuratorium transcript POST --from FILE" turns captions of other programs into text.'
# A browser shows the file as it is, and reads no other format.
_WEBVTT_HINT = f"Its first line is WEBVTT. {_CONVERSION_HINT}"


def append_transcript(
    root: Path, content_file: PostFile | StandalonePage, registry: Registry
) -> tuple[PostFile | StandalonePage, list[Problem]]:
    """Return a post with the turns of its transcript file below its own text, and the problems of that file.

    A post without a transcript file, or with problems, is returned as it is.
    """
    # With an incomplete registry, speakers would be reported as unknown whose record is merely unreadable.
    media = content_file.meta.media if isinstance(content_file, PostFile) and registry.is_complete else None
    file = _find_transcript_file(root, media)
    if not isinstance(content_file, PostFile) or not media or not file:
        return content_file, []
    if violation := _check_transcript_file(content_file, file):
        return content_file, _locate_in_post(root, content_file, violation)
    try:
        data = frontmatter.decode_text(file, read_regular_file(root / file))
    except frontmatter.InvalidFileError as error:
        return content_file, list(error.problems)
    if captions.is_webvtt(data):
        cues, violations = parse_transcript(data, list_speaker_names(content_file, registry), get_duration(media))
    else:
        cues, violations = [], [Violation((), "this is not a WebVTT file", _WEBVTT_HINT, 1)]
    text = turns.format_turns_as_markdown(turns.join_cues_into_turns(cues)) if not violations else ""
    violations += check_sponsors_in_transcript(content_file, registry, text, data)
    if violations:
        return content_file, [
            Problem(file, violation.line, "", violation.message, violation.hint) for violation in violations
        ]
    return replace(content_file, body=f"{content_file.body.rstrip()}\n\n{text}\n"), []


def find_doubtful_labels(root: Path, post_file: PostFile, registry: Registry) -> list[Problem]:
    """Return a problem for a post's transcript file if words of it may be labels of speakers nobody knows."""
    file = _find_transcript_file(root, post_file.meta.media) if registry.is_complete else None
    try:
        data = frontmatter.decode_text(file, read_regular_file(root / file)) if file else ""
    except frontmatter.InvalidFileError:  # append_transcript reports it
        return []
    violation = report_doubtful_labels(data, list_speaker_names(post_file, registry)) if file else None
    return [Problem(file or "", violation.line, "", violation.message, violation.hint)] if violation else []


def report_doubtful_labels(text: str, people: dict[str, str]) -> Violation | None:
    """Return a violation that lists what may be labels in a WebVTT or SubRip file; see parse_transcript."""
    return voices.report_doubtful_labels(voices.split_by_voice(captions.parse_captions(text)[0], people))


def parse_transcript(
    text: str, people: dict[str, str], duration: int = 0, voice: str = ""
) -> tuple[list[Cue], list[Violation]]:
    """Return the cues of a WebVTT or SubRip file, with ids as voices, and its violations, one of each kind.

    `people`: names of possible speakers by id. `duration`: length of the recording in seconds; 0 if unknown. `voice`:
    id of who says what has no voice.
    """
    parsed, violations = captions.parse_captions(text)
    identified = list(voices.identify_speakers(voices.split_by_voice(parsed, people), people, voice))
    violations += [violation for violation in identified if isinstance(violation, Violation)]
    violations += [_report_late_cue(caption, duration) for caption in parsed if 0 < duration * 1000 <= caption.start]
    cues = [cue for cue in identified if isinstance(cue, Cue)]
    return cues, captions.group_violations(violations)


def list_speaker_names(post_file: PostFile, registry: Registry) -> dict[str, str]:
    """Return the names of all who may speak in a conversation by id; one without an id has the slug of the name."""
    meta = post_file.meta
    names = {}
    for person in (*meta.authors, *meta.hosts, *meta.guests):
        if not isinstance(person, str):
            names[slugify(person.name)] = person.name
        elif person in registry.people:
            names[person] = registry.people[person].name
    return names


def _find_transcript_file(root: Path, media: Media | None) -> str | None:
    """Return the path of a transcript file, from the root; None if there is none.

    rules.media.check_attached_files reports a file that is missing or lies elsewhere.
    """
    file = resolve_content_path(media.transcript) if media and media.transcript else None
    return file if file and (root / file).is_file() and is_confined(str(root), file, "content") else None


def _check_transcript_file(post_file: PostFile, file: str) -> Violation | None:
    path = ("media", "transcript")
    if not get_format(post_file.format).is_conversation:
        hint = "Leave it out, or put its words into the text."
        return Violation(path, "only conversations have a transcript", hint)
    if not file.endswith(".vtt"):
        hint = f"Name a WebVTT file: media/….vtt; or write the turns into the text. {_CONVERSION_HINT}"
        return Violation(path, "the transcript is not a .vtt file", hint)
    if next(iter(prose.find_turns(post_file.body)), None):
        hint = 'Keep one of them: "kuratorium transcript" converts either into the other.'
        return Violation(path, "the text has turns of its own, in addition to those of this file", hint)
    return None


def _locate_in_post(root: Path, post_file: PostFile, violation: Violation) -> list[Problem]:
    text = frontmatter.decode_text(post_file.file, (root / post_file.file).read_bytes())
    parts = frontmatter.split_front_matter(post_file.file, text)
    return frontmatter.locate_violations(post_file.file, parts.front_matter, [violation])


def _report_late_cue(cue: Caption, duration: int) -> Violation:
    start, end = format_timecode(cue.start // 1000), format_timecode(duration)
    message = f"this cue begins at {start}, and the recording ends at {end}"
    return Violation((), message, "Correct its time, or the recording's duration in the post.", cue.line)
