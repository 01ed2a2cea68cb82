"""Links between the edition's own texts that readers would follow to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from .. import edition, rules
from ..edition import Edition
from ..errors import Problem
from ..model import Document, Leaf
from ..records import Misfit


def to_withheld(found: Edition) -> Iterator[Problem]:
    """Tell links from what is published to drafts, and to interviews that wait for their release."""
    texts: list[Document | Leaf] = [*found.documents, *found.leaves]
    waiting = {text.file: _reason(text) for text in texts if text.meta.withheld}
    if waiting:
        misfits = [(text, misfit) for text in texts if not text.meta.withheld for misfit in _misfits(text, waiting)]
        yield from edition.place(found.root, misfits)


def _misfits(text: Document | Leaf, waiting: dict[str, str]) -> Iterator[Misfit]:
    for number, (word, path), target in rules.links(text):
        if target in waiting:
            what = f"{{{word}}}{path} leads to {waiting[target]}: readers will find no page there"
            mend = "Publish both together, or take the link out until then."
            yield Misfit((), what, mend, text.body_line + number)


def _reason(text: Document | Leaf) -> str:
    return "a draft" if text.meta.status == "draft" else "an interview that is not released"
