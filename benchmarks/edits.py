"""The edits of an editor between two builds. An edit is a post to write, in the form of each tool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import corpus
from corpus import Post

Edit = Callable[[int, int], Post]
"""Size of the corpus and number of the edit -> the post to write."""


def body(count: int, number: int) -> Post:
    """Add a sentence to the end of one of the latest posts; no list shows it."""
    post = _latest(count, 2 * number)
    return replace(post, body=f"{post.body}\n\nNachgetragen: {mark(number)}.")


def title(count: int, number: int) -> Post:
    """Change the title of one of the latest posts, which many lists show."""
    post = _latest(count, 2 * number + 1)
    return replace(post, title=f"{post.title} {mark(number)}")


def new(count: int, number: int) -> Post:
    """Write a new post, the latest of all."""
    post = corpus.make_post(count + 1 + number, corpus.NOW - timedelta(minutes=50 - number % 50))
    return replace(post, body=f"{post.body}\n\n{mark(number)}.")


def mark(number: int) -> str:
    """Return a word that occurs nowhere else: it shows whether an edit is on the page."""
    return f"Streckenkilometer{number}"


CASES: dict[str, Edit] = {"body": body, "title": title, "new": new}


def _latest(count: int, number: int) -> Post:
    """Return one of the newest two dozen notes; interviews are left out."""
    latest = count - number % 24
    return corpus.make_post_of_corpus(latest - 2 if latest % corpus.INTERVIEW_EVERY == 0 else latest, count)
