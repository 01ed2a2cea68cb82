"""Markdown extension: the turns of a conversation (`@person (12:30): …`) become sections by speaker.

Every turn with a time code and every question has an anchor; `==words==` in a turn stand out as a pull quote.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from msgspec import Struct

from ...edition import prose
from ...edition.timecodes import seconds
from ...slugs import slug_of

_TURN = re.compile(r"\A@(?P<speaker>[a-z0-9-]+)(?:[ ]\((?P<time>[0-9:]+)\))?:[ \n]*")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PULLED = r"(?<!=)==(?![=\s])(.+?)(?<![=\s])==(?!=)"
_ASKED = re.compile(
    r'<a class="turn-(?:time|number)" href="#(?P<anchor>[^"]+)" title="(?P<text>[^"]+)">(?P<mark>[^<]*)</a>'
)


class Voice(Struct, frozen=True):
    """Whom a marker stands for: the name to print, and whether they ask (`host`) or answer (`guest`)."""

    name: str
    part: str


class Question(Struct, frozen=True):
    """What is asked in a turn: its anchor, the mark it shows (time code or number), the question itself."""

    anchor: str
    mark: str
    text: str


class Turns(Extension):
    """Set `voices` (marker -> Voice) before each conversion; without voices nothing is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.voices: Mapping[str, Voice] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Split turns into blocks after code fences (25) are taken out, group them before inline markup (20)."""
        md.preprocessors.register(_Blocks(self, md), "turns", 22)
        md.treeprocessors.register(_Sections(self, md), "turns", 34)
        md.inlinePatterns.register(_Pulls(_PULLED, self, md), "pulls", 75)  # before * and _, after code and links


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
        if self.extension.voices:
            _anchor(self._grouped(root))

    def _grouped(self, root: Element) -> list[_Turn]:
        turns: list[_Turn] = []
        section: Element | None = None
        for child in list(root):
            match = _TURN.match(child.text or "") if child.tag == "p" else None
            voice = self.extension.voices.get(match["speaker"]) if match else None
            if match and voice:
                turns.append(_Turn(voice, match["time"] or ""))
                section = turns[-1].section
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
        return turns


class _Turn:
    """A turn on its way into the page: its section, which begins with the name of who speaks."""

    def __init__(self, voice: Voice, time: str) -> None:
        self.voice = voice
        self.time = time
        self.section = Element("section", {"class": f"turn turn-{voice.part}"})
        self.speaker = SubElement(self.section, "p", {"class": "turn-speaker"})
        SubElement(self.speaker, "b").text = voice.name

    @property
    def question(self) -> str:
        """What is asked in it, if it is the host's."""
        if self.voice.part != "host":
            return ""
        asked = (prose.question(prose.plain(one.text or "")) for one in self.section[1:] if one.tag == "p")
        return next((one for one in reversed(list(asked)) if one), "")

    def link(self, kind: str, anchor: str, mark: str, question: str) -> None:
        """Make the section the aim of `anchor`, and lead there by a mark beside the name."""
        self.section.set("id", anchor)
        link = SubElement(self.speaker, "a", {"class": f"turn-{kind}", "href": f"#{anchor}"})
        link.text = mark
        if question:
            self.section.set("class", f"{self.section.get('class')} turn-question")
            link.set("title", question)


def _anchor(turns: list[_Turn]) -> None:
    """Give turns their anchors: `t-` and the second where there is a time, else `q-` and the question in few words."""
    taken: Counter[str] = Counter()
    number = 0
    for turn in turns:
        question = turn.question
        number += bool(question)
        if turn.time or question:
            base = f"t-{seconds(turn.time)}" if turn.time else f"q-{slug_of(question, 60) or number}"
            taken[base] += 1
            anchor = f"{base}-{taken[base]}" if taken[base] > 1 else base
            turn.link("time" if turn.time else "number", anchor, turn.time or f"#{number}", question)


class _Pulls(InlineProcessor):
    """Words between == stand out where they were said; in other posts than conversations == means nothing."""

    def __init__(self, pattern: str, extension: Turns, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.extension = extension

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - Markdown's signature
    ) -> tuple[Element | None, int | None, int | None]:
        if not self.extension.voices:
            return None, None, None
        pulled = Element("mark", {"class": "pull"})
        pulled.text = m[1]
        return pulled, m.start(0), m.end(0)


def questions(body: str) -> tuple[Question, ...]:
    """List the questions of a conversation, from the HTML of its body."""
    return tuple(Question(one["anchor"], one["mark"], html.unescape(one["text"])) for one in _ASKED.finditer(body))
