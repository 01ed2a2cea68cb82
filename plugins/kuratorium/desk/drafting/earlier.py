"""What the edition has already on a work, or on its story: told before a draft is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from ... import similarity, urls
from ...edition.loader import Edition
from ...edition.model import PostFile
from ...errors import UsageError
from ..inbox import matches_reference
from ..triage.desk import read_texts
from ..triage.stories import have_similar_titles
from .works import DraftContext, FoundWork


class EarlierPost(Struct, frozen=True):
    """A post on the same work, or if not `is_same_work`, a draft on the same story."""

    file: str
    is_same_work: bool

    def __str__(self) -> str:
        if self.is_same_work:
            return f"This work is already recommended in {self.file}"
        return f"A draft on the same story is begun: {self.file}"


Confirm = Callable[[Sequence[EarlierPost]], bool]
"""Asks whether a draft is to be written although these posts exist."""


def refuse_unconfirmed(earlier: Sequence[EarlierPost], confirm: Confirm | None) -> None:
    """Raise UsageError if there are earlier posts, and `confirm` does not agree; without one, all is confirmed."""
    if earlier and confirm and not confirm(earlier):
        told = "\n".join(f"{post}." for post in earlier)
        raise UsageError(f"{told}\nNothing was written. To begin a draft nevertheless, give --again.")


def refuse_recommended_addresses(
    context: DraftContext, references: Sequence[str], confirm: Confirm | None
) -> list[EarlierPost]:
    """Return the posts that recommend a work at one of the addresses among references; the user was asked about them.

    It needs no network, and comes before `find_works`, which may. Raises UsageError if `confirm` does not agree.
    """
    # The post on an inbox item may be its own, begun by a run that was stopped: see `find_earlier_posts`.
    addresses = [
        reference
        for reference in references
        if urls.is_http_url(reference) and not any(matches_reference(item, reference) for item in context.items)
    ]
    files = find_recommending_posts(context.edition.post_files, addresses) if addresses else ()
    earlier = [EarlierPost(file, is_same_work=True) for file in files]
    refuse_unconfirmed(earlier, confirm)
    return earlier


def find_earlier_posts(edition: Edition, found: Sequence[FoundWork]) -> list[EarlierPost]:
    """Return the posts that recommend one of the works, and the drafts whose works tell the same story."""
    own_uids = {known.item.meta.uid for known in found if known.item}
    posts = [post for post in edition.post_files if post.meta.uid not in own_uids]
    same = find_recommending_posts(posts, [address for known in found for address in known.addresses])
    drafts = [post for post in posts if post.meta.status == "draft" and post.meta.bookmark_of and post.file not in same]
    return [
        *(EarlierPost(file, is_same_work=True) for file in same),
        *(EarlierPost(file, is_same_work=False) for file in _find_same_story(edition, found, drafts)),
    ]


def find_recommending_posts(posts: Sequence[PostFile], addresses: Sequence[str]) -> tuple[str, ...]:
    """Return the files of the posts that recommend a work with any of the addresses."""
    normalized = {urls.normalize_url(url) for url in addresses if url}
    return tuple(
        post.file
        for post in posts
        if any(work.url and urls.normalize_url(work.url) in normalized for work in post.meta.bookmark_of)
    )


def _find_same_story(edition: Edition, found: Sequence[FoundWork], drafts: Sequence[PostFile]) -> list[str]:
    """Return the files of drafts on works with a similar title, or with nearly the same text in the archive."""
    begun = [(post.file, work) for post in drafts for work in post.meta.bookmark_of]
    if not begun:
        return []
    archived = read_texts(edition.root, [work.item for _, work in begun])
    texts = [(known.work.title, known.text) for known in found]
    texts += [(work.title, archived.get(work.item, "")) for _, work in begun]
    related = [
        (left, len(found) + index)
        for left, known in enumerate(found)
        for index, (_, work) in enumerate(begun)
        if have_similar_titles(known.work.title, work.title)
    ]
    files = [
        begun[index - len(found)][0]
        for group in similarity.group_similar_texts(texts, related)
        if group[0] < len(found)
        for index in group
        if index >= len(found)
    ]
    return [*dict.fromkeys(files)]
