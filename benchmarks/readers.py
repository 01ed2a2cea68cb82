"""The programs that pull: how each is laid out and called, and how its entries are counted.

Another program is another line of READERS.
"""

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
READER_WORKERS = 20
NEWSBOAT_THREADS = 100


@dataclass(frozen=True)
class Reader:
    """A program: `lay_out` writes its list of addresses into a folder, `command` pulls there, `entries` counts there.

    `missing` returns why the program cannot take part, or an empty string.
    """

    name: str
    lay_out: Callable[[Path, list[str]], None]
    command: Callable[[Path], list[str]]
    entries: Callable[[Path], int]
    missing: Callable[[], str]


def _lay_out_edition(folder: Path, addresses: list[str]) -> None:
    """Write an edition that follows all addresses; its policy allows it to ask this machine."""
    (folder / "curation" / "inbox").mkdir(parents=True)
    hosts = sorted({address.split("/")[2].partition(":")[0] for address in addresses})
    (folder / "pelicanconf.py").write_text((PROJECT / "pelicanconf.py").read_text())
    (folder / "theme").mkdir()  # settings without it are an error
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


def _lay_out_reader(folder: Path, addresses: list[str]) -> None:
    """Write a database of the package `reader` with the addresses."""
    import reader  # noqa: PLC0415 - it is optional

    with closing(reader.make_reader(str(folder / "reader.sqlite"))) as database:
        for address in addresses:
            database.add_feed(address)


def _lay_out_newsboat(folder: Path, addresses: list[str]) -> None:
    (folder / "urls").write_text("".join(f"{address}\n" for address in addresses))
    (folder / "config").write_text(f"reload-threads {NEWSBOAT_THREADS}\n")


def _count_rows(file: str, table: str) -> Callable[[Path], int]:
    def count_rows(folder: Path) -> int:
        with closing(sqlite3.connect(folder / file)) as database:
            (number,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(number)

    return count_rows


READERS: tuple[Reader, ...] = (
    Reader(
        "Kuratorium",
        _lay_out_edition,
        lambda _: [sys.executable, "-m", "kuratorium.cli.main", "pull", "--now"],
        _count_rows("var/archive.sqlite3", "entries"),
        lambda: "",
    ),
    Reader(
        f"reader ({READER_WORKERS} workers)",
        _lay_out_reader,
        lambda _: [sys.executable, str(Path(__file__).parent / "update_reader.py"), str(READER_WORKERS)],
        _count_rows("reader.sqlite", "entries"),
        lambda: "" if find_spec("reader") else "the package reader is not installed (pip install reader)",
    ),
    Reader(
        f"newsboat ({NEWSBOAT_THREADS} threads)",
        _lay_out_newsboat,
        lambda _: ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"],
        _count_rows("cache.db", "rss_item"),
        lambda: "" if shutil.which("newsboat") else "newsboat is not installed (apt install newsboat)",
    ),
)
