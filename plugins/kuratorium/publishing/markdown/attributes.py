"""Markdown extension for attribute lists that takes any other text in braces for text."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions.attr_list import AttrListExtension, AttrListTreeprocessor

from ...text.attribute_lists import ATTRIBUTE_LIST


class AttributesExtension(AttrListExtension):
    """Markdown extension in the place of Markdown's own attr_list, which fenced code looks for."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register the processor with Markdown's own name and priority, by which other extensions find it."""
        md.treeprocessors.register(_AttributesTreeprocessor(md), "attr_list", 8)
        md.registerExtension(self)


class _AttributesTreeprocessor(AttrListTreeprocessor):
    """Reads strict attribute lists where Markdown's own reads any words in braces, and deletes them.

    `{Anm. d. Red.}` below a paragraph, `*never*{laughs}` and `{% endraw %}` are no attributes.
    """

    HEADER_RE = re.compile(rf"[ ]+{ATTRIBUTE_LIST}[ ]*$")
    BLOCK_RE = re.compile(rf"\n[ ]*{ATTRIBUTE_LIST}[ ]*$")
    INLINE_RE = re.compile(ATTRIBUTE_LIST)
