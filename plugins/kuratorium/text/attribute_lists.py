"""Attribute lists of Markdown, as in `## Title {#anchor}` or `{: .class lang=en }`: what is one, and what is text."""

from __future__ import annotations

_VALUE = r"(?:\"[^\"{}\n]*\"|'[^'{}\n]*'|[^\s\"'{}=]+)"
_PAIR = rf"[a-zA-Z][\w:-]*={_VALUE}"
_ATTRIBUTE = rf"(?:[.#][^\W\d][\w:-]*|{_PAIR})"

# Without a colon, an anchor, a class or a pair must come first; other words in braces are an editor's own.
ATTRIBUTE_LIST = rf"\{{:?[ ]?(?P<attributes>{_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*)[ ]*\}}"
"""Pattern of an attribute list; Markdown's own takes any text in braces for one, and drops it."""
