"""Scripts that Markdown extensions of other plugins add to a body, such as MathJax's."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.serializers import to_html_string
from markdown.treeprocessors import Treeprocessor

_SCRIPT_TAGS = ("script", "style")


class PluginScriptsExtension(Extension):
    """Takes scripts out of a body before the allow-list removes them, and returns them for its end.

    Only extensions can make such elements: an author's raw HTML is no element of the tree, and the allow-list
    removes it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._processor = _ScriptCollector()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register the processor behind all others: it must see what they add."""
        self._processor.md = md
        md.treeprocessors.register(self._processor, "plugin-scripts", -100)

    def take_scripts(self) -> str:
        """Return the HTML of the scripts of the body that was converted last, and forget them."""
        scripts, self._processor.html = self._processor.html, ""
        return scripts


class _ScriptCollector(Treeprocessor):
    html = ""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for child in [child for child in parent if child.tag in _SCRIPT_TAGS]:
                parent.remove(child)
                child.tail = None
                self.html += to_html_string(child)
