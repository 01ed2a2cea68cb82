"""Real feeds, where they lie beside the project: an OPML list imported, pulled, and held against feedparser."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from bs4 import BeautifulSoup

from kuratorium import frontmatter, registry
from kuratorium.intake import subscriptions
from kuratorium.model import FrontMatter, Source, Work
from tests.editions import REPOSITORY
from tests.intake.conftest import Desk

FEEDS = REPOSITORY.parent / "shared" / "feeds"


def test_a_real_list_of_sources(desk: Desk) -> None:
    """40 real feeds are imported and pulled; what reaches the inbox is what their documents say."""
    if not FEEDS.is_dir():
        pytest.skip(f"the folder {FEEDS} with real feeds is missing: this test is only for machines that have it")
    merged = subscriptions.import_opml(desk.root, FEEDS / "sources.opml")
    assert (len(merged.added), merged.known, merged.refused) == (40, (), ())
    report = desk.pull()
    assert [(one.id, one.words) for one in report.failed] == []
    assert len([one for one in report.results if one.new]) >= 38
    works = [frontmatter.read(path.name, path.read_text(), FrontMatter)[0].bookmark_of[0] for path in desk.inbox]
    assert len(works) == report.new == len({work.item for work in works})
    documents = {source.id: said(source) for source in registry.read(desk.root)[0].sources.values()}
    assert sum(compare(work, documents[work.source]) for work in works) == len(works) > 300


def compare(work: Work, said: dict[str, list[dict[str, Any]]]) -> bool:
    """Hold a work against the entries of its feed with its title: one must have its link and its authors."""
    same = [one for one in said.get(work.title, ()) if one["link"] == bare(work.url)]
    assert same, f"{work.source}: no entry «{work.title}» at {work.url}, but {said.get(work.title)}"
    assert [*work.authors] in [one["authors"] for one in same], f"{work.source}: {work.title}"
    return True


def said(source: Source) -> dict[str, list[dict[str, Any]]]:
    """List what a feed's document says, by title: read by feedparser with all its settings as they come, or as JSON."""
    data = Path(source.feed).read_bytes()
    found: dict[str, list[dict[str, Any]]] = {}
    for one in from_json(data) if data.lstrip()[:1] == b"{" else from_xml(data):
        found.setdefault(one["title"], []).append(one)
    return found


def from_xml(data: bytes) -> Iterator[dict[str, Any]]:
    """List the entries that feedparser finds."""
    parsed: Any = feedparser.parse(io.BytesIO(data))
    inherited = parsed.feed if parsed.version.startswith("atom") else {}
    for entry in parsed.entries:
        people = entry.get("authors") or inherited.get("authors") or []
        names = [plain(one.get("name", "")) for one in people]
        yield {
            "title": plain(entry.get("title", "")),
            "link": bare(entry.get("link") or entry.enclosures[0].href),
            "authors": [*dict.fromkeys(name for name in names if name)],
        }


def from_json(data: bytes) -> Iterator[dict[str, Any]]:
    """List the items of a JSON Feed."""
    document = json.loads(data)
    for item in document["items"]:
        people = item.get("authors") or [item.get("author")]
        if not any(people):
            people = document.get("authors") or [document.get("author")]
        yield {
            "title": plain(item.get("title", "")),
            "link": bare(item.get("url") or item["external_url"]),
            "authors": [one["name"] for one in people if one and one.get("name")],
        }


def plain(text: str) -> str:
    """Read HTML as a person does; soft hyphens and the like are not seen."""
    read = BeautifulSoup(text, "html.parser").get_text() if re.search(r"[<&]", text) else text
    return " ".join(re.sub("[\u00ad\u200b\ufeff]", "", read).split())


def bare(link: str) -> str:
    """Leave out of a link what may be escaped or not."""
    return re.sub(r"%[0-9A-F]{2}|[^\x21-\x7e]|[|\"<>^`{}\\]", "", link)
