"""Write what is said in a conversation, from the HTML of its body: captions (WebVTT), a transcript, chapters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...edition.rules.media import get_duration
from ...edition.timecodes import parse_timecode
from ...edition.transcripts import captions, turns
from ...edition.transcripts.cues import TimedTurn
from ..page import BodyFinder, CaptionsPage, ChaptersPage, TranscriptPage
from .tag_text import get_tag_text

if TYPE_CHECKING:
    from bs4 import Tag


def write_captions(page: CaptionsPage, find_body: BodyFinder) -> bytes:
    """Return the turns of the page's post as WebVTT, with the speakers' names as voices."""
    post = page.post
    duration = get_duration(post.media) if post.media else 0
    cues = turns.split_turns_into_cues(list(find_turns_in_html(find_body(post.uid, ""))), duration)
    return captions.format_webvtt(cues).encode()


def write_transcript(page: TranscriptPage, find_body: BodyFinder) -> bytes:
    """Return the turns of the page's post as plain text, below its title and address."""
    post, site = page.post, page.site
    head = f"{post.title}\n{site.name}, {post.day.isoformat()}\n{site.url}/{post.path}"
    return f"{head}\n\n{turns.format_turns_as_text(find_turns_in_html(find_body(post.uid, '')))}\n".encode()


def write_chapters(page: ChaptersPage) -> bytes:
    """Return chapters as podcast apps read them (https://podcasting2.org, JSON chapters 1.2.0)."""
    chapters = [
        {"startTime": parse_timecode(chapter.start), "title": chapter.title}
        for chapter in (page.post.media.chapters if page.post.media else ())
    ]
    document = {"version": "1.2.0", "title": page.post.title, "chapters": chapters}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def find_turns_in_html(body: str) -> Iterator[TimedTurn]:
    """Yield the turns with a time code from the HTML of a body, as `markdown.turns` marks them there.

    Captions need times: a turn without one, an introduction or a closing word is not in them. Nor are footnotes and
    embeds, which are not spoken.
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and most builds touch no conversation

    for section in BeautifulSoup(body, "html.parser").select("section.turn"):
        time = section.select_one(".turn-speaker .turn-time")
        name = section.select_one(".turn-speaker b")
        if time and name:
            for aside in section.select("sup, .embed"):
                aside.decompose()
            paragraphs = tuple(_find_paragraphs(section))
            yield TimedTurn(get_tag_text(name), parse_timecode(get_tag_text(time)), paragraphs)


def _find_paragraphs(section: Tag) -> Iterator[str]:
    for block in section.find_all(["p", "li", "pre"]):
        if "turn-speaker" not in (block.get("class") or ()) and (text := get_tag_text(block)):
            yield text
