"""A tiny but complete edition for steps to change. It knows all of its files, so that a full build can be compared."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from kuratorium.edition import frontmatter, yaml
from kuratorium.edition.formats import FORMATS
from tests.editions import PODCAST, POLICY, REPOSITORY, TinyEdition, draw_picture, tiny_edition
from tests.sounds import sound

INPUTS = ("content", "curation", "theme", "pelicanconf.py")
DUE = "2026-10-20T08:00:00+02:00"
START, END = "2026-11-05T17:00:00+01:00", "2026-11-05T18:30:00+01:00"
OLD = "vierte00000001"  # the uid of a post of an earlier year
OVER = {"start": "2026-09-17T17:00:00+02:00", "end": "2026-09-17T18:00:00+02:00"}
HEARD = {"transcript": "media/abend.vtt", "audio": {"file": "media/ton.mp3", "duration": "1:00:00"}}
CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n\n00:03.000 --> 00:04.000\n<v Eva Falk>Darum.\n"
PICTURE = draw_picture(2, 1)


class Workspace:
    """An edition on disk: its `files` (all that a build may read) and how it is built.

    `as_of` is the date to build for (None: the policy's), `jobs` the number of processes (None: the build decides).
    `in_place` says whether a changed file is written over, as most editors do, or replaced by another one, as git does.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = {file: (root / file).read_bytes() for file in _list_files(root, INPUTS)}
        self.as_of: datetime | None = None
        self.jobs: int | None = None
        self.in_place = True

    def put(self, file: str, data: bytes | str) -> None:
        """Write a file, in place or as a new one."""
        data = data.encode() if isinstance(data, str) else data
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.in_place:
            path.unlink(missing_ok=True)
        path.write_bytes(data)
        self.files[file] = data

    def remove(self, file: str) -> None:
        """Delete a file."""
        (self.root / file).unlink()
        del self.files[file]

    def restore(self, files: dict[str, bytes]) -> None:
        """Make the edition consist of these files and no others."""
        for file in self.files.keys() - files.keys():
            self.remove(file)
        for file, data in files.items():
            if self.files.get(file) != data:
                self.put(file, data)

    def files_below(self, *folders: str) -> list[str]:
        """Return the files in some folders, sorted."""
        return sorted(file for file in self.files if file.startswith(folders))

    def markdown_below(self, *folders: str) -> list[str]:
        """Return the posts or pages in some folders, sorted."""
        return [file for file in self.files_below(*folders) if file.endswith(".md") and "/." not in file]

    @property
    def posts(self) -> list[str]:
        """The files of all posts."""
        return self.markdown_below(*(f"{format.folder}/" for format in FORMATS))

    @property
    def pages(self) -> list[str]:
        """The files of all standalone pages."""
        return self.markdown_below("content/pages/")

    def read_post(self, file: str) -> tuple[dict[str, Any], str]:
        """Return the front matter and the body of a post or page; who edits one that is broken also mends it."""
        text = self.files[file].decode().replace("title: [", "title: ", 1)
        parts = frontmatter.split_front_matter(file, text)
        return dict(yaml.load_yaml(parts.front_matter)), parts.body.strip()

    def write_post(self, file: str, front: dict[str, Any], body: str) -> None:
        """Write a post or page; a field that is None is left out."""
        self.put(
            file,
            frontmatter.format_markdown_file({key: value for key, value in front.items() if value is not None}, body),
        )

    def update_post(self, file: str, **fields: Any) -> None:
        """Change some fields of the front matter; the others keep their order."""
        front, body = self.read_post(file)
        self.write_post(file, front | fields, body)

    def read_registry(self, name: str) -> Any:
        """Return what curation/`name`.yaml holds."""
        return yaml.load_yaml(self.files[f"curation/{name}.yaml"].decode())

    def write_registry(self, name: str, values: object) -> None:
        """Write curation/`name`.yaml."""
        self.put(f"curation/{name}.yaml", yaml.dump_yaml(values))


def create_edition(folder: Path) -> Path:
    """Create the edition that all histories begin with, in `folder`; return its root."""
    tiny = tiny_edition(folder)
    (tiny.root / "theme").unlink()
    shutil.copytree(REPOSITORY / "theme", tiny.root / "theme", ignore=shutil.ignore_patterns("*.png"))
    sponsors = [{"name": "Stellwerk AG", "domains": ["stellwerk.example"]}]
    tiny.yaml("policy", POLICY | {"sponsors": sponsors, "podcast": PODCAST})
    tiny.write("content/images/plan.png", PICTURE)
    tiny.write("content/media/ton.mp3", sound(3600))
    tiny.write("content/media/abend.vtt", CAPTIONS)
    tiny.page("ueber-uns", body="Wer wir sind, steht im [Impressum]({filename}impressum.md).", order=1)
    tiny.yaml("series", [{"id": "abende", "name": "Abende", "intro": "*Vier* im Jahr."}])
    _write_notes(tiny)
    _write_other_posts(tiny)
    _fill_inbox(tiny)
    return tiny.root


def _write_notes(tiny: TinyEdition) -> None:
    tiny.note(
        "zweite",
        body="Wie in [der ersten]({filename}erste-notiz.md).\n\n> Wörtlich.\n> — Amtsblog: [Das Werk](https://amtsblog.example/zweite)",
        tags=["Open Data", "C++"],
        date="2026-09-30T08:00:00+02:00",
        strength=3,
    )
    tiny.note("third", lang="en", title="In English", tags=["open data"], topics=["open-source", "transformation"])
    tiny.note(
        "vierte",
        uid=OLD,
        date="2025-12-31T23:30:00+01:00",
        authors=["carl-dorn"],
        aliases=["alt/weg.html"],
        summary="Kurz.",
    )
    tiny.note(
        "kommt-noch", date=DUE, topics=["open-source"], body="Erst am Dienstag. ![Plan]({static}/images/plan.png)"
    )
    tiny.note("entwurf", status="draft", body="")
    tiny.note("versteckt", status="hidden", disclosure={"kind": "sponsor", "text": "Bezahlt von Stellwerk."})


def _write_other_posts(tiny: TinyEdition) -> None:
    tiny.interview(
        "im-gespraech", tags=["Führung"], body="Vorweg.\n\n@anna-berg (00:10): Warum?\n\n@eva-falk (00:20): Darum."
    )
    tiny.talk(
        "ein-abend",
        start=START,
        series={"id": "abende", "position": 1},
        event={"start": START, "end": END, "url": "https://treff.example/abend"},
    )
    tiny.post("content/lookbacks/noch-einmal.md", lookback_of=OLD, changed_since=["Der Preis."], topics=["open-source"])
    tiny.post(
        "content/digests/presseschau.md",
        topics=None,
        period={"from": "2026-09-28", "to": "2026-10-04"},
        body="### [Zweite]({filename}/../curation/notes/2026/zweite.md)\n\nDavon war die Rede.",
    )
    tiny.talk("war-schon", body="Worum es ging.", series={"id": "abende", "position": 3}, event=OVER, media=HEARD)
    tiny.essay("lang", authors=["carl-dorn"], corrections=[{"date": "2026-10-02", "text": "Ein Name war falsch."}])


def _fill_inbox(tiny: TinyEdition) -> None:
    tiny.candidate("wartet")
    tiny.candidate("wartet-auch", day="2026-10-11", topics=["open-source"], title="Ein anderer Titel")


def _list_files(root: Path, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        path = root / name
        paths = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (path.relative_to(root).as_posix() for path in paths if path.is_file())


def replace_setting(text: str, name: str, value: object) -> str:
    """Give a setting of pelicanconf.py another value, or add it."""
    line = f"{name} = {value!r}"
    changed, matches = re.subn(rf"^{name} = .*$", lambda _: line, text, count=1, flags=re.M)
    return changed if matches else f"{text}\n{line}\n"
