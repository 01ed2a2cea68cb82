"""Conversations: who speaks in them."""

from __future__ import annotations

from collections.abc import Iterator

from .. import words
from ..formats import by_id
from ..model import Document
from ..records import Misfit, nearest
from ..registry import Registry
from ..slugs import slug_of


def speakers(document: Document, registry: Registry) -> Iterator[Misfit]:
    """Who speaks in a conversation is one of its guests, hosts or authors."""
    if not by_id(document.format).dialogue:
        return
    meta = document.meta
    present = {one if isinstance(one, str) else slug_of(one.name) for one in (*meta.hosts, *meta.guests, *meta.authors)}
    for line, speaker, _ in words.turns(document.body):
        if speaker not in present:
            what = f"«@{speaker}» is neither guest, host nor author of this conversation"
            known = speaker in registry.people
            mend = f"Add {speaker} to guests or hosts." if known else nearest(speaker, present)
            yield Misfit((), what, mend, document.body_line + line)
