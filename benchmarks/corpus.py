"""The corpus: posts whose every word is derived from their number, and the lists of topics, people and tags they use.

The repository holds no file of it: the same number gives the same post on every machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

import wording

NOW = datetime(2026, 10, 14, 9, 0, tzinfo=timezone(timedelta(hours=2)))
YEARS = 6
INTERVIEW_EVERY = 100

TOPICS = (
    *("Digitale Transformation", "Open Source", "Souveränität", "Markenbotschafter", "Journalismus", "Führung"),
    *("Vergabe", "Barrierefreiheit", "Datenpolitik", "Betrieb", "Bildung", "Stadt und Land"),
)
_FIRST_NAMES = ("Almut", "Bertram", "Clara", "Detlef", "Emine", "Falko", "Gesine", "Hakan")
_LAST_NAMES = ("Abendroth", "Birkental", "Dornfeld", "Kaltwasser", "Mühlgrund")
PEOPLE = tuple(f"{first} {last}" for last in _LAST_NAMES for first in _FIRST_NAMES)
_TAG_BEGINS = (
    *("Daten", "Netz", "Wolken", "Vergabe", "Amts", "Code", "Stadt", "Dienst", "Register", "Archiv"),
    *("Projekt", "Risiko", "Gruppen", "Prüf", "Format", "Markt", "Medien", "Lizenz", "Betriebs", "Wissens"),
)
_TAG_ENDS = ("pflege", "strategie", "kultur", "aufsicht", "werkstatt", "bilanz", "praxis", "ethik", "karte", "haltung")
TAGS = tuple(f"{begin}{end}" for end in _TAG_ENDS for begin in _TAG_BEGINS)
PUBLICATIONS = (
    *("Aktenlage", "Bitkante", "Der Fachverfahrer", "Grünes Kabel", "Hinterzimmer IT", "Kellerlicht"),
    *("Leitungsrauschen", "Die Vorlage", "Nachtfenster", "Offener Schrank", "Pegelstand", "Querformat"),
)
_ASCII = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


@dataclass(frozen=True)
class Work:
    """A recommended work, which the corpus invents."""

    url: str
    title: str
    author: str
    publication: str
    published: str


@dataclass(frozen=True)
class Post:
    """A post, independent of the form that a tool reads; people and topics by name, the main topic first."""

    number: int
    title: str
    slug: str
    date: datetime
    summary: str
    author: str
    guest: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    works: tuple[Work, ...]
    body: str

    @property
    def uid(self) -> str:
        """The permanent id."""
        return hashlib.sha256(f"post {self.number}".encode()).hexdigest()[:16]

    @property
    def interview(self) -> bool:
        """Whether the post is an interview; else it is a note."""
        return bool(self.guest)


def posts(count: int) -> Iterator[Post]:
    """Yield `count` posts, oldest first, spread over YEARS years; one of INTERVIEW_EVERY is an interview."""
    for number in range(1, count + 1):
        yield make_post_of_corpus(number, count)


def make_post_of_corpus(number: int, count: int) -> Post:
    """Make post `number` of a corpus of `count`; its date is its share of YEARS years."""
    step = timedelta(days=365 * YEARS) / count
    return make_post(number, (NOW - step * (count - number) - timedelta(hours=1)).replace(microsecond=0))


def make_post(number: int, date: datetime) -> Post:
    """Make a post; everything but its date is derived from its number."""
    dice = Random(number)
    title = wording.title(dice)
    topics = dice.sample(TOPICS, dice.choice((1, 1, 2)))
    tags = {TAGS[int(len(TAGS) * dice.random() ** 2)]: None for _ in range(dice.randint(2, 4))}
    author, other = dice.sample(PEOPLE, 2)
    interview = number % INTERVIEW_EVERY == 0
    works = () if interview else tuple(_work(dice, number, place, date) for place in range(dice.choice((1, 1, 1, 2))))
    return Post(
        number=number,
        title=title,
        slug=f"{slug(title)[:60].strip('-')}-{number}",
        date=date,
        summary=f"{wording.sentence(dice)} {wording.sentence(dice)}",
        author=author,
        guest=other if interview else "",
        topics=tuple(topics),
        tags=tuple(tags),
        works=works,
        body=_conversation(dice, slug(author), slug(other)) if interview else _note(dice, works),
    )


def slug(text: str) -> str:
    """Return the part of an address that stands for a name or title."""
    plain = text.lower().translate(_ASCII)
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _work(dice: Random, number: int, place: int, date: datetime) -> Work:
    publication = dice.choice(PUBLICATIONS)
    published = (date - timedelta(days=dice.randint(1, 20))).date().isoformat()
    return Work(
        url=f"https://{slug(publication)}.example/{published[:4]}/{number}-{place}/",
        title=wording.title(dice),
        author=dice.choice(PEOPLE),
        publication=publication,
        published=published,
    )


def _note(dice: Random, works: tuple[Work, ...]) -> str:
    """Return a body of 150 to 350 words: own words, a quotation for every work, more own words."""
    word_count = dice.randint(170, 330)
    blocks = [wording.paragraph(dice, dice.randint(2, 4))]
    for work in works:
        credit = f"{work.publication}, {work.author}: [{work.title}]({work.url})"
        blocks += [f"> {wording.paragraph(dice, dice.randint(1, 3))}\n> — {credit}", wording.paragraph(dice, 3)]
    while (missing := word_count - sum(len(block.split()) for block in blocks)) > 20:
        kind = dice.random()
        if kind < 0.1:
            blocks.append("\n".join(f"- {wording.sentence(dice)}" for _ in range(3)))
        elif kind < 0.2:
            blocks.append(f"## {wording.heading(dice)}\n\n{wording.paragraph(dice, 2)}")
        else:
            blocks.append(wording.paragraph(dice, min(5, max(2, missing // 12))))
    return "\n\n".join(blocks)


def _conversation(dice: Random, host: str, guest: str) -> str:
    """Return an introduction, and turns of host and guest with their time codes."""
    blocks, seconds = [wording.paragraph(dice, 3)], 0
    for _ in range(dice.randint(6, 9)):
        for speaker, sentences in ((host, 1), (guest, dice.randint(2, 4))):
            blocks.append(f"@{speaker} ({seconds // 60:02}:{seconds % 60:02}): {wording.paragraph(dice, sentences)}")
            seconds += 12 * sentences
    return "\n\n".join(blocks)
