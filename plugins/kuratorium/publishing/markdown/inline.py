"""Markdown extensions for marks within a line: `==words==` stand out, a star or underscore within a word stays.

So do words in braces that are no attribute list.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListExtension, AttrListTreeprocessor
from markdown.inlinepatterns import DelimiterProcessor, InlineProcessor, SubstituteTagInlineProcessor

from ...text.attribute_lists import ATTRIBUTE_LIST
from ...text.markup import EMPHASIS_RUN, HIGHLIGHT, find_marks_in_words, is_comparison

_LINE_BREAK = r"(?<!\\)\\\n"  # https://spec.commonmark.org/0.31.2/#hard-line-breaks
_BEFORE_SENTENCE = tuple(".!?…:;\"'“”»«‘’–—")
_AFTER_SENTENCE = tuple(".!?…\"'“”»«‘’")


class InlineExtension(Extension):
    """Set `in_conversation` before each conversion: there, highlighted sentences become a pull quote."""

    def __init__(self) -> None:
        super().__init__()
        self.in_conversation = False

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register the processors after code and links; * and _ (priority 60) may stand in highlighted words.

        A backslash breaks a line only before escapes are read (180), but after code is (190).
        """
        md.inlinePatterns.register(SubstituteTagInlineProcessor(_LINE_BREAK, "br"), "backslash-break", 185)
        md.inlinePatterns.register(_HighlightProcessor(HIGHLIGHT, self, md), "highlights", 75)
        md.inlinePatterns.register(_WordMarkProcessor(EMPHASIS_RUN.pattern, md), "marks-in-words", 70)
        emphasis = _EmphasisProcessor("*", "strong,em", md)
        emphasis.add("_", "strong,em", smart=True)  # as Markdown itself has it
        md.inlinePatterns.register(emphasis, "em_strong", 60)


class _WordMarkProcessor(InlineProcessor):
    """Takes stars and underscores that are parts of words for text."""

    def __init__(self, pattern: str, md: Markdown) -> None:
        super().__init__(pattern, md)
        # Where runs of marks begin in the text that is read now, counted from its end, which replacements leave alone;
        # and whether each is a part of a word. In reverse order.
        self._runs: list[tuple[int, bool]] = []

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int, int]:
        place = len(data) - m.start()
        if not self._runs or self._runs[-1][0] != place:
            in_words = find_marks_in_words(data)
            starts = [run.start() for run in EMPHASIS_RUN.finditer(data) if run.start() >= m.start()]
            self._runs = [(len(data) - start, start in in_words) for start in reversed(starts)]
        _, is_in_word = self._runs.pop()
        return m[0] if is_in_word else None, m.start(), m.end()


class _EmphasisProcessor(DelimiterProcessor):
    """Reads emphasis as Markdown does, but checks what Markdown kept from an earlier match in the same paragraph.

    Markdown 3.11 mistakes the place after a star that is only text ("Inter*, 2 * 3 * 4 _a_"), and drops what is there.
    """

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        had_kept = bool(self.regions)
        element, start, end = super().handleMatch(m, data)
        if not had_kept or element is None or _is_emphasis(data[start:end]):
            return element, start, end
        self.reset()
        return super().handleMatch(m, data)


def _is_emphasis(text: str) -> bool:
    """Return whether a text begins and ends with the same mark, and with words next to it."""
    words = text.strip("*_")
    return text[:1] == text[-1:] in {"*", "_"} and bool(words) and not (words[0].isspace() or words[-1].isspace())


class _HighlightProcessor(InlineProcessor):
    """Marks words between ==; whole sentences of a conversation become a pull quote, which has lines of its own."""

    def __init__(self, pattern: str, extension: InlineExtension, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.extension = extension

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        if is_comparison(data, m.start(), m.end()):
            return None, None, None
        mark = Element("mark")
        mark.text = m[1]
        if self.extension.in_conversation and _is_whole_sentence(m[1], data[: m.start()], data[m.end() :]):
            mark.set("class", "pull")
        return mark, m.start(0), m.end(0)


def _is_whole_sentence(text: str, before: str, after: str) -> bool:
    """Return whether a text begins and ends where a sentence does; lines of its own would tear any other."""
    before, after = before.rstrip(), after.strip()
    return (not before or before.endswith(_BEFORE_SENTENCE)) and (not after or text.endswith(_AFTER_SENTENCE))


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

    HEADER_RE = re.compile(rf"[ ]+{ATTRIBUTE_LIST}[ ]*$")  # type: ignore[misc]  # the stubs say Final
    BLOCK_RE = re.compile(rf"\n[ ]*{ATTRIBUTE_LIST}[ ]*$")  # type: ignore[misc]
    INLINE_RE = re.compile(ATTRIBUTE_LIST)  # type: ignore[misc]
