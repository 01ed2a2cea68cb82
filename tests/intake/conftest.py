"""What the tests of the intake share: a scratch edition without posts, a web server, and the feeds in tests/data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kuratorium.edition import frontmatter, registry, yaml
from kuratorium.edition.model import FrontMatter
from kuratorium.edition.settings import SiteSettings
from kuratorium.intake import pull
from kuratorium.intake.archive import Archive
from kuratorium.intake.report import PullReport
from kuratorium.intake.schedule import SourceState
from tests.editions import PEOPLE, POLICY, REPOSITORY, TOPICS, TinyEdition
from tests.intake.web import Web

NOW = datetime.fromisoformat("2026-10-14T09:00:00+02:00")
SITE = SiteSettings(
    name="Tiny",
    subtitle="",
    url="https://tiny.example",
    lang="de",
    timezone="Europe/Berlin",
    theme=str(REPOSITORY / "theme"),
)
FEEDS = Path(__file__).parents[1] / "data" / "feeds"


class Desk(TinyEdition):
    """An edition with people and topics, and what is pulled into it."""

    def follow(self, *sources: dict[str, Any]) -> None:
        """Write sources.yaml; a source needs an id and a feed."""
        self.yaml("sources", [{"name": source["id"].title(), **source} for source in sources])

    def pull(self, **options: Any) -> PullReport:
        """Pull what is followed."""
        known, problems = registry.read_registry(self.root)
        assert problems == []
        return pull.pull_sources(
            self.root, known, **{"now": NOW, "site": SITE, "contact": "post@tiny.example"} | options
        )

    def files(self) -> dict[str, bytes]:
        """Read every file that git would have: what lies in var/ can be made again."""
        return {file: data for file, data in super().files().items() if not file.startswith("var/")}

    @property
    def inbox(self) -> list[Path]:
        """The files of the inbox, by name."""
        return sorted((self.root / "curation/inbox").glob("*.md"))

    def metas(self) -> dict[str, FrontMatter]:
        """Read the inbox: front matter by title."""
        read = (frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)[0] for path in self.inbox)
        return {meta.title: meta for meta in read}

    def followed(self) -> list[dict[str, Any]]:
        """Tell what sources.yaml says."""
        found: list[dict[str, Any]] = yaml.load_yaml((self.root / "curation/sources.yaml").read_text())
        return found

    def state(self, source: str) -> SourceState:
        """Tell what the archive knows of a source."""
        with Archive(self.root, write=False) as archive:
            return archive.read_states()[source]

    def seen(self, source: str) -> list[str]:
        """The lines of a source's seen file."""
        return (self.root / f"curation/seen/{source}.txt").read_text().splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An edition that follows nobody yet."""
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
    """Read a feed of tests/data/feeds."""
    return lambda name: (FEEDS / name).read_bytes()


def rss(*titles: str, site: str = "https://blog.example") -> bytes:
    """Write an RSS feed with an entry per title, the newest first, an hour apart."""
    newest = NOW.astimezone(UTC) - timedelta(hours=1)
    items = "".join(
        f"<item><title>{title}</title><link>{site}/{title}</link><guid>{site}/{title}</guid>"
        f"<pubDate>{newest - timedelta(hours=place):%d %b %Y %H:%M:%S +0000}</pubDate></item>"
        for place, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Blog</title><link>{site}/</link>{items}</channel></rss>'.encode()
