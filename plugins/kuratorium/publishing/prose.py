"""Short Markdown of the registry, such as a topic's intro -> HTML."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup


@cache
def prose(text: str) -> Markup:
    """Convert Markdown to what may stand in a body; links in it are addresses, for it stands in no folder."""
    from markdown import markdown  # noqa: PLC0415 - 0.1 s, and most builds make none of these pages

    from .body import allowed  # noqa: PLC0415

    return Markup(allowed(markdown(text, extensions=["sane_lists"], output_format="html")))  # noqa: S704 - see allowed
