"""Read caption files in tests."""

from collections.abc import Mapping

from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts import captions, voices
from kuratorium.edition.transcripts.cues import Cue


def read_cues(text: str, people: Mapping[str, str] | None = None) -> tuple[list[Cue], list[Violation]]:
    """Return the cues of a caption file, with the voices as the file writes them, and its violations."""
    parsed, violations = captions.parse_captions(text)
    return list(voices.split_by_voice(parsed, people or {})), violations
