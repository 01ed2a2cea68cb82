"""What is said in a conversation, from the HTML of its body: captions (WebVTT), a transcript to read, its chapters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ...edition import transcripts
from ...edition.model import Post
from ...edition.rules.media import get_duration
from ...edition.timecodes import parse_timecode
from ...edition.transcripts import TimedTurn
from ..page import Page

if TYPE_CHECKING:
    from bs4 import Tag

BodyFinder = Callable[[str, str], str]


def write_captions(page: Page, find_body: BodyFinder) -> bytes:
    """Write the turns of the page's post as WebVTT, with the names of who speaks as voices."""
    post = _get_post(page)
    length = get_duration(post.media) if post.media else 0
    return transcripts.format_webvtt(
        transcripts.split_turns_into_cues(list(find_turns(find_body(post.uid, ""))), length)
    ).encode()


def write_transcript(page: Page, find_body: BodyFinder) -> bytes:
    """Write the turns of the page's post as plain text, below its title and its address."""
    post, site = _get_post(page), page.context["site"]
    head = f"{post.title}\n{site.name}, {post.date.date().isoformat()}\n{site.url}/{post.path}"  # type: ignore[attr-defined]
    return f"{head}\n\n{transcripts.format_turns_as_text(find_turns(find_body(post.uid, '')))}\n".encode()


def write_chapters(page: Page) -> bytes:
    """Write chapters as podcast apps read them (https://podcasting2.org, JSON chapters 1.2.0)."""
    post = _get_post(page)
    named = [
        {"startTime": parse_timecode(one.start), "title": one.title}
        for one in (post.media.chapters if post.media else ())
    ]
    made: dict[str, Any] = {"version": "1.2.0", "title": post.title, "chapters": named}
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def find_turns(body: str) -> Iterator[TimedTurn]:
    """Yield the turns that have a time, from the HTML of a body: what `turns.Turns` made of their marks."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and most builds touch no conversation

    for section in BeautifulSoup(body, "html.parser").select("section.turn"):
        time = section.select_one(".turn-speaker .turn-time")
        name = section.select_one(".turn-speaker b")
        if time and name:
            for note in section.select("sup, .embed"):
                note.decompose()
            said = tuple(_find_paragraphs(section))
            yield TimedTurn(_tag_text(name), parse_timecode(_tag_text(time)), said)


def _find_paragraphs(section: Tag) -> Iterator[str]:
    for block in section.find_all(["p", "li", "pre"]):
        if "turn-speaker" not in (block.get("class") or ()) and (said := _tag_text(block)):
            yield said


def _tag_text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _get_post(page: Page) -> Post:
    post = page.context["post"]
    assert isinstance(post, Post)  # noqa: S101 - for mypy: `beside.recordings` declares it
    return post
