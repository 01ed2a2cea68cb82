"""Fixtures of the intake tests: a scratch edition without posts, a web server, and the feeds in tests/data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kuratorium.edition import frontmatter, registry, yaml
from kuratorium.edition.model import InboxFrontMatter
from kuratorium.edition.settings import SiteSettings
from kuratorium.intake import pull
from kuratorium.intake.archive import Archive
from kuratorium.intake.report import PullReport
from kuratorium.intake.schedule import SourceState
from tests.editions import PEOPLE, POLICY, REPOSITORY, TOPICS, TinyEdition
from tests.intake.web import Web

NOW = datetime.fromisoformat("2026-10-14T09:00:00+02:00")
# The machine's clock in tests, unless they set it: later than all that they pass as `now`.
LATER = max(NOW + timedelta(days=150), datetime.now(UTC))
SITE = SiteSettings(
    name="Tiny",
    subtitle="",
    url="https://tiny.example",
    lang="de",
    timezone="Europe/Berlin",
    theme=str(REPOSITORY / "theme"),
)
BLOG = {"id": "blog", "feed": "blog.xml", "topics": ["transformation"], "lang": "de"}
FEEDS = Path(__file__).parents[1] / "data" / "feeds"


class Desk(TinyEdition):
    """A scratch edition with people and topics, into which tests pull sources."""

    def follow(self, *sources: dict[str, Any]) -> None:
        """Write sources.yaml with these sources; each needs an id and a feed."""
        self.yaml("sources", [{"name": source["id"].title(), **source} for source in sources])

    def pull(self, **options: Any) -> PullReport:
        """Pull the sources that the edition follows; `options` are those of `pull_sources`."""
        records, problems = registry.read_registry(self.root)
        assert problems == []
        return pull.pull_sources(self.root, records, **{"now": NOW, "site": SITE, "clock": lambda: LATER} | options)

    def files(self) -> dict[str, bytes]:
        """Return every file that git would have; var/ is ignored, for it can be made again."""
        return {file: data for file, data in super().files().items() if not file.startswith("var/")}

    @property
    def inbox(self) -> list[Path]:
        """The paths of the inbox files, sorted by name."""
        return sorted((self.root / "curation/inbox").glob("*.md"))

    def metas(self) -> dict[str, InboxFrontMatter]:
        """Return the front matter of all inbox files, by title."""
        metas = (
            frontmatter.parse_front_matter(path.name, path.read_text(), InboxFrontMatter)[0] for path in self.inbox
        )
        return {meta.title: meta for meta in metas}

    def followed(self) -> list[dict[str, Any]]:
        """Return the sources in sources.yaml."""
        sources: list[dict[str, Any]] = yaml.load_yaml((self.root / "curation/sources.yaml").read_text())
        return sources

    def state(self, source: str) -> SourceState:
        """Return the state of a source in the archive."""
        with Archive(self.root, write=False) as archive:
            return archive.read_states()[source]

    def seen(self, source: str) -> list[str]:
        """The lines of a source's seen file about what came, without the marks of what was dismissed."""
        return [line for line in self.seen_lines(source) if not line.endswith(" dismissed")]

    def seen_lines(self, source: str) -> list[str]:
        """All lines of a source's seen file."""
        return (self.root / f"curation/seen/{source}.txt").read_text().splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An edition that follows no source yet."""
    edition = Desk(tmp_path / "edition")
    edition.yaml("people", PEOPLE)
    edition.yaml("topics", TOPICS)
    edition.yaml("policy", POLICY)
    edition.yaml("sources", [])
    return edition


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A web server on 127.0.0.1, reached without a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Web().running() as server:
        yield server


@pytest.fixture
def feed() -> Callable[[str], bytes]:
    """A function that reads a feed of tests/data/feeds."""
    return lambda name: (FEEDS / name).read_bytes()


def rss(*titles: str, site: str = "https://blog.example") -> bytes:
    """Return an RSS feed with one entry per title, the newest first, an hour apart."""
    newest = NOW.astimezone(UTC) - timedelta(hours=1)
    items = "".join(
        f"<item><title>{title}</title><link>{site}/{title}</link><guid>{site}/{title}</guid>"
        f"<pubDate>{newest - timedelta(hours=place):%d %b %Y %H:%M:%S +0000}</pubDate></item>"
        for place, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Blog</title><link>{site}/</link>{items}</channel></rss>'.encode()
