"""Teaches feedparser the podcast namespace (https://podcastindex.org/namespace/1.0), which it does not know.

Of an element that it does not know it keeps the attributes and loses the text, and of several it keeps the last one.
Its handlers are methods of its parser, found by name; ours are added when this module is imported, and write down what
`elements` does: `podcast_people` (the attributes, and the text as `name`) and `podcast_transcripts`.
"""

from __future__ import annotations

from typing import Any

from feedparser.mixin import _FeedParserMixin

PEOPLE = "podcast_people"
TRANSCRIPTS = "podcast_transcripts"


def _person_begins(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(PEOPLE, []).append(attributes)
    parser.push("podcast_person", 1)


def _person_ends(parser: Any) -> None:
    name = parser.pop("podcast_person")
    if name:
        parser._get_context()[PEOPLE][-1]["name"] = name


def _transcript_begins(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(TRANSCRIPTS, []).append(attributes)


_HANDLERS = {
    "_start_podcast_person": _person_begins,
    "_end_podcast_person": _person_ends,
    "_start_podcast_transcript": _transcript_begins,
}

for _name, _handler in _HANDLERS.items():
    setattr(_FeedParserMixin, _name, _handler)
