"""Conversations: who speaks in them, when, and that they say something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...slugs import slug_of
from .. import prose
from ..formats import by_id
from ..model import Document
from ..registry import Registry
from ..timecodes import is_whole, seconds
from ..validation import Misfit, nearest

_ALMOST = re.compile(r"\A@(?P<speaker>[\w.-]+)[ ]*(?:\((?P<time>[^)]*)\))?[ ]*(?P<colon>:?)(?P<rest>.?)")
_PULLED = re.compile(r"(?<!=)==(?![=\s])|(?<![=\s])==(?!=)")
_CODE = re.compile(r"(`+)[^`].*?\1|^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.S | re.M)


def speakers(document: Document, registry: Registry) -> Iterator[Misfit]:
    """Who speaks in a conversation is one of its guests, hosts or authors."""
    present = _present(document)
    for turn in _turns(document):
        if turn.speaker not in present:
            what = f"«@{turn.speaker}» is neither guest, host nor author of this conversation"
            known = turn.speaker in registry.people
            mend = f"Add {turn.speaker} to guests or hosts." if known else nearest(turn.speaker, present)
            yield Misfit((), what, mend, document.body_line + turn.line)


def marks(document: Document, _: Registry) -> Iterator[Misfit]:
    """What looks like a turn is one: an id, perhaps a time code, a colon and a space."""
    if not by_id(document.format).dialogue:
        return
    present = _present(document)
    turns = {turn.line for turn in prose.turns(document.body)}
    for number, line in enumerate(_without_code(document.body).split("\n")):
        match = _ALMOST.match(line) if number not in turns else None
        if match and _is_meant(match, present):
            speaker = slug_of(match["speaker"].replace("_", "-"))
            time = f" ({match['time'].replace('.', ':')})" if match["time"] else ""
            mend = f"Write «@{speaker}{time}: » at the start of the line, then what is said."
            yield Misfit((), f"«{match[0].strip()}» is no mark of a turn", mend, document.body_line + number)


def times(document: Document, _: Registry) -> Iterator[Misfit]:
    """Time codes are whole and never run backwards."""
    last = ""
    for turn in _turns(document):
        line = document.body_line + turn.line
        if turn.time and not is_whole(turn.time):
            what = f"«{turn.time}» is no time code"
            yield Misfit((), what, "Write mm:ss, and from an hour on h:mm:ss, as in 12:30 or 1:02:30.", line)
        elif turn.time:
            if last and seconds(turn.time) < seconds(last):
                what = f"the time code runs backwards: {turn.time} stands after {last}"
                yield Misfit((), what, "Correct one of the two, or put the turns in their order.", line)
            last = turn.time


def turns_say_something(document: Document, _: Registry) -> Iterator[Misfit]:
    """A turn has text; a draft may still lack it."""
    if document.meta.status == "draft":
        return
    for turn in _turns(document):
        if not turn.text:
            what = f"nothing is said in this turn of @{turn.speaker}"
            yield Misfit((), what, "Write it behind the colon, or delete the line.", document.body_line + turn.line)


def pulls(document: Document, _: Registry) -> Iterator[Misfit]:
    """What is pulled out is marked at both ends, within a paragraph."""
    if "==" not in document.body or not by_id(document.format).dialogue:
        return
    open_at = None
    for number, line in enumerate([*_without_code(document.body).split("\n"), ""]):
        for _mark in _PULLED.findall(line):
            open_at = number if open_at is None else None
        if open_at is not None and not line.strip():
            mend = "Put == before and behind the words that shall stand out, in one paragraph."
            yield Misfit((), "a pull quote begins with == and does not end", mend, document.body_line + open_at)
            open_at = None


def _turns(document: Document) -> Iterator[prose.Turn]:
    return prose.turns(document.body) if by_id(document.format).dialogue else iter(())


def _present(document: Document) -> set[str]:
    meta = document.meta
    return {one if isinstance(one, str) else slug_of(one.name) for one in (*meta.hosts, *meta.guests, *meta.authors)}


def _is_meant(match: re.Match[str], present: set[str]) -> bool:
    """Tell whether somebody meant to mark a turn: with a time or a colon, not the address of @eva@social.example."""
    named = slug_of(match["speaker"].replace("_", "-")) in present
    if match["time"] is not None:
        return bool(match["colon"]) or named
    return bool(match["colon"]) and (named or match["rest"] in ("", " "))


def _without_code(body: str) -> str:
    return _CODE.sub(lambda match: "\n" * match[0].count("\n"), body)
