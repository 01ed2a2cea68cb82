"""Lists are paged from the oldest, so that a new post changes the front page and no other."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..model import Post

SIZE = 24


class Slice(Struct, frozen=True):
    """One page of a list: its number from the oldest (0 for the front page) and its posts, newest first."""

    number: int
    posts: tuple[Post, ...]


def slices(posts: Sequence[Post], size: int = SIZE) -> list[Slice]:
    """Cut a list (newest first) into a front page and full older pages.

    The front page holds the newest full page and what has gathered since: `size` to 2 x `size` - 1
    posts, so that it never shows a lone post; the older pages never change once they are full.
    """
    full = len(posts) // size
    older = max(full - 1, 0)
    front = len(posts) - older * size
    cut = [Slice(0, tuple(posts[:front]))]
    for number in range(older, 0, -1):
        start = front + (older - number) * size
        cut.append(Slice(number, tuple(posts[start : start + size])))
    return cut
