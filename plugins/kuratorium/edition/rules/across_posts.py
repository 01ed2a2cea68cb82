"""What texts must keep among one another: all texts -> the text that is wrong, and why.

Translations: a post says the same as another one, in another language.

A look-back looks at an older post that is there; a digest's period runs forward.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..model import ContentFile, FrontMatter, PostFile
from ..registry import Registry
from ..validation import Violation, suggest_nearest


def check_duplicates(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """No two posts share a uid or a slug, and no two pages a slug."""
    holders: dict[tuple[str, type, str], list[ContentFile]] = defaultdict(list)
    for text in content_files:
        holders["slug", type(text.meta), text.slug].append(text)
        if isinstance(text.meta, FrontMatter):
            holders["uid", FrontMatter, text.meta.uid].append(text)
    for (field, _, value), sharing in holders.items():
        for text in sharing[1:]:
            what = f"the {field} «{value}» is already that of {sharing[0].file}"
            mend = "A uid is made once and never copied: make a new one." if field == "uid" else "Choose another."
            yield text, Violation((field,), what, mend)


def check_series_positions(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """No two posts of a series have one position in it; a draft may, for its turn has not come."""
    holders: dict[tuple[str, int], ContentFile] = {}
    for text in content_files:
        meta = text.meta
        if isinstance(meta, FrontMatter) and meta.series and meta.status != "draft":
            first = holders.setdefault((meta.series.id, meta.series.position), text)
            if first is not text:
                what = f"position {meta.series.position} of «{meta.series.id}» is already that of {first.file}"
                yield text, Violation(("series", "position"), what, "Give one of them another position.")


def check_translations(content_files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """A translation names the uid of a post that is none itself, and has a language that no other one of it has."""
    originals = {text.meta.uid: text for text in content_files if isinstance(text.meta, FrontMatter)}
    taken: dict[tuple[str, str], str] = {
        (uid, text.meta.lang): text.file for uid, text in originals.items() if text.meta.lang
    }
    for text in content_files:
        meta = text.meta
        if isinstance(meta, FrontMatter) and meta.translation_of:
            for misfit in _check_original(meta, originals):
                yield text, misfit
            other = taken.setdefault((meta.translation_of, meta.lang), text.file)
            if meta.lang and other != text.file:
                mend = "Correct lang, or keep one of the two."
                yield text, Violation(("lang",), f"{other} says the same in «{meta.lang}»", mend)


def _check_original(meta: FrontMatter, originals: dict[str, ContentFile]) -> Iterator[Violation]:
    if not meta.lang:
        yield Violation(
            ("lang",), "is missing: a translation says its language", "Add a line «lang: en», or what it is."
        )
    original = originals.get(meta.translation_of)
    if original is None:
        what = f"unknown uid «{meta.translation_of}»"
        mend = (
            f"{suggest_nearest(meta.translation_of, originals)} It is the uid in the front matter of the original post."
        )
        yield Violation(("translation_of",), what, mend)
    elif meta.translation_of == meta.uid:
        yield Violation(("translation_of",), "the post names itself", "Name the uid of the original post.")
    elif isinstance(original.meta, FrontMatter) and original.meta.translation_of:
        what = f"{original.file} is a translation itself"
        yield Violation(("translation_of",), what, f"Name its original: {original.meta.translation_of}.")


def check_period(post_file: PostFile, _: Registry) -> Iterator[Violation]:
    """The last day of a period is not before its first."""
    period = post_file.meta.period
    if period and period.until < period.since:
        yield Violation(("period", "to"), "the period ends before it begins", "Correct from or to.")


def check_lookbacks(content_files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """What a post looks back on is an older post that can be read."""
    posts = [(text, text.meta) for text in content_files if isinstance(text.meta, FrontMatter)]
    by_uid = {meta.uid: meta for _, meta in reversed(posts)}
    for text, meta in posts:
        past = by_uid.get(meta.lookback_of)
        if meta.lookback_of and past is None:
            close = difflib.get_close_matches(meta.lookback_of, by_uid, n=1)
            mend = f"Did you mean «{close[0]}»?" if close else "Copy the uid from the first line of that post's file."
            yield text, Violation(("lookback_of",), f"no post has the uid «{meta.lookback_of}»", mend)
        elif past and past.date >= meta.date:
            what = f"«{past.title}» is not older than this post"
            yield text, Violation(("lookback_of",), what, "Name the uid of an earlier post.")
        elif past and past.status == "draft" and meta.status != "draft":
            what = f"«{past.title}» is a draft, so nobody can read what this post looks back on"
            yield text, Violation(("lookback_of",), what, "Publish it, or name another post.")
