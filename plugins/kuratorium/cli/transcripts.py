"""What was said, as turns and as captions: `transcript`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import EditionError, Problem, UsageError
from . import options
from .options import command

if TYPE_CHECKING:
    from ..edition.model import PostFile


@command(
    examples=(
        "kuratorium transcript content/talks/an-evening.md > content/media/an-evening.vtt",
        "kuratorium transcript content/talks/an-evening.md --from an-evening.vtt >> content/talks/an-evening.md",
    )
)
@click.argument("post", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--from", "captions", type=click.Path(path_type=Path), metavar="VTT", help="Captions whose voices are the post's."
)
def transcript(post: Path, captions: Path | None) -> int:
    """Turn turns into captions, or captions into turns.

    FILE is an interview or a talk. Without --from its turns are written to stdout as WebVTT; where it names a
    transcript of its own, that is written as turns. Nothing is changed.
    """
    from ..edition import transcripts as subtitles

    root = options.find_edition_root()
    known = options.load_registry(root)
    text = _read_conversation(root, post)
    file = captions or _find_transcript(root, text)
    if not file:
        made = subtitles.format_post_as_webvtt(text, known)
        if not made:
            raise UsageError(f"{text.file} has no turns with a time code, such as «@{_pick_speaker(text)} (12:30): …».")
        click.echo(made, nl=False)
        return 0
    click.echo(_convert_captions(file, subtitles.list_speaker_names(text, known)))
    return 0


def _read_conversation(root: Path, post: Path) -> PostFile:
    """Read the interview or talk that was named."""
    from ..edition import loader
    from ..edition.formats import FORMATS
    from ..edition.frontmatter import InvalidFileError
    from ..edition.model import PostFile

    path = post.resolve()
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    format = next((one.id for one in FORMATS if one.is_conversation and file.startswith(f"{one.folder}/")), None)
    if not format or not path.is_file():
        raise UsageError(f"«{post}» is no file of an interview or a talk of this edition.")
    try:
        text = loader.parse_content_file(file, format, loader.read_bytes(root, file))
    except InvalidFileError as error:
        raise EditionError(error.problems) from error
    assert isinstance(text, PostFile)  # noqa: S101 - for mypy: pages have no turns
    return text


def _convert_captions(file: Path, people: dict[str, str]) -> str:
    """Read captions as turns of the people of a conversation."""
    from ..edition import frontmatter, transcripts

    try:
        cues, misfits = transcripts.parse_transcript(
            frontmatter.decode_text(options.format_path(file), file.read_bytes()), people
        )
    except frontmatter.InvalidFileError as error:
        raise EditionError(error.problems) from error
    except OSError as error:
        raise UsageError(f"{options.format_path(file)}: {error.strerror}") from error
    if misfits:
        raise EditionError(Problem(options.format_path(file), one.line, "", one.message, one.hint) for one in misfits)
    return transcripts.format_turns_as_markdown(transcripts.join_cues_into_turns(cues))


def _find_transcript(root: Path, text: PostFile) -> Path | None:
    media = text.meta.media
    return root / "content" / media.transcript if media and media.transcript else None


def _pick_speaker(text: PostFile) -> str:
    """Name somebody for an example."""
    return next((one for one in (*text.meta.hosts, *text.meta.guests) if isinstance(one, str)), "somebody")
