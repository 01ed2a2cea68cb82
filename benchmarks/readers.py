"""The programs that pull: how each is laid out, called, and asked what it has. Another one is another line."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
AT_ONCE = 20  # workers that `reader` is told to take
THREADS = 100  # of newsboat's


@dataclass(frozen=True)
class Reader:
    """A program: `lay_out` writes its list of addresses into a folder, `command` pulls there, `entries` counts there.

    `missing` tells why it cannot take part, or nothing.
    """

    name: str
    lay_out: Callable[[Path, list[str]], None]
    command: Callable[[Path], list[str]]
    entries: Callable[[Path], int]
    missing: Callable[[], str]


def _edition(folder: Path, addresses: list[str]) -> None:
    """Lay out an edition that follows all; its policy lets it ask this machine."""
    (folder / "curation" / "inbox").mkdir(parents=True)
    hosts = sorted({address.split("/")[2].partition(":")[0] for address in addresses})
    (folder / "pelicanconf.py").write_text((PROJECT / "pelicanconf.py").read_text())
    (folder / "curation" / "people.yaml").write_text("- {id: anna, name: Anna Berg, member: true}\n")
    (folder / "curation" / "topics.yaml").write_text("- {id: it, name: IT, keywords: [Vertrag], curators: [anna]}\n")
    (folder / "curation" / "policy.yaml").write_text(
        "as_of: 2026-10-14T09:00:00+02:00\n"
        f"imprint: {{responsible: Anna Berg, email: a@desk.example}}\nintranet: [{', '.join(hosts)}]\n"
    )
    (folder / "curation" / "sources.yaml").write_text(
        "".join(
            f"- id: blog-{number}\n  name: Blog {number}\n  feed: {address}\n  topics: [it]\n"
            for number, address in enumerate(addresses)
        )
    )


def _add_all(folder: Path, addresses: list[str]) -> None:
    """Add the addresses to a database of `reader`'s."""
    import reader  # noqa: PLC0415 - it need not be installed

    with closing(reader.make_reader(str(folder / "reader.sqlite"))) as made:
        for address in addresses:
            made.add_feed(address)


def _urls(folder: Path, addresses: list[str]) -> None:
    (folder / "urls").write_text("".join(f"{address}\n" for address in addresses))
    (folder / "config").write_text(f"reload-threads {THREADS}\n")


def _count(file: str, table: str) -> Callable[[Path], int]:
    def count(folder: Path) -> int:
        with closing(sqlite3.connect(folder / file)) as database:
            (number,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)

    return count


READERS: tuple[Reader, ...] = (
    Reader(
        "Kuratorium",
        _edition,
        lambda _: [sys.executable, "-m", "kuratorium.cli.main", "pull", "--now"],
        _count("var/archive.sqlite3", "entries"),
        lambda: "",
    ),
    Reader(
        f"reader ({AT_ONCE} workers)",
        _add_all,
        lambda _: [sys.executable, str(Path(__file__).parent / "update_reader.py"), str(AT_ONCE)],
        _count("reader.sqlite", "entries"),
        lambda: "" if find_spec("reader") else "the package reader is not installed (pip install reader)",
    ),
    Reader(
        f"newsboat ({THREADS} threads)",
        _urls,
        lambda _: ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"],
        _count("cache.db", "rss_item"),
        lambda: "" if shutil.which("newsboat") else "newsboat is not installed (apt install newsboat)",
    ),
)
