"""Translations: a post says the same as another one, in another language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import FrontMatter, Written
from ..records import Misfit, nearest


def translations(texts: Sequence[Written]) -> Iterator[tuple[Written, Misfit]]:
    """A translation names the uid of a post that is none itself, and has a language that no other one of it has."""
    originals = {text.meta.uid: text for text in texts if isinstance(text.meta, FrontMatter)}
    taken: dict[tuple[str, str], str] = {
        (uid, text.meta.lang): text.file for uid, text in originals.items() if text.meta.lang
    }
    for text in texts:
        meta = text.meta
        if isinstance(meta, FrontMatter) and meta.translation_of:
            for misfit in _misfits(meta, originals):
                yield text, misfit
            other = taken.setdefault((meta.translation_of, meta.lang), text.file)
            if meta.lang and other != text.file:
                mend = "Correct lang, or keep one of the two."
                yield text, Misfit(("lang",), f"{other} says the same in «{meta.lang}»", mend)


def _misfits(meta: FrontMatter, originals: dict[str, Written]) -> Iterator[Misfit]:
    if not meta.lang:
        yield Misfit(("lang",), "is missing: a translation says its language", "Add a line «lang: en», or what it is.")
    original = originals.get(meta.translation_of)
    if original is None:
        what = f"unknown uid «{meta.translation_of}»"
        mend = f"{nearest(meta.translation_of, originals)} It is the uid in the front matter of the original post."
        yield Misfit(("translation_of",), what, mend)
    elif meta.translation_of == meta.uid:
        yield Misfit(("translation_of",), "the post names itself", "Name the uid of the original post.")
    elif isinstance(original.meta, FrontMatter) and original.meta.translation_of:
        what = f"{original.file} is a translation itself"
        yield Misfit(("translation_of",), what, f"Name its original: {original.meta.translation_of}.")
