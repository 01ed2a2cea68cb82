"""Small editions to test with: `tiny_edition(tmp_path)` makes a valid one; its methods add what a test needs."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kuratorium.edition import frontmatter, loader, yaml
from kuratorium.edition.loader import Edition
from kuratorium.errors import EditionError
from kuratorium.publishing.drawing.store import CARDS_FOLDER, COVERS_FOLDER, PICTURES_FOLDER

REPOSITORY = Path(__file__).resolve().parents[1]
NOW = "2026-10-14T09:00:00+02:00"
OWN_WORDS = "Lesenswert, weil hier jemand nachgerechnet hat."

PEOPLE: list[dict[str, Any]] = [
    {"id": "anna-berg", "name": "Anna Berg", "role": "Kuratorin", "member": True},
    {"id": "carl-dorn", "name": "Carl Dorn", "role": "Kurator", "member": True},
    {"id": "eva-falk", "name": "Eva Falk", "role": "Leiterin der IT, Stadt Nordau"},
]
TOPICS: list[dict[str, Any]] = [
    {"id": "transformation", "name": "Transformation", "keywords": ["umstellung"], "curators": ["anna-berg"]},
    {"id": "open-source", "name": "Open Source", "keywords": ["quellcode"], "curators": ["carl-dorn"], "order": 1},
]
SOURCES: list[dict[str, Any]] = [
    {
        "id": "amtsblog",
        "name": "Amtsblog",
        "feed": "curation/samples/amtsblog.xml",
        "site": "https://amtsblog.example/",
        "topics": ["transformation"],
        "lang": "de",
    }
]
SITE = {
    "SITENAME": "Weichenwerk",
    "SITESUBTITLE": "Was zählt",
    "SITEURL": "https://weichenwerk.example",
    "DEFAULT_LANG": "de",
    "TIMEZONE": "Europe/Berlin",
}
POLICY: dict[str, Any] = {
    "as_of": NOW,
    "imprint": {"responsible": "Anna Berg", "email": "redaktion@tiny.example"},
    "quote_budget": 120,
    "embeds": ["youtube", "vimeo", "peertube", "mastodon", "openstreetmap"],
    "intranet": ["127.0.0.1"],  # where the tests' own servers are
}
PODCAST: dict[str, Any] = {
    "category": "Management",
    "explicit": False,
    "owner": {"name": "Anna Berg", "email": "ton@tiny.example"},
}
FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Amtsblog</title><link>https://amtsblog.example/</link><description/>
<item><title>Umstellung ohne Folien</title><link>https://amtsblog.example/2026/10/umstellung</link>
<guid>https://amtsblog.example/2026/10/umstellung</guid><pubDate>Tue, 13 Oct 2026 08:00:00 +0200</pubDate>
<description>Wie ein Amt umstellt.</description></item>
</channel></rss>
"""


def draw_picture(width: int, height: int, form: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """Return the bytes of a picture: a slope from black to white, in Pillow's `form` and `mode`."""
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(stream, form, **options)
    return stream.getvalue()


class TinyEdition:
    """An edition in a folder of its own. Every method that adds a file returns its path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._uid_count = 0

    def write(self, file: str, content: str | bytes) -> Path:
        """Write a file; its path is relative to the root."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def yaml(self, name: str, values: object) -> Path:
        """Write curation/`name`.yaml: people, topics, sources or policy."""
        return self.write(f"curation/{name}.yaml", yaml.dump_yaml(values))

    def post(self, file: str, *, body: str = OWN_WORDS, **front: Any) -> Path:
        """Add a post. Title, date, author and topic have defaults that `front` replaces; None leaves a field out."""
        slug = file.rsplit("/", 1)[-1].removesuffix(".md")
        values = {
            "uid": self._uid(),
            "title": f"Titel von {slug}",
            "date": "2026-10-01T08:00:00+02:00",
            "authors": ["anna-berg"],
            "topics": ["transformation"],
        }
        values |= front
        return self.write(
            file, frontmatter.format_markdown_file({k: v for k, v in values.items() if v is not None}, body)
        )

    def note(self, slug: str, *, body: str = OWN_WORDS, **front: Any) -> Path:
        """Add a note that recommends the work at https://amtsblog.example/`slug`."""
        front = {"bookmark_of": [work(f"https://amtsblog.example/{slug}")], **front}
        return self.post(f"curation/notes/2026/{slug}.md", body=body, **front)

    def interview(self, slug: str, *, body: str = "@anna-berg: Warum?\n\n@eva-falk: Darum.", **front: Any) -> Path:
        """Add a released interview of anna-berg with eva-falk."""
        front = {"hosts": ["anna-berg"], "guests": ["eva-falk"], "release": "given", **front}
        return self.post(f"content/interviews/{slug}.md", body=body, **front)

    def talk(
        self,
        slug: str,
        *,
        start: str = "2026-11-05T17:00:00+01:00",
        end: str = "2026-11-05T18:00:00+01:00",
        **front: Any,
    ) -> Path:
        """Add a talk, by default an upcoming one."""
        front = {"hosts": ["anna-berg"], "guests": ["eva-falk"], "event": {"start": start, "end": end}, **front}
        return self.post(f"content/talks/{slug}.md", **front)

    def essay(self, slug: str, **front: Any) -> Path:
        """Add an essay."""
        return self.post(f"content/essays/{slug}.md", **front)

    def page(self, slug: str, *, body: str = "Text.", **front: Any) -> Path:
        """Add a standalone page."""
        return self.write(
            f"content/pages/{slug}.md", frontmatter.format_markdown_file({"title": slug.title(), **front}, body)
        )

    def candidate(self, slug: str, *, day: str = "2026-10-13", body: str = "", **front: Any) -> Path:
        """Add an item to the inbox, as a pull does, for a work published on `day`."""
        uid = str(front.pop("uid", self._uid()))
        values = {
            "uid": uid,
            "title": f"Titel von {slug}",
            "date": NOW,
            "lang": "de",
            "authors": ["anna-berg"],
            "topics": ["transformation"],
            "bookmark_of": [work(f"https://amtsblog.example/{slug}", published=day, item=f"amtsblog {slug}")],
            "teaser": "Nur für die Redaktion.",
            "reasons": ["Quelle für transformation"],
        }
        values |= front
        values = {k: v for k, v in values.items() if v is not None}
        return self.write(
            f"curation/inbox/{day}-{slug[:50]}-{uid[:8]}.md", frontmatter.format_markdown_file(values, body)
        )

    def files(self) -> dict[str, bytes]:
        """Read every file below the root except the theme, to compare before and after."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.is_relative_to(self.root / "theme")
        }

    def _uid(self) -> str:
        self._uid_count += 1
        return f"u{self._uid_count:015d}"


def work(url: str, **fields: Any) -> dict[str, Any]:
    """Return a recommended work of the one source."""
    return {"url": url, "title": "Das Werk", "authors": ["Gerd Hahn"], "publication": "Amtsblog", "source": "amtsblog",
            "lang": "de"} | fields  # fmt: skip


def sample_edition(folder: Path, *, with_drawings: bool = True) -> Path:
    """Copy the sample edition to `folder`/sample as a fresh clone has it, with an empty inbox; return its root.

    `with_drawings`: with the pictures that builds of this repository have drawn, which are most of a build's work. They
    are named after all that they show, and after the code that draws.
    """
    if "as_of:" not in (REPOSITORY / "curation/policy.yaml").read_text():
        pytest.skip('needs the sample edition, and "kuratorium start" has made this edition your own')
    root = folder / "sample"
    ignored = shutil.ignore_patterns(
        ".venv", "output", "var", "dist", ".git", ".*_cache", "inbox", "seen", "tests", "benchmarks"
    )
    shutil.copytree(REPOSITORY, root, ignore=ignored)
    for name in ("inbox", "seen"):
        (root / "curation" / name).mkdir()
        (root / "curation" / name / ".gitkeep").touch()
    for name in (CARDS_FOLDER, COVERS_FOLDER, PICTURES_FOLDER):
        if with_drawings and (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, root / name)
    return root


def read_valid_edition(root: Path) -> Edition:
    """Return the edition at `root`; raises EditionError if it has problems."""
    edition, problems = loader.read_edition(root)
    if problems:
        raise EditionError(problems)
    return edition


def tiny_edition(folder: Path) -> TinyEdition:
    """Create a valid edition in `folder`/edition: three people, two topics, one source with its feed, one note."""
    edition = TinyEdition(folder / "edition")
    edition.root.mkdir()
    settings = (REPOSITORY / "pelicanconf.py").read_text()
    for name, value in SITE.items():
        settings = re.sub(rf'^{name} = ".*"$', f'{name} = "{value}"', settings, count=1, flags=re.M)
    edition.write("pelicanconf.py", settings)
    (edition.root / "theme").symlink_to(REPOSITORY / "theme", target_is_directory=True)
    for name, values in {"people": PEOPLE, "topics": TOPICS, "sources": SOURCES, "policy": POLICY}.items():
        edition.yaml(name, values)
    edition.write("curation/samples/amtsblog.xml", FEED)
    edition.write("curation/inbox/.gitkeep", "")
    edition.page("impressum")
    edition.note("erste-notiz")
    return edition
