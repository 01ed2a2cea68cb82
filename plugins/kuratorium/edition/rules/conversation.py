"""Conversations: who speaks in them, when, and that they say something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...slugs import slugify
from .. import prose
from ..formats import get_format
from ..model import PostFile
from ..registry import Registry
from ..timecodes import is_timecode, parse_timecode
from ..validation import Violation, suggest_nearest

_LIKELY_TURN_MARKER = re.compile(r"\A@(?P<speaker>[\w.-]+)[ ]*(?:\((?P<time>[^)]*)\))?[ ]*(?P<colon>:?)(?P<rest>.?)")
_PULL_QUOTE_MARK = re.compile(r"(?<!=)==(?![=\s])|(?<![=\s])==(?!=)")
_CODE = re.compile(r"(`+)[^`].*?\1|^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.S | re.M)


def check_speakers(post_file: PostFile, registry: Registry) -> Iterator[Violation]:
    """Who speaks in a conversation is one of its guests, hosts or authors."""
    present = _list_participants(post_file)
    for turn in _list_turns(post_file):
        if turn.speaker not in present:
            what = f"«@{turn.speaker}» is neither guest, host nor author of this conversation"
            known = turn.speaker in registry.people
            mend = f"Add {turn.speaker} to guests or hosts." if known else suggest_nearest(turn.speaker, present)
            yield Violation((), what, mend, post_file.body_line + turn.line)


def check_turn_markers(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """What looks like a turn is one: an id, perhaps a time code, a colon and a space."""
    if not get_format(post_file.format).is_conversation:
        return
    present = _list_participants(post_file)
    turns = {turn.line for turn in prose.find_turns(post_file.body)}
    for number, line in enumerate(_blank_code(post_file.body).split("\n")):
        match = _LIKELY_TURN_MARKER.match(line) if number not in turns else None
        if match and _is_intended_marker(match, present):
            speaker = slugify(match["speaker"].replace("_", "-"))
            time = f" ({match['time'].replace('.', ':')})" if match["time"] else ""
            mend = f"Write «@{speaker}{time}: » at the start of the line, then what is said."
            yield Violation((), f"«{match[0].strip()}» is no mark of a turn", mend, post_file.body_line + number)


def check_turn_times(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """Time codes are whole and never run backwards."""
    last = ""
    for turn in _list_turns(post_file):
        line = post_file.body_line + turn.line
        if turn.time and not is_timecode(turn.time):
            what = f"«{turn.time}» is no time code"
            yield Violation((), what, "Write mm:ss, and from an hour on h:mm:ss, as in 12:30 or 1:02:30.", line)
        elif turn.time:
            if last and parse_timecode(turn.time) < parse_timecode(last):
                what = f"the time code runs backwards: {turn.time} stands after {last}"
                yield Violation((), what, "Correct one of the two, or put the turns in their order.", line)
            last = turn.time


def check_turn_text(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """A turn has text; a draft may still lack it."""
    if post_file.meta.status == "draft":
        return
    for turn in _list_turns(post_file):
        if not turn.text:
            what = f"nothing is said in this turn of @{turn.speaker}"
            yield Violation((), what, "Write it behind the colon, or delete the line.", post_file.body_line + turn.line)


def check_pull_quotes(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """What is pulled out is marked at both ends, within a paragraph."""
    if "==" not in post_file.body or not get_format(post_file.format).is_conversation:
        return
    open_at = None
    for number, line in enumerate([*_blank_code(post_file.body).split("\n"), ""]):
        for _mark in _PULL_QUOTE_MARK.findall(line):
            open_at = number if open_at is None else None
        if open_at is not None and not line.strip():
            mend = "Put == before and behind the words that shall stand out, in one paragraph."
            yield Violation((), "a pull quote begins with == and does not end", mend, post_file.body_line + open_at)
            open_at = None


def _list_turns(post_file: PostFile) -> Iterator[prose.Turn]:
    return prose.find_turns(post_file.body) if get_format(post_file.format).is_conversation else iter(())


def _list_participants(post_file: PostFile) -> set[str]:
    meta = post_file.meta
    return {one if isinstance(one, str) else slugify(one.name) for one in (*meta.hosts, *meta.guests, *meta.authors)}


def _is_intended_marker(match: re.Match[str], present: set[str]) -> bool:
    """Tell whether somebody meant to mark a turn: with a time or a colon, not the address of @eva@social.example."""
    named = slugify(match["speaker"].replace("_", "-")) in present
    if match["time"] is not None:
        return bool(match["colon"]) or named
    return bool(match["colon"]) and (named or match["rest"] in ("", " "))


def _blank_code(body: str) -> str:
    return _CODE.sub(lambda match: "\n" * match[0].count("\n"), body)
