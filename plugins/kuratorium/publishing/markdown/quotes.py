"""Markdown extension for quotations: with an attribution as last line they become a figure with a caption.

A quotation must name its source (§ 63 UrhG); figure, figcaption and cite say it to machines, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockQuoteProcessor
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from ...edition import prose
from ...urls import normalize_url


class QuotesExtension(Extension):
    """Set `work_languages` before each conversion: the normalised address of a work -> its language."""

    def __init__(self) -> None:
        super().__init__()
        self.work_languages: Mapping[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Replace Markdown's reader of quotations; register one processor before inline markup (20) and one after it.

        Before it, an attribution is still the text that the editor wrote; after it, its link is an element.
        """
        md.parser.blockprocessors.register(_QuoteBlockProcessor(md.parser), "quote", 20)  # Markdown's name and priority
        md.treeprocessors.register(_FigureTreeprocessor(self, md), "quotes", 35)
        md.treeprocessors.register(_LanguageTreeprocessor(self, md), "languages", 10)


class _QuoteBlockProcessor(BlockQuoteProcessor):
    """Begins a new quotation after each blank line, and after each line that links to a source.

    Markdown's own processor joins quotations that only a blank line parts: the words of the first would stand below
    the source of the second.
    """

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        match = self.RE.search(block)
        start = match.start() if match else 0
        self.parser.parseBlocks(parent, [block[:start]])  # lines of a paragraph above
        lines = block[start:].removeprefix("\n").split("\n")
        quoted: list[str] = []
        for number, line in enumerate(lines):
            quoted.append(self.clean(line))
            is_end = prose.is_linked_attribution(quoted[-1]) and not prose.has_source_above(quoted)
            if is_end and (rest := lines[number + 1 :]):
                # What follows is another quotation, or the editor's own words: only its marks say so.
                blocks.insert(0, "\n".join(rest))
                break
        if not any(map(str.strip, quoted)):  # marks below the line that ended the quotation
            return
        _set_credit_apart(quoted)
        self.parser.state.set("blockquote")  # a quotation in a list has paragraphs, though the list may have none
        self.parser.parseChunk(SubElement(parent, "blockquote"), "\n".join(quoted))
        self.parser.state.reset()


def _set_credit_apart(quoted: list[str]) -> None:
    """Put a blank line before the last line if it names the source: it would be words of a list's last item."""
    last = max(number for number, line in enumerate(quoted) if line.strip())
    if prose.is_attribution(quoted[last]):
        quoted[last:] = ["", quoted[last].strip()]


class _FigureTreeprocessor(Treeprocessor):
    """Turns blockquotes with an attribution into figures, with the language of the work that they quote."""

    def __init__(self, extension: QuotesExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "blockquote" and len(child):
                    parent[index] = self._build_figure(child)

    def _build_figure(self, quote: Element) -> Element:
        # Only as last paragraph: further up, a line with a dash may be a part of the quoted text.
        last = quote[-1]
        text, _, line = (
            (last.text or "").rstrip().rpartition("\n") if last.tag == "p" and not len(last) else ("", "", "")
        )
        credit = prose.extract_credit(line)
        if not credit or prose.has_source_above(_list_lines(quote)):
            return quote
        last.text = text
        if not last.text.strip():
            quote.remove(last)
        figure = Element("figure", {"class": "quotation"})
        figure.append(quote)
        SubElement(figure, "figcaption").text = f"— {credit}"
        addresses = {name: address for name, (address, _) in self.md.references.items()}
        if address := prose.find_source_address(prose.resolve_references(credit, addresses)):
            quote.set("cite", address)
            if language := self.extension.work_languages.get(normalize_url(address)):
                quote.set("lang", language)
        return figure


def _list_lines(quote: Element) -> Iterator[str]:
    """Yield the lines of a quotation; a list or table begins with a line that is no source.

    Of a quotation within it, only this line: its source is its own.
    """
    for child in quote:
        if child.tag != "p":
            yield child.tag
        if child.tag not in ("blockquote", "figure"):
            yield from "\n".join(child.itertext()).split("\n")


class _LanguageTreeprocessor(Treeprocessor):
    """Sets `hreflang` on links to works whose language is known.

    Below a quotation the link's text is the work's title, so it gets `lang`, too: a screen reader must pronounce it in
    its language (WCAG 2.2, 3.1.2).
    """

    def __init__(self, extension: QuotesExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        if not self.extension.work_languages:
            return
        titles = {link for caption in root.iter("figcaption") for link in caption.iter("a")}
        for link in root.iter("a"):
            if language := self.extension.work_languages.get(normalize_url(link.get("href", ""))):
                link.set("hreflang", language)
                if link in titles:
                    link.set("lang", language)
