"""Write what is said in a conversation, from the HTML of its body: captions (WebVTT), a transcript, chapters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition import labels
from ...edition.model import PostFile
from ...edition.podcasts.model import Media
from ...edition.registry import Registry
from ...edition.rules.media import get_duration
from ...edition.transcripts import captions, turns
from ...edition.transcripts.cues import Cue, TimedTurn
from ...text.timecodes import parse_timecode
from ..page import BodyFinder, CaptionsPage, ChaptersPage, TranscriptPage
from .tag_text import get_first_number, get_tag_text

if TYPE_CHECKING:
    from bs4 import Tag

_BREAK, _NUMBER_END = "\0", "\1"  # no text of a page has these characters
_NUMBER_GAP = re.compile(rf"{_NUMBER_END}[\s{_BREAK}]*")  # the paragraphs of a loose list begin behind the number
_BLOCKS = frozenset(
    {"blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p", "pre"}
    | {"section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_DISCLOSURE_MILLISECONDS = 5000  # long enough to read it
_SEPARATORS = frozenset({"br", "td", "th"})


def write_captions(page: CaptionsPage, find_body: BodyFinder, translations: NullTranslations) -> bytes:
    """Return the turns of the page's post as WebVTT, with the speakers' names as voices; its disclosure comes first."""
    post = page.post
    cues = _split_turns(_list_turns(find_body(post.uid, "")), post.media)
    disclosed = labels.format_disclosure(post, translations)
    if cues and disclosed:
        cues.insert(0, Cue(0, _DISCLOSURE_MILLISECONDS, disclosed))
    return captions.format_webvtt(cues).encode()


def convert_turns(post_file: PostFile, registry: Registry) -> str:
    """Return the turns of a post as WebVTT, as its page has them; empty if none has a time code."""
    from ..markdown.converter import MarkdownConverter  # noqa: PLC0415 - a build that is unchanged needs none

    spoken = list(find_turns_in_html(MarkdownConverter(registry).convert(post_file)))
    return format_webvtt(spoken, post_file.meta.media) if any(turn.has_time for turn in spoken) else ""


def format_webvtt(spoken: Iterable[TimedTurn], media: Media | None) -> str:
    """Return turns as WebVTT, with the speakers' names as voices; the last one ends with the recording."""
    return captions.format_webvtt(_split_turns(spoken, media))


def _split_turns(spoken: Iterable[TimedTurn], media: Media | None) -> list[Cue]:
    return turns.split_turns_into_cues(spoken, get_duration(media) if media else 0)


def write_transcript(page: TranscriptPage, find_body: BodyFinder, translations: NullTranslations) -> bytes:
    """Return the turns of the page's post as plain text, below its title and address."""
    post, site = page.post, page.site
    title = labels.label_title(post, translations)
    head = f"{title}\n{site.name}, {post.day.isoformat()}\n{site.url}/{post.path}"
    return f"{head}\n\n{turns.format_turns_as_text(_list_turns(find_body(post.uid, '')))}\n".encode()


def write_chapters(page: ChaptersPage, translations: NullTranslations) -> bytes:
    """Return chapters as podcast apps read them (https://podcasting2.org, JSON chapters 1.2.0)."""
    chapters = [
        {"startTime": parse_timecode(chapter.start), "title": chapter.title}
        for chapter in (page.post.media.chapters if page.post.media else ())
    ]
    title = labels.label_title(page.post, translations)
    document = {"version": "1.2.0", "title": title, "chapters": chapters}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


@lru_cache(1)
def _list_turns(body: str) -> tuple[TimedTurn, ...]:
    """Return the turns of a body; its captions and its transcript are written one after the other."""
    return tuple(find_turns_in_html(body))


def find_turns_in_html(body: str) -> Iterator[TimedTurn]:
    """Yield the turns from the HTML of a body, as `markdown.turns` marks them there.

    A turn without a time code has the start of the one before, with which it shares the time. An introduction or a
    closing word is no turn; footnotes and embeds are not spoken.
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and most builds touch no conversation

    start = 0
    for section in BeautifulSoup(body, "html.parser").find_all("div", class_="turn"):
        speaker = section.find(class_="turn-speaker")
        if speaker and (name := speaker.find("b")):
            time = speaker.find(class_="turn-time")
            start = parse_timecode(get_tag_text(time)) if time else start
            for aside in section.find_all(_is_aside):
                aside.decompose()
            yield TimedTurn(get_tag_text(name), start, tuple(_find_paragraphs(section)), has_time=bool(time))


def _is_aside(tag: Tag) -> bool:
    classes = tag.get("class") or ()
    if tag.name == "sup":
        return tag.find("a", class_="footnote-ref") is not None
    return "footnote" in classes or "embed" in classes


def _find_paragraphs(section: Tag) -> Iterator[str]:
    """Yield the text of each block of a turn in order; a row of a table is one, and an item has its number."""
    lines = _NUMBER_GAP.sub("", "".join(_list_words(section))).split(_BREAK)
    yield from (text for line in lines if (text := " ".join(line.split())))


def _list_words(tag: Tag) -> Iterator[str]:
    from bs4.element import NavigableString, PreformattedString, Tag  # noqa: PLC0415 - as above

    for child in tag.children:
        if isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            yield str(child)
        elif isinstance(child, Tag) and "turn-speaker" not in (child.get("class") or ()):
            edge = _BREAK if child.name in _BLOCKS else " " if child.name in _SEPARATORS else ""
            yield edge
            yield _get_number(child)
            yield from _list_words(child)
            yield edge


def _get_number(item: Tag) -> str:
    """Return the number of an item of a numbered list, which may be a word of its sentence: "1. Platz"."""
    if item.name != "li" or not item.parent or item.parent.name != "ol":
        return ""
    return f"{get_first_number(item.parent) + len(item.find_previous_siblings('li'))}. {_NUMBER_END}"
