"""Feeds whose every word follows from their number: RSS and Atom with 20 to 50 full-text entries, some of them odd.

A feed has a host of its own, as on the web: 127.0.0.0/8 is all this machine. The last tenth shares hosts by fives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from xml.sax.saxutils import escape

import wording

NOW = datetime(2026, 10, 14, 7, 0, tzinfo=UTC)
SLOW = 3.0  # seconds that a slow feed takes; the others take the server's latency

# What becomes of every hundredth feed, by its place in the hundred; all others answer at once and are sound.
_ODDITIES = {17: "slow", 33: "missing", 51: "fault", 74: "broken off", 92: "no feed"}


@dataclass(frozen=True)
class Place:
    """Where a feed is, and how it behaves there: `kind` is empty for one that is as it should be."""

    number: int
    host: str
    path: str
    kind: str

    def address(self, port: int) -> str:
        """Its address on a server at this port."""
        return f"http://{self.host}:{port}{self.path}"


def places(count: int) -> list[Place]:
    """List the places of `count` feeds."""
    alone = count - count // 10
    found = []
    for number in range(count):
        host = number if number < alone else alone + (number - alone) // 5
        kind = _ODDITIES.get(number % 100, "")
        found.append(Place(number, f"127.1.{host // 250}.{host % 250 + 1}", f"/{number}/feed", kind))
    return found


def document(number: int) -> bytes:
    """Write a feed."""
    dice = Random(hashlib.sha256(f"feed {number}".encode()).digest())
    items = [_entry(dice, number, place) for place in range(dice.randint(20, 50))]
    return (_rss if number % 5 < 3 else _atom)(f"{wording.title(dice)} ({number})", number, items).encode()


@dataclass(frozen=True)
class _Entry:
    title: str
    link: str
    guid: str
    author: str
    date: datetime
    summary: str
    content: str


def _entry(dice: Random, number: int, place: int) -> _Entry:
    link = f"https://blog-{number}.example/2026/{place}-{dice.getrandbits(32):x}"
    paragraphs = [wording.paragraph(dice, dice.randint(3, 7)) for _ in range(dice.randint(4, 9))]
    markup = "\n".join(f'<p>{escape(one)} <a href="/{dice.randint(1, 999)}">Mehr</a></p>' for one in paragraphs)
    content = f'<h2>{wording.heading(dice)}</h2>\n<p><img src="/bild.jpg" alt="Bild"></p>\n{markup}'
    moment = NOW - timedelta(days=place * dice.uniform(0.5, 3), minutes=dice.randint(1, 1400))
    author = dice.choice(("Almut Abendroth", "Bertram Birkental", "Clara Dornfeld", "Emine Mühlgrund"))
    return _Entry(wording.title(dice), link, f"urn:x-{number}:{place}", author, moment, paragraphs[0], content)


def _rss(title: str, number: int, entries: list[_Entry]) -> str:
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.link}</link>"
        f'<guid isPermaLink="false">{one.guid}</guid><dc:creator>{one.author}</dc:creator>'
        f"<pubDate>{format_datetime(one.date)}</pubDate><category>Betrieb</category>"
        f"<description>{escape(one.summary)}</description>"
        f"<content:encoded><![CDATA[{one.content}]]></content:encoded></item>\n"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>https://blog-{number}.example/</link><language>de</language>"
        f"<description>{escape(title)}</description>\n{items}</channel></rss>\n"
    )


def _atom(title: str, number: int, entries: list[_Entry]) -> str:
    items = "".join(
        f'<entry><title>{escape(one.title)}</title><link href="{one.link}"/><id>{one.guid}</id>'
        f"<author><name>{one.author}</name></author><published>{one.date.isoformat()}</published>"
        f"<updated>{one.date.isoformat()}</updated><summary>{escape(one.summary)}</summary>"
        f'<content type="html">{escape(one.content)}</content></entry>\n'
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">'
        f'<title>{escape(title)}</title><link href="https://blog-{number}.example/"/>'
        f"<id>urn:x-{number}</id><updated>{NOW.isoformat()}</updated>\n{items}</feed>\n"
    )
