"""The rules on what visits found: addresses that moved or are dead, paywalls, and works that changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from rapidfuzz.distance import Indel

from .....errors import Problem
from .....translations import N_
from .links import OutgoingLink
from .records import KnownTexts, LinkRecord

_MAX_SHOWN = 200  # characters of a passage in a message
_CONTEXT = 3  # words before and after what changed

_MOVED = N_("{address} has moved to {target}")
_MOVED_HINT = N_("Write the new address, or let kuratorium check --links --fix do it.")
_DEAD = N_("{address} cannot be read any more: {message}")
_DEAD_HINT = N_("Look for its new address. If there is none, name a copy: archived: https://…, or remove the link.")
_COPY_HINT = N_("Write its copy below the work: archived: {copy}. Or look for its new address.")
_SILENT = N_("{address} has not answered since {day}: {message}")
_LOCKED = N_("{address} can only be read by those who pay, which this post does not say")
_LOCKED_HINT = N_("Write paywall: true below the work.")
_UNLOCKED = N_("{address} can be read by everybody, and this post says that it costs money")
_UNLOCKED_HINT = N_("Delete paywall: true if that is right; some pages do not say what they lock.")
_CHANGED = N_("the text at {address} has changed since {day}: {diff}")
_CHANGED_HINT = N_("Read it again. If your note still holds, write below the work: accessed: {day}, or a later day.")


class VisitedLink(Struct, frozen=True):
    """A link of the edition with what is known of its address."""

    link: OutgoingLink
    record: LinkRecord
    texts: KnownTexts


Say = Callable[[str], str]
"""Returns a message in the language of the edition."""

Rule = Callable[[VisitedLink, Say], Iterator[tuple[str, str]]]
"""Yields messages and hints on a link."""


def find_moved(visited: VisitedLink, say: Say) -> Iterator[tuple[str, str]]:
    """Find an address that moved for good."""
    if visited.record.moved_to and not visited.record.reason:
        message = say(_MOVED).format(address=visited.link.address, target=visited.record.moved_to)
        yield message, say(_MOVED_HINT)


def find_dead(visited: VisitedLink, say: Say) -> Iterator[tuple[str, str]]:
    """Find an address at which readers find nothing."""
    record = visited.record
    if record.is_dead and not (visited.link.work and visited.link.work.archived):
        is_silent = record.failed_days > 1 and record.failed_since
        day = record.failed_since.date().isoformat() if record.failed_since else ""
        message = say(_SILENT if is_silent else _DEAD)
        hint = say(_COPY_HINT).format(copy=record.copy) if record.copy else say(_DEAD_HINT)
        yield message.format(address=visited.link.address, message=record.message, day=day), hint


def find_paywall(visited: VisitedLink, say: Say) -> Iterator[tuple[str, str]]:
    """Find a work that says otherwise than its post whether it costs money."""
    work, record = visited.link.work, visited.record
    if work and not record.reason and visited.texts.last and work.paywall != record.paywall:
        message, hint = (_LOCKED, _LOCKED_HINT) if record.paywall else (_UNLOCKED, _UNLOCKED_HINT)
        yield say(message).format(address=visited.link.address), say(hint)


def find_changed(visited: VisitedLink, say: Say) -> Iterator[tuple[str, str]]:
    """Find a work whose text is not what it was."""
    record, work = visited.record, visited.link.work
    if work and record.changed and not (work.accessed and work.accessed >= record.changed):
        day, diff = record.changed.isoformat(), show_difference(visited.texts.first, visited.texts.last)
        message = say(_CHANGED).format(address=visited.link.address, day=day, diff=diff)
        yield message, say(_CHANGED_HINT).format(day=day)


def find_problems(visited: Iterable[VisitedLink], rule: Rule, say: Say) -> Iterator[Problem]:
    """Apply a rule to all visited links."""
    for item in visited:
        for message, hint in rule(item, say):
            yield Problem(item.link.file, item.link.line, "", message, hint)


def show_difference(first: str, second: str) -> str:
    """Return the first passage in which two texts differ: “… [-what was-] {+what is+} …”, and how many more do."""
    old, new = first.split(), second.split()
    passages = _find_passages(old, new)
    if not passages:
        return ""
    (old_start, old_end), (new_start, new_end) = passages[0]
    parts = [
        " ".join(new[max(0, new_start - _CONTEXT) : new_start]),
        _mark("[-{}-]", old[old_start:old_end]),
        _mark("{{+{}+}}", new[new_start:new_end]),
        " ".join(new[new_end : new_end + _CONTEXT]),
    ]
    more = f" (+ {len(passages) - 1})" if len(passages) > 1 else ""
    return f"“… {' '.join(part for part in parts if part)} …”{more}"


def _find_passages(old: list[str], new: list[str]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return beginnings and ends of what differs in both lists of words; a single equal word does not part two."""
    passages: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for edit in Indel.opcodes(old, new):
        if edit.tag == "equal":
            continue
        was, now = (edit.src_start, edit.src_end), (edit.dest_start, edit.dest_end)
        if passages and was[0] - passages[-1][0][1] <= 1:
            was, now = (passages[-1][0][0], was[1]), (passages[-1][1][0], now[1])
            passages.pop()
        passages.append((was, now))
    return passages


def _mark(form: str, words: list[str]) -> str:
    text = " ".join(words)
    return form.format(text[:_MAX_SHOWN] + ("…" if len(text) > _MAX_SHOWN else "")) if words else ""
