"""What its format asks of a post, and where the post goes."""

from __future__ import annotations

from collections.abc import Iterator

from .. import words
from ..formats import by_id
from ..model import Document, Leaf
from ..records import Misfit
from ..registry import Registry
from ..slugs import slug_of

_EXAMPLES = {
    "authors": "authors: [id-of-a-curator]",
    "bookmark_of": "bookmark_of: [{url: https://…, title: …}]",
    "guests": "guests: [id-of-a-person] or guests: [{name: …, role: …}]",
    "hosts": "hosts: [id-of-a-person]",
    "event": "event: {start: 2026-11-05T17:00:00+01:00, end: …}",
    "lookback_of": "lookback_of: the uid of the post that is seen again",
    "changed_since": 'changed_since: ["What is different by now."]',
    "period": "period: {from: 2026-10-05, to: 2026-10-11}",
    "release": "release: given, once the partner has released the text (until then release: open)",
}


def needs(document: Document, _: Registry) -> Iterator[Misfit]:
    """A post has what its format cannot do without."""
    if document.meta.status == "draft":
        return
    for field in by_id(document.format).needs:
        if not getattr(document.meta, field):
            what = f"is missing: {_a(document.format)} cannot do without it"
            yield Misfit((field,), what, f"Add {_EXAMPLES.get(field, f'{field}: …')}.")


def format_fits_folder(document: Document, _: Registry) -> Iterator[Misfit]:
    """The folder gives the format; a field that says otherwise is a mistake."""
    if document.meta.format not in ("", document.format):
        what = f"this is «{document.meta.format}», but the file lies in {by_id(document.format).folder}/"
        yield Misfit(("format",), what, "Move the file, or delete this line: the folder gives the format.")


def own_words(document: Document, _: Registry) -> Iterator[Misfit]:
    """A note says why; every post has something to read."""
    if document.meta.status == "draft":
        return
    if by_id(document.format).notes and not words.has_own_words(document.body):
        what = "this note has no words of your own"
        mend = "Say below the front matter why it is worth reading; until then set status: draft."
        yield Misfit((), what, mend, document.body_line)
    elif not document.body.strip():
        mend = "Write below the front matter; until then set status: draft."
        yield Misfit((), "there is no text", mend, document.body_line)


def address(document: Document | Leaf, _: Registry) -> Iterator[Misfit]:
    """The last part of a post's or page's address is a slug, from the file's name, too."""
    slug = slug_of(document.slug, 120)
    if slug != document.slug:
        mend = f"Rename the file, or add a line «slug: {slug or 'some-words-like-these'}»."
        yield Misfit(("slug",), f"the file's name «{document.slug}» is no slug", mend)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
