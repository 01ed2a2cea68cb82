"""What is doubtful in recommended works: addresses that nothing opens, and the same work twice."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ...urls import normalize_url
from ..fields import Violation
from ..model import PostFile
from ..registry import Registry


def check_works(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find addresses of works with an impossible port, and works that are recommended twice."""
    places: dict[str, int] = {}
    for index, work in enumerate(post.meta.bookmark_of):
        path = ("bookmark_of", index)
        for field in ("url", "archived"):
            if not _has_possible_port(getattr(work, field)):
                message = "no browser opens this address: its port is no number up to 65535"
                yield Violation((*path, field), message, "Write the address as the browser shows it.")
        key = normalize_url(work.url) if work.url and _has_possible_port(work.url) else ""
        if key and places.setdefault(key, index) != index:
            yield Violation((*path, "url"), "this work is here twice", "Delete one of the two.")


def _has_possible_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
