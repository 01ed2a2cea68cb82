"""Generated feeds for benchmarks: RSS and Atom with 20 to 50 full-text entries, each determined by the feed's number.

Most feeds have a host of their own, as on the web: 127.0.0.0/8 is all this machine (RFC 1122, 3.2.1.3). Of the last
tenth, every five share a host.
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
SLOW = 3.0  # seconds that a slow feed takes; all others take the server's latency

# The positions, in every hundred feeds, of those that fail; all others answer at once and are valid.
_ODDITIES = {17: "slow", 33: "missing", 51: "fault", 74: "broken off", 92: "no feed"}


@dataclass(frozen=True)
class Place:
    """The address of a feed, and how it behaves: `kind` is empty if it is as it should be."""

    number: int
    host: str
    path: str
    kind: str

    def address(self, port: int) -> str:
        """Return its address on a server at this port."""
        return f"http://{self.host}:{port}{self.path}"


def places(count: int) -> list[Place]:
    """Return the places of `count` feeds."""
    single_count = count - count // 10
    result = []
    for number in range(count):
        host = number if number < single_count else single_count + (number - single_count) // 5
        kind = _ODDITIES.get(number % 100, "")
        result.append(Place(number, f"127.1.{host // 250}.{host % 250 + 1}", f"/{number}/feed", kind))
    return result


def document(number: int) -> bytes:
    """Return the feed of this number: three of five are RSS, the others Atom."""
    random = Random(hashlib.sha256(f"feed {number}".encode()).digest())
    entries = [_entry(random, number, position) for position in range(random.randint(20, 50))]
    write = _rss if number % 5 < 3 else _atom
    return write(f"{wording.title(random)} ({number})", number, entries).encode()


@dataclass(frozen=True)
class _Entry:
    title: str
    link: str
    guid: str
    author: str
    date: datetime
    summary: str
    content: str


def _entry(random: Random, number: int, position: int) -> _Entry:
    link = f"https://blog-{number}.example/2026/{position}-{random.getrandbits(32):x}"
    paragraphs = [wording.paragraph(random, random.randint(3, 7)) for _ in range(random.randint(4, 9))]
    markup = "\n".join(
        f'<p>{escape(paragraph)} <a href="/{random.randint(1, 999)}">Mehr</a></p>' for paragraph in paragraphs
    )
    content = f'<h2>{wording.heading(random)}</h2>\n<p><img src="/bild.jpg" alt="Bild"></p>\n{markup}'
    moment = NOW - timedelta(days=position * random.uniform(0.5, 3), minutes=random.randint(1, 1400))
    author = random.choice(("Almut Abendroth", "Bertram Birkental", "Clara Dornfeld", "Emine Mühlgrund"))
    return _Entry(wording.title(random), link, f"urn:x-{number}:{position}", author, moment, paragraphs[0], content)


def _rss(title: str, number: int, entries: list[_Entry]) -> str:
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{entry.link}</link>"
        f'<guid isPermaLink="false">{entry.guid}</guid><dc:creator>{entry.author}</dc:creator>'
        f"<pubDate>{format_datetime(entry.date)}</pubDate><category>Betrieb</category>"
        f"<description>{escape(entry.summary)}</description>"
        f"<content:encoded><![CDATA[{entry.content}]]></content:encoded></item>\n"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>https://blog-{number}.example/</link><language>de</language>"
        f"<description>{escape(title)}</description>\n{items}</channel></rss>\n"
    )


def _atom(title: str, number: int, entries: list[_Entry]) -> str:
    items = "".join(
        f'<entry><title>{escape(entry.title)}</title><link href="{entry.link}"/><id>{entry.guid}</id>'
        f"<author><name>{entry.author}</name></author><published>{entry.date.isoformat()}</published>"
        f"<updated>{entry.date.isoformat()}</updated><summary>{escape(entry.summary)}</summary>"
        f'<content type="html">{escape(entry.content)}</content></entry>\n'
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">'
        f'<title>{escape(title)}</title><link href="https://blog-{number}.example/"/>'
        f"<id>urn:x-{number}</id><updated>{NOW.isoformat()}</updated>\n{items}</feed>\n"
    )
