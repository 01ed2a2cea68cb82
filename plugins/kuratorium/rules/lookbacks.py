"""A look-back looks at an older post that is there; a digest's period runs forward."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from ..model import Document, FrontMatter, Written
from ..records import Misfit
from ..registry import Registry


def period_runs_forward(document: Document, _: Registry) -> Iterator[Misfit]:
    """The last day of a period is not before its first."""
    period = document.meta.period
    if period and period.until < period.since:
        yield Misfit(("period", "to"), "the period ends before it begins", "Correct from or to.")


def lookbacks(texts: Sequence[Written]) -> Iterator[tuple[Written, Misfit]]:
    """What a post looks back on is an older post that can be read."""
    posts = [(text, text.meta) for text in texts if isinstance(text.meta, FrontMatter)]
    by_uid = {meta.uid: meta for _, meta in reversed(posts)}
    for text, meta in posts:
        past = by_uid.get(meta.lookback_of)
        if meta.lookback_of and past is None:
            close = difflib.get_close_matches(meta.lookback_of, by_uid, n=1)
            mend = f"Did you mean «{close[0]}»?" if close else "Copy the uid from the first line of that post's file."
            yield text, Misfit(("lookback_of",), f"no post has the uid «{meta.lookback_of}»", mend)
        elif past and past.date >= meta.date:
            what = f"«{past.title}» is not older than this post"
            yield text, Misfit(("lookback_of",), what, "Name the uid of an earlier post.")
        elif past and past.status == "draft" and meta.status != "draft":
            what = f"«{past.title}» is a draft, so nobody can read what this post looks back on"
            yield text, Misfit(("lookback_of",), what, "Publish it, or name another post.")
