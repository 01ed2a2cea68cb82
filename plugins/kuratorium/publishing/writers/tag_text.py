"""The text of an HTML element in one line, for the writers of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag  # 0.1 s to import, and most builds write no plain text


def get_tag_text(tag: Tag) -> str:
    """Return an element's text with single spaces; line breaks in HTML mean nothing."""
    return " ".join(tag.get_text().split())


def get_first_number(items: Tag) -> int:
    """Return the number of the first item of a numbered list."""
    start = str(items.get("start") or "1")
    return int(start) if start.isdecimal() else 1
