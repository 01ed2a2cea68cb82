"""What an editor does between two builds. An edit is a post to be written, in the form of any tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import corpus
from corpus import Post

Edit = Callable[[int, int], Post]
"""Size of the corpus and number of the edit -> the post as it is to be written."""


def body(count: int, number: int) -> Post:
    """One of the latest posts gets another sentence at its end; no list shows it."""
    post = _latest(count, 2 * number)
    return replace(post, body=f"{post.body}\n\nNachgetragen: {mark(number)}.")


def title(count: int, number: int) -> Post:
    """One of the latest posts gets another title, which many lists show."""
    post = _latest(count, 2 * number + 1)
    return replace(post, title=f"{post.title} {mark(number)}")


def new(count: int, number: int) -> Post:
    """A post is new, and the latest of all."""
    post = corpus.post(count + 1 + number, corpus.NOW - timedelta(minutes=50 - number % 50))
    return replace(post, body=f"{post.body}\n\n{mark(number)}.")


def mark(number: int) -> str:
    """A word that nothing else has: it tells whether an edit is on the page."""
    return f"Streckenkilometer{number}"


CASES: dict[str, Edit] = {"body": body, "title": title, "new": new}


def _latest(count: int, number: int) -> Post:
    """One of the newest two dozen notes; interviews are left out."""
    chosen = count - number % 24
    return corpus.at(chosen - 2 if chosen % corpus.INTERVIEW_EVERY == 0 else chosen, count)
