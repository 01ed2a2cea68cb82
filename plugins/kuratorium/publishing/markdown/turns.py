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
from ...edition.timecodes import parse_timecode
from ...slugs import slugify

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PULL_QUOTE = r"(?<!=)==(?![=\s])(.+?)(?<![=\s])==(?!=)"
_QUESTION_LINK = re.compile(
    r'<a class="turn-(?:time|number)" href="#(?P<anchor>[^"]+)" title="(?P<text>[^"]+)">(?P<mark>[^<]*)</a>'
)


class Participant(Struct, frozen=True):
    """Whom a marker stands for: the name to print, and whether they ask (`host`) or answer (`guest`)."""

    name: str
    role: str


class Question(Struct, frozen=True):
    """What is asked in a turn: its anchor, the mark it shows (time code or number), the question itself."""

    anchor: str
    label: str
    text: str


class TurnsExtension(Extension):
    """Set `voices` (marker -> Voice) before each conversion; without voices nothing is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.participants: Mapping[str, Participant] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Split turns into blocks after code fences (25) are taken out, group them before inline markup (20)."""
        md.preprocessors.register(_TurnPreprocessor(self, md), "turns", 22)
        md.treeprocessors.register(_TurnTreeprocessor(self, md), "turns", 34)
        md.inlinePatterns.register(
            _PullQuoteProcessor(_PULL_QUOTE, self, md), "pulls", 75
        )  # before * and _, after code and links


class _TurnPreprocessor(Preprocessor):
    """Gives every marked line a block of its own, though no blank line stands before it."""

    def __init__(self, extension: TurnsExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        if not self.extension.participants:
            return lines
        spaced: list[str] = []
        for line in lines:
            if prose.TURN_MARKER.match(line) and spaced and spaced[-1].strip():
                spaced.append("")
            spaced.append(line)
        return spaced


class _TurnTreeprocessor(Treeprocessor):
    """Moves a marked paragraph and what follows it, up to the next mark or heading, into a section."""

    def __init__(self, extension: TurnsExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        if self.extension.participants:
            _add_anchors(self._group_turns(root))

    def _group_turns(self, root: Element) -> list[_TurnSection]:
        turns: list[_TurnSection] = []
        section: Element | None = None
        for child in list(root):
            match = prose.TURN_MARKER.match(child.text or "") if child.tag == "p" else None
            voice = self.extension.participants.get(match["speaker"]) if match else None
            if match and voice:
                turns.append(_TurnSection(voice, match["time"] or ""))
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


class _TurnSection:
    """A turn on its way into the page: its section, which begins with the name of who speaks."""

    def __init__(self, participant: Participant, time: str) -> None:
        self.participant = participant
        self.time = time
        self.section = Element("section", {"class": f"turn turn-{participant.role}"})
        self.speaker = SubElement(self.section, "p", {"class": "turn-speaker"})
        SubElement(self.speaker, "b").text = participant.name

    @property
    def question(self) -> str:
        """What is asked in it, if it is the host's."""
        if self.participant.role != "host":
            return ""
        asked = (
            prose.find_last_question(prose.strip_markdown(one.text or "")) for one in self.section[1:] if one.tag == "p"
        )
        return next((one for one in reversed(list(asked)) if one), "")

    def add_anchor(self, kind: str, anchor: str, label: str, question: str) -> None:
        """Make the section the aim of `anchor`, and lead there by a mark beside the name."""
        self.section.set("id", anchor)
        link = SubElement(self.speaker, "a", {"class": f"turn-{kind}", "href": f"#{anchor}"})
        link.text = label
        if question:
            self.section.set("class", f"{self.section.get('class')} turn-question")
            link.set("title", question)


def _add_anchors(turns: list[_TurnSection]) -> None:
    """Give turns their anchors: `t-` and the second where there is a time, else `q-` and the question in few words."""
    taken: Counter[str] = Counter()
    number = 0
    for turn in turns:
        question = turn.question
        number += bool(question)
        if turn.time or question:
            base = f"t-{parse_timecode(turn.time)}" if turn.time else f"q-{slugify(question, 60) or number}"
            taken[base] += 1
            anchor = f"{base}-{taken[base]}" if taken[base] > 1 else base
            turn.add_anchor("time" if turn.time else "number", anchor, turn.time or f"#{number}", question)


class _PullQuoteProcessor(InlineProcessor):
    """Words between == stand out where they were said; in other posts than conversations == means nothing."""

    def __init__(self, pattern: str, extension: TurnsExtension, md: Markdown) -> None:
        super().__init__(pattern, md)
        self.extension = extension

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - Markdown's signature
    ) -> tuple[Element | None, int | None, int | None]:
        if not self.extension.participants:
            return None, None, None
        pulled = Element("mark", {"class": "pull"})
        pulled.text = m[1]
        return pulled, m.start(0), m.end(0)


def find_questions(body: str) -> tuple[Question, ...]:
    """List the questions of a conversation, from the HTML of its body."""
    return tuple(
        Question(one["anchor"], one["mark"], html.unescape(one["text"])) for one in _QUESTION_LINK.finditer(body)
    )
