"""Begins notes: an inbox candidate or a web page -> curation/notes/{year}/{slug}.md.

The body a new note begins with: a comment that tells the editor what to do, and a quotation to take out of it.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from .. import urls
from ..edition import frontmatter, loader, settings, yaml
from ..edition.curation import Person
from ..edition.formats import FORMATS, by_id
from ..edition.loader import Edition
from ..edition.model import Document, Work
from ..edition.settings import Site
from ..edition.validation import nearest
from ..errors import EditionError, UsageError
from ..files import write_atomically
from ..slugs import slug_of
from .inbox import Candidate

# A comment, so that the note has no words of its own until its editor writes some.
_GUIDES = {
    "de": """\
<!--
Warum lohnt dieses Werk? Schreiben Sie es unter diesen Kommentar, in eigenen Worten: Ohne sie erscheint die Notiz nicht.
Oben steht als title noch der Titel des Werks; geben Sie der Notiz ihren eigenen. summary: … wird ihr Vorspann.
Zum Zitieren nehmen Sie die Zeilen mit > aus dem Kommentar und setzen die Stelle ein, unverändert und so kurz es geht.

{quotation}
-->
""",
    "en": """\
<!--
Why is this work worth reading? Say so below this comment, in your own words: the note is not published without them.
The title above is still the work's; give the note its own. A line summary: … becomes its standfirst.
To quote, take the lines with > out of this comment and put in the passage unaltered, no longer than needed.

{quotation}
-->
""",
}


def body_guide(work: Work, lang: str) -> str:
    """Make the body of a new note on `work`, in the site's language (English where we have no text in it)."""
    guide = _GUIDES.get(lang.partition("-")[0], _GUIDES["en"])
    return guide.format(quotation=f"> …\n> {attribution(work)}")


def attribution(work: Work) -> str:
    """Write the linked line that stands under a quotation from `work`."""
    known = dict.fromkeys(part for part in (work.publication, *work.authors) if part)  # a channel is its own author
    names = ", ".join(known) or urlsplit(work.url).netloc
    return f"— {plain_text(names)}: [{plain_text(work.title)}]({safe_address(work.url)})"


def plain_text(text: str) -> str:
    """Write foreign text so that Markdown shows it as it is, and that it cannot end a comment."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def safe_address(url: str) -> str:
    """Write an address so that it does not end a Markdown link or a comment."""
    for character, code in {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}.items():
        url = url.replace(character, code)
    return url


_FIRST = ("uid", "title", "slug", "date", "lang", "summary", "authors", "topics", "tags")
_INBOX_ONLY = ("also_in", "teaser", "reasons")


class Draft(Struct, frozen=True, kw_only=True):
    """A note that was begun: its file (from the root), its work, notes that recommend the same work already.

    `resumed`: an earlier run had written it and was stopped before it emptied the inbox.
    """

    file: str
    work: Work
    others: tuple[str, ...] = ()
    resumed: bool = False


def from_candidate(edition: Edition, candidate: Candidate, site: Site, *, by: Sequence[str], now: datetime) -> Draft:
    """Write the note for a candidate, then remove its file from the inbox."""
    source = edition.root / candidate.file
    others = recommended(edition, candidate.work.url, *(other.url for other in candidate.meta.also_in))
    written = next((one.file for one in edition.documents if one.meta.uid == candidate.meta.uid), None)
    if written and candidate.body.strip():
        raise UsageError(f"{candidate.file} has been made into {written}, and text was written in both: merge them.")
    if written:
        source.unlink()
        return Draft(file=written, work=candidate.work, resumed=True)
    text = frontmatter.text_of(candidate.file, source.read_bytes())
    values = yaml.load(frontmatter.split(candidate.file, text).front)
    values["authors"] = [*sign(edition.registry.people, by, candidate.meta.authors, git_name(edition.root))]
    file = _write(edition, values, site, now, body=candidate.body, work=candidate.work)
    source.unlink()
    return Draft(file=file, work=candidate.work, others=others)


def from_work(
    edition: Edition, work: Work, site: Site, *, by: Sequence[str], now: datetime, address: str = ""
) -> Draft:
    """Write the note for a work that no feed brought; `address` is where it was found, if not at its own."""
    authors = sign(edition.registry.people, by, (), git_name(edition.root))
    values = {
        "uid": new_uid(),
        "title": work.title,
        "authors": [*authors],
        "topics": [],
        "bookmark_of": [plain(work)],
    }
    file = _write(edition, values, site, now, body="", work=work)
    return Draft(file=file, work=work, others=recommended(edition, work.url, address))


def sign(people: Mapping[str, Person], by: Sequence[str], suggested: Sequence[str], name: str) -> tuple[str, ...]:
    """Tell who signs a note: `by`, else who is suggested, else the person called `name`, else the first member."""
    for one in by:
        if one not in people:
            raise UsageError(f"«{one}» is nobody in curation/people.yaml. {nearest(one, people)}")
    if by or suggested:
        return tuple(by or suggested)
    namesakes = [person.id for person in people.values() if person.name == name]
    members = [person.id for person in people.values() if person.member]
    signing = [*namesakes, *members, *people][:1]
    if not signing:
        raise UsageError("nobody can sign this note: add yourself to curation/people.yaml first.")
    return tuple(signing)


def recommended(edition: Edition, *addresses: str) -> tuple[str, ...]:
    """List the posts that recommend the work already that is at any of the `addresses`."""
    names = {urls.normal(url) for url in addresses if url}
    return tuple(
        document.file
        for document in edition.documents
        if any(urls.normal(work.url) in names for work in document.meta.bookmark_of)
    )


def free_slug(title: str, taken: Collection[str], uid: str) -> str:
    """Make a slug of `title` that no post has; a number tells namesakes apart."""
    base = slug_of(title, 60) or f"{by_id('note').id}-{uid[:8]}"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def taken_slugs(edition: Edition) -> set[str]:
    """Collect the slugs of all posts, and the names of all their files, so that none is ever overwritten."""
    names: Iterable[str] = (
        path.stem for format in FORMATS for path in (edition.root / format.folder).rglob("*") if path.is_file()
    )
    return {document.slug for document in edition.documents} | set(names)


def new_uid() -> str:
    """Make a uid; it begins with a letter, so that no YAML takes it for a number."""
    return "n" + secrets.token_hex(8)[1:]


def git_name(root: Path) -> str:
    """Tell how git calls the person at this machine; empty where it does not know, or is not there."""
    try:
        found = subprocess.run(["git", "config", "user.name"], cwd=root, capture_output=True, check=False)  # noqa: S607
    except OSError:
        return ""
    return found.stdout.decode(errors="replace").strip()


def plain(record: Struct) -> dict[str, Any]:
    """Turn a flat record into plain values, without those that say nothing."""
    return {key: value for key, value in msgspec.to_builtins(record).items() if value not in (None, "", [], {}, False)}


def _write(edition: Edition, values: dict[str, Any], site: Site, now: datetime, *, body: str, work: Work) -> str:
    local = now.astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    slug = free_slug(values["title"], taken_slugs(edition), values["uid"])
    values |= {"slug": slug, "date": local.isoformat(), "lang": site.lang}
    values["bookmark_of"] = [_accessed(one, local.date()) for one in values["bookmark_of"]]
    file = f"{by_id('note').folder}/{local.year}/{slug}.md"
    text = frontmatter.write(_in_order(values), body.strip() or body_guide(work, site.lang))
    write_atomically(edition.root / file, text)
    return file


def setting(root: Path, as_of: datetime | None, clock: Callable[[], datetime]) -> tuple[Edition, Site, datetime]:
    """Read what a draft begins with: the edition at `root`, its site, and the edition's date in the site's time zone.

    Other problems than people that cannot be read keep nobody from writing; raises EditionError.
    """
    site = settings.read(root)
    known, problems = loader.read(root)
    if not known.registry.people:
        raise EditionError(problems)
    return known, site, known.as_of(as_of, clock()).astimezone(ZoneInfo(site.timezone))


def published(known: Edition, now: datetime) -> list[Document]:
    """List the posts that readers can find now: dated, released, neither drafts nor hidden."""
    return [
        document
        for document in known.documents
        if document.meta.status == "published" and not document.meta.withheld and document.meta.date <= now
    ]


def write(
    edition: Edition, site: Site, now: datetime, *, format_id: str, title: str, values: dict[str, Any], body: str
) -> str:
    """Write a new draft of a format, by the keys that all drafts begin with and by `values`; returns its file."""
    uid = new_uid()
    slug = free_slug(title, taken_slugs(edition), uid)
    first = {
        "uid": uid,
        "title": title,
        "slug": slug,
        "date": now.replace(microsecond=0).isoformat(),
        "lang": site.lang,
        "status": "draft",
    }
    file = f"{by_id(format_id).folder}/{now.year}/{slug}.md"
    write_atomically(edition.root / file, frontmatter.write(first | values, body))
    return file


def _accessed(work: dict[str, Any], day: Day) -> dict[str, Any]:
    known = work | {"accessed": day.isoformat()}
    return {key: known[key] for key in Work.__struct_fields__ if key in known}


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    keys = [key for key in (*_FIRST, *values) if key in values and key not in _INBOX_ONLY]
    return {key: values[key] for key in keys if values[key] is not None}
