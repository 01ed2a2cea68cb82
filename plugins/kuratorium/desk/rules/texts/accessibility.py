"""What screen readers need of a text: links and pictures that say what they are, headings that skip no level."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....edition import prose
from ....edition.fields import Violation
from ....edition.model import PostFile, StandalonePage
from ....text.markup import strip_markdown

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]\n]{1,60})\]\((?P<target>[^()\s]*)")
_PICTURE = re.compile(r"!\[(?P<alt>[^\[\]\n]{1,200})\]\(")
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+\S")
_EMPTY_WORDS = frozenset(
    (
        *("hier", "hier klicken", "klicken sie hier", "klick hier", "mehr", "weiter", "weiterlesen", "mehr lesen"),
        *("mehr dazu", "dieser link", "zum artikel", "siehe hier", "lesen"),
        *("here", "click here", "more", "read more", "continue reading", "this", "this link", "see here"),
    )
)
_EMPTY_ALT = re.compile(
    r"(?:ein |das |the |an? )?(?:bild|foto|grafik|abbildung|screenshot|bildschirmfoto|picture|photo|image|graphic|logo)"
    r"[ ]?\d*|[\w .-]+\.(?:jpe?g|png|gif|webp|avif|svg|heic)|(?:img|dsc|pxl|dscn)[_-]?\d+",
    re.I,
)


def check_link_words(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find links whose words say nothing without their sentence."""
    if "](" not in text.body:
        return
    body = prose.blank_unseen(text.body)
    for match in _LINK.finditer(body):
        words = strip_markdown(match["text"]).strip(" .!…:→»›").casefold()
        if words in _EMPTY_WORDS:
            message = f'the words of this link say nothing by themselves: "{match["text"]}"'
            hint = "Link the words that name what is there, such as its title."
            yield Violation((), message, hint, text.body_line + body.count("\n", 0, match.start()))


def check_alt_words(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find alternative texts that are the name of a file, or say only that there is a picture."""
    if "![" not in text.body:
        return
    body = prose.blank_unseen(text.body)
    for match in _PICTURE.finditer(body):
        if _EMPTY_ALT.fullmatch(match["alt"].strip()):
            message = f'this alternative text does not say what the picture shows: "{match["alt"]}"'
            hint = "Say it as you would on the telephone."
            yield Violation((), message, hint, text.body_line + body.count("\n", 0, match.start()))


def check_heading_levels(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find headings that are more than one level below the one before; the title of the page is level 1."""
    if "###" not in text.body:
        return
    level = 1
    for number, line in enumerate(prose.blank_unseen(text.body).split("\n")):
        if match := _HEADING.match(line):
            own = max(2, len(match["marks"]))  # the page shows one of level 1 as level 2
            if own > level + 1:
                message = f"this heading is of level {own}, and the one before of level {level}"
                yield Violation((), message, f"Begin it with {'#' * (level + 1)}.", text.body_line + number)
            level = own
