"""Measure the desk: the rank on a made-up year of picks, and the time of a full inbox.

    PYTHONPATH=. .venv/bin/python benchmarks/triage.py

The editors of the made-up year know nothing of the rank: each entry has a value to them, of a taste for its author
(which nobody tells the rank), a liking for topics of the edition and for what many report, and as much chance as all
of that together. Each day the two best of thirty become notes.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations
from pathlib import Path

from kuratorium.desk.triage.desk import read_desk
from kuratorium.desk.triage.replay import replay_history
from kuratorium.edition.curation import Topic
from kuratorium.edition.model import FrontMatter, PostFile
from kuratorium.edition.registry import Registry
from kuratorium.edition.works import Work
from kuratorium.intake.archive import ArchivedEntry
from tests.editions import NOW, tiny_edition

DAYS, ENTRIES, PICKS, AUTHORS = 365, 30, 2, 300
KEYWORDS = [f"stichwort{number}" for number in range(12)]


def measure_year(seed: int) -> None:
    """Print how many picks of a made-up year stood in the top ten of their day."""
    chance = random.Random(seed)
    taste = [chance.gauss(0, 1) for _ in range(AUTHORS)]
    arrivals, entries, posts = {}, {}, []
    for number in range(DAYS):
        day, values = date(2025, 10, 1) + timedelta(days=number), {}
        for place in range(ENTRIES):
            author, has_keyword, others = chance.randrange(AUTHORS), chance.random() < 0.2, chance.random() < 0.07
            title = f"Vorgang{number}x{place} meldet Ereignis{number}y{place}"
            title += f" {chance.choice(KEYWORDS)}" if has_keyword else ""
            for source in ("erste", "zweite")[: 2 if others else 1]:
                key = f"{source}:{number * 100 + place:016x}"
                link = f"https://{source}.example/{number}/{place}"
                entries[key] = ArchivedEntry(
                    key=key, digest=b"", link=link, title=title, authors=f"Autor {author}", published=day.isoformat()
                )
                arrivals[key] = day
            liking = taste[author] + 0.8 * has_keyword + 0.8 * others
            values[f"erste:{number * 100 + place:016x}"] = liking + chance.gauss(0, 1.1)
        for key in sorted(values, key=lambda key: -values[key])[:PICKS]:
            entry = entries[key]
            work = Work(url=entry.link, title=entry.title, authors=(entry.authors,), item=key)
            moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            uid = f"n{len(posts):07d}"
            meta = FrontMatter(uid=uid, title=entry.title, date=moment, bookmark_of=(work,))
            posts.append(PostFile(file=f"{uid}.md", format="note", meta=meta, body="", body_line=1))
    topic = Topic(id="thema", name="Thema", keywords=tuple(KEYWORDS))
    registry = Registry(sources={}, people={}, topics={"thema": topic}, policy=None)
    replay = replay_history(registry, posts, arrivals, entries, NullTranslations())
    quarter = [place <= 10 for day in replay.days[-91:] for place in day.places]
    print(
        f"seed {seed}: {replay.top_count} of {replay.pick_count} picks in the top 10 of their day "
        f"({replay.top_count / replay.pick_count:.0%}; the last quarter {sum(quarter) / len(quarter):.0%}; "
        f"by chance {replay.chance:.0%})"
    )


def measure_full_inbox(count: int) -> None:
    """Print the CPU seconds of reading a desk of `count` items."""
    with tempfile.TemporaryDirectory() as folder:
        edition = tiny_edition(Path(folder))
        for number in range(count):
            title = f"Vorgang{number} Ereignis{number % 900} meldet Amt{number % 700} heute"
            edition.candidate(f"n{number}", uid=f"k{number:07d}", title=title)
        begin = time.process_time()
        desk = read_desk(edition.root, datetime.fromisoformat(NOW))
        print(f"{count} items, {len(desk.stories)} stories: {time.process_time() - begin:.1f} CPU s")


if __name__ == "__main__":
    for seed in (1, 2, 3):
        measure_year(seed)
    measure_full_inbox(4000)
