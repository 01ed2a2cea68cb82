"""Markdown extension: the turns of a conversation (`@person (12:30): …`) become sections by speaker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from msgspec import Struct

from ..timecodes import seconds

_TURN = re.compile(r"\A@(?P<speaker>[a-z0-9-]+)(?:[ ]\((?P<time>[0-9:]+)\))?:[ \n]*")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class Voice(Struct, frozen=True):
    """Whom a marker stands for: the name to print, and whether they ask (`host`) or answer (`guest`)."""

    name: str
    part: str


class Turns(Extension):
    """Set `voices` (marker -> Voice) before each conversion; without voices nothing is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.voices: Mapping[str, Voice] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Split turns into blocks after code fences (25) are taken out, group them before inline markup (20)."""
        md.preprocessors.register(_Blocks(self, md), "turns", 22)
        md.treeprocessors.register(_Sections(self, md), "turns", 34)


class _Blocks(Preprocessor):
    """Gives every marked line a block of its own, though no blank line stands before it."""

    def __init__(self, extension: Turns, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        if not self.extension.voices:
            return lines
        spaced: list[str] = []
        for line in lines:
            if _TURN.match(line) and spaced and spaced[-1].strip():
                spaced.append("")
            spaced.append(line)
        return spaced


class _Sections(Treeprocessor):
    """Moves a marked paragraph and what follows it, up to the next mark or heading, into a section."""

    def __init__(self, extension: Turns, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        if not self.extension.voices:
            return
        section: Element | None = None
        for child in list(root):
            match = _TURN.match(child.text or "") if child.tag == "p" else None
            voice = self.extension.voices.get(match["speaker"]) if match else None
            if match and voice:
                section = _section(voice, match["time"])
                root.insert(list(root).index(child), section)
                child.text = (child.text or "")[match.end() :]
                if not child.text and not len(child):
                    root.remove(child)
                    continue
            elif child.tag in _HEADINGS:
                section = None
            if section is not None:
                root.remove(child)
                section.append(child)


def _section(voice: Voice, time: str | None) -> Element:
    section = Element("section", {"class": f"turn turn-{voice.part}"})
    speaker = SubElement(section, "p", {"class": "turn-speaker"})
    SubElement(speaker, "b").text = voice.name
    if time:
        anchor = f"t-{seconds(time)}"
        section.set("id", anchor)
        SubElement(speaker, "a", {"class": "turn-time", "href": f"#{anchor}"}).text = time
    return section
