"""Embeds in a text: lines such as `[[youtube:ID]]` or `[[youtube:ID title="…" duration=12:30 poster=images/x.jpg]]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ...text.timecodes import is_timecode
from ..embeds import Embed, build_embed
from ..fields import suggest_nearest

_EMBED_LINE = re.compile(
    r"\A\[\[(?P<content>(?P<provider>[a-z0-9-]+):(?P<identifier>[^\]\s]+)"
    r"(?:[ \t]+(?P<details>[^\n]*?))?)[ \t]*\]\]\s*\Z"
)
_DETAIL = re.compile(r"(?P<key>\w+)=(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s\"]+))(?:[ \t]+|\Z)")
_CODE_FENCE = re.compile(r"\A {0,3}(?:```|~~~)")
_DETAILS = ("poster", "title", "duration")
_FORM = 'Write title="…" duration=12:30 poster=images/name.jpg, each at most once.'


class EmbedLine(Struct, frozen=True):
    """A line that is an embed and nothing else: all between the brackets, and its parts."""

    content: str
    provider: str
    identifier: str
    details: str = ""

    def read_details(self) -> dict[str, str]:
        """Return title, duration and poster, as far as they are written."""
        return {match["key"]: match["quoted"] or match["plain"] or "" for match in _DETAIL.finditer(self.details)}

    def find_error(self) -> tuple[str, str] | None:
        """Return message and hint for details that are wrong; None if there is no error."""
        position, keys = 0, set()
        while position < len(self.details):
            match = _DETAIL.match(self.details, position)
            if not match or match["key"] in keys:
                return f"cannot read {self.details[position:]} in this embed", _FORM
            if match["key"] not in _DETAILS:
                return f'an embed has no "{match["key"]}"', suggest_nearest(match["key"], _DETAILS)
            keys.add(match["key"])
            position = match.end()
        duration = self.read_details().get("duration")
        if duration is not None and not is_timecode(duration):
            return f'"{duration}" is no duration', "Write mm:ss or h:mm:ss, such as duration=12:30."
        return None

    def build_embed(self) -> Embed | None:
        """Return what the line embeds; None if provider, identifier or details are invalid."""
        return None if self.find_error() else build_embed(self.provider, self.identifier, **self.read_details())


def parse_embed_line(line: str) -> EmbedLine | None:
    """Return the embed that a line is, or None."""
    match = _EMBED_LINE.match(line) if line.startswith("[[") else None
    if not match:
        return None
    return EmbedLine(match["content"], match["provider"], match["identifier"], match["details"] or "")


def find_embeds(body: str) -> Iterator[tuple[int, EmbedLine]]:
    """Yield the line (from 0) and the embed of every embed in a body, except in fenced code."""
    in_code = False
    for number, line in enumerate(body.split("\n") if "[[" in body else ()):
        if _CODE_FENCE.match(line):
            in_code = not in_code
        elif not in_code and (embed := parse_embed_line(line)):
            yield number, embed
