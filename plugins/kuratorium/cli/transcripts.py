"""The command `transcript`: the turns of a conversation as captions, or captions as turns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import EditionError, Problem, UsageError
from . import options
from .options import command

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.

if TYPE_CHECKING:
    from ..edition.model import PostFile
    from ..edition.registry import Registry


@command(
    examples=(
        "kuratorium transcript content/talks/an-evening.md > content/media/an-evening.vtt",
        "kuratorium transcript content/talks/an-evening.md --from an-evening.vtt >> content/talks/an-evening.md",
        "kuratorium transcript content/talks/an-evening.md --from an-evening.srt --voice anna-berg",
    )
)
@click.argument("post", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--from",
    "captions",
    type=click.Path(path_type=Path),
    metavar="VTT",
    help="Captions (WebVTT or SubRip) to turn into text; their voices are the post's speakers.",
)
@click.option("--voice", metavar="ID", default="", help="Who says the captions that name no speaker.")
def transcript(post: Path, captions: Path | None, voice: str) -> int:
    """Convert turns to captions, or captions to turns.

    FILE is an interview or a talk. Its turns are written to stdout as WebVTT captions. If --from is given, or if FILE
    names a transcript file, those captions are written as turns instead. No file is changed. Captions have what the
    post's page has of a turn, except for footnotes and embeds.

    A caption names its speaker as <v Anna Berg> or as "Anna Berg: …", by name or id.
    """
    from ..edition.transcripts import attachment
    from . import terminal

    root = options.find_edition_root()
    registry = options.load_registry(root)
    post_file = _read_conversation(root, post, registry)
    captions = captions or _find_transcript(root, post_file)
    if captions:
        speaker_names = attachment.list_speaker_names(post_file, registry)
        _check_voice(voice, speaker_names)
        terminal.print_document(f"{_convert_captions(captions, speaker_names, voice)}\n")
        return 0
    if voice:
        raise UsageError("--voice is for captions: name their file with --from.")
    from ..publishing.writers.captions import convert_turns

    _check_turns(root, post_file, registry)
    webvtt = convert_turns(post_file, registry)
    if not webvtt:
        example = f"@{_pick_speaker(post_file)} (12:30): …"
        raise UsageError(f'{post_file.file} has no turns with a time code, such as "{example}".')
    terminal.print_document(webvtt)  # it ends with a newline of its own
    return 0


def _read_conversation(root: Path, post: Path, registry: Registry) -> PostFile:
    """Read an interview or a talk; raise UsageError for any other path, EditionError for an invalid file."""
    from ..edition import loader
    from ..edition.formats import FORMATS
    from ..edition.frontmatter import InvalidFileError
    from ..edition.model import PostFile
    from ..edition.podcasts.recordings import complete_recording

    path = post.resolve()
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    formats = [format.id for format in FORMATS if format.is_conversation and file.startswith(f"{format.folder}/")]
    if not formats or not path.is_file():
        raise UsageError(f'"{post}" is not a file of an interview or a talk of this edition.')
    try:
        post_file = loader.parse_content_file(file, formats[0], loader.read_bytes(root, file), registry)
    except InvalidFileError as error:
        raise EditionError(error.problems) from error
    post_file, _ = complete_recording(root, post_file)  # the last caption ends with the recording
    assert isinstance(post_file, PostFile)  # noqa: S101 - for mypy: only standalone pages are not
    return post_file


def _check_turns(root: Path, post_file: PostFile, registry: Registry) -> None:
    """Raise EditionError if a turn's words would be somebody else's: for mistakes in speakers, markers and times."""
    from ..edition.loader import report_violations
    from ..edition.rules.conversation import check_speakers, check_turn_markers, check_turn_times
    from ..edition.rules.post import check_references

    rules = (check_references, check_speakers, check_turn_markers, check_turn_times)
    violations = [(post_file, violation) for rule in rules for violation in rule(post_file, registry)]
    if violations:
        raise EditionError(report_violations(root, violations))


def _find_transcript(root: Path, post_file: PostFile) -> Path | None:
    """Return the path of a post's transcript file; None if it has none, or one that leads out of content/."""
    from ..edition.paths import is_confined, resolve_content_path

    media = post_file.meta.media
    file = resolve_content_path(media.transcript) if media and media.transcript else None
    return root / file if file and is_confined(str(root), file, "content") else None


def _check_voice(voice: str, speaker_names: dict[str, str]) -> None:
    from ..edition.fields import suggest_nearest

    if voice and voice not in speaker_names:
        hint = suggest_nearest(voice, speaker_names)
        raise UsageError(f'--voice: "{voice}" is not the id of a guest, host or author of this conversation. {hint}')


def _convert_captions(file: Path, speaker_names: dict[str, str], voice: str) -> str:
    """Return the turns of a captions file as Markdown; `speaker_names` maps the markers of turns to names."""
    from ..edition import frontmatter
    from ..edition.transcripts import attachment, turns
    from . import terminal

    path = options.format_path(file)
    try:
        text = frontmatter.decode_text(path, file.read_bytes())
    except frontmatter.InvalidFileError as error:
        raise EditionError(error.problems) from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    cues, violations = attachment.parse_transcript(text, speaker_names, voice=voice)
    if violations:
        raise EditionError(
            Problem(path, violation.line, "", violation.message, violation.hint) for violation in violations
        )
    if doubts := attachment.report_doubtful_labels(text, speaker_names):
        (problem,) = options.translate_problems([Problem(path, doubts.line, "", doubts.message, doubts.hint)])
        terminal.print_problem(problem, "yellow", "warning: ")
    return turns.format_turns_as_markdown(turns.join_cues_into_turns(cues))


def _pick_speaker(post_file: PostFile) -> str:
    """Return the id of a speaker for an example in a message."""
    speakers = (*post_file.meta.hosts, *post_file.meta.guests)
    return next((speaker for speaker in speakers if isinstance(speaker, str)), "name")
