"""Markdown extension for conversations: turns (`@person (12:30): …`) become blocks, each with its speaker.

Turns with a time code and questions have anchors.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from msgspec import Struct

from ...edition import prose
from ...slugs import slugify
from ...text.markup import strip_markdown
from ...text.timecodes import parse_timecode

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_QUESTION_LINK = re.compile(
    r'<a class="turn-(?:time|number)" href="#(?P<anchor>[^"]+)" title="(?P<text>[^"]+)">(?P<mark>[^<]*)</a>'
)


class Participant(Struct, frozen=True):
    """Who speaks in a turn: the name to show, and whether they ask (role host) or answer (role guest)."""

    name: str
    role: str


class Question(Struct, frozen=True):
    """A question of a conversation: its anchor, its label (time code or number), and its text."""

    anchor: str
    label: str
    text: str


class TurnsExtension(Extension):
    """Set `participants` (by the marker of their turns) before each conversion; without any, nothing is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.participants: Mapping[str, Participant] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register the processors at their places among Markdown's own.

        Turns are split into blocks after fenced code (priority 25) is taken out, and grouped before inline markup (20)
        is read.
        """
        md.preprocessors.register(_TurnPreprocessor(self, md), "turns", 22)
        md.ESCAPED_CHARS.append("@")  # "\\@anna-berg: …" is no turn
        md.treeprocessors.register(_TurnTreeprocessor(self, md), "turns", 34)


class _TurnPreprocessor(Preprocessor):
    """Begins a block at every turn, also where the editor left no blank line before it."""

    def __init__(self, extension: TurnsExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        if not self.extension.participants:
            return lines
        spaced: list[str] = []
        for line in prose.outdent_turns("\n".join(lines)).split("\n"):
            if prose.TURN_MARKER.match(line) and spaced and spaced[-1].strip():
                spaced.append("")
            spaced.append(line)
        return spaced


class _TurnTreeprocessor(Treeprocessor):
    """Moves a turn's first paragraph and all up to the next turn, a heading or the footnotes into a block."""

    def __init__(self, extension: TurnsExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        if self.extension.participants:
            _add_anchors(self._group_turns(root))

    def _group_turns(self, root: Element) -> list[_TurnSection]:
        turns: list[_TurnSection] = []
        block: Element | None = None
        for child in list(root):
            match = prose.TURN_MARKER.match(child.text or "") if child.tag == "p" else None
            participant = self.extension.participants.get(match["speaker"]) if match else None
            if match and participant:
                turns.append(_TurnSection(participant, match["time"] or ""))
                block = turns[-1].block
                root.insert(list(root).index(child), block)
                child.text = (child.text or "")[match.end() :]
                if not child.text and not len(child):  # the marker had a paragraph of its own
                    root.remove(child)
                    continue
            elif child.tag in _HEADINGS or child.get("class") == "footnote":  # nobody says the footnotes
                block = None
            if block is not None:
                root.remove(child)
                block.append(child)
        return turns


class _TurnSection:
    """A turn as it is built: its block, which begins with the speaker's name."""

    def __init__(self, participant: Participant, time: str) -> None:
        self.participant = participant
        self.time = time
        self.block = Element("div", {"class": f"turn turn-{participant.role}"})
        self.speaker = SubElement(self.block, "p", {"class": "turn-speaker"})
        SubElement(self.speaker, "b").text = participant.name

    @property
    def question(self) -> str:
        """Return the question of a host's turn, the last one if it has several; empty if there is none.

        Hosts lead up to their question, so the last one is that which the guest answers.
        """
        if self.participant.role != "host":
            return ""
        for child in reversed(self.block[1:]):
            question = prose.find_last_question(strip_markdown(child.text or "")) if child.tag == "p" else ""
            if question:
                return question
        return ""

    def add_anchor(self, kind: str, anchor: str, label: str, question: str) -> None:
        """Give the block an anchor and, beside the speaker's name, a link to it.

        `kind` is time or number. A question goes into the link's title, where `find_questions` finds it.
        """
        self.block.set("id", anchor)
        link = SubElement(self.speaker, "a", {"class": f"turn-{kind}", "href": f"#{anchor}"})
        link.text = label
        if question:
            self.block.set("class", f"{self.block.get('class')} turn-question")
            link.set("title", question)


def _add_anchors(turns: list[_TurnSection]) -> None:
    """Give turns their anchors: `t-` and the second if they have a time, else `q-` and the question's first words.

    Neither changes when a turn is inserted before it, so that links to questions last.
    """
    counts: Counter[str] = Counter()
    number = 0
    for turn in turns:
        question = turn.question
        number += bool(question)
        if turn.time or question:
            base = f"t-{parse_timecode(turn.time)}" if turn.time else f"q-{slugify(question, 60) or number}"
            # Two turns may have the same second, or the same question; an id must be unique in its page.
            counts[base] += 1
            anchor = f"{base}-{counts[base]}" if counts[base] > 1 else base
            turn.add_anchor("time" if turn.time else "number", anchor, turn.time or f"#{number}", question)


def find_questions(body: str) -> tuple[Question, ...]:
    """Return the questions of a conversation, from the HTML of its body."""
    return tuple(
        Question(match["anchor"], match["mark"], html.unescape(match["text"]))
        for match in _QUESTION_LINK.finditer(body)
    )
